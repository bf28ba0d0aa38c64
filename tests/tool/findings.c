/* SPDX-License-Identifier: ISC */
#include "tool/findings.h"

#include "testing.h"

#include <stdlib.h>

static struct findings findings;

static void
set_up(void)
{
    findings = (struct findings){ .region = region_new() };
}

static void
tear_down(void)
{
    findings_fini(&findings);
    region_free(findings.region);
}

static void
expect(const char *printed)
{
    char *text = NULL;
    size_t len = 0;
    FILE *to = open_memstream(&text, &len);
    findings_settle(&findings);
    findings_print(&findings, to);
    fclose(to);
    ck_assert_str_eq(text, printed);
    free(text);
}

START_TEST(nothing_found_is_nothing_said)
{
    expect("");
    ck_assert_uint_eq(findings_count(&findings, FINDING_FAULT), 0);
}
END_TEST

START_TEST(findings_stand_by_file_and_line_and_each_once)
{
    findings_add(&findings, FINDING_FAULT, SPAN("b"), 2, "x");
    findings_add(&findings, FINDING_FAULT, SPAN("a"), 10, "%d of %s", 1, "two");
    findings_add(&findings, FINDING_FAULT, SPAN("b"), 2, "x");
    findings_add(&findings, FINDING_HINT, SPAN("a"), 9, "y");
    findings_add(&findings, FINDING_FAULT, SPAN("a"), 9, "x");
    findings_add(&findings, FINDING_FAULT, SPAN("a"), 0, "z");
    expect("a: z\na:9: x\na:9: hint: y\na:10: 1 of two\nb:2: x\n");
    ck_assert_uint_eq(findings_count(&findings, FINDING_FAULT), 4);
    ck_assert_uint_eq(findings_count(&findings, FINDING_HINT), 1);
}
END_TEST

START_TEST(there_is_room_for_many)
{
    for (size_t i = 1000; i > 0; i--)
        findings_add(&findings, FINDING_FAULT, SPAN("a"), i, "x");
    findings_settle(&findings);
    ck_assert_uint_eq(findings_count(&findings, FINDING_FAULT), 1000);
    for (size_t i = 0; i < 1000; i++)
        ck_assert_uint_eq(findings.at[i].line, i + 1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("findings");
    TCase *tests = tcase_create("findings");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, nothing_found_is_nothing_said);
    tcase_add_test(tests, findings_stand_by_file_and_line_and_each_once);
    tcase_add_test(tests, there_is_room_for_many);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
