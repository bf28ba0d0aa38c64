/* SPDX-License-Identifier: ISC */
#include "wire/filing.h"

#include <string.h>

enum { PARAGRAPHS_FOR_CITIES = 2 };
enum { TITLE = 4, LEAD = 3, EARLY = 2, LATE = 1 }; /* how much a text's naming a theme weighs */

/* Mentions being gathered. */
struct gathering {
    const struct taxonomy *taxonomy;
    bool keywords;
    struct region *region;
    struct mentions *out;
    struct mention next; /* what all mentions of the text at hand have in common */
    size_t text_from;    /* the first of them */
};

static bool
add_mention(void *whom, const struct term *term, struct span words)
{
    struct gathering *it = whom;
    struct mentions *out = it->out;
    if (out->count == FILING_MENTIONS_MAX)
        return false;
    if (out->count == out->room) {
        size_t room = out->room > 0 ? 2 * out->room : 16;
        struct mention *at = region_array(it->region, room, sizeof *at);
        if (out->count > 0)
            memcpy(at, out->at, out->count * sizeof *at);
        out->at = at;
        out->room = room;
    }
    struct mention mention = it->next;
    mention.term = term;
    mention.words = words;
    for (size_t i = it->text_from; i < out->count; i++)
        if (out->at[i].term == term)
            mention.weight = 0;
    out->at[out->count++] = mention;
    return true;
}

