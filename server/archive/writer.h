/* SPDX-License-Identifier: ISC */
/* writer.h - what the parts of the writer's half share. Only archive/ includes it. */
#pragma once

#include "archive/index.h"
#include "archive/readers.h"
#include "archive/searchable.h"
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
    bool whole;              /* every file is looked at */
    size_t met, to_look_at;  /* stories' files that are there; that there seemed to be */
    struct span_list looked; /* folders looked through, in no order */
    struct span_list unread; /* files and folders passed over: what they held stays as it was */
    struct desk desk;
    struct readers *readers;
    struct arrival {
        unsigned char hash[HASH_BYTES];
        struct span slug;
        size_t number;
    } * arrivals; /* files that were not there before */
    size_t arrived, arrivals_room;
    struct missing {
        struct span path, slug;
        unsigned char hash[HASH_BYTES];
    } * missing; /* files that were there, and were not met */
    size_t missed, missing_room;
    bool gathering;       /* the archive is new; store.h */
    bool readdressed;     /* some address leads elsewhere than before */
    struct span_list put; /* slugs, in a round that is not whole: their aliases are looked at */
    int quiet;            /* changes of the archive that no reader sees */
    struct index_summary summary;
    struct search_queue *search; /* what is still to be done to the words searched by */
    struct fault *fault;
};

/* look.c: what lies in the content folder, and what is told of it. */
void writer_report(struct writer *writer, struct span path, const struct fault *fault);
/* 0, or why (an errno) the folder can't be looked through. */
int writer_why_unreadable(const struct writer *writer, const char *path);
enum { DEPTH_MAX = 8 }; /* of folders in stories/ */
/* A story's file or a folder. */
struct sight {
    char *name;
    bool folder;
    bool known; /* as it is, from an earlier round */
    struct mark mark;
};
struct sights { /* in the order of their names' bytes */
    struct sight *at;
    size_t count, room;
};
/* false: it can't be looked through. That is reported, as is each thing in it that is neither file
 * nor folder; both are added to writer->unread. */
bool writer_look(struct writer *writer, struct span folder, struct sights *out) MUST_CHECK;
/* One thing by its path. STATUS_ABSENT: there is none; STATUS_BAD: reported, or of no interest. */
enum status writer_look_at(struct writer *writer, struct span path, struct sight *out) MUST_CHECK;
void sights_fini(struct sights *sights);
/* The slug in a story's file name, and the folder it lies in. */
struct span writer_slug_of(struct span path);
struct span writer_folder_of(struct span path);
struct span writer_name_of(struct span path);

/* scan.c: which stories' files are other ones than the archive knows, and those into it. */
enum status writer_scan(struct writer *writer) MUST_CHECK;
/* page.c: pages kept by hand. */
enum status writer_pages(struct writer *writer) MUST_CHECK;

/* take.c: what was read, into the archive. */
enum status writer_take(struct writer *writer, const struct reading *reading) MUST_CHECK;
/* Reads a file of that slug again, if there is one; *found is true then. */
enum status writer_reread(struct writer *writer, struct span slug, bool *found) MUST_CHECK;
enum status writer_due(struct writer *writer) MUST_CHECK;

/* put.c: one story into the archive, or out of it. */
/* Where a story was read, for what is told of it later; and since when its file says it. */
struct origin {
    struct span path;
    size_t alias_line; /* of its `aliases:` */
    int64_t written;
};
enum status writer_put(struct writer *writer, const struct reading *reading,
                       const struct origin *from) MUST_CHECK;
enum status writer_drop(struct writer *writer, struct span slug) MUST_CHECK;
enum status writer_terms(struct writer *writer) MUST_CHECK;
/* search_put.c: the words a story is found by. What is put and dropped waits for others, until
 * writer_search_flush. */
struct searchable {
    int64_t story;
    struct span slug;
    struct date date;                    /* of the day it is sorted under */
    struct span newest;                  /* the key of its listings */
    struct span texts[SEARCHABLE_TEXTS]; /* searchable_words; what it is filed under as it is */
};
enum status writer_search_put(struct writer *writer, const struct searchable *story) MUST_CHECK;
enum status writer_search_drop(struct writer *writer, int64_t story) MUST_CHECK;
enum status writer_search_flush(struct writer *writer) MUST_CHECK;
/* Behind the last flush of a new archive. */
enum status writer_search_raise(struct writer *writer) MUST_CHECK;
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
