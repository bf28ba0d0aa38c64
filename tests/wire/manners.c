/* SPDX-License-Identifier: ISC */
#include "wire/manners.h"

#include "testing.h"

#include <stddef.h>

enum { PAUSE = 2000, HOSTS = 4 };

static struct manners *manners;
static int64_t wait;

static void
begin(void)
{
    manners = manners_new(HOSTS, PAUSE);
}

static void
end(void)
{
    manners_free(manners);
}

static void
add(const char *host, const char *job)
{
    manners_add(manners, span_of(host), false, (void *)(uintptr_t)job);
}

static const char *
next(int64_t now)
{
    return manners_next(manners, now, &wait);
}

START_TEST(a_host_is_asked_once_at_a_time_with_a_pause_behind)
{
    add("a", "1");
    add("A", "2");
    add("a", "3");
    ck_assert_str_eq(next(0), "1");
    ck_assert_ptr_null(next(100000));
    ck_assert_int_eq(wait, -1);
    manners_done(manners, SPAN("a"), 5000);
    ck_assert_ptr_null(next(5000 + PAUSE - 1));
    ck_assert_int_eq(wait, 1);
    ck_assert_str_eq(next(5000 + PAUSE), "2");
    manners_done(manners, SPAN("A"), 10000);
    ck_assert_str_eq(next(10000 + PAUSE), "3");
    manners_done(manners, SPAN("a"), 20000);
    ck_assert_ptr_null(next(30000));
    ck_assert_int_eq(wait, -1);
}
END_TEST

START_TEST(so_many_hosts_are_asked_at_once)
{
    add("a", "a");
    add("b", "b");
    add("c", "c");
    add("d", "d");
    add("e", "e");
    for (int i = 0; i < HOSTS; i++)
        ck_assert_ptr_nonnull(next(0));
    ck_assert_ptr_null(next(0));
    ck_assert_int_eq(wait, -1);
    manners_done(manners, SPAN("b"), 10);
    ck_assert_str_eq(next(10), "e");
}
END_TEST

START_TEST(nobody_waits_behind_a_host_with_much_to_tell)
{
    manners_free(manners);
    manners = manners_new(1, 0);
    for (int i = 0; i < 10; i++)
        add("a", "a");
    add("b", "b");
    ck_assert_str_eq(next(0), "a");
    manners_done(manners, SPAN("a"), 0);
    ck_assert_str_eq(next(0), "b");
    manners_done(manners, SPAN("b"), 0);
    ck_assert_str_eq(next(0), "a");
}
END_TEST

START_TEST(who_goes_on_goes_first)
{
    add("a", "2");
    add("a", "3");
    manners_add(manners, SPAN("a"), true, (void *)(uintptr_t) "1");
    ck_assert_str_eq(next(0), "1");
    manners_done(manners, SPAN("a"), 0);
    ck_assert_str_eq(next(PAUSE), "2");
    manners_done(manners, SPAN("a"), PAUSE);
    manners_add(manners, SPAN("b"), true, (void *)(uintptr_t) "x");
    add("b", "y");
    ck_assert_str_eq(next(PAUSE), "x");
    ck_assert_str_eq(next(2 * PAUSE), "3");
}
END_TEST

START_TEST(a_host_may_want_a_longer_pause_and_never_a_shorter)
{
    add("a", "1");
    add("a", "2");
    add("a", "3");
    next(0);
    manners_done(manners, SPAN("a"), 0);
    manners_slow(manners, SPAN("a"), 5000);
    manners_slow(manners, SPAN("a"), 1);
    ck_assert_ptr_null(next(4999));
    ck_assert_int_eq(wait, 1);
    ck_assert_str_eq(next(5000), "2");
    manners_done(manners, SPAN("a"), 5000);
    ck_assert_ptr_null(next(9999));
    ck_assert_str_eq(next(10000), "3");
}
END_TEST

START_TEST(what_waits_can_be_dropped)
{
    add("a", "1");
    add("b", "2");
    ck_assert_str_eq(manners_drop(manners), "1");
    add("a", "3");
    ck_assert_str_eq(manners_drop(manners), "3");
    ck_assert_str_eq(manners_drop(manners), "2");
    ck_assert_ptr_null(manners_drop(manners));
    ck_assert_ptr_null(next(0));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("manners");
    TCase *waiting = tcase_create("waiting");
    tcase_add_checked_fixture(waiting, begin, end);
    tcase_add_test(waiting, a_host_is_asked_once_at_a_time_with_a_pause_behind);
    tcase_add_test(waiting, so_many_hosts_are_asked_at_once);
    tcase_add_test(waiting, nobody_waits_behind_a_host_with_much_to_tell);
    tcase_add_test(waiting, who_goes_on_goes_first);
    tcase_add_test(waiting, a_host_may_want_a_longer_pause_and_never_a_shorter);
    tcase_add_test(waiting, what_waits_can_be_dropped);
    suite_add_tcase(suite, waiting);
    return testing_run(suite);
}
