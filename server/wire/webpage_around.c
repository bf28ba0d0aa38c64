/* SPDX-License-Identifier: ISC */
/* What stands around the body: the lead above it, names and dates, the way to it, what it leads to.
 */
#include "wire/webpage_parts.h"

#include "base/text.h"
#include "wire/furniture.h"
#include "wire/lines.h"
#include "wire/newsdate.h"
#include "wire/shape.h"

#include <string.h>

enum { LEAD_MIN = 40, LEAD_MAX = 1500, NAME_BYTES = 100, CRUMBS_MAX = 8, TAGS_BYTES = 300 };

static bool
is_prose(const xmlNode *node)
{
    const struct part *part = part_of(node);
    return part_is_leaf(node) && part->own >= LEAD_MIN && part->own_linked * 2 < part->own &&
           !(part->kind & HTML_HEADING);
}

/* A paragraph or two, and no picture. */
static bool
is_short(xmlNode *node)
{
    unsigned leaves = 0;
    for (xmlNode *it = node; it != NULL; it = parts_next(it, node)) {
        leaves += part_is_leaf(it) && part_of(it)->text > 0;
        if (html_is(it, "img") || leaves > 2)
            return false;
    }
    return true;
}

static bool
is_named_lead(xmlNode *node)
{
    const struct part *part = part_of(node);
    if (part->text < LEAD_MIN || part->text > LEAD_MAX || part->linked * 2 > part->text ||
        part->words & WORD_CAPTION || html_is(node, "figure"))
        return false;
    return is_short(node) &&
           (part->words & WORD_LEAD || (part->kind & HTML_HEADING && part->own >= 80));
}

/* The body's opening tells what the page says that it is about. */
static bool
is_summary(const xmlNode *node, struct span summary, struct region *region)
{
    struct span one = line_key(html_line(node, region), region), other = line_key(summary, region);
    size_t most = one.len < other.len ? one.len : other.len;
    most = most > 60 ? 60 : most;
    return most >= LEAD_MIN / 2 && span_equal(span_first(one, most), span_first(other, most));
}

xmlNode *
lead_find(struct survey *survey)
{
    bool behind = survey->title == NULL;
    bool within = survey->title != NULL && part_is_below(survey->title, survey->body);
    for (xmlNode *node = parts_next(survey->root, survey->root); node != NULL;
         node = parts_next(node, survey->root)) {
        bool inside = part_is_below(node, survey->body);
        if (node == survey->title) {
            behind = true;
            continue;
        }
        if (node == survey->body || !(behind || (inside && !within)) ||
            part_is_below(survey->body, node) ||
            (survey->title != NULL && part_is_below(node, survey->title)))
            continue;
        if (is_named_lead(node) && (inside || survey->title != NULL))
            return node;
        if (!inside && is_prose(node) && part_is_bold(node))
            return node;
        if (inside && is_prose(node))
            return part_is_bold(node) ||
                           is_summary(node, survey->facts.at[FACT_SUMMARY], survey->region)
                       ? node
                       : NULL;
    }
    return NULL;
}

/* A lead that the text goes on from stays there; a heading does not, nor what names and dates part
 * from the text. */
static bool
is_among_paragraphs(xmlNode *lead, const xmlNode *body)
{
    if (!part_is_below(lead, body) || part_of(lead)->kind & HTML_HEADING)
        return false;
    if (!is_named_lead(lead))
        return true;
    for (xmlNode *node = html_over(lead, body); node != NULL; node = html_next(node, body)) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        if (part_of(node)->words & (WORD_BYLINE | WORD_AUTHOR | WORD_SHARE) ||
            html_is(node, "time"))
            return false;
        if (is_prose(node))
            return true;
    }
    return false;
}

void
lead_take(struct survey *survey, xmlNode *lead, struct webpage *page)
{
    if (lead == NULL)
        return;
    for (xmlNode *node = lead; node != NULL; node = html_next(node, lead)) {
        struct span classes = html_attribute(node, "class");
        size_t at;
        if (span_find(classes, SPAN("location"), &at))
            page->dateline = html_line(node, survey->region);
    }
    page->lead = html_line(lead, survey->region);
    if (span_equal(page->lead, page->title))
        page->lead = SPAN("");
    if (page->dateline.len > 0 && span_starts(page->lead, page->dateline))
        page->lead = span_trim(span_skip(page->lead, page->dateline.len));
    page->lead_in_body = is_among_paragraphs(lead, survey->body);
    if (!page->lead_in_body)
        part_of(lead)->gone = part_of(lead)->never = true;
}

