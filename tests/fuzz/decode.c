/* SPDX-License-Identifier: ISC */
/* Any bytes in any encoding: what comes out is UTF-8 in NFC, and decoding it again changes nothing.
 * The first byte chooses what the source and the server say. */
#include "wire/decode.h"
#include "base/text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const charsets[] = { "",       "utf-8",     "windows-1258", "iso-8859-1",
                                        "tcvn3",  "vni",       "gbk",          "viscii",
                                        "koi8-r", "shift_jis", "utf-16",       "utf-7" };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { CHARSETS = sizeof charsets / sizeof charsets[0] };
    if (size == 0)
        return 0;
    struct region *region = region_new();
    struct decode_hints hints = { .source = span_of(charsets[data[0] % CHARSETS]),
                                  .http = span_of(charsets[data[0] / 16 % CHARSETS]) };
    struct decode_hints plain = { .source = SPAN("utf-8") };
    struct decoded once, again;
    decode((struct span){ (const char *)data + 1, size - 1 }, &hints, region, &once);
    if (!text_is_utf8(once.text) || !text_is_nfc(once.text) || once.charset == NULL)
        abort();
    decode(once.text, &plain, region, &again);
    if (!span_starts(once.text, SPAN("\xEF\xBB\xBF")) && !span_equal(once.text, again.text))
        abort();
    region_free(region);
    return 0;
}
