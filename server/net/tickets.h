/* SPDX-License-Identifier: ISC */
/* tickets.h - the keys of session tickets, shared by all workers of all generations.
 *
 * The master makes them before it forks, in memory that is never written to disk, and alone renews
 * them: a key encrypts for TICKETS_PERIOD and decrypts for another one, then it is wiped, so what
 * was said before can't be read with what is found here later. Workers only read; no step waits for
 * another process. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { TICKETS_PERIOD = 12 * 60 * 60 }; /* seconds; and as long as a session may be resumed */

enum { TICKETS_CREDIT = 64, TICKETS_RATE = 50 };

struct tickets;
struct ssl_st;
struct ssl_ctx_st;

/* For this process and those it will fork, and an heir: *descriptor as shared.h says; `now`:
 * seconds that never step back. NULL: no memory, or nothing random. */
struct tickets *tickets_new(int64_t now, int *descriptor);
/* Whether this process renews them, and wipes them for all when it lets go: who made them does,
 * until an heir has them. */
void tickets_own(struct tickets *tickets, bool own);
/* Makes a new key where the one there is has encrypted for its time. For their owner alone. Where
 * nothing is random, in which case no handshake succeeds either, the old one goes on. */
void tickets_renew(struct tickets *tickets, int64_t now);
/* In a worker: a stray write ends it, rather than harm the keys of all. NULL is fine. */
void tickets_only_read(struct tickets *tickets);
/* This context gives and takes tickets by these keys, which must outlive it. */
void tickets_use(struct tickets *tickets, struct ssl_ctx_st *context);
/* Whether this conversation of TLS 1.3, in which the server has said its first words, is to end its
 * handshake with a ticket; `now`: milliseconds that never step back. A ticket is some 9 % of a
 * handshake, and of use to nobody who does not show it: while anybody shows one, all get one; where
 * nobody did for TICKETS_CREDIT handshakes, only TICKETS_RATE a second are given (RFC 8446 4.6.1: a
 * server may). */
void tickets_settle(struct ssl_st *ssl, int64_t now);
/* Lets go of the keys, which others keep; in the process that made them, wipes them for all. NULL
 * is fine. */
void tickets_free(struct tickets *tickets);
