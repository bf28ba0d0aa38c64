/* SPDX-License-Identifier: ISC */
/* conversion.h - a piece of an HTML or XHTML document as gemtext (specs refresh 5). Pure.
 *
 * Nothing in the document is trusted. What comes out is valid gemtext without a level-1 heading
 * (gemtext_check), whatever went in: no line of it is another kind of line than was meant, no block
 * stays open, no link leads by anything but plain fetching or mail, and none says another host than
 * it leads to. It walks without recursion, and stops within the bounds below. */
#pragma once

#include "base/region.h"
#include "base/span.h"
#include "base/status.h"

struct _xmlNode; /* libxml2's */

enum {
    CONVERSION_BYTES_MAX = 1024 * 1024,    /* of gemtext, unless options say less */
    CONVERSION_HTML_MAX = 6 * 1024 * 1024, /* of a fragment */
    CONVERSION_NODES_MAX = 1000 * 1000,
    CONVERSION_LINKS_MAX = 1000, /* images among them */
};

enum conversion_links {
    CONVERSION_LINKS_AFTER, /* below the paragraph, list, quote or table they stand in */
    CONVERSION_LINKS_END,   /* below the article, numbered: "… [1]" */
    CONVERSION_LINKS_NONE,
};

struct conversion_options {
    struct span title; /* of the story: a heading that says it again is left out */
    struct span base;  /* the document's URL, or its <base>; empty: only absolute links count */
    struct span lang;  /* of words like "Ảnh:"; empty: vi */
    enum conversion_links links;
    bool no_images;
    size_t most; /* bytes of gemtext; 0: CONVERSION_BYTES_MAX */
};

/* All in the region. */
struct conversion {
    struct span body;        /* gemtext; empty where there is nothing to read */
    struct spans paragraphs; /* its text, one paragraph, item or quoted one each, without headings,
                                captions and tables */
    size_t text_bytes;       /* of those */
    size_t link_count;       /* links and images */
    bool cut;                /* a bound was met: something is missing */
};

/* The nodes, each with all that is in it, one behind the other. */
void conversion_of_nodes(struct _xmlNode *const *nodes, size_t count,
                         const struct conversion_options *options, struct region *region,
                         struct conversion *out);

/* HTML as feeds have it in a description: a whole document, or any piece of one, in UTF-8. What is
 * broken is mended as libxml2 does. STATUS_LIMIT: more than CONVERSION_HTML_MAX. */
enum status conversion_of_fragment(struct span html, const struct conversion_options *options,
                                   struct region *region, struct conversion *out) MUST_CHECK;
