/* SPDX-License-Identifier: ISC */
/* html.h - a page's text as libxml2's tree, inside limits: what is too deep is flattened, what has
 * too many attributes loses some, scripts and styles and comments never get that far. Pure: nothing
 * is fetched, no entity is loaded. Trees are walked without recursion. */
#pragma once

#include "base/buffer.h"
#include "base/region.h"
#include "base/span.h"
#include "base/status.h"

#include <libxml/tree.h>

enum {
    HTML_DEPTH_MAX = 250,
    HTML_ATTRIBUTES_MAX = 64,       /* of one element */
    HTML_VALUE_MAX = 16 * 1024,     /* bytes of one attribute: what has more is dropped */
    HTML_ELEMENTS_MAX = 200 * 1000, /* the page ends there */
    HTML_SCRIPT_MAX = 512 * 1024,   /* of data that describes the page */
};

struct html {
    xmlDoc *document; /* xmlFreeDoc */
    struct spans ld;  /* what <script type="application/ld+json"> held; borrowed from `text` */
};

/* `text` is UTF-8. STATUS_BAD: there is no element in it. */
enum status html_parse(struct span text, struct region *region, struct html *out,
                       struct fault *fault) MUST_CHECK;

/* Appends `text` fit for the parser: without scripts, styles, comments, doctype and controls,
 * within the limits; adds what ld+json scripts hold to `ld`. For html_parse, and its tests. */
void html_strip(struct span text, struct region *region, struct buffer *out, struct span_list *ld);

/* The node after `node` below `root`, in the page's order; NULL behind the last. _over: without
 * going into `node`. */
xmlNode *html_next(const xmlNode *node, const xmlNode *root);
xmlNode *html_over(const xmlNode *node, const xmlNode *root);

bool html_is(const xmlNode *node, const char *name);
/* Empty (with at == NULL) where there is none. */
struct span html_attribute(const xmlNode *node, const char *name);
/* A text node's content. */
struct span html_content(const xmlNode *node);

/* What an element is by its name. */
enum html_kind {
    HTML_BLOCK = 1, /* stands on its own lines */
    HTML_HEADING = 2,
    HTML_LIST = 4,
    HTML_MEDIA = 8,    /* shows something that is no text */
    HTML_CONTROL = 16, /* for the browser: forms, buttons, frames */
    HTML_VOID = 32,
};
unsigned html_kind(const xmlNode *node);

/* Appends the text below `node`, each block and <br> on lines of its own; `left_out` (may be NULL)
 * says what has no text. */
void html_text(const xmlNode *node, bool (*left_out)(const xmlNode *node), struct buffer *out);
/* The same as one clean line (text_clean), in the region. */
struct span html_line(const xmlNode *node, struct region *region);

/* Unlinks and frees. */
void html_remove(xmlNode *node);
