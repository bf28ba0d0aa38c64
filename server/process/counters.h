/* SPDX-License-Identifier: ISC */
/* counters.h - the numbers in a file of the state folder, for whoever wants to look at them.
 *
 * Workers count in memory (metrics.h) and never meet the disk; the master writes here what it came
 * to, when it changed. It holds a lock on the file for as long as it lives, so that a reader knows
 * whether somebody serves. The file may be deleted at any time: it is made anew. */
#pragma once

#include "base/span.h"
#include "process/metrics.h"

#include <sys/types.h>

enum { COUNTERS_EVERY_MS = 250 }; /* how often the master looks: the file is never older */

struct counters;

/* Will write FOLDER/counters. */
struct counters *counters_new(const char *folder);
void counters_free(struct counters *counters); /* NULL is fine; the file stays */
/* From now on somebody else may write there. NULL is fine. */
void counters_let_go(struct counters *counters);

/* Writes the numbers where they changed; `now` is clock_monotonic's. A file of somebody else's is
 * never written to: ours takes its place. STATUS_BUSY: another daemon writes there. STATUS_FAILED:
 * errno. */
enum status counters_write(struct counters *counters, const struct metric_values *values,
                           int64_t now) MUST_CHECK;

struct counters_sample {
    struct metric_values values;
    int64_t at;   /* when they were so, clock_monotonic */
    pid_t daemon; /* the master; 0: in another namespace of processes */
};

/* Bytes to values. STATUS_BUSY: half of it is old, or missing: read it again. STATUS_BAD: it is
 * something else, or of another version, as *fault says. */
enum status
counters_parse(struct span bytes, struct counters_sample *out, struct fault *fault) MUST_CHECK;

/* Reads FOLDER/counters. STATUS_ABSENT: no daemon serves from this folder. STATUS_BAD, *fault:
 * another version of it does, or something is wrong with the file. */
enum status
counters_read(const char *folder, struct counters_sample *out, struct fault *fault) MUST_CHECK;
