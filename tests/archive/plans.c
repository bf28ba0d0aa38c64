/* SPDX-License-Identifier: ISC */
/* SQLite is asked how it would run each statement: what readers ask walks an index, and sorts
 * nothing. */
#include "archive/store.h"

#include "changing.h"
#include "testing.h"

#include <stdio.h>
#include <string.h>

/* What takes a whole table, and may: the writer's, and lists that are small. */
static const enum sql whole[] = { SQL_PAGES, SQL_FILES,   SQL_ALIAS_CLASHES,
                                  SQL_MOVED, SQL_UNNOTED, SQL_UNNOTED_CLEAR };

/* What sorts, and may: a story's own terms are few, and so are the stories with one alias. */
static const enum sql sorting[] = { SQL_STORY_TERMS, SQL_FIND_ALIAS };

static bool
is_among(enum sql sql, const enum sql *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == sql)
            return true;
    return false;
}

/* FTS5 says "SCAN search VIRTUAL TABLE INDEX 0:M6" for a walk along the words of a MATCH; an index
 * that SQLite makes for the one statement takes the whole table too. */
static bool
is_scan(const char *step)
{
    const char *index = strstr(step, " VIRTUAL TABLE INDEX ");
    if (index != NULL)
        return strstr(index, ":M") == NULL;
    return strncmp(step, "SCAN", 4) == 0 || strstr(step, "AUTOMATIC") != NULL;
}

/* An archive in which a whole table is no small thing. */
static void
set_up(void)
{
    archiving_set_up();
    changing_begin(1, changing_stories(1500));
    (void)index_now();
}

static void
tear_down(void)
{
    changing_end();
    archiving_tear_down();
}

START_TEST(every_statement_walks_an_index)
{
    char explained[2048];
    sqlite3 *db = archive_now()->db;
    sqlite3_stmt *plan = NULL;
    ck_assert_ptr_nonnull(store_sql[_i]);
    snprintf(explained, sizeof explained, "EXPLAIN QUERY PLAN %s", store_sql[_i]);
    ck_assert_msg(sqlite3_prepare_v2(db, explained, -1, &plan, NULL) == SQLITE_OK, "%s: %s",
                  store_sql[_i], sqlite3_errmsg(db));
    while (sqlite3_step(plan) == SQLITE_ROW) {
        const char *step = (const char *)sqlite3_column_text(plan, 3);
        ck_assert_msg(!is_scan(step) || is_among((enum sql)_i, whole, sizeof whole / sizeof *whole),
                      "%s\n%s", store_sql[_i], step);
        ck_assert_msg(strstr(step, "TEMP B-TREE") == NULL ||
                          is_among((enum sql)_i, sorting, sizeof sorting / sizeof *sorting),
                      "%s\n%s", store_sql[_i], step);
    }
    sqlite3_finalize(plan);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("plans");
    TCase *tests = tcase_create("plans");
    tcase_add_unchecked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, every_statement_walks_an_index, 0, SQL_COUNT_OF_THEM);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
