/* SPDX-License-Identifier: ISC */
/* Who comes, by himself or through a proxy. */
#include "net/peer.h"

#include "testing.h"

#include <arpa/inet.h>
#include <string.h>

static struct networks proxies;
static struct network known[2];

static void
set_up(void)
{
    ck_assert(network_parse(SPAN("127.0.0.0/8"), &known[0]));
    ck_assert(network_parse(SPAN("2001:db8:ffff::/48"), &known[1]));
    proxies = (struct networks){ known, 2 };
}

static const struct {
    const char *forwarded;
    const char *reader; /* as the log calls him; NULL: nobody is said */
} lists[] = {
    { "192.0.2.7", "192.0.2.7" },
    { "192.0.2.7, 127.0.0.1", "192.0.2.7" },
    { "198.51.100.1, 192.0.2.7, 127.0.0.1,2001:db8:ffff::1", "192.0.2.7" },
    { "127.0.0.2, 127.0.0.1", "127.0.0.2" }, /* whom they ask for is one of them */
    { "2001:db8::5", "2001:db8::5" },
    { "::ffff:192.0.2.7", "192.0.2.7" },
    { "for=\"[2001:db8::5]:4711\";proto=https", "2001:db8::5" },
    { "192.0.2.7:4711", "192.0.2.7" },
    { "192.0.2.7, unknown", NULL },
    { "192.0.2.0/24", NULL },
    { "10.0.0.1\", evil", NULL },
    { "", NULL },
};

START_TEST(the_last_of_them_who_is_no_proxy_is_the_reader)
{
    char text[PEER_TEXT];
    struct sockaddr_in6 reader;
    bool said = peer_forwarded(span_of(lists[_i].forwarded), proxies, &reader);
    ck_assert_int_eq(said, lists[_i].reader != NULL);
    if (!said)
        return;
    peer_print((const struct sockaddr *)&reader, true, text);
    ck_assert_str_eq(text, lists[_i].reader);
}
END_TEST

static const struct {
    const char *whole, *truncated;
} addresses[] = {
    { "192.0.2.7", "192.0.2.0" },
    { "2001:db8:1:2:3:4:5:6", "2001:db8:1::" },
    { "::1", "::" },
};

START_TEST(the_log_need_not_know_a_whole_address)
{
    char text[PEER_TEXT];
    struct sockaddr_in four = { .sin_family = AF_INET };
    struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
    const struct sockaddr *address = (const struct sockaddr *)&four;
    if (inet_pton(AF_INET, addresses[_i].whole, &four.sin_addr) != 1) {
        ck_assert_int_eq(inet_pton(AF_INET6, addresses[_i].whole, &six.sin6_addr), 1);
        address = (const struct sockaddr *)&six;
    }
    peer_print(address, true, text);
    ck_assert_str_eq(text, addresses[_i].whole);
    peer_print(address, false, text);
    ck_assert_str_eq(text, addresses[_i].truncated);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("peer");
    TCase *tests = tcase_create("peer");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_loop_test(tests, the_last_of_them_who_is_no_proxy_is_the_reader, 0,
                        sizeof lists / sizeof *lists);
    tcase_add_loop_test(tests, the_log_need_not_know_a_whole_address, 0,
                        sizeof addresses / sizeof *addresses);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