static bool
names_author(const xmlNode *node)
{
    return span_equal(html_attribute(node, "itemprop"), SPAN("author")) ||
           span_equal(html_attribute(node, "rel"), SPAN("author"));
}

/* A name beside the date, below the headline. */
static bool
stands_by_date(const xmlNode *node)
{
    enum { NEAR = 4 };
    const xmlNode *before = node->prev, *behind = node->next;
    for (int i = 0; i < NEAR; i++) {
        if ((before != NULL && html_is(before, "time")) ||
            (behind != NULL && html_is(behind, "time")))
            return true;
        before = before != NULL ? before->prev : NULL;
        behind = behind != NULL ? behind->next : NULL;
    }
    return false;
}

/* "Tác giả: Lan Anh", in a line of its own. */
static bool
is_labelled(const struct survey *survey, const xmlNode *node)
{
    const struct part *part = part_of(node);
    struct span name;
    return part_is_leaf(node) && part->text > 0 && part->text < NAME_BYTES && !part->linked &&
           furniture_author(html_line(node, survey->region), &name);
}

/* Readers who wrote something are marked as authors, too. */
static bool
is_readers(const xmlNode *node, const struct survey *survey)
{
    for (; node != survey->root && !part_is_below(survey->body, node); node = node->parent)
        if (part_of(node)->words & WORD_COMMENT)
            return true;
    return false;
}

static bool
has_digit(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] >= '0' && text.at[i] <= '9')
            return true;
    return false;
}

static void
find_author(struct survey *survey)
{
    bool behind = survey->title == NULL;
    for (xmlNode *node = survey->root; node != NULL; node = html_next(node, survey->root)) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        behind = behind || node == survey->title;
        const struct part *part = part_of(node);
        bool marked = names_author(node), named = part->words & WORD_AUTHOR;
        bool stands = behind && (named || (part->text > 0 && stands_by_date(node)) ||
                                 is_labelled(survey, node));
        if (!(marked || stands) || is_readers(node, survey))
            continue;
        struct span name = part->text <= NAME_BYTES || part->gone
                               ? bare_name(html_line(node, survey->region))
                               : SPAN("");
        if (name.len > 0 && name.len <= NAME_BYTES && !has_digit(name) &&
            (marked || shape_is_name(name)))
            facts_say(&survey->facts, FACT_AUTHOR, marked ? TRUST_TIME : TRUST_TEXT, name);
    }
}

/* Dates near the headline; those of lists of other stories are not. */
static void
find_date(struct survey *survey)
{
    enum { NEAR = 40 };
    int left = NEAR;
    bool behind = survey->title == NULL;
    for (xmlNode *node = survey->root; node != NULL && left > 0;
         node = html_next(node, survey->root)) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        behind = behind || node == survey->title;
        if (html_is(node, "time") && behind)
            facts_say(&survey->facts, FACT_PUBLISHED, TRUST_TIME, html_attribute(node, "datetime"));
        left -= behind && part_is_leaf(node) && part_of(node)->own > 0;
        bool near = behind || part_of(node)->words & WORD_BYLINE;
        if (near && part_of(node)->text > 5 && part_of(node)->text < NAME_BYTES) {
            struct span line = html_line(node, survey->region), date;
            if (newsdate_read(line, survey->region, &date))
                facts_say(&survey->facts, FACT_PUBLISHED, TRUST_TEXT, date);
        }
    }
}

static bool
is_home(struct span text, struct region *region)
{
    static const char *const homes[] = { "trang chủ", "home", "trang nhất", NULL };
    struct span key = line_key(text, region);
    for (size_t i = 0; homes[i] != NULL; i++)
        if (span_equal(key, line_key(span_of(homes[i]), region)))
            return true;
    return false;
}

