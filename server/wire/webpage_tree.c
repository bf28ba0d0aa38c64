/* SPDX-License-Identifier: ISC */
#include "wire/webpage_parts.h"

#include <string.h>

/* The style sets `name` to `value`. */
static bool
sets(struct span style, struct span name, struct span value)
{
    size_t at;
    if (!span_find(style, name, &at))
        return false;
    style = span_trim(span_skip(style, at + name.len));
    return span_starts(style, SPAN(":")) && span_starts(span_trim(span_skip(style, 1)), value);
}

static bool
styled_away(struct span style)
{
    return sets(style, SPAN("display"), SPAN("none")) ||
           sets(style, SPAN("visibility"), SPAN("hidden"));
}

bool
part_is_to_the_right(const xmlNode *node)
{
    return span_equal_nocase(html_attribute(node, "align"), SPAN("right")) ||
           sets(html_attribute(node, "style"), SPAN("text-align"), SPAN("right"));
}

static bool
is_among(struct span value, const char *const list[])
{
    for (size_t i = 0; list[i] != NULL; i++)
        if (span_equal_nocase(value, span_of(list[i])))
            return true;
    return false;
}

/* What no reader sees, or that says of itself what it is. */
static bool
is_never_article(const xmlNode *node, const struct part *part)
{
    static const char *const names[] = { "aside", "footer", "head", "nav", "noscript", NULL };
    static const char *const roles[] = { "alert",       "alertdialog", "banner",  "complementary",
                                         "contentinfo", "dialog",      "menu",    "menubar",
                                         "navigation",  "search",      "toolbar", "tooltip",
                                         NULL };
    if (part->kind & HTML_CONTROL)
        return true;
    if (is_among(span_of((const char *)node->name), names))
        return true;
    return is_among(html_attribute(node, "role"), roles) ||
           html_attribute(node, "hidden").at != NULL || styled_away(html_attribute(node, "style"));
}

static unsigned
words_of_node(const xmlNode *node, const struct class_words *table)
{
    struct span id = html_attribute(node, "id"), classes = html_attribute(node, "class");
    unsigned words = (id.len > 0 ? class_words_of(table, id) : 0) |
                     (classes.len > 0 ? class_words_of(table, classes) : 0);
    if (span_equal(html_attribute(node, "itemprop"), SPAN("articleBody")))
        words |= WORD_ARTICLE;
    if (span_equal(html_attribute(node, "itemprop"), SPAN("description")))
        words |= WORD_LEAD;
    return words;
}

static struct part *
give_part(xmlNode *node, struct region *region)
{
    struct part *part = region_alloc(region, sizeof *part);
    node->_private = part;
    part->kind = html_kind(node);
    return part;
}

static bool
is_blank(const xmlNode *node)
{
    struct span text = html_content(node);
    return node->type != XML_ELEMENT_NODE && span_trim_lines(text).len == 0;
}

/* A second <br> in a row: there, people end paragraphs. */
static bool
is_second_break(const xmlNode *node)
{
    if (!html_is(node, "br"))
        return false;
    for (node = node->prev; node != NULL && is_blank(node);)
        node = node->prev;
    return node != NULL && html_is(node, "br");
}

/* What holds blocks, or breaks between paragraphs, is one, whatever its name. */
static void
promote(xmlNode *node, bool blocks)
{
    for (node = node->parent; node != NULL && node->type == XML_ELEMENT_NODE; node = node->parent) {
        struct part *part = part_of(node);
        bool done = part->parted;
        part->parted = part->parted || blocks;
        if (part->kind & HTML_BLOCK || done)
            break;
        part->kind |= HTML_BLOCK;
        blocks = true;
    }
}

static bool
is_inline(const xmlNode *node)
{
    return node->type != XML_ELEMENT_NODE || !(part_of(node)->kind & HTML_BLOCK);
}

