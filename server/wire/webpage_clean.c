/* SPDX-License-Identifier: ISC */
#include "wire/webpage_parts.h"

#include "wire/furniture.h"
#include "wire/lines.h"
#include "wire/shape.h"

enum { BLOCKS_MAX = 20000, SIGNATURE_MAX = 80 };

/* What stands in the body under such names is no part of the article, if it is little of it. */
enum {
    FOREIGN = WORD_COMMENT | WORD_SHARE | WORD_RELATED | WORD_ADVERT | WORD_NAVIGATION | WORD_TAGS |
              WORD_PROMOTION | WORD_HIDDEN | WORD_PAYWALL | WORD_BYLINE | WORD_AUTHOR | WORD_QUOTE,
};

/* A paragraph may be named after what it speaks of. */
static bool
is_trusted(const xmlNode *node)
{
    return html_is(node, "p") || html_is(node, "blockquote") || html_is(node, "table") ||
           html_is(node, "tr") || html_is(node, "td");
}

static bool
is_foreign(const xmlNode *node, const xmlNode *body)
{
    const struct part *part = part_of(node), *whole = part_of(body);
    if (!(part->words & FOREIGN) || part->words & WORD_ARTICLE)
        return false;
    if (is_trusted(node) && part->prose > 0 && part->linked * 2 < part->text)
        return false;
    return part->prose * 3 < whole->prose;
}

bool
part_is_index(const xmlNode *node)
{
    const struct part *part = part_of(node);
    if (part->text == 0 || html_is(node, "p") || part->kind & HTML_HEADING)
        return false;
    unsigned share = part->linked * 100 / part->text;
    return part->kind & HTML_LIST ? share > 60 : part->kind & HTML_BLOCK && share > 75;
}

static void
drop_by_name(xmlNode *body)
{
    for (xmlNode *node = parts_next(body, body); node != NULL; node = parts_next(node, body))
        if (is_foreign(node, body) || part_is_index(node))
            part_of(node)->gone = true;
}

/* A block of text, in the page's order. */
struct block {
    xmlNode *node;
    struct span text, key;
    unsigned length, linked;
    bool heading, prose;
};

struct blocks {
    struct block *at;
    size_t count;
};

static struct block
block_make(xmlNode *node, struct region *region)
{
    const struct part *part = part_of(node);
    struct block block = { .node = node, .length = part->own, .linked = part->own_linked };
    block.text = html_line(node, region);
    block.key = line_key(block.text, region);
    block.heading = (part->kind & HTML_HEADING) != 0;
    block.prose = !block.heading && block.linked * 2 < block.length &&
                  (block.length > 120 || (block.length > 50 && shape_is_ended(block.text)));
    return block;
}

static struct blocks
blocks_make(xmlNode *body, struct region *region)
{
    struct blocks blocks = { NULL, 0 };
    size_t count = 0;
    for (xmlNode *node = body; node != NULL; node = parts_next(node, body))
        count += part_is_leaf(node) && part_of(node)->text > 0;
    count = count < BLOCKS_MAX ? count : BLOCKS_MAX;
    blocks.at = region_array(region, count + 1, sizeof *blocks.at);
    for (xmlNode *node = body; node != NULL && blocks.count < count;
         node = parts_next(node, body)) {
        if (!part_is_leaf(node) || part_of(node)->text == 0)
            continue;
        struct block block = block_make(node, region);
        if (block.key.len > 0)
            blocks.at[blocks.count++] = block;
    }
    return blocks;
}

static void
drop(struct block *block)
{
    part_of(block->node)->gone = true;
}

static bool
is_dropped(const struct block *block)
{
    return part_of(block->node)->gone;
}

/* The first block behind the headline: `title` may stand in the body or before it, and its words
 * may be there once more. */
