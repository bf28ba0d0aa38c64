/* SPDX-License-Identifier: ISC */
#include "protocol/html_lines.h"

#include "protocol/markup.h"
#include "story/gemtext.h"

/* What is open around the line that comes next. */
enum around { NOTHING, LINKS, ITEMS, QUOTE, BLOCK };

struct writer {
    const struct page *page;
    struct buffer *out;
    struct gemtext walk; /* behind the line that is written */
    enum around around;
    int level;  /* of the last heading */
    bool dated; /* a story's date line is behind us */
};

static const char *const opening[] = {
    [LINKS] = "<ul class=\"l\">",
    [ITEMS] = "<ul>",
    [QUOTE] = "<blockquote>",
    [BLOCK] = "<pre tabindex=\"0\">\n",
};
static const char *const closing[] = {
    [NOTHING] = "",       [LINKS] = "</ul>\n", [ITEMS] = "</ul>\n", [QUOTE] = "</blockquote>\n",
    [BLOCK] = "</pre>\n",
};

static void
enter(struct writer *writer, enum around next)
{
    if (writer->around == next)
        return;
    buffer_add_text(writer->out, closing[writer->around]);
    if (next != NOTHING)
        buffer_add_text(writer->out, opening[next]);
    writer->around = next;
}

static void
add_element(struct writer *writer, const char *name, struct span text)
{
    buffer_printf(writer->out, "<%s>", name);
    markup_add(writer->out, text);
    buffer_printf(writer->out, "</%s>\n", name);
}

void
html_add_date(const struct date *date, struct buffer *out)
{
    if (date->precision >= DATE_YEAR)
        buffer_printf(out, "%04d", date->year);
    if (date->precision >= DATE_MONTH)
        buffer_printf(out, "-%02d", date->month);
    if (date->precision >= DATE_DAY)
        buffer_printf(out, "-%02d", date->day);
}

/* "12/07/2024" or "07/2024", as indexes show a date. */
static bool
read_date(struct span words, struct date *out)
{
    uint64_t part[3] = { 0, 0, 0 };
    size_t parts = 0;
    for (struct span rest = words; rest.at != NULL; parts++) {
        struct span one = span_cut(&rest, '/');
        if (parts == 3 || one.len != (rest.at != NULL ? 2u : 4u) ||
            !span_number(one, DATE_YEAR_MAX, &part[parts]) || part[parts] == 0)
            return false;
    }
    if (parts < 2 || part[parts - 2] > 12 || (parts == 3 && part[0] > 31))
        return false;
    *out = (struct date){ .precision = parts == 3 ? DATE_DAY : DATE_MONTH,
                          .year = (int)part[parts - 1],
                          .month = (int)part[parts - 2],
                          .day = parts == 3 ? (int)part[0] : 1 };
    return true;
}

/* Among what was found, "*words*" are what was looked for (archive/excerpt.h). */
static void
add_marked(struct writer *writer, struct span text)
{
    size_t from, len;
    while (writer->page->kind == PAGE_SEARCH && span_find_char(text, '*', &from) &&
           span_find_char(span_skip(text, from + 1), '*', &len)) {
        markup_add(writer->out, span_first(text, from));
        buffer_add_text(writer->out, "<mark>");
        markup_add(writer->out, span_first(span_skip(text, from + 1), len));
        buffer_add_text(writer->out, "</mark>");
        text = span_skip(text, from + len + 2);
    }
    markup_add(writer->out, text);
}

/* A text whose first words may be a date: a story's own, or one of those an index shows. */
static void
add_dated(struct writer *writer, struct span text)
{
    struct span words = text;
    struct date date = { .precision = DATE_NONE };
    size_t at;
    if (span_find(text, SPAN(" · "), &at))
        words = span_first(text, at);
    if (writer->page->kind == PAGE_STORY && !writer->dated)
        date = writer->page->date;
    else if (writer->page->kind == PAGE_STORY || !read_date(words, &date))
        words = span_first(words, 0);
    writer->dated = true;
    if (date.precision != DATE_NONE) {
        buffer_add_text(writer->out, "<time datetime=\"");
        html_add_date(&date, writer->out);
        buffer_add_text(writer->out, "\">");
        markup_add(writer->out, words);
        buffer_add_text(writer->out, "</time>");
        text = span_skip(text, words.len);
    }
    add_marked(writer, text);
}

static void
add_paragraph(struct writer *writer, struct span text)
{
    bool byline = writer->page->kind == PAGE_STORY && !writer->dated;
    buffer_add_text(writer->out, byline ? "<p class=\"d\">" : "<p>");
    add_dated(writer, text);
    buffer_add_text(writer->out, "</p>\n");
}

