/* SPDX-License-Identifier: ISC */
/* stream.h - bytes to and from one peer, through TLS or plain, without waiting.
 *
 * What is written is only gathered, but on a plain one, tickets and goodbyes too, and leaves by
 * stream_flush: so an answer is one send. Whoever uses it watches the socket edge-triggered, wakes
 * the stream when it is ready, goes on until a step says STREAM_WAIT, and flushes what the stream
 * owes by then. */
#pragma once

#include "base/buffer.h"
#include "base/span.h"
#include "net/tls.h"

enum flow {
    STREAM_ON,     /* done: go on */
    STREAM_WAIT,   /* the socket must be ready first */
    STREAM_CLOSED, /* the peer has ended in good order */
    STREAM_BROKEN, /* nothing more will come of it */
};

struct stream;

/* Takes the socket. `tls` NULL: plain. NULL: out of memory within OpenSSL; the socket is closed. */
struct stream *stream_open(int socket, struct tls *tls);
void stream_close(struct stream *stream); /* NULL is fine */

/* Nothing is expected for a while: it takes as little memory as it can until it is next used. */
void stream_doze(struct stream *stream);
/* The socket is ready; `closing`: it has the peer's FIN, too. */
void stream_wake(struct stream *stream, bool closing);

/* STREAM_CLOSED: the peer speaks no TLS at all. */
enum flow stream_handshake(struct stream *stream);
/* Reads what is there, at most `room` bytes, *got of them. */
enum flow stream_read(struct stream *stream, char *into, size_t room, size_t *got);
/* Something is gathered and not yet sent. */
bool stream_owes(const struct stream *stream);
/* Gathers the bytes. false: TLS does not take them any more. */
bool stream_write(struct stream *stream, struct span bytes);
bool stream_is_plain(const struct stream *stream); /* without TLS */
/* Both, one behind the other: where it is plain, at once and from where they lie, as far as the
 * socket takes them. */
bool stream_write_both(struct stream *stream, struct span first, struct span second);
/* The same for a large piece with more to come: what the socket takes at once leaves at once. */
bool stream_push(struct stream *stream, struct span bytes);
/* Gathers close_notify; nothing may be written behind. */
void stream_finish(struct stream *stream);
/* Sends what is gathered. */
enum flow stream_flush(struct stream *stream);
/* Bytes that the kernel has taken and the peer's window has no room for yet. */
size_t stream_unsent(const struct stream *stream);
/* From now on the kernel takes no more than about so many of them. */
void stream_bound(struct stream *stream, int bytes);
uint64_t stream_sent(const struct stream *stream); /* bytes, ever */
/* This was all: from now on there is only what the peer still says. A peer that was told by
 * close_notify, which hangs up at that, is spared the FIN for now. */
void stream_leave(struct stream *stream);
/* Plain, and nothing is left of either side's words: to close it now ends it in good order. */
bool stream_is_through(const struct stream *stream);
/* FIN, once: for who waits for it. */
void stream_shut(struct stream *stream);
/* Reads away what the peer still says; *drained grows. STREAM_CLOSED: it has ended, too. */
enum flow stream_drain(struct stream *stream, size_t *drained);

bool stream_is_resumed(struct stream *stream); /* its handshake began with a ticket */
/* The name the peer asked for in its handshake (SNI); empty: none. Borrowed. */
struct span stream_server_name(struct stream *stream);
