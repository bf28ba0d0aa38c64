/* SPDX-License-Identifier: ISC */
/* The words that a first index wrote stay where they are, however many edits follow. */
#include "archive/store.h"

#include "archiving.h"
#include "testing.h"

#include <stdio.h>

enum { STORIES = 200, EDITS = 300, WORDS = 150 };

static int
number(const char *sql)
{
    sqlite3 *db = archive_now()->db;
    sqlite3_stmt *statement = NULL;
    ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK, "%s",
                  sqlite3_errmsg(db));
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    int value = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

/* A story of words that no other has. */
static void
write_story(int which)
{
    static char text[64 * WORDS];
    char name[64];
    int len = snprintf(text, sizeof text, "---\ntitle: Tin %d\n---\n", which);
    for (int i = 0; i < WORDS; i++)
        len += snprintf(text + len, sizeof text - (size_t)len, "t%du%d%s", which, i,
                        i + 1 < WORDS ? " " : "\n");
    snprintf(name, sizeof name, "stories/tin-%d.gmi", which);
    content_write(name, text);
}

static void
edit(int turn)
{
    char text[128];
    snprintf(text, sizeof text, "---\ntitle: Tin\n---\nLần %d.\n", turn);
    content_write("stories/sua.gmi", text);
    index_well();
}

START_TEST(edits_merge_one_another_and_not_all_there_is)
{
    char pages_of_it[128], found[64];
    for (int i = 0; i < STORIES; i++)
        write_story(i);
    index_well();
    ck_assert_int_eq(number("SELECT count(DISTINCT segid) FROM search_idx"), 1);
    int segment = number("SELECT max(segid) FROM search_idx");
    snprintf(pages_of_it, sizeof pages_of_it, "SELECT count(*) FROM search_idx WHERE segid = %d",
             segment);
    int pages = number(pages_of_it);
    ck_assert_int_gt(pages, 50);
    for (int i = 0; i < EDITS; i++)
        edit(i);
    ck_assert_int_eq(number(pages_of_it), pages);
    ck_assert_int_lt(number("SELECT count(DISTINCT segid) FROM search_idx"), 40);
    snprintf(found, sizeof found, "SELECT count(*) FROM search WHERE search MATCH '\"%d\"'",
             EDITS - 1);
    ck_assert_int_eq(number(found), 1);
    ck_assert_int_eq(number("SELECT count(*) FROM search WHERE search MATCH '\"7\"'"), 1);
    ck_assert_int_eq(number("SELECT count(*) FROM search WHERE search MATCH '\"t7u9\"'"), 1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("pieces");
    TCase *tests = tcase_create("pieces");
    tcase_add_checked_fixture(tests, archiving_set_up, archiving_tear_down);
    tcase_set_timeout(tests, 60);
    tcase_set_tags(tests, "no-valgrind"); /* half a minute of what others do in one */
    tcase_add_test(tests, edits_merge_one_another_and_not_all_there_is);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
