/* SPDX-License-Identifier: ISC */
/* The other stories that a page leads to. */
#include "wire/webpage_parts.h"

#include "wire/lines.h"

enum { NAME_BYTES = 100, LINK_MIN = 12 };

/* A list of other stories that is under way. */
struct gathering {
    struct webpage_link *at;
    size_t count;
    int heads; /* "Tin liên quan" was met so often */
};

static void
add_related(struct survey *survey, struct gathering *links, const xmlNode *link)
{
    struct span href = html_attribute(link, "href"), text = html_line(link, survey->region);
    if (links->count == WEBPAGE_RELATED_MAX || href.len == 0 || href.at[0] == '#' ||
        text.len < LINK_MIN || span_starts(href, SPAN("javascript:")) ||
        span_starts(href, SPAN("mailto:")))
        return;
    for (size_t i = 0; i < links->count; i++)
        if (span_equal(links->at[i].href, href))
            return;
    links->at[links->count++] = (struct webpage_link){ region_copy(survey->region, href), text };
}

static void
add_all(struct survey *survey, struct gathering *links, xmlNode *box)
{
    for (xmlNode *node = box; node != NULL; node = html_next(node, box))
        if (html_is(node, "a"))
            add_related(survey, links, node);
}

/* What stands below "Tin liên quan", in the same box. */
static void
add_below(struct survey *survey, struct gathering *links, xmlNode *head)
{
    enum { HEADS_MAX = 16 };
    xmlNode *box = head;
    if (links->heads == HEADS_MAX)
        return;
    links->heads++;
    while (box->parent != survey->root && box->next == NULL)
        box = box->parent;
    for (xmlNode *next = box->next; next != NULL; next = next->next) {
        if (next->type != XML_ELEMENT_NODE || part_of(next)->text == 0)
            continue;
        add_all(survey, links, next);
        if (box != head)
            return;
    }
}

/* "Các tin khác: …" and the links, all in one paragraph. */
static bool
is_related_line(const struct survey *survey, const xmlNode *node)
{
    size_t colon;
    if (!part_is_leaf(node) || part_of(node)->linked * 2 < part_of(node)->text)
        return false;
    struct span line = html_line(node, survey->region);
    if (!span_find_char(line, ':', &colon) || colon > NAME_BYTES / 2)
        return false;
    line = span_first(line, colon);
    return phrase_of(survey->phrases, line, line_key(line, survey->region)) == PHRASE_RELATED;
}

static bool
is_related_box(const struct survey *survey, const xmlNode *node)
{
    const struct part *part = part_of(node);
    if (part->words & (WORD_AUTHOR | WORD_BYLINE | WORD_TAGS | WORD_SHARE))
        return false;
    if ((part_is_below(node, survey->body) && part_is_index(node)) || is_related_line(survey, node))
        return true;
    return part->words & WORD_RELATED && !(part->words & (WORD_NAVIGATION | WORD_ADVERT));
}

static bool
heads_related(const struct survey *survey, const xmlNode *node)
{
    if (!part_is_leaf(node) || part_of(node)->text == 0 || part_of(node)->text > NAME_BYTES)
        return false;
    struct span line = html_line(node, survey->region);
    return phrase_of(survey->phrases, line, line_key(line, survey->region)) == PHRASE_RELATED;
}

void
survey_related(struct survey *survey, struct webpage *page)
{
    struct gathering links = { region_array(survey->region, WEBPAGE_RELATED_MAX, sizeof *links.at),
                               0, 0 };
    bool behind = survey->title == NULL;
    for (xmlNode *node = survey->root; node != NULL;) {
        xmlNode *next = html_next(node, survey->root);
        behind = behind || node == survey->title;
        bool block = node->type == XML_ELEMENT_NODE && part_of(node)->kind & HTML_BLOCK;
        if (behind && block && !part_is_below(survey->body, node)) {
            if (is_related_box(survey, node)) {
                add_all(survey, &links, node);
                next = html_over(node, survey->root);
            } else if (heads_related(survey, node)) {
                add_below(survey, &links, node);
            }
        }
        node = next;
    }
    page->related.at = links.at;
    page->related.count = links.count;
}
