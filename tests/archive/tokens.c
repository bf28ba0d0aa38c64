/* SPDX-License-Identifier: ISC */
/* What the index holds of a text is the same whether it takes the text apart or is handed it
 * taken apart. */
#include "archive/searchable.h"
#include "archive/tokenizer.h"
#include "testing.h"

#include <stdlib.h>
#include <string.h>

static sqlite3 *db;
static struct region *region;

static void
run(const char *sql)
{
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s: %s", sql,
                  sqlite3_errmsg(db));
}

static void
set_up(void)
{
    region = region_new();
    ck_assert_int_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
    ck_assert_int_eq(tokenizer_install(db), STATUS_OK);
    run("CREATE VIRTUAL TABLE here USING fts5(text, content='', columnsize=0, tokenize='words');"
        "CREATE VIRTUAL TABLE there USING fts5(text, content='', columnsize=0, tokenize='words');"
        "CREATE VIRTUAL TABLE here_v USING fts5vocab(here, instance);"
        "CREATE VIRTUAL TABLE there_v USING fts5vocab(there, instance);");
}

static void
tear_down(void)
{
    sqlite3_close(db);
    region_free(region);
}

static void
insert(const char *sql, struct span text)
{
    static sqlite3_int64 row;
    sqlite3_stmt *statement = NULL;
    ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    sqlite3_bind_text(statement, 1, text.at, (int)text.len, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2, ++row);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_finalize(statement);
}

static int
number(const char *sql)
{
    sqlite3_stmt *statement = NULL;
    ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    int value = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static void
same_in_both(struct span text, struct span taken)
{
    insert("INSERT INTO here(text, rowid) VALUES(?1, ?2)", text);
    insert("INSERT INTO there(text, rowid) VALUES(?1, ?2)", taken);
    ck_assert_int_eq(number("SELECT count(*) FROM (SELECT term, col, offset FROM here_v EXCEPT"
                            " SELECT term, col, offset FROM there_v)"),
                     0);
    ck_assert_int_eq(number("SELECT (SELECT count(*) FROM here_v) = "
                            "(SELECT count(*) FROM there_v)"),
                     1);
}

static const struct {
    const char *text;
    int tokens;
} texts[] = {
    { "", 0 },
    { " …\n", 0 },
    { "Hà Nội", 4 },
    { "Hoà bình: HÒA BÌNH, 2024", 9 },
    { "một dòng\nhai dòng", 7 },
    { "đ\xcc\x81 e\xcc\x82\xcc\x81 漢字 Ⅳ ﬁ", 7 },
    { "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhhhhhhhhh", 1 },
};

START_TEST(a_text_taken_apart_ahead_is_in_the_index_as_the_text)
{
    struct span text = span_of(texts[_i].text);
    same_in_both(text, searchable_words(SEARCHABLE_TITLE, text, region));
    ck_assert_int_eq(number("SELECT count(*) FROM here_v"), texts[_i].tokens);
}
END_TEST

START_TEST(a_body_has_the_words_of_its_lines)
{
    const char *gemtext = "# Đầu đề\n=> /story/khac Tin khác\n* một\n```mã\nnguồn\n```\n> lời\n";
    const char *plain = "Đầu đề\nTin khác\nmột\nnguồn\nlời\n";
    same_in_both(span_of(plain), searchable_words(SEARCHABLE_BODY, span_of(gemtext), region));
    ck_assert_int_gt(number("SELECT count(*) FROM here_v"), 10);
}
END_TEST

/* Nothing but tokenizer_take makes such a text, and nobody reads behind its end. */
START_TEST(a_text_that_claims_to_be_taken_apart_is_read_to_its_end)
{
    static const char *const claims[] = { "\x02",
                                          "\x02\x05"
                                          "ab",
                                          "\x02\xff"
                                          "a",
                                          "\x02\x01"
                                          "a\x02" };
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        char *exact = malloc(strlen(claims[i]));
        memcpy(exact, claims[i], strlen(claims[i]));
        insert("INSERT INTO there(text, rowid) VALUES(?1, ?2)",
               (struct span){ exact, strlen(claims[i]) });
        free(exact);
    }
    ck_assert_int_eq(number("SELECT count(*) FROM there_v"), 1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("tokens");
    TCase *tests = tcase_create("tokens");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, a_text_taken_apart_ahead_is_in_the_index_as_the_text, 0,
                        sizeof texts / sizeof *texts);
    tcase_add_test(tests, a_body_has_the_words_of_its_lines);
    tcase_add_test(tests, a_text_that_claims_to_be_taken_apart_is_read_to_its_end);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
