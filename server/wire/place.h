/* SPDX-License-Identifier: ISC */
/* place.h - one story into the content folder, safely: found again if it is there already, never
 * over what a person wrote, whole at any moment. */
#pragma once

#include "wire/intake.h"
#include "wire/shelf.h"

enum outcome {
    PLACE_NEW,
    PLACE_UPDATED,   /* in place: nobody had edited it */
    PLACE_UNCHANGED, /* it is there just so */
    PLACE_KNOWN,     /* a teaser of a story we have, and have more of */
    PLACE_BESIDE,    /* a person edited it: the new one lies beside it */
    PLACE_LEFT,      /* a person took it away, or back: left out */
};

/* Where an arrival goes. */
struct placement {
    struct story story;
    bool teaser, partial;
    struct span updated; /* when its source changed it; may be empty */
    const struct filing *filing;
    const struct shelved *old; /* the same story, as it is there; NULL */
    struct span slug;
    struct span path; /* the story's file */
    struct span file; /* what is or will be written: path, or path + ".incoming" */
    struct span bytes;
    enum outcome outcome;
};

/* Decides for each arrival which story it is and where it goes, makes the article and its teasers
 * each other's related stories, and prints the files. Two are the same story if they have one title
 * and no two sources; an article is also the longest story of its source, if its headline has
 * changed; and one whose
 * source is its alone is the one it is known to be. Pure. `out` has room for
 * arrivals->count. */
void place_decide(const struct arrivals *arrivals, const struct shelf *shelf, int64_t now,
                  struct region *region, struct placement *out);

/* The story, which nobody has edited, and that it stands at `url`, too. Pure. */
void place_also(const struct shelved *old, struct span url, struct span site, struct region *region,
                struct placement *out);

/* Writes what has been decided. STATUS_FAILED, STATUS_BUSY: *fault says what, naming the file. */
enum status
place_write(int content, const struct placement *placement, struct fault *fault) MUST_CHECK;