static size_t
behind_title(const struct blocks *blocks, const xmlNode *title, struct span title_key)
{
    size_t from = 0, prose = 0;
    for (size_t i = 0; i < blocks->count && prose < 3; i++) {
        const struct block *block = &blocks->at[i];
        bool same = title_key.len > 0 && span_equal(block->key, title_key);
        if (same || (title != NULL && part_is_below(block->node, title)))
            from = i + 1;
        prose += block->prose;
    }
    return from;
}

/* What stands before the article begins: its headline, names, dates. */
static size_t
drop_head(struct blocks *blocks, const xmlNode *title, struct span title_key)
{
    size_t from = behind_title(blocks, title, title_key), first = from;
    while (first < blocks->count && !blocks->at[first].prose)
        first++;
    if (first == blocks->count)
        return from;
    for (size_t i = 0; i < first; i++)
        if (i < from || !blocks->at[i].heading)
            drop(&blocks->at[i]);
    return first;
}

/* A block that is one link, and no sentence: it leads elsewhere. */
static bool
is_pointer(const struct block *block)
{
    return block->linked * 10 >= block->length * 9 && !shape_is_told(block->text) &&
           !html_is(block->node, "li") && !html_is(block->node, "td");
}

static void
drop_phrases(struct blocks *blocks, size_t from, const struct phrases *phrases)
{
    size_t prose_left = 0;
    for (size_t i = 0; i < blocks->count; i++)
        prose_left += blocks->at[i].prose;
    size_t prose_all = prose_left;
    for (size_t i = from; i < blocks->count; i++) {
        struct block *block = &blocks->at[i];
        prose_left -= block->prose;
        enum phrase phrase = phrase_of(phrases, block->text, block->key);
        bool cuts = phrase == PHRASE_CUT && prose_left * 3 < prose_all;
        if (cuts)
            for (size_t j = i; j < blocks->count; j++)
                drop(&blocks->at[j]);
        if (cuts)
            return;
        if (phrase == PHRASE_DROP || phrase == PHRASE_CUT || is_pointer(block) ||
            (phrase == PHRASE_LAST && prose_left <= 1 && block->length < 200))
            drop(block);
    }
}

/* Headings that nothing follows. */
static void
drop_dangling(struct blocks *blocks)
{
    for (size_t i = blocks->count; i-- > 0;) {
        if (is_dropped(&blocks->at[i]))
            continue;
        if (!blocks->at[i].heading)
            return;
        drop(&blocks->at[i]);
    }
}

static bool
is_to_the_right(const xmlNode *node)
{
    size_t at;
    struct span style = html_attribute(node, "style");
    if (span_equal_nocase(html_attribute(node, "align"), SPAN("right")))
        return true;
    return span_find(style, SPAN("text-align"), &at) &&
           span_starts(span_trim(span_skip(style, at + 10)), SPAN(":")) &&
           span_starts(span_trim(span_skip(span_trim(span_skip(style, at + 10)), 1)),
                       SPAN("right"));
}

/* Vietnamese articles end in their author's name, to the right or bold; or in whose they were. */
static void
take_signature(struct blocks *blocks, struct survey *survey)
{
    struct span behind;
    size_t last = blocks->count;
    while (last > 0 && is_dropped(&blocks->at[last - 1]))
        last--;
    if (last < 2)
        return;
    struct block *block = &blocks->at[last - 1];
    bool labelled = furniture_author(block->text, &behind);
    bool signs = shape_is_name(block->text) &&
                 (is_to_the_right(block->node) || part_is_bold(block->node));
    if (block->length > SIGNATURE_MAX || !(labelled || signs))
        return;
    facts_say(&survey->facts, FACT_AUTHOR, TRUST_TEXT, block->text);
    drop(block);
}

void
body_clean(struct survey *survey, struct span title)
{
    struct region *region = survey->region;
    drop_by_name(survey->body);
    parts_measure(survey->body);
    struct blocks blocks = blocks_make(survey->body, region);
    size_t from = drop_head(&blocks, survey->title, line_key(title, region));
    drop_phrases(&blocks, from, survey->phrases);
    drop_dangling(&blocks);
    take_signature(&blocks, survey);
}
