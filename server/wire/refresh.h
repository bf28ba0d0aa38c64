/* SPDX-License-Identifier: ISC */
/* refresh.h - one round of asking sources for news: what is due is fetched, with manners; what is
 * new or changed becomes stories; what was learnt is remembered, last. */
#pragma once

#include "wire/fetch.h"
#include "wire/import.h"
#include "wire/source.h"

enum refresh_end {
    REFRESH_WAITING,   /* it is not due, or its host wants to be left alone */
    REFRESH_UNCHANGED, /* asked, and nothing is new */
    REFRESH_TAKEN,
    REFRESH_FAILED,
    REFRESH_STOPPED, /* somebody ended the round */
};
extern const char *const refresh_ends[]; /* "waiting", … */

/* What came of a source. */
struct refresh_outcome {
    const struct source *source;
    enum refresh_end end;
    char words[240]; /* for a person; empty where all is well */
    size_t items;    /* stories it has now */
    size_t made, updated, beside, left;
    size_t pages, failures; /* asked for; that could not be read */
    int64_t due;            /* when it is to be asked next; 0: never */
};

struct refresh_options {
    const char *content, *state; /* folder paths */
    const struct sources *sources;
    struct spans chosen; /* slugs: these are asked, due or not; empty: all that are due */
    bool force;          /* all are asked, due or not */
    bool dry;            /* nothing is written */
    struct span contact, lang;
    struct spans gone; /* as import_options has it */
    enum sandbox_wish sandbox;
    int64_t now;
    const struct fetch_limits *limits; /* NULL: fetch_manners */
    /* For each story of a source once it is placed; a document that can't be read (its address and
     * why); each source when it is done. */
    void (*placed)(void *whom, const struct source *source, const struct placement *placement);
    void (*warned)(void *whom, const struct source *source, struct span url, const char *words);
    void (*done)(void *whom, const struct refresh_outcome *outcome);
    void (*progress)(void *whom, size_t done, size_t all); /* requests; may be NULL */
    void *whom;
};

struct refresh_summary {
    size_t asked, failed, waiting;
    size_t made, updated, beside;
    int64_t due; /* when the next source is; 0: none ever is */
    bool stopped;
};

/* STATUS_BUSY: another refresh is under way; STATUS_FAILED, STATUS_BAD: *fault says why nothing, or
 * not all, was done. `notice` is what a person should know of what was remembered; else empty. */
enum status refresh_round(const struct refresh_options *options, struct refresh_summary *out,
                          struct fault *notice, struct fault *fault) MUST_CHECK;

/* What is waited for is given up, and the round comes to its end. Safe in a signal handler. */
void refresh_stop(void);
