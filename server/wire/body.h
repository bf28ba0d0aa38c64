/* SPDX-License-Identifier: ISC */
/* body.h - an article's lines as gemtext. Pure. */
#pragma once

#include "wire/plaintext.h"

struct line;

/* The article from its lead on, furniture taken out. */
struct body_lines {
    const struct line *const *at;
    size_t count;
    struct span title_key; /* a line that repeats the headline stands for an image */
    bool gapped;           /* the page parts its paragraphs by blank lines */
};

/* Fills out->lead, dateline, paragraphs and body. Every line is there once, but those that stand
 * for an image, and those said twice in a row. */
void body_write(const struct body_lines *lines, struct region *region, struct plaintext *out);

/* The headline again, alone or with a number behind: an image's alternative text. */
bool body_is_image(struct span key, struct span title_key);
