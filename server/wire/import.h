/* SPDX-License-Identifier: ISC */
/* import.h - what was read goes into the content folder: filed, placed, told. */
#pragma once

#include "process/sandbox.h"
#include "wire/place.h"
#include "wire/reading.h"

struct import_options {
    const char *content; /* the folder's path */
    struct intake_options intake;
    struct spans gone;    /* slugs that moved.yaml says are gone: such a story is left out */
    const char *previous; /* the folder's path for versions that were updated; NULL: none */
    bool dry;             /* tell what would be done */
    /* Once per story, after it is done; the article first. May be NULL. */
    void (*report)(void *whom, const struct placement *placement);
    void *whom;
    struct span lang; /* the capsule's: a story in it need not say so */
    /* For import_bytes: */
    const char *name; /* what it is called where it can't be read; NULL: nothing */
    struct reading_options reading;
    enum sandbox_wish sandbox; /* of who reads */
};

struct import_summary {
    size_t stories, made, updated, beside, left;
    size_t teasers_left;       /* more related stories than one page may bring */
    bool no_cities, no_themes; /* the folder has no such taxonomy: nothing is filed */
    bool mended;               /* the page held bytes that are no UTF-8 */
    bool future;               /* its date lies ahead: left out */
    bool incomplete;           /* it is not the whole article: */
    char reason[120];          /* why */
};

/* An import of many documents. */
struct import;

/* Opens the folder and reads its taxonomies. STATUS_BAD, STATUS_FAILED: *fault says why. */
enum status import_open(const struct import_options *options, struct import **out,
                        struct fault *fault) MUST_CHECK;
void import_close(struct import *import); /* NULL is fine */

/* STATUS_BAD: a slug set by hand is none; STATUS_FAILED, STATUS_BUSY: a file could not be read or
 * written; *fault says. Stories placed before that stay: importing again goes on. */
enum status import_document(struct import *import, const struct document *document,
                            const struct intake_options *intake, struct fault *fault) MUST_CHECK;

/* All of a feed, a page or a text, whichever it is, read in a cell; `options` tell of this one, and
 * are otherwise those it was opened with. As import_document; STATUS_BAD, STATUS_LIMIT: there is
 * nothing to read in it. */
enum status
import_bytes(struct import *import, struct span bytes, const struct import_options *options,
             struct import_summary *out, struct fault *fault) MUST_CHECK;
/* The same for one alone: opened and closed. */
enum status import_page(struct span bytes, const struct import_options *options,
                        struct import_summary *out, struct fault *fault) MUST_CHECK;
