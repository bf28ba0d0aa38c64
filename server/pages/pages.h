/* SPDX-License-Identifier: ISC */
/* pages.h - what a reader can ask for: routes a request to the page that answers it.
 *
 * Every page is a function of the request, the archive's round and the clock passed in. */
#pragma once

#include "archive/archive.h"
#include "pages/cache.h"
#include "pages/file_cache.h"
#include "pages/labels.h"
#include "protocol/protocol.h"

enum { PAGES_LIST_MAX = 50, PAGES_INDEX_BYTES = 30 * 1000 };

/* What a capsule is, to its pages. Borrowed by everyone; made once per generation. */
struct capsule {
    struct span lang;  /* "vi" */
    struct span title; /* of the masthead; empty: the label's */
    const struct labels *labels;
    int files;           /* the open folder content/files, or -1 where there is none */
    struct spans robots; /* virtual agents robots.txt turns away ("webproxy"); none: all welcome */
    const struct origin *origin;   /* whom its feeds name */
    struct span web;               /* "https://example.org": its address on the web; empty: none */
    struct cache *cache;           /* NULL: every page is written anew */
    struct file_cache *file_cache; /* NULL: every file is opened anew */
};

/* Answers a request. Never fails: an archive's failure is ANSWER_FAILED or ANSWER_BUSY, logged
 * here. What the reply points to lies in the region, or in the capsule's cache until the next
 * question; a file's descriptor is the caller's to close. */
struct reply pages_answer(const struct capsule *capsule, struct archive *archive,
                          const struct request *request, int64_t now, struct region *region);
