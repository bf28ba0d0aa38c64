/* SPDX-License-Identifier: ISC */
#include "wire/webpage_parts.h"

#include "base/text.h"
#include "wire/lines.h"
#include "wire/shape.h"

#include <string.h>

enum { HEADLINE_MIN = 12, HEADLINE_MAX = 400, CANDIDATES_MAX = 200, SURE = 60 };

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

/* A headline by its looks, where none says what the page is called: the last that stands above the
 * body, or in it before any prose. */
static const xmlNode *
nearest_above(const struct survey *survey)
{
    const xmlNode *found = NULL;
    for (xmlNode *node = parts_next(survey->root, survey->root); node != NULL;
         node = parts_next(node, survey->root)) {
        const struct part *part = part_of(node);
        if (part_is_below(node, survey->body) && part_is_leaf(node) && part_is_prose(node))
            break;
        bool looks = may_be_headline(node) || (part_is_leaf(node) && part_is_bold(node));
        if (looks && part->text >= HEADLINE_MIN && part->text < HEADLINE_MAX / 2 &&
            part->linked * 2 < part->text && !(part->words & WORD_LEAD) &&
            !shape_is_told(html_line(node, survey->region)) &&
            (found == NULL || !part_is_below(node, found)))
            found = node;
    }
    return found;
}

/* A heading that nobody closed holds the article, too: it is its first block. */
static const xmlNode *
opening_of(const xmlNode *heading)
{
    const xmlNode *node = heading;
    while (node != NULL &&
           (node->type != XML_ELEMENT_NODE || part_of(node)->parted || part_of(node)->text == 0))
        node = html_next(node, heading);
    return node;
}

/* The one that agrees best with what the page calls itself; *high is how well. */
static const xmlNode *
best_named(const struct survey *survey, struct span wanted, struct span tab, unsigned *high)
{
    const xmlNode *best = NULL;
    unsigned seen = 0;
    *high = 0;
    for (xmlNode *node = survey->root; node != NULL && seen < CANDIDATES_MAX;
         node = html_next(node, survey->root)) {
        if (node->type != XML_ELEMENT_NODE || !may_be_headline(node) ||
            (part_of(node)->text > HEADLINE_MAX && !part_of(node)->parted))
            continue;
        const xmlNode *line = opening_of(node);
        if (line == NULL || part_of(line)->text > HEADLINE_MAX)
            continue;
        struct span key = line_key(html_line(line, survey->region), survey->region);
        unsigned now = key.len > 0 ? rank(node, key, wanted, tab) : 0;
        seen++;
        if (now > *high) {
            *high = now;
            best = node;
        }
    }
    return best;
}

const xmlNode *
title_find(struct survey *survey, struct span *line)
{
    struct region *region = survey->region;
    struct span document = document_title(survey->root, region);
    struct span said = survey->facts.at[FACT_TITLE];
    unsigned high;
    const xmlNode *best = best_named(survey, line_key(said, region), line_key(document, region),
                                     &high);
    if (high == 0 && said.len == 0)
        best = nearest_above(survey);
    best = opening_of(best);
    if (best != NULL && (high >= SURE || said.len == 0))
        *line = html_line(best, region);
    else
        *line = said.len > 0 ? without_site(said, survey->facts.at[FACT_SITE], region)
                             : without_site(document, SPAN(""), region);
    return high >= SURE || said.len == 0 || (best != NULL && html_is(best, "h1")) ? best : NULL;
}
