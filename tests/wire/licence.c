/* SPDX-License-Identifier: ISC */
/* What of a document is shown, by its source's licence and by what there is of it. */
#include "wire/licence.h"

#include "story/gemtext.h"
#include "testing.h"

#define LINK "=> https://bao.example/1 Đọc tiếp tại Báo Ví Dụ\n"
#define WHOLE "Câu mở đầu.\n\nĐoạn hai dài hơn một chút.\n\nĐoạn ba.\n"

static struct region *region;
static struct document document;
static struct source source;

static void
set_up(void)
{
    static const struct span paragraphs[] = { { "Đoạn hai dài hơn một chút.",
                                                sizeof "Đoạn hai dài hơn một chút." - 1 },
                                              { "Đoạn ba.", sizeof "Đoạn ba." - 1 } };
    region = region_new();
    source = (struct source){ .excerpt = 600 };
    document = (struct document){ .whole = true, .summary = SPAN("Tóm tắt.") };
    document.text.lead = SPAN("Câu mở đầu.");
    document.text.body = SPAN(WHOLE);
    document.text.paragraphs = (struct spans){ paragraphs, 2 };
}

static void
tear_down(void)
{
    region_free(region);
}

static void
assert_shown(const char *body)
{
    licence_apply(&document, &source, SPAN("https://bao.example/1"), SPAN("Báo Ví Dụ"), region);
    ck_assert_str_eq(region_copy(region, document.text.body).at, body);
    ck_assert_int_eq(gemtext_check(document.text.body, 0, NULL), STATUS_OK);
}

START_TEST(all_of_it_where_all_may_be_shown)
{
    assert_shown(WHOLE);
}
END_TEST

START_TEST(its_beginning_where_that_may_be_shown)
{
    source.licence = LICENCE_EXCERPT;
    assert_shown(WHOLE "\n" LINK);
}
END_TEST

START_TEST(an_excerpt_ends_at_its_bytes)
{
    source.licence = LICENCE_EXCERPT;
    source.excerpt = document.text.lead.len + 12;
    licence_apply(&document, &source, SPAN("https://bao.example/1"), SPAN("Báo Ví Dụ"), region);
    ck_assert_uint_lt(document.text.body.len, sizeof WHOLE - 1 + sizeof LINK);
    ck_assert(span_starts(document.text.body, SPAN("Câu mở đầu.\n\nĐoạn")));
    ck_assert(span_ends(document.text.body, SPAN("…\n\n" LINK)));
}
END_TEST

START_TEST(that_it_is_there_where_no_more_may_be_shown)
{
    source.licence = LICENCE_HEADLINE;
    assert_shown("Câu mở đầu.\n\n" LINK);
}
END_TEST

START_TEST(that_it_is_there_where_there_is_no_more)
{
    document.whole = false;
    assert_shown("Câu mở đầu.\n\n" LINK);
    document.text.lead = SPAN("");
    assert_shown("Tóm tắt.\n\n" LINK);
    document.summary = SPAN("");
    assert_shown(LINK);
}
END_TEST

START_TEST(a_place_without_a_name_is_called_by_its_host)
{
    document.whole = false;
    document.lang = SPAN("en");
    licence_apply(&document, &source, SPAN("https://www.bao.example/1"), SPAN(""), region);
    ck_assert(span_ends(document.text.body,
                        SPAN("=> https://www.bao.example/1 Read on at bao.example\n")));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("licence");
    TCase *tests = tcase_create("licence");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, all_of_it_where_all_may_be_shown);
    tcase_add_test(tests, its_beginning_where_that_may_be_shown);
    tcase_add_test(tests, an_excerpt_ends_at_its_bytes);
    tcase_add_test(tests, that_it_is_there_where_no_more_may_be_shown);
    tcase_add_test(tests, that_it_is_there_where_there_is_no_more);
    tcase_add_test(tests, a_place_without_a_name_is_called_by_its_host);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
