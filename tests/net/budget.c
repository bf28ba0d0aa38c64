/* SPDX-License-Identifier: ISC */
#include "net/budget.h"

#include "testing.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

static const struct {
    const char *text;
    uint64_t count, seconds;
    const char *printed;
} rates[] = {
    { "60/5m", 60, 300, "60/5m" },
    { "600/1m", 600, 60, "600/1m" },
    { "10/s", 10, 1, "10/1s" },
    { "1/1h", 1, 3600, "1/1h" },
    { "100/2d", 100, 172800, "100/2d" },
    { "1/60s", 1, 60, "1/1m" },
    { "1/90s", 1, 90, "1/90s" },
    { "1000000/366d", 1000000, 366 * 86400, "1000000/366d" },
    { "off", 0, 0, "off" },
};

START_TEST(a_rate_is_so_many_in_so_long)
{
    struct rate rate = { 7, 7 };
    char text[RATE_TEXT];
    ck_assert(rate_parse(span_of(rates[_i].text), &rate));
    ck_assert_uint_eq(rate.count, rates[_i].count);
    ck_assert_uint_eq(rate.seconds, rates[_i].seconds);
    ck_assert_str_eq(rate_print(rate, text), rates[_i].printed);
}
END_TEST

static const char *const no_rates[] = {
    "",       "/",      "60",     "60/",     "/5m",        "60/5",
    "0/5m",   "60/0m",  "60/5w",  "60/5M",   "60/-5m",     "-60/5m",
    "60 /5m", "60/ 5m", "60/5m ", "60/5m/2", "6e1/m",      "60/5mm",
    "off/5m", "1.5/1m", "Off",    "60/367d", "1000001/1m", "60/8785h",
    "off/",   "+1/1m",  "60//5m", "0x10/1m", "60/m5",      "60/99999999999999999999d",
};

START_TEST(what_is_no_rate_is_refused_and_changes_nothing)
{
    struct rate rate = { 7, 8 };
    ck_assert_msg(!rate_parse(span_of(no_rates[_i]), &rate), "%s", no_rates[_i]);
    ck_assert(rate.count == 7 && rate.seconds == 8);
}
END_TEST

/* An address as a socket tells it. */
static const struct sockaddr *
socket_address(const char *text)
{
    static struct sockaddr_storage at;
    struct sockaddr_in *four = (struct sockaddr_in *)&at;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&at;
    memset(&at, 0, sizeof at);
    at.ss_family = inet_pton(AF_INET, text, &four->sin_addr) == 1 ? AF_INET : AF_INET6;
    ck_assert(at.ss_family == AF_INET || inet_pton(AF_INET6, text, &six->sin6_addr) == 1);
    return (struct sockaddr *)&at;
}

static const struct {
    const char *network, *address;
    bool within;
} places[] = {
    { "10.0.0.0/8", "10.255.255.255", true },
    { "10.0.0.0/8", "11.0.0.0", false },
    { "10.0.0.0/8", "::ffff:10.1.2.3", true },
    { "::ffff:10.0.0.0/104", "10.1.2.3", true },
    { "192.0.2.7", "192.0.2.7", true },
    { "192.0.2.7", "192.0.2.8", false },
    { "192.0.2.128/25", "192.0.2.127", false },
    { "192.0.2.128/25", "192.0.2.128", true },
    { "127.0.0.0/8", "127.1.2.3", true },
    { "0.0.0.0/0", "203.0.113.5", true },
    { "0.0.0.0/0", "2001:db8::1", false },
    { "::/0", "2001:db8::1", true },
    { "::/0", "203.0.113.5", false },
    { "::1", "::1", true },
    { "::1", "::2", false },
    { "2001:db8::/33", "2001:db8:7fff::1", true },
    { "2001:db8::/33", "2001:db8:8000::1", false },
    { "2001:db8::/127", "2001:db8::1", true },
    { "2001:db8::/127", "2001:db8::2", false },
};

START_TEST(a_network_has_the_addresses_that_begin_as_it_does)
{
    struct network network;
    ck_assert(network_parse(span_of(places[_i].network), &network));
    ck_assert_int_eq(networks_have((struct networks){ &network, 1 },
                                   network_of(socket_address(places[_i].address))),
                     places[_i].within);
}
END_TEST

static const char *const no_networks[] = {
    "",
    "/",
    "/8",
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "10.0.0/8",
    "10.0.0.1/8",
    "2001:db8::/129",
    "2001:db8::1/64",
    "[::1]",
    "::ffff:10.0.0.0/64",
    "localhost",
    "10.0.0.0 /8",
    "10.0.0.0/ 8",
    "10.0.0.0/-8",
    "fe80::1%lo",
    "10.0.0.0-10.0.0.9",
    "1111:2222:3333:4444:5555:6666:7777:8888:9999/12",
};

START_TEST(what_is_no_network_is_refused_and_changes_nothing)
{
    struct network network = { .bits = 3 };
    ck_assert_msg(!network_parse(span_of(no_networks[_i]), &network), "%s", no_networks[_i]);
    ck_assert_uint_eq(network.bits, 3);
    ck_assert(!network_parse((struct span){ "::1\0", 4 }, &network));
}
END_TEST

START_TEST(one_list_may_have_several_networks_or_none)
{
    struct network list[2];
    ck_assert(network_parse(SPAN("192.0.2.0/24"), &list[0]));
    ck_assert(network_parse(SPAN("2001:db8::/32"), &list[1]));
    struct networks both = { list, 2 };
    ck_assert(networks_have(both, network_of(socket_address("192.0.2.1"))));
    ck_assert(networks_have(both, network_of(socket_address("2001:db8::9"))));
    ck_assert(!networks_have(both, network_of(socket_address("192.0.3.1"))));
    ck_assert(!networks_have((struct networks){ 0 }, network_of(socket_address("192.0.2.1"))));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("budget");
    TCase *tests = tcase_create("budget");
    tcase_add_loop_test(tests, a_rate_is_so_many_in_so_long, 0, COUNT(rates));
    tcase_add_loop_test(tests, what_is_no_rate_is_refused_and_changes_nothing, 0, COUNT(no_rates));
    tcase_add_loop_test(tests, a_network_has_the_addresses_that_begin_as_it_does, 0, COUNT(places));
    tcase_add_loop_test(tests, what_is_no_network_is_refused_and_changes_nothing, 0,
                        COUNT(no_networks));
    tcase_add_test(tests, one_list_may_have_several_networks_or_none);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
