/* SPDX-License-Identifier: ISC */
/* What stands below a story's text, when the text stays and when it changes. */
#include "wire/also.h"

#include "base/clock.h"
#include "story/gemtext.h"
#include "testing.h"

#define UPDATED "2026-11-24T14:05:00+07:00"

static struct region *region;

static void
set_up(void)
{
    ck_assert(clock_zone_set("Asia/Ho_Chi_Minh"));
    region = region_new();
}

static void
tear_down(void)
{
    region_free(region);
}

static const struct row {
    const char *old, *body, *updated, *lang, *becomes;
} rows[] = {
    { "Một.\n", "Một.\n", UPDATED, "", "Một.\n" },
    { "Một.\n", "Hai.\n", "", "", "Hai.\n" },
    { "Một.\n", "Hai.\n", "2026-11-24", "", "Hai.\n" },
    { "Một.\n", "Hai.\n", UPDATED, "", "Hai.\n\nCập nhật 14:05 24/11/2026\n" },
    { "One.\n", "Two.\n", UPDATED, "en", "Two.\n\nUpdated 14:05 24/11/2026\n" },
    { "Một.\n\nCập nhật 13:00 24/11/2026\n", "Một.\n", UPDATED, "",
      "Một.\n\nCập nhật 13:00 24/11/2026\n" },
    { "Một.\n\nCập nhật 13:00 24/11/2026\n", "Hai.\n", UPDATED, "",
      "Hai.\n\nCập nhật 14:05 24/11/2026\n" },
    { "Một.\n\n=> http://b.example/ Cũng đăng tại B\n", "Một.\n", UPDATED, "",
      "Một.\n\n=> http://b.example/ Cũng đăng tại B\n" },
    { "Một.\n\n=> http://b.example/ Cũng đăng tại B\n=> http://c.example/ Cũng đăng tại C\n",
      "Hai.\n", UPDATED, "",
      "Hai.\n\nCập nhật 14:05 24/11/2026\n\n=> http://b.example/ Cũng đăng tại B\n"
      "=> http://c.example/ Cũng đăng tại C\n" },
    { "", "Hai.\n", UPDATED, "", "Hai.\n\nCập nhật 14:05 24/11/2026\n" },
};

START_TEST(what_stood_below_is_kept_and_a_change_is_noted)
{
    const struct row *row = &rows[_i];
    struct span kept = also_keep(span_of(row->old), span_of(row->body), span_of(row->updated),
                                 span_of(row->lang), region);
    ck_assert_str_eq(kept.at, row->becomes);
    ck_assert_int_eq(gemtext_check(kept, 0, NULL), STATUS_OK);
    /* The same once more changes nothing. */
    struct span again = also_keep(kept, span_of(row->body), span_of(row->updated),
                                  span_of(row->lang), region);
    ck_assert_str_eq(again.at, row->becomes);
}
END_TEST

START_TEST(places_stand_one_below_the_other)
{
    struct span body = also_add(SPAN("Một.\n"), SPAN("http://b.example/x"), SPAN("Báo B"), SPAN(""),
                                region);
    body = also_add(body, SPAN("http://c.example/x"), SPAN(""), SPAN("en"), region);
    ck_assert_str_eq(body.at, "Một.\n\n=> http://b.example/x Cũng đăng tại Báo B\n"
                              "=> http://c.example/x Also at c.example\n");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("also");
    TCase *tests = tcase_create("below a story");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, what_stood_below_is_kept_and_a_change_is_noted, 0,
                        (int)(sizeof rows / sizeof *rows));
    tcase_add_test(tests, places_stand_one_below_the_other);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
