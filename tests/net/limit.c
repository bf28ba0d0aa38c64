/* SPDX-License-Identifier: ISC */
/* Who is let in, told to wait, or shut out: the clock is a number, and the test adds to it. */
#include "net/limit.h"

#include "base/buffer.h"
#include "testing.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

enum { DAY = 86400 * 1000, FIRST = 1, SECOND_LIFE = 2 };

static const unsigned char secret[HASH_SECRET] = "not so secret";
static void *memory;
static struct limit_table *table;
static struct limit *limit;
static struct network allowed;
static int64_t now;

static struct limit_options
options_of(const char *rate, uint64_t held)
{
    struct limit_options options = { .held = held };
    ck_assert(rate_parse(span_of(rate), &options.rate));
    return options;
}

static void
begin(const char *rate, uint64_t held)
{
    struct limit_options options = options_of(rate, held);
    options.allow = (struct networks){ &allowed, 1 };
    limit_free(limit);
    limit = limit_new(table, &options, FIRST);
}

static void
set_up(void)
{
    struct limit_size size = limit_size(2, 100);
    memory = memory_new(limit_bytes(size));
    memset(memory, 0, limit_bytes(size));
    table = limit_table_init(memory, size, secret);
    ck_assert(network_parse(SPAN("198.51.100.0/24"), &allowed));
    now = 12345678;
    begin("60/5m", 1000);
}

static void
tear_down(void)
{
    limit_free(limit);
    limit = NULL;
    free(memory);
}

static struct verdict
come_to(struct limit *whose, const char *text)
{
    struct sockaddr_storage at = { 0 };
    struct sockaddr_in *four = (struct sockaddr_in *)&at;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&at;
    at.ss_family = inet_pton(AF_INET, text, &four->sin_addr) == 1 ? AF_INET : AF_INET6;
    if (at.ss_family == AF_INET6 && inet_pton(AF_INET6, text, &six->sin6_addr) != 1)
        ck_abort_msg("%s is no address", text);
    return limit_take(whose, (struct sockaddr *)&at, now);
}

/* Comes, and is gone again. */
static struct verdict
ask(const char *text)
{
    struct verdict verdict = come_to(limit, text);
    limit_leave(limit, verdict.seat);
    return verdict;
}

/* How often in a row it is let in, `most` at most. */
static int
count_welcomes(const char *text, int most)
{
    int count = 0;
    while (count < most && ask(text).by == LIMIT_NONE)
        count++;
    return count;
}

START_TEST(an_address_has_its_rate_at_once_and_is_then_told_when_to_come_back)
{
    ck_assert_int_eq(count_welcomes("192.0.2.1", 60), 60);
    struct verdict verdict = ask("192.0.2.1");
    ck_assert_int_eq(verdict.by, LIMIT_RATE);
    ck_assert_uint_eq(verdict.seconds, 5);
    now += 3001;
    ck_assert_uint_eq(ask("192.0.2.1").seconds, 2);
    now += 1998;
    ck_assert_uint_eq(ask("192.0.2.1").seconds, 1);
    now += 1;
    ck_assert_int_eq(count_welcomes("192.0.2.1", 2), 1);
    now += DAY;
    ck_assert_int_eq(count_welcomes("192.0.2.1", 61), 60);
}
END_TEST

static const char *const rates[] = { "60/5m", "600/1m", "1/1s",   "1/1d",       "7/3s",
                                     "10/s",  "1/366d", "1000/s", "100000/366d" };

START_TEST(who_waits_as_long_as_told_is_let_in)
{
    begin(rates[_i], 1000);
    for (int round = 0; round < 20; round++) {
        struct verdict verdict = { .by = LIMIT_NONE };
        for (int i = 0; i <= 1000000 && verdict.by == LIMIT_NONE; i++)
            verdict = ask("192.0.2.1");
        ck_assert_int_eq(verdict.by, LIMIT_RATE);
        ck_assert_uint_gt(verdict.seconds, 0);
        now += (int64_t)(verdict.seconds - 1) * 1000;
        if (verdict.seconds > 1)
            ck_assert_int_eq(ask("192.0.2.1").by, LIMIT_RATE); /* it was no longer than need be */
        now += 1000;
        ck_assert_int_eq(ask("192.0.2.1").by, LIMIT_NONE);
    }
}
END_TEST

