/* SPDX-License-Identifier: ISC */
/* What SIGHUP makes of settings that were changed. */
#include "capsule.h"

#include "testing.h"

#include <signal.h>
#include <stdio.h>
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
    capsule_await(run, "other.log", "serving generation=2", 1);
    ck_assert(capsule_count(run, "log", "the log goes on in other.log"));
    ck_assert_int_eq(capsule_status(run, "/"), 20);
    capsule_await(run, "other.log", "status=20", 1);
    capsule_await(run, "other.log", "handshake -> request", 1);
    write_story("content", "moi"); /* the watcher writes there, too */
    capsule_await(run, "other.log", "indexed stories", 1);
    capsule_wait(run, "/story/moi", 20);
    reload_with("");
    capsule_await(run, "log", "serving generation=3", 1);
}
END_TEST

START_TEST(a_log_that_cannot_be_opened_refuses_the_reload)
{
    reload_with("title: Hai\nlog: nowhere/its.log\n");
    capsule_await(run, "log", "songtu.yaml:2: log: nowhere/its.log can't be opened: No such file",
                  1);
    capsule_await(run, "log", "reload refused: everything stays as it was", 1);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
    capsule_await(run, "log", "status=20", 1);
}
END_TEST

START_TEST(a_refused_reload_leaves_the_log_as_it_was)
{
    reload_with("log: nowhere/its.log\nlog-level: debug\n");
    capsule_await(run, "log", "reload refused: everything stays as it was", 1);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
    kill(run->master, SIGUSR1); /* the workers after this one are started as the master is now */
    capsule_await(run, "log", "serving generation=2", 1);
    ck_assert(!capsule_count(run, "log", " debug: "));
}
END_TEST

/* Workers can't come up over a damaged archive; the watcher makes it anew some time after that. */
START_TEST(a_reload_whose_workers_fail_leaves_the_log_where_it_was)
{
    testing_write(run->folder, "var/archive.db", "damaged\n");
    reload_with("log: other.log\n");
    capsule_await(run, "log", "the log goes on in other.log", 1);
    capsule_await(run, "log", "new workers did not come up: the old ones stay", 1);
    ck_assert(capsule_count(run, "other.log", "the log goes on in standard error"));
    capsule_wait(run, "/", 20);
    capsule_await(run, "log", "status=20", 1);
}
END_TEST

START_TEST(what_takes_a_restart_is_named_and_the_rest_is_done)
{
    reload_with("title: Hai\nstate: elsewhere\ndrain: 3\n");
    capsule_await(run, "log",
                  "a reload does not change drain, state: that takes effect at a restart", 1);
    capsule_await(run, "log", "serving generation=2", 1);
    struct heard answer = capsule_ask(run, "/");
    ck_assert_ptr_nonnull(strstr(buffer_text(&answer.bytes), "# Hai\n"));
    buffer_fini(&answer.bytes);
    write_story("content", "moi");
    capsule_wait(run, "/story/moi", 20);
    ck_assert(!capsule_count(run, "log", "reload refused"));
}
END_TEST

START_TEST(another_content_folder_is_served_if_it_is_there)
{
    reload_with("content: nowhere\n");
    capsule_await(run, "log", "songtu.yaml:1: content: nowhere can't be read: No such file", 1);
    capsule_await(run, "log", "reload refused", 1);
    write_story("there", "moi");
    reload_with("content: there\n");
    capsule_wait(run, "/story/moi", 20);
    capsule_wait(run, "/story/von-vay-khong-lai-giup-phu-nu-ha-noi-vuon-len", 51);
}
END_TEST

START_TEST(another_host_gets_its_certificate)
{
    reload_with("host: other.example\n");
    capsule_await(run, "log", "made a certificate in certs/other.example", 1);
    capsule_await(run, "log", "serving generation=2", 1);
    capsule_wait(run, "/", 53); /* that is localhost's */
    reload_with("");
    capsule_wait(run, "/", 20);
    ck_assert(!capsule_count(run, "log", "reload refused"));
}
END_TEST

START_TEST(a_broken_file_keeps_no_watcher_from_coming_back)
{
    pid_t children[16];
    reload_with("nonsense\n");
    capsule_await(run, "log", "reload refused", 1);
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
