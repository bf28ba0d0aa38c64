/* SPDX-License-Identifier: ISC */
#include "base/log.h"

#include "base/buffer.h"
#include "base/text.h"
#include "testing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static char *folder;
static char path[4096], moved[4096];

static void
set_up(void)
{
    folder = testing_folder();
    snprintf(path, sizeof path, "%s/log", folder);
    snprintf(moved, sizeof moved, "%s/log.1", folder);
    ck_assert_int_eq(log_open("songtud", path, LOG_INFO), STATUS_OK);
}

static void
tear_down(void)
{
    ck_assert_int_eq(log_open("songtu", NULL, LOG_INFO), STATUS_OK);
    testing_folder_remove(folder);
}

/* What stands in the log behind the time and the process, all lines of it. */
static void
assert_logged(const char *file, const char *expected)
{
    struct buffer words = BUFFER_EMPTY;
    char *text = testing_read(folder, file);
    ck_assert_ptr_nonnull(text);
    for (struct span rest = span_of(text), line; rest.at != NULL && rest.len > 0;) {
        size_t at = 0;
        line = span_line(&rest);
        ck_assert(span_find(line, SPAN("] "), &at));
        buffer_add(&words, span_skip(line, at + 2));
        buffer_add_char(&words, '\n');
    }
    ck_assert_str_eq(buffer_text(&words), expected);
    buffer_fini(&words);
    free(text);
}

START_TEST(a_line_says_when_who_how_bad_and_what)
{
    char *text, zone[8], head[64];
    int year, month, day, hour, minute, second, len = 0;
    log_warn("late reply peer=%s", "192.0.2.0");
    text = testing_read(folder, "log");
    ck_assert_int_eq(sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%7[+0-9-] %n", &year, &month, &day, &hour,
                            &minute, &second, zone, &len),
                     7);
    ck_assert_uint_eq(strlen(zone), 5);
    snprintf(head, sizeof head, "songtud[%d] warn: late reply peer=192.0.2.0\n", (int)getpid());
    ck_assert_str_eq(text + len, head);
    free(text);
}
END_TEST

static void
log_all(void)
{
    log_error("1");
    log_warn("2");
    log_info("3");
    log_debug("4");
    log_access("5");
}

static const char *const by_level[] = {
    [LOG_ERROR] = "error: 1\naccess: 5\n",
    [LOG_WARN] = "error: 1\nwarn: 2\naccess: 5\n",
    [LOG_INFO] = "error: 1\nwarn: 2\ninfo: 3\naccess: 5\n",
    [LOG_DEBUG] = "error: 1\nwarn: 2\ninfo: 3\ndebug: 4\naccess: 5\n",
};

START_TEST(lines_up_to_the_level_are_written_and_access_lines_always)
{
    log_level_set((enum log_level)_i);
    log_all();
    assert_logged("log", by_level[_i]);
}
END_TEST

START_TEST(lines_are_added_to_those_that_are_there)
{
    log_info("first");
    ck_assert_int_eq(log_open("songtu", path, LOG_INFO), STATUS_OK);
    log_name_set("again");
    log_info("second");
    assert_logged("log", "info: first\ninfo: second\n");
    char *text = testing_read(folder, "log");
    ck_assert_ptr_nonnull(strstr(text, " songtud["));
    ck_assert_ptr_nonnull(strstr(text, " again["));
    free(text);
}
END_TEST

START_TEST(gathered_access_lines_wait_for_a_flush_or_for_what_can_not_wait)
{
    log_gather();
    log_access("first");
    log_access("second");
    assert_logged("log", "");
    ck_assert(log_waits());
    log_flush();
    ck_assert(!log_waits());
    assert_logged("log", "access: first\naccess: second\n");
    log_access("third");
    log_error("now");
    assert_logged("log", "access: first\naccess: second\naccess: third\nerror: now\n");
}
END_TEST

START_TEST(gathered_lines_are_whole_however_many)
{
    enum { LINES = 1000 };
    struct buffer expected = BUFFER_EMPTY;
    log_gather();
    for (int i = 0; i < LINES; i++) {
        log_access("%d answers", i);
        buffer_printf(&expected, "access: %d answers\n", i);
    }
    log_flush();
    assert_logged("log", buffer_text(&expected));
    buffer_fini(&expected);
}
END_TEST

START_TEST(a_log_moved_away_is_followed_until_it_is_reopened)
{
    log_info("before");
    ck_assert_int_eq(rename(path, moved), 0);
    log_info("between");
    ck_assert_int_eq(log_reopen(), STATUS_OK);
    log_info("after");
    assert_logged("log.1", "info: before\ninfo: between\n");
    assert_logged("log", "info: after\n");
}
END_TEST

START_TEST(a_log_that_can_not_be_opened_leaves_the_old_one)
{
    char nowhere[4200];
    snprintf(nowhere, sizeof nowhere, "%s/none/log", folder);
    ck_assert_int_eq(log_open("other", nowhere, LOG_ERROR), STATUS_FAILED);
    log_info("still here");
    assert_logged("log", "info: still here\n");
}
END_TEST

