/* SPDX-License-Identifier: ISC */
/* store.h - the database itself: schema, every statement there is, and how one is run. Only
 * archive/ includes it. */
#pragma once

#include "archive/query.h"
#include "base/region.h"

#include <sqlite3.h>

enum { SCHEMA_VERSION = 10, APPLICATION_ID = 0x736f6e67 /* "song" */ };

/* Every statement, one row each in store.c: a test asks SQLite how it would run each of them. */
enum sql {
    SQL_META_GET,
    SQL_META_SET,
    SQL_FIND_STORY,
    SQL_FIND_ALIAS,
    SQL_FIND_MOVED,
    SQL_FIRST_SLUG,
    SQL_FIND_PAGE,
    SQL_PAGES,
    SQL_STORY_TERMS,
    SQL_FIND_TERM,
    SQL_TERMS,
    SQL_COUNT,
    SQL_YEARS,
    SQL_MONTHS,
    SQL_LIST,
    SQL_LIST_PERIOD,
    SQL_FROM_NEWEST,
    SQL_FROM_OLDEST,
    SQL_NEWEST_OF,
    SQL_NEAR_OLDER,
    SQL_NEAR_NEWER,
    SQL_ENTRY,
    SQL_FILE_GET,
    SQL_FILE_PUT,
    SQL_FILE_DROP,
    SQL_FILES,
    SQL_FILES_OF,
    SQL_FOLDER_NEXT,
    SQL_FILE_OF_SLUG,
    SQL_STORY_PUT,
    SQL_STORY_DROP,
    SQL_STORY_SERVED,
    SQL_STORY_OF_SLUG,
    SQL_STORY_TERM_PUT,
    SQL_STORY_TERM_DROP,
    SQL_TERM_PUT,
    SQL_TERM_ID,
    SQL_TERM_DROP,
    SQL_LISTING_PUT,
    SQL_LISTING_OF_STORY,
    SQL_LISTING_DROP,
    SQL_TALLY_ADD,
    SQL_TALLY_SWEEP,
    SQL_ALIAS_PUT,
    SQL_ALIAS_DROP,
    SQL_ALIAS_OF,
    SQL_ALIAS_CLASHES,
    SQL_ALIAS_CLASHES_OF,
    SQL_ALIAS_CLASHES_WITH,
    SQL_MOVED,
    SQL_MOVED_PUT,
    SQL_MOVED_DROP,
    SQL_UNNOTED,
    SQL_UNNOTED_PUT,
    SQL_UNNOTED_CLEAR,
    SQL_PAGE_PUT,
    SQL_PAGE_DROP,
    SQL_SLUGS,
    SQL_SLUG_LAST,
    SQL_DUE,
    SQL_NEXT_DUE,
    SQL_SEARCH,
    SQL_SEARCH_WEIGHED,
    SQL_SEARCH_NEWEST,
    SQL_SEARCH_ENTRY,
    SQL_SEARCH_ROW,
    SQL_SEARCH_TAKEN,
    SQL_SEARCH_ROW_PUT,
    SQL_SEARCH_ROW_DROP,
    SQL_SEARCH_TEXT,
    SQL_SEARCH_ADD,
    SQL_SEARCH_REMOVE,
    SQL_SEARCH_LEVELS,
    SQL_SEARCH_LEVELS_PUT,
    SQL_COUNT_OF_THEM
};

extern const char *const store_sql[SQL_COUNT_OF_THEM];
extern const char store_schema[];
/* Of an archive that is made anew: from the one to the other, listings are put aside, and then in
 * order. */
extern const char store_gather[], store_settle[];

struct archive {
    sqlite3 *db;
    sqlite3_stmt *statements[SQL_COUNT_OF_THEM]; /* prepared when first asked for */
    int64_t round;
    bool damaged;     /* something met a file that is none of ours any more */
    int64_t deadline; /* of the running transaction's queries, clock_monotonic; 0: none */
    int64_t cpu_end;  /* likewise, of the processor's time, clock_cpu; 0: none */
};

/* A statement ready to bind; NULL where it can't be prepared (a damaged file). store_done gives it
 * back. */
sqlite3_stmt *store_get(struct archive *archive, enum sql sql);
void store_done(sqlite3_stmt *statement);
/* Runs a statement that returns no rows, and gives it back. */
enum status store_run(struct archive *archive, sqlite3_stmt *statement) MUST_CHECK;
/* Runs it once for each text, bound as its first parameter; ends at the first that goes wrong. */
enum status store_run_each(struct archive *archive, enum sql sql, struct spans texts) MUST_CHECK;
/* One step: STATUS_OK a row, STATUS_ABSENT no more, else what went wrong. */
enum status store_step(struct archive *archive, sqlite3_stmt *statement) MUST_CHECK;
enum status store_status(int code);
/* The same, and remembers damage. */
enum status store_judge(struct archive *archive, int code);

/* What is asked from here on may take so long, and is looked at more often; and then again as long
 * as any transaction. A query that takes longer ends with STATUS_BUSY. */
void store_hurry(struct archive *archive, int64_t cpu_ms, int64_t wall_ms);
void store_relax(struct archive *archive);

void store_bind_text(sqlite3_stmt *statement, int at, struct span text);
struct span store_text(sqlite3_stmt *statement, int column, struct region *region);
struct span store_blob(sqlite3_stmt *statement, int column, struct region *region);
struct date
store_date(sqlite3_stmt *statement, int column); /* precision, year, month, day, instant */
/* A row of the statements that list stories. */
struct entry store_entry(sqlite3_stmt *row, struct region *region);

/* The number of a term; 0: there is none of that slug. */
int64_t store_term(struct archive *archive, int kind, struct span slug);
/* A tally, as the writer keeps it; what it never counted is nothing. */
enum status store_count(struct archive *archive, int64_t city, int64_t theme, int bucket,
                        uint64_t *out) MUST_CHECK;
enum status store_meta(struct archive *archive, const char *key, int64_t *out) MUST_CHECK;
enum status store_set_meta(struct archive *archive, const char *key, int64_t value) MUST_CHECK;
/* Folders of listing and tally: year * 100 + month, month 0 known only by the year; 0 undated; and,
 * of tally alone, all of them; and a year with its months, -year * 100. */
enum { BUCKET_ALL = -1 };
int store_bucket(const struct date *date);

/* Rows of the table search: each day has as many numbers as fit STORE_DAY_BITS, and a day's come
 * before those of the day before, so that the newest stories stand first. This is the first of a
 * day's. */
enum { STORE_DAY_BITS = 20 };
int64_t store_day_row(int year, int month, int day);
