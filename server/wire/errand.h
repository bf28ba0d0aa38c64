/* SPDX-License-Identifier: ISC */
/* errand.h - a source's part of a round, as the files of refresh.h know it. */
#pragma once

#include "wire/diary.h"
#include "wire/reader.h"
#include "wire/refresh.h"
#include "wire/schedule.h"

/* A round under way. */
struct round {
    const struct refresh_options *options;
    struct refresh_summary *summary;
    struct region *region;
    struct diary *diary;
    struct fetch *fetch;
    struct reader *reader;
    struct import *import;
    struct errand *current; /* whose document is being placed */
    size_t asked, answered; /* requests */
    int64_t written;        /* when the diary was; clock_monotonic */
    enum status status;     /* why the round was broken off */
    struct fault fault;
};

struct errand {
    struct round *round;
    const struct source *source;
    struct guard guard;
    struct region *region; /* of what its feed said, till its pages are there */
    struct span url;       /* asked for */
    struct span site;      /* what it calls itself */
    size_t open;           /* pages asked for, and not answered */
    bool pending;          /* something is left for the next time */
    struct refresh_outcome outcome;
};

/* Asks for the source. */
void errand_begin(struct errand *errand);
/* Nothing is open any more: tells of it. */
void errand_end(struct errand *errand);
/* Until when the host of `url` wants to be left alone; 0: it does not. */
int64_t errand_held(const struct errand *errand, struct span url);
void errand_fail(struct errand *errand, const char *format, ...) PRINTF(2, 3);

/* A document goes into the folder, as far as the licence lets it. */
void errand_place(struct errand *errand, const struct document *document, struct span source);
/* What a feed has: each item is placed, or its page asked for first. */
void errand_take_feed(struct errand *errand, const struct reading *reading);

/* Whatever changes how a document would be read changes it. */
struct span errand_recipe(const struct errand *errand, struct span facts, struct region *region);
void errand_ask(struct errand *errand, struct span url, enum fetch_kind kind,
                const struct validators *validators,
                void (*done)(void *whom, const struct fetch_result *result), void *whom);
/* Reads an answer's body; STATUS_BAD: *fault says why it can't be. */
enum status
errand_read(struct errand *errand, const struct fetch_result *result, enum source_kind kind,
            struct region *region, struct reading *out, struct fault *fault) MUST_CHECK;
/* A number that is another one for each address and time. */
uint64_t errand_luck(const struct errand *errand, struct span url);
