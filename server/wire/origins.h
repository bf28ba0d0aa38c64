/* SPDX-License-Identifier: ISC */
/* origins.h - whose robots.txt is known within one round, and which jobs wait for it. */
#pragma once

#include "base/uri.h"
#include "wire/fetch.h"
#include "wire/robots.h"

struct job;

enum origin_state {
    ORIGIN_UNASKED,
    ORIGIN_ASKED,
    ORIGIN_KNOWN,
    ORIGIN_CLOSED, /* robots.txt could not be had: nothing may be read */
};

struct origin {
    enum origin_state state;
    struct robots robots;
    const char *why;                       /* it could not be had; in the region it was asked for */
    struct span name;                      /* "https://example.org": in front of a path */
    const struct guard_allowance *allowed; /* where whoever it was asked for may connect to: others
                                              may be let in less */
    size_t allowed_count;
    bool spent; /* a page was read, and for the next one the site wants too long a pause */
    struct job *waiting;
    struct origin *next;
};

/* The one in the list that the address belongs to, for all whose guards allow the same; made in the
 * region where there is none. */
struct origin *origin_of(struct origin **list, const struct uri *uri, const struct guard *guard,
                         struct region *region);
/* What the answer for its robots.txt means (RFC 9309, 2.3.1). */
void origin_learn(struct origin *origin, const struct fetch_result *answer, struct region *region);
/* Of its robots.txt; in the region. */
struct span origin_robots(const struct origin *origin, struct region *region);
bool origin_allows(const struct origin *origin, const struct uri *uri);
