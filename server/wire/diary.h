/* SPDX-License-Identifier: ISC */
/* diary.h - what refresh remembers from one time to the next, in the state folder.
 *
 * It is written last, behind the stories, so that a crash repeats work and loses none. Losing it
 * costs fetches, never stories: a story's identity travels in its file. It is text that a person
 * can read, with a version in front and a checksum at its end; the one before lies beside it. */
#pragma once

#include "base/buffer.h"
#include "base/hash.h"
#include "base/region.h"
#include "base/status.h"
#include "wire/fetch.h"

#define DIARY_FILE "refresh.state"
#define DIARY_PREVIOUS "refresh.state.old"
#define DIARY_LOCK "refresh.lock"

enum { DIARY_BYTES_MAX = 256 * 1024 * 1024, DIARY_ENTRIES_MAX = 1000 * 1000 };

enum diary_state {
    DIARY_LIVE,
    DIARY_DISABLED, /* not found too often: an operator must look */
    DIARY_GONE,     /* 410: for good */
};

/* One URL of one source: its own, or a page's. Times are instants; 0 and empty: never, none. The
 * spans live as long as the diary; set them to what diary_keep gives. */
struct diary_entry {
    struct span source, url; /* together its key */
    struct span instead;     /* where it moved for good: asked in place of url */
    struct span moved;       /* where it says it moved, not yet believed */
    uint64_t moved_times;
    int64_t moved_since;
    struct validators validators;
    struct span recipe;  /* what the validators and the hash were got with: its hash */
    struct span hash;    /* schedule_hash of the body */
    struct span stories; /* slugs, with spaces between: what was made of it */
    int64_t asked;       /* when, last */
    int64_t due;         /* not before */
    int64_t every;       /* seconds, as learnt */
    int64_t wished;      /* seconds that the feed asks for; and when it wants no visit: */
    uint64_t skip_hours, skip_days;
    uint64_t failures; /* in a row */
    int64_t failing_since;
    uint64_t missing; /* 404 in a row, other failures not counted */
    int64_t missing_since;
    uint64_t items;     /* of the feed, last time */
    uint64_t odd_times; /* an unlikely number of items, in a row */
    int64_t odd_since;
    enum diary_state state;
    bool page; /* not the source's own */
};

/* A host that asked us to stay away. */
struct diary_hold {
    struct span host;
    int64_t until;
};

struct diary;

struct diary *diary_new(void);
void diary_free(struct diary *diary); /* lets go of the lock, too; NULL is fine */

/* Reads what `folder` (the state folder, open) holds. With `write` it holds the lock until
 * diary_free: STATUS_BUSY where another refresh has it. What is torn or of another version is set
 * aside under another name (without `write` only told of) and the previous copy taken, or none:
 * that is STATUS_OK too, and *fault says what happened (else its text is empty). STATUS_FAILED:
 * *fault says why. */
enum status diary_open(int folder, bool write, struct diary **out, struct fault *fault) MUST_CHECK;
/* Replaces the file, durably; the one before becomes the previous copy. */
enum status diary_write(struct diary *diary, struct fault *fault) MUST_CHECK;

/* NULL: nothing is known. The entry stays where it is as long as the diary lives. */
struct diary_entry *diary_find(struct diary *diary, struct span source, struct span url);
/* The same, made where there is none. */
struct diary_entry *diary_at(struct diary *diary, struct span source, struct span url);
/* All, in the order they came; *from begins at 0. NULL: no more. */
struct diary_entry *diary_next(const struct diary *diary, size_t *from);
/* A copy that lives as long as the diary. */
struct span diary_keep(struct diary *diary, struct span text);
/* Drops pages that were last asked for before `before`, and holds that are over by `now`. */
void diary_forget(struct diary *diary, int64_t before, int64_t now);

/* Until when the host wants to be left alone; 0: it does not. */
int64_t diary_held(const struct diary *diary, struct span host);
void diary_hold(struct diary *diary, struct span host, int64_t until);
const struct diary_hold *diary_next_hold(const struct diary *diary, size_t *from);

/* Pure. STATUS_BAD: *fault says on which line what is wrong, and there is no diary. */
enum status diary_parse(struct span bytes, struct diary **out, struct fault *fault) MUST_CHECK;
void diary_print(const struct diary *diary, struct buffer *out);
