/* SPDX-License-Identifier: ISC */
#include "base/span.h"

#include "testing.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static const struct span nothing = { NULL, 0 };

static void
assert_span(struct span span, const char *expected)
{
    ck_assert_msg(span_equal(span, span_of(expected)), "%.*s, not %s", SPAN_ARG(span), expected);
}

START_TEST(a_c_string_is_a_span_without_its_nul)
{
    ck_assert_uint_eq(span_of("Huế").len, 5);
    ck_assert_uint_eq(SPAN("a\0b").len, 3);
    ck_assert_ptr_null(span_of(NULL).at);
    ck_assert_uint_eq(span_of(NULL).len, 0);
}
END_TEST

START_TEST(spans_are_equal_byte_by_byte)
{
    ck_assert(span_equal(SPAN("a\0b"), SPAN("a\0b")));
    ck_assert(!span_equal(SPAN("a\0b"), SPAN("a\0c")));
    ck_assert(!span_equal(SPAN("a"), SPAN("ab")));
    ck_assert(!span_equal(SPAN("a"), SPAN("A")));
    ck_assert(span_equal(nothing, SPAN("")));
}
END_TEST

START_TEST(case_is_nothing_to_ascii_letters_alone)
{
    ck_assert(span_equal_nocase(SPAN("Gemini://AZ"), SPAN("gEMINI://az")));
    ck_assert(!span_equal_nocase(SPAN("@[`{"), SPAN("`{@[")));
    ck_assert(!span_equal_nocase(SPAN("Đ"), SPAN("đ")));
    ck_assert(!span_equal_nocase(SPAN("a"), SPAN("ab")));
    ck_assert(span_equal_nocase(nothing, SPAN("")));
}
END_TEST

/* In the order they sort. */
static const struct span sorted[] = { SPAN(""),   SPAN("\0"), SPAN("a"),
                                      SPAN("aa"), SPAN("b"),  SPAN("\xC4\x91") };

START_TEST(spans_sort_by_bytes_a_prefix_first)
{
    for (int other = 0; other < COUNT(sorted); other++) {
        int order = span_compare(sorted[_i], sorted[other]);
        ck_assert_int_eq((order > 0) - (order < 0), (_i > other) - (_i < other));
    }
    ck_assert_int_eq(span_compare(nothing, SPAN("")), 0);
}
END_TEST

START_TEST(a_span_starts_and_ends_with_its_ends)
{
    ck_assert(span_starts(SPAN("/story/a"), SPAN("/story/")));
    ck_assert(span_starts(SPAN("/story/a"), SPAN("/story/a")));
    ck_assert(!span_starts(SPAN("/story/a"), SPAN("/story/a/")));
    ck_assert(!span_starts(nothing, SPAN("a")));
    ck_assert(span_starts(SPAN("a"), nothing));
    ck_assert(span_ends(SPAN("a.gmi"), SPAN(".gmi")));
    ck_assert(!span_ends(SPAN("gmi"), SPAN(".gmi")));
    ck_assert(!span_ends(SPAN("a.gmi"), SPAN(".gm")));
    ck_assert(span_ends(nothing, SPAN("")));
}
END_TEST

START_TEST(first_and_skip_stay_within)
{
    assert_span(span_first(SPAN("abc"), 2), "ab");
    assert_span(span_first(SPAN("abc"), 9), "abc");
    assert_span(span_skip(SPAN("abc"), 2), "c");
    assert_span(span_skip(SPAN("abc"), 9), "");
    ck_assert_ptr_nonnull(span_skip(SPAN("abc"), 9).at);
    ck_assert_ptr_null(span_skip(nothing, 1).at);
    ck_assert_uint_eq(span_skip(nothing, 1).len, 0);
}
END_TEST

static const struct {
    struct span in, what;
    size_t at; /* 9: nowhere */
} finds[] = {
    { SPAN("abcabc"), SPAN("ca"), 2 }, { SPAN("abcabc"), SPAN("abc"), 0 },
    { SPAN("a\0b"), SPAN("\0b"), 1 },  { SPAN("abc"), SPAN("abcd"), 9 },
    { SPAN("abc"), SPAN("x"), 9 },     { SPAN("abc"), SPAN(""), 9 },
    { { NULL, 0 }, SPAN("a"), 9 },
};

START_TEST(what_is_sought_is_found_where_it_first_stands)
{
    size_t at = 9;
    bool found = span_find(finds[_i].in, finds[_i].what, &at);
    ck_assert(found == (finds[_i].at != 9));
    ck_assert_uint_eq(at, finds[_i].at);
}
END_TEST

