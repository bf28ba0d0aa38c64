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

static void
add(struct sentences *sentences, const struct taxonomy *cities, struct region *region,
    struct span text, bool prose)
{
    struct sentence sentence = { .text = text, .prose = prose };
    taxonomy_match(cities, text, true, region, &sentence.cities);
    if (sentence.cities.count == 0)
        return;
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
    struct gemtext walk = gemtext_walk(story->body);
    struct gemline line;
    while (gemtext_next(&walk, &line))
        if (line.kind == GEMLINE_TEXT || line.kind == GEMLINE_ITEM)
            for (struct span rest = line.text; rest.at != NULL && rest.len > 0;)
                add(&sentences, cities, region, text_sentence(&rest), line.kind == GEMLINE_TEXT);
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
