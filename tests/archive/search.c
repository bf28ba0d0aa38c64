/* SPDX-License-Identifier: ISC */
/* Stories found by their words. */
#include "archive/search.h"

#include "archiving.h"
#include "testing.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static const struct search_budget patient = { 600000, 600000 };
static struct region *region;

static void
write_story(const char *slug, const char *matter, const char *body)
{
    char path[256], text[4096];
    snprintf(path, sizeof path, "stories/%s.gmi", slug);
    snprintf(text, sizeof text, "---\n%s\n---\n%s", matter, body);
    content_write(path, text);
}

static void
set_up(void)
{
    archiving_set_up();
    region = region_new();
    content_write("cities.yaml", "- {slug: ha-noi, name: Hà Nội}\n"
                                 "- {slug: phu-tho, name: Phú Thọ}\n"
                                 "- {slug: hoa-binh, name: Hòa Bình, until: 2025-06-30,"
                                 " into: phu-tho}\n");
    content_write("themes.yaml", "- {slug: y-te, name: Y tế}\n");
    write_story("mot", "title: Mưa to\ndate: 2024-07-12\ncities: [ha-noi]\nthemes: [y-te]",
                "Hà Nội có mưa.\n");
    write_story("hai", "title: Hai\ndate: 2024-07\nauthor: Nguyễn Thị Nga",
                "Hoà bình ở Ha Nồi.\n=> https://bao.example/bien Xem ảnh\n");
    write_story("ba", "title: Ba\ndate: 2023\ncities: [hoa-binh]\nsummary: Nội dung ngắn.",
                "Hòa bình là có nắng ở Hà Đông.\n");
    write_story("bon", "title: Bốn\nadded: 2024-01-01",
                "Đường về H\u00e0 N\u1ed9i xa. M\u01b0a.\n");
    index_well();
}

static void
tear_down(void)
{
    region_free(region);
    archiving_tear_down();
}

static struct search_found
search(const char *text, size_t skip, size_t most)
{
    struct wanted *wanted = region_alloc(region, sizeof *wanted);
    struct search_found found;
    wanted_parse(span_of(text), region, wanted);
    ck_assert_int_eq(archive_search(archive_now(), wanted, &patient, skip, most, region, &found),
                     STATUS_OK);
    ck_assert(!found.late);
    return found;
}

/* "a b c": the slugs found, in their order. */
static const char *
found_by(const char *text)
{
    struct search_found found = search(text, 0, 100);
    struct span slugs = SPAN("");
    for (size_t i = 0; i < found.at.count; i++)
        slugs = region_printf(region, "%.*s%s%.*s", SPAN_ARG(slugs), i > 0 ? " " : "",
                              SPAN_ARG(found.at.at[i].slug));
    return region_copy(region, slugs).at;
}

static const struct {
    const char *text, *slugs;
} searches[] = {
    { "ha noi", "mot hai bon ba" }, /* ba: Hà Đông, Nội dung */
    { "Hà Nội", "mot hai bon ba" },
    { "HÀ NỘI", "mot hai bon ba" },
    { "Ha\xCC\x80 No\xCC\x82\xCC\xA3i", "mot hai bon ba" },
    { "\"hà nội\"", "mot hai bon" },
    { "\"ha noi\"", "mot hai bon" },
    { "hoà", "hai ba" },
    { "hòa", "hai ba" },
    { "duong", "bon" },
    { "mưa to", "mot" },
    { "\"mưa to\"", "mot" },
    { "\"to mưa\"", "" },
    { "mua -to", "bon" },
    { "mua -\"mua to\"", "bon" },
    { "-mua", "hai ba" },
    { "nga", "hai" },
    { "ngan", "ba" },
    { "anh", "hai" },
    { "bien", "" }, /* it stands in an address */
    { "city:ha-noi", "mot" },
    { "city:phu-tho", "ba" }, /* what it absorbed counts as its own */
    { "city:\"Hòa Bình\"", "ba" },
    { "city:ha-noi nang", "" },
    { "-city:ha-noi mua", "bon" },
    { "city:khong-co", "" },
    { "theme:y-te mưa", "mot" },
    { "from:2024", "mot hai" },
    { "to:2024", "mot hai ba" }, /* the undated have no date */
    { "from:2024-07-02", "mot" },
    { "to:2024-07-11", "hai ba" },
    { "from:2023 to:2023", "ba" },
    { "from:2024-07 to:2024-06", "" },
    { "khongco", "" },
    { "\x01"
      "all",
      "" },
    { "NOT", "" },
    { "?!", "" },
    { "", "" },
};

START_TEST(these_stories_are_found)
{
    ck_assert_msg(strcmp(found_by(searches[_i].text), searches[_i].slugs) == 0, "%s: %s",
                  searches[_i].text, found_by(searches[_i].text));
}
END_TEST

