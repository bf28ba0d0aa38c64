/* SPDX-License-Identifier: ISC */
#include "story/slug.h"

#include "testing.h"

#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

#define TEN "abcdefghij"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static const struct {
    const char *slug;
    bool valid, for_term;
} slugs[] = {
    { "ha-noi", true, true },
    { "a", true, true },
    { "7", true, false },
    { "2024", true, false },
    { "99999999999999999999999999", true, false },
    { "2024-07", true, true },
    { "feed", true, false },
    { "undated", true, false },
    { "archive", true, false },
    { "feeds", true, true },
    { "gone", true, true },
    { HUNDRED, true, true },
    { HUNDRED "k", false, false },
    { "atom.xml", false, false },
    { "", false, false },
    { "-", false, false },
    { "-a", false, false },
    { "a-", false, false },
    { "a--b", false, false },
    { "Ha-noi", false, false },
    { "hà-nội", false, false },
    { "ha noi", false, false },
    { "ha_noi", false, false },
    { "ha/noi", false, false },
    { "..", false, false },
};

START_TEST(a_slug_is_words_of_small_letters_and_digits)
{
    ck_assert_msg(slug_is_valid(span_of(slugs[_i].slug)) == slugs[_i].valid, "%s", slugs[_i].slug);
    ck_assert(slug_is_valid_for_term(span_of(slugs[_i].slug)) == slugs[_i].for_term);
}
END_TEST

START_TEST(a_story_may_not_be_called_as_moved_yaml_calls_what_is_gone)
{
    ck_assert(!slug_is_valid_for_story(SPAN("gone")));
    ck_assert(!slug_is_valid_for_story(SPAN("Gone")));
    ck_assert(slug_is_valid_for_story(SPAN("gone-1")));
}
END_TEST

START_TEST(a_slug_ends_where_its_span_does)
{
    ck_assert(!slug_is_valid(SPAN("a\0")));
    ck_assert(slug_is_valid(span_first(SPAN("ha noi"), 2)));
}
END_TEST

static const struct {
    const char *title, *slug;
} titles[] = {
    { "Hà Nội: 5 điều", "ha-noi-5-dieu" },
    { "Ha\xCC\x80 No\xCC\xA3\xCC\x82i", "ha-noi" },
    { "  ĐỔI MỚI – sáng tạo!", "doi-moi-sang-tao" },
    { "“Mẹ đỡ đầu” & 19/8", "me-do-dau-19-8" },
    { "Gone!", "gone-1" },
    { "Gone out", "gone-out" },
    { "", "" },
    { "\xE2\x99\x8A", "" },
    { "Ten of ten: " HUNDRED, "ten-of-ten" },
    { HUNDRED, TEN TEN TEN TEN TEN TEN TEN TEN },
};

START_TEST(a_title_makes_a_slug)
{
    struct buffer slug = BUFFER_EMPTY;
    buffer_add_text(&slug, "kept/");
    slug_make(span_of(titles[_i].title), &slug);
    ck_assert_str_eq(buffer_text(&slug) + 5, titles[_i].slug);
    ck_assert(slug.len == 5 || slug_is_valid(span_skip(buffer_span(&slug), 5)));
    buffer_fini(&slug);
}
END_TEST

START_TEST(a_long_title_is_cut_at_a_word)
{
    struct buffer slug = BUFFER_EMPTY;
    slug_make(SPAN("Hội LHPN 5 Thành phố trực thuộc Trung ương sơ kết công tác 6 tháng đầu năm "
                   "2024: Đổi mới, sáng tạo"),
              &slug);
    ck_assert_str_eq(buffer_text(&slug), "hoi-lhpn-5-thanh-pho-truc-thuoc-trung-uong-so-ket-cong-"
                                         "tac-6-thang-dau-nam-2024");
    ck_assert_uint_le(slug.len, SLUG_MADE_MAX);
    buffer_fini(&slug);
}
END_TEST

START_TEST(words_that_just_fit_are_not_cut)
{
    struct buffer slug = BUFFER_EMPTY;
    const char fits[] = TEN " " TEN " " TEN " " TEN " " TEN " " TEN " " TEN " abc";
    ck_assert_uint_eq(strlen(fits), SLUG_MADE_MAX);
    slug_make(span_of(fits), &slug);
    ck_assert_uint_eq(slug.len, SLUG_MADE_MAX);
    buffer_clear(&slug);
    slug_make(SPAN(TEN " " TEN " " TEN " " TEN " " TEN " " TEN " " TEN " abc d"), &slug);
    ck_assert_uint_eq(slug.len, SLUG_MADE_MAX);
    buffer_fini(&slug);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("slug");
    TCase *tests = tcase_create("slug");
    tcase_add_loop_test(tests, a_slug_is_words_of_small_letters_and_digits, 0, COUNT(slugs));
    tcase_add_test(tests, a_story_may_not_be_called_as_moved_yaml_calls_what_is_gone);
    tcase_add_test(tests, a_slug_ends_where_its_span_does);
    tcase_add_loop_test(tests, a_title_makes_a_slug, 0, COUNT(titles));
    tcase_add_test(tests, a_long_title_is_cut_at_a_word);
    tcase_add_test(tests, words_that_just_fit_are_not_cut);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
