/* SPDX-License-Identifier: ISC */
#include "wire/body.h"

#include "story/gemtext.h"
#include "wire/lines.h"
#include "wire/shape.h"

enum { CAPTION_BYTES = 300 };

enum kind { PARAGRAPH, SHORT, HEADING, CAPTION };

/* A line that will be in the body. */
struct item {
    const struct line *line;
    bool pictured; /* it stands beneath an image, or twice: it is no heading */
    enum kind kind;
};

struct items {
    struct item *at;
    size_t count;
};

bool
body_is_image(struct span key, struct span title_key)
{
    static const char *const behind[] = { "jpg", "jpeg", "png", "webp", "image", "photo", NULL };
    if (title_key.len == 0 || !span_starts(key, title_key))
        return false;
    struct span rest = span_skip(key, title_key.len);
    if (rest.len > 0 && rest.at[0] != ' ')
        return false;
    for (rest = span_trim(rest); rest.len > 0;) {
        uint64_t number;
        struct span word = span_cut(&rest, ' ');
        /* "ảnh", "hình": their keys end in a combining mark, so by their first letters. */
        bool known = span_number(word, 999, &number) || span_starts(word, SPAN("anh")) ||
                     span_starts(word, SPAN("hinh"));
        for (size_t i = 0; behind[i] != NULL; i++)
            known = known || span_equal(word, span_of(behind[i]));
        if (!known)
            return false;
    }
    return true;
}

/* `next` says what `line` says, maybe naming the photographer too. */
static bool
is_said_again(const struct line *line, const struct line *next)
{
    if (span_equal(line->key, next->key))
        return true;
    return line->text.len <= CAPTION_BYTES && span_starts(next->key, line->key) &&
           next->key.len - line->key.len < 60 && shape_has_credit(next->text) &&
           !shape_has_credit(line->text);
}

static struct items
keep_items(const struct body_lines *lines, struct region *region)
{
    struct items items = { region_array(region, lines->count + 1, sizeof *items.at), 0 };
    bool pictured = false;
    for (size_t i = 0; i < lines->count; i++) {
        const struct line *line = lines->at[i];
        bool again = i + 1 < lines->count && is_said_again(line, lines->at[i + 1]);
        if (!again && !body_is_image(line->key, lines->title_key)) {
            items.at[items.count++] = (struct item){ .line = line, .pictured = pictured };
            pictured = false;
        } else {
            pictured = true;
        }
    }
    return items;
}

static bool
is_caption(const struct item *item)
{
    struct span text = item->line->text;
    bool plain = !shape_is_ended(text);
    return (item->pictured && (plain || text.len <= CAPTION_BYTES / 2) &&
            text.len <= CAPTION_BYTES) ||
           (shape_has_credit(text) && text.len <= CAPTION_BYTES);
}

/* A section begins with the item: it stands between two paragraphs, apart from both. */
static bool
is_heading(const struct items *items, size_t at, bool gapped)
{
    const struct item *item = &items->at[at];
    size_t next = at + 1;
    if (at == 0 || item->pictured || !shape_may_head(item->line->text))
        return false;
    if (gapped && !item->line->gap)
        return false;
    const struct item *before = item - 1;
    if ((before->kind != PARAGRAPH && before->kind != CAPTION) ||
        span_ends(before->line->text, SPAN(":")))
        return false;
    while (next < items->count && is_caption(&items->at[next]))
        next++;
    return next < items->count && shape_is_paragraph(items->at[next].line->text) &&
           (!gapped || items->at[at + 1].line->gap);
}

static enum kind
kind_of(const struct items *items, size_t at, bool gapped)
{
    const struct item *item = &items->at[at];
    if (is_caption(item))
        return CAPTION;
    if (is_heading(items, at, gapped))
        return HEADING;
    /* A lead often has no full stop. */
    return at == 0 || shape_is_paragraph(item->line->text) ? PARAGRAPH : SHORT;
}

static void
add_item(const struct item *item, bool gapped, struct buffer *out)
{
    if (!gapped || item->line->gap || item->kind == HEADING)
        gemtext_add_blank(out);
    if (item->kind == HEADING)
        gemtext_add_heading(out, 2, item->line->text);
    else
        gemtext_add_text(out, item->line->text);
}

void
body_write(const struct body_lines *lines, struct region *region, struct plaintext *out)
{
    struct items items = keep_items(lines, region);
    struct span_list paragraphs = { { NULL, 0 }, 0 };
    struct buffer body = BUFFER_EMPTY;
    for (size_t i = 0; i < items.count; i++) {
        struct item *item = &items.at[i];
        item->kind = kind_of(&items, i, lines->gapped);
        if (item->kind == PARAGRAPH && out->lead.len == 0)
            out->lead = item->line->text;
        else if (item->kind == PARAGRAPH || item->kind == SHORT)
            span_list_add(&paragraphs, region, item->line->text);
        add_item(item, lines->gapped, &body);
    }
    if (out->dateline.len == 0)
        out->dateline = shape_dateline(out->lead);
    out->paragraphs = paragraphs.spans;
    out->body = region_copy(region, buffer_span(&body));
    buffer_fini(&body);
}
