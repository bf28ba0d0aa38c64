/* SPDX-License-Identifier: ISC */
#include "tool/said.h"

#include "testing.h"

static struct said said;

static void
set_up(void)
{
    said = (struct said){ 0 };
}

static void
tear_down(void)
{
    said_fini(&said);
}

START_TEST(what_lasts_is_said_once)
{
    for (int round = 0; round < 4; round++) {
        ck_assert(said_is_new(&said, SPAN("b.gmi:3: no title")) == (round == 0));
        ck_assert(said_is_new(&said, SPAN("a.gmi:3: no title")) == (round == 0));
        if (round >= 2)
            ck_assert(said_is_new(&said, SPAN("c.gmi:3: no title")) == (round == 2));
        said_turn(&said, true);
    }
}
END_TEST

START_TEST(what_is_back_is_said_again)
{
    ck_assert(said_is_new(&said, SPAN("a")));
    said_turn(&said, true);
    said_turn(&said, true); /* it was over */
    ck_assert(said_is_new(&said, SPAN("a")));
}
END_TEST

START_TEST(a_round_that_was_broken_off_forgets_nothing)
{
    ck_assert(said_is_new(&said, SPAN("a")));
    said_turn(&said, true);
    for (int round = 0; round < 100; round++) {
        ck_assert(said_is_new(&said, SPAN("b")) == (round == 0));
        said_turn(&said, false);
    }
    ck_assert_uint_eq(said.before.count, 2);
    ck_assert(!said_is_new(&said, SPAN("a")));
    said_turn(&said, true);
    ck_assert(said_is_new(&said, SPAN("b")));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("said");
    TCase *tests = tcase_create("said");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, what_lasts_is_said_once);
    tcase_add_test(tests, what_is_back_is_said_again);
    tcase_add_test(tests, a_round_that_was_broken_off_forgets_nothing);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
