/* SPDX-License-Identifier: ISC */
#include "wire/webpage_parts.h"

#include <string.h>

enum { ENOUGH = 250 };

/* Words that say: not this. */
enum {
    BAD = WORD_COMMENT | WORD_SHARE | WORD_RELATED | WORD_ADVERT | WORD_NAVIGATION | WORD_TAGS |
          WORD_PROMOTION | WORD_HIDDEN | WORD_PAYWALL
};

static double
start_value(const xmlNode *node)
{
    const struct part *part = part_of(node);
    double value = 0;
    if (html_is(node, "div") || html_is(node, "article") || html_is(node, "section"))
        value += 5;
    else if (html_is(node, "blockquote") || html_is(node, "td") || html_is(node, "pre"))
        value += 3;
    else if (part->kind & HTML_LIST || html_is(node, "form") || html_is(node, "li"))
        value -= 3;
    if (part->words & (WORD_ARTICLE | WORD_CONTENT))
        value += part->words & WORD_ARTICLE ? 25 : 10;
    if (part->words & BAD && !(part->words & WORD_ARTICLE))
        value -= 25;
    return value;
}

static void
give(xmlNode *node, double points)
{
    struct part *part = part_of(node);
    if (part->score == 0)
        part->score = start_value(node);
    part->score += points;
}

static void
score_block(xmlNode *block, const xmlNode *root)
{
    const struct part *part = part_of(block);
    if (part->own < 25 || part->kind & HTML_HEADING)
        return;
    double length = part->own > 1000 ? 10 : part->own / 100.0;
    double points = 1 + part->commas + (length > 3 ? 3 : length);
    points *= 1 - (double)part->own_linked / part->own;
    xmlNode *node = block;
    for (int level = 0; level < 5 && node != root; level++) {
        node = node->parent;
        give(node, level == 0 ? points : level == 1 ? points / 2 : points / (3 * level));
    }
}

static double
final_score(const xmlNode *node)
{
    const struct part *part = part_of(node);
    return part->text == 0 ? 0 : part->score * (1 - (double)part->linked / part->text);
}

/* What readers wrote, by its name, unless the headline is in it, too. */
static bool
is_readers(const xmlNode *top)
{
    if ((part_of(top)->words & (WORD_COMMENT | WORD_ARTICLE)) != WORD_COMMENT)
        return false;
    for (const xmlNode *node = top; node != NULL; node = html_next(node, top))
        if (html_is(node, "h1"))
            return false;
    return true;
}

/* What has hardly any prose can score by its name alone. */
static xmlNode *
best_above(xmlNode *root, unsigned prose)
{
    xmlNode *best = NULL;
    for (xmlNode *node = parts_next(root, root); node != NULL;) {
        if (part_of(node)->prose >= prose && part_of(node)->score > 0 &&
            (best == NULL || final_score(node) > final_score(best)))
            best = node;
        bool over = prose > 0 && is_readers(node);
        node = over ? parts_over(node, root) : parts_next(node, root);
    }
    return best;
}

static xmlNode *
best_scored(xmlNode *root)
{
    for (xmlNode *node = parts_next(root, root); node != NULL; node = parts_next(node, root))
        if (part_of(node)->kind & HTML_BLOCK)
            score_block(node, root);
    xmlNode *best = best_above(root, ENOUGH);
    return best != NULL ? best : best_above(root, 0);
}

/* What a page calls its article's body: of those with that name, the one with the most prose. */
static xmlNode *
best_named(xmlNode *root)
{
    xmlNode *best = NULL;
    for (xmlNode *node = parts_next(root, root); node != NULL;) {
        const struct part *part = part_of(node);
        if (part->words & WORD_ARTICLE && (best == NULL || part->prose > part_of(best)->prose))
            best = node;
        node = is_readers(node) ? parts_over(node, root) : parts_next(node, root);
    }
    return best;
}

enum { CLUSTER_MIN = 3, LEVELS_MAX = 6 };

/* The prose of its children, if they are several paragraphs. */
static unsigned
cluster_of(const xmlNode *node)
{
    unsigned prose = 0, count = 0;
    for (const xmlNode *child = node->children; child != NULL; child = child->next)
        if (child->type == XML_ELEMENT_NODE && !part_of(child)->gone && part_is_leaf(child) &&
            part_is_prose(child)) {
            prose += part_of(child)->own;
            count++;
        }
    return count >= CLUSTER_MIN ? prose : 0;
}

/* The prose of the elements that are called an article's body; 0 where several headlines say that
 * they are several articles'. */
static unsigned
named_prose(xmlNode *top)
{
    unsigned prose = 0, headlines = 0;
    for (xmlNode *node = top; node != NULL;) {
        bool named = node->type == XML_ELEMENT_NODE && part_of(node)->words & WORD_ARTICLE;
        bool gone = node->type == XML_ELEMENT_NODE && part_of(node)->gone;
        headlines += html_is(node, "h1");
        prose += named && !gone ? part_of(node)->prose : 0;
        node = named || gone ? html_over(node, top) : html_next(node, top);
    }
    return headlines > 1 ? 0 : prose;
}

