/* SPDX-License-Identifier: ISC */
/* What a page says of itself, and the cities of the shipped taxonomy it is filed under for it. */
#include "wire/filing.h"

#include "base/buffer.h"
#include "testing.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static struct region *region;
static struct taxonomy *cities, *themes;

static void
set_up(void)
{
    region = region_new();
    char *yaml = testing_read("content", "cities.yaml");
    ck_assert_int_eq(taxonomy_parse(region_copy(region, span_of(yaml)), region, &cities, NULL),
                     STATUS_OK);
    ck_assert_int_eq(taxonomy_parse(SPAN(""), region, &themes, NULL), STATUS_OK);
    free(yaml);
}

static void
tear_down(void)
{
    region_free(region);
}

static const struct {
    const char *dateline, *title, *lead, *slugs, *by;
} pages[] = {
    { "Đắk Lắk", "Hà Nội mưa", "", "dak-lak", "dateline" },
    { "TPO - Đắk Lắk", "Hà Nội mưa", "", "dak-lak", "dateline" },
    { "Huế", "Hà Nội mưa", "", "hue", "dateline" },
    { "(PLO)- Huế", "Hà Nội mưa", "", "hue", "dateline" },
    { "TTO - Vinh", "Hà Nội mưa", "", "nghe-an", "dateline" },
    { "VOV.VN – Hòa Bình", "Hà Nội mưa", "", "hoa-binh", "dateline" },
    { "BR-VT", "Hà Nội mưa", "", "ba-ria-vung-tau", "dateline" },
    { "Bà Rịa - Vũng Tàu", "Hà Nội mưa", "", "ba-ria-vung-tau", "dateline" },
    { "(Dân trí) -", "Hà Nội mưa", "", "ha-noi", "title" },
    { "", "Mưa", "Ở Huế trời mưa, tại thủ đô Paris cũng vậy.", "hue", "lead" },
    { "", "Vì hòa bình", "Hòa Bình là điều ai cũng mong.", "", NULL },
};

START_TEST(the_strongest_word_for_a_place_files_the_story)
{
    struct buffer said = BUFFER_EMPTY;
    struct filing filing;
    const struct evidence evidence = { .dateline = span_of(pages[_i].dateline),
                                       .title = span_of(pages[_i].title),
                                       .lead = span_of(pages[_i].lead) };
    filing_decide(cities, themes, &evidence, region, &filing);
    for (size_t i = 0; i < filing.cities.count; i++)
        buffer_printf(&said, "%s%.*s", i > 0 ? " " : "", SPAN_ARG(filing.cities.at[i]));
    ck_assert_str_eq(buffer_text(&said), pages[_i].slugs);
    ck_assert_pstr_eq(filing.cities_by, pages[_i].by);
    buffer_fini(&said);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("filing");
    TCase *tests = tcase_create("filing");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, the_strongest_word_for_a_place_files_the_story, 0, COUNT(pages));
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
