/* SPDX-License-Identifier: ISC */
/* settings_table.h - every setting once: what it is called, takes and falls back to, and where it
 * may stand. What settings.c is made of; nobody else's business. */
#pragma once

#include "settings.h"

/* Text -> field; false: it says no such thing. What it keeps of the text, it copies. */
typedef bool read_fn(struct span text, struct region *region, void *into);

/* Where a setting may stand. */
enum { IN_FILE = 1, FLAG_TOOL = 2, FLAG_DAEMON = 4 };
enum { EVERYWHERE = IN_FILE | FLAG_TOOL | FLAG_DAEMON, SERVING = IN_FILE | FLAG_DAEMON };

/* What stands in the file: one text, a list of them, a path that is seen from the file's folder, or
 * whatever its reader makes of the tree. */
enum shape { ONE, LIST, PATH, TREE };
/* Whether a reload brings about a change of it. */
enum effect { RELOAD, RESTART };

struct setting {
    const char *name;
    const char *value;    /* what --help calls it */
    const char *wanted;   /* "`x` is not …" */
    read_fn *read;        /* NULL of a TREE */
    size_t into;          /* offset in struct settings */
    const char *fallback; /* NULL: left as it is */
    unsigned where;
    enum shape shape;
    enum effect effect;
    const char *help;
};

/* As --help tells them: the protocols, then the others in alphabetical order; a row without a name
 * ends it. */
extern const struct setting settings_table[];

/* NULL: there is none of that name. */
const struct setting *setting_find(struct span name);
