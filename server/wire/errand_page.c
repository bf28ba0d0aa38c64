/* SPDX-License-Identifier: ISC */
/* errand_page.c - what a feed has, and the pages it names. */
#include "base/clock.h"
#include "wire/canonical.h"
#include "wire/errand.h"

#include <assert.h>
#include <string.h>

enum { FAILURES_TILL_TEASER = 3 }; /* then what the feed has is shown in place of its page */

/* A page that was asked for. */
struct call {
    struct errand *errand;
    const struct document *item; /* as its feed has it */
    struct span url;
};

static void
warn(struct errand *errand, struct span url, const char *words)
{
    const struct refresh_options *options = errand->round->options;
    if (options->warned != NULL)
        options->warned(options->whom, errand->source, url, words);
}

/* As the feed has it, to be shown for what it is. */
static void
place_item(struct errand *errand, const struct document *item)
{
    struct span source = item->url;
    if (!canonical_url(item->url, errand->region, &source))
        source = item->url;
    errand_place(errand, item, source);
}

static bool
is_today(const struct errand *errand, struct span text)
{
    struct date date;
    return date_parse(text, &date) && date.instant > errand->round->options->now - SCHEDULE_DAY;
}

static struct span
either(struct span one, struct span other)
{
    return one.len > 0 ? one : other;
}

/* The page has the text, and the feed what the page does not say. */
static struct document
merge(const struct document *page, const struct document *item)
{
    struct document merged = page->whole ? *page : *item;
    merged.whole = page->whole && !page->unindexed;
    merged.canonical = page->canonical;
    merged.text.title = page->whole ? either(page->text.title, item->text.title)
                                    : either(item->text.title, page->text.title);
    merged.text.date = either(item->text.date, page->text.date);
    merged.text.author = either(page->text.author, item->text.author);
    merged.text.section = page->text.section;
    merged.text.tags = page->text.tags.count > 0 ? page->text.tags : item->text.tags;
    if (!page->whole && page->text.lead.len > merged.text.lead.len)
        merged.text.lead = page->text.lead; /* as it is, uncut */
    merged.summary = either(item->summary, page->summary);
    merged.lang = either(page->lang, item->lang);
    merged.updated = either(page->updated, item->updated);
    merged.reason = page->unindexed ? SPAN("it asks not to be kept") : page->reason;
    return merged;
}

static void
take_page(struct call *call, const struct fetch_result *result, const struct reading *reading)
{
    struct errand *errand = call->errand;
    assert(reading->count == 1); /* a page is one document */
    struct document merged = merge(&reading->at[0], call->item);
    struct span source = result->url;
    if (reading->at[0].live && is_today(errand, merged.text.date)) {
        warn(errand, call->url, "it is told while it happens: it waits till tomorrow");
        errand->pending = true;
        return;
    }
    if (!canonical_choose(result->url, merged.canonical, errand->region, &source))
        source = result->url;
    if (!merged.whole)
        warn(errand, call->url, region_copy(errand->region, merged.reason).at);
    errand_place(errand, &merged, source);
}

/* Nothing came that could be read. */
static void
miss(struct call *call, const struct fetch_result *result, const struct diary_entry *entry,
     const char *words)
{
    struct errand *errand = call->errand;
    bool never = result->end == FETCH_FORBIDDEN || result->end == FETCH_REFUSED ||
                 result->status == 404 || result->status == 410;
    errand->outcome.failures++;
    warn(errand, call->url, words);
    if (never || entry->failures >= FAILURES_TILL_TEASER)
        place_item(errand, call->item);
    errand->pending |= !never;
}

static void
judge_page(struct call *call, const struct fetch_result *result, struct region *region)
{
    struct errand *errand = call->errand;
    struct round *round = errand->round;
    struct diary_entry *entry = diary_at(round->diary, errand->source->slug, call->url);
    struct schedule_outcome outcome = { .verdict = SCHEDULE_FAILED };
    struct schedule_reading told = { .parsed = false };
    struct reading reading = { .kind = SOURCE_ANY };
    struct fault fault = { 0, "" };
    char hash[HASH_TEXT + 1];
    schedule_hash(result->body, hash);
    if (result->end == FETCH_ANSWERED && result->status == 200) {
        told.parsed = errand_read(errand, result, SOURCE_PAGE, region, &reading, &fault) ==
                      STATUS_OK;
        told.changed = !span_equal(entry->hash, span_of(hash));
    }
    schedule_answer(round->diary, entry, result, &told, 0, errand_luck(errand, call->url),
                    round->options->now, &outcome);
    entry->page = true;
    if (outcome.verdict == SCHEDULE_TAKE) {
        entry->hash = diary_keep(round->diary, span_of(hash));
        take_page(call, result, &reading);
    } else if (outcome.verdict != SCHEDULE_UNCHANGED) {
        miss(call, result, entry, fault.what[0] != '\0' ? fault.what : outcome.words);
    }
}

static void
on_page(void *whom, const struct fetch_result *result)
{
    struct call *call = whom;
    struct errand *errand = call->errand;
    struct round *round = errand->round;
    struct region *region = region_new();
    round->answered++;
    if (round->options->progress != NULL)
        round->options->progress(round->options->whom, round->answered, round->asked);
    errand->open--;
    if (result->end == FETCH_STOPPED || result->end == FETCH_HELD)
        errand->pending = true;
    else
        judge_page(call, result, region);
    region_free(region);
    if (result->end == FETCH_STOPPED && errand->outcome.end != REFRESH_FAILED)
        errand->outcome.end = REFRESH_STOPPED;
    if (errand->open == 0)
        errand_end(errand);
}

static bool
wants_page(const struct errand *errand, const struct document *item)
{
    const struct source *source = errand->source;
    if (item->url.len == 0 || source->licence == LICENCE_HEADLINE ||
        source->articles == ARTICLES_FEED)
        return false;
    return source->articles == ARTICLES_PAGE || !item->whole;
}

static void
ask_page(struct errand *errand, const struct document *item)
{
    struct round *round = errand->round;
    struct span url = item->url;
    struct span recipe = errand_recipe(errand, item->facts, errand->region);
    if (!canonical_url(item->url, errand->region, &url))
        url = item->url;
    struct diary_entry *entry = diary_at(round->diary, errand->source->slug, url);
    bool same = span_equal(entry->recipe, recipe) && entry->asked != 0;
    entry->page = true;
    if (same && entry->failures == 0 && entry->hash.len > 0)
        return; /* its page is known, and the feed says nothing new */
    if (entry->state != DIARY_LIVE || (same && !schedule_is_due(entry, round->options->now))) {
        errand->pending |= entry->state == DIARY_LIVE;
        return;
    }
    if (errand->outcome.pages >= errand->source->pages || errand_held(errand, url) != 0) {
        errand->pending = true;
        return;
    }
    schedule_prepare(round->diary, entry, recipe);
    struct call *call = region_alloc(errand->region, sizeof *call);
    *call = (struct call){ errand, item, url };
    errand->outcome.pages++;
    errand->open++;
    errand_ask(errand, item->url, FETCH_PAGE, &entry->validators, on_page, call);
}

void
errand_take_feed(struct errand *errand, const struct reading *reading)
{
    for (size_t i = 0; i < reading->count; i++) { /* the newest first, as feeds have them */
        const struct document *item = &reading->at[i];
        if (!wants_page(errand, item))
            place_item(errand, item);
        else
            ask_page(errand, item);
    }
}
