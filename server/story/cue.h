/* SPDX-License-Identifier: ISC */
/* cue.h - the words that say what the name behind them is: a place, a street, a person. Pure. */
#pragma once

#include "story/words.h"

enum cue {
    CUE_NONE,
    CUE_PLACE,    /* tỉnh, TP, ở, tại, UBND, Hội LHPN … */
    CUE_DISTRICT, /* quận, huyện: a place, but a lesser one of the same name as a province */
    CUE_STREET,   /* đường, phố */
    CUE_PERSON,   /* a family name, ông, bà */
};

struct cues; /* the table of cues, ready to compare; lives in its region */

struct cues *cues_new(struct region *region);

/* What stands directly before words[at]; of several the longest ("thành phố", not "phố"). */
enum cue cue_before(const struct cues *cues, const struct word *words, size_t at);
/* How many words of a name's own say that it is a place: 2 of "thành phố Hà Nội". */
size_t cue_within(const struct cues *cues, const struct word *words, size_t count);
/* The word goes on with a list: và, hoặc, cùng. */
bool cue_joins(const struct cues *cues, struct span key);
