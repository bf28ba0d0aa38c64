/* SPDX-License-Identifier: ISC */
/* cache.h - pages kept as they were written, for as long as the archive's round lasts.
 *
 * Only pages that exist are kept, so that nobody fills it with addresses of his own making. Full,
 * it begins anew. It belongs to one thread. */
#pragma once

#include "protocol/reply.h"
#include "protocol/request.h"

struct cache;

/* Since it was made. */
struct cache_counts {
    uint64_t found, written; /* answers it had; answers that pages had to write */
};

struct cache *cache_new(size_t bytes); /* it never takes more, all told */
void cache_free(struct cache *cache);  /* NULL is fine, here and below: nothing is kept then */

/* The archive may have got on: nothing is found until cache_renew has heard of its round. */
void cache_doubt(struct cache *cache);
void cache_renew(struct cache *cache, int64_t round);

/* true: *out is the answer; it borrows from the cache, until the next cache_keep or cache_renew. */
bool cache_find(struct cache *cache, const struct request *request, struct reply *out);
/* Behind a cache_find in vain: keeps a copy, if it is a page or a file without a
 * descriptor, and the request has no query. Returns what it may be dressed in; NULL: not kept. */
struct clothes *
cache_keep(struct cache *cache, const struct request *request, const struct reply *reply);
/* Keeps the block, too, as one of the clothes of an answer that was found or kept; it goes with
 * the answer. Where there is no room all clothes are thrown away first, and it may still be none:
 * then *into stays NULL. */
void cache_dress(struct cache *cache, struct block **into, struct block *block);
struct cache_counts cache_counts(const struct cache *cache);
size_t cache_bytes(const struct cache *cache); /* that it takes */
