/* SPDX-License-Identifier: ISC */
/* Rounds that are told what may have changed: they cost that, and come to what a whole round comes
 * to. */
#include "archiving.h"
#include "testing.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STORY(title) "---\ntitle: " title "\ndate: 2024\n---\nThân bài của " title ".\n"

static struct told last;

static void
set_up(void)
{
    archiving_set_up();
    content_write("stories/2024/a.gmi", STORY("A"));
    content_write("stories/2024/b.gmi", STORY("B"));
    content_write("stories/2024/07/c.gmi", STORY("C"));
    content_write("stories/2024-cu/d.gmi", STORY("D"));
    index_well();
}

/* A round that is told of these paths, "a b". */
static void
touch(const char *paths)
{
    struct span at[8];
    struct spans touched = { at, 0 };
    for (struct span rest = span_of(paths); rest.at != NULL && rest.len > 0;)
        at[touched.count++] = span_cut(&rest, ' ');
    archiving_options.touched = &touched;
    last = index_now();
    archiving_options.touched = NULL;
    ck_assert_msg(last.status == STATUS_OK, "%s", last.fault);
}

static void
touch_well(const char *paths)
{
    touch(paths);
    ck_assert_str_eq(last.reports, "");
}

static const char *
title_of(const char *slug)
{
    static struct region *region;
    struct finding found;
    region_free(region);
    region = region_new();
    ck_assert_int_eq(archive_find_story(archive_now(), span_of(slug), SPAN("vi"), region, &found),
                     STATUS_OK);
    ck_assert_int_eq(found.found, FOUND_STORY);
    return region_copy(region, found.record.title).at;
}

START_TEST(only_what_was_touched_is_read)
{
    content_write("stories/2024/a.gmi", STORY("A mới"));
    content_write("stories/2024/b.gmi", STORY("B mới"));
    touch_well("stories/2024/b.gmi");
    ck_assert_str_eq(title_of("a"), "A");
    ck_assert_str_eq(title_of("b"), "B mới");
    ck_assert_uint_eq(last.summary.changed, 1);
    ck_assert_uint_eq(last.summary.stories, 4);
    touch_well("stories/2024");
    ck_assert_str_eq(title_of("a"), "A mới");
}
END_TEST

