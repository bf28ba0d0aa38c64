/* SPDX-License-Identifier: ISC */
/* schedule.h - when to ask again, and what to make of an answer (specs refresh 2.2 and 2.3). Pure:
 * the time and the luck are handed in. */
#pragma once

#include "wire/diary.h"
#include "wire/fetch.h"

enum {
    SCHEDULE_MINUTE = 60,
    SCHEDULE_HOUR = 60 * SCHEDULE_MINUTE,
    SCHEDULE_DAY = 24 * SCHEDULE_HOUR,
    SCHEDULE_FLOOR = 15 * SCHEDULE_MINUTE,    /* nobody is asked more often */
    SCHEDULE_USUAL = SCHEDULE_HOUR,           /* at first */
    SCHEDULE_OFTENEST = 30 * SCHEDULE_MINUTE, /* as learnt: from here */
    SCHEDULE_RAREST = SCHEDULE_DAY,           /* to here */
};

/* What reading the body said; zeroed where there was none. */
struct schedule_reading {
    bool parsed;         /* it is what it should be, and of the kind it was */
    bool changed;        /* not the same body as last time */
    uint64_t items;      /* of a feed */
    int64_t every;       /* seconds, that a feed asks for (ttl, sy:updatePeriod); 0: none */
    uint32_t skip_hours; /* bit 0: midnight to one, UTC */
    unsigned skip_days;  /* bit 0: Sunday */
};

enum schedule_verdict {
    SCHEDULE_TAKE,      /* a new body that may be taken */
    SCHEDULE_UNCHANGED, /* 304, or the same bytes */
    SCHEDULE_ODD,       /* 0 items or ten times as many: nothing is taken, ask again */
    SCHEDULE_FAILED,    /* later, by itself */
    SCHEDULE_DISABLED,  /* an operator must look */
    SCHEDULE_ENDED,     /* 410 */
};

struct schedule_outcome {
    enum schedule_verdict verdict;
    bool replaced;   /* entry->instead is new: log it */
    int64_t hold;    /* the whole host is to be left alone until then; 0: no */
    char words[160]; /* for a person; empty where all is well */
};

/* It may be asked at `now`: its time has come, or was reckoned by a clock that was ahead of this
 * one. */
bool schedule_is_due(const struct diary_entry *entry, int64_t now);

/* Before asking: drops what is not good any more, as the recipe (a hash; empty: none) is another.
 */
void schedule_prepare(struct diary *diary, struct diary_entry *entry, struct span recipe);

/* What comes of the answer; changes the entry. `every`: the operator's, in seconds; 0: as learnt.
 * `luck` (any number) moves the time by at most a tenth, so that not all come at once. */
void schedule_answer(struct diary *diary, struct diary_entry *entry,
                     const struct fetch_result *result, const struct schedule_reading *reading,
                     int64_t every, uint64_t luck, int64_t now, struct schedule_outcome *out);

/* A hash of a body that does not change with what changes by itself: build dates, ad tokens. */
void schedule_hash(struct span body, char out[HASH_TEXT + 1]);
