/* SPDX-License-Identifier: ISC */
/* reading.h - one file on its way in: read and parsed, not yet in the archive.
 *
 * Touches no archive, so that several can be read at once. */
#pragma once

#include "archive/searchable.h"
#include "archive/sentences.h"
#include "base/buffer.h"
#include "base/hash.h"
#include "base/region.h"
#include "story/story.h"
#include "story/taxonomy.h"

#include <sys/stat.h>

/* What stat says of a file: any change of it is a change of the file. */
struct mark {
    int64_t device, inode, size, changed;
};

struct mark mark_of(const struct stat *facts);
bool mark_equal(const struct mark *one, const struct mark *other);

/* What stories are read with. Nobody changes it meanwhile. */
struct desk {
    int content; /* the open content folder */
    const struct taxonomy *terms[2];
};

struct reading {
    struct region *region; /* of all that is here */
    struct span path, slug;
    /* STATUS_OK: `text` is what the file holds; STATUS_ABSENT: it is gone meanwhile; STATUS_BUSY:
     * somebody is writing it; else `fault` says why it can't be read. */
    enum status status;
    struct buffer text;
    struct mark mark;
    int64_t modified;
    unsigned char hash[HASH_BYTES];
    /* STATUS_OK: `text` is `story`; else `fault` says why it is none. */
    enum status parsed;
    struct story story;
    struct sentences sentences;          /* about its cities */
    struct span words[SEARCHABLE_FILED]; /* of the texts it is found by */
    struct fault fault;
};

struct reading *reading_new(struct span path, struct span slug);
void reading_free(struct reading *reading); /* NULL is fine */
void reading_do(struct reading *reading, const struct desk *desk);
/* Where `key:` stands in a file's front matter. */
size_t reading_line_of(struct span file, const char *key);
/* Says why a file or folder can't be read, and what to do. */
void reading_say_unreadable(struct fault *fault, int why);
