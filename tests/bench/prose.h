/* SPDX-License-Identifier: ISC */
/* prose.h - text that has the shape of Vietnamese and says nothing: the same for the same seed. */
#pragma once

#include "base/buffer.h"

#include <stdint.h>

/* Numbers that follow from a seed; a value, so that each story has a row of its own. */
struct dice {
    uint64_t state;
};

struct dice dice_of(uint64_t seed, uint64_t number);
uint64_t dice_roll(struct dice *dice, uint64_t sides); /* 0 to sides - 1 */
/* The same, the lower the likelier: as words, cities and themes are spread. */
size_t dice_rank(struct dice *dice, size_t ranks);

struct prose;

/* A vocabulary. */
struct prose *prose_new(uint64_t seed);
void prose_free(struct prose *prose);

/* Words of one to two syllables, the first with a capital, no stop at the end. */
void prose_words(const struct prose *prose, struct dice *dice, size_t count, struct buffer *out);
/* A sentence; where `place` is not empty it happens there. */
void
prose_sentence(const struct prose *prose, struct dice *dice, struct span place, struct buffer *out);
