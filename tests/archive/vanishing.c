/* SPDX-License-Identifier: ISC */
/* Stories that are not there any more, and were not taken away by anybody. */
#include "archiving.h"
#include "testing.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STORY(title) "---\ntitle: " title "\ndate: 2024\n---\nThân bài của " title ".\n"

static void
set_up(void)
{
    archiving_set_up();
    content_write("stories/2024/a.gmi", STORY("A"));
    content_write("stories/2024/b.gmi", STORY("B"));
    index_well();
}

/* As where a disk is not mounted. */
static void
empty_stories(void)
{
    content_rename("stories", "stories.away");
    ck_assert_int_eq(mkdir(content_path("stories"), 0755), 0);
}

static void
index_in_vain(const char *words)
{
    struct told told = index_now();
    ck_assert_int_eq(told.status, STATUS_FAILED);
    ck_assert_msg(strstr(told.fault, words) != NULL, "%s", told.fault);
    ck_assert_str_eq(answer("a"), "story");
    ck_assert_str_eq(answer("b"), "story");
}

START_TEST(where_all_are_gone_at_once_nothing_is_noted)
{
    empty_stories();
    index_in_vain("/content/stories at once: nothing is noted. Mount or put back");
    index_in_vain("write `a: gone` into moved.yaml");
    ck_assert_ptr_null(content_read("moved.yaml"));
    content_remove("stories");
    content_rename("stories.away", "stories");
    index_well();
    ck_assert_str_eq(answer("a"), "story");
}
END_TEST

START_TEST(a_missing_folder_of_stories_is_told_with_what_to_do)
{
    content_rename("stories", "stories.away");
    index_in_vain("No such file or directory: make the folder, or mount what belongs there");
    ck_assert_ptr_null(content_read("moved.yaml"));
}
END_TEST

START_TEST(a_person_may_say_that_all_are_to_go)
{
    empty_stories();
    content_write("moved.yaml", "a: gone\n");
    index_in_vain("write `b: gone` into moved.yaml");
    content_write("moved.yaml", "a: gone\nb: gone\n");
    index_well();
    ck_assert_str_eq(answer("a"), "gone");
    ck_assert_str_eq(answer("b"), "gone");
    index_well();
}
END_TEST

START_TEST(all_but_one_may_go)
{
    content_remove("stories/2024/a.gmi");
    index_well();
    ck_assert_str_eq(answer("a"), "gone");
    ck_assert_str_eq(answer("b"), "story");
}
END_TEST

START_TEST(the_last_story_may_move_and_be_withdrawn)
{
    content_remove("stories/2024/b.gmi");
    index_well();
    content_rename("stories/2024/a.gmi", "stories/2024/c.gmi");
    index_well();
    ck_assert_str_eq(answer("a"), "c");
    content_write("stories/2024/c.gmi", "---\ntitle: C\ndate: 2024\nstate: withdrawn\n---\nC.\n");
    index_well();
    ck_assert_str_eq(answer("c"), "gone");
}
END_TEST

START_TEST(another_folders_stories_are_not_gone)
{
    const char *home = archiving_options.content;
    content_write("../khac/stories/2024/k.gmi", STORY("K"));
    archiving_options.content = content_path("../khac");
    struct told told = index_now();
    ck_assert_int_eq(told.status, STATUS_OK);
    ck_assert(told.summary.rebuilt);
    ck_assert_str_eq(answer("k"), "story");
    ck_assert_str_eq(answer("a"), "nothing");
    ck_assert_ptr_null(content_read("moved.yaml"));
    archiving_options.content = home;
    told = index_now();
    ck_assert_int_eq(told.status, STATUS_OK);
    ck_assert_str_eq(answer("a"), "story");
    ck_assert_str_eq(answer("k"), "nothing");
    ck_assert_ptr_null(content_read("moved.yaml"));
}
END_TEST

START_TEST(the_same_folder_by_another_name_is_no_other)
{
    ck_assert_int_eq(symlink("content", content_path("../ten-khac")), 0);
    archiving_options.content = content_path("../ten-khac");
    struct told told = index_now();
    ck_assert_int_eq(told.status, STATUS_OK);
    ck_assert(!told.summary.rebuilt);
    ck_assert_uint_eq(told.summary.changed, 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("vanishing");
    TCase *tests = tcase_create("vanishing");
    tcase_add_checked_fixture(tests, set_up, archiving_tear_down);
    tcase_add_test(tests, where_all_are_gone_at_once_nothing_is_noted);
    tcase_add_test(tests, a_missing_folder_of_stories_is_told_with_what_to_do);
    tcase_add_test(tests, a_person_may_say_that_all_are_to_go);
    tcase_add_test(tests, all_but_one_may_go);
    tcase_add_test(tests, the_last_story_may_move_and_be_withdrawn);
    tcase_add_test(tests, another_folders_stories_are_not_gone);
    tcase_add_test(tests, the_same_folder_by_another_name_is_no_other);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
