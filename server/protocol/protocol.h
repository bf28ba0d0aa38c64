/* SPDX-License-Identifier: ISC */
/* protocol.h - the table of protocols: how each one asks and answers. A further protocol is one
 * file, its tests, and one row (base/protocols.h). Pure: bytes in, values out. */
#pragma once

#include "base/buffer.h"
#include "base/protocols.h"
#include "protocol/reply.h"
#include "protocol/request.h"

enum parsed {
    PARSED_WHOLE, /* *out is filled */
    PARSED_PART,  /* call again with more bytes */
    PARSED_BAD,   /* no further byte can save it: answer ANSWER_BAD */
    PARSED_ALIEN, /* it is another protocol's: not a word is answered, nor logged */
};

/* Who we are to strangers: what a request may name. */
struct origin {
    struct spans hosts; /* lower case, the first is the capsule's own name */
    uint16_t port;      /* the public one */
    bool any_address;   /* an IP literal as host names us too (specs 1.11: served) */
    bool ascii;         /* their clients know no more letters than that */
};

/* Whether the protocol has an answer of its own to the question. */
enum own {
    OWN_NONE,   /* ask pages */
    OWN_ELSE,   /* where pages know nothing of that name */
    OWN_ALWAYS, /* pages need not be asked */
};

/* One question as a protocol's parser leaves it. */
struct question {
    struct request request;
    struct span line; /* as it came, without its line end: for the log */
    bool refused;     /* well-formed, but not for us: ANSWER_REFUSED */
    enum own own;
    struct reply reply;    /* the protocol's own */
    unsigned form;         /* of the answer, in the protocol's own numbers; 1 to CLOTHES_FORMS: a
                            * page in it is worth keeping as it was printed */
    size_t taken;          /* bytes it took, where others may follow */
    struct span forwarded; /* whom proxies say they ask for, in the order of asking: "a, b" */
};

struct protocol {
    const char *name;  /* "gemini": in settings, logs and ready lines */
    const char *title; /* "Gemini" */
    uint16_t port;     /* its own, 1965 */
    bool tls;
    bool http;          /* protocol/http speaks it: several questions in one conversation */
    size_t request_max; /* bytes with the line end: no more is ever read */
    /* `server_name`: what TLS was told (SNI), or empty. Spans borrow from `bytes` or lie in region.
     */
    enum parsed (*parse)(struct span bytes, struct span server_name, const struct origin *origin,
                         struct region *region, struct question *out);
    /* Appends the head and, but for a file with a descriptor, the body. */
    void (*print)(const struct question *question, const struct reply *reply,
                  const struct origin *origin, struct buffer *out);
    /* How the log and the counters call the answer. */
    int (*code)(const struct reply *reply);
};

extern const struct protocol protocols[PROTOCOLS]; /* by enum protocol_id */

/* What a row needs, each in its own file: gemini_parse, gemini_print. */
#define PROTOCOL_NEEDS_NOTHING(...)
#define PROTOCOL_NEEDS(name, ...)                                                 \
    enum parsed name##_parse(struct span bytes, struct span server_name,          \
                             const struct origin *origin, struct region *region,  \
                             struct question *out);                               \
    void name##_print(const struct question *question, const struct reply *reply, \
                      const struct origin *origin, struct buffer *out);
PROTOCOL_TABLE(PROTOCOL_NEEDS, PROTOCOL_NEEDS, PROTOCOL_NEEDS_NOTHING)
#undef PROTOCOL_NEEDS
#undef PROTOCOL_NEEDS_NOTHING
