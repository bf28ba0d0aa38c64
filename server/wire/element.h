/* SPDX-License-Identifier: ISC */
/* element.h - what a node of an HTML document is to its reader. Pure. */
#pragma once

#include "base/span.h"

struct _xmlNode; /* libxml2's */

enum element {
    ELEMENT_INLINE, /* what is in it goes on with the text around it; unknown ones too */
    ELEMENT_BLOCK,  /* a paragraph ends before it and behind it */
    ELEMENT_PARAGRAPH,
    ELEMENT_HEADING,
    ELEMENT_LIST,
    ELEMENT_ITEM,
    ELEMENT_QUOTE,
    ELEMENT_PRE,
    ELEMENT_TABLE,
    ELEMENT_ROW,
    ELEMENT_CELL,
    ELEMENT_FIGURE,
    ELEMENT_CAPTION,
    ELEMENT_IMAGE,
    ELEMENT_MEDIA, /* video, audio, a frame with one */
    ELEMENT_LINK,
    ELEMENT_BREAK,
    ELEMENT_RAISED, /* sup */
    ELEMENT_RUBY,   /* rt: how to say it */
    ELEMENT_SAID,   /* q */
    ELEMENT_CITED,  /* cite */
    ELEMENT_VERSE,  /* address: its lines are lines */
    ELEMENT_SPARE,  /* noscript: what scripts would have put there */
    ELEMENT_TEXT,   /* a text node */
    ELEMENT_NONE,   /* nothing to read in it: script, svg, form controls; comments */
};

enum element element_of(const struct _xmlNode *node);

bool element_is_named(const struct _xmlNode *node, const char *name);
/* Borrowed from the document, trimmed; empty where there is none. */
struct span element_attribute(const struct _xmlNode *node, const char *name);
/* The reader of a browser does not see it: hidden, aria-hidden, display:none, struck out. */
bool element_is_hidden(const struct _xmlNode *node);
/* One of `words` stands in its class or id, in any case, as a word of it: "caption" in
 * "wp-caption-text", "PhotoCMS_Caption" and "imageCaption". The list ends with NULL. */
bool element_is_called(const struct _xmlNode *node, const char *const words[]);

/* What an element is by its class and what is in it, where that is more than its name says. */
enum element element_by_class(const struct _xmlNode *node, enum element element);
/* A walk through all that is in a node, and itself, in reading order. */
struct element_walk {
    /* false: what is in it is left out, and it is not left. */
    bool (*enter)(void *whom, const struct _xmlNode *node, enum element element);
    void (*leave)(void *whom, const struct _xmlNode *node, enum element element);
    void *whom;
    size_t *steps; /* nodes it may still come to */
};

/* false: it was broken off; what had been entered is left all the same. */
bool element_walk(const struct element_walk *walk, const struct _xmlNode *root);
/* The first element of the kind within `root`, or itself, among its first `most` nodes; NULL. */
const struct _xmlNode *element_find(const struct _xmlNode *root, enum element element, size_t most);
/* A small element with links in it, and at most so many bytes of text besides. */
bool element_is_of_links(const struct _xmlNode *node, size_t besides, size_t *steps);
