/* SPDX-License-Identifier: ISC */
/* Which stories stand beneath a story: the given ones, then what shares terms and lies close. */
#include "archive/related.h"

#include "archiving.h"
#include "story/story.h"
#include "testing.h"

#include <stdio.h>
#include <string.h>

static struct region *region;

static void
set_up(void)
{
    archiving_set_up();
    region = region_new();
    content_write("cities.yaml", "- slug: ha-noi\n  name: {vi: Hà Nội}\n"
                                 "- slug: hue\n  name: {vi: Huế}\n");
    content_write("themes.yaml", "- slug: y-te\n  name: {vi: Y tế}\n"
                                 "- slug: sach\n  name: {vi: Sách}\n");
}

static void
tear_down(void)
{
    region_free(region);
    archiving_tear_down();
}

static void
write_titled(const char *slug, const char *front)
{
    const char *path = region_printf(region, "stories/%s.gmi", slug).at;
    content_write(path, region_printf(region, "---\n%s---\nTin.\n", front).at);
}

static void
write_story(const char *slug, const char *front)
{
    write_titled(slug, region_printf(region, "title: Tin\n%s", front).at);
}

/* "a b": at most so many, in their order. */
static const char *
related(const char *slug, size_t most)
{
    struct finding finding;
    struct entries entries;
    struct buffer slugs = BUFFER_EMPTY;
    ck_assert_int_eq(archive_find_story(archive_now(), span_of(slug), SPAN("vi"), region, &finding),
                     STATUS_OK);
    ck_assert_int_eq(archive_related(archive_now(), &finding.record, most, region, &entries),
                     STATUS_OK);
    for (size_t i = 0; i < entries.count; i++)
        buffer_printf(&slugs, "%s%.*s", i > 0 ? " " : "", SPAN_ARG(entries.at[i].slug));
    const char *text = region_copy(region, buffer_span(&slugs)).at;
    buffer_fini(&slugs);
    return text;
}

START_TEST(an_old_story_of_a_busy_city_has_neighbours_of_its_time)
{
    char slug[16], front[96];
    for (int i = 0; i < 60; i++) { /* thirty newer and thirty older than all that counts */
        snprintf(slug, sizeof slug, "xa-%d", i);
        snprintf(front, sizeof front, "date: %d-01-%02d\ncities: [ha-noi]\n", i < 30 ? 2024 : 1990,
                 i % 30 + 1);
        write_story(slug, front);
    }
    write_story("tin", "date: 2010-05-10\ncities: [ha-noi]\n");
    write_story("truoc", "date: 2010-05-07\ncities: [ha-noi]\n");
    write_story("sau", "date: 2010-05-12\ncities: [ha-noi]\n");
    write_story("truoc-lau", "date: 2009-05-12\ncities: [ha-noi]\n");
    index_well();
    ck_assert_str_eq(related("tin", 3), "sau truoc truoc-lau");
}
END_TEST

START_TEST(given_ones_come_first_and_none_twice)
{
    write_story("tin", "date: 2024-05-10\ncities: [ha-noi]\nrelated: [cu, nhap, ten-cu, tin]\n");
    write_story("cu", "date: 1960-05-10\ncities: [ha-noi]\n");
    write_story("khac", "date: 2020\naliases: [ten-cu]\n");
    write_story("nhap", "date: 2024-05-10\ncities: [ha-noi]\nstate: draft\n");
    write_story("gan", "date: 2024-05-11\ncities: [ha-noi]\n");
    write_story("la", "date: 2024-05-11\ncities: [hue]\n");
    index_well();
    ck_assert_str_eq(related("tin", 10), "cu khac gan");
    ck_assert_str_eq(related("tin", 1), "cu");
}
END_TEST

START_TEST(rare_terms_and_more_of_them_weigh_more)
{
    write_story("tin", "date: 2024-05-10\ncities: [ha-noi]\nthemes: [y-te, sach]\n");
    write_story("hai", "date: 2024-05-11\ncities: [ha-noi]\nthemes: [y-te, sach]\n");
    write_story("hiem", "date: 2024-05-11\nthemes: [sach]\n");
    write_story("thuong", "date: 2024-05-11\ncities: [ha-noi]\n");
    write_story("thuong-2", "date: 2024-05-12\ncities: [ha-noi]\n");
    index_well();
    ck_assert_str_eq(related("tin", 10), "hai hiem thuong thuong-2");
}
END_TEST

