/* SPDX-License-Identifier: ISC */
#include "base/status.h"

#include "testing.h"

#include <string.h>

START_TEST(every_status_has_a_word)
{
    ck_assert_str_eq(status_name(STATUS_OK), "ok");
    ck_assert_str_eq(status_name(STATUS_ABSENT), "absent");
    ck_assert_str_eq(status_name(STATUS_BAD), "bad");
    ck_assert_str_eq(status_name(STATUS_LIMIT), "limit");
    ck_assert_str_eq(status_name(STATUS_BUSY), "busy");
    ck_assert_str_eq(status_name(STATUS_FAILED), "failed");
}
END_TEST

START_TEST(a_fault_says_what_and_where)
{
    struct fault fault = { 0, "" };
    ck_assert_int_eq(fault_set(&fault, 7, "%s is missing", "title"), STATUS_BAD);
    ck_assert_uint_eq(fault.line, 7);
    ck_assert_str_eq(fault.what, "title is missing");
}
END_TEST

START_TEST(a_fault_that_is_too_long_is_cut)
{
    struct fault fault = { 0, "" };
    ck_assert_int_eq(fault_set(&fault, 1, "%1000d", 7), STATUS_BAD);
    ck_assert_uint_eq(strlen(fault.what), sizeof fault.what - 1);
}
END_TEST

START_TEST(nobody_need_ask_for_the_fault)
{
    ck_assert_int_eq(fault_set(NULL, 1, "nobody reads this"), STATUS_BAD);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("status");
    TCase *tests = tcase_create("status");
    tcase_add_test(tests, every_status_has_a_word);
    tcase_add_test(tests, a_fault_says_what_and_where);
    tcase_add_test(tests, a_fault_that_is_too_long_is_cut);
    tcase_add_test(tests, nobody_need_ask_for_the_fault);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
