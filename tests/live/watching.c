/* SPDX-License-Identifier: ISC */
/* What the watcher hears of the content folder, and what it does where it can't hear. */
#include "capsule.h"

#include "testing.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct capsule_run *run;

static void
set_up(void)
{
    run = capsule_prepare();
}

static void
tear_down(void)
{
    capsule_stop(run);
}

static const char *
below(const char *name)
{
    static char path[2][4096];
    static int turn;
    turn = 1 - turn;
    snprintf(path[turn], sizeof path[turn], "%s/content/stories/%s", run->folder, name);
    return path[turn];
}

static void
write_story(const char *path, const char *title)
{
    char whole[512], text[512];
    snprintf(whole, sizeof whole, "content/stories/%s.gmi", path);
    snprintf(text, sizeof text, "---\ntitle: %s\n---\nThân bài.\n", title);
    testing_write(run->folder, whole, text);
}

static bool
says(const char *path, const char *words)
{
    struct heard heard = capsule_ask(run, path);
    bool found = strstr(buffer_text(&heard.bytes), words) != NULL;
    buffer_fini(&heard.bytes);
    return found;
}

static void
wait_till_says(const char *path, const char *words)
{
    for (int i = 0; i < 500 && !says(path, words); i++)
        poll(NULL, 0, 20);
    ck_assert_msg(says(path, words), "%s never says: %s", path, words);
}

START_TEST(folders_come_move_and_go_and_are_heard_of_wherever_they_are)
{
    capsule_launch(run);
    write_story("2026/sau/hon/mot", "Một"); /* makes the folders, too */
    capsule_wait(run, "/story/mot", 20);
    ck_assert_int_eq(rename(below("2026"), below("nam-nay")), 0);
    write_story("nam-nay/sau/hon/mot", "Một khác");
    wait_till_says("/story/mot", "Một khác");
    write_story("nam-nay/sau/hai", "Hai");
    capsule_wait(run, "/story/hai", 20);
    ck_assert_int_eq(rename(below("nam-nay/sau"), below("../sau")), 0);
    capsule_wait(run, "/story/mot", 52);
    capsule_wait(run, "/story/hai", 52);
    ck_assert_int_eq(rename(below("../sau"), below("nam-nay/sau")), 0);
    capsule_wait(run, "/story/mot", 20);
    write_story("nam-nay/sau/hon/mot", "Một lần nữa");
    wait_till_says("/story/mot", "Một lần nữa");
    ck_assert_uint_eq(capsule_count(run, "log", "inotify can't tell"), 0);
}
END_TEST

START_TEST(what_stays_faulty_is_told_once_and_till_it_is_mended)
{
    capsule_launch(run);
    testing_write(run->folder, "content/stories/2026/hong.gmi", "Không có gì.\n");
    capsule_await(run, "log", "content/stories/2026/hong.gmi:1: ", 1);
    write_story("2026/mot", "Một");
    capsule_wait(run, "/story/mot", 20);
    capsule_await(run, "log", "changed=1 removed=0 faulty=1", 1);
    ck_assert_uint_eq(capsule_count(run, "log", "content/stories/2026/hong.gmi:1: "), 1);
    write_story("2026/hong", "Lành");
    capsule_await(run, "log", "changed=1 removed=0 faulty=0", 1);
}
END_TEST

static pid_t
watcher(void)
{
    pid_t children[16];
    size_t count = capsule_children(run, children, 16);
    for (size_t i = 0; i < count; i++) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%d", (int)children[i]);
        char *comm = testing_read(path, "comm");
        bool is = comm != NULL && strcmp(comm, "songtu\n") == 0;
        free(comm);
        if (is)
            return children[i];
    }
    ck_abort_msg("there is no watcher");
}

/* The kernel's queue takes so many events, 16384 unless someone set it. */
static long
queue_length(void)
{
    char *text = testing_read("/proc/sys/fs/inotify", "max_queued_events");
    long length = text != NULL ? strtol(text, NULL, 10) : 16384;
    free(text);
    return length;
}

START_TEST(where_events_are_lost_everything_is_looked_at)
{
    capsule_launch(run);
    pid_t slow = watcher();
    ck_assert_int_eq(kill(slow, SIGSTOP), 0);
    for (long i = queue_length(); i > 0; i -= 2) { /* made, closed, removed */
        int made = open(below(".day"), O_WRONLY | O_CREAT, 0644);
        ck_assert_int_ge(made, 0);
        close(made);
        unlink(below(".day"));
    }
    write_story("2026/mot", "Một");
    ck_assert_int_eq(kill(slow, SIGCONT), 0);
    capsule_wait(run, "/story/mot", 20);
    ck_assert_uint_eq(capsule_count(run, "log", "inotify can't tell"), 0);
}
END_TEST

/* A watcher alone, where two folders may be watched at most. */
static pid_t
start_limited(void)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    ck_assert_int_eq(chdir(run->folder), 0);
    execl("/bin/sh", "sh", "-c",
          "exec >log 2>&1; exec unshare -Ur sh -c 'echo 2 >/proc/sys/user/max_inotify_watches &&"
          " exec ./songtu watch'",
          (char *)NULL);
    _exit(127);
}

START_TEST(where_too_many_folders_are_to_be_watched_they_are_looked_at)
{
    int status;
    if (system("unshare -Ur sh -c 'echo 2 >/proc/sys/user/max_inotify_watches' 2>/dev/null") != 0) {
        printf("skipped: no user namespaces here\n");
        return;
    }
    pid_t child = start_limited();
    capsule_await(run, "log", "inotify can't tell of every folder", 1);
    capsule_await(run, "log", "indexed stories=", 1);
    write_story("2026/mot", "Một");
    capsule_await(run, "log", "indexed stories=", 2);
    write_story("2026/hai", "Hai");
    capsule_await(run, "log", "indexed stories=", 3);
    ck_assert_uint_eq(capsule_count(run, "log", "inotify can't tell of every folder"), 1);
    ck_assert_uint_eq(capsule_count(run, "log", "fs.inotify.max_user_watches"), 1);
    kill(child, SIGTERM);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("watching");
    TCase *tests = tcase_create("watching");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, folders_come_move_and_go_and_are_heard_of_wherever_they_are);
    tcase_add_test(tests, what_stays_faulty_is_told_once_and_till_it_is_mended);
    tcase_add_test(tests, where_events_are_lost_everything_is_looked_at);
    tcase_add_test(tests, where_too_many_folders_are_to_be_watched_they_are_looked_at);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
