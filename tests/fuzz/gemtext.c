/* SPDX-License-Identifier: ISC */
/* Any bytes as gemtext, and as what goes into each kind of line: what is written is valid, and
 * reads as the kind of line that was asked for. */
#include "story/gemtext.h"
#include "base/buffer.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool claim)
{
    if (!claim)
        abort();
}

static void
walk_through(struct span text)
{
    struct gemtext walk = gemtext_walk(text);
    struct gemline line;
    const char *at = text.at;
    size_t number = 0;
    while (gemtext_next(&walk, &line)) {
        require(line.number == ++number);
        require(line.whole.at >= at && line.whole.at + line.whole.len <= text.at + text.len);
        require(line.text.len + line.target.len <= line.whole.len);
        require((line.kind == GEMLINE_HEADING) == (line.level > 0));
        at = line.whole.at + line.whole.len;
    }
}

/* What was just written is one line of that kind, or a text where nothing of it can be shown. */
static void
require_line(struct buffer *out, enum gemline_kind kind)
{
    struct gemtext walk = gemtext_walk(buffer_span(out));
    struct gemline line;
    struct fault fault;
    require(gemtext_check(buffer_span(out), 0, &fault) == STATUS_OK);
    require(gemtext_next(&walk, &line));
    require(line.kind == kind || line.kind == GEMLINE_TEXT);
    require(!gemtext_next(&walk, &line));
    buffer_clear(out);
}

static void
require_block(struct buffer *out)
{
    struct gemtext walk = gemtext_walk(buffer_span(out));
    struct gemline line;
    size_t toggles = 0;
    require(gemtext_check(buffer_span(out), 0, NULL) == STATUS_OK);
    while (gemtext_next(&walk, &line)) {
        require(line.kind == GEMLINE_TOGGLE || line.kind == GEMLINE_PREFORMATTED);
        toggles += line.kind == GEMLINE_TOGGLE;
    }
    require(toggles == 2);
    buffer_clear(out);
}

/* The input is a text, and behind a NUL (if there is one) a second: a label, a block. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span whole = { size > 0 ? (const char *)data : "", size };
    struct span second = whole, first = span_cut(&second, '\0');
    struct buffer out = BUFFER_EMPTY;

    walk_through(whole);
    if (gemtext_check(whole, 0, NULL) == STATUS_OK)
        require(gemtext_check(whole, 1, NULL) == STATUS_BAD);
    gemtext_add_text(&out, first);
    require_line(&out, GEMLINE_TEXT);
    gemtext_add_heading(&out, 3, first);
    require_line(&out, GEMLINE_HEADING);
    gemtext_add_item(&out, first);
    require_line(&out, GEMLINE_ITEM);
    gemtext_add_quote(&out, first);
    require_line(&out, GEMLINE_QUOTE);
    gemtext_add_link(&out, first, second);
    require_line(&out, GEMLINE_LINK);
    gemtext_add_preformatted(&out, first, second);
    require_block(&out);
    buffer_fini(&out);
    return 0;
}
