/* SPDX-License-Identifier: ISC */
#include "archive/store.h"

#include "base/clock.h"

#define LISTING_INDEXES                                                         \
    "CREATE INDEX main.listing_period ON listing(city, theme, bucket, newest);" \
    "CREATE INDEX main.listing_story ON listing(story);"

/* A story's body stands behind all that lists show, so that they need not walk along it.
 * listing holds a row for every pair of (any or a city) and (any or a theme) a story stands under,
 * so that each list is one walk along an index; 0 means any. `newest` sorts by memcmp, newest
 * first. unnoted holds what belongs into moved.yaml, where that could not be written. search holds
 * the words of what is served, and no text; search_row tells whose row is whose, what was filed
 * there, and by `sum` whether it would be written anew as it is. Its hash holds what one batch of
 * the writer's adds. */
const char store_schema[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE file(folder TEXT, name TEXT, device INTEGER, inode INTEGER, size INTEGER,"
    " changed INTEGER, hash BLOB, slug TEXT, line INTEGER, what TEXT, written INTEGER,"
    " PRIMARY KEY(folder, name)) WITHOUT ROWID;"
    "CREATE INDEX file_slug ON file(slug);"
    "CREATE TABLE story(id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, title TEXT, summary "
    "TEXT,"
    " author TEXT, lang TEXT, source TEXT, precision INTEGER, year INTEGER,"
    " month INTEGER, day INTEGER, instant INTEGER, added INTEGER, state INTEGER, served INTEGER,"
    " related TEXT, written INTEGER, body TEXT);"
    "CREATE INDEX story_due ON story(served, state, instant);"
    "CREATE TABLE story_term(story INTEGER, kind INTEGER, place INTEGER, slug TEXT,"
    " PRIMARY KEY(story, kind, place)) WITHOUT ROWID;"
    "CREATE TABLE term(id INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER, slug TEXT, names TEXT, "
    "central "
    "INTEGER,"
    " ord BLOB, until TEXT, into_slug TEXT, UNIQUE(kind, slug));"
    "CREATE INDEX term_order ON term(kind, central DESC, ord, slug);"
    "CREATE TABLE listing(city INTEGER, theme INTEGER, newest BLOB, story INTEGER, bucket INTEGER,"
    " words TEXT, PRIMARY KEY(city, theme, newest)) WITHOUT ROWID;" LISTING_INDEXES
    "CREATE TABLE tally(city INTEGER, theme INTEGER, bucket INTEGER, count INTEGER,"
    " PRIMARY KEY(city, theme, bucket)) WITHOUT ROWID;"
    "CREATE TABLE alias(slug TEXT, owner TEXT, story INTEGER, path TEXT, line INTEGER,"
    " PRIMARY KEY(slug, owner)) WITHOUT ROWID;"
    "CREATE INDEX alias_story ON alias(story);"
    "CREATE TABLE moved(slug TEXT PRIMARY KEY, target TEXT, place INTEGER) WITHOUT ROWID;"
    "CREATE INDEX moved_target ON moved(target, place);"
    "CREATE TABLE unnoted(slug TEXT PRIMARY KEY, target TEXT) WITHOUT ROWID;"
    "CREATE TABLE page(name TEXT PRIMARY KEY, title TEXT, lang TEXT, body TEXT) WITHOUT ROWID;"
    "CREATE VIRTUAL TABLE search USING fts5(title, summary, author, body, filed, content='',"
    " columnsize=0, tokenize='words');"
    "INSERT INTO search(search, rank) VALUES('hashsize', 16777216);"
    "CREATE TABLE search_row(id INTEGER PRIMARY KEY, story INTEGER, newest BLOB, filed TEXT,"
    " sum INTEGER);"
    "CREATE INDEX search_row_story ON search_row(story);";

/* Put one by one, in no order, the rows of listing would each go to another page, of a table much
 * larger than memory. Words are merged once, when all are there, not each four times on the way;
 * the pages that this leaves are listing's. */
const char store_gather[] = "DROP INDEX listing_period; DROP INDEX listing_story;"
                            "CREATE TEMP TABLE listing AS SELECT * FROM main.listing;"
                            "INSERT INTO search(search, rank) VALUES('automerge', 0);"
                            "INSERT INTO search(search, rank) VALUES('crisismerge', 1999);";
const char store_settle[] =
    "INSERT INTO search(search) VALUES('optimize');"
    "INSERT INTO search(search, rank) VALUES('automerge', 4);"
    "INSERT INTO search(search, rank) VALUES('crisismerge', 16);"
    "INSERT INTO main.listing SELECT * FROM temp.listing ORDER BY city, theme, newest;"
    "DROP TABLE temp.listing;" LISTING_INDEXES "INSERT INTO tally SELECT city, theme, bucket, "
    "count(*) FROM listing GROUP BY city, theme, bucket;"
    "INSERT INTO tally SELECT city, theme, -1, sum(count) FROM tally GROUP BY city, theme;"
    "INSERT INTO tally SELECT city, theme, bucket / 100 * -100, sum(count) FROM tally"
    " WHERE bucket > 0 GROUP BY city, theme, bucket / 100;";

#define DATE "precision, year, month, day, instant"
#define ENTRY                                                                                   \
    "SELECT s.slug, s.title, s.lang, CASE WHEN length(l.words) > 0 THEN l.words ELSE s.summary" \
    " END, s.precision, s.year, s.month, s.day, s.instant, s.added,"                            \
    " s.author, s.written FROM listing l JOIN story s"                                          \
    " ON s.id = l.story WHERE l.city = ?1 AND l.theme = ?2 "
#define NEAR "SELECT story, newest FROM listing WHERE city = ?1 AND theme = ?2 "
#define FILE_ROW                                                                           \
    "SELECT name, device, inode, size, changed, slug, hash, line, what, written FROM file" \
    " WHERE folder = ?1"
#define CLASHES                                                                               \
    "SELECT a.slug, a.path, a.line, o.slug IS NOT NULL,"                                      \
    " (SELECT b.owner FROM alias b JOIN story t ON t.id = b.story WHERE b.slug = a.slug"      \
    "  AND b.owner < a.owner AND t.served = 1 ORDER BY b.owner LIMIT 1) AS first"             \
    " FROM alias a CROSS JOIN story s ON s.id = a.story LEFT JOIN story o ON o.slug = a.slug" \
    " AND o.id <> a.story AND (o.served = 1 OR o.state = 2)"                                  \
    " WHERE s.served = 1 AND (o.slug IS NOT NULL OR first IS NOT NULL)"

const char *const store_sql[SQL_COUNT_OF_THEM] = {
    [SQL_META_GET] = "SELECT value FROM meta WHERE key = ?1",
    [SQL_META_SET] = "INSERT OR REPLACE INTO meta VALUES(?1, ?2)",
    [SQL_FIND_STORY] = "SELECT id, slug, title, summary, author, lang, source, body, related, "
                       "added, served, state, " DATE " FROM story WHERE slug = ?1",
    [SQL_FIND_ALIAS] = "SELECT s.slug FROM alias a JOIN story s ON s.id = a.story WHERE a.slug = ?1"
                       " AND (s.served = 1 OR s.state = 2) ORDER BY s.served DESC, a.owner LIMIT 1",
    [SQL_FIND_MOVED] = "SELECT target FROM moved WHERE slug = ?1",
    [SQL_FIRST_SLUG] = "SELECT m.slug FROM moved m WHERE m.target = ?1 AND NOT EXISTS"
                       " (SELECT 1 FROM story s WHERE s.slug = m.slug) ORDER BY m.place LIMIT 1",
    [SQL_FIND_PAGE] = "SELECT title, lang, body FROM page WHERE name = ?1",
    [SQL_PAGES] = "SELECT name, title FROM page ORDER BY name LIMIT ?1",
    [SQL_STORY_TERMS] =
        "SELECT t.slug, t.names, t.central, t.until, t.into_slug, t.id FROM story_term x"
        " JOIN term t ON t.kind = x.kind AND t.slug = x.slug WHERE x.story = ?1 AND x.kind = ?2"
        " ORDER BY t.central DESC, CASE x.kind WHEN 0 THEN t.ord END, x.place",
    [SQL_FIND_TERM] = "SELECT slug, names, central, until, into_slug, id FROM term"
                      " WHERE kind = ?1 AND slug = ?2",
    [SQL_TERMS] = "SELECT t.slug, t.names, t.central, t.until, t.into_slug, t.id, i.names, y.count"
                  " FROM term t LEFT JOIN term i ON i.kind = t.kind AND i.slug = t.into_slug"
                  " LEFT JOIN tally y ON y.city = iif(t.kind = 0, t.id, ?2)"
                  " AND y.theme = iif(t.kind = 0, ?2, t.id) AND y.bucket = -1"
                  " WHERE t.kind = ?1 ORDER BY t.central DESC, t.ord, t.slug",
    [SQL_COUNT] = "SELECT count FROM tally WHERE city = ?1 AND theme = ?2 AND bucket = ?3",
    [SQL_YEARS] = "SELECT bucket, count FROM tally WHERE city = ?1 AND theme = ?2 AND bucket <= 0"
                  " AND bucket <> -1 ORDER BY bucket",
    [SQL_MONTHS] = "SELECT bucket, count FROM tally WHERE city = ?1 AND theme = ?2"
                   " AND bucket BETWEEN ?3 * 100 + 1 AND ?3 * 100 + 12 ORDER BY bucket DESC",
    [SQL_LIST] = ENTRY "ORDER BY l.newest LIMIT ?3",
    [SQL_LIST_PERIOD] = ENTRY "AND l.bucket = ?4 AND l.newest >= ?5 ORDER BY l.newest LIMIT ?3",
    [SQL_FROM_NEWEST] = "SELECT newest FROM listing WHERE city = ?1 AND theme = ?2 AND bucket = ?3"
                        " ORDER BY newest LIMIT 1 OFFSET ?4",
    [SQL_FROM_OLDEST] = "SELECT newest FROM listing WHERE city = ?1 AND theme = ?2 AND bucket = ?3"
                        " ORDER BY newest DESC LIMIT 1 OFFSET ?4",
    [SQL_NEWEST_OF] = "SELECT newest FROM listing WHERE story = ?1 LIMIT 1",
    [SQL_NEAR_OLDER] = NEAR "AND newest > ?3 ORDER BY newest LIMIT ?4",
    [SQL_NEAR_NEWER] = NEAR "AND newest < ?3 ORDER BY newest DESC LIMIT ?4",
    [SQL_ENTRY] = "SELECT slug, title, lang, summary, " DATE ", added, author, written FROM story"
                  " WHERE slug = ?1 AND served = 1",
    [SQL_FILE_GET] = FILE_ROW " AND name = ?2",
    [SQL_FILES_OF] = FILE_ROW " ORDER BY name",
    [SQL_FILE_PUT] = "INSERT OR REPLACE INTO file"
                     " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    [SQL_FILE_DROP] = "DELETE FROM file WHERE folder = ?1 AND name = ?2",
    [SQL_FILES] = "SELECT folder || '/' || name FROM file",
    [SQL_FOLDER_NEXT] = "SELECT folder FROM file WHERE folder > ?1 ORDER BY folder LIMIT 1",
    [SQL_FILE_OF_SLUG] = "SELECT folder || '/' || name FROM file WHERE slug = ?1",
    [SQL_STORY_PUT] =
        "INSERT INTO story(slug, title, summary, author, lang, source, body, precision, year,"
        " month, day, instant, added, state, served, related, written)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,"
        " ?17)",
    [SQL_STORY_DROP] = "DELETE FROM story WHERE id = ?1",
    [SQL_STORY_SERVED] = "UPDATE story SET served = ?2 WHERE id = ?1",
    [SQL_STORY_OF_SLUG] = "SELECT id, served, state FROM story WHERE slug = ?1",
    [SQL_STORY_TERM_PUT] = "INSERT OR IGNORE INTO story_term VALUES(?1, ?2, ?3, ?4)",
    [SQL_STORY_TERM_DROP] = "DELETE FROM story_term WHERE story = ?1",
    [SQL_TERM_PUT] = "INSERT INTO term(kind, slug, names, central, ord, until, into_slug)"
                     " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(kind, slug) DO UPDATE SET"
                     " names = ?3, central = ?4, ord = ?5, until = ?6, into_slug = ?7",
    [SQL_TERM_ID] = "SELECT id FROM term WHERE kind = ?1 AND slug = ?2",
    [SQL_TERM_DROP] = "DELETE FROM term WHERE id = ?1",
    [SQL_LISTING_PUT] = "INSERT OR REPLACE INTO listing VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [SQL_LISTING_OF_STORY] = "SELECT city, theme, bucket FROM listing WHERE story = ?1",
    [SQL_LISTING_DROP] = "DELETE FROM listing WHERE story = ?1",
    [SQL_TALLY_ADD] = "INSERT INTO tally VALUES(?1, ?2, ?3, ?4)"
                      " ON CONFLICT DO UPDATE SET count = count + excluded.count",
    [SQL_TALLY_SWEEP] = "DELETE FROM tally WHERE city = ?1 AND theme = ?2 AND bucket = ?3"
                        " AND count = 0",
    [SQL_ALIAS_PUT] = "INSERT OR REPLACE INTO alias VALUES(?1, ?2, ?3, ?4, ?5)",
    [SQL_ALIAS_DROP] = "DELETE FROM alias WHERE story = ?1",
    [SQL_ALIAS_OF] = "SELECT slug FROM alias WHERE story = ?1 LIMIT 1",
    [SQL_ALIAS_CLASHES] = CLASHES,
    [SQL_ALIAS_CLASHES_OF] = CLASHES " AND a.slug = ?1",
    [SQL_ALIAS_CLASHES_WITH] = CLASHES " AND a.slug IN (SELECT x.slug FROM story y CROSS JOIN alias"
                                       " x ON x.story = y.id WHERE y.slug = ?1)",
    [SQL_MOVED] = "SELECT slug FROM moved",
    [SQL_MOVED_PUT] = "INSERT INTO moved VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE"
                      " SET target = excluded.target, place = excluded.place"
                      " WHERE target <> excluded.target OR place <> excluded.place",
    [SQL_MOVED_DROP] = "DELETE FROM moved WHERE slug = ?1",
    [SQL_UNNOTED] = "SELECT slug, target FROM unnoted",
    [SQL_UNNOTED_PUT] = "INSERT OR REPLACE INTO unnoted VALUES(?1, ?2)",
    [SQL_UNNOTED_CLEAR] = "DELETE FROM unnoted",
    [SQL_PAGE_PUT] = "INSERT INTO page VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE"
                     " SET title = excluded.title, lang = excluded.lang, body = excluded.body"
                     " WHERE title <> excluded.title OR lang <> excluded.lang"
                     " OR body <> excluded.body",
    [SQL_PAGE_DROP] = "DELETE FROM page WHERE name = ?1",
    [SQL_SLUGS] = "SELECT slug, written FROM story WHERE id BETWEEN ?1 AND ?2 AND +served = 1"
                  " ORDER BY id",
    [SQL_SLUG_LAST] = "SELECT max(id) FROM story",
    [SQL_DUE] = "SELECT id, slug FROM story WHERE served = 0 AND state = 0 AND instant <= ?1",
    [SQL_NEXT_DUE] = "SELECT min(instant) FROM story WHERE served = 0 AND state = 0"
                     " AND instant > ?1",
    [SQL_SEARCH] = "SELECT rowid FROM search WHERE search MATCH ?1 AND rowid BETWEEN ?2 AND ?3"
                   " ORDER BY rowid",
    [SQL_SEARCH_WEIGHED] = "SELECT rowid, weight(search, ?4) FROM search WHERE search MATCH ?1"
                           " AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid",
    [SQL_SEARCH_NEWEST] = "SELECT newest FROM search_row WHERE id = ?1",
    [SQL_SEARCH_ENTRY] = "SELECT s.slug, s.title, s.lang, s.summary, s.precision, s.year, s.month,"
                         " s.day, s.instant, s.added, s.author, s.written, s.body"
                         " FROM search_row r JOIN story s ON s.id = r.story WHERE r.id = ?1",
    [SQL_SEARCH_ROW] = "SELECT id, filed, sum FROM search_row WHERE story = ?1",
    [SQL_SEARCH_TAKEN] = "SELECT 1 FROM search_row WHERE id = ?1",
    [SQL_SEARCH_ROW_PUT] = "INSERT INTO search_row VALUES(?1, ?2, ?3, ?4, ?5)",
    [SQL_SEARCH_ROW_DROP] = "DELETE FROM search_row WHERE id = ?1",
    [SQL_SEARCH_TEXT] = "SELECT title, summary, author, body FROM story WHERE id = ?1",
    [SQL_SEARCH_ADD] = "INSERT INTO search(rowid, title, summary, author, body, filed)"
                       " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [SQL_SEARCH_REMOVE] = "INSERT INTO search(search, rowid, title, summary, author, body, filed)"
                          " VALUES('delete', ?1, ?2, ?3, ?4, ?5, ?6)",
    [SQL_SEARCH_LEVELS] = "SELECT block FROM search_data WHERE id = 10",
    [SQL_SEARCH_LEVELS_PUT] = "UPDATE search_data SET block = ?1 WHERE id = 10",
};

enum status
store_status(int code)
{
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_DONE:
    case SQLITE_ROW:
        return STATUS_OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:
        return STATUS_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return STATUS_BAD;
    default:
        return STATUS_FAILED;
    }
}

enum status
store_judge(struct archive *archive, int code)
{
    enum status status = store_status(code);
    archive->damaged = archive->damaged || status == STATUS_BAD;
    return status;
}

/* Our statements are fine: one that can't be prepared stands before a schema that is not ours. */
static enum status
judge_unprepared(struct archive *archive)
{
    int code = sqlite3_errcode(archive->db);
    enum status status = store_judge(archive, code == SQLITE_ERROR ? SQLITE_CORRUPT : code);
    return status == STATUS_OK ? STATUS_FAILED : status;
}

sqlite3_stmt *
store_get(struct archive *archive, enum sql sql)
{
    sqlite3_stmt **statement = &archive->statements[sql];
    if (*statement == NULL &&
        sqlite3_prepare_v3(archive->db, store_sql[sql], -1, SQLITE_PREPARE_PERSISTENT, statement,
                           NULL) != SQLITE_OK)
        return NULL;
    return *statement;
}

void
store_done(sqlite3_stmt *statement)
{
    if (statement == NULL)
        return;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

enum status
store_step(struct archive *archive, sqlite3_stmt *statement)
{
    if (statement == NULL)
        return judge_unprepared(archive);
    int code = sqlite3_step(statement);
    return code == SQLITE_ROW    ? STATUS_OK
           : code == SQLITE_DONE ? STATUS_ABSENT
                                 : store_judge(archive, code);
}

enum status
store_run(struct archive *archive, sqlite3_stmt *statement)
{
    enum status status = store_step(archive, statement);
    store_done(statement);
    return status == STATUS_ABSENT ? STATUS_OK : status;
}

void
store_bind_text(sqlite3_stmt *statement, int at, struct span text)
{
    sqlite3_bind_text(statement, at, text.at != NULL ? text.at : "", (int)text.len,
                      SQLITE_TRANSIENT);
}

enum status
store_run_each(struct archive *archive, enum sql sql, struct spans texts)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < texts.count; i++) {
        sqlite3_stmt *statement = store_get(archive, sql);
        store_bind_text(statement, 1, texts.at[i]);
        status = store_run(archive, statement);
    }
    return status;
}

