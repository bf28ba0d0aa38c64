/* SPDX-License-Identifier: ISC */
/* budget.h - what an operator grants and to whom: rates ("600/1m") and networks ("10.0.0.0/8").
 * Pure. */
#pragma once

#include "base/span.h"

#include <sys/socket.h>

/* So many in so long, all of them at once if one likes. count 0: as many as one likes. */
struct rate {
    uint64_t count;
    uint64_t seconds;
};

enum { RATE_COUNT_MAX = 1000000, RATE_SECONDS_MAX = 366 * 86400, RATE_TEXT = 32 };

/* "60/5m": units s, m, h and d, and no number before one is 1 ("10/s"); "off". */
bool rate_parse(struct span text, struct rate *out);
const char *rate_print(struct rate rate, char into[RATE_TEXT]);

/* Addresses that begin alike. IPv4 stands as it is mapped into IPv6 (::ffff:0:0/96), so that one
 * address is one value by whichever socket it came. Bits behind the first `bits` are 0. */
struct network {
    unsigned char at[16];
    unsigned bits; /* 0-128; of IPv4, 96-128 */
};

struct networks {
    const struct network *at;
    size_t count;
};

/* "10.0.0.0/8", "2001:db8::/32", or one address. false: it is none, or goes on behind its prefix
 * ("10.0.0.1/8"), which is more often a slip than meant. */
bool network_parse(struct span text, struct network *out);
/* The address alone; all zero where it is of another family. */
struct network network_of(const struct sockaddr *address);
/* The first bits of it. */
struct network network_widen(struct network network, unsigned bits);
bool network_is_ipv4(struct network network);
bool networks_have(struct networks networks, struct network address);