/* The next link of a way whose steps are parted by marks: "Trang chủ > Giáo dục"; NULL: none. */
static xmlNode *
next_step(const xmlNode *link, struct region *region)
{
    static const char *const marks[] = { ">", ">>", "»", "›", "→", "/", NULL };
    const xmlNode *mark = link->next;
    if (mark == NULL || mark->next == NULL || !html_is(mark->next, "a"))
        return NULL;
    struct span text = html_line(mark, region);
    for (size_t i = 0; marks[i] != NULL; i++)
        if (span_equal(text, span_of(marks[i])))
            return mark->next;
    return NULL;
}

/* The way to the page where nothing is called so: it begins at the front page. */
static void
find_steps(struct survey *survey)
{
    struct span_list *list = &survey->facts.breadcrumb;
    for (xmlNode *node = survey->root; node != NULL && list->spans.count == 0;
         node = html_next(node, survey->root)) {
        xmlNode *step = html_is(node, "a") ? next_step(node, survey->region) : NULL;
        if (step == NULL || part_is_below(node, survey->body) ||
            !is_home(html_line(node, survey->region), survey->region))
            continue;
        for (; step != NULL && list->spans.count < CRUMBS_MAX;
             step = next_step(step, survey->region))
            span_list_add(list, survey->region, html_line(step, survey->region));
    }
}

static void
find_breadcrumb(struct survey *survey)
{
    struct span_list *list = &survey->facts.breadcrumb;
    for (xmlNode *node = survey->root; node != NULL && list->spans.count == 0;
         node = html_next(node, survey->root)) {
        if (node->type != XML_ELEMENT_NODE || !(part_of(node)->kind & HTML_BLOCK))
            continue;
        struct span classes = html_attribute(node, "class"), id = html_attribute(node, "id");
        size_t at;
        if (!span_find(classes, SPAN("readcrumb"), &at) && !span_find(id, SPAN("readcrumb"), &at))
            continue;
        for (xmlNode *link = node; link != NULL; link = html_next(link, node)) {
            if (!html_is(link, "a") || list->spans.count >= CRUMBS_MAX)
                continue;
            struct span text = html_line(link, survey->region);
            if (text.len > 0 && !spans_have(list->spans, text))
                span_list_add(list, survey->region, text);
        }
    }
}

/* Without the site's front page and the article itself. */
static void
take_breadcrumb(struct survey *survey, struct webpage *page)
{
    struct span_list kept = { { NULL, 0 }, 0 };
    struct spans all = survey->facts.breadcrumb.spans;
    struct span title = line_key(page->title, survey->region);
    for (size_t i = 0; i < all.count; i++)
        if (!is_home(all.at[i], survey->region) &&
            !span_starts(title, line_key(all.at[i], survey->region)))
            span_list_add(&kept, survey->region, line_clean(all.at[i], survey->region));
    page->breadcrumb = kept.spans;
}

/* "Từ khóa: …", or an element that is called so. */
static bool
holds_tags(const struct survey *survey, const xmlNode *node)
{
    const struct part *part = part_of(node);
    struct span rest;
    if (part->words & (WORD_RELATED | WORD_NAVIGATION))
        return false;
    return part->words & WORD_TAGS ||
           (part_is_leaf(node) && part->text > 0 && part->text < TAGS_BYTES &&
            furniture_tags(html_line(node, survey->region), &rest));
}

static void
find_tags(struct survey *survey)
{
    bool behind = survey->title == NULL;
    if (survey->facts.tags.spans.count > 0)
        return;
    for (xmlNode *node = survey->root; node != NULL; node = html_next(node, survey->root)) {
        behind = behind || node == survey->title;
        if (!behind || node->type != XML_ELEMENT_NODE || !holds_tags(survey, node))
            continue;
        for (xmlNode *link = node; link != NULL; link = html_next(link, node))
            if (html_is(link, "a"))
                facts_tag(&survey->facts, &survey->facts.tags, html_line(link, survey->region));
        if (survey->facts.tags.spans.count > 0)
            return;
    }
}

void
survey_around(struct survey *survey, struct webpage *page)
{
    find_author(survey);
    find_date(survey);
    find_breadcrumb(survey);
    find_steps(survey);
    find_tags(survey);
    survey_related(survey, page);
    take_breadcrumb(survey, page);
}
