/* SPDX-License-Identifier: ISC */
#include "wire/also.h"

#include "base/clock.h"
#include "base/uri.h"
#include "story/gemtext.h"
#include "wire/known.h"

static bool
is_also(const struct gemline *line)
{
    return line->kind == GEMLINE_LINK && (span_starts(line->text, SPAN(KNOWN_ALSO_VI)) ||
                                          span_starts(line->text, SPAN(KNOWN_ALSO_EN)));
}

#define UPDATED_VI "Cập nhật "
#define UPDATED_EN "Updated "

/* "Cập nhật 14:05 24/11/2026" */
static bool
is_note(const struct gemline *line)
{
    struct span rest = line->text;
    size_t words = span_starts(rest, SPAN(UPDATED_VI))   ? sizeof UPDATED_VI - 1
                   : span_starts(rest, SPAN(UPDATED_EN)) ? sizeof UPDATED_EN - 1
                                                         : 0;
    rest = span_skip(rest, words);
    return line->kind == GEMLINE_TEXT && words > 0 && rest.len == sizeof "14:05 24/11/2026" - 1 &&
           rest.at[2] == ':' && rest.at[8] == '/' && rest.at[11] == '/';
}

/* The body without what stands below its text. */
static struct span
text_of(struct span body)
{
    struct gemtext walk = gemtext_walk(body);
    struct gemline line;
    size_t end = 0;
    while (gemtext_next(&walk, &line))
        if (!is_also(&line) && !is_note(&line) && line.whole.len > 0)
            end = (size_t)(line.whole.at + line.whole.len - body.at);
    return span_first(body, end);
}

static void
add_note(struct buffer *text, struct span updated, struct span lang)
{
    char when[CLOCK_TEXT];
    struct date date;
    if (!date_parse(updated, &date) || date.precision != DATE_SECOND)
        return;
    clock_print(date.instant, when); /* "2026-11-24T14:05:00+07:00" */
    if (when[0] == '\0')
        return;
    gemtext_add_blank(text);
    buffer_printf(text, "%s%.5s %.2s/%.2s/%.4s\n",
                  span_starts(lang, SPAN("en")) ? UPDATED_EN : UPDATED_VI, when + 11, when + 8,
                  when + 5, when);
}

static struct span
host_of(struct span url)
{
    struct uri uri;
    return uri_parse(url, URI_LENIENT, &uri) ? uri.host : url;
}

/* One of them stands right behind another. */
static void
add_line(struct buffer *text, bool first, struct span url, struct span label)
{
    if (first && text->len > 0)
        gemtext_add_blank(text);
    gemtext_add_link(text, url, label);
}

static bool
has_any(struct span body)
{
    struct gemtext walk = gemtext_walk(body);
    struct gemline line;
    bool found = false;
    while (gemtext_next(&walk, &line))
        found |= is_also(&line);
    return found;
}

struct span
also_add(struct span body, struct span url, struct span site, struct span lang,
         struct region *region)
{
    struct buffer text = BUFFER_EMPTY;
    const char *words = span_starts(lang, SPAN("en")) ? KNOWN_ALSO_EN : KNOWN_ALSO_VI;
    struct span name = site.len > 0 ? site : host_of(url);
    buffer_add(&text, body);
    add_line(&text, !has_any(body), url, region_printf(region, "%s %.*s", words, SPAN_ARG(name)));
    struct span out = region_copy(region, buffer_span(&text));
    buffer_fini(&text);
    return out;
}

static void
keep_notes(struct buffer *text, struct span old)
{
    struct gemtext walk = gemtext_walk(old);
    struct gemline line;
    while (gemtext_next(&walk, &line)) {
        if (!is_note(&line))
            continue;
        gemtext_add_blank(text);
        gemtext_add_text(text, line.text);
    }
}

struct span
also_keep(struct span old, struct span body, struct span updated, struct span lang,
          struct region *region)
{
    struct buffer text = BUFFER_EMPTY;
    struct gemtext walk = gemtext_walk(old);
    struct gemline line;
    bool first = true;
    buffer_add(&text, body);
    if (span_equal(text_of(old), text_of(body)))
        keep_notes(&text, old);
    else
        add_note(&text, updated, lang);
    while (gemtext_next(&walk, &line)) {
        if (!is_also(&line))
            continue;
        add_line(&text, first, line.target, line.text);
        first = false;
    }
    struct span out = region_copy(region, buffer_span(&text));
    buffer_fini(&text);
    return out;
}
