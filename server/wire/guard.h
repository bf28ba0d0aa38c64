/* SPDX-License-Identifier: ISC */
/* guard.h - where the importer may connect to (specs refresh 7.2). Pure.
 *
 * Whoever writes a feed or a page chooses the addresses we ask next. None of them may lead into the
 * network we stand in: the address is judged at the moment of connecting, so that a name which
 * means another machine the second time gains nothing. */
#pragma once

#include "base/region.h"
#include "base/uri.h"

#include <sys/socket.h>

/* IPv4 addresses stand mapped (::ffff:…). */
struct guard_address {
    unsigned char bytes[16];
};

/* An address that is nobody's in public, which an operator allows a source at exactly this port. */
struct guard_allowance {
    struct guard_address address;
    uint16_t port;
};

/* Who asks. Zeroed: any public address, at ports 80 and 443. */
struct guard {
    const struct guard_allowance *allowed;
    size_t allowed_count;
    uint16_t port;                   /* one more that the source's own address names; 0: none */
    const struct guard_address *own; /* our own: nobody is led to them */
    size_t own_count;
};

/* "192.168.1.5:1200", "[fd00::5]:1200". */
bool guard_allowance_parse(struct span text, struct guard_allowance *out);
/* false: of a family that is no IP. */
bool guard_address_of(const struct sockaddr *from, struct guard_address *out, uint16_t *port);

/* This machine's own addresses, in the region; how many. The one function here that asks the
 * system.
 */
size_t guard_own(struct region *region, const struct guard_address **out);

/* NULL: it may be connected to. Else why not, in words for a person: "a private address". */
const char *
guard_refuses(const struct guard *guard, const struct guard_address *address, uint16_t port);
/* NULL: it may be asked for. Else why not: "neither http nor https". */
const char *guard_refuses_url(const struct guard *guard, const struct uri *url);
/* NULL: `from` may lead to `to`. Else why not. */
const char *
guard_refuses_redirect(const struct guard *guard, const struct uri *from, const struct uri *to);
/* The host is a name of the public DNS, not an address nor a name of one's own network: whole-host
 * measures make sense for it. */
bool guard_is_public_name(const struct uri *url);
