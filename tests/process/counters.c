/* SPDX-License-Identifier: ISC */
/* The file of counters: who may read it, and what becomes of a damaged one. */
#include "process/counters.h"

#include "base/clock.h"
#include "testing.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder;
static struct counters *counters;
static struct metric_values values;
static struct counters_sample sample;
static struct fault fault;

static void
set_up(void)
{
    folder = testing_folder();
    counters = counters_new(folder);
    values = (struct metric_values){ { 0 } };
    values.at[METRIC_ACCEPTED] = 12;
    values.at[METRIC_CELLS - 1] = UINT64_MAX;
}

static void
tear_down(void)
{
    counters_free(counters);
    testing_folder_remove(folder);
}

static const char *
path_of(const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void
write_them(void)
{
    ck_assert_int_eq(counters_write(counters, &values, clock_monotonic()), STATUS_OK);
}

static enum status
read_them(void)
{
    fault = (struct fault){ 0, "" };
    return counters_read(folder, &sample, &fault);
}

/* As another process sees it: a lock is nothing to the process that holds it. */
static int
as_somebody_else(int (*work)(void))
{
    int status;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        _exit(work());
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int
see_twelve(void)
{
    return read_them() != STATUS_OK || sample.values.at[METRIC_ACCEPTED] != 12 ||
           sample.values.at[METRIC_CELLS - 1] != UINT64_MAX || sample.daemon != getppid();
}

static int
see_nobody(void)
{
    return read_them() != STATUS_ABSENT;
}

static int
see_thirteen(void)
{
    return read_them() != STATUS_OK || sample.values.at[METRIC_ACCEPTED] != 13;
}

static int
see_a_fault(void)
{
    enum status status = read_them();
    printf("%s\n", fault.what);
    fflush(stdout);
    return status != STATUS_BAD || strstr(fault.what, "/counters ") == NULL;
}

static int
find_it_taken(void)
{
    struct counters *others = counters_new(folder);
    enum status status = counters_write(others, &values, 1);
    counters_free(others);
    return status != STATUS_BUSY;
}

START_TEST(what_is_written_is_read_by_others)
{
    write_them();
    ck_assert_int_eq(as_somebody_else(see_twelve), 0);
    values.at[METRIC_ACCEPTED] = 13;
    write_them();
    ck_assert_int_eq(as_somebody_else(see_thirteen), 0);
}
END_TEST

START_TEST(where_nobody_serves_that_is_said)
{
    ck_assert_int_eq(as_somebody_else(see_nobody), 0);
    write_them();
    counters_free(counters);
    counters = NULL;
    ck_assert_int_eq(access(path_of("counters"), R_OK), 0);
    ck_assert_int_eq(as_somebody_else(see_nobody), 0);
}
END_TEST

START_TEST(a_second_daemon_leaves_the_file_to_the_first)
{
    write_them();
    ck_assert_int_eq(as_somebody_else(find_it_taken), 0);
    ck_assert_int_eq(as_somebody_else(see_twelve), 0);
}
END_TEST

START_TEST(a_deleted_file_is_made_anew)
{
    write_them();
    ck_assert_int_eq(unlink(path_of("counters")), 0);
    write_them(); /* nothing has changed in between */
    ck_assert_int_eq(as_somebody_else(see_twelve), 0);
}
END_TEST

START_TEST(what_stands_in_the_way_is_replaced_and_never_written_to)
{
    testing_write(folder, "precious", "mine\n");
    char precious[4096];
    snprintf(precious, sizeof precious, "%s/precious", folder);
    ck_assert_int_eq(
        _i == 0 ? symlink(precious, path_of("counters")) : link(precious, path_of("counters")), 0);
    write_them();
    char *text = testing_read(folder, "precious");
    ck_assert_str_eq(text, "mine\n");
    free(text);
    ck_assert_int_eq(as_somebody_else(see_twelve), 0);
}
END_TEST

START_TEST(what_does_not_change_is_not_written)
{
    struct stat before, after;
    write_them();
    ck_assert_int_eq(stat(path_of("counters"), &before), 0);
    struct timespec old[2] = { { 1000, 0 }, { 1000, 0 } };
    ck_assert_int_eq(utimensat(AT_FDCWD, path_of("counters"), old, 0), 0);
    write_them();
    ck_assert_int_eq(stat(path_of("counters"), &after), 0);
    ck_assert_int_eq(after.st_mtime, 1000);
    ck_assert_int_eq(after.st_size, before.st_size);
    ck_assert_int_eq(after.st_mode & 0777, 0644 & ~022);
}
END_TEST

START_TEST(a_folder_that_is_gone_is_a_failure_and_no_more)
{
    ck_assert_int_eq(rmdir(folder), 0);
    ck_assert_int_eq(counters_write(counters, &values, 1), STATUS_FAILED);
    ck_assert_int_eq(mkdir(folder, 0755), 0);
    write_them();
    ck_assert_int_eq(as_somebody_else(see_twelve), 0);
}
END_TEST

/* Changes the file while it is locked. */
static void
damage(off_t at, struct span bytes, off_t size)
{
    int file = open(path_of("counters"), O_WRONLY);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(pwrite(file, bytes.at, bytes.len, at), (ssize_t)bytes.len);
    if (size >= 0)
        ck_assert_int_eq(ftruncate(file, size), 0);
    /* Not closed: that would give up our own lock. */
}

START_TEST(a_damaged_file_is_told_and_not_believed)
{
    static const struct {
        off_t at, size;
        struct span bytes;
    } damages[] = {
        { 0, -1, { "x", 1 } },      { 8, -1, { "\x01\x02", 2 } }, { 16, -1, { "\xff\xfe", 2 } },
        { 100, -1, { "\xff", 1 } }, { 0, 0, { "", 0 } },          { 0, 7, { "", 0 } },
        { 0, 40, { "", 0 } },       { 2000, -1, { "x", 1 } },     { 24, -1, { "\xff", 1 } },
    };
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        ck_assert(unlink(path_of("counters")) == 0 || i == 0);
        write_them();
        damage(damages[i].at, damages[i].bytes, damages[i].size);
        ck_assert_msg(as_somebody_else(see_a_fault) == 0, "%zu", i);
    }
}
END_TEST

START_TEST(a_reader_meets_no_half_written_numbers)
{
    int status;
    values.at[METRIC_CELLS - 2] = values.at[METRIC_ACCEPTED];
    write_them();
    pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < 2000; i++)
            if (read_them() != STATUS_OK ||
                sample.values.at[METRIC_ACCEPTED] != sample.values.at[METRIC_CELLS - 2])
                _exit(1);
        _exit(0);
    }
    for (bool over = false; !over;) {
        values.at[METRIC_ACCEPTED] = ++values.at[METRIC_CELLS - 2];
        write_them();
        over = waitpid(pid, &status, WNOHANG) == pid;
    }
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(the_time_of_a_sample_is_no_older_than_the_master_looks)
{
    enum { LONG_AGO = 1 };
    ck_assert_int_eq(counters_write(counters, &values, LONG_AGO), STATUS_OK);
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        int64_t before = clock_monotonic();
        _exit(read_them() != STATUS_OK || sample.at < before - COUNTERS_EVERY_MS);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("counters");
    TCase *tests = tcase_create("counters");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, what_is_written_is_read_by_others);
    tcase_add_test(tests, where_nobody_serves_that_is_said);
    tcase_add_test(tests, a_second_daemon_leaves_the_file_to_the_first);
    tcase_add_test(tests, a_deleted_file_is_made_anew);
    tcase_add_loop_test(tests, what_stands_in_the_way_is_replaced_and_never_written_to, 0, 2);
    tcase_add_test(tests, what_does_not_change_is_not_written);
    tcase_add_test(tests, a_folder_that_is_gone_is_a_failure_and_no_more);
    tcase_add_test(tests, a_damaged_file_is_told_and_not_believed);
    tcase_add_test(tests, a_reader_meets_no_half_written_numbers);
    tcase_add_test(tests, the_time_of_a_sample_is_no_older_than_the_master_looks);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
