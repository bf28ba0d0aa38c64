/* SPDX-License-Identifier: ISC */
/* import.h - a saved page into the content folder: read, filed, placed, told. */
#pragma once

#include "wire/place.h"

struct import_options {
    const char *content; /* the folder's path */
    struct intake_options intake;
    struct spans gone; /* slugs that moved.yaml says are gone: such a story is left out */
    bool dry;          /* tell what would be done */
    /* Once per story, after it is done; the article first. May be NULL. */
    void (*report)(void *whom, const struct placement *placement);
    void *whom;
};

struct import_summary {
    size_t stories, beside, left;
    size_t teasers_left;       /* more related stories than one page may bring */
    bool no_cities, no_themes; /* the folder has no such taxonomy: nothing is filed */
    bool mended;               /* the page held bytes that are no UTF-8 */
    bool future;               /* its date lies ahead: left out */
};

/* STATUS_BAD, STATUS_LIMIT: the page or a taxonomy is at fault, or a slug set by hand is none;
 * STATUS_FAILED, STATUS_BUSY: a file could not be read or written; *fault says. Stories placed
 * before that stay: importing again goes on. */
enum status import_page(struct span bytes, const struct import_options *options,
                        struct import_summary *out, struct fault *fault) MUST_CHECK;
