/* SPDX-License-Identifier: ISC */
#include "wire/galley.h"

#include "base/text.h"
#include "story/gemtext.h"
#include "wire/lines.h"
#include "wire/shape.h"
#include "wire/target.h"

#include <stdlib.h>

void
galley_init(struct galley *galley, const struct conversion_options *options, struct region *region)
{
    *galley = (struct galley){ .options = options, .region = region, .item = -1 };
    galley->most = options->most > 0 && options->most < CONVERSION_BYTES_MAX ? options->most
                                                                             : CONVERSION_BYTES_MAX;
}

void
galley_fini(struct galley *galley)
{
    buffer_fini(&galley->out);
    buffer_fini(&galley->block);
    free(galley->due);
}

/* What is set stands close to its like, and all of a list's. */
static bool
is_close(const struct galley *galley, enum galley_block kind)
{
    if (galley->listing && galley->listed > 0 && (kind == GALLEY_ITEM || kind == GALLEY_LINK))
        return true;
    return kind == galley->last && (kind == GALLEY_ITEM || kind == GALLEY_QUOTE ||
                                    kind == GALLEY_LINK || kind == GALLEY_IMAGE);
}

/* What is in galley->block is set, with a blank line before it unless `close`. */
static void
set_block(struct galley *galley, enum galley_block kind, bool close)
{
    size_t need = galley->block.len + 1;
    if (galley->cut || galley->out.len + need > galley->most) {
        galley->cut = true;
    } else {
        if (!close && !is_close(galley, kind))
            gemtext_add_blank(&galley->out);
        buffer_add(&galley->out, buffer_span(&galley->block));
        galley->last = kind;
        galley->listing = galley->listed > 0;
    }
    buffer_clear(&galley->block);
    galley->caption = SPAN("");
}

static bool
is_open(const struct galley *galley)
{
    return galley->listed > 0 || galley->quoted > 0 || galley->held > 0;
}

/* The number of the waiting link to `target`, counted from 1; 0: none waits. */
static size_t
number_of(const struct galley *galley, struct span target)
{
    for (size_t i = 0; i < galley->due_count; i++)
        if (span_equal(galley->due[i].target, target))
            return i + 1;
    return 0;
}

/* Each target is told once, and so many of them. */
static bool
is_news(struct galley *galley, struct span target)
{
    if (spans_have(galley->seen.spans, target))
        return false;
    if (galley->seen.spans.count == CONVERSION_LINKS_MAX) {
        galley->cut = true;
        return false;
    }
    span_list_add(&galley->seen, galley->region, target);
    return true;
}

static void
add_due(struct galley *galley, struct span target, struct span label)
{
    if (galley->due_count == galley->due_room) {
        galley->due_room = galley->due_room > 0 ? 2 * galley->due_room : 16;
        galley->due = memory_grow(galley->due, galley->due_room * sizeof *galley->due);
    }
    galley->due[galley->due_count++] = (struct galley_link){ target, label };
}

void
galley_note(struct galley *galley, struct span target, struct span label)
{
    if (galley->options->links != CONVERSION_LINKS_NONE && is_news(galley, target))
        add_due(galley, target, label);
}

static void
note_link(struct galley *galley, const struct prose *prose, const struct prose_link *link)
{
    struct span text = span_skip(span_first(buffer_span(&prose->text), link->to), link->from);
    if (span_trim_lines(text).len > 0 && galley->options->links != CONVERSION_LINKS_NONE)
        galley_note(galley, link->target,
                    target_label(link->target, text, link->title, galley->region));
}

void
galley_note_links(struct galley *galley, const struct prose *prose)
{
    for (size_t i = 0; i < prose->link_count; i++)
        note_link(galley, prose, &prose->links[i]);
}

static void
set_links(struct galley *galley, bool numbered)
{
    for (size_t i = 0; i < galley->due_count; i++) {
        struct span label = galley->due[i].label;
        if (numbered)
            label = region_printf(galley->region, "[%zu] %.*s", i + 1, SPAN_ARG(label));
        gemtext_add_link(&galley->block, galley->due[i].target, label);
        set_block(galley, GALLEY_LINK, i == 0 && !numbered);
    }
    galley->due_count = 0;
}

void
galley_settle(struct galley *galley)
{
    if (!is_open(galley) && galley->options->links == CONVERSION_LINKS_AFTER)
        set_links(galley, false);
}

void
galley_finish(struct galley *galley, struct conversion *out)
{
    set_links(galley, galley->options->links == CONVERSION_LINKS_END);
    *out = (struct conversion){ .body = region_copy(galley->region, buffer_span(&galley->out)),
                                .paragraphs = galley->paragraphs.spans,
                                .text_bytes = galley->text_bytes,
                                .link_count = galley->seen.spans.count,
                                .cut = galley->cut };
}

