/* SPDX-License-Identifier: ISC */
/* What a publisher and an operator do to a capsule that serves. */
#include "capsule.h"

#include "testing.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
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
write_story(const char *slug, const char *front)
{
    char path[512], text[1024];
    snprintf(path, sizeof path, "content/stories/2026/%s.gmi", slug);
    snprintf(text, sizeof text, "---\ntitle: Tin %s\n%s---\nThân bài của %s.\n", slug, front, slug);
    testing_write(run->folder, path, text);
}

static void
remove_story(const char *slug)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/content/stories/2026/%s.gmi", run->folder, slug);
    ck_assert_int_eq(unlink(path), 0);
}

START_TEST(a_story_comes_moves_and_goes_while_it_serves)
{
    char from[4096], to[4096];
    write_story("mot", "cities: [ha-noi]\naliases: [ten-cu]\n");
    capsule_wait(run, "/story/mot", 20);
    ck_assert_int_eq(capsule_status(run, "/story/ten-cu"), 31);
    snprintf(from, sizeof from, "%s/content/stories/2026/mot.gmi", run->folder);
    snprintf(to, sizeof to, "%s/content/stories/2026/hai.gmi", run->folder);
    ck_assert_int_eq(rename(from, to), 0);
    capsule_wait(run, "/story/mot", 31);
    capsule_wait(run, "/story/hai", 20);
    remove_story("hai");
    capsule_wait(run, "/story/hai", 52);
    capsule_wait(run, "/story/mot", 52);
}
END_TEST

START_TEST(the_tool_renames_and_withdraws)
{
    write_story("ba", "");
    capsule_wait(run, "/story/ba", 20);
    ck_assert_int_eq(capsule_tool(run, "rename ba bon"), 0);
    capsule_wait(run, "/story/ba", 31);
    capsule_wait(run, "/story/bon", 20);
    ck_assert_int_eq(capsule_tool(run, "withdraw bon"), 0);
    capsule_wait(run, "/story/bon", 52);
    ck_assert_int_eq(capsule_tool(run, "rename ba khong-co"), 1);
    ck_assert_int_eq(capsule_tool(run, "frobnicate"), 2);
}
END_TEST

START_TEST(drafts_and_faulty_stories_are_not_served_and_a_good_version_stays)
{
    write_story("nhap", "state: draft\n");
    write_story("hong", "");
    capsule_wait(run, "/story/hong", 20);
    ck_assert_int_eq(capsule_status(run, "/story/nhap"), 51);
    testing_write(run->folder, "content/stories/2026/hong.gmi", "broken\n");
    write_story("sau", "");
    capsule_wait(run, "/story/sau", 20);
    ck_assert_int_eq(capsule_status(run, "/story/hong"), 20);
    ck_assert_int_eq(capsule_tool(run, "index"), 1);
    char *log = testing_read(run->folder, "log");
    ck_assert_ptr_nonnull(strstr(log, "content/stories/2026/hong.gmi:1: the first line must be"));
    free(log);
}
END_TEST

static int
count_in_log(const char *words)
{
    int count = 0;
    char *log = testing_read(run->folder, "log");
    for (char *at = log; at != NULL && (at = strstr(at, words)) != NULL; at++)
        count++;
    free(log);
    return count;
}

static void
wait_for_log(const char *words)
{
    for (int wait = 0; wait < 2000 && count_in_log(words) == 0; wait++)
        poll(NULL, 0, 5);
    ck_assert_msg(count_in_log(words) > 0, "%s", words);
}

START_TEST(what_lasts_is_said_once_and_when_it_is_over)
{
    char *cities = testing_read(run->folder, "content/cities.yaml");
    ck_assert_ptr_nonnull(cities);
    testing_write(run->folder, "content/stories/2026/hong.gmi", "broken\n");
    wait_for_log("hong.gmi:1: the first line must be");
    testing_write(run->folder, "content/cities.yaml", "- slug: [\n");
    wait_for_log("error: the archive stays as it was: cities.yaml:2: ");
    write_story("bay", "");
    testing_write(run->folder, "content/cities.yaml", "- nope\n");
    wait_for_log("error: the archive stays as it was: cities.yaml:1: ");
    testing_write(run->folder, "content/cities.yaml", cities);
    wait_for_log("the archive is up to date again");
    capsule_wait(run, "/story/bay", 20);
    ck_assert_int_eq(count_in_log("error: the archive stays as it was: cities.yaml:2: "), 1);
    ck_assert_int_eq(count_in_log("hong.gmi:1: the first line must be"), 1);
    free(cities);
}
END_TEST

