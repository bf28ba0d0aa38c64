/* SPDX-License-Identifier: ISC */
/* protocol.h - the table of protocols: how each one asks and answers. A further protocol is one
 * file, its tests, and one row (base/protocols.h). Pure: bytes in, values out. */
#pragma once

#include "base/buffer.h"
#include "base/protocols.h"
#include "protocol/reply.h"
#include "protocol/request.h"

enum parsed {
    PARSED_WHOLE, /* *out is filled: ask pages, unless its `answer` is there already */
    PARSED_PART,  /* call again with more bytes */
    PARSED_BAD,   /* no further byte can save it: answer ANSWER_BAD */
};

/* Who we are to strangers: what a request may name. */
struct origin {
    struct spans hosts; /* lower case, the first is the capsule's own name */
    uint16_t port;      /* the public one */
    bool any_address;   /* an IP literal as host names us too (specs 1.11: served) */
};

/* One question as a protocol's parser leaves it. */
struct question {
    struct request request;
    struct span line; /* as it came, without its line end: for the log */
    bool refused;     /* well-formed, but not for us: ANSWER_REFUSED */
    bool absent;      /* well-formed, but nothing can have that name: ANSWER_ABSENT */
};

struct protocol {
    const char *name;  /* "gemini": in settings, logs and ready lines */
    const char *title; /* "Gemini" */
    uint16_t port;     /* its own, 1965 */
    bool tls;
    bool http;          /* spoken by net/web: it has none of what follows */
    size_t request_max; /* bytes with the line end: no more is ever read */
    /* `server_name`: what TLS was told (SNI), or empty. Spans borrow from `bytes` or lie in region.
     */
    enum parsed (*parse)(struct span bytes, struct span server_name, const struct origin *origin,
                         struct region *region, struct question *out);
    /* Appends the head and, but for a file with a descriptor, the body. */
    void (*print)(const struct reply *reply, const struct origin *origin, struct buffer *out);
    /* How the log calls the answer: Gemini's status. */
    int (*code)(const struct reply *reply);
};

extern const struct protocol protocols[PROTOCOLS]; /* by enum protocol_id */
