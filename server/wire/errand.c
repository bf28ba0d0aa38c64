/* SPDX-License-Identifier: ISC */
#include "wire/errand.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/uri.h"
#include "wire/canonical.h"
#include "wire/licence.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Documents read by another version of this program are read again. */
#define RECIPE_VERSION "1"

uint64_t
errand_luck(const struct errand *errand, struct span url)
{
    uint64_t luck;
    unsigned char hash[HASH_BYTES];
    struct buffer text = BUFFER_EMPTY;
    buffer_printf(&text, "%lld %.*s", (long long)errand->round->options->now, SPAN_ARG(url));
    hash_bytes(buffer_span(&text), hash);
    memcpy(&luck, hash, sizeof luck);
    buffer_fini(&text);
    return luck;
}

struct span
errand_recipe(const struct errand *errand, struct span facts, struct region *region)
{
    const struct source *source = errand->source;
    const struct webpage_recipe *recipe = &source->recipe;
    const struct span parts[] = { recipe->body,     recipe->remove,   recipe->title,
                                  recipe->lead,     recipe->date,     recipe->author,
                                  source->encoding, source->language, facts };
    char hash[HASH_TEXT + 1];
    struct buffer all = BUFFER_EMPTY;
    buffer_printf(&all, RECIPE_VERSION " %d %d %d %d %d %llu\n", (int)source->kind,
                  (int)source->licence, (int)source->links, (int)source->articles,
                  (int)source->no_images, (unsigned long long)source->excerpt);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        buffer_printf(&all, "%zu:%.*s\n", parts[i].len, SPAN_ARG(parts[i]));
    for (size_t i = 0; i < source->cities.count; i++)
        buffer_printf(&all, "city %.*s\n", SPAN_ARG(source->cities.at[i]));
    for (size_t i = 0; i < source->themes.count; i++)
        buffer_printf(&all, "theme %.*s\n", SPAN_ARG(source->themes.at[i]));
    hash_text(buffer_span(&all), hash);
    buffer_fini(&all);
    return region_copy(region, span_of(hash));
}

void
errand_ask(struct errand *errand, struct span url, enum fetch_kind kind,
           const struct validators *validators,
           void (*done)(void *whom, const struct fetch_result *result), void *whom)
{
    const struct fetch_wish wish = { .url = url,
                                     .kind = errand->source->ignores_robots ? FETCH_FEED : kind,
                                     .validators = *validators,
                                     .guard = errand->guard,
                                     .done = done,
                                     .whom = whom };
    errand->round->asked++;
    fetch_add(errand->round->fetch, &wish);
}

int64_t
errand_held(const struct errand *errand, struct span url)
{
    struct uri uri;
    int64_t until = uri_parse(url, URI_LENIENT, &uri) ? diary_held(errand->round->diary, uri.host)
                                                      : 0;
    return until > errand->round->options->now ? until : 0;
}

void
errand_fail(struct errand *errand, const char *format, ...)
{
    struct refresh_outcome *outcome = &errand->outcome;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(outcome->words, sizeof outcome->words, format, arguments);
    va_end(arguments);
    outcome->end = REFRESH_FAILED;
}

static void
note_progress(struct round *round)
{
    round->answered++;
    if (round->options->progress != NULL)
        round->options->progress(round->options->whom, round->answered, round->asked);
}

void
errand_end(struct errand *errand)
{
    struct round *round = errand->round;
    struct refresh_summary *summary = round->summary;
    struct refresh_outcome *outcome = &errand->outcome;
    struct diary_entry *entry = diary_find(round->diary, errand->source->slug, errand->source->url);
    if (entry != NULL && errand->pending) { /* a 304 would tell us nothing about it */
        entry->validators = (struct validators){ .url = SPAN("") };
        entry->hash = SPAN("");
    }
    outcome->due = entry == NULL || entry->state != DIARY_LIVE ? 0 : entry->due;
    if (outcome->due != 0 && (summary->due == 0 || outcome->due < summary->due))
        summary->due = outcome->due;
    summary->asked += outcome->end != REFRESH_WAITING;
    summary->waiting += outcome->end == REFRESH_WAITING;
    summary->failed += outcome->end == REFRESH_FAILED;
    summary->stopped |= outcome->end == REFRESH_STOPPED;
    summary->made += outcome->made;
    summary->updated += outcome->updated;
    summary->beside += outcome->beside;
    if (round->options->done != NULL)
        round->options->done(round->options->whom, outcome);
}

enum status
errand_read(struct errand *errand, const struct fetch_result *result, enum source_kind kind,
            struct region *region, struct reading *out, struct fault *fault)
{
    const struct source *source = errand->source;
    const struct reading_options options = { .kind = kind,
                                             .url = result->url,
                                             .type = result->type,
                                             .encoding = source->encoding,
                                             .language = source->language,
                                             .recipe = source->recipe,
                                             .links = source->links,
                                             .no_images = source->no_images,
                                             .now = errand->round->options->now };
    return reader_read(errand->round->reader, result->body, &options, region, out, fault);
}

void
errand_place(struct errand *errand, const struct document *document, struct span source)
{
    struct round *round = errand->round;
    const struct source *from = errand->source;
    struct document shown = *document;
    struct fault fault = { 0, "" };
    const struct intake_options intake = { .cities = from->cities,
                                           .themes = from->themes,
                                           .lang = from->language.len > 0 ? from->language
                                                                          : document->lang,
                                           .source = source,
                                           .site = from->name,
                                           .updated = document->updated,
                                           .alone = true,
                                           .partial = !document->whole,
                                           .now = round->options->now };
    if (round->status != STATUS_OK)
        return;
    round->current = errand;
    licence_apply(&shown, from, source, from->name, errand->region);
    enum status status = import_document(round->import, &shown, &intake, &fault);
    if (status == STATUS_OK)
        return;
    errand->pending = true;
    errand_fail(errand, "%s", fault.what);
    if (status == STATUS_FAILED) { /* a full disk is full for all */
        round->status = status;
        round->fault = fault;
        fetch_stop(round->fetch);
    }
}

