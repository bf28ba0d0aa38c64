/* SPDX-License-Identifier: ISC */
#include "net/budget.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

enum { IPV4_AT = 12, IPV4_BITS = 8 * IPV4_AT };

static const unsigned char mapped[IPV4_AT] = { [10] = 0xff, [11] = 0xff };

static const struct {
    char name;
    uint64_t seconds;
} units[] = { { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };

/* "5m", "m". */
static bool
read_time(struct span text, uint64_t *out)
{
    uint64_t number = 1;
    size_t digits = text.len > 0 ? text.len - 1 : 0;
    if (text.len == 0 ||
        (digits > 0 && !span_number(span_first(text, digits), RATE_SECONDS_MAX, &number)))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (units[i].name == text.at[digits]) {
            *out = number * units[i].seconds;
            return *out > 0 && *out <= RATE_SECONDS_MAX;
        }
    return false;
}

bool
rate_parse(struct span text, struct rate *out)
{
    struct span count = span_cut(&text, '/');
    struct rate rate = { 0, 0 };
    if (text.at == NULL && span_equal(count, SPAN("off"))) {
        *out = rate;
        return true;
    }
    if (text.at == NULL || !span_number(count, RATE_COUNT_MAX, &rate.count) || rate.count == 0 ||
        !read_time(text, &rate.seconds))
        return false;
    *out = rate;
    return true;
}

const char *
rate_print(struct rate rate, char into[RATE_TEXT])
{
    size_t unit = 0;
    while (rate.seconds % units[unit].seconds != 0)
        unit++;
    if (rate.count == 0)
        return "off";
    snprintf(into, RATE_TEXT, "%llu/%llu%c", (unsigned long long)rate.count,
             (unsigned long long)(rate.seconds / units[unit].seconds), units[unit].name);
    return into;
}

/* Whether nothing but zeros follows the first bits. */
static bool
ends_there(const struct network *network)
{
    struct network cut = network_widen(*network, network->bits);
    return memcmp(cut.at, network->at, sizeof cut.at) == 0;
}

bool
network_parse(struct span text, struct network *out)
{
    char host[INET6_ADDRSTRLEN];
    struct network network = { .bits = 128 };
    struct span name = span_cut(&text, '/');
    if (name.len >= sizeof host || span_has_char(name, '\0'))
        return false;
    snprintf(host, sizeof host, "%.*s", SPAN_ARG(name));
    bool four = inet_pton(AF_INET, host, network.at + IPV4_AT) == 1;
    if (four)
        memcpy(network.at, mapped, sizeof mapped);
    else if (inet_pton(AF_INET6, host, network.at) != 1)
        return false;
    if (text.at != NULL) {
        uint64_t bits;
        if (!span_number(text, four ? 32 : 128, &bits))
            return false;
        network.bits = (unsigned)bits + (four ? IPV4_BITS : 0);
    }
    if (!ends_there(&network))
        return false;
    *out = network;
    return true;
}

struct network
network_of(const struct sockaddr *address)
{
    struct network network = { .bits = 128 };
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 six;
        memcpy(&six, address, sizeof six);
        memcpy(network.at, &six.sin6_addr, sizeof network.at);
    } else if (address->sa_family == AF_INET) {
        struct sockaddr_in four;
        memcpy(&four, address, sizeof four);
        memcpy(network.at, mapped, sizeof mapped);
        memcpy(network.at + IPV4_AT, &four.sin_addr, 4);
    }
    return network;
}

struct network
network_widen(struct network network, unsigned bits)
{
    size_t whole = bits / 8;
    network.bits = bits;
    if (whole == sizeof network.at)
        return network;
    network.at[whole] &= (unsigned char)(0xff00u >> bits % 8);
    memset(network.at + whole + 1, 0, sizeof network.at - whole - 1);
    return network;
}

bool
network_is_ipv4(struct network network)
{
    return network.bits >= IPV4_BITS && memcmp(network.at, mapped, sizeof mapped) == 0;
}

bool
networks_have(struct networks networks, struct network address)
{
    for (size_t i = 0; i < networks.count; i++) {
        const struct network *network = &networks.at[i];
        struct network wide = network_widen(address, network->bits);
        if (memcmp(wide.at, network->at, sizeof wide.at) == 0 &&
            network_is_ipv4(*network) == network_is_ipv4(address))
            return true; /* ::/0 is all of IPv6, and nothing of IPv4 */
    }
    return false;
}
