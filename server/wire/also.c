/* SPDX-License-Identifier: ISC */
#include "wire/also.h"

#include "base/uri.h"
#include "story/gemtext.h"
#include "wire/known.h"

static bool
is_also(const struct gemline *line)
{
    return line->kind == GEMLINE_LINK && (span_starts(line->text, SPAN(KNOWN_ALSO_VI)) ||
                                          span_starts(line->text, SPAN(KNOWN_ALSO_EN)));
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

struct span
also_keep(struct span old, struct span body, struct region *region)
{
    struct buffer text = BUFFER_EMPTY;
    struct gemtext walk = gemtext_walk(old);
    struct gemline line;
    bool first = true;
    buffer_add(&text, body);
    while (gemtext_next(&walk, &line)) {
        if (!is_also(&line))
            continue;
        add_line(&text, first, line.target, line.text);
        first = false;
    }
    struct span out = first ? body : region_copy(region, buffer_span(&text));
    buffer_fini(&text);
    return out;
}