/* The passage as it is read: with "[1]" behind a link that stands below the article. */
static void
write_passage(struct galley *galley, const struct prose *prose, const struct passage *passage,
              struct buffer *out)
{
    struct span text = buffer_span(&prose->text);
    struct buffer marked = BUFFER_EMPTY;
    size_t at = passage->from;
    for (size_t i = 0; i < prose->link_count; i++) {
        const struct prose_link *link = &prose->links[i];
        bool here = link->from >= passage->from && link->from < passage->to;
        if (!here || galley->options->links != CONVERSION_LINKS_END)
            continue;
        size_t end = link->to < passage->to ? link->to : passage->to;
        size_t number = number_of(galley, link->target);
        buffer_add(&marked, span_skip(span_first(text, end), at));
        if (number > 0)
            buffer_printf(&marked, " [%zu]", number);
        at = end;
    }
    buffer_add(&marked, span_skip(span_first(text, passage->to), at));
    text_clean(buffer_span(&marked), out);
    buffer_fini(&marked);
}

/* "– 3. " before an item that is the third of a list within a list. */
static void
write_item_mark(const struct galley *galley, struct buffer *out)
{
    for (int i = 1; i < galley->listed && i < GALLEY_LISTS_MAX; i++)
        buffer_add_text(out, "– ");
    if (galley->quoted > 0 && galley->listed == 1 && galley->item == 0)
        buffer_add_text(out, "– ");
    if (galley->item > 0)
        buffer_printf(out, "%ld. ", galley->item);
}

/* The link that all of the passage is; NULL. */
static const struct prose_link *
whole_link(const struct prose *prose, const struct passage *passage)
{
    struct span text = buffer_span(&prose->text), trimmed = span_trim_lines(passage->text);
    size_t from = (size_t)(trimmed.at - text.at), to = from + trimmed.len;
    for (size_t i = 0; i < prose->link_count; i++) {
        const struct prose_link *link = &prose->links[i];
        if (link->to <= from || link->from >= to)
            continue;
        bool before = link->from <= from ||
                      span_trim_lines(span_skip(span_first(text, link->from), from)).len == 0;
        bool behind = link->to >= to ||
                      span_trim_lines(span_skip(span_first(text, to), link->to)).len == 0;
        return before && behind ? link : NULL;
    }
    return NULL;
}

void
galley_link(struct galley *galley, struct span target, struct span label)
{
    if (!is_news(galley, target))
        return;
    gemtext_add_link(&galley->block, target, label);
    set_block(galley, GALLEY_LINK, false);
}

/* A paragraph that is nothing but a link becomes one. */
static void
set_link(struct galley *galley, const struct prose_link *link, struct span text)
{
    struct buffer label = BUFFER_EMPTY;
    if (galley->item > 0)
        write_item_mark(galley, &label);
    buffer_add(&label, target_label(link->target, text, link->title, galley->region));
    galley_link(galley, link->target, buffer_span(&label));
    galley->item = -1;
    buffer_fini(&label);
}

static void
keep_paragraph(struct galley *galley, struct span text)
{
    if (galley->cut)
        return;
    span_list_add(&galley->paragraphs, galley->region, region_copy(galley->region, text));
    galley->text_bytes += text.len;
}

/* One line of the kind that what is open asks for. */
static void
set_text(struct galley *galley, struct span text, bool goes_on)
{
    struct buffer line = BUFFER_EMPTY;
    bool item = galley->item >= 0;
    if (item) {
        write_item_mark(galley, &line);
        text = shape_unlisted(text);
    }
    buffer_add(&line, text);
    if (galley->quoted > 0) {
        gemtext_add_quote(&galley->block, buffer_span(&line));
        set_block(galley, GALLEY_QUOTE, false);
    } else if (item) {
        gemtext_add_item(&galley->block, buffer_span(&line));
        set_block(galley, GALLEY_ITEM, false);
    } else {
        bool in_list = galley->listed > 0;
        gemtext_add_text(&galley->block, buffer_span(&line));
        set_block(galley, in_list ? GALLEY_ITEM : GALLEY_TEXT, goes_on);
    }
    galley->item = -1;
    buffer_fini(&line);
}

/* What stands below an image and says the same as its caption. */
static bool
is_caption_again(struct galley *galley, struct span text)
{
    return galley->last == GALLEY_IMAGE && galley->caption.len > 0 &&
           span_equal(line_key(text, galley->region), galley->caption);
}

