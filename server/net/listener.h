/* SPDX-License-Identifier: ISC */
/* listener.h - sockets that accept, and the conversations that began there.
 *
 * Sockets come bound and listening from the master; a listener borrows them and never closes one.
 * Whatever is spoken there, they have their places in common. */
#pragma once

#include "net/limit.h"
#include "net/tls.h"
#include "process/metrics.h"
#include "protocol/protocol.h"

struct event_base;
struct listener;

/* Milliseconds a whole state may take; a reply's begins anew whenever it makes progress. But who
 * keeps us waiting must take, on the whole, so many bytes a second behind the reply's first so many
 * milliseconds: a little just before each deadline would hold a place for ever. */
struct deadlines {
    int handshake, request, reply, goodbye;
    int reply_rate; /* bytes a second; 0: any */
    int patience;   /* where there is no place left: who has only waited for so long gives way */
};
extern const struct deadlines deadlines_default;

struct listener_options {
    struct event_base *base;
    const struct protocol *protocol;
    int socket;      /* non-blocking, listening */
    struct tls *tls; /* NULL where the protocol has none */
    const struct origin *origin;
    size_t connections_max;         /* more wait in the kernel's queue, or somebody gives way */
    struct limit *limit;            /* of one address; NULL: none */
    struct metrics *metrics;        /* NULL: nothing is counted */
    struct networks proxies;        /* believed when they say whom they ask for; borrowed */
    bool whole_addresses;           /* in the log; else truncated (/24, /48) */
    struct span bad, refused, slow; /* what is said with ANSWER_BAD, _REFUSED, _SLOW */
    /* Answers a question; what the reply points to lies in the region. */
    struct reply (*answer)(void *whom, const struct request *request, struct region *region);
    /* Keeps one of an answer's clothes, or does not; NULL: none is kept. */
    void (*keep)(void *whom, struct block **into, struct block *block);
    void *whom;
    const struct deadlines *deadlines; /* NULL: deadlines_default */
};

struct listener *listener_start(const struct listener_options *options);
/* One socket more, where another protocol may be spoken; in what concerns all conversations, the
 * options are those it was started with. PROTOCOLS at most. */
void listener_add(struct listener *listener, const struct listener_options *options);
/* Accepts no more; conversations go on. */
void listener_drain(struct listener *listener);
size_t listener_busy(const struct listener *listener); /* conversations under way */
void listener_stop(struct listener *listener); /* ends what is left; frees it. NULL is fine */
