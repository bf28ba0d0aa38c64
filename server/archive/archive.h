/* SPDX-License-Identifier: ISC */
/* archive.h - the database derived from the content folder, as readers open it.
 *
 * var/archive.db, SQLite in WAL mode; the writer's half is index.h. A handle belongs to one thread.
 * Nothing here writes: delete the file and the indexer makes it anew, with nothing lost. */
#pragma once

#include "base/clock.h"
#include "base/region.h"
#include "base/span.h"
#include "base/status.h"

#include <stdbool.h>

struct archive;

/* A number that changes whenever the archive's file, or a journal beside it, is another one; 0:
 * one of them is missing, so that the archive is not whole. */
unsigned long long archive_identity(const char *path);

/* When it was last written to; 0: there is none. */
int64_t archive_changed(const char *path);

/* STATUS_ABSENT: no archive there yet. STATUS_BAD: damaged, or of another schema; STATUS_BUSY: its
 * writer is at the very start; *fault says. */
enum status archive_open(const char *path, struct archive **out, struct fault *fault) MUST_CHECK;
void archive_close(struct archive *archive); /* NULL is fine */

/* Between the two, every query sees the same round. STATUS_BUSY, STATUS_FAILED. */
enum status archive_begin(struct archive *archive) MUST_CHECK;
void archive_end(struct archive *archive);

/* Whether anything asked of this handle met a damaged file. */
bool archive_is_damaged(const struct archive *archive);

/* What archive_open read, or the last archive_begin: grows by one with every round that changed
 * something. */
int64_t archive_round(const struct archive *archive);
