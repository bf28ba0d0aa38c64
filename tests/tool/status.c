/* SPDX-License-Identifier: ISC */
/* `songtu status`: the table, JSON, and what it says where nobody serves. */
#include "base/clock.h"
#include "numbers.h"
#include "process/counters.h"
#include "testing.h"
#include "tool/status_table.h"
#include "tooling.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct metric_values values;

static void
set_up(void)
{
    uint64_t *at = values.at;
    tooling_set_up();
    values = (struct metric_values){ { 0 } };
    at[METRIC_STARTED] = 1000000;
    at[METRIC_GENERATION] = 2;
    at[METRIC_WORKERS_SERVING] = 4;
    at[METRIC_WORKERS_DRAINING] = 1;
    at[METRIC_ROUND] = 17;
    at[METRIC_ROUND_TIME] = 1090000;
    at[METRIC_ANSWER_gemini_20] = 1234567;
    at[METRIC_ANSWER_gemini_51] = 12;
    at[METRIC_HANDSHAKE_FULL] = 750;
    at[METRIC_HANDSHAKE_RESUMED] = 250;
    at[METRIC_CONNECTIONS] = 3;
    at[METRIC_ACCEPTED] = 1000;
    at[METRIC_BYTES_IN] = 999;
    at[METRIC_BYTES_OUT] = 12345678;
    at[METRIC_TIME_REPLY] = 90;
    at[METRIC_TIME_REPLY + 4] = 9;
    at[METRIC_TIME_REPLY + METRIC_BOUNDS] = 1;
    at[METRIC_TIME_REPLY + METRIC_BOUNDS + 1] = 60000;
}

static const char table[] = "songtud 4711 is up 1 d 2 h\n"
                            "generation 2, 4 workers and 1 draining\n"
                            "archive: round 17, changed 1 h 6 min ago\n"
                            "\n"
                            "Answers                  total\n"
                            "  gemini 20          1 234 567     100.0 %\n"
                            "  gemini 51                 12       0.0 %\n"
                            "\n"
                            "Handshakes               total\n"
                            "  full                     750      75.0 %\n"
                            "  resumed                  250      25.0 %\n"
                            "  failed                     0       0.0 %\n"
                            "\n"
                            "Connections now              3\n"
                            "Connections              1 000\n";

static const char rates[] = "Answers                  total              per second\n"
                            "  gemini 20          1 234 567     100.0 %         283\n"
                            "  gemini 51                 12       0.0 %         0.4\n";

static struct buffer
print(const struct metric_values *before, bool colours)
{
    struct buffer out = BUFFER_EMPTY;
    struct status_view view = { .values = &values,
                                .before = before,
                                .apart = 2500,
                                .now = 1094000,
                                .daemon = 4711,
                                .colours = colours };
    status_print(&view, &out);
    buffer_text(&out);
    return out;
}

static void
assert_has(const struct buffer *text, const char *wanted)
{
    ck_assert_msg(strstr(text->at, wanted) != NULL, "%s\nis missing in\n%s", wanted, text->at);
}

START_TEST(the_table_is_aligned_and_made_for_people)
{
    struct buffer out = print(NULL, false);
    ck_assert_msg(strncmp(out.at, table, sizeof table - 1) == 0, "%s", out.at);
    assert_has(&out, "\n  in                     999 B\n"
                     "  out                  12.3 MB\n");
    assert_has(&out, "Time in states           count        half     9 in 10   99 in 100\n");
    assert_has(&out, "\n  reply                    100     <= 1 ms     <= 1 ms    <= 20 ms"
                     "  █···▁··········▁\n");
    assert_has(&out, "\n  request                    0           -           -           -"
                     "  ················\n");
    ck_assert_ptr_null(strchr(out.at, '\033'));
    buffer_fini(&out);
}
END_TEST

START_TEST(two_looks_make_rates)
{
    struct metric_values before = values;
    before.at[METRIC_ANSWER_gemini_20] -= 708;
    before.at[METRIC_ANSWER_gemini_51] -= 1;
    before.at[METRIC_BYTES_OUT] -= 5000;
    before.at[METRIC_ACCEPTED] += 1; /* the daemon began anew in between */
    struct buffer out = print(&before, false);
    assert_has(&out, rates);
    assert_has(&out, "  out                  12.3 MB                  2.0 kB\n");
    assert_has(&out, "Connections              1 000                       -\n");
    buffer_fini(&out);
}
END_TEST

START_TEST(colours_change_no_letter)
{
    struct buffer with = print(NULL, true), without = print(NULL, false), bare = BUFFER_EMPTY;
    for (struct span rest = buffer_span(&with); rest.at != NULL;) {
        buffer_add(&bare, span_cut(&rest, '\033'));
        span_cut(&rest, 'm');
    }
    ck_assert_uint_gt(with.len, without.len);
    ck_assert(span_equal(buffer_span(&bare), buffer_span(&without)));
    buffer_fini(&with);
    buffer_fini(&without);
    buffer_fini(&bare);
}
END_TEST

static const struct {
    void (*print)(uint64_t, struct buffer *);
    uint64_t number;
    const char *text;
} human[] = {
    { status_print_age, 0, "0 s" },
    { status_print_age, 59, "59 s" },
    { status_print_age, 119, "1 min" },
    { status_print_age, 3600, "1 h" },
    { status_print_age, 7260, "2 h 1 min" },
    { status_print_age, 90061, "1 d 1 h" },
    { status_print_count, 0, "0" },
    { status_print_count, 1000, "1 000" },
    { status_print_count, UINT64_MAX, "18 446 744 073 709 551 615" },
    { status_print_bytes, 0, "0 B" },
    { status_print_bytes, 999, "999 B" },
    { status_print_bytes, 1000, "1.0 kB" },
    { status_print_bytes, 999949, "999.9 kB" },
    { status_print_bytes, 999950, "1.0 MB" },
    { status_print_bytes, UINT64_MAX, "18.4 EB" },
};

