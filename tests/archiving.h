/* SPDX-License-Identifier: ISC */
/* archiving.h - rounds of the index over a content folder of the test's own, and what its archive
 * then answers. */
#pragma once

#include "archive/index.h"
#include "archive/query.h"
#include "base/buffer.h"

/* Holds content/stories and var; the options of the next round. Until archiving_tear_down. */
extern char *archiving_folder;
extern struct index_options archiving_options;

void archiving_set_up(void);
void archiving_tear_down(void);

/* What a round said. */
struct told {
    enum status status;
    struct index_summary summary; /* where it is STATUS_OK */
    const char *fault;            /* else */
    const char *reports;          /* "stories/2024/a.gmi:3: words\n" each */
};

struct told index_now(void);
/* A round that ends well and has nothing to report. */
void index_well(void);

/* FOLDER/content/PATH. */
void content_write(const char *path, const char *text);
const char *content_read(const char *path); /* NULL where there is none; lives until tear_down */
const char *content_path(const char *path);
void content_remove(const char *path);
void content_rename(const char *from, const char *to);

/* The archive of the last round, open, in one transaction. */
struct archive *archive_now(void);
/* What SQLite did for it since this was last asked, in steps of its machine: work that no other
 * process on this computer changes. */
uint64_t archive_steps(struct archive *archive);
/* What /story/SLUG is: "story", "gone", "nothing" or where it leads to. */
const char *answer(const char *slug);
/* "a b c": the slugs of a list, newest first; city may be "". */
const char *list_of(const char *city);
