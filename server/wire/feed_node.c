/* SPDX-License-Identifier: ISC */
#include "wire/feed_node.h"

#include "base/buffer.h"

#include <libxml/HTMLtree.h>
#include <libxml/tree.h>
#include <string.h>

/* A namespace may be written with or without its last slash, and with https. */
static const struct {
    enum family family;
    const char *prefix;
    const char *space; /* without scheme and last slash */
} families[] = {
    { FAMILY_CORE, "rss", "purl.org/rss/1.0" },
    { FAMILY_CORE, NULL, "my.netscape.com/rdf/simple/0.9" },
    { FAMILY_CORE, NULL, "channel.netscape.com/rdf/simple/0.9" },
    { FAMILY_CORE, NULL, "backend.userland.com/rss2" },
    { FAMILY_ATOM, "atom", "www.w3.org/2005/Atom" },
    { FAMILY_ATOM, "atom10", "purl.org/atom/ns#" },
    { FAMILY_ATOM, "a10", "www.w3.org/2005/Atom" },
    { FAMILY_DC, "dc", "purl.org/dc/elements/1.1" },
    { FAMILY_TERMS, "dcterms", "purl.org/dc/terms" },
    { FAMILY_CONTENT, "content", "purl.org/rss/1.0/modules/content" },
    { FAMILY_MEDIA, "media", "search.yahoo.com/mrss" },
    { FAMILY_SYNDICATION, "sy", "purl.org/rss/1.0/modules/syndication" },
    { FAMILY_XHTML, "xhtml", "www.w3.org/1999/xhtml" },
    { FAMILY_BURNER, "feedburner", "rssnamespace.org/feedburner/ext/1.0" },
    { FAMILY_ITUNES, "itunes", "www.itunes.com/dtds/podcast-1.0.dtd" },
};

static enum family
by_space(struct span space)
{
    size_t at;
    if (span_find(space, SPAN("://"), &at))
        space = span_skip(space, at + 3);
    while (span_ends(space, SPAN("/")))
        space.len--;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (span_equal_nocase(space, span_of(families[i].space)))
            return families[i].family;
    return FAMILY_OTHER;
}

static enum family
by_prefix(struct span prefix)
{
    if (prefix.len == 0)
        return FAMILY_CORE;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (span_equal_nocase(prefix, span_of(families[i].prefix)))
            return families[i].family;
    return FAMILY_OTHER;
}

enum family
feed_node_family(const struct _xmlNode *node)
{
    struct span name = span_of((const char *)node->name);
    size_t colon;
    if (node->ns == NULL)
        return span_find_char(name, ':', &colon) ? by_prefix(span_first(name, colon)) : FAMILY_CORE;
    enum family family = by_space(span_of((const char *)node->ns->href));
    return family != FAMILY_OTHER ? family : by_prefix(span_of((const char *)node->ns->prefix));
}

bool
feed_node_is(const struct _xmlNode *node, const char *name)
{
    struct span own = span_of((const char *)node->name);
    size_t colon;
    if (node->ns == NULL && span_find_char(own, ':', &colon))
        own = span_skip(own, colon + 1);
    return span_equal_nocase(own, span_of(name));
}

struct _xmlNode *
feed_node_element(struct _xmlNode *node)
{
    while (node != NULL && node->type != XML_ELEMENT_NODE)
        node = node->next;
    return node;
}

struct span
feed_node_text(const struct _xmlNode *node, struct region *region)
{
    const xmlNode *only = node->children;
    if (only == NULL)
        return SPAN("");
    if (only->next == NULL && only->type == XML_TEXT_NODE)
        return span_of((const char *)only->content);
    xmlChar *text = xmlNodeGetContent(node);
    struct span kept = region_copy(region, span_of((const char *)text));
    xmlFree(text);
    return kept;
}

/* Prefixes mean nothing in HTML. */
static void
forget_space(xmlNode *node)
{
    node->ns = NULL;
    for (xmlAttr *attribute = node->properties; attribute != NULL; attribute = attribute->next)
        attribute->ns = NULL;
    xmlFreeNsList(node->nsDef);
    node->nsDef = NULL;
}

static void
forget_spaces(xmlNode *top)
{
    for (xmlNode *node = top; node != NULL;) {
        if (node->type == XML_ELEMENT_NODE)
            forget_space(node);
        if (node->type == XML_ELEMENT_NODE && node->children != NULL) {
            node = node->children;
            continue;
        }
        while (node != top && node->next == NULL)
            node = node->parent;
        node = node == top ? NULL : node->next;
    }
}

struct span
feed_node_inner(struct _xmlNode *node, struct region *region)
{
    xmlBuffer *html = xmlBufferCreate();
    if (html == NULL)
        memory_end();
    for (xmlNode *child = node->children; child != NULL; child = child->next) {
        forget_spaces(child);
        htmlNodeDump(html, node->doc, child);
    }
    struct span kept = region_copy(region, (struct span){ (const char *)xmlBufferContent(html),
                                                          (size_t)xmlBufferLength(html) });
    xmlBufferFree(html);
    return kept;
}

struct span
feed_node_attribute(const struct _xmlNode *node, const char *name)
{
    struct span wanted = span_of(name);
    for (const xmlAttr *attribute = node->properties; attribute != NULL;
         attribute = attribute->next) {
        struct span own = span_of((const char *)attribute->name), text;
        struct span prefix = span_of(attribute->ns != NULL ? (const char *)attribute->ns->prefix
                                                           : NULL);
        if (prefix.len > 0 && span_starts(wanted, prefix) && wanted.len > prefix.len &&
            wanted.at[prefix.len] == ':')
            text = span_skip(wanted, prefix.len + 1);
        else
            text = wanted;
        if (span_equal_nocase(own, text) && (prefix.len == 0 || text.len < wanted.len) &&
            attribute->children != NULL)
            return span_trim_lines(span_of((const char *)attribute->children->content));
    }
    return SPAN("");
}
