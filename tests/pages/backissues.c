/* SPDX-License-Identifier: ISC */
/* Back issues: what a reader noted down of a full part is there for ever, whatever comes. */
#include "asking.h"
#include "story/gemtext.h"
#include "testing.h"

#include <string.h>

static unsigned written;

static void
set_up(void)
{
    asking_set_up();
    written = 0;
    content_write("cities.yaml", "- {slug: hue, name: Huế}\n");
}

/* So many stories more, each newer than those before, and filed by its city too. */
static void
add(unsigned count, const char *month)
{
    for (unsigned i = 0; i < count; i++, written++)
        content_write(region_printf(asking_region, "stories/tin-%u.gmi", written).at,
                      region_printf(asking_region,
                                    "---\ntitle: Tin %u\ndate: %s-%02uT%02u:%02u:00+07:00\n"
                                    "cities: [hue]\nsummary: Tin %u.\n---\n",
                                    written, month, 1 + written / 1440, written / 60 % 24,
                                    written % 60, written)
                          .at);
}

static const char *const full[] = { "/archive/2024/07/1", "/archive/2024/07/2",
                                    "/city/hue/archive/2024/07/1", "/city/hue/archive/2024/07/2" };
enum { FULL = sizeof full / sizeof *full };

START_TEST(a_full_part_never_changes)
{
    const char *before[FULL];
    add(2 * PAGES_LIST_MAX + 5, "2024-07");
    index_well();
    for (int i = 0; i < FULL; i++)
        before[i] = asking_text(full[i]);
    add(20, "2024-07"); /* the month goes on */
    index_well();
    for (int i = 0; i < FULL; i++)
        ck_assert_str_eq(asking_text(full[i]), before[i]);
    add(PAGES_LIST_MAX, "2024-07");
    add(PAGES_LIST_MAX, "2024-08"); /* it is over */
    content_write("stories/nam.gmi", "---\ntitle: Năm\ndate: 2024\ncities: [hue]\n---\n");
    content_write("stories/cu.gmi", "---\ntitle: Cũ\ndate: 1999-07-01\ncities: [hue]\n---\n");
    content_write("stories/khong.gmi", "---\ntitle: Không\ncities: [hue]\n---\n");
    index_well();
    for (int i = 0; i < FULL; i++)
        ck_assert_str_eq(asking_text(full[i]), before[i]);
}
END_TEST

/* Adds the slugs of a page's stories, newest first, to the list. */
static void
read_list(const char *path, struct span_list *stories)
{
    struct gemtext walk = gemtext_walk(span_of(asking_text(path)));
    struct gemline line;
    while (gemtext_next(&walk, &line))
        if (line.kind == GEMLINE_LINK && span_starts(line.target, SPAN("/story/")))
            span_list_add(stories, asking_region, line.target);
}

START_TEST(the_part_that_becomes_full_keeps_its_list)
{
    struct span_list before = { { NULL, 0 }, 0 }, after = before;
    add(PAGES_LIST_MAX, "2024-07");
    index_well();
    read_list("/archive/2024/07/1", &before);
    ck_assert_ptr_null(strstr(asking_text("/archive/2024/07/1"), "/archive/2024/07/2"));
    add(1, "2024-07");
    index_well();
    read_list("/archive/2024/07/1", &after);
    ck_assert_uint_eq(after.spans.count, PAGES_LIST_MAX);
    for (size_t i = 0; i < before.spans.count; i++)
        ck_assert(span_equal(before.spans.at[i], after.spans.at[i]));
    ck_assert_ptr_nonnull(strstr(asking_text("/archive/2024/07/1"), "=> /archive/2024/07/2 "));
}
END_TEST

START_TEST(the_parts_hold_every_story_once_and_in_order)
{
    enum { COUNT = 7 * PAGES_LIST_MAX + 1 };
    struct span_list stories = { { NULL, 0 }, 0 };
    add(COUNT, "2024-07");
    index_well();
    for (unsigned part = 8; part > 0; part--)
        read_list(region_printf(asking_region, "/archive/2024/07/%u", part).at, &stories);
    ck_assert_uint_eq(stories.spans.count, COUNT);
    struct entries entries;
    struct archive *archive = archive_now();
    ck_assert_int_eq(archive_newest(archive, (struct scope){ 0 }, COUNT, asking_region, &entries),
                     STATUS_OK);
    for (size_t i = 0; i < COUNT; i++)
        ck_assert(span_ends(stories.spans.at[i], entries.at[i].slug));
    ck_assert_int_eq(asking_answer("/archive/2024/07/9").answer, ANSWER_ABSENT);
    ck_assert_int_eq(asking_answer("/archive/2024/07/0").answer, ANSWER_ABSENT);
    ck_assert(
        span_equal(asking_answer("/archive/2024/07/3").page.address, SPAN("/archive/2024/07/3")));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("backissues");
    TCase *tests = tcase_create("backissues");
    tcase_add_checked_fixture(tests, set_up, asking_tear_down);
    tcase_add_test(tests, a_full_part_never_changes);
    tcase_add_test(tests, the_part_that_becomes_full_keeps_its_list);
    tcase_add_test(tests, the_parts_hold_every_story_once_and_in_order);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
