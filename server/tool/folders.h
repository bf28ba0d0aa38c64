/* SPDX-License-Identifier: ISC */
/* folders.h - hears which files of a content folder may have changed: by inotify, in the folder
 * itself, and in stories/ and pages/ with all below. */
#pragma once

#include "base/region.h"
#include "base/span.h"

/* Paths below the content folder, for a round to look at. */
struct touched {
    struct region *region;
    struct span_list paths;
    bool any; /* something happened */
    bool all; /* and nobody can say to what */
};

void touched_add(struct touched *touched, struct span path);
void touched_fini(struct touched *touched); /* it is empty again */

struct folders;

/* The path is borrowed. Nothing is heard until folders_watch. */
struct folders *folders_new(const char *content);
void folders_free(struct folders *folders); /* NULL is fine */

/* Watches every folder there is by now, also where the content folder is another one than before.
 * false: not all of them, errno says why: ENOSPC and ENOMEM, too many folders; EMFILE, too many who
 * watch. Whoever wants to know of those must look. */
bool folders_watch(struct folders *folders);
/* To wait on for reading; -1: there is none. */
int folders_descriptor(const struct folders *folders);
/* Adds what happened since. What comes and goes without a name to it is left out. */
void folders_read(struct folders *folders, struct touched *out);
