/* SPDX-License-Identifier: ISC */
/* What happens to a capsule while readers read: reloads, good and bad, restarts, the death of any
 * of its processes. */
#include "capsule.h"
#include "stream.h"

#include "testing.h"

#include <dirent.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READERS = 4, FLOW = 40 };

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

/* How often the log says so. */
static void
assert_nobody_lost(struct stream *stream)
{
    struct stream_count count = stream_stop(stream);
    ck_assert_msg(count.lost == 0, "%zu lost: %s", count.lost, count.how);
    ck_assert_uint_eq(count.refused, 0);
    ck_assert_uint_gt(count.answered, 0);
}

START_TEST(reloads_good_and_bad_lose_no_reader)
{
    struct stream *stream = stream_start(run, READERS);
    stream_flow(stream, FLOW);
    for (size_t i = 1; i <= 3; i++) {
        testing_write(run->folder, "songtu.yaml", i % 2 == 0 ? "title: Hai\n" : "title: Một\n");
        kill(run->master, SIGHUP);
        capsule_await(run, "log", "serving generation=", i + 1);
        stream_flow(stream, FLOW);
    }
    testing_write(run->folder, "songtu.yaml", "title: Ba\nworkers: many\n");
    kill(run->master, SIGHUP);
    capsule_await(run, "log", "songtu.yaml:2: workers: `many` is not", 1);
    stream_flow(stream, FLOW);
    testing_write(run->folder, "songtu.yaml", "title: Ba\n");
    testing_write(run->folder, "content/labels.yaml", "vi:\n  latest: [\n");
    kill(run->master, SIGHUP);
    capsule_await(run, "log", "labels.yaml:", 1);
    stream_flow(stream, FLOW);
    capsule_await(run, "log", "reload refused", 2);
    assert_nobody_lost(stream);
    struct heard answer = capsule_ask(run, "/");
    size_t at;
    ck_assert(span_find(buffer_span(&answer.bytes), SPAN("# Một\n"), &at));
    buffer_fini(&answer.bytes);
}
END_TEST

START_TEST(a_broken_certificate_changes_nothing_for_readers)
{
    struct stream *stream = stream_start(run, READERS);
    char *fine = testing_read(run->folder, "certs/localhost/cert.pem");
    testing_write(run->folder, "certs/localhost/cert.pem", "damaged\n");
    stream_flow(stream, FLOW);
    kill(run->master, SIGHUP);
    capsule_await(run, "log", "reload refused", 1);
    capsule_await(run, "log", "certs/localhost/cert.pem", 1);
    stream_flow(stream, FLOW);
    testing_write(run->folder, "certs/localhost/cert.pem", fine);
    kill(run->master, SIGHUP);
    capsule_await(run, "log", "serving generation=2", 1);
    stream_flow(stream, FLOW);
    free(fine);
    assert_nobody_lost(stream);
}
END_TEST

START_TEST(a_log_is_opened_anew_and_no_reader_notices)
{
    char log[4096], aside[4096], command[16384];
    ck_assert_int_eq(capsule_end(run), 0);
    testing_write(run->folder, "songtu.yaml", "log: here.log\n");
    capsule_launch(run);
    struct stream *stream = stream_start(run, READERS);
    stream_flow(stream, FLOW);
    snprintf(log, sizeof log, "%s/here.log", run->folder);
    snprintf(aside, sizeof aside, "%s/here.log.1", run->folder);
    ck_assert_int_eq(rename(log, aside), 0);
    kill(run->master, SIGUSR1);
    struct stat facts;
    for (int i = 0; stat(log, &facts) != 0 || facts.st_size == 0; i++) {
        ck_assert_int_lt(i, 1000);
        poll(NULL, 0, 10);
    }
    stream_flow(stream, FLOW);
    snprintf(command, sizeof command, "grep -q 'status=20' '%s'", log);
    for (int i = 0; system(command) != 0; i++) {
        ck_assert_int_lt(i, 200);
        stream_flow(stream, FLOW);
    }
    assert_nobody_lost(stream);
}
END_TEST