/* Of ours, and shown in its place rather than linked to alone. */
static bool
is_image(struct span target)
{
    static const char *const ends[] = { ".png", ".jpg", ".jpeg", ".gif", ".webp" };
    bool image = false;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        image |= span_ends(target, span_of(ends[i]));
    return image && span_starts(target, SPAN("/files/"));
}

/* What a link may lead to is told by its scheme: whatever runs is no address. */
static bool
is_safe(struct span target)
{
    struct uri uri;
    return uri_parse(target, URI_LENIENT, &uri) && gemtext_may_link_to(&uri);
}

static void
add_link(struct writer *writer, const struct gemline *line)
{
    struct span label = line->text.len > 0 ? line->text : line->target;
    if (!is_safe(line->target)) {
        markup_add(writer->out, label);
        if (line->text.len > 0 && line->target.len > 0) {
            buffer_add_text(writer->out, " (");
            markup_add(writer->out, line->target);
            buffer_add_text(writer->out, ")");
        }
        return;
    }
    buffer_add_text(writer->out, "<a href=\"");
    markup_add(writer->out, line->target);
    buffer_add_text(writer->out, "\">");
    if (is_image(line->target)) {
        buffer_add_text(writer->out, "<img src=\"");
        markup_add(writer->out, line->target);
        buffer_add_text(writer->out, "\" alt=\"\" loading=\"lazy\">");
    }
    markup_add(writer->out, label);
    buffer_add_text(writer->out, "</a>");
}

/* The line behind this one, if it is of that kind and not blank. */
static bool
follows(const struct writer *writer, enum gemline_kind kind, struct gemline *next)
{
    struct gemtext ahead = writer->walk;
    return gemtext_next(&ahead, next) && next->kind == kind &&
           (kind != GEMLINE_TEXT || span_trim(next->text).len > 0);
}

/* On a page of lists, what stands below a link tells of what it leads to. */
static bool
tells_of_links(const struct page *page)
{
    return page->kind == PAGE_FRONT || page->kind == PAGE_INDEX || page->kind == PAGE_SEARCH;
}

static void
write_link(struct writer *writer, const struct gemline *line)
{
    struct gemline next;
    bool told = tells_of_links(writer->page) && follows(writer, GEMLINE_TEXT, &next);
    if (writer->around != LINKS && !told && !follows(writer, GEMLINE_LINK, &next)) {
        enter(writer, NOTHING);
        buffer_add_text(writer->out, "<p>");
        add_link(writer, line);
        buffer_add_text(writer->out, "</p>\n");
        return;
    }
    enter(writer, LINKS);
    buffer_add_text(writer->out, "<li>");
    add_link(writer, line);
    if (told) {
        gemtext_next(&writer->walk, &next);
        buffer_add_text(writer->out, "<p>");
        add_dated(writer, next.text);
        buffer_add_text(writer->out, "</p>");
    }
    buffer_add_text(writer->out, "</li>\n");
}

/* Levels go down by one at a time, and the first alone is the page's. */
static void
write_heading(struct writer *writer, const struct gemline *line)
{
    static const char *const names[] = { "h1", "h2", "h3" };
    enter(writer, NOTHING);
    if (span_trim(line->text).len == 0)
        return;
    int level = line->level;
    if (level > writer->level + 1)
        level = writer->level + 1;
    if (level == 1 && writer->level > 0)
        level = 2;
    writer->level = level;
    add_element(writer, names[level - 1], line->text);
}

static void
write_toggle(struct writer *writer, const struct gemline *line)
{
    bool opens = writer->around != BLOCK;
    enter(writer, NOTHING);
    if (!opens)
        return;
    if (line->text.len > 0)
        add_element(writer, "p", line->text);
    enter(writer, BLOCK);
}

static void
write_line(struct writer *writer, const struct gemline *line)
{
    switch (line->kind) {
    case GEMLINE_TEXT:
        enter(writer, NOTHING);
        if (span_trim(line->text).len > 0)
            add_paragraph(writer, span_trim(line->text));
        break;
    case GEMLINE_LINK:
        write_link(writer, line);
        break;
    case GEMLINE_HEADING:
        write_heading(writer, line);
        break;
    case GEMLINE_ITEM:
        enter(writer, ITEMS);
        add_element(writer, "li", line->text);
        break;
    case GEMLINE_QUOTE:
        enter(writer, QUOTE);
        add_element(writer, "p", line->text);
        break;
    case GEMLINE_TOGGLE:
        write_toggle(writer, line);
        break;
    case GEMLINE_PREFORMATTED:
        markup_add(writer->out, line->text);
        buffer_add_char(writer->out, '\n');
        break;
    }
}

void
html_add_lines(const struct page *page, struct buffer *out)
{
    struct writer writer = { .page = page, .out = out, .walk = gemtext_walk(page->text) };
    struct gemline line;
    while (gemtext_next(&writer.walk, &line))
        write_line(&writer, &line);
    enter(&writer, NOTHING);
}
