/* SPDX-License-Identifier: ISC */
/* Any bytes as a feed, a page or a text become documents whose bodies are valid gemtext, and which
 * go through bytes and back; any bytes as documents do no harm. */
#include "wire/reading.h"

#include "base/buffer.h"
#include "story/gemtext.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = { (const char *)data, size };
    struct region *region = region_new();
    struct buffer printed = BUFFER_EMPTY, again = BUFFER_EMPTY;
    const struct reading_options options = { .url = SPAN("https://bao.example/x"),
                                             .now = 1795490000 };
    struct reading reading;
    if (reading_parse(bytes, region, &reading) == STATUS_OK)
        for (size_t i = 0; i < reading.count; i++)
            if (gemtext_check(reading.at[i].text.body, 0, NULL) != STATUS_OK)
                abort();
    if (reading_make(bytes, &options, region, &reading, NULL) == STATUS_OK) {
        reading_print(&reading, &printed);
        if (reading_parse(buffer_span(&printed), region, &reading) != STATUS_OK)
            abort();
        reading_print(&reading, &again);
        if (!span_equal(buffer_span(&printed), buffer_span(&again)))
            abort();
    }
    buffer_fini(&printed);
    buffer_fini(&again);
    region_free(region);
    return 0;
}
