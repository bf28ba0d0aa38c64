/* SPDX-License-Identifier: ISC */
#include "base/region.h"

#include "testing.h"

#include <stdio.h>
#include <string.h>

static struct region *region;

static void
set_up(void)
{
    region = region_new();
}

static void
tear_down(void)
{
    region_free(region);
    region = NULL;
}

static void
assert_all(const unsigned char *memory, size_t bytes, unsigned char expected)
{
    size_t at = 0;
    while (at < bytes && memory[at] == expected)
        at++;
    ck_assert_uint_eq(at, bytes);
}

/* Small ones, one that takes a chunk of its own, and small ones again. */
START_TEST(memory_is_zeroed_aligned_and_nobody_elses)
{
    static const size_t sizes[] = { 1, 0, 17, 4000, 100000, 16384, 8, 4096, 4097, 12000, 3 };
    unsigned char *all[sizeof sizes / sizeof *sizes];
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        all[i] = region_alloc(region, sizes[i]);
        ck_assert_uint_eq((uintptr_t)all[i] % _Alignof(max_align_t), 0);
        assert_all(all[i], sizes[i], 0);
        memset(all[i], (int)i + 1, sizes[i]);
    }
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        assert_all(all[i], sizes[i], (unsigned char)(i + 1));
}
END_TEST

START_TEST(an_array_has_room_for_all_its_things)
{
    uint64_t *numbers = region_array(region, 100, sizeof *numbers);
    assert_all((unsigned char *)numbers, 100 * sizeof *numbers, 0);
    numbers[99] = 7;
    ck_assert_ptr_nonnull(region_array(region, 0, 8));
}
END_TEST

START_TEST(a_copy_has_a_nul_behind)
{
    char text[] = "Huế";
    struct span copy = region_copy(region, span_of(text));
    text[0] = 'X';
    ck_assert_str_eq(copy.at, "Huế");
    ck_assert_uint_eq(copy.len, 5);
    ck_assert(span_equal(region_copy(region, SPAN("a\0b")), SPAN("a\0b")));
    ck_assert_str_eq(region_copy(region, span_of(NULL)).at, "");
}
END_TEST

START_TEST(what_is_printed_lives_in_the_region)
{
    ck_assert_str_eq(region_printf(region, "/story/%s", "a").at, "/story/a");
    ck_assert_uint_eq(region_printf(region, "%500d", 1).len, 500);
    ck_assert_uint_eq(region_printf(region, "%s", "").len, 0);
}
END_TEST

START_TEST(what_is_joined_is_what_would_be_printed)
{
    struct span one = REGION_JOIN(region, SPAN("/city/"), SPAN(""), span_of(NULL), SPAN("hue"));
    ck_assert_str_eq(one.at, "/city/hue");
    ck_assert_uint_eq(one.len, 9);
    ck_assert_str_eq(REGION_JOIN(region, SPAN("")).at, "");
    ck_assert_str_eq(region_number(region, 0, 1).at, "0");
    ck_assert_str_eq(region_number(region, 7, 2).at, "07");
    ck_assert_str_eq(region_number(region, 2024, 2).at, "2024");
    ck_assert_str_eq(region_number(region, UINT64_MAX, 30).at, "18446744073709551615");
}
END_TEST

START_TEST(a_list_of_spans_grows)
{
    struct span_list list = { { NULL, 0 }, 0 };
    ck_assert(!spans_have(list.spans, SPAN("0")));
    for (int i = 0; i < 100; i++)
        span_list_add(&list, region, region_printf(region, "%d", i));
    ck_assert_uint_eq(list.spans.count, 100);
    for (int i = 0; i < 100; i++) {
        char number[16];
        snprintf(number, sizeof number, "%d", i);
        ck_assert_str_eq(list.spans.at[i].at, number);
        ck_assert(spans_have(list.spans, span_of(number)));
    }
    ck_assert(!spans_have(list.spans, SPAN("100")));
    ck_assert(!spans_have(list.spans, SPAN("")));
}
END_TEST

static void
ask_for_more_than_there_is(void)
{
    region_alloc(region, SIZE_MAX - 7);
}

static void
ask_for_too_many(void)
{
    region_array(region, SIZE_MAX / 8 + 1, 16);
}

START_TEST(more_memory_than_there_is_ends_the_process)
{
    testing_aborts(ask_for_more_than_there_is);
    testing_aborts(ask_for_too_many);
}
END_TEST

START_TEST(no_region_is_freed_in_peace)
{
    region_free(NULL);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("region");
    TCase *tests = tcase_create("region");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, memory_is_zeroed_aligned_and_nobody_elses);
    tcase_add_test(tests, an_array_has_room_for_all_its_things);
    tcase_add_test(tests, a_copy_has_a_nul_behind);
    tcase_add_test(tests, what_is_printed_lives_in_the_region);
    tcase_add_test(tests, what_is_joined_is_what_would_be_printed);
    tcase_add_test(tests, a_list_of_spans_grows);
    tcase_add_test(tests, more_memory_than_there_is_ends_the_process);
    tcase_add_test(tests, no_region_is_freed_in_peace);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
