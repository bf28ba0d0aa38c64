/* SPDX-License-Identifier: ISC */
/* What a city's index shows of a story: the sentence that speaks of the city, else the summary. */
#include "archiving.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct region *region;

static void
set_up(void)
{
    archiving_set_up();
    region = region_new();
    content_write("cities.yaml", "- slug: ha-noi\n  name: {vi: Hà Nội}\n"
                                 "- slug: hue\n  name: {vi: Huế}\n"
                                 "- slug: da-nang\n  name: {vi: Đà Nẵng}\n");
}

static void
tear_down(void)
{
    region_free(region);
    archiving_tear_down();
}

static void
write_story(const char *body)
{
    char text[2048];
    snprintf(text, sizeof text,
             "---\ntitle: Tin\ncities: [ha-noi, hue, da-nang]\nsummary: Tóm tắt.\n---\n%s", body);
    content_write("stories/tin.gmi", text);
    index_well();
}

/* The words of the newest story of the city. */
static const char *
words_of(const char *city)
{
    struct entries entries;
    const struct scope scope = { span_of(city), SPAN("") };
    ck_assert_int_eq(archive_newest(archive_now(), scope, 1, region, &entries), STATUS_OK);
    ck_assert_uint_eq(entries.count, 1);
    return region_copy(region, entries.at[0].words).at;
}

START_TEST(the_sentence_that_speaks_of_the_fewest_others_is_shown)
{
    write_story("Hà Nội, Huế và Đà Nẵng cùng thi đua. Ở Hà Nội và Huế trời mưa.\n\n"
                "## Huế\n\n"
                "Câu này không nói nơi nào. Ở Huế có hội sách. Ở Huế có hội hoa.\n\n"
                "Đà Nẵng mở hội thi bơi.\n");
    ck_assert_str_eq(words_of("hue"), "Ở Huế có hội sách.");
    ck_assert_str_eq(words_of("da-nang"), "Đà Nẵng mở hội thi bơi.");
    ck_assert_str_eq(words_of("ha-noi"), "Ở Hà Nội và Huế trời mưa.");
    ck_assert_str_eq(words_of(""), "Tóm tắt.");
}
END_TEST

START_TEST(prose_is_rather_shown_than_an_item_of_a_list)
{
    write_story("* Giải Nhất: Huế\n* Giải Nhì: Đà Nẵng\n* Hà Nội, Huế: khuyến khích\n\n"
                "Ở Huế, người dân mừng giải.\n\nHà Nội, Huế và Đà Nẵng cùng nhận giải.\n");
    ck_assert_str_eq(words_of("hue"), "Ở Huế, người dân mừng giải.");
    ck_assert_str_eq(words_of("da-nang"), "Giải Nhì: Đà Nẵng");
    ck_assert_str_eq(words_of("ha-noi"), "Hà Nội, Huế: khuyến khích");
}
END_TEST

START_TEST(a_city_the_body_does_not_speak_of_gets_the_summary)
{
    write_story("Ở Huế có hội sách.\n\n## Đà Nẵng\n\n> Đà Nẵng đẹp lắm.\n");
    ck_assert_str_eq(words_of("hue"), "Ở Huế có hội sách.");
    ck_assert_str_eq(words_of("da-nang"), "Tóm tắt.");
    ck_assert_str_eq(words_of("ha-noi"), "Tóm tắt.");
}
END_TEST

/* The shipped story of five cities: each of them with a sentence of its own. */
START_TEST(five_cities_of_one_story_have_five_sentences)
{
    static const struct {
        const char *slug, *name;
    } cities[] = { { "ha-noi", "Hà Nội" },
                   { "hai-phong", "Hải Phòng" },
                   { "da-nang", "Đà Nẵng" },
                   { "ho-chi-minh", "TP Hồ Chí Minh" },
                   { "can-tho", "Cần Thơ" } };
    static const char *const files[] = {
        "cities.yaml", "themes.yaml",
        "stories/2024/nam-thanh-pho-so-ket-phong-trao-phu-nu-nua-dau-nam-2024.gmi"
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *text = testing_read("content", files[i]);
        ck_assert_ptr_nonnull(text);
        content_write(files[i], text);
        free(text);
    }
    index_well();
    for (size_t i = 0; i < 5; i++)
        for (size_t j = 0; j < 5; j++)
            ck_assert_msg((strstr(words_of(cities[i].slug), cities[j].name) != NULL) == (i == j),
                          "%s: %s", cities[i].slug, words_of(cities[i].slug));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("words");
    TCase *tests = tcase_create("words");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, the_sentence_that_speaks_of_the_fewest_others_is_shown);
    tcase_add_test(tests, prose_is_rather_shown_than_an_item_of_a_list);
    tcase_add_test(tests, a_city_the_body_does_not_speak_of_gets_the_summary);
    tcase_add_test(tests, five_cities_of_one_story_have_five_sentences);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