START_TEST(a_log_that_can_not_be_reopened_goes_on_where_it_was)
{
    ck_assert_int_eq(rename(path, moved), 0);
    testing_write(folder, "log/in the way", "");
    ck_assert_int_eq(log_reopen(), STATUS_FAILED);
    log_info("still here");
    assert_logged("log.1", "info: still here\n");
}
END_TEST

START_TEST(standard_error_is_a_log_that_never_moves)
{
    ck_assert_int_gt(log_descriptor(), STDERR_FILENO);
    ck_assert_int_eq(log_open("songtu", NULL, LOG_ERROR), STATUS_OK);
    ck_assert_int_eq(log_descriptor(), STDERR_FILENO);
    ck_assert_int_eq(log_reopen(), STATUS_OK);
    ck_assert_int_eq(log_descriptor(), STDERR_FILENO);
}
END_TEST

START_TEST(a_line_that_is_too_long_is_cut_and_still_a_line)
{
    log_info("%10000d", 7);
    log_info("next");
    char *text = testing_read(folder, "log"), *end = strchr(text, '\n');
    ck_assert_int_eq(end - text + 1, 4096 - 1);
    ck_assert_ptr_nonnull(strstr(end, "info: next\n"));
    free(text);
}
END_TEST

START_TEST(logging_leaves_errno_alone_on_a_full_disk_too)
{
    ck_assert_int_eq(log_open("songtu", "/dev/full", LOG_INFO), STATUS_OK);
    errno = ENOTTY;
    log_error("nobody reads this");
    ck_assert_int_eq(errno, ENOTTY);
}
END_TEST

static const struct {
    struct span text;
    const char *written;
} escaped[] = {
    { SPAN("/story/hà-nội?q=1"), "/story/hà-nội?q=1" },
    { SPAN(""), "" },
    { { NULL, 0 }, "" },
    { SPAN("a\r\nerror: b"), "a\\x0d\\x0aerror: b" },
    { SPAN("\0\t\x1b[2J\x7f"), "\\x00\\x09\\x1b[2J\\x7f" },
    { SPAN("\"a\\b\""), "\\x22a\\x5cb\\x22" },
    { SPAN("\xC2\x9B"
           "2J"),
      "\\xc2\\x9b2J" },
    { SPAN("\xFF\xC3("), "\\xff\\xc3(" },
    { SPAN("\xE1\xBB"), "\\xe1\\xbb" },
    { SPAN("\xED\xA0\x80"), "\\xed\\xa0\\x80" },
};

START_TEST(no_byte_of_a_peers_can_pass_for_another_line)
{
    char text[256];
    ck_assert_str_eq(log_text(text, sizeof text, escaped[_i].text), escaped[_i].written);
}
END_TEST

START_TEST(a_peers_text_is_cut_to_what_fits_but_within_no_character)
{
    static const struct span text = SPAN("aộ\n\"z");
    char into[32];
    for (size_t room = 1; room <= sizeof into; room++) {
        memset(into, '#', sizeof into);
        log_text(into, room, text);
        ck_assert_uint_lt(strlen(into), room);
        ck_assert(text_is_utf8(span_of(into)));
        ck_assert_int_eq(strncmp("aộ\\x0a\\x22z", into, strlen(into)), 0);
        ck_assert(room == sizeof into || into[room] == '#');
    }
    ck_assert_str_eq(into, "aộ\\x0a\\x22z");
    ck_assert_str_eq(log_text(into, 8, text), "aộ");
}
END_TEST

static void
add_tests(TCase *tests)
{
    tcase_add_test(tests, a_line_says_when_who_how_bad_and_what);
    tcase_add_loop_test(tests, lines_up_to_the_level_are_written_and_access_lines_always, 0,
                        COUNT(by_level));
    tcase_add_test(tests, lines_are_added_to_those_that_are_there);
    tcase_add_test(tests, gathered_access_lines_wait_for_a_flush_or_for_what_can_not_wait);
    tcase_add_test(tests, gathered_lines_are_whole_however_many);
    tcase_add_test(tests, a_log_moved_away_is_followed_until_it_is_reopened);
    tcase_add_test(tests, a_log_that_can_not_be_opened_leaves_the_old_one);
    tcase_add_test(tests, a_log_that_can_not_be_reopened_goes_on_where_it_was);
    tcase_add_test(tests, standard_error_is_a_log_that_never_moves);
    tcase_add_test(tests, a_line_that_is_too_long_is_cut_and_still_a_line);
    tcase_add_test(tests, logging_leaves_errno_alone_on_a_full_disk_too);
    tcase_add_loop_test(tests, no_byte_of_a_peers_can_pass_for_another_line, 0, COUNT(escaped));
    tcase_add_test(tests, a_peers_text_is_cut_to_what_fits_but_within_no_character);
}

int
main(void)
{
    Suite *suite = suite_create("log");
    TCase *tests = tcase_create("log");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    add_tests(tests);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
