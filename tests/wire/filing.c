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
    free(yaml);
    yaml = testing_read("content", "themes.yaml");
    ck_assert_int_eq(taxonomy_parse(region_copy(region, span_of(yaml)), region, &themes, NULL),
                     STATUS_OK);
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
    ck_assert_pstr_eq(evidence_name(filing.cities_by), pages[_i].by);
    buffer_fini(&said);
}
END_TEST

/* A story as it lies in its file, what was read on its page besides, and what becomes of them. */
static const struct {
    const char *source, *title, *body;    /* of the story */
    const char *dateline, *section, *tag; /* of the page */
    const char *cities, *cities_by, *themes, *themes_by, *evidence;
} stories[] = {
    /* each kind of evidence goes before the next */
    { "https://bao.example/can-tho/a.html", "Đà Nẵng vào hè", "Hà Nội - Trời mưa.\n", "",
      "Hải Phòng", "Nghệ An", "ha-noi", "dateline", "", NULL, "" },
    { "https://bao.example/can-tho/a.html", "Đà Nẵng vào hè", "Trời mưa.\n", "Huế", "Hải Phòng",
      "Nghệ An", "hue", "dateline", "", NULL, "dateline: Huế" },
    { "https://bao.example/can-tho/a.html", "Đà Nẵng vào hè", "Trời mưa.\n", "", "Hải Phòng",
      "Nghệ An", "hai-phong", "section", "", NULL, "section: Hải Phòng" },
    { "https://bao.example/can-tho/a.html", "Đà Nẵng vào hè", "Trời mưa ở Cà Mau.\n", "", "",
      "Nghệ An", "can-tho", "address", "", NULL, "" },
    { "https://bao.example/a.html", "Đà Nẵng vào hè", "Trời mưa ở Cà Mau.\n", "", "", "Nghệ An",
      "nghe-an", "tags", "", NULL, "tag: Nghệ An" },
    { "https://bao.example/a.html", "Đà Nẵng vào hè", "Trời mưa ở Cà Mau.\n", "", "", "mùa hè",
      "da-nang", "title", "", NULL, "" },
    { "", "Vào hè", "Trời mưa ở Cà Mau.\n\nNắng ở Hải Phòng.\n\nGió ở Huế.\n\nBão ở Vinh.\n", "",
      "", "", "ca-mau hai-phong hue", "lead", "", NULL, "" },
    { "", "Vào hè", "Một.\n\nHai.\n\nBa.\n\nGió ở Đà Nẵng.\n", "", "", "", "", NULL, "", NULL, "" },
    /* a heading, a link, a caption are no paragraphs */
    { "", "Vào hè", "## Hà Nội\n=> /a Hải Phòng\nCầu Cần Thơ. Ảnh: Lan\n\nTrời mưa ở Huế.\n", "",
      "", "", "hue", "lead", "", NULL, "" },
    /* what takes a cue in a text is a place as a label */
    { "", "Vào hè", "Mưa.\n", "", "", "Huế", "hue", "tags", "", NULL, "tag: Huế" },
    { "", "Vào hè", "Mưa.\n", "", "", "SG", "ho-chi-minh", "tags", "", NULL, "tag: SG" },
    { "", "Vào hè", "Mưa.\n", "", "", "Bình Dương", "binh-duong", "tags", "", NULL,
      "tag: Bình Dương" },
    { "", "Vào hè", "Mưa.\n", "", "", "hòa bình", "", NULL, "", NULL, "" },
    { "", "Vào hè", "Mưa.\n", "", "", "Hồ Chí Minh", "", NULL, "", NULL, "" },
    { "", "Vào hè", "Mưa.\n", "TP HCM, ngày 23/11", "", "", "ho-chi-minh", "dateline", "", NULL,
      "dateline: TP HCM, ngày 23/11" },
    /* themes */
    { "https://bao.example/giao-duc/a-12.html", "Vào hè", "Mưa.\n", "", "", "", "", NULL,
      "giao-duc", "address", "" },
    { "https://bao.example/giao-duc/a-12.html", "Vào hè", "Mưa.\n", "", "Giao thông", "", "", NULL,
      "giao-thong", "section", "section: Giao thông" },
    { "https://bao.example/a", "Vào hè", "Mưa.\n", "", "", "an toàn giao thông", "", NULL,
      "giao-thong", "tags", "tag: an toàn giao thông" },
    { "", "Học bổng cho học sinh nghèo", "Mưa.\n", "", "", "", "", NULL, "giao-duc", "text", "" },
    { "", "Vào hè", "Một.\n\nHọc sinh nghỉ.\n", "", "", "", "", NULL, "", NULL, "" },
    { "", "Vào hè", "Một.\n\nHọc sinh nghỉ.\n\nMột học sinh. Học sinh khác.\n", "", "", "", "",
      NULL, "giao-duc", "text", "" },
};

