/* SPDX-License-Identifier: ISC */
/* One address that wants too much, and others who must not notice. */
#include "capsule.h"
#include "stream.h"

#include "base/clock.h"
#include "testing.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE = 10 }; /* answers of 44 in a row, then silence */

static struct capsule_run *run;

static void
start(const char *settings)
{
    run = capsule_prepare();
    run->allow = "";
    testing_write(run->folder, "songtu.yaml", settings);
    capsule_launch(run);
}

static void
tear_down(void)
{
    capsule_stop(run);
}

/* The seconds this address is told to wait: 0: none, it is served; -1: it is shut out. */
static int
ask(const char *from)
{
    char words[32];
    int seconds = 0;
    struct capsule_run there = *run;
    there.from = from;
    struct heard answer = capsule_ask(&there, "/about");
    ck_assert(answer.reached);
    if (answer.bytes.len == 0) {
        ck_assert(!answer.connected);
        seconds = -1;
    } else if (!span_starts(buffer_span(&answer.bytes), SPAN("20 "))) {
        ck_assert(answer.whole);
        ck_assert_int_eq(sscanf(buffer_text(&answer.bytes), "44 %d", &seconds), 1);
        snprintf(words, sizeof words, "44 %d\r\n", seconds);
        ck_assert_str_eq(buffer_text(&answer.bytes), words);
    }
    buffer_fini(&answer.bytes);
    return seconds;
}

/* Until it is shut out; how often it was served. */
static int
ask_too_often(const char *from, int least, int most)
{
    int served = 0, told = 0;
    while (served < 1000 && ask(from) == 0)
        served++;
    for (told = 1; told < PATIENCE; told++) {
        int seconds = ask(from);
        ck_assert_msg(seconds >= least && seconds <= most, "told %d", seconds);
        ck_assert_int_eq(ask("127.0.1.1"), 0);
    }
    for (int i = 0; i < 50; i++)
        ck_assert_int_eq(ask(from), -1);
    ck_assert_int_eq(ask("127.0.1.1"), 0);
    return served;
}

START_TEST(one_question_too_many_is_told_44_and_further_ones_nothing)
{
    start("rate: 30/30m\n");
    ck_assert_int_eq(ask_too_often("127.0.0.1", 40, 60), 30);
    capsule_await(run, "log", "peer=127.0.0.0 status=44 ", PATIENCE);
    ck_assert_uint_eq(capsule_count(run, "log", "peer=127.0.0.0 limit=rate"), 1);
    ck_assert_uint_eq(capsule_count(run, "log", "peer=127.0.0.0 status=44 "), PATIENCE);
    ck_assert_uint_eq(capsule_count(run, "log", "peer=127.0.1.0 status=44 "), 0);
}
END_TEST

START_TEST(who_waits_as_long_as_told_is_served)
{
    int seconds = 0;
    start("rate: 4/6s\n");
    for (int i = 0; i < 100 && seconds == 0; i++)
        seconds = ask("127.0.0.1");
    ck_assert_int_ge(seconds, 1);
    ck_assert_int_le(seconds, 2);
    poll(NULL, 0, seconds * 1000);
    ck_assert_int_eq(ask("127.0.0.1"), 0);
}
END_TEST

START_TEST(neither_a_reload_nor_the_death_of_all_workers_forgives)
{
    start("rate: 30/30m\n");
    ask_too_often("127.0.0.1", 40, 60);
    kill(run->master, SIGHUP);
    capsule_await(run, "log", "serving generation=2", 1);
    ck_assert_int_eq(ask("127.0.0.1"), -1);
    pid_t children[16];
    size_t count = capsule_children(run, children, 16);
    for (size_t i = 0; i < count; i++)
        kill(children[i], SIGKILL);
    run->from = "127.0.1.1";
    capsule_wait(run, "/about", 20);
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(ask("127.0.0.1"), -1);
    ck_assert_int_eq(ask("127.0.1.1"), 0);
    testing_write(run->folder, "songtu.yaml", "rate: off\n");
    kill(run->master, SIGHUP);
    capsule_await(run, "log", "serving generation=3", 1);
    ck_assert_int_eq(ask("127.0.0.1"), 0);
}
END_TEST

START_TEST(an_upgrade_does_not_forgive)
{
    start("rate: 30/30m\n");
    ask_too_often("127.0.0.1", 40, 60);
    pid_t old = capsule_upgrade(run);
    ck_assert_int_eq(ask("127.0.0.1"), -1);
    ck_assert_int_eq(waitpid(old, NULL, 0), old);
    ck_assert_int_eq(ask("127.0.0.1"), -1);
    ck_assert_int_eq(ask("127.0.1.1"), 0);
}
END_TEST

START_TEST(a_flood_from_one_address_loses_others_nothing)
{
    start("rate: 600/1m\n");
    struct stream *flood = stream_start(run, 4);
    for (int i = 0; i < 300; i++) {
        poll(NULL, 0, 10);
        ck_assert_int_eq(ask("127.0.1.1"), 0);
    }
    struct stream_count count = stream_stop(flood);
    ck_assert_uint_ge(count.answered, 300); /* it may, too, at first */
    ck_assert_uint_gt(count.lost, 10);
    ck_assert_uint_eq(capsule_count(run, "log", "peer=127.0.0.0 limit=rate"), 1);
}
END_TEST