xmlNode *
part_new(xmlDoc *document, const char *name, struct region *region)
{
    xmlNode *node = xmlNewDocNode(document, NULL, (const xmlChar *)name, NULL);
    if (node == NULL)
        memory_end();
    give_part(node, region);
    return node;
}

/* The paragraph that `from` and what follows it make up gets an element of its own; returns what
 * stands behind. */
static xmlNode *
wrap(xmlNode *from, struct region *region)
{
    xmlNode *paragraph = part_new(from->doc, "p", region), *next;
    xmlAddPrevSibling(from, paragraph);
    bool broken = false;
    part_of(from->parent)->parted = true;
    for (xmlNode *node = from; node != NULL; node = next) {
        next = node->next;
        bool breaks = html_is(node, "br");
        if (!is_inline(node) || (breaks && broken))
            return node;
        broken = breaks || (broken && is_blank(node));
        xmlUnlinkNode(node);
        xmlAddChild(paragraph, node);
    }
    return NULL;
}

/* The text that stands in `block` beside other blocks, or between double breaks, becomes
 * paragraphs, so that whatever text there is stands in a block of its own. */
static void
wrap_loose(xmlNode *block, struct region *region)
{
    bool mixed = false;
    for (const xmlNode *node = block->children; node != NULL && !mixed; node = node->next)
        mixed = !is_inline(node) || is_second_break(node);
    if (!mixed || html_is(block, "pre"))
        return;
    if (html_is(block, "p"))
        xmlNodeSetName(block, (const xmlChar *)"div");
    for (xmlNode *node = block->children; node != NULL;) {
        bool opens = is_inline(node) && !is_blank(node) && !html_is(node, "br");
        node = opens ? wrap(node, region) : node->next;
    }
}

void
parts_make(xmlNode *root, const struct class_words *words, struct region *region)
{
    for (xmlNode *node = root; node != NULL; node = html_next(node, root)) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        struct part *part = give_part(node, region);
        part->words = words_of_node(node, words);
        part->gone = part->never = is_never_article(node, part);
        bool block = (part->kind & HTML_BLOCK) != 0;
        if (block || is_second_break(node))
            promote(node, block);
    }
    for (xmlNode *node = root; node != NULL; node = html_next(node, root))
        if (node->type == XML_ELEMENT_NODE && part_of(node)->kind & HTML_BLOCK)
            wrap_loose(node, region);
}

/* How long a text is, in characters, and its commas. */
static unsigned
length_of(struct span text, unsigned *commas)
{
    unsigned length = 0;
    bool space = true;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        bool is_space = byte == ' ' || (byte >= '\t' && byte <= '\r');
        length += (byte & 0xC0) != 0x80 && !(is_space && space);
        length += byte >= 0xE3 && byte <= 0xE9; /* one of Chinese or Japanese says what two do */
        *commas += byte == ',' || (byte == 0xEF && span_starts(span_skip(text, i), SPAN("，")));
        space = is_space;
    }
    return length;
}

static void
clear(xmlNode *root)
{
    for (xmlNode *node = root; node != NULL; node = html_next(node, root))
        if (node->_private != NULL && node->type == XML_ELEMENT_NODE) {
            struct part *part = part_of(node);
            part->text = part->linked = part->own = part->own_linked = 0;
            part->commas = part->prose = part->blocks = 0;
            part->score = 0;
        }
}

/* Whose text it is when no deeper block's: the block an inline node stands in. */
static xmlNode *
block_of(xmlNode *node, const xmlNode *root)
{
    while (node != root && !(part_of(node)->kind & HTML_BLOCK))
        node = node->parent;
    return node;
}

static bool
in_link(const xmlNode *node, const xmlNode *root)
{
    while (node != root && !html_is(node, "a"))
        node = node->parent;
    return html_is(node, "a");
}

bool
part_is_prose(const xmlNode *node)
{
    const struct part *part = part_of(node);
    return part->own >= 60 && part->own_linked * 2 < part->own && !(part->kind & HTML_HEADING);
}

