/* SPDX-License-Identifier: ISC */
#include "archive/sentences.h"

#include "base/text.h"
#include "story/gemtext.h"

#include <string.h>

/* A sentence of the body, and the cities it speaks of. */
struct sentence {
    struct span text;
    bool prose; /* no item of a list */
    struct term_list cities;
};

/* Cities that may have a better sentence yet. */
struct open_cities {
    const struct term *at[2 * STORY_LIST_MAX];
    size_t count;
};

static void
want(struct open_cities *open, const struct term *term)
{
    for (size_t i = 0; i < open->count; i++)
        if (open->at[i] == term)
            return;
    if (open->count < sizeof open->at / sizeof *open->at)
        open->at[open->count++] = term;
}

/* The story's, and what absorbed them. */
static struct open_cities
open_cities_of(const struct story *story, const struct taxonomy *cities)
{
    struct open_cities open = { .count = 0 };
    for (size_t i = 0; i < story->cities.count; i++)
        for (const struct term *term = taxonomy_find(cities, story->cities.at[i]); term != NULL;
             term = term->into)
            want(&open, term);
    return open;
}

/* None behind this one is better for the one city it speaks of. */
static void
settle(struct open_cities *open, const struct sentence *sentence)
{
    for (size_t i = 0; sentence->prose && sentence->cities.count == 1 && i < open->count; i++)
        if (open->at[i] == sentence->cities.at[0])
            open->at[i] = open->at[--open->count];
}

static void
add(struct sentences *sentences, struct sentence sentence, struct region *region)
{
    if (sentences->count == sentences->room) {
        size_t room = sentences->room == 0 ? 16 : 2 * sentences->room;
        struct sentence *grown = region_array(region, room, sizeof *grown);
        if (sentences->count > 0)
            memcpy(grown, sentences->at, sentences->count * sizeof *grown);
        sentences->at = grown;
        sentences->room = room;
    }
    sentences->at[sentences->count++] = sentence;
}

struct sentences
sentences_of(const struct story *story, const struct taxonomy *cities, struct region *region)
{
    struct sentences sentences = { NULL, 0, 0 };
    struct open_cities open = open_cities_of(story, cities);
    struct gemtext walk = gemtext_walk(story->body);
    struct gemline line;
    while (open.count > 0 && gemtext_next(&walk, &line)) {
        struct span rest = line.text;
        bool prose = line.kind == GEMLINE_TEXT;
        if (!prose && line.kind != GEMLINE_ITEM)
            continue;
        while (open.count > 0 && rest.at != NULL && rest.len > 0) {
            struct sentence sentence = { .text = text_sentence(&rest), .prose = prose };
            taxonomy_match(cities, sentence.text, true, region, &sentence.cities);
            if (sentence.cities.count > 0)
                add(&sentences, sentence, region);
            settle(&open, &sentence);
        }
    }
    return sentences;
}

static bool
names(const struct sentence *sentence, const struct term *city)
{
    for (size_t i = 0; i < sentence->cities.count; i++)
        if (sentence->cities.at[i] == city)
            return true;
    return false;
}

static bool
is_better(const struct sentence *one, const struct sentence *other)
{
    if (one->cities.count != other->cities.count)
        return one->cities.count < other->cities.count;
    return one->prose && !other->prose;
}

struct span
sentences_about(const struct sentences *sentences, const struct term *city)
{
    const struct sentence *best = NULL;
    for (size_t i = 0; city != NULL && i < sentences->count; i++) {
        const struct sentence *sentence = &sentences->at[i];
        if ((best == NULL || is_better(sentence, best)) && names(sentence, city))
            best = sentence;
    }
    return best != NULL ? text_cut(best->text, STORY_SUMMARY_MAX) : (struct span){ NULL, 0 };
}
