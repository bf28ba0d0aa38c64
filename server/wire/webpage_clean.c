/* SPDX-License-Identifier: ISC */
#include "wire/webpage_parts.h"

#include "wire/furniture.h"
#include "wire/lines.h"
#include "wire/shape.h"

enum {
    BLOCKS_MAX = 20000,
    SIGNATURE_MAX = 80,
    INLINE_MIN = 80,
    CARD_MAX = 150,
    LABEL_MAX = 25,
    HEADLINE_MIN = 25,
    HEADING_MAX = 60,
    ITEMS_MAX = 200,
    OPENING_MIN = 15,
    REST_MIN = 600,
    NOTE_MAX = 300
};

/* What stands in the body under such names is no part of the article, if it is little of it. */
enum {
    FOREIGN = WORD_COMMENT | WORD_SHARE | WORD_RELATED | WORD_ADVERT | WORD_NAVIGATION | WORD_TAGS |
              WORD_PROMOTION | WORD_HIDDEN | WORD_PAYWALL | WORD_BYLINE | WORD_AUTHOR | WORD_QUOTE,
    STRONG = WORD_COMMENT | WORD_RELATED | WORD_GALLERY, /* however long it is */
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
    if ((part->words & FOREIGN) == WORD_RELATED && part->linked * 6 < part->text)
        return false; /* "read-more" may be the name of the article's second half */
    if (is_trusted(node) && part->prose > 0 && part->linked * 2 < part->text)
        return false;
    if (part->words & STRONG && !(part->words & WORD_CONTENT) &&
        whole->prose > part->prose + REST_MIN)
        return true;
    return part->prose * 3 < whole->prose;
}

static size_t
count_links(const xmlNode *node)
{
    size_t count = 0;
    for (const xmlNode *it = node; it != NULL; it = html_next(it, node))
        count += html_is(it, "a");
    return count;
}

/* One of the list's items is a paragraph. */
static bool
tells_something(const xmlNode *list)
{
    for (const xmlNode *item = list->children; item != NULL; item = item->next)
        if (html_is(item, "li") && part_is_leaf(item) && part_is_prose(item) &&
            part_of(item)->linked == 0)
            return true;
    return false;
}

bool
part_is_index(const xmlNode *node)
{
    const struct part *part = part_of(node);
    if (part->text == 0 || html_is(node, "p") || html_is(node, "a") || part->kind & HTML_HEADING)
        return false;
    unsigned share = part->linked * 100 / part->text;
    if (!(part->kind & HTML_BLOCK) || html_is(node, "li"))
        return share > 75 && part->text > INLINE_MIN && count_links(node) >= 3;
    if (part->kind & HTML_LIST)
        return share > 60 && !tells_something(node);
    return share > 75;
}

/* A card that leads to another story: its headline is a link, and there is little else. */
static bool
is_card(const xmlNode *node)
{
    const struct part *part = part_of(node);
    if (!(part->kind & HTML_BLOCK) || !part->parted || part->text - part->linked > CARD_MAX ||
        part->linked < HEADLINE_MIN || part->kind & HTML_LIST)
        return false;
    for (xmlNode *it = parts_next((xmlNode *)node, node); it != NULL; it = parts_next(it, node))
        if (part_of(it)->kind & HTML_HEADING && part_of(it)->own_linked >= HEADLINE_MIN &&
            part_of(it)->own_linked * 10 >= part_of(it)->own * 9)
            return true;
    return false;
}

/* An article may be made of such cards: then they are no furniture. */
bool
body_is_cards(xmlNode *body)
{
    unsigned text = 0;
    for (xmlNode *node = parts_next(body, body); node != NULL;) {
        bool card = is_card(node);
        text += card ? part_of(node)->text : 0;
        node = card ? parts_over(node, body) : parts_next(node, body);
    }
    return text * 3 > part_of(body)->text;
}