static void
gather(struct gathering *it, enum evidence_kind kind, struct span text, unsigned weight)
{
    it->next = (struct mention){ .kind = kind, .text = text, .weight = weight };
    it->text_from = it->out->count;
    if (text.len > 0)
        taxonomy_mentions(it->taxonomy, text, it->keywords, add_mention, it);
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

/* A section's name, or a tag: where it is nothing but a name that takes a cue elsewhere, it means
 * the place ("Huế", "SG"). Three words and more are people's, too ("Hồ Chí Minh"). */
static void
gather_label(struct gathering *it, enum evidence_kind kind, struct span label)
{
    size_t before = it->out->count, spaces = 0;
    gather(it, kind, label, 0);
    for (size_t i = 0; i < label.len; i++)
        spaces += label.at[i] == ' ';
    if (it->out->count > before || spaces > 1 || label.len == 0)
        return;
    gather(it, kind, region_printf(it->region, "tại %.*s", SPAN_ARG(label)), 0);
    if (it->out->count > before && it->out->at[before].words.len != label.len)
        it->out->count = before;
    for (size_t i = before; i < it->out->count; i++)
        it->out->at[i].text = label;
}

static void
gather_dateline(struct gathering *it, struct span dateline)
{
    gather(it, EVIDENCE_DATELINE, dateline, 0);
    if (it->out->count > 0)
        return;
    gather(it, EVIDENCE_DATELINE, whereabouts(dateline, it->region), 0);
    for (size_t i = 0; i < it->out->count; i++)
        it->out->at[i].text = dateline;
}

static void
gather_address(struct gathering *it, struct spans address)
{
    for (size_t i = 0; i < address.count; i++) {
        const struct term *term = taxonomy_section(it->taxonomy, address.at[i]);
        it->next = (struct mention){ .kind = EVIDENCE_ADDRESS, .text = address.at[i] };
        it->text_from = it->out->count;
        if (term != NULL)
            add_mention(it, term, address.at[i]);
    }
}

/* All that names a term, the strongest evidence first. */
static void
gather_all(struct gathering *it, const struct evidence *evidence)
{
    gather_dateline(it, evidence->dateline);
    for (size_t i = 0; i < evidence->section.count; i++)
        gather_label(it, EVIDENCE_SECTION, evidence->section.at[i]);
    gather_address(it, evidence->address);
    for (size_t i = 0; i < evidence->tags.count; i++)
        gather_label(it, EVIDENCE_TAGS, evidence->tags.at[i]);
    gather(it, EVIDENCE_TITLE, evidence->title, TITLE);
    gather(it, EVIDENCE_LEAD, evidence->lead, LEAD);
    for (size_t i = 0; i < evidence->paragraphs.count; i++) {
        bool early = i < PARAGRAPHS_FOR_CITIES;
        if (!early && !it->keywords && !evidence->further)
            break;
        gather(it, early ? EVIDENCE_LEAD : EVIDENCE_TEXT, evidence->paragraphs.at[i],
               early ? EARLY : LATE);
    }
}

/* The terms that evidence of one kind names, in its order, each once. */
static struct spans
terms_by(const struct mentions *mentions, enum evidence_kind kind, size_t most,
         struct region *region)
{
    struct span_list slugs = { { NULL, 0 }, 0 };
    for (size_t i = 0; i < mentions->count && slugs.spans.count < most; i++)
        if (mentions->at[i].kind == kind && !spans_have(slugs.spans, mentions->at[i].term->slug))
            span_list_add(&slugs, region, mentions->at[i].term->slug);
    return slugs.spans;
}

/* The strongest kind of evidence there is, if it is at least as strong as `least`. */
static enum evidence_kind
strongest(const struct mentions *mentions, enum evidence_kind least)
{
    return mentions->count > 0 && mentions->at[0].kind <= least ? mentions->at[0].kind
                                                                : EVIDENCE_NONE;
}

/* How strongly each term of a taxonomy is spoken of. */
struct scores {
    struct score {
        const struct term *term;
        unsigned weight;
    } * at;
    size_t count;
};

static struct scores
add_up(const struct mentions *mentions, struct region *region)
{
    struct scores scores = { region_array(region, mentions->count + 1, sizeof *scores.at), 0 };
    for (size_t i = 0; i < mentions->count; i++) {
        size_t at = 0;
        while (at < scores.count && scores.at[at].term != mentions->at[i].term)
            at++;
        if (at == scores.count)
            scores.at[scores.count++] = (struct score){ mentions->at[i].term, 0 };
        scores.at[at].weight += mentions->at[i].weight;
    }
    return scores;
}

/* Takes the highest score that is enough off; NULL: none is. The first named wins. */
static const struct term *
take_highest(struct scores *scores)
{
    struct score *best = NULL;
    for (size_t i = 0; i < scores->count; i++)
        if (scores->at[i].weight >= FILING_ENOUGH &&
            (best == NULL || scores->at[i].weight > best->weight))
            best = &scores->at[i];
    if (best == NULL)
        return NULL;
    best->weight = 0;
    return best->term;
}

static void
decide_themes_by_text(const struct mentions *mentions, struct region *region, struct filing *out)
{
    struct scores scores = add_up(mentions, region);
    struct span_list slugs = { { NULL, 0 }, 0 };
    const struct term *term;
    while (slugs.spans.count < FILING_THEMES_MAX && (term = take_highest(&scores)) != NULL)
        span_list_add(&slugs, region, term->slug);
    out->themes = slugs.spans;
    out->themes_by = slugs.spans.count > 0 ? EVIDENCE_TEXT : EVIDENCE_NONE;
}

/* A dateline is a place's, and a city is no theme's. */
static void
decide_themes(const struct mentions *mentions, struct region *region, struct filing *out)
{
    out->themes_by = strongest(mentions, EVIDENCE_TAGS);
    if (out->themes_by != EVIDENCE_NONE)
        out->themes = terms_by(mentions, out->themes_by, FILING_THEMES_MAX, region);
    else
        decide_themes_by_text(mentions, region, out);
}

static void
decide_cities(const struct mentions *mentions, struct region *region, struct filing *out)
{
    out->cities_by = strongest(mentions, EVIDENCE_LEAD);
    out->cities = terms_by(mentions, out->cities_by, STORY_LIST_MAX, region);
}

void
filing_decide(const struct taxonomy *cities, const struct taxonomy *themes,
              const struct evidence *evidence, struct region *region, struct filing *out)
{
    struct evidence placeless = *evidence;
    *out = (struct filing){ .cities = evidence->cities_set,
                            .themes = evidence->themes_set,
                            .cities_by = EVIDENCE_SETTING,
                            .themes_by = EVIDENCE_SETTING };
    placeless.dateline = SPAN("");
    gather_all(&(struct gathering){ cities, false, region, &out->city_mentions, { 0 }, 0 },
               evidence);
    gather_all(&(struct gathering){ themes, true, region, &out->theme_mentions, { 0 }, 0 },
               &placeless);
    if (evidence->cities_set.count == 0)
        decide_cities(&out->city_mentions, region, out);
    if (evidence->themes_set.count == 0)
        decide_themes(&out->theme_mentions, region, out);
}