START_TEST(a_byte_is_found_a_nul_too)
{
    size_t at = 9;
    ck_assert(!span_find_char(SPAN("abc"), 'x', &at));
    ck_assert(!span_find_char(nothing, 'x', &at));
    ck_assert_uint_eq(at, 9);
    ck_assert(span_find_char(SPAN("abcb"), 'b', &at));
    ck_assert_uint_eq(at, 1);
    ck_assert(span_find_char(SPAN("ab\0"), '\0', &at));
    ck_assert_uint_eq(at, 2);
    ck_assert(span_has_char(SPAN("a\0"), '\0'));
    ck_assert(!span_has_char(SPAN("a"), '\0'));
}
END_TEST

START_TEST(trimming_takes_blanks_off_both_ends)
{
    assert_span(span_trim(SPAN(" \ta b\t ")), "a b");
    assert_span(span_trim(SPAN(" \t ")), "");
    assert_span(span_trim(SPAN("\r\na\n")), "\r\na\n");
    assert_span(span_trim_lines(SPAN("\r\n a\nb \n")), "a\nb");
    ck_assert(span_equal(span_trim(SPAN("\0 ")), SPAN("\0")));
    ck_assert(span_equal(span_trim(SPAN(" \0")), SPAN("\0")));
    ck_assert_uint_eq(span_trim(nothing).len, 0);
}
END_TEST

START_TEST(cutting_goes_through_all_the_parts)
{
    struct span rest = SPAN("a,,b,");
    assert_span(span_cut(&rest, ','), "a");
    assert_span(span_cut(&rest, ','), "");
    assert_span(span_cut(&rest, ','), "b");
    ck_assert_ptr_nonnull(rest.at);
    assert_span(span_cut(&rest, ','), "");
    ck_assert_ptr_null(rest.at);
    ck_assert_uint_eq(span_cut(&rest, ',').len, 0);
    ck_assert_ptr_null(rest.at);
}
END_TEST

START_TEST(lines_end_in_lf_or_crlf)
{
    struct span rest = SPAN("a\r\n\nb\rc\n\r\r\nlast");
    static const char *const lines[] = { "a", "", "b\rc", "\r", "last" };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_span(span_line(&rest), lines[i]);
    ck_assert_ptr_null(rest.at);
}
END_TEST

static const struct {
    const char *text;
    uint64_t most, number;
    bool good;
} numbers[] = {
    { "0", 0, 0, true },
    { "007", 7, 7, true },
    { "65535", 65535, 65535, true },
    { "18446744073709551615", UINT64_MAX, UINT64_MAX, true },
    { "65536", 65535, 0, false },
    { "18446744073709551616", UINT64_MAX, 0, false },
    { "99999999999999999999", UINT64_MAX, 0, false },
    { "10", 9, 0, false },
    { "5", 3, 0, false },
    { "", 9, 0, false },
    { "-1", 9, 0, false },
    { "+1", 9, 0, false },
    { " 1", 9, 0, false },
    { "1x", 99, 0, false },
    { "0x1", 99, 0, false },
    { "1.", 99, 0, false },
};

START_TEST(a_number_is_digits_up_to_a_bound)
{
    uint64_t number = 0;
    ck_assert(span_number(span_of(numbers[_i].text), numbers[_i].most, &number) ==
              numbers[_i].good);
    ck_assert_uint_eq(number, numbers[_i].number);
}
END_TEST

static void
add_tests(TCase *tests)
{
    tcase_add_test(tests, a_c_string_is_a_span_without_its_nul);
    tcase_add_test(tests, spans_are_equal_byte_by_byte);
    tcase_add_test(tests, case_is_nothing_to_ascii_letters_alone);
    tcase_add_loop_test(tests, spans_sort_by_bytes_a_prefix_first, 0, COUNT(sorted));
    tcase_add_test(tests, a_span_starts_and_ends_with_its_ends);
    tcase_add_test(tests, first_and_skip_stay_within);
    tcase_add_loop_test(tests, what_is_sought_is_found_where_it_first_stands, 0, COUNT(finds));
    tcase_add_test(tests, a_byte_is_found_a_nul_too);
    tcase_add_test(tests, trimming_takes_blanks_off_both_ends);
    tcase_add_test(tests, cutting_goes_through_all_the_parts);
    tcase_add_test(tests, lines_end_in_lf_or_crlf);
    tcase_add_loop_test(tests, a_number_is_digits_up_to_a_bound, 0, COUNT(numbers));
}

int
main(void)
{
    Suite *suite = suite_create("span");
    TCase *tests = tcase_create("span");
    add_tests(tests);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
