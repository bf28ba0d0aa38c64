/* SPDX-License-Identifier: ISC */
/* wanted.h - what a reader looks for: the line he typed, read. Pure.
 *
 *   ha noi                   stories with both words, marks or not
 *   "hà nội"                 with one behind the other
 *   -mưa  -"mưa to"          without that
 *   city:ha-noi theme:y-te   filed there; city:"Hà Nội" is the same
 *   from:2023-01 to:2024-06  dated so
 *   sort:best                the best first, not the newest
 *
 * Whatever else is typed is words; nothing is a mistake. */
#pragma once

#include "base/clock.h"
#include "base/region.h"

enum { WANTED_BYTES_MAX = 1024, WANTED_PARTS_MAX = 64 }; /* what is beyond them is not looked for */

/* Words that stand one behind the other, as text_word has them, one space between; or one token
 * that tells where a story is filed. */
struct wanted_part {
    struct span plain;
    struct span marked; /* empty: nobody typed marks */
    size_t words;
    bool filed;
    bool unwanted; /* stories that have it are left out */
};

struct wanted {
    struct span text;     /* as it was typed, fit to be shown */
    struct date from, to; /* the first and the last day, as exactly as given; DATE_NONE: any */
    bool best;            /* first, not the newest */
    bool cut;             /* more was typed than is looked for */
    size_t count;
    struct wanted_part at[WANTED_PARTS_MAX];
};

/* Everything lies in the region. *out is large. */
void wanted_parse(struct span text, struct region *region, struct wanted *out);
bool wanted_is_empty(const struct wanted *wanted); /* nothing was said that could be looked for */
