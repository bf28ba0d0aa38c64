/* SPDX-License-Identifier: ISC */
#include "protocol/plain.h"

#include "base/text.h"
#include "base/uri.h"
#include "story/gemtext.h"

void
plain_words(const struct origin *origin, struct span words, struct buffer *out)
{
    struct buffer clean = BUFFER_EMPTY;
    if (!origin->ascii) {
        text_clean(words, out);
        return;
    }
    text_clean(words, &clean);
    text_ascii(buffer_span(&clean), out);
    buffer_fini(&clean);
}

void
plain_add(struct plain *plain, struct span text, struct span first, struct span next)
{
    struct buffer line = BUFFER_EMPTY;
    struct span before = first;
    size_t columns = PLAIN_COLUMNS - text_width(first);
    do {
        buffer_clear(&line);
        buffer_add(&line, before);
        buffer_add(&line, text_wrap(&text, columns));
        plain->line(plain, buffer_span(&line));
        before = next;
    } while (text.len > 0);
    buffer_fini(&line);
}

/* As plain_add, of words as the page has them. */
static void
add_words(struct plain *plain, struct span words, struct span first, struct span next)
{
    struct buffer shown = BUFFER_EMPTY;
    plain_words(plain->origin, words, &shown);
    plain_add(plain, buffer_span(&shown), first, next);
    buffer_fini(&shown);
}

static void
add_rule(struct plain *plain, char mark, size_t columns)
{
    char rule[PLAIN_COLUMNS];
    size_t len = columns < sizeof rule ? columns : sizeof rule;
    for (size_t i = 0; i < len; i++)
        rule[i] = mark;
    plain->line(plain, (struct span){ rule, len });
}

static void
add_heading(struct plain *plain, const struct gemline *heading)
{
    struct buffer shown = BUFFER_EMPTY;
    plain_words(plain->origin, heading->text, &shown);
    struct span text = buffer_span(&shown);
    plain_add(plain, text, SPAN(""), SPAN(""));
    if (heading->level < 3)
        add_rule(plain, heading->level == 1 ? '=' : '-', text_width(text));
    buffer_fini(&shown);
}

/* Its spaces stay; a tab becomes one, and other controls go. */
static void
add_preformatted(struct plain *plain, struct span text)
{
    struct buffer shown = BUFFER_EMPTY, line = BUFFER_EMPTY;
    while (text.len > 0) {
        size_t len = text_next(text, NULL);
        if (text.at[0] == '\t')
            buffer_add_char(&shown, ' ');
        else if (len > 0 && !text_is_control(text))
            buffer_add(&shown, span_first(text, len));
        text = span_skip(text, len > 0 ? len : 1);
    }
    if (plain->origin->ascii)
        text_ascii(buffer_span(&shown), &line);
    plain->line(plain, buffer_span(plain->origin->ascii ? &line : &shown));
    buffer_fini(&shown);
    buffer_fini(&line);
}

/* Into what stays within one word, as it is where it is a URI. */
static void
add_target(struct span target, struct buffer *out)
{
    struct uri uri;
    if (uri_parse(target, URI_STRICT, &uri))
        buffer_add(out, target);
    else
        uri_encode(target, ":/?#[]@!$&'()*+,;=%", out);
}

/* What is not a path of ours is somebody else's, or of no use: it stays as it is. */
static void
find_place(const struct page *page, struct span target, struct buffer *found, struct place *out)
{
    struct uri uri, base = { .path = page->address };
    *out = (struct place){ .url = target };
    if (!uri_parse(target, URI_LENIENT, &uri) || uri.scheme.at != NULL)
        return;
    if (uri.has_authority) { /* of another host, where this very page would be */
        buffer_printf(found, "gemini:%.*s", SPAN_ARG(target));
        out->url = buffer_span(found);
    }
    if (uri.has_authority || !uri_resolve(&base, target, found))
        return;
    struct span whole = buffer_span(found), query = whole;
    struct span path = span_cut(&query, '?');
    if (span_starts(path, SPAN("/")))
        *out = (struct place){ true, path, query, whole };
}

static void
add_link(struct plain *plain, const struct gemline *line)
{
    struct buffer target = BUFFER_EMPTY, found = BUFFER_EMPTY, label = BUFFER_EMPTY;
    struct place place;
    add_target(line->target, &target);
    find_place(plain->page, buffer_span(&target), &found, &place);
    plain_words(plain->origin, line->text.len > 0 ? line->text : line->target, &label);
    plain->link(plain, &place, buffer_span(&label));
    buffer_fini(&label);
    buffer_fini(&found);
    buffer_fini(&target);
}

static void
add_line(struct plain *plain, const struct gemline *line, bool behind_link)
{
    struct span indent = behind_link ? SPAN("  ") : SPAN("");
    switch (line->kind) {
    case GEMLINE_TEXT:
        add_words(plain, line->text, indent, indent);
        break;
    case GEMLINE_LINK:
        add_link(plain, line);
        break;
    case GEMLINE_TOGGLE:
        break;
    case GEMLINE_PREFORMATTED:
        add_preformatted(plain, line->whole);
        break;
    case GEMLINE_HEADING:
        add_heading(plain, line);
        break;
    case GEMLINE_ITEM:
        add_words(plain, line->text, plain->origin->ascii ? SPAN("* ") : SPAN("• "), SPAN("  "));
        break;
    case GEMLINE_QUOTE:
        add_words(plain, line->text, SPAN("> "), SPAN("> "));
        break;
    }
}

void
plain_print(struct plain *plain)
{
    struct gemtext walk = gemtext_walk(plain->page->text);
    struct gemline line;
    bool link = false, entry = false, headed = plain->headed == NULL;
    while (gemtext_next(&walk, &line)) {
        bool blank = line.kind == GEMLINE_TEXT && line.whole.len == 0;
        if (!headed && blank) {
            plain->headed(plain);
            headed = true;
        }
        entry = line.kind == GEMLINE_TEXT && !blank && (link || entry);
        add_line(plain, &line, entry);
        link = line.kind == GEMLINE_LINK;
    }
    if (!headed)
        plain->headed(plain);
}
