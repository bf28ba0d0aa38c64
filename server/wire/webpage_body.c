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

static xmlNode *
best_scored(xmlNode *root)
{
    xmlNode *best = NULL;
    for (xmlNode *node = parts_next(root, root); node != NULL; node = parts_next(node, root))
        if (part_of(node)->kind & HTML_BLOCK)
            score_block(node, root);
    for (xmlNode *node = parts_next(root, root); node != NULL; node = parts_next(node, root))
        if (part_of(node)->score > 0 && (best == NULL || final_score(node) > final_score(best)))
            best = node;
    return best;
}

/* What a page calls its article's body: of those with that name, the one with the most prose. */
static xmlNode *
best_named(xmlNode *root)
{
    xmlNode *best = NULL;
    for (xmlNode *node = parts_next(root, root); node != NULL; node = parts_next(node, root))
        if (part_of(node)->words & WORD_ARTICLE &&
            (best == NULL || part_of(node)->prose > part_of(best)->prose))
            best = node;
    return best;
}

xmlNode *
body_find(xmlNode *root)
{
    xmlNode *scored = best_scored(root), *named = best_named(root);
    if (named != NULL && part_of(named)->prose >= ENOUGH &&
        (scored == NULL || part_of(named)->prose * 2 > part_of(scored)->prose))
        return named;
    return scored;
}
