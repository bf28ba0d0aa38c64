/* SPDX-License-Identifier: ISC */
/* crawl.h - a reader who follows every link: asks the pages of a content folder, without a server,
 * over an archive of its own that is gone afterwards. Only tool/ includes it. */
#pragma once

#include "base/region.h"
#include "base/span.h"
#include "base/status.h"
#include "tool/tool.h"

struct crawl;
struct labels;

/* One address of the capsule, and what it answers. Lives as long as the crawl. */
struct address {
    struct span url;      /* gemini://…, without a fragment */
    int code;             /* Gemini's status */
    struct span moved_to; /* of 30 and 31: a path */
    struct span mime;     /* of a file */
    struct span from;     /* the path of the page that links there first; empty: none does */
    struct span target;   /* the link as it stands there */
    size_t line;          /* of that page */
    bool told;            /* for whoever asked: a person knows of it already */
    struct address *next; /* in the order they were found */
};

struct crawl_options {
    const struct tool_options *tool;
    const struct labels *labels;
    /* As index_options has it: one faulty file. */
    void (*report)(void *whom, const char *path, const struct fault *fault);
    void *whom;
};

/* Reads the content folder into a private archive below $TMPDIR. STATUS_BAD: taxonomies or
 * moved.yaml can't be read, and were reported. STATUS_FAILED: *fault says why. */
enum status
crawl_open(const struct crawl_options *options, struct crawl **out, struct fault *fault) MUST_CHECK;
void crawl_close(struct crawl *crawl); /* removes the archive; NULL is fine */

/* What `target` answers, found on the page at `path` ("/story/a"). NULL: it leads to somebody else,
 * or nowhere one could ask. */
struct address *crawl_ask(struct crawl *crawl, struct span path, struct span target);
/* Follows every link of every page from the front page on, and of those asked for before. Returns
 * the first of all addresses asked. `stop` is looked at between two. */
struct address *crawl_all(struct crawl *crawl, const volatile int *stop);
size_t crawl_count(const struct crawl *crawl); /* addresses asked */