START_TEST(who_goes_on_asking_hears_nothing_until_it_has_been_quiet)
{
    count_welcomes("192.0.2.1", 60);
    for (int i = 0; i < LIMIT_PATIENCE; i++)
        ck_assert_uint_eq(ask("192.0.2.1").seconds, 5);
    for (int i = 0; i < 3600; i++, now += 1000) {
        struct verdict verdict = ask("192.0.2.1");
        ck_assert_int_eq(verdict.by, LIMIT_RATE);
        ck_assert_uint_eq(verdict.seconds, 0);
        ck_assert_uint_eq(verdict.seat.address, 0);
    }
    ck_assert_int_eq(ask("192.0.3.1").by, LIMIT_NONE);
    now += -1000 + 300000 / 10 + 5000;
    ck_assert_int_eq(count_welcomes("192.0.2.1", 2), 1);
    ck_assert_uint_eq(ask("192.0.2.1").seconds, 5);
}
END_TEST

/* A thousand times a second, for twenty seconds. */
START_TEST(a_flood_gets_its_burst_ten_words_and_silence)
{
    int welcome = 0, told = 0;
    begin("600/1m", 1000);
    for (int i = 0; i < 20000; i++, now++) {
        struct verdict verdict = ask("192.0.2.1");
        welcome += verdict.by == LIMIT_NONE;
        told += verdict.seconds > 0;
        if (verdict.seconds > 1)
            ck_abort_msg("%u seconds", verdict.seconds);
        if (i % 1000 == 0)
            ck_assert_int_eq(ask("192.0.3.1").by, LIMIT_NONE);
    }
    ck_assert_int_ge(welcome, 600);
    ck_assert_int_le(welcome, 610); /* some tokens came while it spent them */
    ck_assert_int_le(told, 100);
    ck_assert_int_ge(told, LIMIT_PATIENCE);
}
END_TEST

static const struct {
    const char *one, *other;
    bool same;
} pairs[] = {
    { "192.0.2.1", "192.0.2.2", false },
    { "192.0.2.1", "::ffff:192.0.2.1", true },
    { "2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", true },
    { "2001:db8::1", "2001:db8:0:1::1", false },
    { "::1", "127.0.0.1", false },
};

START_TEST(an_address_is_an_ipv4_address_or_an_ipv6_64)
{
    ck_assert_int_eq(count_welcomes(pairs[_i].one, 100), 60);
    ck_assert_int_eq(count_welcomes(pairs[_i].other, 100), pairs[_i].same ? 0 : 60);
}
END_TEST

static const struct {
    const char *inside, *outside;
} networks[] = { { "192.0.2.%d", "192.0.3.%d" }, { "2001:db8:1:%d::1", "2001:db8:2:%d::1" } };

START_TEST(a_network_has_sixteen_times_as_much)
{
    char text[64];
    for (int i = 0; i < LIMIT_WIDER; i++) {
        snprintf(text, sizeof text, networks[_i].inside, i);
        ck_assert_int_eq(count_welcomes(text, 60), 60);
    }
    snprintf(text, sizeof text, networks[_i].inside, 99);
    struct verdict verdict = ask(text);
    ck_assert_int_eq(verdict.by, LIMIT_NETWORK_RATE);
    ck_assert_uint_eq(verdict.seconds, 1); /* 5 s / 16 */
    now += 1000;
    ck_assert_int_eq(count_welcomes(text, 60), 3);
    snprintf(text, sizeof text, networks[_i].outside, 99);
    ck_assert_int_eq(count_welcomes(text, 61), 60);
}
END_TEST

START_TEST(what_its_network_refuses_costs_an_address_nothing)
{
    char text[64];
    begin("10/1d", 1000);
    for (int i = 0; i < LIMIT_WIDER; i++) {
        snprintf(text, sizeof text, "192.0.2.%d", i);
        ck_assert_int_eq(count_welcomes(text, 10), 10);
    }
    for (int i = 0; i < LIMIT_PATIENCE; i++)
        ck_assert_int_eq(ask("192.0.2.99").by, LIMIT_NETWORK_RATE);
    now += DAY / 10; /* all of the sixteen have one more, the network sixteen */
    ck_assert_int_eq(count_welcomes("192.0.2.99", 11), 10);
}
END_TEST