START_TEST(a_scheduled_story_is_served_when_its_time_comes)
{
    char front[64], when[32];
    time_t due = time(NULL) + 3;
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", gmtime(&due));
    snprintf(front, sizeof front, "date: %s\n", when);
    write_story("hen", front);
    write_story("moc", "");
    capsule_wait(run, "/story/moc", 20);
    if (time(NULL) < due)
        ck_assert_int_eq(capsule_status(run, "/story/hen"), 51);
    capsule_wait(run, "/story/hen", 20);
    ck_assert_int_ge(time(NULL) + 1, due); /* time() lags a tick behind the clock */
}
END_TEST

START_TEST(the_state_folder_may_be_deleted_at_any_time)
{
    char command[4096];
    write_story("nam", "aliases: [ten-nam]\n");
    write_story("mat", "");
    capsule_wait(run, "/story/nam", 20);
    capsule_wait(run, "/story/mat", 20);
    remove_story("mat");
    capsule_wait(run, "/story/mat", 52);
    snprintf(command, sizeof command, "rm -rf '%s'/var", run->folder);
    ck_assert_int_eq(system(command), 0);
    write_story("moi", "");
    capsule_wait(run, "/story/moi", 20); /* so it was made anew, and new workers serve it */
    ck_assert_int_eq(capsule_status(run, "/story/nam"), 20);
    ck_assert_int_eq(capsule_status(run, "/story/ten-nam"), 31);
    ck_assert_int_eq(capsule_status(run, "/story/mat"), 52);
    ck_assert_int_eq(capsule_end(run), 0);
    ck_assert_int_eq(system(command), 0);
    capsule_launch(run);
    ck_assert_int_eq(capsule_status(run, "/story/ten-nam"), 31);
    ck_assert_int_eq(capsule_status(run, "/story/mat"), 52);
}
END_TEST

static void
assert_hears(const char *request, const char *answer)
{
    struct heard heard = capsule_send(run, span_of(request), PLAINLY);
    ck_assert_str_eq(buffer_text(&heard.bytes), answer);
    buffer_fini(&heard.bytes);
}

START_TEST(refusals_are_told_in_the_capsules_own_words)
{
    assert_hears("gemini://other.example/\r\n", "53 Máy chủ từ chối yêu cầu này.\r\n");
    assert_hears("\r\n", "59 Yêu cầu không hợp lệ.\r\n");
    testing_write(run->folder, "songtu.yaml", "language: en\n");
    testing_write(run->folder, "content/labels.yaml", "en:\n  refused: Not ours.\n");
    ck_assert_int_eq(capsule_end(run), 0);
    capsule_launch(run);
    assert_hears("gemini://other.example/\r\n", "53 Not ours.\r\n");
    assert_hears("\r\n", "59 The request could not be understood.\r\n");
}
END_TEST

START_TEST(a_damaged_key_is_refused_and_never_replaced)
{
    testing_write(run->folder, "certs/localhost/key.pem", "damaged\n");
    kill(run->master, SIGHUP);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
    ck_assert_int_eq(capsule_end(run), 0);
    char command[8192];
    snprintf(command, sizeof command,
             "cd '%s' && ./songtud --gemini 127.0.0.1:0 --user nobody >>log 2>&1", run->folder);
    int status = system(command);
    ck_assert_int_eq(WEXITSTATUS(status), 1);
    snprintf(command, sizeof command,
             "cd '%s' && ./songtud --gemini 127.0.0.1:0 --user nobody --log own 2>&1 |"
             " grep -q 'its log file says why' && grep -q 'is damaged' own",
             run->folder);
    ck_assert_int_eq(system(command), 0);
    char *key = testing_read(run->folder, "certs/localhost/key.pem");
    ck_assert_str_eq(key, "damaged\n");
    free(key);
}
END_TEST

