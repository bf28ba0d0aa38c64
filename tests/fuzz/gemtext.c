/* SPDX-License-Identifier: ISC */
/* Any bytes as gemtext, and as what goes into each kind of line: what is written is valid. */
#include "story/gemtext.h"
#include "base/buffer.h"
#include "base/text.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = { (const char *)data, size };
    struct buffer out = BUFFER_EMPTY;
    struct fault fault;
    struct gemtext walk = gemtext_walk(text);
    struct gemline line;
    while (gemtext_next(&walk, &line))
        assert(line.whole.len <= size && line.text.len <= line.whole.len);
    (void)!gemtext_check(text, 0, &fault);
    gemtext_add_heading(&out, 1, text);
    gemtext_add_text(&out, text);
    gemtext_add_item(&out, text);
    gemtext_add_quote(&out, text);
    gemtext_add_link(&out, text, text);
    gemtext_add_preformatted(&out, text, text);
    enum status status = gemtext_check(buffer_span(&out), 1, &fault);
    assert(status == STATUS_OK);
    buffer_fini(&out);
    return 0;
}