START_TEST(numbers_are_printed_for_people)
{
    struct buffer out = BUFFER_EMPTY;
    human[_i].print(human[_i].number, &out);
    ck_assert_str_eq(buffer_text(&out), human[_i].text);
    buffer_fini(&out);
}
END_TEST

/* A daemon: another process writes these values to the state folder, and holds them. */
static pid_t
start_daemon(void)
{
    int pipes[2];
    char word;
    ck_assert_int_eq(pipe(pipes), 0);
    ck_assert_int_eq(mkdir(tooling_options.state, 0755), 0);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        struct counters *counters = counters_new(tooling_options.state);
        signal(SIGTERM, SIG_DFL);
        if (counters_write(counters, &values, clock_monotonic()) == STATUS_OK &&
            write(pipes[1], "r", 1) == 1)
            pause();
        _exit(1);
    }
    ck_assert_int_eq(read(pipes[0], &word, 1), 1);
    close(pipes[0]);
    close(pipes[1]);
    return pid;
}

static void
end_daemon(pid_t pid)
{
    kill(pid, SIGTERM);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

START_TEST(the_numbers_of_a_daemon_are_shown)
{
    struct numbers numbers;
    pid_t pid = start_daemon();
    struct told told = tool("status", NULL);
    ck_assert_int_eq(told.status, EXIT_FINE);
    ck_assert_ptr_nonnull(strstr(told.out, "\n  gemini 20          1 234 567 "));
    ck_assert_ptr_null(strchr(told.out, '\033'));
    told = tool("status", "--json", NULL);
    ck_assert_int_eq(told.status, EXIT_FINE);
    numbers_of_json(told.out, &numbers);
    ck_assert_str_eq(numbers.fault, "");
    ck_assert(numbers_get(&numbers, "daemon") == pid);
    ck_assert(numbers_get(&numbers, "answers_total.gemini.20") == 1234567);
    ck_assert(numbers_get(&numbers, "state_duration_seconds.reply.count") == 100);
    end_daemon(pid);
}
END_TEST

static bool
was_shown_twice(void)
{
    char *out = testing_read(tooling_folder, "out"), *first = NULL;
    if (out != NULL)
        first = strstr(out, "\"daemon\"");
    bool twice = first != NULL && strstr(first + 1, "\"daemon\"") != NULL;
    free(out);
    return twice;
}

START_TEST(watching_goes_on_until_the_daemon_ends)
{
    pid_t pid = start_daemon(), ends = fork();
    if (ends == 0) {
        while (!was_shown_twice())
            poll(NULL, 0, 10);
        kill(pid, SIGTERM);
        _exit(0);
    }
    struct told told = tool("status", "--json", "--watch", "1", NULL);
    ck_assert_int_eq(told.status, EXIT_FAULTS);
    ck_assert_ptr_nonnull(strstr(told.err, "no songtud serves"));
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    ck_assert_int_eq(waitpid(ends, NULL, 0), ends);
}
END_TEST

START_TEST(where_no_daemon_serves_it_says_so)
{
    struct told told = tool("status", NULL);
    ck_assert_int_eq(told.status, EXIT_FAULTS);
    ck_assert_str_eq(told.out, "");
    ck_assert_ptr_nonnull(strstr(told.err, "no songtud serves with the state folder "));
    end_daemon(start_daemon()); /* its last counters are still there */
    told = tool("status", "--json", NULL);
    ck_assert_int_eq(told.status, EXIT_FAULTS);
    ck_assert_str_eq(told.out, "");
}
END_TEST

START_TEST(another_version_is_told)
{
    char path[4096];
    pid_t pid = start_daemon();
    snprintf(path, sizeof path, "%s/counters", tooling_options.state);
    FILE *file = fopen(path, "r+");
    ck_assert_int_eq(fseek(file, 8, SEEK_SET), 0);
    ck_assert_int_eq(fputc('x', file), 'x');
    ck_assert_int_eq(fclose(file), 0);
    struct told told = tool("status", NULL);
    ck_assert_int_eq(told.status, EXIT_FAILED);
    ck_assert_ptr_nonnull(strstr(told.err, "/counters is of another version"));
    end_daemon(pid);
}
END_TEST

START_TEST(what_it_does_not_know_is_misuse)
{
    TOOL_ENDS(EXIT_USAGE, "status", "--bright");
    TOOL_ENDS(EXIT_USAGE, "status", "now");
    TOOL_ENDS(EXIT_USAGE, "status", "5");
    TOOL_ENDS(EXIT_USAGE, "status", "--watch", "0");
    TOOL_ENDS(EXIT_USAGE, "status", "--watch=soon");
    TOOL_ENDS(EXIT_USAGE, "status", "--watch", "1", "2");
    TOOL_ENDS(EXIT_FAULTS, "status", "--watch=1"); /* nothing to watch */
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("status");
    TCase *tests = tcase_create("status");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tooling_tear_down);
    tcase_add_test(tests, the_table_is_aligned_and_made_for_people);
    tcase_add_test(tests, two_looks_make_rates);
    tcase_add_test(tests, colours_change_no_letter);
    tcase_add_loop_test(tests, numbers_are_printed_for_people, 0, sizeof human / sizeof *human);
    tcase_add_test(tests, the_numbers_of_a_daemon_are_shown);
    tcase_add_test(tests, watching_goes_on_until_the_daemon_ends);
    tcase_add_test(tests, where_no_daemon_serves_it_says_so);
    tcase_add_test(tests, another_version_is_told);
    tcase_add_test(tests, what_it_does_not_know_is_misuse);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
