/* SPDX-License-Identifier: ISC */
/* Any bytes as a request, and as a page: a selector that is taken can be walked; each line of the
 * menu that is printed is an item with its three tabs, and no link is lost; no line of the text is
 * a dot alone. */
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

static size_t
count_char(struct span text, char what)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.at[i] == what;
    return count;
}

static void
require_clean(struct span text)
{
    for (; text.len > 0; text = span_skip(text, text_next(text, NULL)))
        require(text_next(text, NULL) > 0 && (text.at[0] == '\t' || !text_is_control(text)));
}

/* The items that lead somewhere, of a whole menu. */
static size_t
count_items(struct span menu)
{
    size_t items = 0;
    require(span_ends(menu, SPAN(".\r\n")));
    menu.len -= 3;
    while (menu.len > 0) {
        struct span line = span_line(&menu);
        require(line.len > 0 && count_char(line, '\t') == 3 && !span_ends(line, SPAN("\r")));
        require_clean(line);
        items += line.at[0] != 'i';
    }
    return items;
}

static void
require_text(struct span text)
{
    require(text.len == 0 || span_ends(text, SPAN("\r\n")));
    while (text.len > 0) {
        struct span line = span_line(&text);
        require(!span_starts(line, SPAN(".")) && !span_has_char(line, '\t'));
        require_clean(line);
    }
}

static size_t
count_links(struct span text)
{
    struct gemtext walk = gemtext_walk(text);
    struct gemline line;
    size_t count = 0;
    while (gemtext_next(&walk, &line))
        count += line.kind == GEMLINE_LINK;
    return count;
}

static void
print(struct span bytes, const struct origin *origin, unsigned form)
{
    struct question question = { .form = form };
    struct buffer out = BUFFER_EMPTY;
    struct reply reply = { .answer = ANSWER_PAGE,
                           .words = bytes,
                           .page = { .address = SPAN("/story/x"), .text = bytes } };
    gopher_print(&question, &reply, origin, &out);
    if (form == 1)
        require(count_items(buffer_span(&out)) == count_links(bytes));
    else
        require_text(buffer_span(&out));
    buffer_clear(&out);
    reply.answer = ANSWER_ABSENT;
    gopher_print(&question, &reply, origin, &out);
    require(count_items(buffer_span(&out)) == 1);
    buffer_fini(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct span host = { "example.org", 11 };
    struct origin origin = { { &host, 1 }, 70, true, size % 2 == 1 };
    struct region *region = region_new();
    struct question question = { .refused = false };
    struct span bytes = { (const char *)data, size };
    if (gopher_parse(bytes, SPAN(""), &origin, region, &question) == PARSED_WHOLE)
        for (size_t i = 0; i < question.request.segments.count; i++) {
            struct span segment = question.request.segments.at[i];
            require(segment.len > 0 && !span_has_char(segment, '\0'));
            require(!span_equal(segment, SPAN("..")));
        }
    print(bytes, &origin, 1);
    print(bytes, &origin, 2);
    region_free(region);
    return 0;
}
