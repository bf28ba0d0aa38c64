/* SPDX-License-Identifier: ISC */
/* What is taken away under a capsule's feet, and put there anew, while it serves. */
#include "capsule.h"

#include "testing.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

/* In the capsule's folder. */
static void
shell(const char *command)
{
    char line[8192];
    snprintf(line, sizeof line, "cd '%s' && { %s; }", run->folder, command);
    ck_assert_msg(system(line) == 0, "%s", command);
}

static bool
answers_with(const char *path, const char *words)
{
    struct heard answer = capsule_ask(run, path);
    bool has = strstr(buffer_text(&answer.bytes), words) != NULL;
    buffer_fini(&answer.bytes);
    return has;
}

/* A folder beside the served one, with one story and one file. */
static void
make_content(const char *folder, const char *slug)
{
    char path[256], text[256];
    snprintf(path, sizeof path, "%s/stories/2026/%s.gmi", folder, slug);
    snprintf(text, sizeof text, "---\ntitle: Tin %s\n---\nThân bài.\n", slug);
    testing_write(run->folder, path, text);
    snprintf(path, sizeof path, "%s/files/which.txt", folder);
    testing_write(run->folder, path, slug);
    snprintf(text, sizeof text, "[ $(id -u) != 0 ] || chown -R nobody %s", folder);
    shell(text);
}

/* Waits until the file is that folder's. */
static void
wait_for_file(const char *slug)
{
    for (int i = 0; !answers_with("/files/which.txt", slug); i++) {
        ck_assert_msg(i < 500, "/files/which.txt is never that of %s", slug);
        poll(NULL, 0, 20);
    }
}

static void
assert_serves(const char *slug)
{
    char path[256];
    snprintf(path, sizeof path, "/story/%s", slug);
    capsule_wait(run, path, 20);
    wait_for_file(slug);
}

START_TEST(a_content_folder_put_in_place_of_another_is_served)
{
    make_content("next", "moi");
    shell("mv content before && mv next content");
    assert_serves("moi");
    capsule_wait(run, "/story/von-vay-khong-lai-giup-phu-nu-ha-noi-vuon-len", 52);
    make_content("content", "nua"); /* what changes in the new one is seen */
    assert_serves("nua");
    make_content("before", "cu"); /* and the old one is nothing to us */
    make_content("content", "sau");
    assert_serves("sau");
    ck_assert_int_eq(capsule_status(run, "/story/cu"), 51);
}
END_TEST

START_TEST(a_content_folder_that_is_a_link_is_followed_where_it_leads_now)
{
    make_content("releases/1", "mot");
    make_content("releases/2", "hai");
    ck_assert_int_eq(capsule_end(run), 0);
    shell("mv content before && ln -s releases/1 content");
    capsule_launch(run);
    assert_serves("mot");
    shell("ln -s releases/2 to && mv -T to content");
    assert_serves("hai");
    make_content("releases/2", "ba");
    assert_serves("ba");
}
END_TEST

START_TEST(while_there_is_no_content_folder_what_was_indexed_is_served)
{
    shell("mv content away");
    ck_assert_int_eq(capsule_tool(run, "index"), 3);
    capsule_wait(run, "/story/von-vay-khong-lai-giup-phu-nu-ha-noi-vuon-len", 20);
    make_content("away", "lai");
    shell("mv away content");
    assert_serves("lai");
    capsule_wait(run, "/story/von-vay-khong-lai-giup-phu-nu-ha-noi-vuon-len", 20);
}
END_TEST

/* Everything behind the first `keep` bytes of the live archive is noise from now on. */
static void
damage(off_t keep)
{
    char path[4096], noise[4096];
    struct stat facts;
    snprintf(path, sizeof path, "%s/var/archive.db", run->folder);
    int file = open(path, O_WRONLY | O_CLOEXEC);
    ck_assert_int_eq(fstat(file, &facts), 0);
    ck_assert_int_gt(facts.st_size, keep);
    memset(noise, 0xa5, sizeof noise);
    for (off_t at = keep; at < facts.st_size; at += (off_t)sizeof noise)
        ck_assert_int_gt(pwrite(file, noise, sizeof noise, at), 0);
    close(file);
}

static size_t
count_in_log(const char *words)
{
    char *log = testing_read(run->folder, "log");
    size_t count = 0;
    for (const char *at = log; (at = strstr(at, words)) != NULL; at++)
        count++;
    free(log);
    return count;
}

/* Asks until the archive was made anew, so often in all; then everything is there again. */
static void
wait_for_mending(size_t times)
{
    for (int i = 0; count_in_log("(made anew)") < times; i++) {
        ck_assert_msg(i < 500, "the archive is never made anew");
        int status = capsule_status(run, "/story/von-vay-khong-lai-giup-phu-nu-ha-noi-vuon-len");
        ck_assert(status == 20 || status == 40);
        poll(NULL, 0, 20);
    }
    capsule_wait(run, "/story/von-vay-khong-lai-giup-phu-nu-ha-noi-vuon-len", 20);
    capsule_wait(run, "/city/ha-noi", 20);
    capsule_wait(run, "/", 20);
}

START_TEST(an_archive_damaged_in_the_middle_is_made_anew_by_itself)
{
    damage(3 * 4096);
    wait_for_mending(2);
    ck_assert_uint_eq(count_in_log("the archive is damaged"), 1);
    ck_assert_uint_eq(count_in_log("the archive did not answer"), 0);
    damage(3 * 4096); /* the next one waits a moment, and comes */
    wait_for_mending(3);
    ck_assert_uint_eq(count_in_log("the archive is damaged"), 2);
}
END_TEST

static bool
is_watcher(pid_t child)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d", (int)child);
    char *comm = testing_read(path, "comm");
    bool is = comm != NULL && strcmp(comm, "songtu\n") == 0;
    free(comm);
    return is;
}

START_TEST(an_archive_no_worker_can_open_is_made_anew_by_itself)
{
    pid_t children[16];
    size_t count = capsule_children(run, children, 16);
    damage(0);
    for (size_t i = 0; i < count; i++)
        if (!is_watcher(children[i]))
            kill(children[i], SIGKILL);
    for (int i = 0; count_in_log("(made anew)") < 2; i++) {
        ck_assert_int_lt(i, 500);
        poll(NULL, 0, 20);
    }
    wait_for_mending(2);
}
END_TEST

START_TEST(a_folder_of_files_put_in_place_of_another_is_served)
{
    make_content("content", "mot");
    make_content("other", "hai");
    assert_serves("mot");
    shell("rm -r content/files && mv other/files content/files");
    wait_for_file("hai");
    ck_assert_int_eq(capsule_status(run, "/story/mot"), 20);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("mending");
    TCase *tests = tcase_create("mending");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_content_folder_put_in_place_of_another_is_served);
    tcase_add_test(tests, a_content_folder_that_is_a_link_is_followed_where_it_leads_now);
    tcase_add_test(tests, while_there_is_no_content_folder_what_was_indexed_is_served);
    tcase_add_test(tests, a_folder_of_files_put_in_place_of_another_is_served);
    tcase_add_test(tests, an_archive_damaged_in_the_middle_is_made_anew_by_itself);
    tcase_add_test(tests, an_archive_no_worker_can_open_is_made_anew_by_itself);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
