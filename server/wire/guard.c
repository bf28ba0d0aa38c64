/* SPDX-License-Identifier: ISC */
#include "wire/guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

enum { V4_AT = 12, V4_BYTES = 4, PORT_HTTP = 80, PORT_HTTPS = 443 };

/* A range of addresses, and what is to be thought of it. */
struct range {
    unsigned char base[16];
    unsigned bits;
    const char *what;
};

/* IANA's special-purpose registries, as the specs list them. */
static const struct range v4[] = {
    { { 0 }, 8, "an address of this network" },
    { { 10 }, 8, "a private address" },
    { { 100, 64 }, 10, "a carrier's private address" },
    { { 127 }, 8, "this machine" },
    { { 169, 254 }, 16, "a link-local address" },
    { { 172, 16 }, 12, "a private address" },
    { { 192, 0, 0 }, 24, "an address with a special purpose" },
    { { 192, 0, 2 }, 24, "an address for documentation" },
    { { 192, 88, 99 }, 24, "a 6to4 relay" },
    { { 192, 168 }, 16, "a private address" },
    { { 198, 18 }, 15, "an address for benchmarks" },
    { { 198, 51, 100 }, 24, "an address for documentation" },
    { { 203, 0, 113 }, 24, "an address for documentation" },
    { { 224 }, 4, "a multicast address" },
    { { 240 }, 4, "a reserved address" },
};

static const struct range v6[] = {
    { { 0 }, 128, "no address" },
    { { [15] = 1 }, 128, "this machine" },
    { { 0 }, 96, "an IPv4-compatible address" },
    { { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 }, 48, "a private address" },
    { { 0x01 }, 64, "an address that discards" },
    { { 0x20, 0x01, 0x00, 0x00 }, 23, "an address with a special purpose" },
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32, "an address for documentation" },
    { { 0x3f, 0xff }, 20, "an address for documentation" },
    { { 0xfc }, 7, "a private address" },
    { { 0xfe, 0x80 }, 10, "a link-local address" },
    { { 0xfe, 0xc0 }, 10, "a private address" },
    { { 0xff }, 8, "a multicast address" },
};

/* Addresses that carry an IPv4 address, which is where the packet ends up. */
static const struct inner {
    unsigned char base[16];
    unsigned bits, at;
    unsigned char mask; /* the inner bytes are told exclusive-or'ed with it */
} inners[] = {
    { { [10] = 0xff, 0xff }, 96, V4_AT, 0 },         /* mapped */
    { { 0x00, 0x64, 0xff, 0x9b }, 96, V4_AT, 0 },    /* NAT64 */
    { { 0x20, 0x02 }, 16, 2, 0 },                    /* 6to4 */
    { { 0x20, 0x01, 0x00, 0x00 }, 32, V4_BYTES, 0 }, /* Teredo: its server */
    { { 0x20, 0x01, 0x00, 0x00 }, 32, V4_AT, 0xff }, /* … and its client */
};

static const unsigned char mapped[V4_AT] = { [10] = 0xff, 0xff };
static const struct range global = { { 0x20 }, 3, NULL };

#define COUNT(table) (sizeof(table) / sizeof *(table))

static bool
starts(const unsigned char *address, const unsigned char *base, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;
    unsigned char mask = (unsigned char)(0xff00 >> rest);
    return memcmp(address, base, whole) == 0 &&
           (rest == 0 || ((address[whole] ^ base[whole]) & mask) == 0);
}

static const char *
range_of(const unsigned char *address, const struct range *table, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (starts(address, table[i].base, table[i].bits))
            return table[i].what;
    return NULL;
}

static struct guard_address
address_of_v4(const unsigned char bytes[V4_BYTES], unsigned char mask)
{
    struct guard_address out;
    memcpy(out.bytes, mapped, sizeof mapped);
    for (size_t i = 0; i < V4_BYTES; i++)
        out.bytes[V4_AT + i] = bytes[i] ^ mask;
    return out;
}

bool
guard_allowance_parse(struct span text, struct guard_allowance *out)
{
    struct buffer whole = BUFFER_EMPTY;
    struct in_addr four;
    struct in6_addr six;
    struct uri uri;
    char host[INET6_ADDRSTRLEN] = "";
    buffer_printf(&whole, "//%.*s", SPAN_ARG(text));
    bool good = uri_parse(buffer_span(&whole), URI_STRICT, &uri) && uri.userinfo.at == NULL &&
                uri.path.len == 0 && uri.query.at == NULL && uri.fragment.at == NULL &&
                uri.port.len > 0 && uri_port(&uri, 0) != 0 && uri.host.len < sizeof host;
    if (good) {
        memcpy(host, uri.host.at, uri.host.len);
        host[uri.host.len] = '\0';
    }
    if (good && uri.host_kind == URI_HOST_IPV4 && inet_pton(AF_INET, host, &four) == 1)
        *out = (struct guard_allowance){ address_of_v4((const unsigned char *)&four, 0),
                                         uri_port(&uri, 0) };
    else if (good && uri.host_kind == URI_HOST_IPV6 && inet_pton(AF_INET6, host, &six) == 1) {
        memcpy(out->address.bytes, &six, sizeof out->address.bytes);
        out->port = uri_port(&uri, 0);
    } else
        good = false;
    buffer_fini(&whole);
    return good;
}

