/* SPDX-License-Identifier: ISC */
/* transfer.h - one question to a web server and its answer, through libcurl; no redirect is
 * followed. Who calls keeps the loop. */
#pragma once

#include "wire/fetch.h"

#include <curl/curl.h>

struct transfer;

struct transfer_order {
    struct span url;
    struct span etag, modified; /* sent as they are; empty: not */
    size_t most;                /* bytes of a decoded body */
    bool cut;                   /* a body beyond that is cut rather than refused */
    const struct guard *guard;
    const struct fetch_limits *limits;
    const char *agent, *ca;
};

/* What came; it lives as long as the transfer. */
struct answer {
    enum fetch_end end;
    const char *why;
    int status; /* 0: nothing came */
    struct span etag, modified, type, encoding, location, retry_after, cache_control, expires, date;
    struct span body; /* of a 200 */
};

/* The handle has CURLOPT_PRIVATE set to `whose`. STATUS_FAILED: no memory. */
enum status transfer_new(const struct transfer_order *order, void *whose, int64_t now,
                         struct transfer **out) MUST_CHECK;
void transfer_free(struct transfer *transfer); /* NULL is fine */
CURL *transfer_handle(const struct transfer *transfer);
/* How many milliseconds from now it is given up for not having said a word; 0: it is. */
int64_t transfer_patience(const struct transfer *transfer, int64_t now);
/* It has ended with this; *out says what came. */
void transfer_end(struct transfer *transfer, CURLcode code, struct answer *out);
/* … because it was given up. */
void transfer_give_up(struct transfer *transfer, struct answer *out);