struct span
store_text(sqlite3_stmt *statement, int column, struct region *region)
{
    const unsigned char *text = sqlite3_column_text(statement, column);
    size_t len = (size_t)sqlite3_column_bytes(statement, column);
    return region_copy(region, (struct span){ (const char *)text, text != NULL ? len : 0 });
}

struct span
store_blob(sqlite3_stmt *statement, int column, struct region *region)
{
    const void *bytes = sqlite3_column_blob(statement, column);
    size_t len = (size_t)sqlite3_column_bytes(statement, column);
    return region_copy(region, (struct span){ bytes, bytes != NULL ? len : 0 });
}

struct date
store_date(sqlite3_stmt *statement, int column)
{
    return (struct date){ (enum precision)sqlite3_column_int(statement, column),
                          sqlite3_column_int(statement, column + 1),
                          sqlite3_column_int(statement, column + 2),
                          sqlite3_column_int(statement, column + 3),
                          sqlite3_column_int64(statement, column + 4) };
}

struct entry
store_entry(sqlite3_stmt *row, struct region *region)
{
    return (struct entry){ .slug = store_text(row, 0, region),
                           .title = store_text(row, 1, region),
                           .lang = store_text(row, 2, region),
                           .words = store_text(row, 3, region),
                           .date = store_date(row, 4),
                           .added = sqlite3_column_int64(row, 9),
                           .author = store_text(row, 10, region),
                           .written = sqlite3_column_int64(row, 11) };
}