bool
guard_address_of(const struct sockaddr *from, struct guard_address *out, uint16_t *port)
{
    struct sockaddr_in four;
    struct sockaddr_in6 six;
    if (from->sa_family == AF_INET) {
        memcpy(&four, from, sizeof four);
        *out = address_of_v4((const unsigned char *)&four.sin_addr, 0);
        *port = ntohs(four.sin_port);
        return true;
    }
    if (from->sa_family != AF_INET6)
        return false;
    memcpy(&six, from, sizeof six);
    memcpy(out->bytes, &six.sin6_addr, sizeof out->bytes);
    *port = ntohs(six.sin6_port);
    return true;
}

static bool
is_allowed(const struct guard *guard, const struct guard_address *address, uint16_t port)
{
    for (size_t i = 0; i < guard->allowed_count; i++)
        if (guard->allowed[i].port == port &&
            memcmp(&guard->allowed[i].address, address, sizeof *address) == 0)
            return true;
    return false;
}

static bool
is_own(const struct guard *guard, const struct guard_address *address)
{
    for (size_t i = 0; i < guard->own_count; i++)
        if (memcmp(&guard->own[i], address, sizeof *address) == 0)
            return true;
    return false;
}

static const char *
is_special_v4(const struct guard *guard, const struct guard_address *address)
{
    const char *what = range_of(address->bytes + V4_AT, v4, COUNT(v4));
    return what == NULL && is_own(guard, address) ? "an address of our own" : what;
}

static const char *
is_special(const struct guard *guard, const struct guard_address *address)
{
    bool carries = false;
    for (size_t i = 0; i < COUNT(inners); i++) {
        if (!starts(address->bytes, inners[i].base, inners[i].bits))
            continue;
        struct guard_address inner = address_of_v4(address->bytes + inners[i].at, inners[i].mask);
        const char *what = is_special_v4(guard, &inner);
        if (what != NULL)
            return what;
        carries = true;
    }
    const char *what = carries ? NULL : range_of(address->bytes, v6, COUNT(v6));
    if (what == NULL && !carries && !starts(address->bytes, global.base, global.bits))
        what = "no address of the public internet";
    return what == NULL && is_own(guard, address) ? "an address of our own" : what;
}

static bool
is_usual_port(const struct guard *guard, uint16_t port)
{
    return port == PORT_HTTP || port == PORT_HTTPS || (port != 0 && port == guard->port);
}

const char *
guard_refuses(const struct guard *guard, const struct guard_address *address, uint16_t port)
{
    if (is_allowed(guard, address, port))
        return NULL;
    const char *what = is_special(guard, address);
    return what == NULL && !is_usual_port(guard, port) ? "a port other than 80 and 443" : what;
}

static bool
is_secure(const struct uri *url)
{
    return span_equal_nocase(url->scheme, SPAN("https"));
}

const char *
guard_refuses_url(const struct guard *guard, const struct uri *url)
{
    uint16_t port = uri_port(url, is_secure(url) ? PORT_HTTPS : PORT_HTTP);
    bool allowed = is_usual_port(guard, port);
    if (!is_secure(url) && !span_equal_nocase(url->scheme, SPAN("http")))
        return "neither http nor https";
    if (url->host.len == 0)
        return "no host";
    if (url->userinfo.at != NULL)
        return "a user's name in the address";
    for (size_t i = 0; !allowed && i < guard->allowed_count; i++)
        allowed = guard->allowed[i].port == port;
    return allowed ? NULL : "a port other than 80 and 443";
}

const char *
guard_refuses_redirect(const struct guard *guard, const struct uri *from, const struct uri *to)
{
    const char *why = guard_refuses_url(guard, to);
    return why == NULL && is_secure(from) && !is_secure(to) ? "from https back to http" : why;
}

static struct span
last_label(struct span host)
{
    size_t at = host.len;
    while (at > 0 && host.at[at - 1] != '.')
        at--;
    return span_skip(host, at);
}

bool
guard_is_public_name(const struct uri *url)
{
    static const char *const ours[] = { "local", "localhost", "internal", "lan",        "home",
                                        "corp",  "arpa",      "test",     "example",    "invalid",
                                        "onion", "intranet",  "private",  "localdomain" };
    struct span host = url->host;
    if (span_ends(host, SPAN(".")))
        host.len--;
    struct span top = last_label(host);
    if (url->host_kind != URI_HOST_NAME || top.len == host.len || top.len == 0 ||
        (top.at[0] >= '0' && top.at[0] <= '9'))
        return false;
    for (size_t i = 0; i < COUNT(ours); i++)
        if (span_equal_nocase(top, span_of(ours[i])))
            return false;
    return true;
}