static unsigned
clustered(xmlNode *top)
{
    unsigned prose = 0;
    for (xmlNode *node = top; node != NULL; node = parts_next(node, top))
        prose += cluster_of(node);
    return prose;
}

/* An article may stand in several boxes, with advertising between: the lowest element that holds
 * clearly more, as `measure` counts it. */
static xmlNode *
widen(xmlNode *body, const xmlNode *root, unsigned (*measure)(xmlNode *top))
{
    xmlNode *wide = body, *top = body;
    unsigned prose = measure(body);
    for (int level = 0; level < LEVELS_MAX && top != root && top->parent != root; level++) {
        top = top->parent;
        unsigned more = prose > 0 ? measure(top) : 0;
        if (more * 5 < prose * 6 || more == 0)
            continue;
        wide = top;
        prose = more;
    }
    return wide;
}

/* One that is a link leads to the article it heads. */
static bool
has_headline(const xmlNode *top)
{
    for (const xmlNode *node = top; node != NULL; node = html_next(node, top))
        if (html_is(node, "h1") ||
            (node->type == XML_ELEMENT_NODE && part_of(node)->kind & HTML_HEADING &&
             part_of(node)->own_linked * 2 > part_of(node)->own))
            return true;
    return false;
}

/* What stands beside `node` under the same name and classes: further steps, further sections; its
 * prose. Headlines there mean other articles. */
static unsigned
kin_of(const xmlNode *node)
{
    struct span classes = html_attribute(node, "class");
    unsigned prose = 0;
    if (classes.len == 0 || html_is(node, "article"))
        return 0;
    for (const xmlNode *it = node->parent->children; it != NULL; it = it->next) {
        if (it == node || it->type != XML_ELEMENT_NODE || part_of(it)->gone ||
            part_of(it)->prose == 0 || !html_is(it, (const char *)node->name) ||
            !span_equal(html_attribute(it, "class"), classes))
            continue;
        if (has_headline(it))
            return 0;
        prose += part_of(it)->prose;
    }
    return prose;
}

/* An article may be made of boxes of one kind, a paragraph or two in each. */
static xmlNode *
widen_to_kin(xmlNode *body, const xmlNode *root)
{
    xmlNode *wide = body;
    int level = 0;
    for (xmlNode *node = body; level < LEVELS_MAX && node != root && node->parent != root;
         node = node->parent, level++)
        if (kin_of(node) * 5 >= part_of(wide)->prose && kin_of(node) > 0)
            wide = node->parent;
    return wide;
}

/* Paragraphs go on right behind it, in the same element: somebody closed too much. */
static bool
goes_on(const xmlNode *body)
{
    enum { NEXT = 2, LONG = 80 };
    int left = NEXT;
    for (const xmlNode *next = body->next; next != NULL && left > 0; next = next->next) {
        if (next->type != XML_ELEMENT_NODE || part_of(next)->gone || part_of(next)->text == 0)
            continue;
        left--;
        if (html_is(next, "p") && part_is_leaf(next) && part_is_prose(next) &&
            part_of(next)->own >= LONG && part_of(next)->linked * 4 < part_of(next)->own)
            return true;
    }
    return false;
}

/* The prose below it that no name says is readers' or others'. */
static unsigned
own_prose(xmlNode *top)
{
    unsigned prose = 0;
    for (xmlNode *node = parts_next(top, top); node != NULL;) {
        bool foreign = part_of(node)->words & BAD && !(part_of(node)->words & WORD_ARTICLE);
        prose += !foreign && part_is_leaf(node) && part_is_prose(node) ? part_of(node)->own : 0;
        node = foreign ? parts_over(node, top) : parts_next(node, top);
    }
    return prose;
}

/* The <article> it stands in, if that holds clearly more. */
static xmlNode *
widen_to_article(xmlNode *body, const xmlNode *root)
{
    xmlNode *article = body;
    while (article != root && !html_is(article, "article"))
        article = article->parent;
    return article != root && own_prose(article) * 5 >= own_prose(body) * 6 ? article : body;
}

xmlNode *
body_find(xmlNode *root)
{
    xmlNode *scored = best_scored(root), *named = best_named(root);
    while (scored != NULL && scored != root && !(html_kind(scored) & HTML_BLOCK))
        scored = scored->parent; /* a <font> around it all */
    if (named != NULL && part_of(named)->prose >= ENOUGH &&
        (scored == NULL || part_of(named)->prose * 2 > part_of(scored)->prose))
        return widen(named, root, named_prose);
    if (scored != NULL && scored != root && goes_on(scored))
        scored = scored->parent;
    if (scored == NULL)
        return NULL;
    return widen_to_article(widen_to_kin(widen(scored, root, clustered), root), root);
}
