/* SPDX-License-Identifier: ISC */
#include "wire/element.h"

#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>

/* In order of their names. */
static const struct row {
    const char *name;
    enum element element;
} elements[] = {
    { "a", ELEMENT_LINK },           { "address", ELEMENT_VERSE },
    { "amp-iframe", ELEMENT_MEDIA }, { "amp-img", ELEMENT_IMAGE },
    { "amp-video", ELEMENT_MEDIA },  { "area", ELEMENT_NONE },
    { "article", ELEMENT_BLOCK },    { "aside", ELEMENT_BLOCK },
    { "audio", ELEMENT_MEDIA },      { "base", ELEMENT_NONE },
    { "blockquote", ELEMENT_QUOTE }, { "body", ELEMENT_BLOCK },
    { "br", ELEMENT_BREAK },         { "button", ELEMENT_NONE },
    { "canvas", ELEMENT_NONE },      { "caption", ELEMENT_CAPTION },
    { "center", ELEMENT_BLOCK },     { "cite", ELEMENT_CITED },
    { "datalist", ELEMENT_NONE },    { "dd", ELEMENT_ITEM },
    { "del", ELEMENT_NONE },         { "details", ELEMENT_BLOCK },
    { "dialog", ELEMENT_NONE },      { "dir", ELEMENT_LIST },
    { "div", ELEMENT_BLOCK },        { "dl", ELEMENT_LIST },
    { "dt", ELEMENT_BLOCK },         { "embed", ELEMENT_MEDIA },
    { "fieldset", ELEMENT_BLOCK },   { "figcaption", ELEMENT_CAPTION },
    { "figure", ELEMENT_FIGURE },    { "footer", ELEMENT_BLOCK },
    { "form", ELEMENT_BLOCK },       { "frame", ELEMENT_NONE },
    { "frameset", ELEMENT_NONE },    { "h1", ELEMENT_HEADING },
    { "h2", ELEMENT_HEADING },       { "h3", ELEMENT_HEADING },
    { "h4", ELEMENT_HEADING },       { "h5", ELEMENT_HEADING },
    { "h6", ELEMENT_HEADING },       { "head", ELEMENT_NONE },
    { "header", ELEMENT_BLOCK },     { "hgroup", ELEMENT_BLOCK },
    { "hr", ELEMENT_BLOCK },         { "html", ELEMENT_BLOCK },
    { "iframe", ELEMENT_MEDIA },     { "img", ELEMENT_IMAGE },
    { "input", ELEMENT_NONE },       { "label", ELEMENT_NONE },
    { "legend", ELEMENT_BLOCK },     { "li", ELEMENT_ITEM },
    { "link", ELEMENT_NONE },        { "listing", ELEMENT_PRE },
    { "main", ELEMENT_BLOCK },       { "map", ELEMENT_NONE },
    { "math", ELEMENT_NONE },        { "menu", ELEMENT_LIST },
    { "meta", ELEMENT_NONE },        { "meter", ELEMENT_NONE },
    { "nav", ELEMENT_NONE },         { "noframes", ELEMENT_NONE },
    { "noscript", ELEMENT_SPARE },   { "object", ELEMENT_MEDIA },
    { "ol", ELEMENT_LIST },          { "optgroup", ELEMENT_NONE },
    { "option", ELEMENT_NONE },      { "p", ELEMENT_PARAGRAPH },
    { "param", ELEMENT_NONE },       { "plaintext", ELEMENT_PRE },
    { "pre", ELEMENT_PRE },          { "progress", ELEMENT_NONE },
    { "q", ELEMENT_SAID },           { "rp", ELEMENT_NONE },
    { "rt", ELEMENT_RUBY },          { "s", ELEMENT_NONE },
    { "script", ELEMENT_NONE },      { "section", ELEMENT_BLOCK },
    { "select", ELEMENT_NONE },      { "strike", ELEMENT_NONE },
    { "style", ELEMENT_NONE },       { "summary", ELEMENT_BLOCK },
    { "sup", ELEMENT_RAISED },       { "svg", ELEMENT_NONE },
    { "table", ELEMENT_TABLE },      { "tbody", ELEMENT_BLOCK },
    { "td", ELEMENT_CELL },          { "template", ELEMENT_NONE },
    { "textarea", ELEMENT_NONE },    { "tfoot", ELEMENT_BLOCK },
    { "th", ELEMENT_CELL },          { "thead", ELEMENT_BLOCK },
    { "title", ELEMENT_NONE },       { "tr", ELEMENT_ROW },
    { "ul", ELEMENT_LIST },          { "video", ELEMENT_MEDIA },
    { "xmp", ELEMENT_PRE },
};

