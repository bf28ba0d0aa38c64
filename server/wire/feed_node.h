/* SPDX-License-Identifier: ISC */
/* feed_node.h - an element of a feed: what vocabulary its name is of, and the text in it. For
 * feed*.c alone. */
#pragma once

#include "base/region.h"
#include "base/span.h"

struct _xmlNode; /* libxml2's */

enum family {
    FAMILY_CORE, /* RSS's own, and all without a prefix */
    FAMILY_ATOM,
    FAMILY_DC,
    FAMILY_TERMS, /* Dublin Core's newer one */
    FAMILY_CONTENT,
    FAMILY_MEDIA,
    FAMILY_SYNDICATION,
    FAMILY_XHTML,
    FAMILY_BURNER,
    FAMILY_ITUNES,
    FAMILY_OTHER,
};

/* By the namespace; where that is unknown or not declared, by the prefix. */
enum family feed_node_family(const struct _xmlNode *node);
/* An element of this name, without a prefix, in any case. */
bool feed_node_is(const struct _xmlNode *node, const char *name);
/* The next element from `node` on, itself included; NULL: there is none. */
struct _xmlNode *feed_node_element(struct _xmlNode *node);

/* All text within it. */
struct span feed_node_text(const struct _xmlNode *node, struct region *region);
/* What is within it, as HTML: elements and all. */
struct span feed_node_inner(struct _xmlNode *node, struct region *region);
/* Trimmed; empty where there is none. A prefix counts ("xml:lang"). */
struct span feed_node_attribute(const struct _xmlNode *node, const char *name);
