/* SPDX-License-Identifier: ISC */
/* peer.h - who comes: what he is called in the log, whom a proxy asks for, and what is told of one
 * who is turned away. */
#pragma once

#include "net/limit.h"
#include "process/metrics.h"

#include <netinet/in.h>

enum { PEER_TEXT = INET6_ADDRSTRLEN };

/* The address, its last part hidden (/24, /48) unless `whole`. */
void peer_print(const struct sockaddr *peer, bool whole, char into[PEER_TEXT]);

/* Whom the last of the proxies was asked by that is not one of ours, by what they say of it: "a,
 * b". false: nobody says, or it is no address. */
bool peer_forwarded(struct span forwarded, struct networks proxies, struct sockaddr_in6 *out);

/* Counts one who was turned away, and logs the first time. */
void peer_note_refusal(struct metrics *metrics, const struct verdict *verdict, const char *peer);
