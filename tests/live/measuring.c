/* SPDX-License-Identifier: ISC */
/* What scripts/bench measures with, against the real songtud: it must know right answers from wrong
 * ones, else its figures mean nothing. No time is asserted. */
#include "capsule.h"

#include "testing.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BENCH PROGRAMS "/tests/bench/bench_"
#define PAGE "files/page.gmi"

enum { HELD = 100 };

static struct capsule_run *run;
static char page[4096], said[1024];

static void
set_up(void)
{
    run = capsule_prepare();
    memset(page, 'a', sizeof page - 1);
    testing_write(run->folder, "content/" PAGE, page);
    testing_write(run->folder, PAGE, page);
    capsule_launch(run);
}

static void
tear_down(void)
{
    capsule_stop(run);
}

/* The next line it prints. */
static void
hear(FILE *pipe)
{
    ck_assert_msg(fgets(said, sizeof said, pipe) != NULL, "nothing more than: %s", said);
}

static FILE *
begin(const char *mode, int port, const char *options)
{
    char command[8192];
    snprintf(command, sizeof command, "exec " BENCH "load %s %d /" PAGE " '%s/" PAGE "' %s", mode,
             port, run->folder, options);
    FILE *pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    return pipe;
}

/* Its exit status; what it said last is in `said`. */
static int
ask(int port, const char *options)
{
    FILE *pipe = begin("ask", port, options);
    do
        hear(pipe);
    while (strncmp(said, "done=", 5) == 0);
    return pclose(pipe);
}

static long
field(const char *name)
{
    const char *at = strstr(said, name);
    ck_assert_msg(at != NULL, "no %s in: %s", name, said);
    return atol(at + strlen(name));
}

static const char *const asked[] = {
    "--count 200",
    "--count 200 --resumed",
    "--rate 200 --seconds 1",
    "--count 200 --from 127.0.0.2-127.0.0.9 --progress 50",
};

static void
assert_all_right(int port, int row)
{
    ck_assert_msg(ask(port, asked[row]) == 0, "%s", said);
    ck_assert_int_eq(field("right="), 200);
    ck_assert_int_eq(field("resumed="), strstr(asked[row], "resumed") != NULL ? 200 : 0);
    ck_assert_int_gt(field("bytes="), 200 * (long)strlen(page));
    ck_assert_int_gt(field("p99="), 0);
}

START_TEST(every_answer_of_songtud_is_right)
{
    assert_all_right(run->port, _i);
}
END_TEST

START_TEST(every_answer_of_the_floor_is_right)
{
    char command[16384], line[32] = "";
    snprintf(command, sizeof command,
             "cd '%s' && exec " BENCH "floor certs/localhost/cert.pem certs/localhost/key.pem " PAGE
             " 2",
             run->folder);
    int ends[2];
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    pid_t floor = fork();
    if (floor == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    ck_assert_int_gt(read(ends[0], line, sizeof line - 1), 0);
    assert_all_right(atoi(line), _i);
    kill(floor, SIGTERM);
}
END_TEST

START_TEST(an_answer_with_another_byte_or_of_another_length_is_wrong)
{
    page[2000] = 'b';
    testing_write(run->folder, PAGE, page);
    ck_assert_int_ne(ask(run->port, "--count 20"), 0);
    ck_assert_int_eq(field("wrong="), 20);
    page[2000] = 'a';
    page[2001] = '\0';
    testing_write(run->folder, PAGE, page);
    ck_assert_int_ne(ask(run->port, "--count 20"), 0);
    ck_assert_int_eq(field("wrong="), 20);
}
END_TEST

START_TEST(who_hangs_up_before_an_answer_has_turned_a_reader_away)
{
    int port = run->port;
    ck_assert_int_eq(capsule_end(run), 0);
    ck_assert_int_ne(ask(port, "--count 20"), 0);
    ck_assert_int_eq(field("turned="), 20);
}
END_TEST

static const char *const manners[] = { "silent", "idle", "half", "deaf" };

START_TEST(connections_are_held_until_told_otherwise)
{
    int input[2];
    char options[256];
    ck_assert_int_eq(pipe2(input, O_CLOEXEC), 0);
    dup2(input[0], STDIN_FILENO);
    snprintf(options, sizeof options, "--manner %s --count %d --resumed", manners[_i], HELD);
    FILE *pipe = begin("hold", run->port, options);
    hear(pipe);
    ck_assert_int_eq(field("held="), HELD);
    ck_assert_int_eq(field("refused="), 0);
    ck_assert_int_eq(capsule_status(run, "/about"), 20);
    close(input[1]);
    hear(pipe);
    ck_assert_int_ge(field("ended="), 0);
    ck_assert_int_eq(pclose(pipe), 0);
}
END_TEST

START_TEST(connections_that_songtud_ends_are_counted)
{
    int input[2];
    char options[256];
    ck_assert_int_eq(pipe2(input, O_CLOEXEC), 0);
    dup2(input[0], STDIN_FILENO);
    snprintf(options, sizeof options, "--manner idle --count %d", HELD);
    FILE *pipe = begin("hold", run->port, options);
    hear(pipe);
    ck_assert_int_eq(field("held="), HELD);
    hear(pipe);
    ck_assert_int_eq(field("ended="), HELD);
    ck_assert_int_eq(pclose(pipe), 0);
    close(input[1]);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("measuring");
    TCase *tests = tcase_create("measuring");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, every_answer_of_songtud_is_right, 0, 4);
    tcase_add_loop_test(tests, every_answer_of_the_floor_is_right, 0, 4);
    tcase_add_test(tests, an_answer_with_another_byte_or_of_another_length_is_wrong);
    tcase_add_test(tests, who_hangs_up_before_an_answer_has_turned_a_reader_away);
    tcase_add_loop_test(tests, connections_are_held_until_told_otherwise, 0, 4);
    tcase_add_test(tests, connections_that_songtud_ends_are_counted);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
