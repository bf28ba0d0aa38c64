/* SPDX-License-Identifier: ISC */
/* phrases.h - what the terms of a taxonomy may be called, and where a text calls them so. Pure. */
#pragma once

#include "base/region.h"
#include "base/span.h"

struct term;

enum phrase_kind {
    PHRASE_NAME,    /* means its term wherever it stands */
    PHRASE_CUED,    /* … behind a cue for a place, or in a list with another name */
    PHRASE_TOWN,    /* … or behind one for a district; "Thủ đô": where no name follows */
    PHRASE_WHOLE,   /* … where the text is nothing else */
    PHRASE_KEYWORD, /* … where keywords are asked for; it may be several terms' */
    PHRASE_NEVER,   /* holds a name, and means no term */
};

struct phrases; /* lives in its region */

/* `most` is about how many phrases will be added. */
struct phrases *phrases_new(struct region *region, size_t most);

/* NULL: it is added; or the other term that has the same name (keywords apart). */
const struct term *phrases_add(struct phrases *phrases, struct span text, enum phrase_kind kind,
                               const struct term *term);
/* Adds a name as it is written without its marks ("HA NOI"), where that can mean no other term.
 * Call when all names are added. */
void phrases_add_unmarked(struct phrases *phrases, struct span text, enum phrase_kind kind,
                          const struct term *term);

/* `words` is where it stands in the text. */
typedef bool phrases_mention_fn(void *whom, const struct term *term, struct span words);

/* Tells `mention` of each term at each place where `text` names it, in turn, until it returns
 * false. On whole words, the longest phrase first, and what a phrase covers names nothing else. */
void phrases_find(const struct phrases *phrases, struct span text, bool keywords,
                  phrases_mention_fn *mention, void *whom);
