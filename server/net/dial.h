/* SPDX-License-Identifier: ISC */
/* dial.h - the client's half of a conversation: TLS with somebody else's server, or plain TCP.
 *
 * TLS 1.2 and 1.3; no certificate authority is asked: whom to trust is up to who calls (specs
 * 1.10). It blocks, and every wait ends: `connect` and `handshake` may take so many milliseconds
 * each, and `whole` is all the time there is from dial_open to the last dial_read. Ignore SIGPIPE
 * before. Faults are words for a person and never hold the peer's bytes. */
#pragma once

#include "base/buffer.h"
#include "base/span.h"
#include "base/status.h"

struct dial;

struct dial_options {
    const char *host; /* a name in ASCII without a last dot, or an address without brackets */
    bool is_address;  /* then TLS is told no name (specs 1.9) */
    bool plain;       /* no TLS: what is read ends where the connection does */
    uint16_t port;
    /* SHA-256 of the certificate or of its key, as certificate_hash gives them: any other server is
     * left before a byte is said to it. NULL: whoever answers. */
    const char *pin;
    int connect, handshake, whole; /* milliseconds */
};

/* Looks the name up, tries its addresses in turn and shakes hands. STATUS_FAILED: nobody there, or
 * no TLS. STATUS_BAD: another certificate than the pinned one. STATUS_BUSY: time is up. */
enum status
dial_open(const struct dial_options *options, struct dial **out, struct fault *fault) MUST_CHECK;
void dial_close(struct dial *dial); /* says close_notify; NULL is fine */

/* STATUS_FAILED, STATUS_BUSY. */
enum status dial_write(struct dial *dial, struct span bytes, struct fault *fault) MUST_CHECK;
/* Appends what has come, at most `most` bytes of it. STATUS_ABSENT: all has been said (close_notify
 * came). STATUS_FAILED: the connection ended before. STATUS_BUSY: time is up. */
enum status
dial_read(struct dial *dial, size_t most, struct buffer *into, struct fault *fault) MUST_CHECK;
