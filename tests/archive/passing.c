/* SPDX-License-Identifier: ISC */
/* What a round passes over: it is told with its path, and what the archive has of it stays. */
#include "archiving.h"
#include "testing.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define STORY(title) "---\ntitle: " title "\ndate: 2024\n---\nThân bài của " title ".\n"

enum { NOBODY = 65534 };

/* Root may read everything: it becomes somebody else. */
static void
be_nobody(void)
{
    static const char *const paths[] = {
        "", "stories", "stories/2023", "stories/2024", "stories/2024/b.gmi", "pages", "../var",
    };
    if (geteuid() != 0)
        return;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        ck_assert_int_eq(chown(content_path(paths[i]), NOBODY, NOBODY), 0);
    ck_assert_int_eq(chown(archiving_folder, NOBODY, NOBODY), 0);
    ck_assert_int_eq(seteuid(NOBODY), 0);
}

static void
set_up(void)
{
    archiving_set_up();
    content_write("stories/2023/a.gmi", STORY("A"));
    content_write("stories/2024/b.gmi", STORY("B"));
    content_write("pages/about.gmi", STORY("Giới thiệu"));
    ck_assert_int_eq(mkdir(content_path("../var"), 0755), 0);
    be_nobody();
    index_well();
}

static void
tear_down(void)
{
    (void)!chmod(content_path(""), 0755);
    (void)!chmod(content_path("stories"), 0755);
    (void)!chmod(content_path("stories/2023"), 0755);
    (void)!chmod(content_path("pages"), 0755);
    if (getuid() == 0)
        ck_assert_int_eq(seteuid(0), 0);
    archiving_tear_down();
}

static void
close_folder(const char *path, mode_t mode)
{
    ck_assert_int_eq(chmod(content_path(path), mode), 0);
}

/* Nobody may look into it; or may see the names, but not what they stand for. */
static const mode_t closed[] = { 0000, 0600 };

START_TEST(a_folder_nobody_may_read_keeps_its_stories_and_stops_no_other)
{
    content_write("stories/2024/c.gmi", STORY("C"));
    close_folder("stories/2023", closed[_i]);
    struct told told = index_now();
    ck_assert_msg(told.status == STATUS_OK, "%s", told.fault);
    ck_assert_str_eq(told.reports, "stories/2023:0: it can't be read: Permission denied: let "
                                   "whoever songtu runs as read it (chmod a+rX)\n");
    ck_assert_uint_eq(told.summary.faulty, 1);
    ck_assert_str_eq(answer("a"), "story");
    ck_assert_str_eq(answer("c"), "story");
    ck_assert_ptr_null(content_read("moved.yaml"));
    close_folder("stories/2023", 0755);
    index_well();
    ck_assert_str_eq(answer("a"), "story");
    content_remove("stories/2023/a.gmi");
    index_well();
    ck_assert_str_eq(answer("a"), "gone");
}
END_TEST

/* A round while moved.yaml can't be written. */
static size_t
index_unnoted(void)
{
    struct told told = index_now();
    ck_assert_msg(told.status == STATUS_OK, "%s", told.fault);
    ck_assert_str_eq(told.reports, "moved.yaml:0: it can't be written: Permission denied: let "
                                   "whoever songtu runs as write in its folder\n");
    ck_assert_uint_eq(told.summary.faulty, 1);
    return told.summary.unnoted;
}

START_TEST(what_can_not_be_noted_is_kept_until_it_can)
{
    content_write("stories/2024/c.gmi", STORY("C"));
    content_write("stories/2024/d.gmi", STORY("D"));
    index_well();
    close_folder("", 0555);
    content_rename("stories/2024/b.gmi", "stories/2024/e.gmi");
    ck_assert_uint_eq(index_unnoted(), 1);
    ck_assert_str_eq(answer("b"), "e");
    content_remove("stories/2024/c.gmi");
    ck_assert_uint_eq(index_unnoted(), 2);
    ck_assert_uint_eq(index_unnoted(), 2);
    ck_assert_str_eq(answer("b"), "e");
    ck_assert_str_eq(answer("c"), "gone");
    close_folder("", 0755);
    index_well();
    ck_assert_str_eq(content_read("moved.yaml"), "b: e\nc: gone\n");
    ck_assert_str_eq(answer("b"), "e");
    ck_assert_str_eq(answer("c"), "gone");
}
END_TEST

START_TEST(what_could_not_be_noted_and_is_past_is_not)
{
    content_write("stories/2024/c.gmi", STORY("C"));
    index_well();
    close_folder("", 0555);
    content_remove("stories/2024/b.gmi");
    content_remove("stories/2024/c.gmi");
    ck_assert_uint_eq(index_unnoted(), 2);
    content_write("stories/2024/b.gmi", STORY("B")); /* it is back */
    close_folder("", 0755);
    content_write("moved.yaml", "c: a\n"); /* somebody knows better */
    index_well();
    ck_assert_str_eq(content_read("moved.yaml"), "c: a\n");
    ck_assert_str_eq(answer("b"), "story");
    ck_assert_str_eq(answer("c"), "a");
}
END_TEST

