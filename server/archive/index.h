/* SPDX-License-Identifier: ISC */
/* index.h - the writer's half: content folder in, archive out.
 *
 * One round brings the archive up to date with the folder in one transaction; a missing, damaged or
 * old-schema archive is built in a new file and renamed into place whole. Rounds hold the flock on
 * `state`/lock. */
#pragma once

#include "base/clock.h"
#include "base/region.h"
#include "base/span.h"
#include "base/status.h"

struct index_options {
    const char *content; /* folder paths */
    const char *state;
    struct span lang; /* the capsule's language, "vi" */
    const char *zone; /* the time zone's name: a change of it re-dates everything */
    int64_t now;      /* decides which scheduled stories are due */
    bool wait;        /* for another writer; else STATUS_BUSY */
    bool anew;        /* a reader met damage: build in a new file, whatever this one looks like */
    /* What may be other than in the round before, as paths below `content`: files and folders that
     * are there or are not any more. Others are not looked at, nor told of, except taxonomies,
     * moved.yaml and pages. NULL: anything may be. */
    const struct spans *touched;
    /* One line for a person about one file: "stories/2024/a.gmi", line (0: the file or folder as a
     * whole), words. Called for each faulty file that a round looks at (also for those unchanged
     * since an earlier round). May be NULL. */
    void (*report)(void *whom, const char *path, const struct fault *fault);
    /* After each file of a long round. May be NULL. */
    void (*progress)(void *whom, size_t done, size_t all);
    void *whom;
};

struct index_summary {
    size_t stories; /* in the archive that are served now */
    size_t changed, removed, faulty;
    size_t unnoted; /* addresses that moved.yaml should know, and can't be told: a later round's */
    int64_t next_due; /* when the next scheduled story falls due; 0: none waits */
    bool rebuilt;
    int64_t round;
};

/* Holds the flock that a round holds: whoever changes moved.yaml otherwise, or moves stories, waits
 * here for the round that looks at them. Makes the state folder where it is missing; *out is closed
 * to let go. STATUS_BUSY: not `wait`, and another holds it; STATUS_FAILED: errno. */
enum status index_lock(const char *state, bool wait, int *out) MUST_CHECK;

/* STATUS_BUSY (another writes), STATUS_FAILED (errno or *fault), STATUS_BAD: taxonomies or
 * moved.yaml can't be read (*fault, and reported): the archive stays as it was. Faulty stories are
 * no failure. */
enum status index_round(const struct index_options *options, struct index_summary *out,
                        struct fault *fault) MUST_CHECK;
