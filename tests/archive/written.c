/* SPDX-License-Identifier: ISC */
/* Since when a story says what it says: what its feeds call `updated`. */
#include "archiving.h"
#include "testing.h"

#include <fcntl.h>
#include <sys/stat.h>

static struct region *region;

static void
set_up(void)
{
    archiving_set_up();
    region = region_new();
}

static void
tear_down(void)
{
    region_free(region);
    archiving_tear_down();
}

/* Gives the file the time its writer would have. */
static void
written_at(const char *path, int64_t when)
{
    const struct timespec times[] = { { .tv_sec = when }, { .tv_sec = when } };
    ck_assert_int_eq(utimensat(AT_FDCWD, content_path(path), times, 0), 0);
}

static int64_t
written(const char *slug)
{
    struct entries entries;
    ck_assert_int_eq(archive_newest(archive_now(), (struct scope){ 0 }, 50, region, &entries),
                     STATUS_OK);
    for (size_t i = 0; i < entries.count; i++)
        if (span_equal(entries.at[i].slug, span_of(slug)))
            return entries.at[i].written;
    ck_abort_msg("%s is not listed", slug);
}

START_TEST(a_story_is_as_old_as_what_it_says)
{
    content_write("stories/a.gmi", "---\ntitle: A\n---\nMột.\n");
    written_at("stories/a.gmi", 1700000000);
    index_well();
    ck_assert_int_eq(written("a"), 1700000000);

    written_at("stories/a.gmi", 1700000100); /* touched */
    index_well();
    ck_assert_int_eq(written("a"), 1700000000);

    content_write("themes.yaml", "- {slug: sach, name: Sách}\n"); /* every story is read again */
    index_well();
    ck_assert_int_eq(written("a"), 1700000000);

    content_write("stories/a.gmi", "---\ntitle: A\n---\nHai.\n");
    written_at("stories/a.gmi", 1700000200);
    index_well();
    ck_assert_int_eq(written("a"), 1700000200);
}
END_TEST

START_TEST(it_is_that_old_in_another_folder_and_without_the_archive)
{
    content_write("stories/a.gmi", "---\ntitle: A\n---\nMột.\n");
    written_at("stories/a.gmi", 1700000000);
    index_well();
    ck_assert_int_eq(mkdir(content_path("stories/2024"), 0755), 0);
    content_rename("stories/a.gmi", "stories/2024/a.gmi");
    index_well();
    ck_assert_int_eq(written("a"), 1700000000);

    archiving_options.anew = true;
    index_well();
    ck_assert_int_eq(written("a"), 1700000000);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("written");
    TCase *tests = tcase_create("written");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_story_is_as_old_as_what_it_says);
    tcase_add_test(tests, it_is_that_old_in_another_folder_and_without_the_archive);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