/* What has been read, or was not to be read. */
static struct schedule_reading
reading_for_schedule(const struct diary_entry *entry, const struct fetch_result *result,
                     enum status status, const struct reading *reading)
{
    char hash[HASH_TEXT + 1];
    struct schedule_reading told = { .parsed = status == STATUS_OK };
    schedule_hash(result->body, hash);
    told.changed = !span_equal(entry->hash, span_of(hash));
    if (status == STATUS_OK) {
        told.items = reading->count;
        told.every = reading->every;
        told.skip_hours = (uint32_t)reading->skip_hours;
        told.skip_days = (unsigned)reading->skip_days;
    }
    return told;
}

static void
take(struct errand *errand, const struct reading *reading, const struct fetch_result *result)
{
    struct span source = result->url;
    errand->outcome.end = REFRESH_TAKEN;
    errand->outcome.items = reading->count;
    errand->site = reading->title;
    if (reading->kind == SOURCE_FEED) {
        errand_take_feed(errand, reading);
        return;
    }
    assert(reading->count == 1); /* a page is one document */
    if (!canonical_choose(result->url, reading->at[0].canonical, errand->region, &source))
        source = result->url;
    errand_place(errand, &reading->at[0], source);
    if (!reading->at[0].whole && errand->round->options->warned != NULL)
        errand->round->options->warned(errand->round->options->whom, errand->source, result->url,
                                       region_copy(errand->region, reading->at[0].reason).at);
}

static void
judge(struct errand *errand, const struct fetch_result *result,
      const struct schedule_outcome *outcome, const struct reading *reading)
{
    switch (outcome->verdict) {
    case SCHEDULE_TAKE:
        take(errand, reading, result);
        break;
    case SCHEDULE_UNCHANGED:
        errand->outcome.end = REFRESH_UNCHANGED;
        break;
    case SCHEDULE_ODD:
    case SCHEDULE_FAILED:
    case SCHEDULE_DISABLED:
    case SCHEDULE_ENDED:
        errand_fail(errand, "%s", outcome->words);
        break;
    }
}

static void
keep_hash(struct errand *errand, const struct fetch_result *result)
{
    char hash[HASH_TEXT + 1];
    struct diary *diary = errand->round->diary;
    struct diary_entry *entry = diary_find(diary, errand->source->slug, errand->source->url);
    schedule_hash(result->body, hash);
    if (entry != NULL)
        entry->hash = diary_keep(diary, span_of(hash));
}

/* Nobody was asked: it is as it was. */
static void
leave(struct errand *errand, const struct fetch_result *result)
{
    struct refresh_outcome *outcome = &errand->outcome;
    outcome->end = result->end == FETCH_HELD ? REFRESH_WAITING : REFRESH_STOPPED;
    if (outcome->end == REFRESH_WAITING)
        snprintf(outcome->words, sizeof outcome->words, "%s", result->why);
    errand_end(errand);
}

static void
on_source(void *whom, const struct fetch_result *result)
{
    struct errand *errand = whom;
    struct round *round = errand->round;
    struct diary_entry *entry = diary_at(round->diary, errand->source->slug, errand->source->url);
    struct schedule_outcome outcome = { .verdict = SCHEDULE_FAILED };
    struct schedule_reading told = { .parsed = false };
    struct reading reading = { .kind = SOURCE_ANY };
    struct fault fault = { 0, "" };
    note_progress(round);
    if (result->end == FETCH_STOPPED || result->end == FETCH_HELD) {
        leave(errand, result);
        return;
    }
    if (result->end == FETCH_ANSWERED && result->status == 200)
        told = reading_for_schedule(
            entry, result,
            errand_read(errand, result, errand->source->kind, errand->region, &reading, &fault),
            &reading);
    schedule_answer(round->diary, entry, result, &told, (int64_t)errand->source->every,
                    errand_luck(errand, errand->source->url), round->options->now, &outcome);
    if (outcome.verdict == SCHEDULE_TAKE)
        keep_hash(errand, result);
    judge(errand, result, &outcome, &reading);
    if (fault.what[0] != '\0')
        errand_fail(errand, "%s", fault.what);
    if (outcome.replaced && round->options->warned != NULL)
        round->options->warned(round->options->whom, errand->source, result->url,
                               "it has moved there for good and is asked there: write that as "
                               "its url");
    if (errand->open == 0)
        errand_end(errand);
}

void
errand_begin(struct errand *errand)
{
    struct round *round = errand->round;
    const struct source *source = errand->source;
    struct diary_entry *entry = diary_at(round->diary, source->slug, source->url);
    schedule_prepare(round->diary, entry, errand_recipe(errand, SPAN(""), errand->region));
    errand->url = region_copy(errand->region,
                              entry->instead.len > 0 ? entry->instead : source->url);
    if (errand_held(errand, errand->url) != 0) {
        snprintf(errand->outcome.words, sizeof errand->outcome.words,
                 "its host has asked us to stay away for now");
        errand_end(errand);
        return;
    }
    errand_ask(errand, errand->url, source->kind == SOURCE_PAGE ? FETCH_PAGE : FETCH_FEED,
               &entry->validators, on_source, errand);
}