START_TEST(an_address_holds_so_many_conversations_at_once)
{
    struct verdict verdicts[3];
    begin("off", 3);
    for (int i = 0; i < 3; i++) {
        verdicts[i] = come_to(limit, "192.0.2.1");
        ck_assert_int_eq(verdicts[i].by, LIMIT_NONE);
    }
    for (int i = 0; i < 1000; i++) {
        struct verdict verdict = come_to(limit, "192.0.2.1");
        ck_assert_int_eq(verdict.by, LIMIT_HELD);
        ck_assert_uint_eq(verdict.seconds, 0);
        ck_assert_int_eq(ask("192.0.2.2").by, LIMIT_NONE);
    }
    limit_leave(limit, verdicts[1].seat);
    verdicts[1] = come_to(limit, "192.0.2.1");
    ck_assert_int_eq(verdicts[1].by, LIMIT_NONE);
    ck_assert_int_eq(come_to(limit, "192.0.2.1").by, LIMIT_HELD);
    for (int i = 0; i < 3; i++)
        limit_leave(limit, verdicts[i].seat);
    ck_assert_int_eq(count_welcomes("192.0.2.1", 100), 100);
}
END_TEST

START_TEST(a_network_holds_sixteen_times_as_many)
{
    char text[64];
    begin("off", 2);
    for (int i = 0; i < 2 * LIMIT_WIDER; i++) {
        snprintf(text, sizeof text, "192.0.2.%d", i);
        ck_assert_int_eq(come_to(limit, text).by, LIMIT_NONE);
    }
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(come_to(limit, "192.0.2.99").by, LIMIT_NETWORK_HELD);
    ck_assert_int_eq(ask("192.0.3.99").by, LIMIT_NONE);
}
END_TEST

/* Who is told to wait holds a conversation while he hears it. */
START_TEST(to_be_told_off_is_a_conversation_too)
{
    begin("1/1d", 3);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(come_to(limit, "192.0.2.1").by, i == 0 ? LIMIT_NONE : LIMIT_RATE);
    ck_assert_int_eq(come_to(limit, "192.0.2.1").by, LIMIT_HELD);
}
END_TEST

START_TEST(what_a_dead_worker_held_is_free_again_and_what_others_hold_is_not)
{
    struct limit_options options = options_of("off", 10);
    begin("off", 10);
    struct limit *other = limit_new(table, &options, SECOND_LIFE);
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(come_to(i < 6 ? limit : other, "192.0.2.1").by, LIMIT_NONE);
    ck_assert_int_eq(come_to(other, "192.0.2.1").by, LIMIT_HELD);
    limit_table_forget(table, FIRST);
    limit_table_forget(table, FIRST);
    limit_table_forget(table, 77);
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(come_to(other, "192.0.2.1").by, LIMIT_NONE);
    ck_assert_int_eq(come_to(other, "192.0.2.1").by, LIMIT_HELD);
    limit_free(other);
}
END_TEST

START_TEST(more_workers_than_foreseen_are_served_uncounted)
{
    struct limit_options options = options_of("3/1d", 1);
    struct limit *many[40];
    for (int i = 0; i < 40; i++)
        many[i] = limit_new(table, &options, 100 + i);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(come_to(many[39], "192.0.2.1").by, LIMIT_NONE);
    struct verdict verdict = come_to(many[39], "192.0.2.1");
    ck_assert_int_eq(verdict.by, LIMIT_RATE);
    limit_leave(many[39], verdict.seat);
    ck_assert_int_eq(come_to(many[0], "192.0.9.1").by, LIMIT_NONE);
    ck_assert_int_eq(come_to(many[0], "192.0.9.1").by, LIMIT_HELD);
    for (int i = 0; i < 40; i++)
        limit_free(many[i]);
}
END_TEST

START_TEST(off_is_off_and_who_is_allowed_is_never_limited)
{
    ck_assert_int_eq(count_welcomes("198.51.100.7", 1000), 1000);
    begin("off", 1);
    ck_assert_int_eq(count_welcomes("192.0.2.1", 1000), 1000);
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(come_to(limit, "198.51.100.7").by, LIMIT_NONE);
    limit_free(limit);
    limit = NULL;
    ck_assert_int_eq(count_welcomes("192.0.2.1", 10), 10);
}
END_TEST

START_TEST(a_refusal_is_news_once_until_a_minute_passed_without_one)
{
    int news = 0;
    count_welcomes("192.0.2.1", 60);
    for (int i = 0; i < 600; i++, now += 1000)
        news += ask("192.0.2.1").news;
    ck_assert_int_eq(news, 1);
    now += 60000;
    struct verdict verdict = ask("192.0.2.1");
    while (verdict.by == LIMIT_NONE)
        verdict = ask("192.0.2.1");
    ck_assert(verdict.news);
    ck_assert(!ask("192.0.2.1").news);
}
END_TEST

