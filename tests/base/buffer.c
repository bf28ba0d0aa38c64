/* SPDX-License-Identifier: ISC */
#include "base/buffer.h"

#include "testing.h"

#include <string.h>

START_TEST(bytes_are_added_at_the_end)
{
    struct buffer buffer = BUFFER_EMPTY;
    buffer_add(&buffer, SPAN("a\0"));
    buffer_add(&buffer, span_of(NULL));
    buffer_add_char(&buffer, 'b');
    buffer_add_text(&buffer, "cd");
    buffer_printf(&buffer, "%d%s", 12, "e");
    ck_assert(span_equal(buffer_span(&buffer), SPAN("a\0bcd12e")));
    ck_assert(!buffer.cut);
    buffer_fini(&buffer);
    ck_assert_ptr_null(buffer.at);
    ck_assert_uint_eq(buffer.len, 0);
}
END_TEST

START_TEST(what_is_printed_may_be_long)
{
    struct buffer buffer = BUFFER_EMPTY;
    for (int width = 250; width < 260; width++) {
        buffer_clear(&buffer);
        buffer_printf(&buffer, "%*d", width, 7);
        ck_assert_uint_eq(buffer.len, (size_t)width);
        ck_assert_int_eq(buffer.at[buffer.len - 1], '7');
    }
    buffer_fini(&buffer);
}
END_TEST

START_TEST(ten_thousand_bytes_keep_their_order)
{
    struct buffer buffer = BUFFER_EMPTY;
    for (int i = 0; i < 10000; i++)
        buffer_add_char(&buffer, (char)('a' + i % 26));
    ck_assert_uint_eq(buffer.len, 10000);
    ck_assert_uint_le(buffer.len, buffer.room);
    for (int i = 0; i < 10000; i++)
        ck_assert_int_eq(buffer.at[i], 'a' + i % 26);
    buffer_fini(&buffer);
}
END_TEST

START_TEST(a_limited_buffer_remembers_that_something_was_left_out)
{
    struct buffer buffer = BUFFER_LIMITED(4);
    buffer_add_text(&buffer, "abcd");
    ck_assert(!buffer.cut);
    buffer_add(&buffer, SPAN(""));
    ck_assert(!buffer.cut);
    buffer_add_char(&buffer, 'e');
    ck_assert(buffer.cut);
    ck_assert_str_eq(buffer_text(&buffer), "abcd");
    buffer_clear(&buffer);
    ck_assert(!buffer.cut);
    buffer_printf(&buffer, "%s", "vwxyz");
    ck_assert(buffer.cut);
    ck_assert_str_eq(buffer_text(&buffer), "vwxy");
    buffer_fini(&buffer);
    ck_assert_uint_eq(buffer.limit, 4);
}
END_TEST

START_TEST(room_is_read_into_and_then_counted)
{
    struct buffer buffer = BUFFER_EMPTY;
    buffer_add_text(&buffer, "ab");
    memcpy(buffer_reserve(&buffer, 300), "cdef", 4);
    ck_assert_uint_eq(buffer.len, 2);
    buffer_grew(&buffer, 3);
    ck_assert_str_eq(buffer_text(&buffer), "abcde");
    buffer_shorten(&buffer, 4);
    ck_assert_str_eq(buffer_text(&buffer), "abcd");
    buffer_drop(&buffer, 0);
    buffer_drop(&buffer, 3);
    ck_assert_str_eq(buffer_text(&buffer), "d");
    buffer_drop(&buffer, 1);
    ck_assert_str_eq(buffer_text(&buffer), "");
    buffer_fini(&buffer);
}
END_TEST

START_TEST(an_empty_buffer_is_an_empty_text)
{
    struct buffer buffer = BUFFER_EMPTY;
    ck_assert_uint_eq(buffer_span(&buffer).len, 0);
    ck_assert_str_eq(buffer_text(&buffer), "");
    ck_assert_uint_eq(buffer.len, 0);
    buffer_fini(&buffer);
}
END_TEST

START_TEST(a_copy_is_a_c_string)
{
    char *copy = memory_text(span_first(SPAN("abc"), 2));
    ck_assert_str_eq(copy, "ab");
    copy = memory_grow(copy, 1000);
    ck_assert_str_eq(copy, "ab");
    free(copy);
    copy = memory_text(span_of(NULL));
    ck_assert_str_eq(copy, "");
    free(copy);
}
END_TEST

START_TEST(no_bytes_are_memory_too)
{
    void *none = memory_new(0);
    ck_assert_ptr_nonnull(none);
    none = memory_grow(none, 0);
    ck_assert_ptr_nonnull(none);
    free(none);
}
END_TEST

static void
reserve_more_than_there_is(void)
{
    struct buffer buffer = BUFFER_EMPTY;
    buffer_add_char(&buffer, 'a');
    buffer_reserve(&buffer, SIZE_MAX);
}

static void
reserve_half_of_all(void)
{
    struct buffer buffer = BUFFER_EMPTY;
    buffer_reserve(&buffer, SIZE_MAX / 2 + 1);
}

START_TEST(more_memory_than_there_is_ends_the_process)
{
    testing_aborts(memory_end);
    testing_aborts(reserve_more_than_there_is);
    testing_aborts(reserve_half_of_all);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("buffer");
    TCase *tests = tcase_create("buffer");
    tcase_add_test(tests, bytes_are_added_at_the_end);
    tcase_add_test(tests, what_is_printed_may_be_long);
    tcase_add_test(tests, ten_thousand_bytes_keep_their_order);
    tcase_add_test(tests, a_limited_buffer_remembers_that_something_was_left_out);
    tcase_add_test(tests, room_is_read_into_and_then_counted);
    tcase_add_test(tests, an_empty_buffer_is_an_empty_text);
    tcase_add_test(tests, a_copy_is_a_c_string);
    tcase_add_test(tests, no_bytes_are_memory_too);
    tcase_add_test(tests, more_memory_than_there_is_ends_the_process);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
