/* SPDX-License-Identifier: ISC */
/* Whatever happens to stories, what the writer counts is what one would count. */
#include "archive/store.h"

#include "changing.h"
#include "testing.h"

static void
tear_down(void)
{
    changing_end();
    archiving_tear_down();
}

/* How many rows a query has. */
static int
rows(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int count = 0, code;
    sqlite3_progress_handler(db, 0, NULL, NULL); /* it may take longer than a reader's question */
    ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK, "%s",
                  sqlite3_errmsg(db));
    while ((code = sqlite3_step(statement)) == SQLITE_ROW)
        count++;
    ck_assert_int_eq(code, SQLITE_DONE);
    sqlite3_finalize(statement);
    return count;
}

#define COUNTED                                                                 \
    "SELECT city, theme, bucket, count(*) FROM listing GROUP BY 1, 2, 3"        \
    " UNION ALL SELECT city, theme, -1, count(*) FROM listing GROUP BY 1, 2"    \
    " UNION ALL SELECT city, theme, bucket / 100 * -100, count(*) FROM listing" \
    " WHERE bucket > 0 GROUP BY 1, 2, 3"
#define KEPT "SELECT city, theme, bucket, count FROM tally"

static void
tallies_are_right(void)
{
    sqlite3 *db = archive_now()->db;
    ck_assert_int_eq(rows(db, COUNTED " EXCEPT " KEPT), 0);
    ck_assert_int_eq(rows(db, KEPT " EXCEPT SELECT * FROM (" COUNTED ")"), 0);
    ck_assert_int_eq(rows(db, "SELECT 1 FROM listing WHERE story NOT IN"
                              " (SELECT id FROM story WHERE served = 1)"),
                     0);
    ck_assert_int_eq(rows(db, "SELECT 1 FROM story WHERE served = 1 AND id NOT IN"
                              " (SELECT story FROM listing WHERE city = 0 AND theme = 0)"),
                     0);
}

START_TEST(tallies_are_what_one_would_count)
{
    changing_begin(4, changing_stories(60));
    (void)index_now();
    tallies_are_right();
    ck_assert_int_gt(rows(archive_now()->db, KEPT), 200);
    for (size_t left = changing_count(400); left > 0; left -= left < 20 ? left : 20) {
        changing_go(left < 20 ? left : 20);
        ck_assert_int_eq(index_now().status, STATUS_OK);
        tallies_are_right();
    }
}
END_TEST

START_TEST(what_is_gone_is_not_counted_as_nothing)
{
    content_write("stories/a.gmi", "---\ntitle: A\ndate: 2024-07\n---\n");
    content_write("stories/b.gmi", "---\ntitle: B\ndate: 2023-07\n---\n");
    index_well();
    content_remove("stories/a.gmi");
    index_well();
    ck_assert_int_eq(rows(archive_now()->db, KEPT), 3);
}
END_TEST

static uint64_t
stories_of(const char *theme)
{
    uint64_t count = 0;
    const struct scope scope = { .theme = span_of(theme) };
    ck_assert_int_eq(
        archive_count(archive_now(), scope, (struct period){ PERIOD_ALL, 0, 0 }, &count),
        STATUS_OK);
    return count;
}

START_TEST(a_story_that_can_not_be_read_stays_under_its_own_terms)
{
    content_write("themes.yaml", "- {slug: sach, name: Sách}\n- {slug: bao, name: Báo}\n");
    content_write("stories/a.gmi", "---\ntitle: A\nthemes: [bao]\n---\n");
    index_well();
    content_write("stories/a.gmi", "---\ntitel: A\n---\n");
    content_write("themes.yaml", "- {slug: kich, name: Kịch}\n- {slug: bao, name: Báo chí}\n");
    ck_assert_int_eq(index_now().status, STATUS_OK);
    ck_assert_uint_eq(stories_of("kich"), 0);
    ck_assert_uint_eq(stories_of("bao"), 1);
    content_write("themes.yaml", "- {slug: tho, name: Thơ}\n");
    ck_assert_int_eq(index_now().status, STATUS_OK);
    content_write("themes.yaml", "- {slug: ve, name: Vẽ}\n- {slug: tho, name: Thơ}\n");
    ck_assert_int_eq(index_now().status, STATUS_OK);
    ck_assert_uint_eq(stories_of("ve"), 0);
    ck_assert_uint_eq(stories_of("tho"), 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("tallies");
    TCase *tests = tcase_create("tallies");
    tcase_add_checked_fixture(tests, archiving_set_up, tear_down);
    tcase_add_test(tests, tallies_are_what_one_would_count);
    tcase_add_test(tests, what_is_gone_is_not_counted_as_nothing);
    tcase_add_test(tests, a_story_that_can_not_be_read_stays_under_its_own_terms);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
