/* SPDX-License-Identifier: ISC */
/* fingerprint.h - what a text is known by when it is told again elsewhere (specs refresh 4). Pure.
 *
 * Marks of whoever printed it don't count: case, punctuation, how tones are placed, captions,
 * links, the place and the agency before the first sentence. */
#pragma once

#include "base/hash.h"
#include "base/region.h"
#include "base/span.h"

enum {
    FINGERPRINT_LEAST = 25,      /* syllables: of shorter texts two may be the same by chance */
    FINGERPRINT_NEAR_LEAST = 80, /* … be near each other by chance */
    FINGERPRINT_SAME = 3,        /* bits at which two texts are one */
    FINGERPRINT_NEAR = 7,        /* … are one if their titles and dates say so, too */
    FINGERPRINT_BANDS = 4,       /* two texts of FINGERPRINT_SAME bits share one at least */
};

struct fingerprint {
    unsigned char hash[HASH_BYTES]; /* of all that counts */
    uint64_t simhash; /* of pairs of syllables (Charikar, 2002): near texts have near ones */
    size_t syllables;
};

/* Of a story's body, in gemtext. */
void fingerprint_read(struct span body, struct fingerprint *out);

/* Bits that differ, 64 at most. */
int fingerprint_distance(const struct fingerprint *one, const struct fingerprint *other);
/* Both say enough to be compared by simhash, and one is not twice as long as the other. */
bool fingerprint_is_comparable(const struct fingerprint *one, const struct fingerprint *other);
/* The `band`th 16 bits of the simhash, with their number, to look texts up by. */
uint64_t fingerprint_band(const struct fingerprint *fingerprint, int band);

/* The words of a title, as numbers in order, each once. */
enum { TITLE_WORDS_MAX = 48, TITLE_WORDS_LEAST = 4, TITLE_APART_MAX = 48 * 60 * 60 };
struct title_words {
    uint32_t count;
    uint32_t numbers; /* a hash of the numbers in it, in their order; 0: there are none */
    uint32_t at[TITLE_WORDS_MAX];
};

void title_words_read(struct span title, struct title_words *out);
/* Shared words of all words, case and marks apart: 0 to 1. Titles of other numbers are two, however
 * like each other: "Giá vàng ngày 23/11", "Giá vàng ngày 24/11". */
double title_words_likeness(const struct title_words *one, const struct title_words *other);
#define TITLE_LIKE 0.8
#define TITLE_ALIKE_ENOUGH 0.5 /* for texts of FINGERPRINT_NEAR */