static int
by_name(const void *key, const void *row)
{
    return strcmp(key, ((const struct row *)row)->name);
}

enum element
element_of(const struct _xmlNode *node)
{
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
        return ELEMENT_TEXT;
    if (node->type == XML_HTML_DOCUMENT_NODE || node->type == XML_DOCUMENT_NODE)
        return ELEMENT_BLOCK;
    if (node->type != XML_ELEMENT_NODE || node->name == NULL)
        return ELEMENT_NONE;
    const struct row *row = bsearch(node->name, elements, sizeof elements / sizeof *elements,
                                    sizeof *elements, by_name);
    return row != NULL ? row->element : ELEMENT_INLINE;
}

bool
element_is_named(const struct _xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static const xmlAttr *
attribute_of(const struct _xmlNode *node, const char *name)
{
    const xmlAttr *attribute = node->type == XML_ELEMENT_NODE ? node->properties : NULL;
    while (attribute != NULL && strcmp((const char *)attribute->name, name) != 0)
        attribute = attribute->next;
    return attribute;
}

struct span
element_attribute(const struct _xmlNode *node, const char *name)
{
    const xmlAttr *attribute = attribute_of(node, name);
    if (attribute == NULL || attribute->children == NULL)
        return SPAN("");
    return span_trim_lines(span_of((const char *)attribute->children->content));
}

/* "display: none" says "display:none". */
static bool
style_says(struct span style, const char *what)
{
    const char *next = what;
    for (size_t i = 0; i < style.len && *next != '\0'; i++) {
        char byte = style.at[i];
        if (byte == ' ')
            continue;
        byte = byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
        next = byte == *next ? next + 1 : byte == *what ? what + 1 : what;
    }
    return *next == '\0';
}

bool
element_is_hidden(const struct _xmlNode *node)
{
    struct span style = element_attribute(node, "style");
    return attribute_of(node, "hidden") != NULL ||
           span_equal_nocase(element_attribute(node, "aria-hidden"), SPAN("true")) ||
           span_equal_nocase(element_attribute(node, "role"), SPAN("navigation")) ||
           (style.len > 0 &&
            (style_says(style, "display:none") || style_says(style, "visibility:hidden")));
}

static bool
is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool
is_small(char byte)
{
    return byte >= 'a' && byte <= 'z';
}

/* The word stands alone at `at`: no letter around it, or a change of case. */
static bool
is_word_at(struct span text, size_t at, struct span word)
{
    size_t end = at + word.len;
    bool begins = at == 0 || !is_letter(text.at[at - 1]) ||
                  (is_small(text.at[at - 1]) && !is_small(text.at[at]));
    bool ends = end == text.len || !is_letter(text.at[end]) ||
                (is_small(text.at[end - 1]) && !is_small(text.at[end]));
    return begins && ends;
}

static bool
has_word(struct span text, struct span word)
{
    for (size_t at = 0; at + word.len <= text.len; at++)
        if (span_equal_nocase(span_first(span_skip(text, at), word.len), word) &&
            is_word_at(text, at, word))
            return true;
    return false;
}

bool
element_is_called(const struct _xmlNode *node, const char *const words[])
{
    struct span class = element_attribute(node, "class"), id = element_attribute(node, "id");
    if (class.len == 0 && id.len == 0)
        return false;
    for (size_t i = 0; words[i] != NULL; i++)
        if (has_word(class, span_of(words[i])) || has_word(id, span_of(words[i])))
            return true;
    return false;
}

/* An entity's children are its definition's. */
static const struct _xmlNode *
first_child(const struct _xmlNode *node)
{
    bool has = node->type == XML_ELEMENT_NODE || node->type == XML_HTML_DOCUMENT_NODE ||
               node->type == XML_DOCUMENT_NODE;
    return has ? node->children : NULL;
}

bool
element_walk(const struct element_walk *walk, const struct _xmlNode *root)
{
    const struct _xmlNode *node = root;
    bool going = true;
    for (;;) {
        enum element element = element_of(node);
        going = going && (*walk->steps)-- > 1;
        bool entered = going && walk->enter(walk->whom, node, element);
        if (entered && first_child(node) != NULL) {
            node = first_child(node);
            continue;
        }
        if (entered)
            walk->leave(walk->whom, node, element);
        while (node != root && (node->next == NULL || !going)) {
            node = node->parent;
            walk->leave(walk->whom, node, element_of(node));
        }
        if (node == root)
            return going;
        node = node->next;
    }
}

const struct _xmlNode *
element_find(const struct _xmlNode *root, enum element element, size_t most)
{
    const struct _xmlNode *node = root;
    while (most-- > 0) {
        if (element_of(node) == element)
            return node;
        if (first_child(node) != NULL) {
            node = first_child(node);
            continue;
        }
        while (node != root && node->next == NULL)
            node = node->parent;
        if (node == root)
            break;
        node = node->next;
    }
    return NULL;
}

enum element
element_by_class(const struct _xmlNode *node, enum element element)
{
    static const char *const captions[] = { "caption", "figcaption", NULL };
    static const char *const verses[] = { "poem", "poetry", "verse", "lyrics", "stanza", NULL };
    enum { NODES = 500 };
    bool plain = element == ELEMENT_BLOCK || element == ELEMENT_PARAGRAPH ||
                 element == ELEMENT_CELL;
    if (!plain || node->type != XML_ELEMENT_NODE)
        return element;
    if (element_is_called(node, captions) && element_find(node, ELEMENT_IMAGE, NODES) == NULL &&
        element_find(node, ELEMENT_MEDIA, NODES) == NULL &&
        element_find(node, ELEMENT_TABLE, NODES) == NULL)
        return ELEMENT_CAPTION;
    return element_is_called(node, verses) ? ELEMENT_VERSE : element;
}

/* How much of an element's text stands in links. */
struct share {
    size_t text, linked, links;
    int open;
};

static bool
on_share(void *whom, const struct _xmlNode *node, enum element element)
{
    struct share *share = whom;
    size_t len = 0;
    if (element == ELEMENT_TEXT)
        len = span_trim_lines(span_of((const char *)node->content)).len;
    share->text += len;
    share->linked += share->open > 0 ? len : 0;
    share->open += element == ELEMENT_LINK;
    share->links += element == ELEMENT_LINK;
    return element != ELEMENT_TEXT && element != ELEMENT_NONE;
}

static void
on_share_left(void *whom, const struct _xmlNode *node, enum element element)
{
    struct share *share = whom;
    (void)node;
    share->open -= element == ELEMENT_LINK;
}

bool
element_is_of_links(const struct _xmlNode *node, size_t besides, size_t *steps)
{
    enum { NODES = 300 };
    struct share share = { 0, 0, 0, 0 };
    size_t left = NODES < *steps ? NODES : *steps;
    struct element_walk look = { on_share, on_share_left, &share, &left };
    return element_walk(&look, node) && share.links > 0 && share.text - share.linked <= besides;
}