START_TEST(an_address_holds_so_many_conversations_and_a_dead_worker_holds_none)
{
    enum { HELD = 6 };
    struct talk talks[HELD];
    start("connections-per-address: 6\nrate: off\n");
    for (int i = 0; i < HELD; i++) {
        talks[i] = talk_open(run, PLAINLY);
        ck_assert_ptr_nonnull(talks[i].ssl);
    }
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(ask("127.0.0.1"), -1);
    ck_assert_int_eq(ask("127.0.1.1"), 0);
    pid_t children[16];
    size_t count = capsule_children(run, children, 16);
    for (size_t i = 0; i < count; i++)
        kill(children[i], SIGKILL);
    capsule_wait(run, "/about", 20);
    for (int i = 0; i < HELD; i++)
        talk_close(&talks[i]);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(ask("127.0.0.1"), 0);
    ck_assert_uint_eq(capsule_count(run, "log", "peer=127.0.0.0 limit=connections"), 1);
}
END_TEST

START_TEST(who_is_allowed_is_not_limited)
{
    start("rate: 2/30m\nallow: [127.0.1.0/24, \"::1\"]\nconnections-per-address: 1\n");
    ck_assert_int_eq(capsule_end(run), 0);
    testing_write(run->folder, "songtu.yaml", "rate: 2/30m\n");
    run->allow = "127.0.1.0/24,::1";
    capsule_launch(run);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(ask("127.0.0.1"), 0);
    ck_assert_int_gt(ask("127.0.0.1"), 0);
    for (int i = 0; i < 30; i++)
        ck_assert_int_eq(ask("127.0.1.1"), 0);
}
END_TEST

static void
have_few_descriptors(void)
{
    const struct rlimit few = { 64, 64 };
    if (setrlimit(RLIMIT_NOFILE, &few) != 0)
        _exit(126);
}

/* Of all children so far, in clock ticks. */
static unsigned long
count_ticks(void)
{
    pid_t children[16];
    unsigned long ticks = 0;
    size_t count = capsule_children(run, children, 16);
    for (size_t i = 0; i < count; i++) {
        char path[64];
        unsigned long user = 0, system = 0;
        snprintf(path, sizeof path, "/proc/%d/stat", (int)children[i]);
        FILE *file = fopen(path, "r");
        if (file != NULL && fscanf(file,
                                   "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
                                   "%lu %lu",
                                   &user, &system) == 2)
            ticks += user + system;
        if (file != NULL)
            fclose(file);
    }
    return ticks;
}

START_TEST(without_descriptors_others_wait_but_not_for_ever_and_nobody_spins)
{
    enum { DIALS = 160 };
    int dials[DIALS];
    run = capsule_prepare();
    run->prepare = have_few_descriptors;
    capsule_launch(run);
    for (int i = 0; i < DIALS; i++)
        ck_assert_int_ge(dials[i] = capsule_dial(run), 0);
    capsule_await(run, "log", "can't accept: Too many open files", 2);
    unsigned long before = count_ticks();
    poll(NULL, 0, 1000);
    ck_assert_uint_lt(count_ticks() - before, (unsigned long)sysconf(_SC_CLK_TCK) / 4);
    int status =
        0; /* whom no worker takes waits in the queue: the strangers' time runs out first */
    for (int i = 0; i < 5 && status != 20; i++)
        status = capsule_status(run, "/");
    ck_assert_int_eq(status, 20);
    ck_assert_uint_eq(capsule_count(run, "log", "can't accept"), 2);
    for (int i = 0; i < DIALS; i++)
        close(dials[i]);
}
END_TEST

/* Places would be free after 10 s, and again after 10 s for those who wait before us. */
START_TEST(readers_are_served_though_silent_strangers_hold_all_places)
{
    enum { STRANGERS = 24, DEADLINE_MS = 10000 };
    int dials[STRANGERS];
    start("connections: 4\n");
    for (int i = 0; i < STRANGERS; i++)
        ck_assert_int_ge(dials[i] = capsule_dial(run), 0);
    int64_t begun = clock_monotonic();
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(capsule_status(run, "/about"), 20);
    ck_assert_int_lt(clock_monotonic() - begun, DEADLINE_MS);
    for (int i = 0; i < STRANGERS; i++)
        close(dials[i]);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("limits");
    TCase *tests = tcase_create("limits");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, NULL, tear_down);
    tcase_add_test(tests, one_question_too_many_is_told_44_and_further_ones_nothing);
    tcase_add_test(tests, who_waits_as_long_as_told_is_served);
    tcase_add_test(tests, neither_a_reload_nor_the_death_of_all_workers_forgives);
    tcase_add_test(tests, an_upgrade_does_not_forgive);
    tcase_add_test(tests, a_flood_from_one_address_loses_others_nothing);
    tcase_add_test(tests, an_address_holds_so_many_conversations_and_a_dead_worker_holds_none);
    tcase_add_test(tests, who_is_allowed_is_not_limited);
    tcase_add_test(tests, readers_are_served_though_silent_strangers_hold_all_places);
    tcase_add_test(tests, without_descriptors_others_wait_but_not_for_ever_and_nobody_spins);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
