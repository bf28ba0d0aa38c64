/* SPDX-License-Identifier: ISC */
/* connection.h - one conversation: handshake, request, reply, goodbye. Only net/ includes it. */
#pragma once

#include "net/listener.h"

struct connection;

/* Takes the socket, and the seat it was given: a verdict with seconds answers whatever is asked
 * with them. `ended` is told once, when the conversation is over and freed. NULL: no memory for
 * TLS; the socket is closed. */
struct connection *connection_start(const struct listener_options *options, int socket,
                                    const char *peer, const struct verdict *verdict,
                                    void (*ended)(void *whom, struct connection *), void *whom);
/* Goes as far as it can at once, maybe to the end: once it is where `ended` will look for it. */
void connection_begin(struct connection *connection);
void connection_stop(struct connection *connection); /* at once; does not tell `ended` */
/* No more is asked behind what is asked already; tells `ended` where nothing is. */
void connection_drain(struct connection *connection);
/* Whether it has only waited for a while: it has asked nothing, or has had its answer. */
bool connection_is_idle(const struct connection *connection, int64_t now);
void connection_give_way(struct connection *connection); /* at once; tells `ended` */
/* Links for whoever keeps a list of them. */
struct connection **connection_next(struct connection *connection);
struct connection **connection_previous(struct connection *connection);