void
galley_passage(struct galley *galley, const struct prose *prose, const struct passage *passage)
{
    const struct prose_link *whole = whole_link(prose, passage);
    struct buffer text = BUFFER_EMPTY;
    bool linked = whole != NULL && galley->quoted == 0 && !passage->goes_on &&
                  galley->options->links == CONVERSION_LINKS_AFTER &&
                  !spans_have(galley->seen.spans, whole->target);
    for (size_t i = 0; i < prose->link_count && !linked; i++)
        if (prose->links[i].from >= passage->from && prose->links[i].from < passage->to)
            note_link(galley, prose, &prose->links[i]);
    write_passage(galley, prose, passage, &text);
    struct span words = buffer_span(&text);
    if (words.len > 0 && !is_caption_again(galley, words)) {
        if (linked)
            set_link(galley, whole, words);
        else
            set_text(galley, words, passage->goes_on);
        if (!linked)
            keep_paragraph(galley, words);
    }
    galley_settle(galley);
    buffer_fini(&text);
}

void
galley_text(struct galley *galley, struct span text)
{
    struct buffer clean = BUFFER_EMPTY;
    text_clean(text, &clean);
    if (clean.len > 0)
        set_text(galley, buffer_span(&clean), false);
    buffer_fini(&clean);
}

/* How deep a heading stands among those around it, from 2 on. */
static int
place_heading(struct galley *galley, int level)
{
    if (level < 2)
        level = 2;
    while (galley->heading_count > 0 && galley->headings[galley->heading_count - 1] >= level)
        galley->heading_count--;
    if (galley->heading_count < GALLEY_HEADINGS)
        galley->headings[galley->heading_count++] = level;
    return galley->heading_count > 1 ? 3 : 2;
}

void
galley_heading(struct galley *galley, int level, struct span text)
{
    struct buffer clean = BUFFER_EMPTY;
    text_clean(text, &clean);
    if (clean.len > 0 && (galley->listed > 0 || galley->quoted > 0)) {
        set_text(galley, buffer_span(&clean), false);
    } else if (clean.len > 0) {
        gemtext_add_heading(&galley->block, place_heading(galley, level), buffer_span(&clean));
        set_block(galley, GALLEY_HEADING, false);
    }
    buffer_fini(&clean);
}

void
galley_preformatted(struct galley *galley, struct span alt, struct span lines)
{
    if (galley->quoted > 0) {
        while (lines.at != NULL)
            galley_text(galley, span_cut(&lines, '\n'));
        return;
    }
    gemtext_add_preformatted(&galley->block, alt, lines);
    set_block(galley, GALLEY_PREFORMATTED, false);
}

void
galley_media(struct galley *galley, const struct media *media, struct span words)
{
    enum { LONG = 240 };
    if (!is_news(galley, media->target))
        return;
    struct span name = words.len > 0 ? words : media->words;
    gemtext_add_link(&galley->block, media->target,
                     media_label(media, name, galley->options->lang, galley->region));
    if (words.len > LONG)
        gemtext_add_text(&galley->block, words);
    set_block(galley, GALLEY_IMAGE, false);
    galley->caption = line_key(name, galley->region);
}

void
galley_part(struct galley *galley)
{
    if (galley->last != GALLEY_NOTHING)
        galley->last = GALLEY_TEXT;
}

void
galley_open_list(struct galley *galley, bool numbered, long first)
{
    int depth = galley->listed < GALLEY_LISTS_MAX ? galley->listed : GALLEY_LISTS_MAX - 1;
    galley->lists[depth] = (struct galley_list){ numbered, first };
    galley->listing = galley->listing && galley->listed > 0;
    galley->listed++;
    galley->item = -1;
}

void
galley_close_list(struct galley *galley)
{
    galley->listed--;
    galley->item = -1;
    galley_settle(galley);
}

void
galley_open_item(struct galley *galley, long number)
{
    int depth = galley->listed < GALLEY_LISTS_MAX ? galley->listed : GALLEY_LISTS_MAX;
    galley->item = 0;
    if (depth == 0 || !galley->lists[depth - 1].numbered)
        return;
    struct galley_list *list = &galley->lists[depth - 1];
    galley->item = number > 0 ? number : list->number;
    list->number = galley->item + 1;
}

void
galley_close_item(struct galley *galley)
{
    galley->item = -1;
}

void
galley_open_quote(struct galley *galley)
{
    galley->quoted++;
    galley->item = -1;
}

void
galley_close_quote(struct galley *galley)
{
    galley->quoted--;
    galley_settle(galley);
}
