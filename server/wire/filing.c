/* SPDX-License-Identifier: ISC */
#include "wire/filing.h"

#include "story/story.h"

#include <string.h>

enum { PARAGRAPHS_FOR_CITIES = 2 };

/* One kind of evidence: what it says, as texts. */
struct grade {
    const char *name;
    struct spans texts;
};

static struct spans
one(const struct span *text)
{
    return (struct spans){ text, text->len > 0 ? 1 : 0 };
}

/* The first `most` terms' slugs. */
static struct spans
slugs_of(const struct term_list *terms, size_t most, struct region *region)
{
    struct span_list slugs = { { NULL, 0 }, 0 };
    for (size_t i = 0; i < terms->count && i < most; i++)
        span_list_add(&slugs, region, terms->at[i]->slug);
    return slugs.spans;
}

static struct term_list
match(const struct taxonomy *taxonomy, struct spans texts, bool keywords, struct region *region)
{
    struct term_list found = { NULL, 0, 0 };
    for (size_t i = 0; i < texts.count; i++)
        taxonomy_match(taxonomy, texts.at[i], keywords, region, &found);
    return found;
}

/* The lead and the first two paragraphs, as one: a city named in any of them counts. */
static struct spans
opening(const struct evidence *evidence, struct region *region)
{
    struct span_list texts = { { NULL, 0 }, 0 };
    span_list_add(&texts, region, evidence->lead);
    for (size_t i = 0; i < evidence->paragraphs.count && i < PARAGRAPHS_FOR_CITIES; i++)
        span_list_add(&texts, region, evidence->paragraphs.at[i]);
    return texts.spans;
}

/* The last part of "TPO - Huế", as a sentence would have it: a dateline is where one writes from,
 * so a name that means a place only behind a cue means it here. */
static struct span
whereabouts(struct span dateline, struct region *region)
{
    static const char *const marks[] = { "- ", "– ", "— ", ": ", ") " };
    size_t at;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        while (span_find(dateline, span_of(marks[i]), &at))
            dateline = span_skip(dateline, at + strlen(marks[i]));
    return dateline.len > 0 ? region_printf(region, "tại %.*s", SPAN_ARG(dateline)) : dateline;
}

static void
decide_cities(const struct taxonomy *cities, const struct evidence *evidence, struct region *region,
              struct filing *out)
{
    const struct span place = whereabouts(evidence->dateline, region);
    const struct grade grades[] = {
        { "dateline", one(&evidence->dateline) }, { "dateline", one(&place) },
        { "section", evidence->section },         { "tags", evidence->tags },
        { "title", one(&evidence->title) },       { "lead", opening(evidence, region) },
    };
    for (size_t i = 0; i < sizeof grades / sizeof grades[0]; i++) {
        struct term_list found = match(cities, grades[i].texts, false, region);
        if (found.count == 0)
            continue;
        out->cities = slugs_of(&found, STORY_LIST_MAX, region);
        out->cities_by = grades[i].name;
        return;
    }
}

/* How strongly each term of a taxonomy is spoken of. */
struct score {
    const struct term *term;
    unsigned points;
};

struct scores {
    struct score *at;
    size_t count, room;
};

static void
score(struct scores *scores, const struct taxonomy *themes, struct span text, unsigned points,
      struct region *region)
{
    struct term_list found = match(themes, one(&text), true, region);
    for (size_t i = 0; i < found.count; i++) {
        size_t at = 0;
        while (at < scores->count && scores->at[at].term != found.at[i])
            at++;
        if (at == scores->room)
            continue;
        if (at == scores->count)
            scores->at[scores->count++] = (struct score){ found.at[i], 0 };
        scores->at[at].points += points;
    }
}

/* Takes the highest score that is at least `least` off; NULL: none is. The first named wins. */
static const struct term *
take_highest(struct scores *scores, unsigned least)
{
    struct score *best = NULL;
    for (size_t i = 0; i < scores->count; i++)
        if (scores->at[i].points >= least && (best == NULL || scores->at[i].points > best->points))
            best = &scores->at[i];
    if (best == NULL)
        return NULL;
    best->points = 0;
    return best->term;
}

static void
decide_themes_by_text(const struct taxonomy *themes, const struct evidence *evidence,
                      struct region *region, struct filing *out)
{
    enum { TITLE = 4, LEAD = 3, EARLY = 2, LATE = 1, ENOUGH = 3 };
    struct scores scores = { .room = taxonomy_count(themes) };
    struct span_list slugs = { { NULL, 0 }, 0 };
    const struct term *term;
    scores.at = region_array(region, scores.room + 1, sizeof *scores.at);
    score(&scores, themes, evidence->title, TITLE, region);
    score(&scores, themes, evidence->lead, LEAD, region);
    for (size_t i = 0; i < evidence->paragraphs.count; i++)
        score(&scores, themes, evidence->paragraphs.at[i], i < PARAGRAPHS_FOR_CITIES ? EARLY : LATE,
              region);
    while (slugs.spans.count < FILING_THEMES_MAX && (term = take_highest(&scores, ENOUGH)) != NULL)
        span_list_add(&slugs, region, term->slug);
    out->themes = slugs.spans;
    out->themes_by = slugs.spans.count > 0 ? "text" : NULL;
}

static void
decide_themes(const struct taxonomy *themes, const struct evidence *evidence, struct region *region,
              struct filing *out)
{
    const struct grade grades[] = { { "section", evidence->section }, { "tags", evidence->tags } };
    for (size_t i = 0; i < sizeof grades / sizeof grades[0]; i++) {
        struct term_list found = match(themes, grades[i].texts, true, region);
        if (found.count == 0)
            continue;
        out->themes = slugs_of(&found, FILING_THEMES_MAX, region);
        out->themes_by = grades[i].name;
        return;
    }
    decide_themes_by_text(themes, evidence, region, out);
}

void
filing_decide(const struct taxonomy *cities, const struct taxonomy *themes,
              const struct evidence *evidence, struct region *region, struct filing *out)
{
    *out = (struct filing){ .cities = evidence->cities_set, .themes = evidence->themes_set };
    if (evidence->cities_set.count > 0)
        out->cities_by = "setting";
    else
        decide_cities(cities, evidence, region, out);
    if (evidence->themes_set.count > 0)
        out->themes_by = "setting";
    else
        decide_themes(themes, evidence, region, out);
}
