/* SPDX-License-Identifier: ISC */
/* sentences.h - what a story says of its cities, a sentence each: shown in the city's index. Pure.
 */
#pragma once

#include "base/region.h"
#include "story/story.h"
#include "story/taxonomy.h"

struct sentences {
    struct sentence *at; /* that speak of a city */
    size_t count, room;
};

/* Those of the story's body that sentences_about may choose for the cities it is filed under and
 * for what absorbed them; in the region; they borrow from the story. */
struct sentences
sentences_of(const struct story *story, const struct taxonomy *cities, struct region *region);
/* The one that speaks of the city and of the fewest others; rather one of the prose than an item of
 * a list; the first of those. Empty: there is none. */
struct span sentences_about(const struct sentences *sentences, const struct term *city);
