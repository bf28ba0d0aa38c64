/* SPDX-License-Identifier: ISC */
/* Any bytes as a request, and as a page: a path that is taken can be walked; and each line of a
 * page that is printed is clean, and a link only where the page has one. */
#include "base/text.h"
#include "protocol/plain.h"
#include "story/gemtext.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool claim)
{
    if (!claim)
        abort();
}

static void
require_clean(struct span lines)
{
    while (lines.len > 0) {
        size_t len = text_next(lines, NULL);
        require(len > 0 && (lines.at[0] == '\n' || !text_is_control(lines)));
        lines = span_skip(lines, len);
    }
}

static size_t
count_links(struct span text, bool printed)
{
    struct gemtext walk = gemtext_walk(text);
    struct gemline line;
    size_t count = 0;
    while (gemtext_next(&walk, &line))
        count += printed ? span_starts(line.whole, SPAN("=>")) : line.kind == GEMLINE_LINK;
    return count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct span host = { "example.org", 11 };
    struct origin origin = { { &host, 1 }, 1900, true, size % 2 == 1 };
    struct region *region = region_new();
    struct question question = { .refused = false };
    struct span bytes = { (const char *)data, size };
    struct reply reply = { .answer = ANSWER_PAGE,
                           .page = { .address = SPAN("/story/x"), .text = bytes } };
    struct buffer out = BUFFER_EMPTY;
    if (nex_parse(bytes, SPAN(""), &origin, region, &question) == PARSED_WHOLE)
        for (size_t i = 0; i < question.request.segments.count; i++) {
            struct span segment = question.request.segments.at[i];
            require(segment.len > 0 && !span_has_char(segment, '\0'));
            require(!span_equal(segment, SPAN("..")));
        }
    nex_print(&question, &reply, &origin, &out);
    require_clean(buffer_span(&out));
    require(count_links(buffer_span(&out), true) == count_links(bytes, false));
    buffer_fini(&out);
    region_free(region);
    return 0;
}
