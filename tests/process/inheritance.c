/* SPDX-License-Identifier: ISC */
#include "process/inheritance.h"

#include "testing.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

START_TEST(what_is_printed_is_read_back)
{
    struct inheritance read, left = { 9, 5, { -1, 7, -1 }, { { 3, 4 }, { 6, 8 } }, { 2, 2 } };
    struct buffer text = BUFFER_EMPTY;
    inheritance_print(&left, &text);
    ck_assert_str_eq(buffer_text(&text), "elder=9 tell=5 limits=7 sockets=3,4 gopher=6,8");
    ck_assert(inheritance_parse(buffer_span(&text), &read));
    ck_assert_int_eq(read.elder, 9);
    ck_assert_int_eq(read.tell_socket, 5);
    ck_assert_int_eq(read.memory[INHERITED_METRICS], -1);
    ck_assert_int_eq(read.memory[INHERITED_LIMITS], 7);
    ck_assert_mem_eq(read.count, left.count, sizeof left.count);
    ck_assert_mem_eq(read.sockets, left.sockets, sizeof left.sockets);
    buffer_fini(&text);
}
END_TEST

START_TEST(another_versions_words_are_passed_over_and_missing_ones_are_none)
{
    struct inheritance read;
    ck_assert(inheritance_parse(SPAN("elder=9 colour=blue sockets=3"), &read));
    ck_assert_int_eq(read.tell_socket, -1);
    ck_assert_uint_eq(read.count[PROTOCOL_gemini], 1);
    ck_assert_uint_eq(read.count[PROTOCOL_gopher], 0);
}
END_TEST

static const char *const refused[] = {
    "",
    "elder=9",
    "sockets=3",
    "elder=9 sockets=",
    "elder=x sockets=3",
    "elder= sockets=3",
    "elder=9 sockets=3,,4",
    "elder=9 sockets=3,-1",
    "elder 9 sockets=3",
    "elder=9  sockets=3",
    "elder=99999999999 sockets=3",
    "elder=9 web=3",
    "elder=9 sockets=3,4 web=5",
    NULL, /* too many sockets */
};

START_TEST(what_is_no_inheritance_is_refused)
{
    struct inheritance read;
    struct buffer text = BUFFER_EMPTY;
    buffer_add_text(&text, refused[_i] != NULL ? refused[_i] : "elder=9 sockets=3");
    for (int i = 0; refused[_i] == NULL && i < INHERITED_SOCKETS_MAX; i++)
        buffer_add_text(&text, ",3");
    ck_assert_msg(!inheritance_parse(buffer_span(&text), &read), "%s", buffer_text(&text));
    buffer_fini(&text);
}
END_TEST

START_TEST(what_is_left_is_open_for_the_heir_and_then_for_nobody)
{
    int pair[2];
    ck_assert_int_eq(pipe2(pair, O_CLOEXEC), 0);
    struct inheritance read, left = { pair[0], -1, { -1, -1, -1 }, { { pair[1] } }, { 1 } };
    ck_assert_int_eq(inheritance_take(&read), STATUS_ABSENT);
    ck_assert_int_eq(read.elder, -1);
    inheritance_leave(&left);
    ck_assert_int_eq(fcntl(pair[0], F_GETFD), 0);
    ck_assert_int_eq(fcntl(pair[1], F_GETFD), 0);
    ck_assert_int_eq(inheritance_take(&read), STATUS_OK);
    ck_assert_int_eq(read.elder, pair[0]);
    ck_assert_int_eq(fcntl(pair[0], F_GETFD), FD_CLOEXEC);
    ck_assert_int_eq(fcntl(pair[1], F_GETFD), FD_CLOEXEC);
    ck_assert_int_eq(inheritance_take(&read), STATUS_ABSENT);
    inheritance_leave(&left);
    close(pair[1]);
    ck_assert_int_eq(inheritance_take(&read), STATUS_BAD);
    ck_assert_uint_eq(read.count[PROTOCOL_gemini], 0);
    close(pair[0]);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("inheritance");
    TCase *tests = tcase_create("inheritance");
    tcase_add_test(tests, what_is_printed_is_read_back);
    tcase_add_test(tests, another_versions_words_are_passed_over_and_missing_ones_are_none);
    tcase_add_loop_test(tests, what_is_no_inheritance_is_refused, 0,
                        sizeof refused / sizeof *refused);
    tcase_add_test(tests, what_is_left_is_open_for_the_heir_and_then_for_nobody);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
