/* SPDX-License-Identifier: ISC */
/* The edges of every range of specs refresh 7.2, and the ways around them. */
#include "wire/guard.h"

#include "testing.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

enum { HTTPS = 443 };

static struct guard_address
address(const char *text)
{
    struct sockaddr_in four = { .sin_family = AF_INET };
    struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
    struct guard_address out;
    uint16_t port;
    if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
        ck_assert(guard_address_of((const struct sockaddr *)&four, &out, &port));
    else {
        ck_assert_msg(inet_pton(AF_INET6, text, &six.sin6_addr) == 1, "%s", text);
        ck_assert(guard_address_of((const struct sockaddr *)&six, &out, &port));
    }
    return out;
}

static const char *
refuses(const char *text)
{
    static const struct guard anybody;
    struct guard_address one = address(text);
    return guard_refuses(&anybody, &one, HTTPS);
}

/* Each range: before it, its first, its last, behind it; "" where that is no question. */
static const struct {
    const char *before, *first, *last, *behind;
} ranges[] = {
    { "", "0.0.0.0", "0.255.255.255", "1.0.0.0" },
    { "9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0" },
    { "100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0" },
    { "126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0" },
    { "169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0" },
    { "172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0" },
    { "191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0" },
    { "192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0" },
    { "192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0" },
    { "192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0" },
    { "198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0" },
    { "198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0" },
    { "203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0" },
    { "223.255.255.255", "224.0.0.0", "239.255.255.255", "" },
    { "", "240.0.0.0", "255.255.255.255", "" },
    { "", "::", "::1", "" },
    { "", "::2", "::ffff:ffff", "" }, /* IPv4-compatible, whatever is inside */
    { "", "::1:0:0", "::fffe:ffff:ffff", "" },
    { "", "100::", "100::ffff:ffff:ffff:ffff", "" },
    { "", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "" },
    { "", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "1fff:ffff::", "2000::" },
    { "2000:ffff::", "2001::", "2001::ffff", "" }, /* Teredo with servers that are none */
    { "", "2001:1::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::" },
    { "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
      "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::" },
    { "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
      "3fff:1000::" },
    { "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "4000::", "fbff::", "" },
    { "", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "" },
    { "", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "" },
    { "", "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "" },
    { "", "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "" },
};

static void
check_public(const char *text)
{
    if (*text != '\0')
        ck_assert_msg(refuses(text) == NULL, "%s: %s", text, refuses(text));
}

START_TEST(a_range_ends_where_it_ends)
{
    check_public(ranges[_i].before);
    ck_assert_msg(refuses(ranges[_i].first) != NULL, "%s", ranges[_i].first);
    ck_assert_msg(refuses(ranges[_i].last) != NULL, "%s", ranges[_i].last);
    check_public(ranges[_i].behind);
}
END_TEST

/* The same edges of IPv4, within every address of IPv6 that carries one. */
static const char *const carriers[] = {
    "::ffff:%u.%u.%u.%u",
    "64:ff9b::%u.%u.%u.%u",
    "2002:%02x%02x:%02x%02x::1",
    "2001:0:%02x%02x:%02x%02x:0:0:fefe:fefe", /* Teredo: the server; the client is 1.1.1.1 */
    "2001:0:101:101:0:0:%02x%02x:%02x%02x",   /* … the client, told inverted */
};

static const char *
refuses_within(const char *carrier, const char *text, bool inverted)
{
    static char whole[INET6_ADDRSTRLEN];
    unsigned char inner[4];
    unsigned mask = inverted ? 0xff : 0;
    ck_assert_int_eq(inet_pton(AF_INET, text, inner), 1);
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(whole, sizeof whole, carrier, inner[0] ^ mask, inner[1] ^ mask, inner[2] ^ mask,
             inner[3] ^ mask);
    return refuses(whole);
}

START_TEST(what_is_carried_is_what_counts)
{
    const char *carrier = carriers[_i];
    bool inverted = _i == 4;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (strchr(ranges[i].first, '.') == NULL)
            continue;
        ck_assert_ptr_nonnull(refuses_within(carrier, ranges[i].first, inverted));
        ck_assert_ptr_nonnull(refuses_within(carrier, ranges[i].last, inverted));
        if (*ranges[i].before != '\0')
            ck_assert_ptr_null(refuses_within(carrier, ranges[i].before, inverted));
        if (*ranges[i].behind != '\0')
            ck_assert_ptr_null(refuses_within(carrier, ranges[i].behind, inverted));
    }
}
END_TEST

START_TEST(our_own_addresses_are_nobodys_target)
{
    struct guard_address own[] = { address("8.8.8.8"), address("2600::1") };
    struct guard guard = { .own = own, .own_count = 2 };
    static const char *const texts[] = { "8.8.8.8", "2600::1", "2002:808:808::1",
                                         "64:ff9b::8.8.8.8" };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct guard_address one = address(texts[i]);
        ck_assert_str_eq(guard_refuses(&guard, &one, HTTPS), "an address of our own");
    }
    struct guard_address other = address("8.8.8.9");
    ck_assert_ptr_null(guard_refuses(&guard, &other, HTTPS));
}
END_TEST

START_TEST(an_allowance_is_for_one_address_and_one_port)
{
    struct guard_allowance allowed[2];
    ck_assert(guard_allowance_parse(SPAN("192.168.1.5:1200"), &allowed[0]));
    ck_assert(guard_allowance_parse(SPAN("[fd00::5]:80"), &allowed[1]));
    struct guard guard = { .allowed = allowed, .allowed_count = 2 };
    struct guard_address four = address("192.168.1.5"), six = address("fd00::5");
    struct guard_address mapped = address("::ffff:192.168.1.5"), other = address("192.168.1.6");
    struct guard_address everybody = address("8.8.8.8");
    ck_assert_ptr_null(guard_refuses(&guard, &four, 1200));
    ck_assert_ptr_null(guard_refuses(&guard, &mapped, 1200));
    ck_assert_ptr_null(guard_refuses(&guard, &six, 80));
    ck_assert_ptr_nonnull(guard_refuses(&guard, &four, 80));
    ck_assert_ptr_nonnull(guard_refuses(&guard, &six, 443));
    ck_assert_ptr_nonnull(guard_refuses(&guard, &other, 1200));
    /* Nor does it open that port elsewhere. */
    ck_assert_str_eq(guard_refuses(&guard, &everybody, 1200), "a port other than 80 and 443");
}
END_TEST

static const char *const no_allowances[] = {
    "",
    "192.168.1.5",
    "192.168.1.5:",
    "192.168.1.5:0",
    "192.168.1.5:65536",
    "rsshub:1200",
    "a@10.0.0.1:80",
    "10.0.0.1:80/x",
    "10.0.0.1:80?",
    "10.0.0.1:80#",
    "fd00::5:80",
    "[fd00::5]",
    "[fe80::1%25eth0]:80",
    "10.0.0.0/8:80",
    "127.1:80",
    "010.0.0.1:80",
};

START_TEST(an_allowance_names_an_address_and_a_port)
{
    struct guard_allowance out;
    ck_assert_msg(!guard_allowance_parse(span_of(no_allowances[_i]), &out), "%s",
                  no_allowances[_i]);
}
END_TEST

static const struct {
    const char *url;
    const char *why; /* NULL: it may be asked for */
} urls[] = {
    { "http://a.vn/", NULL },
    { "HTTPS://a.vn", NULL },
    { "https://a.vn:443/", NULL },
    { "http://a.vn:443/", NULL },
    { "https://a.vn:80/", NULL },
    { "https://a.vn:8443/", NULL }, /* the source's own */
    { "https://a.vn:1200/", NULL }, /* its address is judged, too */
    { "https://a.vn:/", NULL },
    { "http://a.vn:8080/", "a port other than 80 and 443" },
    { "http://a.vn:22/", "a port other than 80 and 443" },
    { "http://a.vn:0/", "a port other than 80 and 443" },
    { "http://u@a.vn/", "a user's name in the address" },
    { "http://u:p@a.vn/", "a user's name in the address" },
    { "http://@a.vn/", "a user's name in the address" },
    { "ftp://a.vn/", "neither http nor https" },
    { "file:///etc/passwd", "neither http nor https" },
    { "gemini://a.vn/", "neither http nor https" },
    { "gopher://a.vn:80/", "neither http nor https" },
    { "dict://a.vn:80/", "neither http nor https" },
    { "//a.vn/", "neither http nor https" },
    { "http:///", "no host" },
    { "http:a", "no host" },
};

START_TEST(an_address_is_looked_at_before_it_is_asked)
{
    struct guard_allowance allowed;
    ck_assert(guard_allowance_parse(SPAN("192.168.1.5:1200"), &allowed));
    struct guard guard = { .port = 8443, .allowed = &allowed, .allowed_count = 1 };
    struct uri uri;
    ck_assert_msg(uri_parse(span_of(urls[_i].url), URI_STRICT, &uri), "%s", urls[_i].url);
    ck_assert_pstr_eq(guard_refuses_url(&guard, &uri), urls[_i].why);
}
END_TEST

static const struct {
    const char *from, *to, *why;
} redirects[] = {
    { "http://a.vn/", "https://a.vn/", NULL },
    { "http://a.vn/", "http://b.vn/", NULL },
    { "https://a.vn/", "https://b.vn/", NULL },
    { "https://a.vn/", "http://a.vn/", "from https back to http" },
    { "https://a.vn/", "ftp://a.vn/", "neither http nor https" },
    { "http://a.vn/", "http://u@a.vn/", "a user's name in the address" },
    { "http://a.vn/", "http://a.vn:6379/", "a port other than 80 and 443" },
};

START_TEST(a_redirect_leads_to_no_less_safe_a_place)
{
    static const struct guard guard;
    struct uri from, to;
    ck_assert(uri_parse(span_of(redirects[_i].from), URI_STRICT, &from));
    ck_assert(uri_parse(span_of(redirects[_i].to), URI_STRICT, &to));
    ck_assert_pstr_eq(guard_refuses_redirect(&guard, &from, &to), redirects[_i].why);
}
END_TEST

static const struct {
    const char *url;
    bool is;
} names[] = {
    { "http://vnexpress.net/", true },  { "http://vnexpress.net./", true },
    { "http://a.b.com.vn:80/", true },  { "http://rsshub/", false },
    { "http://rsshub.local/", false },  { "http://localhost/", false },
    { "http://a.localhost./", false },  { "http://a.internal/", false },
    { "http://router.LAN/", false },    { "http://192.0.2.1/", false },
    { "http://127.1/", false },         { "http://0x7f.0.0.0x1/", false },
    { "http://[2001:db8::1]/", false }, { "http://./", false },
};

START_TEST(a_public_name_is_no_address_and_no_name_of_ones_own)
{
    struct uri uri;
    ck_assert(uri_parse(span_of(names[_i].url), URI_STRICT, &uri));
    ck_assert_msg(guard_is_public_name(&uri) == names[_i].is, "%s", names[_i].url);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

int
main(void)
{
    Suite *suite = suite_create("guard");
    TCase *judging = tcase_create("judging");
    tcase_add_loop_test(judging, a_range_ends_where_it_ends, 0, COUNT(ranges));
    tcase_add_loop_test(judging, what_is_carried_is_what_counts, 0, COUNT(carriers));
    tcase_add_test(judging, our_own_addresses_are_nobodys_target);
    tcase_add_test(judging, an_allowance_is_for_one_address_and_one_port);
    tcase_add_loop_test(judging, an_allowance_names_an_address_and_a_port, 0, COUNT(no_allowances));
    tcase_add_loop_test(judging, an_address_is_looked_at_before_it_is_asked, 0, COUNT(urls));
    tcase_add_loop_test(judging, a_redirect_leads_to_no_less_safe_a_place, 0, COUNT(redirects));
    tcase_add_loop_test(judging, a_public_name_is_no_address_and_no_name_of_ones_own, 0,
                        COUNT(names));
    suite_add_tcase(suite, judging);
    return testing_run(suite);
}
