/* SPDX-License-Identifier: ISC */
#include "wire/refresh.h"

#include "base/clock.h"
#include "base/file.h"
#include "wire/errand.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    PAGES_KEPT = 90 * SCHEDULE_DAY, /* what is known of one that no feed names any more */
};

const char *const refresh_ends[] = {
    [REFRESH_WAITING] = "waiting", [REFRESH_UNCHANGED] = "unchanged", [REFRESH_TAKEN] = "taken",
    [REFRESH_FAILED] = "failed",   [REFRESH_STOPPED] = "stopped",
};

/* Of the round that a signal may end. */
static struct fetch *volatile under_way;
static volatile sig_atomic_t stopped;

void
refresh_stop(void)
{
    stopped = 1;
    if (under_way != NULL)
        fetch_stop(under_way);
}

static bool
is_chosen(const struct refresh_options *options, const struct source *source)
{
    return options->chosen.count == 0 || spans_have(options->chosen, source->slug);
}

static void
on_placement(void *whom, const struct placement *placement)
{
    struct round *round = whom;
    struct refresh_outcome *outcome = &round->current->outcome;
    outcome->made += placement->outcome == PLACE_NEW;
    outcome->updated += placement->outcome == PLACE_UPDATED;
    outcome->beside += placement->outcome == PLACE_BESIDE;
    outcome->left += placement->outcome == PLACE_LEFT;
    if (round->options->placed != NULL)
        round->options->placed(round->options->whom, round->current->source, placement);
}

static enum status
open_diary(struct round *round, struct fault *notice, struct fault *fault)
{
    const struct refresh_options *options = round->options;
    enum status status = STATUS_OK;
    if (!options->dry)
        status = file_make_folder(AT_FDCWD, options->state, 0755);
    int folder = status == STATUS_OK ? open(options->state, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                                     : -1;
    if (folder < 0 && options->dry && errno == ENOENT) {
        round->diary = diary_new();
        return STATUS_OK;
    }
    if (folder < 0) {
        fault_write(fault, 0, "%s: %s", options->state, strerror(errno));
        return STATUS_FAILED;
    }
    status = diary_open(folder, !options->dry, &round->diary, notice);
    if (status != STATUS_OK) {
        *fault = *notice;
        notice->what[0] = '\0';
    }
    close(folder);
    return status;
}

static enum status
open_all(struct round *round, struct fault *notice, struct fault *fault)
{
    const struct refresh_options *options = round->options;
    const struct span previous = region_printf(round->region, "%s/previous", options->state);
    const struct import_options import = { .content = options->content,
                                           .previous = previous.at,
                                           .gone = options->gone,
                                           .dry = options->dry,
                                           .lang = options->lang,
                                           .report = on_placement,
                                           .whom = round };
    const struct fetch_options fetch = { .contact = options->contact.at,
                                         .limits = options->limits };
    enum status status = open_diary(round, notice, fault);
    if (status == STATUS_OK)
        status = import_open(&import, &round->import, fault);
    if (status == STATUS_OK)
        status = fetch_open(&fetch, &round->fetch, fault);
    if (status == STATUS_OK)
        round->reader = reader_new(options->sandbox);
    return status;
}

static void
close_all(struct round *round)
{
    reader_free(round->reader);
    fetch_close(round->fetch);
    import_close(round->import);
    diary_free(round->diary);
    region_free(round->region);
}

static struct guard
guard_of(const struct source *source, struct region *region)
{
    struct guard_allowance *allowed = region_array(region, source->allow.count, sizeof *allowed);
    struct uri uri;
    struct guard guard = { .allowed = allowed };
    for (size_t i = 0; i < source->allow.count; i++)
        if (guard_allowance_parse(source->allow.at[i], &allowed[guard.allowed_count]))
            guard.allowed_count++;
    if (uri_parse(source->url, URI_LENIENT, &uri) && uri.port.len > 0)
        guard.port = uri_port(&uri, 0);
    return guard;
}

/* Who asked earlier to be left alone is left alone by every source, wherever a redirect leads. */
static void
hold_hosts(struct round *round)
{
    const struct diary_hold *hold;
    for (size_t at = 0; (hold = diary_next_hold(round->diary, &at)) != NULL;)
        if (hold->until > round->options->now)
            fetch_hold(round->fetch, hold->host);
}

/* Asks, or says why not. */
static void
begin(struct errand *errand)
{
    struct round *round = errand->round;
    const struct refresh_options *options = round->options;
    struct diary_entry *entry = diary_find(round->diary, errand->source->slug, errand->source->url);
    bool asked_for = options->force || options->chosen.count > 0;
    if (entry == NULL || asked_for ||
        (entry->state == DIARY_LIVE && schedule_is_due(entry, options->now))) {
        errand_begin(errand);
        return;
    }
    errand->outcome.end = REFRESH_WAITING;
    if (entry->state != DIARY_LIVE)
        snprintf(errand->outcome.words, sizeof errand->outcome.words,
                 entry->state == DIARY_GONE
                     ? "it is gone for good: take it out of the sources, or ask it by its name"
                     : "it was not found for long: mend its url, or ask it by its name");
    errand_end(errand);
}

static void
begin_all(struct round *round, struct errand *errands)
{
    const struct sources *sources = round->options->sources;
    for (size_t i = 0; i < sources->count; i++) {
        struct errand *errand = &errands[i];
        if (!is_chosen(round->options, &sources->at[i]))
            continue;
        *errand = (struct errand){ .round = round,
                                   .source = &sources->at[i],
                                   .guard = guard_of(&sources->at[i], round->region),
                                   .region = region_new() };
        errand->outcome.source = errand->source;
        begin(errand);
    }
}

static enum status
write_diary(struct round *round, struct fault *fault)
{
    int64_t now = round->options->now;
    if (round->options->dry)
        return STATUS_OK;
    diary_forget(round->diary, now - PAGES_KEPT, now);
    return diary_write(round->diary, fault);
}

static enum status
run(struct round *round, struct fault *fault)
{
    struct errand *errands = region_array(round->region, round->options->sources->count + 1,
                                          sizeof *errands);
    under_way = round->fetch;
    if (stopped)
        fetch_stop(round->fetch);
    hold_hosts(round);
    begin_all(round, errands);
    enum status status = fetch_run(round->fetch, fault);
    under_way = NULL;
    if (status == STATUS_OK && round->status != STATUS_OK) {
        status = round->status;
        *fault = round->fault;
    }
    if (status == STATUS_OK)
        status = write_diary(round, fault);
    for (size_t i = 0; i < round->options->sources->count; i++)
        region_free(errands[i].region);
    return status;
}

enum status
refresh_round(const struct refresh_options *options, struct refresh_summary *out,
              struct fault *notice, struct fault *fault)
{
    struct round round = { .options = options, .summary = out, .region = region_new() };
    *out = (struct refresh_summary){ 0 };
    enum status status = open_all(&round, notice, fault);
    if (status == STATUS_OK)
        status = run(&round, fault);
    close_all(&round);
    return status;
}