static void
assert_list(struct spans list, const char *texts)
{
    struct buffer said = BUFFER_EMPTY;
    for (size_t i = 0; i < list.count; i++)
        buffer_printf(&said, "%s%.*s", i > 0 ? " " : "", SPAN_ARG(list.at[i]));
    ck_assert_str_eq(buffer_text(&said), texts);
    buffer_fini(&said);
}

START_TEST(a_story_is_filed_and_keeps_what_it_does_not_say_itself)
{
    struct span section = span_of(stories[_i].section), tag = span_of(stories[_i].tag);
    struct story story = { .title = span_of(stories[_i].title),
                           .body = span_of(stories[_i].body),
                           .source = span_of(stories[_i].source) };
    const struct evidence besides = { .dateline = span_of(stories[_i].dateline),
                                      .section = { &section, section.len > 0 },
                                      .tags = { &tag, tag.len > 0 } };
    struct filing filing;
    filing_file(&story, &besides, cities, themes, region, &filing);
    assert_list(story.cities, stories[_i].cities);
    assert_list(story.themes, stories[_i].themes);
    assert_list(story.evidence, stories[_i].evidence);
    ck_assert_pstr_eq(evidence_name(filing.cities_by), stories[_i].cities_by);
    ck_assert_pstr_eq(evidence_name(filing.themes_by), stories[_i].themes_by);

    /* Read again from its file, it is filed alike. */
    struct evidence kept;
    struct filing again;
    evidence_read(&story, region, &kept);
    filing_decide(cities, themes, &kept, region, &again);
    assert_list(again.cities, stories[_i].cities);
    assert_list(again.themes, stories[_i].themes);
    ck_assert_int_eq(again.cities_by, filing.cities_by);
}
END_TEST

START_TEST(what_is_set_by_hand_goes_before_everything)
{
    const struct span hand = SPAN("hue");
    struct story story = { .title = SPAN("Hà Nội mưa"), .body = SPAN("Hà Nội - Mưa.\n") };
    const struct evidence besides = { .cities_set = { &hand, 1 } };
    struct filing filing;
    filing_file(&story, &besides, cities, themes, region, &filing);
    assert_list(story.cities, "hue");
    ck_assert_int_eq(filing.cities_by, EVIDENCE_SETTING);
    ck_assert_uint_eq(story.evidence.count, 0);
}
END_TEST

START_TEST(each_mention_is_told_with_its_words_and_weight)
{
    struct story story = { .title = SPAN("Học sinh Hà Nội"),
                           .body = SPAN("Học sinh, giáo viên ở Hà Nội.\n") };
    struct filing filing;
    filing_file(&story, NULL, cities, themes, region, &filing);
    ck_assert_uint_eq(filing.city_mentions.count, 2);
    ck_assert(span_equal(filing.city_mentions.at[0].words, SPAN("Hà Nội")));
    ck_assert_int_eq(filing.city_mentions.at[1].kind, EVIDENCE_LEAD);
    ck_assert_ptr_eq(filing.city_mentions.at[1].text.at, story.body.at);
    ck_assert_uint_eq(filing.theme_mentions.count, 3);
    ck_assert_uint_eq(filing.theme_mentions.at[0].weight, 4);
    ck_assert_uint_eq(filing.theme_mentions.at[1].weight, 3);
    ck_assert_uint_eq(filing.theme_mentions.at[2].weight, 0); /* its text counts already */
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("filing");
    TCase *tests = tcase_create("filing");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, the_strongest_word_for_a_place_files_the_story, 0, COUNT(pages));
    tcase_add_loop_test(tests, a_story_is_filed_and_keeps_what_it_does_not_say_itself, 0,
                        COUNT(stories));
    tcase_add_test(tests, what_is_set_by_hand_goes_before_everything);
    tcase_add_test(tests, each_mention_is_told_with_its_words_and_weight);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
