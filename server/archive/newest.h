/* SPDX-License-Identifier: ISC */
/* newest.h - where a story stands among others: a key whose bytes sort newest first (DESIGN 6), and
 * what can be read from it without looking at the story. Pure. Only archive/ includes it. */
#pragma once

#include "base/clock.h"
#include "base/span.h"

enum { NEWEST_BYTES = 8 + 1 + 8 + 128 };

struct newest {
    int64_t instant; /* of its date; where it has none, of `added` */
    enum precision precision;
    int64_t added;
    struct span slug;
};

/* The key's bytes, in *into; how many. */
size_t newest_print(const struct newest *newest, unsigned char into[NEWEST_BYTES]);
/* The slug borrows from the key; false: it is none. */
bool newest_parse(struct span key, struct newest *out);
