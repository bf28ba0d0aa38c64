/* SPDX-License-Identifier: ISC */
#include "wire/html.h"

#include "wire/lines.h"

#include <libxml/HTMLparser.h>
#include <libxml/SAX2.h>
#include <libxml/parserInternals.h>
#include <string.h>

static const struct kind {
    const char *name;
    unsigned kind;
} kinds[] = {
    { "address", HTML_BLOCK },
    { "amp-ad", HTML_CONTROL },
    { "amp-img", HTML_MEDIA },
    { "article", HTML_BLOCK },
    { "aside", HTML_BLOCK },
    { "audio", HTML_MEDIA },
    { "blockquote", HTML_BLOCK },
    { "body", HTML_BLOCK },
    { "br", HTML_VOID },
    { "button", HTML_CONTROL },
    { "canvas", HTML_MEDIA },
    { "caption", HTML_BLOCK },
    { "center", HTML_BLOCK },
    { "datalist", HTML_CONTROL },
    { "dd", HTML_BLOCK },
    { "details", HTML_BLOCK },
    { "dialog", HTML_BLOCK | HTML_CONTROL },
    { "dir", HTML_BLOCK | HTML_LIST },
    { "div", HTML_BLOCK },
    { "dl", HTML_BLOCK | HTML_LIST },
    { "dt", HTML_BLOCK },
    { "embed", HTML_MEDIA },
    { "fieldset", HTML_BLOCK },
    { "figcaption", HTML_BLOCK },
    { "figure", HTML_BLOCK },
    { "footer", HTML_BLOCK },
    { "form", HTML_BLOCK },
    { "h1", HTML_BLOCK | HTML_HEADING },
    { "h2", HTML_BLOCK | HTML_HEADING },
    { "h3", HTML_BLOCK | HTML_HEADING },
    { "h4", HTML_BLOCK | HTML_HEADING },
    { "h5", HTML_BLOCK | HTML_HEADING },
    { "h6", HTML_BLOCK | HTML_HEADING },
    { "head", HTML_BLOCK },
    { "header", HTML_BLOCK },
    { "hr", HTML_BLOCK | HTML_VOID },
    { "html", HTML_BLOCK },
    { "iframe", HTML_MEDIA },
    { "img", HTML_MEDIA | HTML_VOID },
    { "input", HTML_CONTROL | HTML_VOID },
    { "legend", HTML_BLOCK },
    { "li", HTML_BLOCK },
    { "link", HTML_VOID },
    { "main", HTML_BLOCK },
    { "menu", HTML_BLOCK | HTML_LIST },
    { "meta", HTML_VOID },
    { "nav", HTML_BLOCK },
    { "noscript", HTML_BLOCK },
    { "object", HTML_MEDIA },
    { "ol", HTML_BLOCK | HTML_LIST },
    { "option", HTML_CONTROL },
    { "p", HTML_BLOCK },
    { "picture", HTML_MEDIA },
    { "pre", HTML_BLOCK },
    { "section", HTML_BLOCK },
    { "select", HTML_CONTROL },
    { "source", HTML_VOID },
    { "summary", HTML_BLOCK },
    { "table", HTML_BLOCK },
    { "tbody", HTML_BLOCK },
    { "td", HTML_BLOCK },
    { "textarea", HTML_CONTROL },
    { "tfoot", HTML_BLOCK },
    { "th", HTML_BLOCK },
    { "thead", HTML_BLOCK },
    { "title", HTML_BLOCK },
    { "tr", HTML_BLOCK },
    { "ul", HTML_BLOCK | HTML_LIST },
    { "video", HTML_MEDIA },
};

static int
compare_kind(const void *name, const void *kind)
{
    return strcmp(name, ((const struct kind *)kind)->name);
}

unsigned
html_kind(const xmlNode *node)
{
    if (node->type != XML_ELEMENT_NODE)
        return 0;
    const struct kind *found = bsearch((const char *)node->name, kinds,
                                       sizeof kinds / sizeof kinds[0], sizeof kinds[0],
                                       compare_kind);
    return found != NULL ? found->kind : 0;
}

xmlNode *
html_over(const xmlNode *node, const xmlNode *root)
{
    while (node != root && node->next == NULL)
        node = node->parent;
    return node == root ? NULL : node->next;
}

xmlNode *
html_next(const xmlNode *node, const xmlNode *root)
{
    bool has_children = node->type == XML_ELEMENT_NODE || node->type == XML_HTML_DOCUMENT_NODE;
    return has_children && node->children != NULL ? node->children : html_over(node, root);
}

/* Nearly all that are asked for differ in their first letter. */
static inline bool
is_called(const xmlChar *name, const char *wanted)
{
    return (char)name[0] == wanted[0] && strcmp((const char *)name, wanted) == 0;
}

bool
html_is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && is_called(node->name, name);
}

struct span
html_content(const xmlNode *node)
{
    bool text = node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
    return span_of(text ? (const char *)node->content : NULL);
}