/* A day's stories have numbers that say nothing of their order. */
START_TEST(the_newest_stand_first_as_in_lists)
{
    static const char *const dates[] = { "2024-03-05",
                                         "2024-03-05T08:00:00+07:00",
                                         "2024-03-05T21:30:00+07:00",
                                         "2024-03",
                                         "2024-03-01",
                                         "2024-03-06" };
    char slug[32], matter[128];
    for (int i = 0; i < 60; i++) {
        snprintf(slug, sizeof slug, "gio-%d", i * 7 % 60);
        snprintf(matter, sizeof matter, "title: Gió\ndate: %s\nadded: 2024-03-0%d",
                 dates[i % COUNT(dates)], 1 + i % 4);
        write_story(slug, matter, "Gió.\n");
    }
    content_remove("stories/mot.gmi");
    content_remove("stories/hai.gmi");
    content_remove("stories/ba.gmi");
    content_remove("stories/bon.gmi");
    (void)index_now();
    struct search_found found = search("gió", 0, 100);
    const char *listed = list_of("");
    ck_assert_uint_eq(found.count, 60);
    for (size_t i = 0; i < 50; i++) {
        struct span slugs = span_of(listed), one = SPAN("");
        for (size_t k = 0; k <= i; k++)
            one = span_cut(&slugs, ' ');
        ck_assert_msg(span_equal(found.at.at[i].slug, one), "%zu: %.*s, not %.*s", i,
                      SPAN_ARG(found.at.at[i].slug), SPAN_ARG(one));
        ck_assert(span_equal(search("gió", i, 1).at.at[0].slug, one)); /* whatever part is shown */
    }
}
END_TEST

static const struct {
    const char *text, *slugs;
} best[] = {
    { "hòa sort:best", "ba bon mot hai" }, /* hóa, and what has no marks, only match folded */
    { "hoà sort:best", "ba bon mot hai" },
    { "hoa sort:best", "mot hai ba bon" }, /* in the title; often; the newest of those */
    { "hòa bình sort:best", "ba mot hai" },
    { "binh hoa sort:best", "mot hai ba" },
    { "\"hòa bình\" sort:best", "ba hai" },
    { "sort:best hòa -bình", "bon" },
};

START_TEST(the_best_come_before_the_newest)
{
    write_story("mot", "title: Binh hoa\ndate: 2024-07-12", "Hoa.\n");
    write_story("hai", "title: Hai\ndate: 2024-07-11", "Hóa bình, hóa.\n");
    write_story("ba", "title: Ba\ndate: 2020", "Hoà bình, hoa.\n");
    write_story("bon", "title: Bốn\ndate: 2019", "Hòa.\n");
    index_well();
    ck_assert_msg(strcmp(found_by(best[_i].text), best[_i].slugs) == 0, "%s: %s", best[_i].text,
                  found_by(best[_i].text));
}
END_TEST

/* Without counting on what is beyond. */
START_TEST(a_thousand_are_counted_and_more_are_more)
{
    char slug[32];
    for (int i = 1; i <= SEARCH_COUNT_MAX; i++) {
        snprintf(slug, sizeof slug, "gio-%d", i);
        write_story(slug, i % 2 == 0 ? "title: Gió\ndate: 2024-03-05" : "title: Gió\ndate: 2021",
                    "Gió.\n");
    }
    index_well();
    struct search_found found = search("gio", 990, 20);
    ck_assert(found.count == SEARCH_COUNT_MAX && !found.more && found.at.count == 10);
    write_story("gio", "title: Gió\ndate: 2021", "Gió.\n");
    index_well();
    found = search("gio", 990, 20);
    ck_assert(found.count == SEARCH_COUNT_MAX && found.more && found.at.count == 10);
    found = search("gio", SIZE_MAX, SIZE_MAX);
    ck_assert(found.count == SEARCH_COUNT_MAX && found.more && found.at.count == 0);
    found = search("gio sort:best", 0, 20);
    ck_assert(found.count == SEARCH_COUNT_MAX && found.more && found.at.count == 20);
}
END_TEST

/* FTS5 looks at all of them, and finds nothing. */
START_TEST(a_search_ends_with_its_time)
{
    const struct search_budget none = { -1, 1000000 }, none_left = { 1000000, -1 };
    struct wanted *wanted = region_alloc(region, sizeof *wanted);
    struct search_found found;
    char slug[32];
    for (int i = 1; i <= 500; i++) {
        snprintf(slug, sizeof slug, "gio-%d", i);
        write_story(slug, "title: Gió", "Gió.\n");
    }
    index_well();
    for (int i = 0; i < 2; i++) {
        wanted_parse(SPAN("gió"), region, wanted);
        ck_assert_int_eq(archive_search(archive_now(), wanted, i == 0 ? &none : &none_left, 0, 20,
                                        region, &found),
                         STATUS_OK);
        ck_assert(found.late && found.count > 0 && found.count < 500 && found.at.count > 0);
        ck_assert_uint_eq(search("gió", 0, 20).count, 500); /* the next one has its own time */
    }
}
END_TEST

