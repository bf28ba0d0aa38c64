/* SPDX-License-Identifier: ISC */
/* likeness.h - how far two short texts are about the same: they share pairs of neighbouring words.
 * In Vietnamese most words are written as two syllables, and single ones mean little. Pure. Only
 * archive/ includes it. */
#pragma once

#include "base/span.h"

enum { TRAITS_MAX = 128 };

/* The pairs of words of a text, as numbers in order, each once; no more than fit are looked at. */
struct traits {
    uint32_t at[TRAITS_MAX];
    size_t count;
};

/* Case and marks don't count. */
void traits_read(struct span title, struct span summary, struct traits *out);
/* 0: nothing is shared, or one has none; 1: everything is. */
double traits_likeness(const struct traits *a, const struct traits *b);