START_TEST(what_is_killed_is_back_and_no_story_is_lost)
{
    srand(2);
    for (int i = 0; i < capsule_kills(); i++) {
        pid_t children[16];
        size_t count = capsule_children(run, children, 16);
        if (count > 0)
            kill(children[(size_t)rand() % count], SIGKILL);
        if (i % 5 == 0)
            write_story(i % 2 == 0 ? "chan" : "le", "");
        poll(NULL, 0, rand() % 60);
    }
    capsule_wait(run, "/story/chan", 20);
    capsule_wait(run, "/story/le", 20);
    capsule_wait(run, "/story/von-vay-khong-lai-giup-phu-nu-ha-noi-vuon-len", 20);
    pid_t children[16];
    for (int i = 0; i < 500 && capsule_children(run, children, 16) < 3; i++)
        poll(NULL, 0, 20);
    ck_assert_uint_eq(capsule_children(run, children, 16), 3);
}
END_TEST

START_TEST(the_children_of_a_killed_master_leave_and_the_next_start_succeeds)
{
    pid_t children[16];
    size_t count = capsule_children(run, children, 16);
    ck_assert_uint_eq(count, 3);
    kill(run->master, SIGKILL);
    waitpid(run->master, NULL, 0);
    for (size_t i = 0; i < count; i++)
        for (int wait = 0; kill(children[i], 0) == 0 && wait < 500; wait++)
            poll(NULL, 0, 2);
    for (size_t i = 0; i < count; i++)
        ck_assert(kill(children[i], 0) != 0 && errno == ESRCH);
    capsule_launch(run);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
}
END_TEST

START_TEST(started_as_root_no_child_is_root_or_can_read_the_key)
{
    pid_t children[16];
    struct stat facts;
    char path[4096];
    snprintf(path, sizeof path, "%s/certs/localhost/key.pem", run->folder);
    ck_assert_int_eq(stat(path, &facts), 0);
    ck_assert_int_eq(facts.st_mode & 0777, 0600);
    size_t count = capsule_children(run, children, 16);
    ck_assert_uint_eq(count, 3);
    for (size_t i = 0; i < count; i++) {
        snprintf(path, sizeof path, "/proc/%d", (int)children[i]);
        struct stat child;
        snprintf(path, sizeof path, "/proc/%d/status", (int)children[i]);
        FILE *file = fopen(path, "r");
        char line[256];
        unsigned user = 0;
        while (fgets(line, sizeof line, file) != NULL)
            if (sscanf(line, "Uid: %u", &user) == 1)
                break;
        fclose(file);
        (void)child;
        ck_assert_uint_ne(user, 0);
        ck_assert_uint_ne(user, facts.st_uid);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("keeping");
    TCase *tests = tcase_create("keeping");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_story_comes_moves_and_goes_while_it_serves);
    tcase_add_test(tests, the_tool_renames_and_withdraws);
    tcase_add_test(tests, drafts_and_faulty_stories_are_not_served_and_a_good_version_stays);
    tcase_add_test(tests, what_lasts_is_said_once_and_when_it_is_over);
    tcase_add_test(tests, a_scheduled_story_is_served_when_its_time_comes);
    tcase_add_test(tests, the_state_folder_may_be_deleted_at_any_time);
    tcase_add_test(tests, refusals_are_told_in_the_capsules_own_words);
    tcase_add_test(tests, a_damaged_key_is_refused_and_never_replaced);
    tcase_add_test(tests, what_is_killed_is_back_and_no_story_is_lost);
    tcase_add_test(tests, the_children_of_a_killed_master_leave_and_the_next_start_succeeds);
    suite_add_tcase(suite, tests);
    TCase *root = tcase_create("root");
    tcase_set_timeout(root, 120);
    tcase_set_tags(root, "root");
    tcase_add_checked_fixture(root, set_up, tear_down);
    tcase_add_test(root, started_as_root_no_child_is_root_or_can_read_the_key);
    suite_add_tcase(suite, root);
    return testing_run(suite);
}
