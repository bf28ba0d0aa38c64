/* SPDX-License-Identifier: ISC */
/* request.h - a question in no protocol's words. */
#pragma once

#include "base/region.h"
#include "base/span.h"

enum { REQUEST_SEGMENTS_MAX = 64 };

/* The path taken apart: "/city/ha-noi/" is { "city", "ha-noi" } and `slash`; "/" is {} and `slash`.
 */
/* How whoever asks wants to be answered, where his protocol lets him say so. Zero: plainly. */
struct wishes {
    bool bare;       /* no body: he only wants to know what he would get */
    bool gzip;       /* he can unpack it */
    bool stays;      /* he may ask again in the same conversation */
    struct span has; /* tags of what he has already, as he wrote them: "\"a\", W/\"b\"" */
    int64_t since;   /* or what he has is as old as this instant; 0: not said */
};

struct request {
    struct spans segments; /* percent-decoded once, after splitting at "/"; valid UTF-8 in NFC */
    bool slash;            /* the path ended in "/" */
    struct span query;     /* percent-decoded */
    bool has_query;        /* "?" stood there, maybe with nothing behind it */
    struct span raw_query; /* as it came */
    bool loose;            /* its protocol can't redirect: an address may end in "/" or not, and
                            * one that moved is answered as if it had been asked for */
    struct wishes wishes;
};

/* Takes a path and a query apart, by specs 1.4: dot segments removed, repeated slashes collapsed.
 * false: it can't name anything here (climbs above the root, holds %00 or invalid UTF-8, too many
 * segments). Segments with an encoded "/" or "\", or that begin with ".", are kept as they are: no
 * page has such a name, and files.c refuses them. */
bool request_from_path(struct span path, struct span query, bool has_query, struct region *region,
                       struct request *out);
