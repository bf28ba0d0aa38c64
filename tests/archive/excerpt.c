/* SPDX-License-Identifier: ISC */
/* What a story is shown by when it was found. */
#include "archive/excerpt.h"

#include "base/buffer.h"
#include "testing.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static struct region *region;

static void
set_up(void)
{
    region = region_new();
}

static void
tear_down(void)
{
    region_free(region);
}

static const char *
excerpt(const char *wanted_text, const char *body, size_t bytes)
{
    struct wanted *wanted = region_alloc(region, sizeof *wanted);
    wanted_parse(span_of(wanted_text), region, wanted);
    return region_copy(region, excerpt_make(span_of(body), wanted, bytes, region)).at;
}

static const struct {
    const char *wanted, *body, *excerpt;
} rows[] = {
    { "mua", "Nắng.\n\nMưa, rồi lại mưa.\nMưa.\n", "*Mưa*, rồi lại *mưa*." },
    { "ha noi", "Nội thành Hà Nội.\n", "*Nội* thành *Hà Nội*." },
    { "\"ha noi\"", "Nội thành Hà Nội.\n", "Nội thành *Hà Nội*." },
    { "hà nội", "Ở nơi ấy, Hà Nội.\n", "Ở nơi ấy, *Hà Nội*." }, /* with its marks, if there */
    { "hà nội", "Ở nơi ha ha.\n", "Ở *nơi ha ha*." },
    { "hòa", "Hoà, hóa, hoa.\n", "*Hoà*, hóa, hoa." },
    { "ha\xCC\x80", "Ha\xCC\x80 Đông.\n", "*Ha\xCC\x80* Đông." },      /* as it stands there */
    { "mua nang", "Mưa.\nNắng.\nMưa và nắng.\n", "*Mưa* và *nắng*." }, /* the most of it */
    { "anh", "=> https://anh.example/anh Xem ảnh ở đây\n", "Xem *ảnh* ở đây" },
    { "mua", "## Mưa\n", "*Mưa*" },
    { "mua", "* Mưa to\n", "*Mưa* to" },
    { "mua", "```mua\nmưa  to\n```\n", "*mưa*  to" },
    { "mua -to", "Mưa to.\n", "*Mưa* to." },
    { "city:ha-noi", "Hà Nội.\n", "" },
    { "khong", "Mưa.\n", "" },
    { "", "Mưa.\n", "" },
    { "mua", "", "" },
};

START_TEST(what_was_found_stands_between_stars)
{
    ck_assert_str_eq(excerpt(rows[_i].wanted, rows[_i].body, 240), rows[_i].excerpt);
}
END_TEST

START_TEST(a_long_line_is_cut_around_what_was_found)
{
    static const char body[] = "Một hai ba bốn năm sáu bảy tám chín mười, mưa to, gió lớn, đường "
                               "ngập, cây đổ, và rồi nắng lên khắp nơi nơi.\n";
    ck_assert_str_eq(excerpt("mua gio", body, 60),
                     "… chín mười, *mưa* to, *gió* lớn, đường ngập, cây …");
    ck_assert_str_eq(excerpt("hai", body, 30), "Một *hai* ba bốn năm sáu …");
    ck_assert_str_eq(excerpt("nang", body, 60), "… và rồi *nắng* lên khắp nơi nơi.");
}
END_TEST

START_TEST(a_word_without_end_is_cut)
{
    struct buffer body = BUFFER_EMPTY;
    for (int i = 0; i < 100000; i++)
        buffer_add_char(&body, i == 50 ? ' ' : 'a');
    ck_assert_uint_le(span_of(excerpt("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                      buffer_text(&body), 60))
                          .len,
                      120);
    buffer_fini(&body);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("excerpt");
    TCase *tests = tcase_create("excerpt");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, what_was_found_stands_between_stars, 0, COUNT(rows));
    tcase_add_test(tests, a_long_line_is_cut_around_what_was_found);
    tcase_add_test(tests, a_word_without_end_is_cut);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
