/* SPDX-License-Identifier: ISC */
#include "net/peer.h"

#include "base/log.h"
#include "protocol/http.h"

#include <arpa/inet.h>
#include <string.h>

static char *
add_byte(unsigned byte, char *into)
{
    if (byte >= 100)
        *into++ = (char)('0' + byte / 100);
    if (byte >= 10)
        *into++ = (char)('0' + byte / 10 % 10);
    *into++ = (char)('0' + byte % 10);
    return into;
}

/* As inet_ntop would, without printf. */
static void
print_ipv4(const unsigned char *bytes, char *into)
{
    for (int i = 0; i < 4; i++) {
        into = add_byte(bytes[i], into);
        *into++ = i < 3 ? '.' : '\0';
    }
}

void
peer_print(const struct sockaddr *peer, bool whole, char into[PEER_TEXT])
{
    if (peer->sa_family == AF_INET) {
        struct sockaddr_in four;
        memcpy(&four, peer, sizeof four);
        if (!whole)
            four.sin_addr.s_addr &= htonl(0xffffff00);
        print_ipv4((const unsigned char *)&four.sin_addr, into);
        return;
    }
    struct sockaddr_in6 six;
    memcpy(&six, peer, sizeof six);
    unsigned char *bytes = six.sin6_addr.s6_addr;
    bool mapped = IN6_IS_ADDR_V4MAPPED(&six.sin6_addr);
    if (!whole && mapped)
        bytes[15] = 0;
    else if (!whole)
        memset(bytes + 6, 0, 10);
    if (mapped)
        print_ipv4(bytes + 12, into);
    else
        inet_ntop(AF_INET6, bytes, into, PEER_TEXT);
}

bool
peer_forwarded(struct span forwarded, struct networks proxies, struct sockaddr_in6 *out)
{
    struct network network;
    do
        if (!network_parse(http_forwarded_last(&forwarded), &network) || network.bits != 128)
            return false;
    while (networks_have(proxies, network) && forwarded.len > 0);
    *out = (struct sockaddr_in6){ .sin6_family = AF_INET6 };
    memcpy(&out->sin6_addr, network.at, sizeof network.at);
    return true;
}

void
peer_note_refusal(struct metrics *metrics, const struct verdict *verdict, const char *peer)
{
    static const enum metric refused[LIMIT_KINDS][2] = {
        [LIMIT_RATE] = { METRIC_REFUSED_RATE, METRIC_REFUSED_RATE_TOLD },
        [LIMIT_NETWORK_RATE] = { METRIC_REFUSED_NETWORK_RATE, METRIC_REFUSED_NETWORK_RATE_TOLD },
        [LIMIT_HELD] = { METRIC_REFUSED_HELD, METRIC_REFUSED_HELD },
        [LIMIT_NETWORK_HELD] = { METRIC_REFUSED_NETWORK_HELD, METRIC_REFUSED_NETWORK_HELD },
    };
    if (verdict->by == LIMIT_NONE)
        return;
    metrics_add(metrics, refused[verdict->by][verdict->seconds > 0], 1);
    if (verdict->news)
        log_warn("too much of one address: it waits peer=%s limit=%s", peer,
                 limit_name(verdict->by));
}