static void
drop_by_name(xmlNode *body)
{
    bool cards = body_is_cards(body);
    for (xmlNode *node = parts_next(body, body); node != NULL; node = parts_next(node, body))
        if (is_foreign(node, body) || part_is_index(node) || (!cards && is_card(node)))
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

static bool
is_block(const xmlNode *node)
{
    return part_is_leaf(node) && part_of(node)->text > 0 && !html_is(node, "figcaption") &&
           !html_is(node, "figure");
}

static struct blocks
blocks_make(xmlNode *body, struct region *region)
{
    struct blocks blocks = { NULL, 0 };
    size_t count = 0;
    for (xmlNode *node = body; node != NULL; node = parts_next(node, body))
        count += is_block(node);
    count = count < BLOCKS_MAX ? count : BLOCKS_MAX;
    blocks.at = region_array(region, count + 1, sizeof *blocks.at);
    for (xmlNode *node = body; node != NULL && blocks.count < count;
         node = parts_next(node, body)) {
        if (!is_block(node))
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
    part_of(block->node)->gone = !part_of(block->node)->said;
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

/* A short sentence among the paragraphs. */
static bool
opens(const struct block *block, const struct block *first)
{
    return block->node->parent == first->node->parent && block->linked == 0 &&
           html_is(block->node, (const char *)first->node->name) && shape_is_told(block->text) &&
           block->length >= OPENING_MIN;
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
        if (i < from || !(blocks->at[i].heading || opens(&blocks->at[i], &blocks->at[first])))
            drop(&blocks->at[i]);
    return first;
}

/* A block that is a link, maybe behind a label ("Related: …"), and no sentence: it leads
 * elsewhere. */
static bool
is_pointer(const struct block *block)
{
    unsigned bare = block->length - block->linked;
    if (block->linked == 0 || block->heading || html_is(block->node, "li") ||
        html_is(block->node, "td"))
        return false;
    if (bare * 20 <= block->length)
        return true;
    return bare <= LABEL_MAX && block->linked >= HEADLINE_MIN && block->linked >= 2 * bare &&
           !shape_is_told(block->text);
}

/* What an editor adds below an article: where to write, what else to read. */
static bool
is_note(const struct block *block)
{
    static const struct span marks[] = { SPAN("http://"), SPAN("https://"), SPAN("www."),
                                         SPAN("@") };
    static const char *const slanted[] = { "em", "i", "a", NULL };
    size_t at;
    if (block->length > NOTE_MAX)
        return false;
    if (block->linked > 0 && part_is_all(block->node, slanted))
        return true;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (span_find(block->text, marks[i], &at))
            return block->length < NOTE_MAX / 2 && !html_is(block->node, "blockquote") &&
                   !html_is(block->node->parent, "blockquote");
    return false;
}

/* An item of a list of which each leads elsewhere. */
static bool
is_of_links(const struct block *block)
{
    const xmlNode *list = block->node->parent;
    if (!html_is(block->node, "li") || !(part_of(list)->kind & HTML_LIST) ||
        part_of(list)->linked * 5 < part_of(list)->text * 2)
        return false;
    int left = ITEMS_MAX;
    for (const xmlNode *item = list->children; item != NULL && left-- > 0; item = item->next)
        if (html_is(item, "li") && part_of(item)->text > 0 && part_of(item)->linked == 0)
            return false;
    return true;
}

static bool
is_furniture(const struct block *block, enum phrase phrase, size_t prose_left)
{
    if (phrase == PHRASE_DROP || phrase >= PHRASE_CUT || is_pointer(block))
        return true;
    if (prose_left > 1)
        return false;
    bool last = block->length < NOTE_MAX / 3 || (block->linked > 0 && block->length < NOTE_MAX);
    return (phrase == PHRASE_LAST && last) || is_note(block) ||
           (prose_left == 0 && is_of_links(block));
}

/* Prose behind each block that no list of links holds. */
static size_t
count_prose(const struct blocks *blocks)
{
    size_t count = 0;
    for (size_t i = 0; i < blocks->count; i++)
        count += blocks->at[i].prose && !is_of_links(&blocks->at[i]);
    return count;
}

static void
drop_phrases(struct blocks *blocks, size_t from, const struct page_phrases *phrases)
{
    size_t all = count_prose(blocks), left = all;
    for (size_t i = 0; i < blocks->count; i++) {
        struct block *block = &blocks->at[i];
        left -= block->prose && !is_of_links(block);
        if (i < from || is_dropped(block))
            continue;
        enum phrase phrase = phrase_of(phrases, block->text, block->key);
        if (is_furniture(block, phrase, left))
            drop(block);
        if (phrase >= PHRASE_CUT && left * 3 < all) {
            while (++i < blocks->count)
                drop(&blocks->at[i]);
            return;
        }
    }
}

static bool
may_head(const struct block *block)
{
    bool looks = part_is_bold(block->node) || part_of(block->node)->words & WORD_TITLE;
    return block->heading || (looks && block->length < HEADING_MAX && !shape_is_ended(block->text));
}

/* Headings that nothing follows. */
static void
drop_dangling(struct blocks *blocks)
{
    for (size_t i = blocks->count; i-- > 0;) {
        if (is_dropped(&blocks->at[i]))
            continue;
        if (!may_head(&blocks->at[i]))
            return;
        drop(&blocks->at[i]);
    }
}

/* "Theo Báo Ví Dụ": whose article it was. */
static bool
names_origin(struct span line)
{
    line = span_starts(line, SPAN("(")) ? span_skip(line, 1) : line;
    return span_starts(line, SPAN("Theo ")) && line.len < SIGNATURE_MAX / 2 && !shape_is_told(line);
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
    bool aside = part_is_to_the_right(block->node) || part_is_bold(block->node);
    bool labelled = furniture_author(block->text, &behind);
    bool signs = (aside && shape_is_name(block->text)) || names_origin(block->text);
    if (block->length > SIGNATURE_MAX || !(labelled || signs))
        return;
    facts_say(&survey->facts, FACT_AUTHOR, names_origin(block->text) ? TRUST_NONE : TRUST_TEXT,
              block->text);
    drop(block);
}

/* Hardly anything is left: the names meant something else. */
static void
bring_back(xmlNode *body)
{
    for (xmlNode *node = html_next(body, body); node != NULL; node = html_next(node, body))
        if (node->type == XML_ELEMENT_NODE)
            part_of(node)->gone = part_of(node)->never;
    parts_measure(body);
}

void
body_clean(struct survey *survey, struct span title)
{
    struct region *region = survey->region;
    unsigned prose = part_of(survey->body)->prose;
    drop_by_name(survey->body);
    parts_measure(survey->body);
    if (part_of(survey->body)->prose * 4 < prose)
        bring_back(survey->body);
    body_caption(survey->body, region);
    struct blocks blocks = blocks_make(survey->body, region);
    size_t from = drop_head(&blocks, survey->title, line_key(title, region));
    drop_phrases(&blocks, from, survey->phrases);
    take_signature(&blocks, survey); /* "Theo Báo Ví Dụ", */
    take_signature(&blocks, survey); /* and the author above it */
    drop_dangling(&blocks);
}
