/* SPDX-License-Identifier: ISC */
#include "wire/webpage_parts.h"

#include "base/text.h"
#include "wire/lines.h"

#include <string.h>

enum { HEADLINE_MIN = 12, HEADLINE_MAX = 400, CANDIDATES_MAX = 200 };

/* How well two headlines agree, by their keys: 0 not at all, 100 they are the same. */
static unsigned
agreement(struct span one, struct span other)
{
    size_t at;
    if (one.len < HEADLINE_MIN || other.len < HEADLINE_MIN)
        return one.len > 0 && span_equal(one, other) ? 100 : 0;
    if (one.len > other.len)
        return agreement(other, one);
    return span_find(other, one, &at) ? (unsigned)(one.len * 100 / other.len) : 0;
}

static bool
may_be_headline(const xmlNode *node)
{
    const struct part *part = part_of(node);
    return part->kind & HTML_HEADING || part->words & WORD_TITLE ||
           span_equal(html_attribute(node, "itemprop"), SPAN("headline"));
}

static unsigned
rank(const xmlNode *node, struct span key, struct span wanted, struct span document)
{
    unsigned match = agreement(key, wanted), other = agreement(key, document);
    match = match > other ? match : other;
    if (html_is(node, "h1"))
        match += match > 0 ? 20 : key.len >= HEADLINE_MIN ? 15 : 0;
    return match;
}

/* What the document calls itself: <title>. */
static struct span
document_title(xmlNode *root, struct region *region)
{
    for (xmlNode *node = root; node != NULL; node = html_next(node, root))
        if (html_is(node, "title") && node->children != NULL)
            return html_line(node, region);
    return (struct span){ NULL, 0 };
}

/* `title` without " - Báo X" behind it, when that is the site's name, or when nothing better than
 * <title> is known (`site` empty). */
static struct span
without_site(struct span title, struct span site, struct region *region)
{
    static const char *const marks[] = { " - ", " | ", " – ", " — ", " :: ", " » ", " • " };
    for (size_t i = title.len; i > HEADLINE_MIN; i--)
        for (size_t j = 0; j < sizeof marks / sizeof marks[0]; j++) {
            struct span mark = span_of(marks[j]), tail = span_skip(title, i + mark.len);
            if (!span_starts(span_skip(title, i), mark))
                continue;
            bool same = site.len == 0 ? tail.len < i
                                      : span_equal(line_key(tail, region), line_key(site, region));
            return same ? span_first(title, i) : title;
        }
    return title;
}

const xmlNode *
title_find(xmlNode *root, const struct facts *facts, struct region *region, struct span *line)
{
    struct span document = document_title(root, region), said = facts->at[FACT_TITLE];
    struct span wanted = line_key(said, region), tab = line_key(document, region), key,
                found = said;
    const xmlNode *best = NULL;
    unsigned high = 0, seen = 0;
    for (xmlNode *node = root; node != NULL && seen < CANDIDATES_MAX;
         node = html_next(node, root)) {
        if (node->type != XML_ELEMENT_NODE || !may_be_headline(node) ||
            part_of(node)->text > HEADLINE_MAX)
            continue;
        struct span text = html_line(node, region);
        key = line_key(text, region);
        unsigned now = key.len > 0 ? rank(node, key, wanted, tab) : 0;
        seen++;
        if (now > high) {
            high = now;
            best = node;
            found = text;
        }
    }
    bool sure = high >= 60, unknown = said.len == 0 && document.len == 0;
    if (sure || (high > 0 && unknown))
        *line = found;
    else
        *line = said.len > 0 ? without_site(said, facts->at[FACT_SITE], region)
                             : without_site(document, SPAN(""), region);
    return sure || unknown || (best != NULL && html_is(best, "h1")) ? best : NULL;
}
