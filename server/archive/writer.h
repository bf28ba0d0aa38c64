/* SPDX-License-Identifier: ISC */
/* writer.h - what the parts of the writer's half share. Only archive/ includes it. */
#pragma once

#include "archive/index.h"
#include "archive/store.h"
#include "base/yaml.h"
#include "story/story.h"
#include "story/taxonomy.h"

struct writer {
    const struct index_options *options;
    struct archive *archive;
    struct region *region; /* of this round */
    int content;           /* the open content folder */
    int64_t home;          /* what the archive remembers it by */
    struct taxonomy *terms[2];
    struct yaml *moved;      /* moved.yaml */
    bool all;                /* taxonomies or zone changed: every story is read again */
    struct span_list seen;   /* paths, in no order */
    struct span_list unread; /* files and folders passed over: what they held stays as it was */
    struct arrival {
        unsigned char hash[32];
        struct span slug;
    } * arrivals; /* files that were not there before */
    size_t arrived, arrivals_room;
    struct index_summary summary;
    struct search_queue *search; /* what is still to be done to the words searched by */
    struct fault *fault;
};

/* walk.c: the folders of the content folder, and what is told of what lies there. */
void writer_report(struct writer *writer, struct span path, const struct fault *fault);
void writer_say_unreadable(struct fault *fault, int why);
/* 0, or why (an errno) the folder can't be looked through. */
int writer_why_unreadable(const struct writer *writer, const char *path);
typedef enum status writer_visit_fn(struct writer *writer, struct span path, struct span slug);
/* Visits each .gmi of the folder, of those below it too if `below`, in the order of their names.
 * What can't be looked at is passed over: reported, and added to writer->unread. */
enum status writer_walk(struct writer *writer, struct span folder, bool below,
                        writer_visit_fn *file) MUST_CHECK;

/* scan.c: stories and pages from the folder into the archive. */
enum status writer_scan(struct writer *writer) MUST_CHECK;
enum status writer_pages(struct writer *writer) MUST_CHECK;
/* Where a story was read, for what is told of it later. */
struct origin {
    struct span path;
    size_t alias_line; /* of its `aliases:` */
    int64_t written;   /* since when it says what it says */
};

/* put.c: one story into the archive, or out of it. */
enum status writer_put(struct writer *writer, struct span slug, const struct story *story,
                       const struct origin *from) MUST_CHECK;
enum status writer_drop(struct writer *writer, struct span slug) MUST_CHECK;
enum status writer_due(struct writer *writer) MUST_CHECK;
enum status writer_terms(struct writer *writer) MUST_CHECK;
/* Reads a file of that slug again, if there is one; *found is true then. */
enum status writer_reread(struct writer *writer, struct span slug, bool *found) MUST_CHECK;
/* search_put.c: the words a story is found by. What is put and dropped waits for others, until
 * writer_search_flush. */
struct searchable {
    int64_t story;
    struct span slug;
    struct date date;     /* of the day it is sorted under */
    struct span newest;   /* the key of its listings */
    struct span texts[5]; /* title, summary, author, body (gemtext), and what it is filed under: */
};
enum { SEARCHABLE_TITLE, SEARCHABLE_SUMMARY, SEARCHABLE_AUTHOR, SEARCHABLE_BODY, SEARCHABLE_FILED };
enum status writer_search_put(struct writer *writer, const struct searchable *story) MUST_CHECK;
enum status writer_search_drop(struct writer *writer, int64_t story) MUST_CHECK;
enum status writer_search_flush(struct writer *writer) MUST_CHECK;
void writer_search_free(struct writer *writer);
/* alias.c: a story's aliases into the archive; and those that lead elsewhere are reported: one that
 * is a story's own address, and one that a story with a lower slug has too. */
enum status writer_aliases(struct writer *writer, int64_t story, struct span slug,
                           struct spans aliases, const struct origin *from) MUST_CHECK;
enum status writer_alias_clashes(struct writer *writer) MUST_CHECK;
/* removed.c: what moved.yaml says; files that are no longer there, noted in it; and all of it into
 * the archive, once the stories are there. STATUS_BAD: moved.yaml can't be read. */
enum status writer_moved_read(struct writer *writer) MUST_CHECK;
enum status writer_removed(struct writer *writer) MUST_CHECK;
enum status writer_moved(struct writer *writer) MUST_CHECK;
