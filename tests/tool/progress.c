/* SPDX-License-Identifier: ISC */
#include "tool/tool.h"

#include "testing.h"

static const struct {
    size_t done, all;
    const char *bar;
} bars[] = {
    { 0, 1000, "indexing [------------------------------] 0 of 1000" },
    { 500, 1000, "indexing [###############---------------] 500 of 1000" },
    { 999, 1000, "indexing [#############################-] 999 of 1000" },
    { 1000, 1000, "indexing [##############################] 1000 of 1000" },
    { 0, 0, "indexing [##############################] 0 of 0" },
};

START_TEST(a_bar_is_full_when_all_is_done)
{
    struct buffer bar = BUFFER_EMPTY;
    tool_bar("indexing", bars[_i].done, bars[_i].all, &bar);
    ck_assert_str_eq(buffer_text(&bar), bars[_i].bar);
    buffer_fini(&bar);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("progress");
    TCase *tests = tcase_create("progress");
    tcase_add_loop_test(tests, a_bar_is_full_when_all_is_done, 0,
                        (int)(sizeof bars / sizeof *bars));
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
