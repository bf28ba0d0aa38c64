/* SPDX-License-Identifier: ISC */
#include "wire/intake.h"

#include "base/hash.h"
#include "base/text.h"
#include "story/gemtext.h"
#include "story/slug.h"

#include <string.h>

/* `text` in at most `most` bytes, cut at a word with an ellipsis. */
static struct span
shorten(struct span text, size_t most, struct region *region)
{
    static const struct span ellipsis = { "…", sizeof "…" - 1 };
    static const char loose[] = " ,;:-(";
    if (text.len <= most)
        return text;
    struct span cut = text_cut(text, most - ellipsis.len);
    while (cut.len > 0 && span_has_char(span_of(loose), cut.at[cut.len - 1]))
        cut.len--;
    return region_printf(region, "%.*s…", SPAN_ARG(cut));
}

/* The length of a dash and the spaces around it, which `text` begins with; 0: it does not. */
static size_t
dash_length(struct span text)
{
    struct span rest = span_trim(text);
    size_t dash = span_starts(rest, SPAN("- "))   ? 1
                  : span_starts(rest, SPAN("– ")) ? sizeof "–" - 1
                  : span_starts(rest, SPAN("— ")) ? sizeof "—" - 1
                                                  : 0;
    return dash > 0 ? (size_t)(rest.at - text.at) + dash + 1 : 0;
}

/* "PLO", "VOV.VN", "GD&TĐ": one word of capitals, and not "TP.HCM" or "HUẾ". */
static bool
is_initials(struct span word)
{
    enum { LEAST = 3, MOST = 12 };
    if (word.len < LEAST || word.len > MOST || span_starts(word, SPAN("TP.")))
        return false;
    while (word.len > 0) {
        uint32_t point;
        size_t len = text_next(word, &point);
        bool letter = (point >= 'A' && point <= 'Z') || point == 0x110;
        if (len == 0 || (!letter && point != '.' && point != '&'))
            return false;
        word = span_skip(word, len);
    }
    return true;
}

/* Agencies sign the first line: "TPO - ", "(PLO)- ", "(Dân trí) - ". A summary needs no signature,
 * but a place's name is none. */
static struct span
unsigned_text(struct span text)
{
    enum { MOST = 40 };
    static const char *const names[] = { "Dân trí", "Chinhphu.vn" };
    size_t end, dash = 0;
    if (span_starts(text, SPAN("(")) && span_find_char(text, ')', &end) && end <= MOST)
        dash = dash_length(span_skip(text, end + 1)), end++;
    else if (span_find_char(text, ' ', &end) && is_initials(span_first(text, end)))
        dash = dash_length(span_skip(text, end));
    for (size_t i = 0; dash == 0 && i < sizeof names / sizeof *names; i++) {
        end = strlen(names[i]);
        dash = span_starts(text, span_of(names[i])) ? dash_length(span_skip(text, end)) : 0;
    }
    return dash > 0 ? span_trim(span_skip(text, end + dash)) : text;
}

/* The first sentence, and the second where both are short enough. */
static struct span
summarise(struct span text, struct region *region)
{
    struct span rest = unsigned_text(text), first = rest;
    size_t fits = 0;
    for (int i = 0; i < 2 && rest.at != NULL; i++) {
        struct span sentence = text_sentence(&rest);
        size_t end = (size_t)(sentence.at + sentence.len - first.at);
        if (i == 0 || end <= INTAKE_SUMMARY_BYTES)
            fits = end;
    }
    return shorten(span_first(first, fits), INTAKE_SUMMARY_BYTES, region);
}

static struct span
make_slug(struct span title, struct region *region)
{
    struct buffer slug = BUFFER_EMPTY;
    slug_make(title, &slug);
    if (slug.len == 0) { /* no Latin letter in it: some name that stays the same */
        char hash[HASH_TEXT + 1];
        hash_text(title, hash);
        buffer_printf(&slug, "tin-%.12s", hash);
    }
    struct span copy = region_copy(region, buffer_span(&slug));
    buffer_fini(&slug);
    return copy;
}

/* What article and teaser have in common. */
static struct arrival
arrive(struct span title, const struct intake_options *options, struct region *region)
{
    struct arrival arrival = { .slug = make_slug(title, region) };
    arrival.story.title = shorten(title, STORY_TITLE_MAX, region);
    arrival.story.lang = options->lang;
    arrival.story.source = options->source;
    return arrival;
}

static void
file_under(struct arrival *arrival, const struct terms *terms, const struct evidence *besides,
           struct region *region)
{
    filing_file(&arrival->story, besides, terms->cities, terms->themes, region, &arrival->filing);
}

/* The date set by hand, else the page's, unless that one lies ahead. */
static void
date_story(struct story *story, const struct plaintext *page, const struct intake_options *options,
           bool *future)
{
    struct date date;
    if (options->date.len > 0 && date_parse(options->date, &date)) {
        story->date = date;
        story->date_text = options->date;
    } else if (page->date.len > 0 && date_parse(page->date, &date)) {
        *future = date.instant > options->now + INTAKE_AHEAD_MAX;
        story->date = *future ? (struct date){ DATE_NONE, 0, 0, 0, 0 } : date;
        story->date_text = *future ? (struct span){ NULL, 0 } : page->date;
    }
}

static struct arrival
arrive_article(const struct plaintext *page, const struct terms *terms,
               const struct intake_options *options, struct region *region, bool *future)
{
    struct arrival arrival = arrive(page->title, options, region);
    const struct evidence besides = {
        .cities_set = options->cities,
        .themes_set = options->themes,
        .dateline = page->dateline,
        .section = page->section,
        .tags = page->tags,
    };
    arrival.alone = options->alone && options->source.len > 0;
    arrival.partial = options->partial;
    arrival.updated = options->updated;
    arrival.story.author = page->author;
    arrival.story.summary = summarise(page->lead, region);
    arrival.story.body = page->body;
    date_story(&arrival.story, page, options, future);
    file_under(&arrival, terms, &besides, region);
    return arrival;
}

/* Judged by its own title and text alone: it is another story than the page's. */
static struct arrival
arrive_teaser(const struct teaser *teaser, const struct terms *terms,
              const struct intake_options *options, struct region *region)
{
    struct arrival arrival = arrive(teaser->title, options, region);
    struct buffer body = BUFFER_EMPTY;
    if (teaser->text.len > 0)
        gemtext_add_text(&body, teaser->text);
    arrival.story.body = region_copy(region, buffer_span(&body));
    arrival.story.summary = summarise(teaser->text, region);
    arrival.teaser = true;
    file_under(&arrival, terms, NULL, region);
    buffer_fini(&body);
    return arrival;
}

void
intake_make(const struct plaintext *page, const struct terms *terms,
            const struct intake_options *options, struct region *region, struct arrivals *out)
{
    *out = (struct arrivals){ .at = region_array(region, page->teaser_count + 1, sizeof *out->at) };
    out->at[out->count++] = arrive_article(page, terms, options, region, &out->future);
    for (size_t i = 0; i < page->teaser_count; i++)
        out->at[out->count++] = arrive_teaser(&page->teasers[i], terms, options, region);
}
