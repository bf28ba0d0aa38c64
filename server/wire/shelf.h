/* SPDX-License-Identifier: ISC */
/* shelf.h - the stories a content folder holds already, as far as new ones may be the same. */
#pragma once

#include "story/story.h"

/* A story's file. */
struct shelved {
    struct span path; /* "stories/2024/a.gmi", a C string */
    struct span slug;
    struct span bytes;
    bool readable;      /* it could be parsed: */
    struct story story; /* else empty */
    bool edited;        /* by a person, since import wrote it; or never imported */
};

/* What to look for: a story is of interest that has one of the slugs (maybe with a number behind),
 * or whose file holds one of the titles or the source. */
struct wanted {
    struct spans slugs, titles;
    struct span source;
};

struct shelf {
    const struct shelved *at;
    size_t count;
    struct spans slugs; /* all that are taken, of interest or not */
    struct spans gone;  /* slugs of stories that were there, and are not to come back */
};

/* Looks through stories/ of the open content folder; none there is an empty shelf. STATUS_FAILED
 * with errno: what can't be read might be doubled. */
enum status shelf_read(int content, const struct wanted *wanted, struct region *region,
                       struct shelf *out) MUST_CHECK;

/* One file of the open content folder, whatever is wanted. STATUS_ABSENT: it is gone. */
enum status
shelf_take(int content, struct span path, struct region *region, struct shelved *out) MUST_CHECK;