/* A node's sums are its parent's, too. Children come before parents. */
static void
pass_on(xmlNode *node, const xmlNode *root)
{
    struct part *part = part_of(node);
    if (part_is_prose(node)) {
        part->prose += part->own - part->own_linked;
        part->blocks++;
    }
    if (node == root)
        return;
    struct part *parent = part_of(node->parent);
    parent->text += part->text;
    parent->linked += part->linked;
    parent->prose += part->prose;
    parent->blocks += part->blocks;
}

static void
measure_text(xmlNode *node, const xmlNode *root)
{
    unsigned commas = 0, length = length_of(html_content(node), &commas);
    xmlNode *block = block_of(node->parent, root);
    bool linked = in_link(node->parent, root);
    part_of(node->parent)->text += length;
    part_of(node->parent)->linked += linked ? length : 0;
    part_of(block)->own += length;
    part_of(block)->own_linked += linked ? length : 0;
    part_of(block)->commas += commas;
}

void
parts_measure(xmlNode *root)
{
    clear(root);
    xmlNode *node = root;
    while (node != NULL) {
        bool element = node->type == XML_ELEMENT_NODE;
        if (!element)
            measure_text(node, root);
        if (element && !part_of(node)->gone && node->children != NULL) {
            node = node->children;
            continue;
        }
        if (element && !part_of(node)->gone)
            pass_on(node, root);
        while (node != root && node->next == NULL) {
            node = node->parent;
            pass_on(node, root);
        }
        node = node == root ? NULL : node->next;
    }
}

/* Sums up with all that is gone, in its place. */
static void
measure_all(xmlNode *root)
{
    for (xmlNode *node = root; node != NULL; node = html_next(node, root))
        if (node->type == XML_ELEMENT_NODE)
            part_of(node)->gone = false;
    parts_measure(root);
}

void
parts_forgive(xmlNode *root)
{
    enum { LITTLE = 600 };
    if (part_of(root)->prose >= LITTLE)
        return;
    measure_all(root);
    unsigned half = part_of(root)->prose / 2;
    for (xmlNode *node = root; node != NULL; node = html_next(node, root))
        if (node->type == XML_ELEMENT_NODE) {
            struct part *part = part_of(node);
            part->never = part->never && !(part->prose >= LITTLE && part->prose >= half);
            part->gone = part->never;
        }
    parts_measure(root);
}

xmlNode *
parts_next(xmlNode *node, const xmlNode *root)
{
    do
        node = node->type == XML_ELEMENT_NODE && part_of(node)->gone ? html_over(node, root)
                                                                     : html_next(node, root);
    while (node != NULL && (node->type != XML_ELEMENT_NODE || part_of(node)->gone));
    return node;
}

xmlNode *
parts_over(xmlNode *node, const xmlNode *root)
{
    do
        node = html_over(node, root);
    while (node != NULL && (node->type != XML_ELEMENT_NODE || part_of(node)->gone));
    return node;
}

bool
part_is_leaf(const xmlNode *node)
{
    const struct part *part = part_of(node);
    return part->kind & HTML_BLOCK && !part->parted;
}

bool
part_is_below(const xmlNode *node, const xmlNode *root)
{
    while (node != NULL && node != root)
        node = node->parent;
    return node != NULL;
}

bool
part_is_all(const xmlNode *leaf, const char *const names[])
{
    bool any = false;
    for (const xmlNode *node = html_next(leaf, leaf); node != NULL;) {
        size_t i = 0;
        while (names[i] != NULL && !html_is(node, names[i]))
            i++;
        if (span_trim_lines(html_content(node)).len > 0)
            return false;
        any = any || names[i] != NULL;
        node = names[i] != NULL ? html_over(node, leaf) : html_next(node, leaf);
    }
    return any;
}

bool
part_is_bold(const xmlNode *leaf)
{
    static const char *const names[] = { "b", "strong", NULL };
    return part_is_all(leaf, names);
}
