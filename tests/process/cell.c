/* SPDX-License-Identifier: ISC */
/* Whatever the work does in its cell, the next piece of work is done. */
#include "process/cell.h"

#include "testing.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static struct cell *cell;
static struct buffer out;
static struct fault fault;

static void
crash(void)
{
    raise(SIGSEGV);
}

static void
hang(void)
{
    for (volatile int i = 0;; i = 1)
        if (i < 0)
            break;
}

static void
grow(void)
{
    for (;;)
        memset(memory_new(1024 * 1024), 1, 1024 * 1024);
}

static void
garble(void)
{
    const uint64_t size = UINT64_MAX / 2;
    if (write(3, &size, sizeof size) < 0)
        _exit(1);
    hang();
}

static void
turn_away(void)
{
    close(3);
    hang();
}

static void
end_early(void)
{
    _exit(0);
}

/* What each does; a word is answered if it is let. */
static const struct {
    const char *word;
    void (*run)(void);
    const char *said; /* of it, where it does not end well */
} kinds[] = {
    { "crash", crash, "failed (Segmentation fault)" },
    { "hang", hang, "took more than 1 s" },
    { "grow", grow, "MiB of memory" },
    { "garble", garble, "damaged" },
    { "turn away", turn_away, "failed (Killed)" },
    { "end", end_early, "failed (it ended)" },
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static void
try_all(struct buffer *into)
{
    buffer_printf(into, "open %d", open("/etc/passwd", O_RDONLY) >= 0 ? 0 : errno);
    buffer_printf(into, " socket %d", socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : errno);
    buffer_printf(into, " exec %d", execl("/bin/true", "true", (char *)NULL) == 0 ? 0 : errno);
    buffer_printf(into, " kill %d", kill(getppid(), 0) == 0 ? 0 : errno);
}

static void
work(const void *whom, struct span in, struct buffer *into)
{
    (void)whom;
    for (int i = 0; i < KINDS; i++)
        if (span_equal(in, span_of(kinds[i].word)))
            kinds[i].run();
    if (span_equal(in, SPAN("try all")))
        try_all(into);
    else if (span_equal(in, SPAN("pid")))
        buffer_printf(into, "%d", (int)getpid());
    else
        buffer_add(into, in);
}

static void
set_up(void)
{
    const struct cell_options options = { .work = work,
                                          .sandbox = SANDBOX_ON,
                                          .deadline = 1000,
                                          .memory = 64 * 1024 * 1024,
                                          .pieces_most = 3 };
    cell = cell_new(&options);
    out = BUFFER_EMPTY;
}

static void
tear_down(void)
{
    cell_free(cell);
    buffer_fini(&out);
}

static const char *
ask(const char *word, enum status wanted)
{
    buffer_clear(&out);
    ck_assert_int_eq(cell_ask(cell, span_of(word), &out, &fault), wanted);
    return buffer_text(&out);
}

START_TEST(an_answer_comes_back)
{
    ck_assert_str_eq(ask("một", STATUS_OK), "một");
    ck_assert_str_eq(ask("", STATUS_OK), "");
}
END_TEST

START_TEST(a_large_answer_to_a_large_question_comes_back)
{
    struct buffer large = BUFFER_EMPTY;
    memset(buffer_reserve(&large, 5000000), 'x', 5000000);
    buffer_grew(&large, 5000000);
    ck_assert_int_eq(cell_ask(cell, buffer_span(&large), &out, &fault), STATUS_OK);
    ck_assert(span_equal(buffer_span(&out), buffer_span(&large)));
    buffer_fini(&large);
}
END_TEST

START_TEST(what_fails_costs_itself_alone)
{
#ifdef __SANITIZE_ADDRESS__
    if (strcmp(kinds[_i].word, "grow") == 0 || strcmp(kinds[_i].word, "crash") == 0)
        return; /* the sanitizer has its own ends for these */
#endif
    for (int fresh = 0; fresh < 2; fresh++) {
        ask(kinds[_i].word, STATUS_BAD);
        ck_assert_msg(strstr(fault.what, kinds[_i].said) != NULL, "%s", fault.what);
        ck_assert_str_eq(ask("hai", STATUS_OK), "hai");
    }
}
END_TEST

START_TEST(whoever_sits_there_can_do_nothing_else)
{
    char wanted[100];
    struct fault unable;
    int no_open = EPERM;
#ifdef __SANITIZE_ADDRESS__ /* it opens files, so landlock says no rather than the filter */
    no_open = EACCES;
#endif
    snprintf(wanted, sizeof wanted, "open %d socket %d exec %d kill %d", no_open, EPERM, EPERM,
             EPERM);
    if (sandbox_ask(SANDBOX_REQUIRE, &unable) == STATUS_OK)
        ck_assert_str_eq(ask("try all", STATUS_OK), wanted);
}
END_TEST

START_TEST(one_process_does_some_pieces_and_another_goes_on)
{
    int first = atoi(ask("pid", STATUS_OK));
    ck_assert_int_eq(atoi(ask("pid", STATUS_OK)), first);
    ck_assert_int_eq(atoi(ask("pid", STATUS_OK)), first);
    ck_assert_int_ne(atoi(ask("pid", STATUS_OK)), first);
}
END_TEST

START_TEST(a_process_that_is_killed_between_two_pieces_is_replaced)
{
    int first = atoi(ask("pid", STATUS_OK));
    ck_assert_int_eq(kill(first, SIGKILL), 0);
    ck_assert_str_eq(ask("ba", STATUS_OK), "ba");
}
END_TEST

START_TEST(none_is_begun_that_can_not_be_locked_in)
{
    struct fault unable;
    const struct cell_options options = { .work = work, .sandbox = SANDBOX_REQUIRE };
    struct cell *strict = cell_new(&options);
    enum status wanted = sandbox_ask(SANDBOX_REQUIRE, &unable) == STATUS_OK ? STATUS_OK
                                                                            : STATUS_FAILED;
    ck_assert_int_eq(cell_ask(strict, SPAN("x"), &out, &fault), wanted);
    cell_free(strict);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("cell");
    TCase *tests = tcase_create("work in a cell");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_tags(tests, "no-valgrind"); /* which a sandbox has no room for */
    tcase_add_test(tests, an_answer_comes_back);
    tcase_add_test(tests, a_large_answer_to_a_large_question_comes_back);
    tcase_add_loop_test(tests, what_fails_costs_itself_alone, 0, KINDS);
    tcase_add_test(tests, whoever_sits_there_can_do_nothing_else);
    tcase_add_test(tests, one_process_does_some_pieces_and_another_goes_on);
    tcase_add_test(tests, a_process_that_is_killed_between_two_pieces_is_replaced);
    tcase_add_test(tests, none_is_begun_that_can_not_be_locked_in);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