START_TEST(what_was_spent_is_known_to_the_next_generation_in_its_own_measure)
{
    count_welcomes("192.0.2.1", 60);
    begin("60/5m", 1000);
    ck_assert_uint_eq(ask("192.0.2.1").seconds, 5);
    begin("1/366d", 1000);
    ck_assert_int_eq(ask("192.0.2.2").by, LIMIT_NONE);
    ck_assert_uint_gt(ask("192.0.2.2").seconds, 365 * 86400);
    begin("60/1m", 1000); /* what would be owed for a year is not */
    ck_assert_uint_le(ask("192.0.2.2").seconds, 7);
}
END_TEST

/* A /32 of IPv6 has more /64s than any table has entries. */
START_TEST(a_crowd_does_not_wash_away_who_is_shut_out)
{
    char text[64];
    count_welcomes("192.0.2.1", 60);
    for (int i = 0; i <= LIMIT_PATIENCE; i++)
        ask("192.0.2.1");
    for (int i = 0; i < 100000; i++) {
        snprintf(text, sizeof text, "2001:db8:%x:%x::1", i & 0xffff, i >> 16);
        if (ask(text).by != LIMIT_NONE)
            ck_abort_msg("%s is turned away", text);
    }
    ck_assert_int_eq(ask("192.0.2.1").by, LIMIT_RATE);
    ck_assert_uint_eq(ask("192.0.2.1").seconds, 0);
}
END_TEST

/* Every entry is held: nobody is turned away for that. */
START_TEST(a_table_that_is_full_turns_nobody_away)
{
    char text[64];
    for (int i = 0; i < 20000; i++) {
        snprintf(text, sizeof text, "2001:db8:%x::1", i);
        if (come_to(limit, text).by != LIMIT_NONE)
            ck_abort_msg("%s is turned away", text);
    }
}
END_TEST

static void
add_tests(TCase *tests)
{
    tcase_add_test(tests, an_address_has_its_rate_at_once_and_is_then_told_when_to_come_back);
    tcase_add_loop_test(tests, who_waits_as_long_as_told_is_let_in, 0,
                        sizeof rates / sizeof *rates);
    tcase_add_test(tests, who_goes_on_asking_hears_nothing_until_it_has_been_quiet);
    tcase_add_test(tests, a_flood_gets_its_burst_ten_words_and_silence);
    tcase_add_loop_test(tests, an_address_is_an_ipv4_address_or_an_ipv6_64, 0,
                        sizeof pairs / sizeof *pairs);
    tcase_add_loop_test(tests, a_network_has_sixteen_times_as_much, 0, 2);
    tcase_add_test(tests, what_its_network_refuses_costs_an_address_nothing);
    tcase_add_test(tests, an_address_holds_so_many_conversations_at_once);
    tcase_add_test(tests, a_network_holds_sixteen_times_as_many);
    tcase_add_test(tests, to_be_told_off_is_a_conversation_too);
    tcase_add_test(tests, what_a_dead_worker_held_is_free_again_and_what_others_hold_is_not);
    tcase_add_test(tests, more_workers_than_foreseen_are_served_uncounted);
    tcase_add_test(tests, off_is_off_and_who_is_allowed_is_never_limited);
    tcase_add_test(tests, a_refusal_is_news_once_until_a_minute_passed_without_one);
    tcase_add_test(tests, what_was_spent_is_known_to_the_next_generation_in_its_own_measure);
    tcase_add_test(tests, a_crowd_does_not_wash_away_who_is_shut_out);
    tcase_add_test(tests, a_table_that_is_full_turns_nobody_away);
}

START_TEST(who_stays_spends_what_who_comes_anew_does)
{
    begin("3/1h", 10);
    struct verdict verdict = come_to(limit, "192.0.2.1");
    struct verdict friend = come_to(limit, "198.51.100.1");
    ck_assert_int_eq(verdict.by, LIMIT_NONE);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(limit_again(limit, verdict.seat, now).by, LIMIT_NONE);
    ck_assert_int_eq(limit_again(limit, verdict.seat, now).by, LIMIT_RATE);
    ck_assert_uint_gt(limit_again(limit, verdict.seat, now).seconds, 0);
    ck_assert_int_eq(ask("192.0.2.1").by, LIMIT_RATE);
    ck_assert_int_eq(ask("203.0.113.1").by, LIMIT_NONE);
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(limit_again(limit, friend.seat, now).by, LIMIT_NONE);
    limit_leave(limit, verdict.seat);
    limit_leave(limit, friend.seat);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("limit");
    TCase *tests = tcase_create("limit");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    add_tests(tests);
    tcase_add_test(tests, who_stays_spends_what_who_comes_anew_does);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
