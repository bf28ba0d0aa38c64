/* SPDX-License-Identifier: ISC */
/* manners.h - whose turn it is: one request at a time to a host, a pause behind each, few hosts at
 * once. Pure: milliseconds are handed in. */
#pragma once

#include "base/span.h"

struct manners;

struct manners *manners_new(size_t hosts_at_once, int64_t pause);
void manners_free(struct manners *manners); /* the jobs are their owners'; NULL is fine */

/* A job waits for its host behind the others, or before them. */
void manners_add(struct manners *manners, struct span host, bool first, void *job);
/* The host's pause becomes at least this. */
void manners_slow(struct manners *manners, struct span host, int64_t pause);

/* A job that may begin now; its host is busy until manners_done. NULL: none, and *wait says in how
 * many milliseconds there may be one; -1: not before another is done. */
void *manners_next(struct manners *manners, int64_t now, int64_t *wait);
void manners_done(struct manners *manners, struct span host, int64_t now);

/* Takes a waiting job out, whosever turn it is; NULL: none waits. */
void *manners_drop(struct manners *manners);
