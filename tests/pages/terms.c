/* SPDX-License-Identifier: ISC */
/* However many terms a taxonomy has, and whatever they are called: no index page is over 30 KB, and
 * each term is on one. */
#include "asking.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TERMS = 700, PAGE_BYTES = 30000 };

static char name[160];

static void
set_up(void)
{
    struct buffer themes = BUFFER_EMPTY, cities = BUFFER_EMPTY;
    struct buffer story = BUFFER_EMPTY;
    asking_set_up();
    for (size_t i = 0; i + 4 < sizeof name; i++)
        name[i] = i % 8 == 7 ? ' ' : 'x';
    for (int i = 0; i < TERMS; i++) {
        buffer_printf(&themes, "- {slug: chu-de-%d, name: Chủ đề %s %d}\n", i, name, i);
        buffer_printf(&cities, "- {slug: tinh-%d, name: Tỉnh %s %d, central: %s%s}\n", i, name, i,
                      i % 3 == 0 ? "true" : "false", i % 5 == 0 ? ", until: 2024-01-01" : "");
    }
    content_write("themes.yaml", buffer_text(&themes));
    content_write("cities.yaml", buffer_text(&cities));
    for (int i = 0; i < 60; i++) {
        char path[64];
        buffer_clear(&story);
        buffer_printf(&story,
                      "---\ntitle: Tin %d %.130s %.130s\ndate: 2024-07-12\nthemes: [chu-de-1]\n"
                      "cities: [tinh-%d, tinh-1]\nsummary: %s\n---\n",
                      i, name, name, i + 100, name);
        snprintf(path, sizeof path, "stories/tin-%d.gmi", i);
        content_write(path, buffer_text(&story));
    }
    buffer_fini(&themes);
    buffer_fini(&cities);
    buffer_fini(&story);
    index_well();
}

/* The pages that a list of terms has; each of its terms is on one of them, once. */
static void
reads_whole(const char *under, const char *slug)
{
    bool seen[TERMS] = { false };
    char path[64], mark[64];
    int parts = 0;
    for (int part = 1; part == parts + 1; part++) {
        snprintf(path, sizeof path, part == 1 ? "%s" : "%s%d", under, part);
        const char *text = asking_text(path);
        ck_assert_uint_le(strlen(text), PAGE_BYTES);
        snprintf(mark, sizeof mark, "=> %s%s", under, slug);
        for (const char *at = text; (at = strstr(at, mark)) != NULL; at++) {
            int which = atoi(at + strlen(mark));
            ck_assert_msg(!seen[which], "%s: %d", path, which);
            seen[which] = true;
        }
        snprintf(mark, sizeof mark, "=> %s%d ", under, part + 1);
        parts = strstr(text, mark) != NULL ? part : parts;
        ck_assert(part == 1 || strstr(text, "Trở lại phần trước") != NULL);
    }
    ck_assert_int_ge(parts, 4);
    for (int i = 0; i < TERMS; i++)
        ck_assert_msg(seen[i], "%s%s%d", under, slug, i);
    snprintf(path, sizeof path, "%s%d", under, parts + 2);
    ck_assert_int_eq(asking_answer(path).answer, ANSWER_ABSENT);
    snprintf(path, sizeof path, "%s1", under);
    ck_assert_int_eq(asking_answer(path).answer, ANSWER_ABSENT);
}

START_TEST(many_terms_come_in_parts)
{
    reads_whole("/theme/", "chu-de-");
    reads_whole("/city/", "tinh-");
}
END_TEST

START_TEST(no_other_index_is_too_long_for_them)
{
    static const char *const paths[] = { "/", "/theme/chu-de-1", "/city/tinh-1",
                                         "/city/tinh-1/chu-de-1", "/archive/2024/07/1" };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        ck_assert_msg(strlen(asking_text(paths[i])) <= PAGE_BYTES, "%s: %zu", paths[i],
                      strlen(asking_text(paths[i])));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("terms");
    TCase *tests = tcase_create("terms");
    tcase_add_checked_fixture(tests, set_up, asking_tear_down);
    tcase_add_test(tests, many_terms_come_in_parts);
    tcase_add_test(tests, no_other_index_is_too_long_for_them);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
