/* SPDX-License-Identifier: ISC */
/* feed_mend.h - XML as people write it becomes XML that a parser takes: every element closed, every
 * & and < where one belongs, no control bytes, no comments, no CDATA, nothing before the root or
 * behind it. Pure. For feed.c alone.
 *
 * Whatever takes more than a feed needs is refused here, before there is a tree of it. */
#pragma once

#include "base/buffer.h"
#include "base/span.h"
#include "base/status.h"

enum { FEED_ELEMENTS_MAX = 200000 };

struct mended {
    bool malformed; /* there was something to mend */
    bool cut;       /* it ends before its root does */
    bool in_item;   /* … within an item */
};

/* `name` is what the root of a feed is called, with any prefix: "rss", "feed", "rdf:RDF". */
bool feed_mend_is_root(struct span name);

/* Appends what `text`, UTF-8 without a mark in front, was meant to be. STATUS_BAD: a document type
 * other than RSS 0.91's, or no element; STATUS_LIMIT: too deep, too many of something. */
enum status feed_mend(struct span text, struct buffer *out, struct mended *mended,
                      struct fault *fault) MUST_CHECK;
