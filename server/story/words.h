/* SPDX-License-Identifier: ISC */
/* words.h - a text as words to compare names with: what each is by text_key, whether it began with
 * a capital, and what stood behind it. Pure. */
#pragma once

#include "base/buffer.h"
#include "base/region.h"
#include "base/span.h"

enum gap { /* a name runs across the first two */
           GAP_SPACE,
           GAP_JOIN, /* "Bà Rịa - Vũng Tàu", "TP.HCM", "TP. Huế" */
           GAP_COMMA,
           GAP_BREAK, /* a sentence's end, a bracket, a line's end, the text's */
};

struct word {
    struct span key;
    struct span raw; /* as the text has it */
    enum gap gap;    /* behind it */
    bool capital;
};

struct words {
    struct word *at;
    size_t count, room;
    struct buffer keys; /* what the words' keys borrow from */
};

void words_init(struct words *words, struct span text);
void words_fini(struct words *words);
/* The words of a short text, in the region; how many in *count. */
const struct word *words_keep(struct span text, struct region *region, size_t *count);

bool words_equal(const struct word *a, const struct word *b, size_t count);
