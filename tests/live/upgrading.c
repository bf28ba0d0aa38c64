/* SPDX-License-Identifier: ISC */
/* SIGUSR2: another songtud takes over while readers read, and where it can't, the old one stays. */
#include "capsule.h"
#include "stream.h"

#include "testing.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READERS = 4, FLOW = 40, CHILDREN = 3, CHILDREN_MAX = 16 };

static struct capsule_run *run;

static void
set_up(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* a new songtud is ours once the old one has ended */
    run = capsule_start();
}

static void
tear_down(void)
{
    capsule_stop(run);
}

static void
in_folder(const char *command)
{
    char text[8192];
    snprintf(text, sizeof text, "cd '%s' && { %s; }", run->folder, command);
    ck_assert_msg(system(text) == 0, "%s", text);
}

/* Those it began, too; who of them has ended is ours to bury. */
static void
assert_group_ended(pid_t leader)
{
    while (waitpid(-leader, NULL, 0) > 0)
        continue;
    ck_assert_int_eq(kill(-leader, 0), -1);
}

/* Until `master` has ended in good order. */
static void
wait_for_end(pid_t master, int expected)
{
    int status;
    ck_assert_int_eq(waitpid(master, &status, 0), master);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), expected);
}

static size_t
count_descriptors(pid_t pid)
{
    char path[64];
    size_t count = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *folder = opendir(path);
    ck_assert_ptr_nonnull(folder);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

static void
assert_children(size_t wanted)
{
    pid_t children[CHILDREN_MAX];
    for (int i = 0; capsule_children(run, children, CHILDREN_MAX) != wanted; i++) {
        ck_assert_int_lt(i, 500);
        poll(NULL, 0, 20);
    }
}

static void
write_story(const char *slug)
{
    char path[256];
    snprintf(path, sizeof path, "content/stories/2026/%s.gmi", slug);
    testing_write(run->folder, path, "---\ntitle: Tin\n---\nTin.\n");
}

static void
assert_nobody_lost(struct stream *stream)
{
    struct stream_count count = stream_stop(stream);
    ck_assert_msg(count.lost == 0, "%zu lost: %s", count.lost, count.how);
    ck_assert_uint_eq(count.refused, 0);
    ck_assert_uint_gt(count.answered, 0);
}

START_TEST(three_upgrades_lose_no_reader_and_leave_nothing_behind)
{
    static const char *const stories[] = { "mot", "hai", "ba" };
    struct stream *stream = stream_start(run, READERS);
    size_t descriptors = 0;
    for (int i = 0; i < 3; i++) {
        char status[128], story[32];
        stream_flow(stream, FLOW);
        wait_for_end(capsule_upgrade(run), 0);
        stream_flow(stream, FLOW);
        assert_children(CHILDREN);
        size_t now = count_descriptors(run->master);
        ck_assert_msg(i == 0 || now == descriptors, "%zu descriptors, then %zu", descriptors, now);
        descriptors = now;
        snprintf(status, sizeof status, "./songtu status --json | grep -q '\"daemon\": %d,'",
                 (int)run->master);
        capsule_await(run, "log", "serving generation=1", (size_t)i + 2);
        in_folder(status);
        write_story(stories[i]); /* its own watcher is at work */
        snprintf(story, sizeof story, "/story/%s", stories[i]);
        capsule_wait(run, story, 20);
    }
    assert_nobody_lost(stream);
    ck_assert_uint_eq(capsule_count(run, "log", "no counters are written"), 0);
    int end = capsule_end(run);
    ck_assert_int_eq(end, 0);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
    ck_assert_int_eq(errno, ECHILD);
}
END_TEST

START_TEST(a_conversation_goes_on_with_the_old_one_who_ends_behind_it)
{
    char line[128];
    struct talk begun = talk_open(run, PLAINLY);
    pid_t old = capsule_upgrade(run);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
    ck_assert_int_eq(waitpid(old, NULL, WNOHANG), 0);
    int len = snprintf(line, sizeof line, "gemini://localhost:%d/about\r\n", run->port);
    talk_say(&begun, (struct span){ line, (size_t)len }, PLAINLY);
    struct heard answer = talk_hear(&begun);
    ck_assert(answer.whole && span_starts(buffer_span(&answer.bytes), SPAN("20 ")));
    buffer_fini(&answer.bytes);
    talk_close(&begun);
    wait_for_end(old, 0);
}
END_TEST

START_TEST(the_old_one_leaves_when_the_new_one_is_told_to)
{
    struct talk begun = talk_open(run, PLAINLY);
    pid_t old = capsule_upgrade(run);
    kill(run->master, SIGTERM);
    capsule_await(run, "log", "info: leaving\n", 2);
    kill(old, SIGTERM); /* his reader has said nothing yet */
    wait_for_end(old, 0);
    (void)waitpid(run->master, NULL, 0); /* if he was not his to bury */
    ck_assert_int_eq(kill(run->master, 0), -1);
    capsule_await(run, "log", "leaving at once", 1);
    talk_close(&begun);
    run->master = 0;
}
END_TEST

static const struct broken {
    const char *how; /* in the capsule's folder, where the program was moved to `kept` */
    const char *says;
} broken[] = {
    { "ln -s /bin/false songtud", "new songtud ended pid=" },
    { "touch songtud", "songtud can't be run: Permission denied" },
    { "true", "songtud can't be run: No such file or directory" },
    { "printf '#!/bin/sh\\nsleep 1000 &\\nkill -SEGV $$' >songtud && chmod +x songtud",
      "signal=11" },
    { "cp kept songtud && echo nonsense >songtu.yaml", "songtu.yaml:1: settings are written" },
    { "mv songtu tool && ln -s /bin/false songtu && cp kept songtud", "nothing can be served" },
    { "cp kept songtud && echo damaged >certs/localhost/cert.pem", "certs/localhost/cert.pem" },
};

START_TEST(a_new_program_that_fails_leaves_the_old_one_serving)
{
    struct stream *stream = stream_start(run, READERS);
    const struct broken *row = &broken[_i];
    pid_t old = run->master;
    in_folder("cp certs/localhost/cert.pem fine.pem && mv songtud kept");
    in_folder(row->how);
    kill(old, SIGUSR2);
    capsule_await(run, "log", "upgrade failed: ", 1);
    capsule_await(run, "log", row->says, 1);
    in_folder("test ! -e tool || mv -f tool songtu");
    assert_group_ended(capsule_named(run, "upgrading: "));
    stream_flow(stream, FLOW);
    write_story("moi"); /* the watcher is back */
    capsule_wait(run, "/story/moi", 20);
    assert_children(CHILDREN);
    in_folder(
        "rm -f songtud songtu.yaml && mv kept songtud && mv fine.pem certs/localhost/cert.pem");
    wait_for_end(capsule_upgrade(run), 0);
    stream_flow(stream, FLOW);
    assert_nobody_lost(stream);
}
END_TEST

/* A new songtud that gets no further before there is a file `go`. */
static void
dawdle(void)
{
    in_folder("mv songtud kept && printf '#!/bin/sh\\nuntil [ -e go ]; do sleep 0.02; done\\n"
              "exec ./kept \"$@\"\\n' >songtud && chmod +x songtud");
    kill(run->master, SIGUSR2);
    capsule_await(run, "log", "upgrading: ", 1);
}

START_TEST(one_that_hangs_is_ended_and_a_second_one_refused)
{
    ck_assert_int_eq(capsule_end(run), 0);
    testing_write(run->folder, "songtu.yaml", "upgrade: 1\n");
    capsule_launch(run);
    dawdle();
    kill(run->master, SIGUSR2);
    capsule_await(run, "log", "upgrade refused: one is under way", 1);
    capsule_await(run, "log", "the new songtud does not serve: killed", 1);
    capsule_await(run, "log", "upgrade failed: ", 1);
    assert_group_ended(capsule_named(run, "upgrading: "));
    ck_assert_int_eq(capsule_status(run, "/"), 20);
}
END_TEST

START_TEST(an_old_one_told_to_end_meanwhile_takes_the_new_one_along)
{
    dawdle();
    pid_t heir = capsule_named(run, "upgrading: ");
    ck_assert_int_eq(capsule_end(run), 0);
    assert_group_ended(heir);
}
END_TEST

START_TEST(without_the_old_one_the_new_one_ends_too)
{
    dawdle();
    pid_t heir = capsule_named(run, "upgrading: "), old = run->master;
    kill(old, SIGKILL);
    ck_assert_int_eq(waitpid(old, NULL, 0), old);
    in_folder("touch go");
    wait_for_end(heir, 1);
    capsule_await(run, "log", "the songtud before has ended, and left nothing to this one", 1);
    while (waitpid(-1, NULL, 0) > 0) /* all they had: they are ended with them */
        continue;
    in_folder("rm songtud && mv kept songtud");
    capsule_launch(run);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
}
END_TEST

START_TEST(a_reload_asked_for_meanwhile_is_the_new_ones)
{
    dawdle();
    pid_t old = run->master;
    kill(old, SIGHUP);
    kill(old, SIGUSR1);
    capsule_await(run, "log", "log reopened", 1);
    in_folder("touch go");
    capsule_await(run, "log", "upgraded:", 1);
    run->master = capsule_named(run, "the new songtud serves");
    wait_for_end(old, 0);
    capsule_await(run, "log", "reloading", 1);
    capsule_await(run, "log", "log reopened", 2);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
}
END_TEST

static char supervisor_path[200];

static void
be_supervised(void)
{
    setenv("NOTIFY_SOCKET", supervisor_path, 1);
}

static void
assert_told(int supervisor, const char *words)
{
    char text[64] = "";
    ssize_t got = recv(supervisor, text, sizeof text - 1, 0);
    ck_assert_int_gt(got, 0);
    ck_assert_str_eq(text, words);
}

START_TEST(a_supervisor_is_told_whom_to_follow)
{
    char words[32];
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    struct timeval patience = { 20, 0 };
    ck_assert_int_eq(capsule_end(run), 0);
    snprintf(supervisor_path, sizeof supervisor_path, "%s/notify", run->folder);
    snprintf(at.sun_path, sizeof at.sun_path, "%.100s", supervisor_path);
    int supervisor = socket(AF_UNIX, SOCK_DGRAM, 0);
    ck_assert_int_eq(bind(supervisor, (struct sockaddr *)&at, sizeof at), 0);
    setsockopt(supervisor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    run->prepare = be_supervised;
    capsule_launch(run);
    assert_told(supervisor, "READY=1");
    wait_for_end(capsule_upgrade(run), 0);
    snprintf(words, sizeof words, "MAINPID=%d", (int)run->master);
    assert_told(supervisor, words);
    ck_assert_int_eq(capsule_end(run), 0);
    ck_assert_int_eq(recv(supervisor, words, sizeof words, MSG_DONTWAIT), -1);
    close(supervisor);
}
END_TEST

START_TEST(settings_are_read_anew_and_metrics_told_on)
{
    char text[4096] = "";
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    ck_assert_int_eq(capsule_end(run), 0);
    testing_write(run->folder, "songtu.yaml", "metrics: unix:numbers\n");
    capsule_launch(run);
    testing_write(run->folder, "songtu.yaml", "metrics: unix:numbers\ntitle: Hai\n");
    wait_for_end(capsule_upgrade(run), 0);
    struct heard answer = capsule_ask(run, "/");
    ck_assert_ptr_nonnull(strstr(buffer_text(&answer.bytes), "# Hai\n"));
    buffer_fini(&answer.bytes);
    snprintf(at.sun_path, sizeof at.sun_path, "%.90s/numbers", run->folder);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    ck_assert_int_gt(write(fd, "GET /metrics HTTP/1.0\r\n\r\n", 25), 0);
    ck_assert_int_gt(recv(fd, text, sizeof text - 1, MSG_WAITALL), 0);
    ck_assert_ptr_nonnull(strstr(text, "songtu_answers_total"));
    close(fd);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("upgrading");
    TCase *tests = tcase_create("upgrading");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, three_upgrades_lose_no_reader_and_leave_nothing_behind);
    tcase_add_test(tests, a_conversation_goes_on_with_the_old_one_who_ends_behind_it);
    tcase_add_test(tests, the_old_one_leaves_when_the_new_one_is_told_to);
    tcase_add_loop_test(tests, a_new_program_that_fails_leaves_the_old_one_serving, 0,
                        sizeof broken / sizeof *broken);
    tcase_add_test(tests, one_that_hangs_is_ended_and_a_second_one_refused);
    tcase_add_test(tests, an_old_one_told_to_end_meanwhile_takes_the_new_one_along);
    tcase_add_test(tests, without_the_old_one_the_new_one_ends_too);
    tcase_add_test(tests, a_reload_asked_for_meanwhile_is_the_new_ones);
    tcase_add_test(tests, a_supervisor_is_told_whom_to_follow);
    tcase_add_test(tests, settings_are_read_anew_and_metrics_told_on);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