int64_t
store_term(struct archive *archive, int kind, struct span slug)
{
    sqlite3_stmt *find = store_get(archive, SQL_TERM_ID);
    sqlite3_bind_int(find, 1, kind);
    store_bind_text(find, 2, slug);
    int64_t id = store_step(archive, find) == STATUS_OK ? sqlite3_column_int64(find, 0) : 0;
    store_done(find);
    return id;
}

enum status
store_count(struct archive *archive, int64_t city, int64_t theme, int bucket, uint64_t *out)
{
    sqlite3_stmt *count = store_get(archive, SQL_COUNT);
    sqlite3_bind_int64(count, 1, city);
    sqlite3_bind_int64(count, 2, theme);
    sqlite3_bind_int(count, 3, bucket);
    enum status status = store_step(archive, count);
    if (status == STATUS_OK || status == STATUS_ABSENT)
        *out = status == STATUS_OK ? (uint64_t)sqlite3_column_int64(count, 0) : 0;
    store_done(count);
    return status == STATUS_ABSENT ? STATUS_OK : status;
}

enum status
store_meta(struct archive *archive, const char *key, int64_t *out)
{
    sqlite3_stmt *get = store_get(archive, SQL_META_GET);
    store_bind_text(get, 1, span_of(key));
    enum status status = store_step(archive, get);
    if (status == STATUS_OK)
        *out = sqlite3_column_int64(get, 0);
    store_done(get);
    return status;
}

enum status
store_set_meta(struct archive *archive, const char *key, int64_t value)
{
    sqlite3_stmt *set = store_get(archive, SQL_META_SET);
    store_bind_text(set, 1, span_of(key));
    sqlite3_bind_int64(set, 2, value);
    return store_run(archive, set);
}

int
store_bucket(const struct date *date)
{
    if (date->precision == DATE_NONE)
        return 0;
    return date->year * 100 + (date->precision == DATE_YEAR ? 0 : date->month);
}

/* Days since 0000-03-01, so that a year's odd day is its last. */
static int64_t
day_number(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year, m = (month + 9) % 12;
    return y * 365 + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 + day - 1;
}

int64_t
store_day_row(int year, int month, int day)
{
    return (day_number(DATE_YEAR_MAX + 2, 1, 1) - day_number(year, month, day)) << STORE_DAY_BITS;
}