START_TEST(without_a_date_a_story_is_neither_close_nor_far)
{
    write_story("tin", "date: 2024-05-10\ncities: [ha-noi]\n");
    write_story("gan", "date: 2024-05-12\ncities: [ha-noi]\n");
    write_story("khong-ngay", "added: 2026-01-01\ncities: [ha-noi]\n");
    write_story("khong-gi", "cities: [ha-noi]\n");
    write_story("xa", "date: 2012-05-12\ncities: [ha-noi]\n");
    write_story("xa-2", "date: 1969-05-12\ncities: [ha-noi]\n");
    index_well();
    ck_assert_str_eq(related("tin", 10), "gan khong-gi khong-ngay xa xa-2");
    ck_assert_str_eq(related("khong-ngay", 10), "gan khong-gi tin xa xa-2");
}
END_TEST

START_TEST(of_those_as_close_the_one_that_reads_alike_comes_first)
{
    static const char *const texts[] = {
        "title: Mưa lớn gây ngập ở phố cổ\nsummary: Nước sông lên nhanh, nhiều nhà ngập sâu.\n",
        "title: Giá cà phê tăng\nsummary: Nông dân bán cà phê với giá cao.\n",
        "title: Nước sông lên nhanh\nsummary: Mưa lớn, nhiều nhà ở phố cổ ngập sâu.\n",
        "title: MUA LON\nsummary: Nhieu nha ngap sau.\n", /* marks and case don't count */
        "title: Cổ phố\nsummary: Lớn mưa, sâu ngập.\n",   /* but pairs of words do */
    };
    static const char *const slugs[] = { "tin", "ca-phe", "song", "mua", "nguoc" };
    char front[256];
    for (int i = 0; i < 5; i++) {
        snprintf(front, sizeof front, "%sdate: 2024-05-1%d\ncities: [ha-noi]\n", texts[i],
                 i == 0 ? 0 : 1);
        write_titled(slugs[i], front);
    }
    index_well();
    ck_assert_str_eq(related("tin", 10), "song mua ca-phe nguoc");
}
END_TEST

START_TEST(the_work_has_a_bound)
{
    enum { THEMES = STORY_LIST_MAX, STORIES = 60 };
    struct buffer yaml = BUFFER_EMPTY, list = BUFFER_EMPTY;
    char slug[16];
    for (int i = 0; i < THEMES; i++) {
        buffer_printf(&yaml, "- {slug: viec-%d, name: Việc %d}\n", i, i);
        buffer_printf(&list, "%sviec-%d", i > 0 ? ", " : "", i);
    }
    content_write("themes.yaml", buffer_text(&yaml));
    uint64_t before = 0;
    for (int from = 0, to = 12; from < STORIES; from = to, to = STORIES) {
        for (int i = from; i < to; i++) {
            snprintf(slug, sizeof slug, "tin-%d", i);
            buffer_clear(&yaml);
            buffer_printf(&yaml, "date: 2024-05-%02d\nthemes: [%s]\n", 1 + i % 28,
                          buffer_text(&list));
            write_story(slug, buffer_text(&yaml));
        }
        index_well();
        related("tin-7", 10);
        archive_steps(archive_now());
        related("tin-7", 10);
        if (from > 0) /* five times as many under each of many terms, and no more work */
            ck_assert_uint_le(archive_steps(archive_now()), before + before / 10);
        else
            before = archive_steps(archive_now());
    }
    ck_assert_uint_gt(before, 1000);
    buffer_fini(&yaml);
    buffer_fini(&list);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("related");
    TCase *tests = tcase_create("related");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, an_old_story_of_a_busy_city_has_neighbours_of_its_time);
    tcase_add_test(tests, given_ones_come_first_and_none_twice);
    tcase_add_test(tests, rare_terms_and_more_of_them_weigh_more);
    tcase_add_test(tests, without_a_date_a_story_is_neither_close_nor_far);
    tcase_add_test(tests, of_those_as_close_the_one_that_reads_alike_comes_first);
    tcase_add_test(tests, the_work_has_a_bound);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
