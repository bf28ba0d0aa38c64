/* SPDX-License-Identifier: ISC */
/* socket.h - the sockets the master binds and keeps, one per worker slot (SO_REUSEPORT). */
#pragma once

#include "base/span.h"
#include "base/status.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/types.h>

enum { ADDRESS_TEXT = 64 };

struct address {
    struct sockaddr_storage at;
    socklen_t len;
};

/* "[::]:1965", "127.0.0.1:0", "*:1965" (as [::]). Numbers only: no names are looked up. */
bool address_parse(struct span text, struct address *out);
/* "127.0.0.1:1965", "[::1]:1965"; IPv4 mapped into IPv6 prints as IPv4. */
const char *address_print(const struct address *address, char into[ADDRESS_TEXT]);
uint16_t address_port(const struct address *address);
/* Where a socket listens. false: it does not. */
bool address_of(int socket, struct address *out);
/* Whether who wants to listen at `wanted` may end up at `at`: by port 0, or without IPv6. */
bool address_may_be(const struct address *wanted, const struct address *at);

/* Binds and listens on `slots` sockets of one address, non-blocking and close-on-exec, into
 * sockets[0..slots-1]; port 0 becomes one port for all, told in *address. On a host without IPv6
 * [::] becomes 0.0.0.0, and *fell_back says so. STATUS_FAILED: errno, and no socket is left open.
 */
enum status
socket_listen(struct address *address, size_t slots, int *sockets, bool *fell_back) MUST_CHECK;

enum { SOCKET_PATH_MAX = 107 };

/* Binds and listens on a socket file of mode 0660, `group`'s too (-1: our own), likewise. A socket
 * file nobody listens at is replaced. STATUS_BUSY: somebody does. STATUS_FAILED: errno. */
enum status socket_listen_file(const char *path, gid_t group, int *out) MUST_CHECK;

/* Nobody is accepted there before he has said something, or a second has passed: where clients
 * speak first, and at once, that spares a look at each in vain. */
void socket_await_words(int socket);

/* From now on the kernel drops what would open a new connection to a listening socket, while those
 * it is about to queue still are: whoever accepts a little longer, then closes, leaves no one in
 * between. */
void socket_stop_incoming(int socket);

/* This process and its children may open as many descriptors as the system lets them. */
void socket_allow_many(void);