START_TEST(whoever_was_let_in_is_answered_when_it_leaves)
{
    for (int i = 0; i < 5; i++) {
        struct stream *stream = stream_start(run, READERS);
        struct talk begun = talk_open(run, PLAINLY);
        stream_flow(stream, FLOW);
        kill(run->master, SIGTERM);
        poll(NULL, 0, 50);
        char line[128];
        int len = snprintf(line, sizeof line, "gemini://localhost:%d/about\r\n", run->port);
        talk_say(&begun, (struct span){ line, (size_t)len }, PLAINLY);
        struct heard answer = talk_hear(&begun);
        ck_assert(span_starts(buffer_span(&answer.bytes), SPAN("20 ")));
        ck_assert(answer.whole);
        buffer_fini(&answer.bytes);
        talk_close(&begun);
        int status;
        ck_assert_int_eq(waitpid(run->master, &status, 0), run->master);
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        struct stream_count count = stream_stop(stream);
        ck_assert_msg(count.lost == 0, "%zu lost: %s", count.lost, count.how);
        capsule_launch(run);
    }
}
END_TEST

/* The sockets a process holds. */
static size_t
count_sockets(pid_t pid)
{
    char path[64], target[64];
    size_t count = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        ssize_t len = readlinkat(dirfd(folder), entry->d_name, target, sizeof target);
        count += len > 7 && memcmp(target, "socket:", 7) == 0;
    }
    if (folder != NULL)
        closedir(folder);
    return count;
}

static bool
is_worker(pid_t pid)
{
    char path[64], command[256] = "";
    snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
    FILE *file = fopen(path, "r");
    if (file != NULL) {
        size_t len = fread(command, 1, sizeof command - 1, file);
        command[len] = '\0';
        fclose(file);
    }
    return strstr(command, "songtud") != NULL; /* the watcher is songtu */
}

/* A worker (or the watcher); waited for. */
static pid_t
find_child(bool worker)
{
    for (int i = 0; i < 1000; i++) {
        pid_t children[16];
        size_t count = capsule_children(run, children, 16);
        for (size_t k = 0; k < count; k++)
            if (is_worker(children[k]) == worker)
                return children[k];
        poll(NULL, 0, 10);
    }
    ck_abort_msg("no such child");
    return 0;
}

START_TEST(a_killed_worker_takes_its_own_readers_along_and_no_others)
{
    enum { TALKS = 16 };
    struct talk talks[TALKS];
    char line[128];
    int len = snprintf(line, sizeof line, "gemini://localhost:%d/about\r\n", run->port);
    pid_t worker = find_child(true);
    size_t idle = count_sockets(worker);
    if (idle == 0) {
        printf("skipped: can't look into other users' processes\n");
        return;
    }
    for (int i = 0; i < TALKS; i++) {
        talks[i] = talk_open(run, PLAINLY);
        ck_assert_ptr_nonnull(talks[i].ssl);
    }
    size_t own = count_sockets(worker) - idle, lost = 0;
    kill(worker, SIGKILL);
    for (int i = 0; i < TALKS; i++) {
        talk_say(&talks[i], (struct span){ line, (size_t)len }, PLAINLY);
        struct heard answer = talk_hear(&talks[i]);
        lost += !answer.whole;
        buffer_fini(&answer.bytes);
        talk_close(&talks[i]);
    }
    ck_assert_uint_eq(lost, own);
    ck_assert_uint_lt(lost, TALKS); /* sixteen connections do not all go one way */
    capsule_wait(run, "/", 20);
}
END_TEST

START_TEST(a_killed_watcher_is_missed_by_no_reader)
{
    struct stream *stream = stream_start(run, READERS);
    for (int i = 0; i < 5; i++) {
        pid_t watcher = find_child(false);
        kill(watcher, SIGKILL);
        stream_flow(stream, FLOW);
        testing_write(run->folder, "content/stories/2026/moi.gmi", "---\ntitle: Mới\n---\n");
        for (int wait = 0; wait < 1000 && (kill(watcher, 0) == 0); wait++)
            poll(NULL, 0, 5);
    }
    capsule_wait(run, "/story/moi", 20);
    assert_nobody_lost(stream);
}
END_TEST

