/* SPDX-License-Identifier: ISC */
/* A worker who stops, and readers who need not care: each has a queue of its own in the kernel. */
#include "capsule.h"

#include "base/clock.h"
#include "testing.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { READERS = 16, WORKERS = 2, PATIENCE_MS = 10000 };

static struct capsule_run *run;

static void
set_up(void)
{
    run = capsule_start();
}

static void
tear_down(void)
{
    capsule_stop(run);
}

static bool
is_worker(pid_t pid)
{
    char path[64], line[4096] = "";
    snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return false;
    size_t len = fread(line, 1, sizeof line - 1, file); /* the watcher is another program */
    fclose(file);
    return len > 8 && strcmp(line + strlen(line) - 7, "songtud") == 0;
}

static size_t
workers(pid_t *into)
{
    pid_t children[16];
    size_t count = capsule_children(run, children, 16), found = 0;
    for (size_t i = 0; i < count; i++)
        if (is_worker(children[i]))
            into[found++] = children[i];
    return found;
}

/* What the last one of them waited, in milliseconds. */
static int64_t
ask_often(void)
{
    int64_t longest = 0;
    for (int i = 0; i < READERS; i++) {
        int64_t begun = clock_monotonic();
        ck_assert_int_eq(capsule_status(run, "/about"), 20);
        int64_t took = clock_monotonic() - begun;
        longest = took > longest ? took : longest;
    }
    return longest;
}

START_TEST(new_readers_hardly_wait_for_a_worker_that_stopped)
{
    enum { BOUND_MS = 2000, BUSY_MS = 3000 }; /* the promise, and what tests beside us may cost */
    pid_t all[16];
    ck_assert_uint_eq(workers(all), WORKERS);
    kill(all[0], SIGSTOP);
    int64_t first = ask_often(), later = ask_often();
    ck_assert_int_lt(first, BOUND_MS + BUSY_MS);
    ck_assert_int_lt(later, BOUND_MS);
    capsule_await(run, "log", "worker does not answer: another takes its place", 1);
    printf("the longest wait was %lld ms\n", (long long)first);
    kill(all[0], SIGCONT);
}
END_TEST

START_TEST(who_talked_to_it_goes_on_when_it_does)
{
    struct talk talks[READERS];
    pid_t all[16];
    char line[128];
    int len = snprintf(line, sizeof line, "gemini://localhost:%d/about\r\n", run->port);
    for (int i = 0; i < READERS; i++) {
        talks[i] = talk_open(run, PLAINLY);
        ck_assert_ptr_nonnull(talks[i].ssl);
    }
    ck_assert_uint_eq(workers(all), WORKERS);
    kill(all[0], SIGSTOP);
    ask_often();
    kill(all[0], SIGCONT);
    capsule_await(run, "log", "worker answers again, and lets its readers finish", 1);
    for (int i = 0; i < READERS; i++) {
        talk_say(&talks[i], (struct span){ line, (size_t)len }, PLAINLY);
        struct heard answer = talk_hear(&talks[i]);
        ck_assert(answer.whole && span_starts(buffer_span(&answer.bytes), SPAN("20 ")));
        buffer_fini(&answer.bytes);
        talk_close(&talks[i]);
    }
    for (int i = 0; kill(all[0], 0) == 0; i++, poll(NULL, 0, 10))
        ck_assert_int_lt(i, PATIENCE_MS / 10);
    ck_assert_uint_eq(workers(all), WORKERS);
    ask_often();
}
END_TEST

/* One of them is as good as none if its own place has no other. */
START_TEST(all_workers_may_stop)
{
    pid_t all[16];
    size_t count = workers(all);
    for (size_t i = 0; i < count; i++)
        kill(all[i], SIGSTOP);
    ask_often();
    for (size_t i = 0; i < count; i++)
        kill(all[i], SIGCONT);
    ask_often();
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("pausing");
    TCase *tests = tcase_create("pausing");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, new_readers_hardly_wait_for_a_worker_that_stopped);
    tcase_add_test(tests, who_talked_to_it_goes_on_when_it_does);
    tcase_add_test(tests, all_workers_may_stop);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
