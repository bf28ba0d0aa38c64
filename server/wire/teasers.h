/* SPDX-License-Identifier: ISC */
/* teasers.h - the list of other stories below an article ("Tin cùng chuyên mục"). Pure. */
#pragma once

#include "wire/plaintext.h"

struct line;

/* The lines of one such list, furniture taken out. */
struct list {
    const struct line *const *at;
    size_t count;
};

struct lists { /* in the page's order */
    const struct list *at;
    size_t count;
};

/* How many of the first `count` of `lines`, which stand below the head of a list, belong to it: a
 * headline with two paragraphs in a row below it was the last of a box within the article, which
 * goes on there. Where headlines stand twice there is no doubt: all of them. */
size_t teasers_extent(const struct line *const *lines, size_t count);

/* Fills out->teasers, _count and _left: each headline once, none that is the article's own (of
 * `title_key`). */
void teasers_read(struct lists lists, struct span title_key, struct region *region,
                  struct plaintext *out);