/* Of long stories only the beginning is looked at, and of many of them less. */
START_TEST(excerpts_come_from_so_much_text)
{
    struct buffer body = BUFFER_EMPTY;
    size_t excerpts = 0;
    buffer_add_text(&body, "---\ntitle: Dài\nsummary: Tóm tắt.\n---\n");
    for (int i = 0; i < 30000; i++)
        buffer_printf(&body, "%s%s", i == 5000 ? "gió đông" : "ừ", i % 10 == 9 ? "\n" : " ");
    buffer_add_text(&body, "gió tây\n");
    for (int i = 0; i < 20; i++)
        content_write(region_printf(region, "stories/dai-%d.gmi", i).at, buffer_text(&body));
    buffer_fini(&body);
    index_well();
    struct search_found found = search("gió", 0, 20);
    for (size_t i = 0; i < found.at.count; i++)
        excerpts += !span_equal(found.at.at[i].words, SPAN("Tóm tắt."));
    ck_assert_uint_ge(excerpts, 8); /* 256 KB hold 8 times 32 */
    ck_assert_uint_lt(excerpts, 20);
    ck_assert(span_starts(found.at.at[0].words, SPAN("… ừ ừ")) ||
              span_starts(found.at.at[0].words, SPAN("*gió*")));
    ck_assert(span_equal(search("tây", 0, 1).at.at[0].words, SPAN("Tóm tắt.")));
}
END_TEST

/* What leaves the index is what came in. */
START_TEST(nothing_is_found_by_what_it_said_before)
{
    for (int i = 0; i < 3; i++) {
        write_story("mot", "title: Nắng\ndate: 2024-07-12\ncities: [hoa-binh]", "Trời xanh.\n");
        index_well();
        ck_assert_str_eq(found_by("mua to"), "");
        ck_assert_str_eq(found_by("city:ha-noi"), "");
        ck_assert_str_eq(found_by("city:phu-tho -xanh ha"), "ba");
        ck_assert_str_eq(found_by("xanh"), "mot");
        content_write("cities.yaml", "- {slug: ha-noi, name: Hà Nội}\n"
                                     "- {slug: hoa-binh, name: Hòa Bình}\n"
                                     "- {slug: phu-tho, name: Phú Thọ}\n");
        index_well(); /* every story is put anew, and another city is filed there */
        ck_assert_str_eq(found_by("city:phu-tho"), "");
        ck_assert_str_eq(found_by("city:hoa-binh"), "mot ba");
        write_story("mot", "title: Mưa to\ndate: 2020", "Mưa.\n"); /* of another day now */
        content_write("cities.yaml", "- {slug: ha-noi, name: Hà Nội}\n"
                                     "- {slug: phu-tho, name: Phú Thọ}\n"
                                     "- {slug: hoa-binh, name: Hòa Bình, into: phu-tho}\n");
        index_well();
        ck_assert_str_eq(found_by("xanh"), "");
        ck_assert_str_eq(found_by("mua"), "bon mot");
        ck_assert_str_eq(found_by("city:phu-tho"), "ba");
    }
    write_story("mot", "title: Mưa\nstate: draft", "Mưa.\n");
    index_well();
    ck_assert_str_eq(found_by("mua"), "bon");
    content_remove("stories/bon.gmi");
    (void)index_now();
    ck_assert_str_eq(found_by("mua"), "");
    write_story("nam", "title: Ngày mai\ndate: 2026-11-19", "Mưa.\n");
    index_well();
    ck_assert_str_eq(found_by("mua"), "");
    archiving_options.now += 2 * 86400; /* its time has come */
    index_well();
    ck_assert_str_eq(found_by("mua"), "nam");
}
END_TEST

/* What somebody, or a bad disk, may do to the index. */
static const char *const damages[] = { "UPDATE search_data SET block = x'0000' WHERE id > 10",
                                       "DELETE FROM search_row",
                                       "UPDATE search_row SET story = story + 1000",
                                       "DROP TABLE search_row" };

START_TEST(a_damaged_index_is_told_and_made_anew)
{
    const char *path = region_printf(region, "%s/var/archive.db", archiving_folder).at;
    struct wanted *wanted = region_alloc(region, sizeof *wanted);
    struct search_found found;
    sqlite3 *db = NULL;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, damages[_i], NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    wanted_parse(SPAN("ha noi"), region, wanted);
    ck_assert_int_eq(archive_search(archive_now(), wanted, &patient, 0, 20, region, &found),
                     STATUS_BAD);
    ck_assert(archive_is_damaged(archive_now()));
    archiving_options.anew = true; /* as the watcher is told then */
    index_well();
    ck_assert_str_eq(found_by("ha noi"), "mot hai bon ba");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("search");
    TCase *tests = tcase_create("search");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, these_stories_are_found, 0, COUNT(searches));
    tcase_add_test(tests, the_newest_stand_first_as_in_lists);
    tcase_add_loop_test(tests, the_best_come_before_the_newest, 0, COUNT(best));
    tcase_add_test(tests, a_thousand_are_counted_and_more_are_more);
    tcase_add_test(tests, a_search_ends_with_its_time);
    tcase_add_test(tests, excerpts_come_from_so_much_text);
    tcase_add_test(tests, nothing_is_found_by_what_it_said_before);
    tcase_add_loop_test(tests, a_damaged_index_is_told_and_made_anew, 0, COUNT(damages));
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
