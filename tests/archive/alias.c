/* SPDX-License-Identifier: ISC */
/* Aliases that more than one story claims: one of them has it, whatever came first, and the others
 * are told. */
#include "archiving.h"
#include "testing.h"

#include <stdio.h>
#include <string.h>

static void
write_story(const char *slug, const char *front)
{
    char path[64], text[256];
    snprintf(path, sizeof path, "stories/%s.gmi", slug);
    snprintf(text, sizeof text, "---\ntitle: Tin\ndate: 2024\n%s---\nTin.\n", front);
    content_write(path, text);
}

static void
index_with(const char *reports)
{
    struct told told = index_now();
    ck_assert_msg(told.status == STATUS_OK, "%s", told.fault);
    ck_assert_str_eq(told.reports, reports);
}

#define CLASH \
    "stories/b.gmi:4: alias `x` leads to `a`, which has it too: take it out of one of them\n"

/* Which of the two is there first. */
static const char *const orders[][2] = { { "a", "b" }, { "b", "a" } };

START_TEST(of_two_stories_with_one_alias_the_first_by_slug_has_it)
{
    write_story(orders[_i][0], "aliases: [x]\n");
    index_well();
    write_story(orders[_i][1], "aliases: [x]\n");
    index_with(CLASH);
    ck_assert_str_eq(answer("x"), "a");
    index_with(CLASH); /* nothing changed: told again */
    write_story("b", "author: Anh\naliases: [x, y]\n");
    index_with("stories/b.gmi:5: alias `x` leads to `a`, which has it too: take it out of one of "
               "them\n");
    ck_assert_str_eq(answer("x"), "a");
    ck_assert_str_eq(answer("y"), "b");
    write_story("a", "");
    index_well();
    ck_assert_str_eq(answer("x"), "b");
}
END_TEST

START_TEST(a_draft_has_no_alias)
{
    write_story("a", "aliases: [x]\nstate: draft\n");
    write_story("b", "aliases: [x]\n");
    index_well();
    ck_assert_str_eq(answer("x"), "b");
    content_remove("stories/b.gmi");
    index_well();
    ck_assert_str_eq(answer("x"), "nothing");
}
END_TEST

START_TEST(a_storys_own_address_wins_over_an_alias)
{
    write_story("b", "aliases: [x]\n");
    index_well();
    ck_assert_str_eq(answer("x"), "b");
    write_story("x", "aliases: [x]\n");
    index_with("stories/b.gmi:4: alias `x` is a story's own address: take it out here, or rename "
               "that story\n");
    ck_assert_str_eq(answer("x"), "story");
    write_story("x", "state: draft\n");
    index_well();
    ck_assert_str_eq(answer("x"), "b");
}
END_TEST

START_TEST(a_withdrawn_storys_alias_says_that_it_is_gone)
{
    write_story("a", "aliases: [x, y]\nstate: withdrawn\n");
    write_story("b", "aliases: [x]\n");
    index_well();
    ck_assert_str_eq(answer("x"), "b");
    ck_assert_str_eq(answer("y"), "a");
    ck_assert_str_eq(answer("a"), "gone");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("alias");
    TCase *tests = tcase_create("alias");
    tcase_add_checked_fixture(tests, archiving_set_up, archiving_tear_down);
    tcase_add_loop_test(tests, of_two_stories_with_one_alias_the_first_by_slug_has_it, 0, 2);
    tcase_add_test(tests, a_draft_has_no_alias);
    tcase_add_test(tests, a_storys_own_address_wins_over_an_alias);
    tcase_add_test(tests, a_withdrawn_storys_alias_says_that_it_is_gone);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