START_TEST(a_round_that_changes_nothing_is_none_to_readers)
{
    struct stat before, after;
    touch_well("stories/2024/a.gmi");
    ck_assert_int_eq(stat(content_path("../var/archive.db-wal"), &before), 0);
    int64_t round = last.summary.round;
    index_well();
    touch_well("stories/2024/a.gmi stories/khong-co.gmi cities.yaml");
    ck_assert_int_eq(last.summary.round, round);
    ck_assert_int_eq(archive_round(archive_now()), round);
    ck_assert_int_eq(stat(content_path("../var/archive.db-wal"), &after), 0);
    ck_assert_int_eq(after.st_mtim.tv_sec, before.st_mtim.tv_sec);
    ck_assert_int_eq(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
    content_write("stories/2024/a.gmi", STORY("A")); /* another time, the same words */
    touch_well("stories/2024/a.gmi");
    ck_assert_int_eq(archive_round(archive_now()), round);
    content_write("stories/2024/a.gmi", STORY("A mới"));
    touch_well("stories/2024/a.gmi");
    ck_assert_int_eq(archive_round(archive_now()), round + 1);
}
END_TEST

START_TEST(a_renamed_file_leads_on_and_a_removed_one_is_gone)
{
    content_rename("stories/2024/a.gmi", "stories/2024/a-moi.gmi");
    content_remove("stories/2024/b.gmi");
    touch_well("stories/2024/a.gmi stories/2024/a-moi.gmi stories/2024/b.gmi");
    ck_assert_str_eq(answer("a"), "a-moi");
    ck_assert_str_eq(answer("b"), "gone");
    ck_assert_str_eq(content_read("moved.yaml"), "a: a-moi\nb: gone\n");
    index_well();
    ck_assert_str_eq(answer("a"), "a-moi");
}
END_TEST

START_TEST(a_folder_moves_and_all_addresses_stay)
{
    content_rename("stories/2024", "stories/nam-2024");
    int64_t round = archive_round(archive_now());
    touch_well("stories/2024 stories/nam-2024");
    ck_assert_int_eq(archive_round(archive_now()), round); /* nothing that readers see */
    ck_assert_str_eq(answer("a"), "story");
    ck_assert_str_eq(answer("c"), "story");
    ck_assert_str_eq(answer("d"), "story");
    ck_assert_ptr_null(content_read("moved.yaml"));
    content_write("stories/nam-2024/07/c.gmi", STORY("C mới"));
    touch_well("stories/nam-2024/07/c.gmi");
    ck_assert_str_eq(title_of("c"), "C mới");
    index_well();
    ck_assert_uint_eq(last.summary.stories, 4);
}
END_TEST

START_TEST(a_folder_goes_and_only_what_lay_in_it)
{
    content_rename("stories/2024", "cho-khac");
    touch_well("stories/2024");
    ck_assert_str_eq(answer("a"), "gone");
    ck_assert_str_eq(answer("c"), "gone");
    ck_assert_str_eq(answer("d"), "story"); /* stories/2024-cu begins alike */
    ck_assert_uint_eq(last.summary.stories, 1);
}
END_TEST

START_TEST(where_all_are_gone_nothing_is_noted)
{
    struct span paths[] = { SPAN("stories/2024"), SPAN("stories/2024-cu/d.gmi") };
    struct spans touched = { paths, 1 };
    content_rename("stories", "o-dia");
    ck_assert_int_eq(mkdir(content_path("stories"), 0755), 0);
    archiving_options.touched = &touched; /* the other's news is yet to come */
    last = index_now();
    ck_assert_int_eq(last.status, STATUS_FAILED);
    ck_assert_msg(strstr(last.fault, "every story is gone") != NULL, "%s", last.fault);
    ck_assert_str_eq(answer("a"), "story");
    ck_assert_ptr_null(content_read("moved.yaml"));
    archiving_options.touched = NULL;
}
END_TEST

START_TEST(a_new_taxonomy_touches_every_story)
{
    content_write("stories/2024/a.gmi", "---\ntitle: A\ncities: [hue]\n---\nA.\n");
    touch("stories/2024/a.gmi");
    ck_assert_str_eq(last.reports, "stories/2024/a.gmi:3: no city is called `hue`: add it to "
                                   "cities.yaml\n");
    content_write("cities.yaml", "- slug: hue\n  name: {vi: Huế}\n");
    touch_well("cities.yaml");
    ck_assert_str_eq(list_of("hue"), "a");
}
END_TEST

START_TEST(aliases_that_clash_are_told_whoever_was_touched)
{
    content_write("stories/2024/a.gmi", "---\ntitle: A\naliases: [cu]\n---\nA.\n");
    touch_well("stories/2024/a.gmi");
    ck_assert_str_eq(answer("cu"), "a");
    content_write("stories/2024/b.gmi", "---\ntitle: B\naliases: [cu]\n---\nB.\n");
    touch("stories/2024/b.gmi");
    const char *both = "stories/2024/b.gmi:3: alias `cu` leads to `a`, which has it too: take it "
                       "out of one of them\n";
    ck_assert_str_eq(last.reports, both);
    touch("stories/2024/a.gmi stories/2024/b.gmi"); /* told again, and once */
    ck_assert_str_eq(last.reports, both);
    content_write("stories/2024/cu.gmi", STORY("Cũ"));
    touch("stories/2024/cu.gmi");
    ck_assert_msg(strstr(last.reports, "a.gmi:3: alias `cu` is a story's own address") != NULL,
                  "%s", last.reports);
    ck_assert_str_eq(answer("cu"), "story");
}
END_TEST

START_TEST(a_scheduled_story_comes_though_nothing_was_touched)
{
    content_write("stories/2024/mai.gmi", "---\ntitle: Mai\ndate: 2026-11-20\n---\nMai.\n");
    touch_well("stories/2024/mai.gmi");
    ck_assert_str_eq(answer("mai"), "nothing");
    archiving_options.now = last.summary.next_due;
    touch_well("");
    ck_assert_str_eq(answer("mai"), "story");
}
END_TEST

/* macOS writes names so; and old systems in other words than UTF-8. */
START_TEST(a_name_that_is_no_slug_is_told_and_serves_nothing)
{
    content_write("stories/2024/nga\xcc\x80y.gmi", STORY("Ngày"));
    content_write("stories/2024/ng\xe0y.gmi", STORY("Ngày"));
    touch("stories/2024/nga\xcc\x80y.gmi stories/2024/ng\xe0y.gmi");
    ck_assert_str_eq(last.reports, "stories/2024/nga\xcc\x80y.gmi:1: the file's name is no slug: "
                                   "write it like ha-noi-5-dieu.gmi\n"
                                   "stories/2024/ng\xe0y.gmi:1: the file's name is no slug: "
                                   "write it like ha-noi-5-dieu.gmi\n");
    ck_assert_uint_eq(last.summary.stories, 4);
    content_rename("stories/2024/nga\xcc\x80y.gmi", "stories/2024/ngay.gmi");
    content_remove("stories/2024/ng\xe0y.gmi");
    touch_well("stories/2024/nga\xcc\x80y.gmi stories/2024/ng\xe0y.gmi stories/2024/ngay.gmi");
    ck_assert_str_eq(answer("ngay"), "story");
    ck_assert_ptr_null(content_read("moved.yaml"));
}
END_TEST

START_TEST(a_link_is_passed_over_and_what_it_was_stays)
{
    content_rename("stories/2024/07", "07");
    ck_assert_int_eq(symlink("../../07", content_path("stories/2024/07")), 0);
    touch("stories/2024/07");
    ck_assert_str_eq(last.reports, "stories/2024/07:0: it is a symbolic link to a folder and was "
                                   "skipped: put the folder itself here\n");
    ck_assert_str_eq(answer("c"), "story");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("touched");
    TCase *tests = tcase_create("touched");
    tcase_add_checked_fixture(tests, set_up, archiving_tear_down);
    tcase_add_test(tests, only_what_was_touched_is_read);
    tcase_add_test(tests, a_round_that_changes_nothing_is_none_to_readers);
    tcase_add_test(tests, a_renamed_file_leads_on_and_a_removed_one_is_gone);
    tcase_add_test(tests, a_folder_moves_and_all_addresses_stay);
    tcase_add_test(tests, a_folder_goes_and_only_what_lay_in_it);
    tcase_add_test(tests, where_all_are_gone_nothing_is_noted);
    tcase_add_test(tests, a_new_taxonomy_touches_every_story);
    tcase_add_test(tests, aliases_that_clash_are_told_whoever_was_touched);
    tcase_add_test(tests, a_scheduled_story_comes_though_nothing_was_touched);
    tcase_add_test(tests, a_name_that_is_no_slug_is_told_and_serves_nothing);
    tcase_add_test(tests, a_link_is_passed_over_and_what_it_was_stays);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
