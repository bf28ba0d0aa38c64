/* SPDX-License-Identifier: ISC */
/* What songtu why says of a story: which words put it where, and where they stand. */
#include "testing.h"
#include "tooling.h"

#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static void
set_up(void)
{
    tooling_set_up();
    content_write("cities.yaml", "- slug: ha-noi\n  name: Hà Nội\n"
                                 "- slug: hue\n  name: Huế\n  cue: true\n"
                                 "- slug: da-nang\n  name: Đà Nẵng\n");
    content_write("themes.yaml", "- slug: giao-duc\n  name: Giáo dục\n  keywords: [học sinh]\n"
                                 "- slug: thi-dua\n  name: Thi đua\n  keywords: [sơ kết]\n");
}

static const struct {
    const char *story, *told;
} stories[] = {
    { "---\ntitle: Học sinh Hà Nội\ncities: [ha-noi]\nthemes: [giao-duc]\n---\nMưa ở Đà Nẵng.\n",
      "stories/a.gmi: Học sinh Hà Nội\n"
      "cities, by title:\n"
      "  ha-noi\n"
      "    title: Học sinh «Hà Nội»\n"
      "spoken of, but not filed under:\n"
      "  da-nang\n"
      "    lead, line 6: Mưa ở «Đà Nẵng».\n"
      "    the title decided, which is stronger\n"
      "themes, by text:\n"
      "  giao-duc\n"
      "    title (4): «Học sinh» Hà Nội\n" },
    { "---\ntitle: Mưa\ncities: [hue, da-nang]\nthemes: [xyz]\nevidence: [\"tag: Huế\"]\n"
      "source: https://bao.example/giao-duc/a.html\n---\n\nMưa.\n",
      "stories/a.gmi: Mưa\n"
      "cities:\n"
      "  hue\n"
      "    tags: «Huế»\n"
      "  da-nang\n"
      "    no word of the story: it was set by hand, or for its source\n"
      "themes:\n"
      "  xyz\n"
      "    themes.yaml has no such slug\n"
      "spoken of, but not filed under:\n"
      "  giao-duc\n"
      "    address: «giao-duc»\n"
      "    that would do: whoever edited the story left it out\n" },
    { "---\ntitle: Mưa\n---\n\nMột.\n\nHai.\n\nBa.\n\nHọc sinh Đà Nẵng.\n",
      "stories/a.gmi: Mưa\n"
      "cities: none\n"
      "spoken of, but not filed under:\n"
      "  da-nang\n"
      "    text, line 11: Học sinh «Đà Nẵng».\n"
      "    too far down: title, lead and the first two paragraphs count\n"
      "themes: none\n"
      "spoken of, but not filed under:\n"
      "  giao-duc\n"
      "    text, line 11 (1): «Học sinh» Đà Nẵng.\n"
      "    a weight of 1: it takes 3\n" },
    { "---\ntitle: Mưa\ncities: [da-nang]\n---\nHuế - Trời mưa, và mưa nữa, cho đến khi nào nắng "
      "lên "
      "thì về Đà Nẵng mà tắm biển cả ngày.\n",
      "stories/a.gmi: Mưa\n"
      "cities:\n"
      "  da-nang\n"
      "    lead, line 5: … cho đến khi nào nắng lên thì về «Đà Nẵng» mà tắm biển cả "
      "ngày.\n"
      "    that would not do: it was set by hand, or for its source\n"
      "spoken of, but not filed under:\n"
      "  hue\n"
      "    dateline, line 5: «Huế»\n"
      "    that would do: whoever edited the story left it out\n"
      "themes: none\n" },
};

START_TEST(each_term_is_told_with_the_words_that_speak_for_it)
{
    content_write("stories/a.gmi", stories[_i].story);
    struct told told = tool("why", "a", NULL);
    ck_assert_str_eq(told.out, stories[_i].told);
    ck_assert_str_eq(told.err, "");
    ck_assert_int_eq(told.status, EXIT_FINE);
}
END_TEST

START_TEST(of_many_mentions_the_strongest_are_told)
{
    content_write("stories/2024/a.gmi",
                  "---\ntitle: Hà Nội\ncities: [ha-noi]\n---\nHà Nội, Hà Nội, Hà "
                  "Nội, Hà Nội, Hà Nội, Hà Nội.\n");
    struct told told = tool("why", "a", NULL);
    ck_assert_ptr_nonnull(strstr(told.out, "title: «Hà Nội»\n"));
    ck_assert_ptr_nonnull(strstr(told.out, "… and 2 more\n"));
}
END_TEST

START_TEST(a_story_that_is_none_is_told)
{
    struct told told = tool("why", "khong-co", NULL);
    ck_assert_int_eq(told.status, EXIT_FAULTS);
    ck_assert_ptr_nonnull(strstr(told.err, "no story is called `khong-co`"));
    content_write("stories/hong.gmi", "---\ndate: 2024\n---\n");
    told = tool("why", "hong", NULL);
    ck_assert_int_eq(told.status, EXIT_FAULTS);
    ck_assert_ptr_nonnull(strstr(told.err, "stories/hong.gmi:2: title is missing"));
    content_write("cities.yaml", "- slug: a\n  slug2: b\n");
    told = tool("why", "hong", NULL);
    ck_assert_int_eq(told.status, EXIT_FAILED);
    ck_assert_ptr_nonnull(strstr(told.err, "cities.yaml:2: "));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("why");
    TCase *tests = tcase_create("why");
    tcase_add_checked_fixture(tests, set_up, tooling_tear_down);
    tcase_add_loop_test(tests, each_term_is_told_with_the_words_that_speak_for_it, 0,
                        COUNT(stories));
    tcase_add_test(tests, of_many_mentions_the_strongest_are_told);
    tcase_add_test(tests, a_story_that_is_none_is_told);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
