/* SPDX-License-Identifier: ISC */
/* Stories found by their words. */
#include "archive/search.h"

#include "archiving.h"
#include "testing.h"

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

int
main(void)
{
    Suite *suite = suite_create("search");
    TCase *tests = tcase_create("search");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, these_stories_are_found, 0, COUNT(searches));
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
