/* SPDX-License-Identifier: ISC */
/* fetch.h - asks web servers for feeds and pages, with manners (specs refresh 2 and 7.2).
 *
 * One loop, libcurl's. One request at a time to a host and a pause behind each, redirects,
 * robots.txt too; few hosts at once. What is asked for waits in the order it came, host by host.
 * Nothing is sent but what is said here: no cookies, no Referer, no proxy of the environment's, no
 * netrc. */
#pragma once

#include "base/region.h"
#include "base/span.h"
#include "base/status.h"
#include "wire/guard.h"

enum {
    FETCH_FEED_MAX = 4 * 1024 * 1024, /* bytes, decoded */
    FETCH_PAGE_MAX = 6 * 1024 * 1024,
    FETCH_ROBOTS_MAX = 500 * 1024,
    FETCH_RATIO_MAX = 100, /* decoded bytes per one that came */
    FETCH_HEADERS_MAX = 64 * 1024 /* bytes of one answer's */,
    FETCH_VALIDATOR_MAX = 1024,
    FETCH_REDIRECTS_MAX = 5,
};

/* Milliseconds; a tester's are shorter. */
struct fetch_limits {
    int64_t connect, first_byte, total;
    int64_t slow_rate, slow_time; /* bytes a second; seconds it may be below */
    int64_t pause;                /* between two requests to a host */
    int64_t pause_most;           /* a Crawl-delay beyond it is not waited for: the page is left */
    size_t hosts;                 /* asked at once */
};
extern const struct fetch_limits fetch_manners; /* as the specs have them */

struct fetch_options {
    const char *contact; /* who we are: a URL or an address, for the User-Agent */
    const char *ca;      /* a file of certificates to trust instead of the system's; NULL: those */
    const struct fetch_limits *limits; /* NULL: fetch_manners */
};

/* As they came, byte for byte; empty: none. They are sent only to the URL they came from. */
struct validators {
    struct span url, etag, modified;
};

enum fetch_kind { FETCH_FEED, FETCH_PAGE /* by leave of robots.txt */ };

enum fetch_end {
    FETCH_ANSWERED,    /* status says what */
    FETCH_UNREACHABLE, /* no name, no connection, no TLS, it broke off, it took too long */
    FETCH_REFUSED,     /* we may not: an address, a port, a redirect */
    FETCH_FORBIDDEN,   /* robots.txt says no, or could not be had */
    FETCH_UNREADABLE,  /* too large, a bomb, a broken or nested encoding */
    FETCH_HELD,        /* the host has asked us to stay away (429) in this round */
    FETCH_STOPPED,     /* by fetch_stop */
};

/* What came of a wish; it lives as long as the callback runs. */
struct fetch_result {
    enum fetch_end end;
    int status;        /* of the last answer; 0: there was none */
    const char *why;   /* in words for a person; empty where it was answered */
    struct span asked; /* the URL of the wish */
    struct span url;   /* where the answer came from in the end */
    struct span
        moved; /* where every redirect on the way was for good (301, 308): = url; else empty */
    struct span refused;          /* the URL or address that `why` is about, FETCH_REFUSED */
    bool conditional;             /* validators were sent to `url` */
    struct validators validators; /* for the next time; of a 304 too, where it brought any */
    struct span type;             /* Content-Type, whole */
    struct span retry_after, cache_control, expires, date; /* the headers, trimmed */
    struct span body;                                      /* decoded; of a 200 only */
};

struct fetch_wish {
    struct span url;
    enum fetch_kind kind;
    struct validators validators;
    struct guard guard; /* its lists must live until it is done */
    void (*done)(void *whom, const struct fetch_result *result);
    void *whom;
};

struct fetch;

/* From now on the process ignores SIGPIPE, as libcurl would have it. STATUS_FAILED, STATUS_BAD: no
 * libcurl, an unreadable file of certificates; *fault says. */
enum status
fetch_open(const struct fetch_options *options, struct fetch **out, struct fault *fault) MUST_CHECK;
void fetch_close(struct fetch *fetch); /* NULL is fine; what still waits is dropped silently */

/* Queues it; from within a `done` too. Everything but the guard's lists is copied. */
void fetch_add(struct fetch *fetch, const struct fetch_wish *wish);
/* Nothing more is asked of this host (its name alone) in this round. One with a public name that
 * answers 429 is held by itself. */
void fetch_hold(struct fetch *fetch, struct span host);
/* Returns when every wish is done. */
enum status fetch_run(struct fetch *fetch, struct fault *fault) MUST_CHECK;
/* What waits or runs is done with FETCH_STOPPED as soon as the loop turns. Safe in a signal
 * handler. */
void fetch_stop(struct fetch *fetch);
