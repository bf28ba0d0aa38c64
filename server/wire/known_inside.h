/* SPDX-License-Identifier: ISC */
/* known_inside.h - what the files of known.h share. */
#pragma once

#include "wire/known.h"
#include "wire/known_table.h"

/* What a story is looked up by; each kind's keys are apart from the others'. */
enum known_kind {
    BY_PATH,
    BY_SLUG,
    BY_TITLE,
    BY_ADDRESS,
    BY_NUMBER,
    BY_ALSO,
    BY_HASH,
    BY_BAND,
    BY_WORD
};

struct known_entry {
    struct known_story story;
    bool gone;                       /* another one has its path now, or none has */
    const struct title_words *words; /* as many as it has */
};

struct known {
    struct region *region;
    struct known_table table; /* of numbers of entries */
    struct known_entry **at;
    size_t count, room, alive;
    unsigned char secret[HASH_SECRET];
};

uint64_t known_key(const struct known *known, enum known_kind kind, struct span what);
uint64_t known_key_number(const struct known *known, enum known_kind kind, uint64_t number);
/* Of a canonical address; http and https are one place. */
uint64_t known_key_address(const struct known *known, enum known_kind kind, struct span url);
/* Of a story's number within its site; false: the address has none. */
bool known_key_site(const struct known *known, struct span url, uint64_t *out);
/* Of a title, as it is compared: how its tones are placed, and its punctuation, don't count. */
uint64_t known_key_title(const struct known *known, struct span title);

/* Of a word of a title, in a span of time of TITLE_APART_MAX: two titles that are no further apart
 * are in the same span, or in two that follow each other. */
uint64_t known_key_word(const struct known *known, uint32_t word, int64_t span);
int64_t known_span(int64_t instant);

/* Two titles that share TITLE_LIKE of their words share one of so many first ones, in the order of
 * their numbers, of each. */
uint32_t known_telling_words(const struct title_words *words);

/* The next entry of those the walk comes to that is still there; NULL. */
const struct known_entry *known_next(const struct known *known, struct known_table_walk *walk);