struct span
html_attribute(const xmlNode *node, const char *name)
{
    if (node->type != XML_ELEMENT_NODE)
        return (struct span){ NULL, 0 };
    for (const xmlAttr *it = node->properties; it != NULL; it = it->next)
        if (is_called(it->name, name))
            return it->children != NULL ? html_content(it->children) : SPAN("");
    return (struct span){ NULL, 0 };
}

/* What libxml2 counts as we want it counted hangs on the context. */
struct limits {
    size_t elements;
    size_t flattened; /* open elements that got no node */
};

static void
start_element(void *context, const xmlChar *name, const xmlChar **attributes)
{
    xmlParserCtxt *parser = context;
    struct limits *limits = parser->_private;
    if (parser->nodeNr >= HTML_DEPTH_MAX || limits->elements >= HTML_ELEMENTS_MAX) {
        limits->flattened++;
        return;
    }
    limits->elements++;
    xmlSAX2StartElement(context, name, attributes);
}

static void
end_element(void *context, const xmlChar *name)
{
    struct limits *limits = ((xmlParserCtxt *)context)->_private;
    if (limits->flattened > 0)
        limits->flattened--;
    else
        xmlSAX2EndElement(context, name);
}

static xmlDoc *
build(struct span clean)
{
    struct limits limits = { 0, 0 };
    htmlParserCtxtPtr parser = htmlCreateMemoryParserCtxt(clean.at, (int)clean.len);
    if (parser == NULL)
        memory_end();
    parser->_private = &limits;
    parser->sax->startElement = start_element;
    parser->sax->endElement = end_element;
    parser->sax->comment = NULL;
    parser->sax->processingInstruction = NULL;
    htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                   HTML_PARSE_NONET | HTML_PARSE_NODEFDTD | HTML_PARSE_IGNORE_ENC);
    xmlSwitchEncoding(parser, XML_CHAR_ENCODING_UTF8);
    htmlParseDocument(parser);
    xmlDoc *document = parser->myDoc;
    htmlFreeParserCtxt(parser);
    return document;
}

enum status
html_parse(struct span text, struct region *region, struct html *out, struct fault *fault)
{
    struct buffer clean = BUFFER_EMPTY;
    struct span_list ld = { { NULL, 0 }, 0 };
    html_strip(text, region, &clean, &ld);
    buffer_add_char(&clean, '\n');
    xmlDoc *document = build(buffer_span(&clean));
    buffer_fini(&clean);
    if (document == NULL || xmlDocGetRootElement(document) == NULL) {
        xmlFreeDoc(document);
        return fault_set(fault, 0, "this is no HTML");
    }
    *out = (struct html){ document, ld.spans };
    return STATUS_OK;
}

/* A line ends, unless one has just ended. */
static void
end_line(struct buffer *out, size_t from)
{
    while (out->len > from && out->at[out->len - 1] == ' ')
        buffer_shorten(out, out->len - 1);
    if (out->len > from && out->at[out->len - 1] != '\n')
        buffer_add_char(out, '\n');
}

/* Adds text with its white space run together. */
static void
add_text(struct span text, struct buffer *out, size_t from)
{
    while (text.len > 0) {
        size_t space = 0, word = 0;
        while (space < text.len &&
               (text.at[space] == ' ' || (text.at[space] >= '\t' && text.at[space] <= '\r')))
            space++;
        if (space > 0 && out->len > from && out->at[out->len - 1] != '\n' &&
            out->at[out->len - 1] != ' ')
            buffer_add_char(out, ' ');
        text = span_skip(text, space);
        while (word < text.len && text.at[word] != ' ' &&
               (text.at[word] < '\t' || text.at[word] > '\r'))
            word++;
        buffer_add(out, span_first(text, word));
        text = span_skip(text, word);
    }
}

void
html_text(const xmlNode *root, bool (*left_out)(const xmlNode *node), struct buffer *out)
{
    size_t from = out->len;
    const xmlNode *node = root;
    while (node != NULL) {
        unsigned kind = html_kind(node);
        bool skipped = (kind & HTML_CONTROL) != 0 || (left_out != NULL && left_out(node));
        if (!skipped && ((kind & HTML_BLOCK) != 0 || html_is(node, "br")))
            end_line(out, from);
        if (!skipped)
            add_text(html_content(node), out, from);
        if (!skipped && node->type == XML_ELEMENT_NODE && node->children != NULL) {
            node = node->children;
            continue;
        }
        while (node != root && node->next == NULL) {
            node = node->parent;
            if (html_kind(node) & HTML_BLOCK)
                end_line(out, from);
        }
        node = node == root ? NULL : node->next;
    }
    end_line(out, from);
}

struct span
html_line(const xmlNode *node, struct region *region)
{
    enum { PARAGRAPH_BYTES = 1024 };
    struct buffer text = BUFFER_EMPTY;
    buffer_reserve(&text, PARAGRAPH_BYTES);
    html_text(node, NULL, &text);
    struct span line = line_clean(buffer_span(&text), region);
    buffer_fini(&text);
    return line;
}

void
html_remove(xmlNode *node)
{
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}
