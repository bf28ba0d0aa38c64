/* SPDX-License-Identifier: ISC */
/* conversion_walk.h - what the parts of a conversion share. For conversion*.c alone. */
#pragma once

#include "wire/galley.h"

enum { CONVERSION_WAITING_MAX = 16 };

/* An image that waits: for its caption, and for the end of the paragraph it stands in. */
struct waiting {
    struct media media;
    bool within; /* a paragraph's text stands before it */
};

/* A conversion under way. */
struct conversion_walk {
    struct galley galley;
    struct prose prose;   /* the paragraph that is being read */
    struct prose scratch; /* a caption, or a cell */
    struct uri base;
    const struct uri *base_uri; /* NULL: there is none */
    struct span title_key;
    const struct conversion_options *options;
    struct region *region;
    size_t steps;
    int paragraphs; /* elements that are open: <p> */
    int verses;
    int spare; /* <noscript> */
    struct waiting waiting[CONVERSION_WAITING_MAX];
    size_t waiting_count;
    struct span caption;              /* a figure's, which came before what it shows; empty */
    const struct _xmlNode *captioned; /* the figure whose caption stands already */
};

/* The paragraph that has been read is set. */
void conversion_end_paragraph(struct conversion_walk *walk);
/* … and the images, too: something else than text comes. */
void conversion_end(struct conversion_walk *walk);
/* The node's text as one line, its links noted. In the region. */
struct span conversion_read_line(struct conversion_walk *walk, const struct _xmlNode *node);

/* conversion_figures.c: images, films, and what is said of them. */

/* The images that wait; the last has the caption. */
void figures_set(struct conversion_walk *walk, struct span caption);
void figures_set_first(struct conversion_walk *walk, struct span caption);
/* What the figure around a table, a film or a listing says of it; then it is said. */
struct span figures_take_caption(struct conversion_walk *walk, const struct _xmlNode *node);
bool figures_enter(struct conversion_walk *walk, const struct _xmlNode *node);
void figures_leave(struct conversion_walk *walk, const struct _xmlNode *node);
bool figures_enter_caption(struct conversion_walk *walk, const struct _xmlNode *node);
bool figures_enter_image(struct conversion_walk *walk, const struct _xmlNode *node);
bool figures_enter_media(struct conversion_walk *walk, const struct _xmlNode *node);