START_TEST(a_closed_folder_of_all_stories_leaves_the_archive_as_it_was)
{
    close_folder("stories", closed[_i]);
    struct told told = index_now();
    ck_assert_int_eq(told.status, STATUS_FAILED);
    ck_assert_ptr_nonnull(strstr(told.fault, "/content/stories can't be read: Permission denied"));
    ck_assert_str_eq(answer("a"), "story");
}
END_TEST

START_TEST(a_closed_folder_of_pages_keeps_them_and_stops_no_story)
{
    struct record page;
    struct region *region = region_new();
    content_write("stories/2024/c.gmi", STORY("C"));
    close_folder("pages", closed[_i]);
    struct told told = index_now();
    ck_assert_msg(told.status == STATUS_OK, "%s", told.fault);
    ck_assert_ptr_nonnull(strstr(told.reports, "pages:0: it can't be read: Permission denied"));
    ck_assert_str_eq(answer("c"), "story");
    ck_assert_int_eq(archive_find_page(archive_now(), SPAN("about"), region, &page), STATUS_OK);
    region_free(region);
}
END_TEST

START_TEST(a_story_nobody_may_read_keeps_its_last_version)
{
    close_folder("stories/2024/b.gmi", 0);
    struct told told = index_now();
    ck_assert_int_eq(told.status, STATUS_OK);
    ck_assert_ptr_nonnull(
        strstr(told.reports, "stories/2024/b.gmi:0: it can't be read: Permission denied"));
    ck_assert_str_eq(answer("b"), "story");
}
END_TEST

static void
make_socket(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
}

START_TEST(what_is_no_regular_file_is_told)
{
    ck_assert_int_eq(symlink("b.gmi", content_path("stories/2024/lien-ket.gmi")), 0);
    ck_assert_int_eq(symlink("khong-co", content_path("stories/2024/dut.gmi")), 0);
    ck_assert_int_eq(symlink("2024", content_path("stories/2025")), 0);
    ck_assert_int_eq(symlink("khong-co", content_path("stories/ghi-chu")), 0); /* no story */
    ck_assert_int_eq(mkfifo(content_path("stories/2024/ong.gmi"), 0644), 0);
    ck_assert_int_eq(mkdir(content_path("stories/2024/thu-muc.gmi"), 0755), 0);
    make_socket(content_path("stories/2024/o-cam.gmi"));
    struct told told = index_now();
    ck_assert_int_eq(told.status, STATUS_OK);
    ck_assert_str_eq(
        told.reports,
        "stories/2025:0: it is a symbolic link to a folder and was skipped: put the folder itself "
        "here\n"
        "stories/2024/dut.gmi:0: it is a symbolic link and was skipped: put the story's file "
        "itself here\n"
        "stories/2024/lien-ket.gmi:0: it is a symbolic link and was skipped: put the story's file "
        "itself here\n"
        "stories/2024/o-cam.gmi:0: it is a socket and was skipped: put the story's file itself "
        "here\n"
        "stories/2024/ong.gmi:0: it is a FIFO and was skipped: put the story's file itself here\n"
        "stories/2024/thu-muc.gmi:0: it is a folder and was skipped: put the story's file itself "
        "here\n");
    ck_assert_uint_eq(told.summary.faulty, 6);
    ck_assert_uint_eq(told.summary.stories, 2);
}
END_TEST

START_TEST(a_story_that_became_a_link_keeps_its_last_version)
{
    content_rename("stories/2024/b.gmi", "b.txt");
    ck_assert_int_eq(symlink("../../b.txt", content_path("stories/2024/b.gmi")), 0);
    struct told told = index_now();
    ck_assert_uint_eq(told.summary.faulty, 1);
    ck_assert_str_eq(answer("b"), "story");
    ck_assert_ptr_null(content_read("moved.yaml"));
}
END_TEST

/* Its time comes while nobody may read it: no reason to look for it again and again. */
START_TEST(a_scheduled_story_that_can_not_be_read_is_not_waited_for)
{
    content_write("stories/2024/hen.gmi", "---\ntitle: Hẹn\ndate: 2027-01-01\n---\nHẹn.\n");
    struct told told = index_now();
    ck_assert_int_gt(told.summary.next_due, archiving_options.now);
    content_write("stories/2024/hen.gmi", "broken\n");
    archiving_options.now = told.summary.next_due + 1;
    told = index_now();
    ck_assert_int_eq(told.status, STATUS_OK);
    ck_assert_int_eq(told.summary.next_due, 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("passing");
    TCase *tests = tcase_create("passing");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, a_folder_nobody_may_read_keeps_its_stories_and_stops_no_other, 0, 2);
    tcase_add_test(tests, what_can_not_be_noted_is_kept_until_it_can);
    tcase_add_test(tests, what_could_not_be_noted_and_is_past_is_not);
    tcase_add_loop_test(tests, a_closed_folder_of_all_stories_leaves_the_archive_as_it_was, 0, 2);
    tcase_add_loop_test(tests, a_closed_folder_of_pages_keeps_them_and_stops_no_story, 0, 2);
    tcase_add_test(tests, a_story_nobody_may_read_keeps_its_last_version);
    tcase_add_test(tests, what_is_no_regular_file_is_told);
    tcase_add_test(tests, a_story_that_became_a_link_keeps_its_last_version);
    tcase_add_test(tests, a_scheduled_story_that_can_not_be_read_is_not_waited_for);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
