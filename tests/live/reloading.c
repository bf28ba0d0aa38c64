/* SPDX-License-Identifier: ISC */
/* What SIGHUP makes of settings that were changed. */
#include "capsule.h"

#include "testing.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
says(const char *file, const char *words)
{
    char *log = testing_read(run->folder, file);
    bool found = log != NULL && strstr(log, words) != NULL;
    free(log);
    return found;
}

static void
wait_for(const char *file, const char *words)
{
    for (int i = 0; !says(file, words); i++) {
        ck_assert_msg(i < 500, "%s never says: %s", file, words);
        poll(NULL, 0, 20);
    }
}

static void
reload_with(const char *settings)
{
    testing_write(run->folder, "songtu.yaml", settings);
    kill(run->master, SIGHUP);
}

static void
write_story(const char *folder, const char *slug)
{
    char path[256];
    snprintf(path, sizeof path, "%s/stories/2026/%s.gmi", folder, slug);
    testing_write(run->folder, path, "---\ntitle: Tin\n---\nTin.\n");
}

START_TEST(the_log_goes_on_where_it_is_wanted)
{
    reload_with("log: other.log\nlog-level: debug\n");
    wait_for("other.log", "serving generation=2");
    ck_assert(says("log", "the log goes on in other.log"));
    ck_assert_int_eq(capsule_status(run, "/"), 20);
    wait_for("other.log", "status=20");
    wait_for("other.log", "handshake -> request");
    write_story("content", "moi"); /* the watcher writes there, too */
    wait_for("other.log", "indexed stories");
    capsule_wait(run, "/story/moi", 20);
    reload_with("");
    wait_for("log", "serving generation=3");
}
END_TEST

START_TEST(a_log_that_cannot_be_opened_refuses_the_reload)
{
    reload_with("title: Hai\nlog: nowhere/its.log\n");
    wait_for("log", "songtu.yaml:2: log: nowhere/its.log can't be opened: No such file");
    wait_for("log", "reload refused: everything stays as it was");
    ck_assert_int_eq(capsule_status(run, "/"), 20);
    wait_for("log", "status=20");
}
END_TEST

START_TEST(a_refused_reload_leaves_the_log_as_it_was)
{
    reload_with("log: nowhere/its.log\nlog-level: debug\n");
    wait_for("log", "reload refused: everything stays as it was");
    ck_assert_int_eq(capsule_status(run, "/"), 20);
    kill(run->master, SIGUSR1); /* the workers after this one are started as the master is now */
    wait_for("log", "serving generation=2");
    ck_assert(!says("log", " debug: "));
}
END_TEST

/* Workers can't come up over a damaged archive; the watcher makes it anew some time after that. */
START_TEST(a_reload_whose_workers_fail_leaves_the_log_where_it_was)
{
    testing_write(run->folder, "var/archive.db", "damaged\n");
    reload_with("log: other.log\n");
    wait_for("log", "the log goes on in other.log");
    wait_for("log", "new workers did not come up: the old ones stay");
    ck_assert(says("other.log", "the log goes on in standard error"));
    capsule_wait(run, "/", 20);
    wait_for("log", "status=20");
}
END_TEST

START_TEST(what_takes_a_restart_is_named_and_the_rest_is_done)
{
    reload_with("title: Hai\nstate: elsewhere\ndrain: 3\n");
    wait_for("log", "a reload does not change drain, state: that takes effect at a restart");
    wait_for("log", "serving generation=2");
    struct heard answer = capsule_ask(run, "/");
    ck_assert_ptr_nonnull(strstr(buffer_text(&answer.bytes), "# Hai\n"));
    buffer_fini(&answer.bytes);
    write_story("content", "moi");
    capsule_wait(run, "/story/moi", 20);
    ck_assert(!says("log", "reload refused"));
}
END_TEST

START_TEST(another_content_folder_is_served_if_it_is_there)
{
    reload_with("content: nowhere\n");
    wait_for("log", "songtu.yaml:1: content: nowhere can't be read: No such file");
    wait_for("log", "reload refused");
    write_story("there", "moi");
    reload_with("content: there\n");
    capsule_wait(run, "/story/moi", 20);
    capsule_wait(run, "/story/von-vay-khong-lai-giup-phu-nu-ha-noi-vuon-len", 51);
}
END_TEST

START_TEST(another_host_gets_its_certificate)
{
    reload_with("host: other.example\n");
    wait_for("log", "made a certificate in certs/other.example");
    wait_for("log", "serving generation=2");
    capsule_wait(run, "/", 53); /* that is localhost's */
    reload_with("");
    capsule_wait(run, "/", 20);
    ck_assert(!says("log", "reload refused"));
}
END_TEST

START_TEST(a_broken_file_keeps_no_watcher_from_coming_back)
{
    pid_t children[16];
    reload_with("nonsense\n");
    wait_for("log", "reload refused");
    size_t count = capsule_children(run, children, 16);
    for (size_t i = 0; i < count; i++)
        kill(children[i], SIGKILL);
    write_story("content", "moi");
    capsule_wait(run, "/story/moi", 20);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("reloading");
    TCase *tests = tcase_create("reloading");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, the_log_goes_on_where_it_is_wanted);
    tcase_add_test(tests, a_log_that_cannot_be_opened_refuses_the_reload);
    tcase_add_test(tests, a_refused_reload_leaves_the_log_as_it_was);
    tcase_add_test(tests, a_reload_whose_workers_fail_leaves_the_log_where_it_was);
    tcase_add_test(tests, what_takes_a_restart_is_named_and_the_rest_is_done);
    tcase_add_test(tests, another_content_folder_is_served_if_it_is_there);
    tcase_add_test(tests, another_host_gets_its_certificate);
    tcase_add_test(tests, a_broken_file_keeps_no_watcher_from_coming_back);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
