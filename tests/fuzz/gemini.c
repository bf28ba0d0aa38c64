/* SPDX-License-Identifier: ISC */
/* Any bytes as a request: what is taken for us has a path that can be walked, and no NUL in it. */
#include "protocol/gemini.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct span host = { "example.org", 11 };
    const struct origin origin = { { &host, 1 }, 1965, true, false };
    struct region *region = region_new();
    struct question question = { .refused = false };
    struct span bytes = { (const char *)data, size };
    if (gemini_parse(bytes, SPAN(""), &origin, region, &question) == PARSED_WHOLE &&
        !question.refused) {
        assert(question.line.len <= GEMINI_URL_MAX);
        for (size_t i = 0; i < question.request.segments.count; i++) {
            struct span segment = question.request.segments.at[i];
            assert(segment.len > 0 && !span_has_char(segment, '\0'));
            assert(!span_equal(segment, SPAN("..")));
        }
    }
    region_free(region);
    return 0;
}