static pid_t
start_index(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        if (chdir(run->folder) == 0 && freopen("/dev/null", "w", stdout) != NULL &&
            freopen("/dev/null", "w", stderr) != NULL)
            execl("./songtu", "./songtu", "index", (char *)NULL);
        _exit(127);
    }
    return pid;
}

START_TEST(an_indexer_killed_at_any_moment_harms_no_story_and_no_reader)
{
    char path[64], text[128];
    struct stream *stream = stream_start(run, 2);
    srand(7);
    for (int i = 0; i < capsule_kills(); i++) {
        int status;
        snprintf(path, sizeof path, "content/stories/2026/tin-%d.gmi", i % 20);
        snprintf(text, sizeof text, "---\ntitle: Tin %d\ncities: [hue]\n---\nBản %d.\n", i % 20, i);
        testing_write(run->folder, path, text);
        if (i % 10 == 9) { /* from nothing, too */
            snprintf(text, sizeof text, "rm -f '%.60s'/var/archive.db*", run->folder);
            ck_assert_int_eq(system(text), 0);
        }
        pid_t indexer = start_index();
        poll(NULL, 0, rand() % 40);
        kill(indexer, SIGKILL);
        ck_assert_int_eq(waitpid(indexer, &status, 0), indexer);
    }
    ck_assert_int_eq(capsule_tool(run, "index"), 0);
    for (int i = 0; i < 20; i++) {
        snprintf(path, sizeof path, "/story/tin-%d", i);
        capsule_wait(run, path, 20);
    }
    capsule_wait(run, "/story/von-vay-khong-lai-giup-phu-nu-ha-noi-vuon-len", 20);
    assert_nobody_lost(stream);
}
END_TEST

START_TEST(a_worker_that_is_full_says_so_once_and_when_it_is_over)
{
    enum { DIALS = 24 };
    int dials[DIALS];
    ck_assert_int_eq(capsule_end(run), 0);
    testing_write(run->folder, "songtu.yaml", "connections: 4\n");
    capsule_launch(run);
    for (int i = 0; i < DIALS; i++) /* two workers; the rest waits */
        ck_assert_int_ge(dials[i] = capsule_dial(run), 0);
    capsule_await(run, "log", "full: further readers wait connections=4", 2);
    for (int i = 0; i < DIALS; i++)
        close(dials[i]);
    capsule_await(run, "log", "no longer full", 2);
    capsule_wait(run, "/", 20);
    ck_assert_uint_eq(capsule_count(run, "log", "full: further readers wait"), 2);
    ck_assert_uint_eq(capsule_count(run, "log", "no longer full"), 2);
}
END_TEST

/* From here on the kernel says what it says where there is no IPv6. */
static void
forget_ipv6(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { sizeof filter / sizeof *filter, filter };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        _exit(126);
}

START_TEST(a_host_without_ipv6_is_served_over_ipv4_and_told_so_once)
{
    ck_assert_int_eq(capsule_end(run), 0);
    run->listen = "[::]:0";
    run->prepare = forget_ipv6;
    capsule_launch(run);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
    kill(run->master, SIGHUP);
    capsule_await(run, "log", "reloading", 1);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
    ck_assert_uint_eq(capsule_count(run, "log", "this host has no IPv6"), 1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("standing");
    TCase *tests = tcase_create("standing");
    tcase_set_timeout(tests, 600);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, reloads_good_and_bad_lose_no_reader);
    tcase_add_test(tests, a_broken_certificate_changes_nothing_for_readers);
    tcase_add_test(tests, a_log_is_opened_anew_and_no_reader_notices);
    tcase_add_test(tests, whoever_was_let_in_is_answered_when_it_leaves);
    tcase_add_test(tests, a_killed_worker_takes_its_own_readers_along_and_no_others);
    tcase_add_test(tests, a_killed_watcher_is_missed_by_no_reader);
    tcase_add_test(tests, an_indexer_killed_at_any_moment_harms_no_story_and_no_reader);
    tcase_add_test(tests, a_worker_that_is_full_says_so_once_and_when_it_is_over);
    tcase_add_test(tests, a_host_without_ipv6_is_served_over_ipv4_and_told_so_once);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
