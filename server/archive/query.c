/* SPDX-License-Identifier: ISC */
#include "archive/query.h"

#include "archive/store.h"

#include <stdlib.h>
#include <string.h>

/* The name in `lang` out of "vi\tHà Nội\nen\tHanoi\n", else the first. */
static struct span
name_in(struct span names, struct span lang)
{
    struct span first = { NULL, 0 };
    for (struct span rest = names; rest.at != NULL && rest.len > 0;) {
        struct span name = span_line(&rest), tag = span_cut(&name, '\t');
        if (first.at == NULL)
            first = name;
        if (span_equal(tag, lang))
            return name;
    }
    return first;
}

static struct term_row
read_term(sqlite3_stmt *row, struct span lang, struct region *region)
{
    struct term_row term = { .slug = store_text(row, 0, region),
                             .name = name_in(store_text(row, 1, region), lang),
                             .central = sqlite3_column_int(row, 2) != 0,
                             .into = store_text(row, 4, region) };
    struct span until = store_text(row, 3, region);
    if (until.len > 0 && !date_parse(until, &term.until))
        term.until = (struct date){ DATE_NONE, 1, 1, 1, 0 };
    return term;
}

/* 0 for "any"; -1: no such term. */
static int64_t
term_id(struct archive *archive, enum taxonomy_kind kind, struct span slug)
{
    int64_t id = slug.len > 0 ? store_term(archive, (int)kind, slug) : 0;
    return slug.len > 0 && id == 0 ? -1 : id;
}

static void
bind_scope(struct archive *archive, sqlite3_stmt *statement, struct scope scope)
{
    sqlite3_bind_int64(statement, 1, term_id(archive, CITY, scope.city));
    sqlite3_bind_int64(statement, 2, term_id(archive, THEME, scope.theme));
}

static enum status
add_into_name(struct archive *archive, struct span lang, struct region *region,
              struct term_row *term)
{
    if (term->into.len == 0)
        return STATUS_OK;
    sqlite3_stmt *find = store_get(archive, SQL_FIND_TERM);
    sqlite3_bind_int(find, 1, CITY);
    store_bind_text(find, 2, term->into);
    enum status status = store_step(archive, find);
    if (status == STATUS_OK)
        term->into_name = read_term(find, lang, region).name;
    store_done(find);
    return status == STATUS_ABSENT ? STATUS_OK : status;
}

enum status
archive_find_term(struct archive *archive, enum taxonomy_kind kind, struct span slug,
                  struct span lang, struct region *region, struct term_row *out)
{
    struct term_row term;
    int64_t id = 0;
    sqlite3_stmt *find = store_get(archive, SQL_FIND_TERM);
    sqlite3_bind_int(find, 1, (int)kind);
    store_bind_text(find, 2, slug);
    enum status status = store_step(archive, find);
    if (status == STATUS_OK) {
        term = read_term(find, lang, region);
        id = sqlite3_column_int64(find, 5);
    }
    store_done(find);
    if (status == STATUS_OK)
        status = store_count(archive, kind == CITY ? id : 0, kind == THEME ? id : 0, BUCKET_ALL,
                             &term.count);
    if (status == STATUS_OK)
        status = add_into_name(archive, lang, region, &term);
    if (status == STATUS_OK)
        *out = term;
    return status;
}

static void
add_term(struct term_rows *terms, size_t *room, struct region *region, struct term_row term)
{
    struct term_row *at = (struct term_row *)(uintptr_t)terms->at; /* ours */
    if (terms->count == *room) {
        *room = *room == 0 ? 64 : 2 * *room;
        at = region_array(region, *room, sizeof *at);
        if (terms->count > 0)
            memcpy(at, terms->at, terms->count * sizeof *at);
        terms->at = at;
    }
    at[terms->count++] = term;
}

enum status
archive_terms(struct archive *archive, enum taxonomy_kind kind, struct scope scope,
              struct span lang, bool empty, struct region *region, struct term_rows *out)
{
    enum { INTO_NAMES = 6, COUNT = 7 };
    struct term_rows terms = { NULL, 0 };
    size_t room = 0;
    enum status status;
    sqlite3_stmt *all = store_get(archive, SQL_TERMS);
    sqlite3_bind_int(all, 1, (int)kind);
    sqlite3_bind_int64(all, 2,
                       kind == CITY ? term_id(archive, THEME, scope.theme)
                                    : term_id(archive, CITY, scope.city));
    while ((status = store_step(archive, all)) == STATUS_OK) {
        uint64_t count = (uint64_t)sqlite3_column_int64(all, COUNT);
        if (count == 0 && !empty)
            continue;
        struct term_row term = read_term(all, lang, region);
        term.count = count;
        term.into_name = name_in(store_text(all, INTO_NAMES, region), lang);
        add_term(&terms, &room, region, term);
    }
    store_done(all);
    if (status == STATUS_ABSENT)
        *out = terms;
    return status == STATUS_ABSENT ? STATUS_OK : status;
}

static enum status
story_terms(struct archive *archive, int64_t story, enum taxonomy_kind kind, struct span lang,
            struct region *region, struct term_rows *out)
{
    struct term_rows terms = { NULL, 0 };
    size_t room = 0;
    enum status status;
    sqlite3_stmt *find = store_get(archive, SQL_STORY_TERMS);
    sqlite3_bind_int64(find, 1, story);
    sqlite3_bind_int(find, 2, (int)kind);
    while ((status = store_step(archive, find)) == STATUS_OK)
        add_term(&terms, &room, region, read_term(find, lang, region));
    store_done(find);
    *out = terms;
    return status == STATUS_ABSENT ? STATUS_OK : status;
}

static struct spans
split_slugs(struct span text, struct region *region)
{
    struct span_list list = { { NULL, 0 }, 0 };
    for (struct span rest = text; rest.at != NULL && rest.len > 0;)
        span_list_add(&list, region, span_cut(&rest, ' '));
    return list.spans;
}

static struct record
read_record(sqlite3_stmt *row, struct region *region)
{
    return (struct record){ .id = sqlite3_column_int64(row, 0),
                            .slug = store_text(row, 1, region),
                            .title = store_text(row, 2, region),
                            .summary = store_text(row, 3, region),
                            .author = store_text(row, 4, region),
                            .lang = store_text(row, 5, region),
                            .source = store_text(row, 6, region),
                            .body = store_text(row, 7, region),
                            .related = split_slugs(store_text(row, 8, region), region),
                            .added = sqlite3_column_int64(row, 9),
                            .date = store_date(row, 12) };
}

/* STATUS_OK: one text in *out. */
static enum status
find_text(struct archive *archive, enum sql sql, struct span slug, struct region *region,
          struct span *out)
{
    sqlite3_stmt *find = store_get(archive, sql);
    store_bind_text(find, 1, slug);
    enum status status = store_step(archive, find);
    if (status == STATUS_OK)
        *out = store_text(find, 0, region);
    store_done(find);
    return status;
}

/* Where an old address went: an alias of a story, or a row of moved.yaml (chains are flat there).
 */
static enum status
find_elsewhere(struct archive *archive, struct span slug, struct region *region,
               struct finding *out)
{
    struct span target;
    enum status status = find_text(archive, SQL_FIND_ALIAS, slug, region, &target);
    if (status == STATUS_ABSENT)
        status = find_text(archive, SQL_FIND_MOVED, slug, region, &target);
    if (status != STATUS_OK)
        return status;
    *out = (struct finding){ .found = target.len > 0 ? FOUND_MOVED : FOUND_GONE,
                             .moved_to = target };
    return STATUS_OK;
}

enum status
archive_find_story(struct archive *archive, struct span slug, struct span lang,
                   struct region *region, struct finding *out)
{
    enum { PUBLISHED, DRAFT, WITHDRAWN };
    struct finding finding = { .found = FOUND_STORY };
    sqlite3_stmt *find = store_get(archive, SQL_FIND_STORY);
    store_bind_text(find, 1, slug);
    enum status status = store_step(archive, find);
    bool served = false, withdrawn = false;
    if (status == STATUS_OK) {
        finding.record = read_record(find, region);
        served = sqlite3_column_int(find, 10) != 0;
        withdrawn = sqlite3_column_int(find, 11) == WITHDRAWN;
    }
    store_done(find);
    if (status == STATUS_ABSENT)
        return find_elsewhere(archive, slug, region, out);
    if (status == STATUS_OK && withdrawn)
        finding.found = FOUND_GONE;
    else if (status == STATUS_OK && !served)
        return find_elsewhere(archive, slug, region, out);
    struct record *record = &finding.record;
    if (status == STATUS_OK)
        status = story_terms(archive, record->id, CITY, lang, region, &record->cities);
    if (status == STATUS_OK)
        status = story_terms(archive, record->id, THEME, lang, region, &record->themes);
    if (status == STATUS_OK)
        *out = finding;
    return status;
}

enum status
archive_first_slug(struct archive *archive, struct span slug, struct region *region,
                   struct span *out)
{
    enum status status = find_text(archive, SQL_FIRST_SLUG, slug, region, out);
    if (status == STATUS_ABSENT)
        *out = slug;
    return status == STATUS_ABSENT ? STATUS_OK : status;
}

enum status
archive_find_page(struct archive *archive, struct span name, struct region *region,
                  struct record *out)
{
    sqlite3_stmt *find = store_get(archive, SQL_FIND_PAGE);
    store_bind_text(find, 1, name);
    enum status status = store_step(archive, find);
    if (status == STATUS_OK)
        *out = (struct record){ .slug = region_copy(region, name),
                                .title = store_text(find, 0, region),
                                .lang = store_text(find, 1, region),
                                .body = store_text(find, 2, region) };
    store_done(find);
    return status;
}

enum status
archive_pages(struct archive *archive, size_t most, struct region *region, struct page_rows *out)
{
    sqlite3_stmt *list = store_get(archive, SQL_PAGES);
    struct page_row *rows = region_array(region, most, sizeof *rows);
    size_t count = 0;
    enum status status;
    sqlite3_bind_int64(list, 1, (sqlite3_int64)most);
    while ((status = store_step(archive, list)) == STATUS_OK)
        rows[count++] = (struct page_row){ store_text(list, 0, region),
                                           store_text(list, 1, region) };
    store_done(list);
    if (status != STATUS_ABSENT)
        return status;
    *out = (struct page_rows){ rows, count };
    return STATUS_OK;
}

static int
bucket_of(struct period period)
{
    switch (period.kind) {
    case PERIOD_YEAR_ONLY:
        return period.year * 100;
    case PERIOD_MONTH:
        return period.year * 100 + period.month;
    case PERIOD_UNDATED:
        break;
    case PERIOD_ALL:
        return BUCKET_ALL;
    }
    return 0;
}

enum status
archive_count(struct archive *archive, struct scope scope, struct period period, uint64_t *out)
{
    return store_count(archive, term_id(archive, CITY, scope.city),
                       term_id(archive, THEME, scope.theme), bucket_of(period), out);
}

/* The rows of a statement that tells of buckets. */
static enum status
read_periods(struct archive *archive, sqlite3_stmt *periods, struct region *region,
             struct period_rows *out)
{
    enum { PERIODS_MAX = 20000 };
    struct period_row *rows = NULL;
    size_t count = 0, room = 0;
    enum status status;
    while ((status = store_step(archive, periods)) == STATUS_OK && count < PERIODS_MAX) {
        if (count == room) {
            room = room == 0 ? 64 : 2 * room;
            struct period_row *grown = region_array(region, room, sizeof *grown);
            for (size_t i = 0; i < count; i++)
                grown[i] = rows[i];
            rows = grown;
        }
        int bucket = abs(sqlite3_column_int(periods, 0));
        rows[count++] = (struct period_row){ bucket / 100, bucket % 100,
                                             (uint64_t)sqlite3_column_int64(periods, 1) };
    }
    store_done(periods);
    if (status == STATUS_OK || status == STATUS_ABSENT)
        *out = (struct period_rows){ rows, count };
    return status == STATUS_ABSENT ? STATUS_OK : status;
}

enum status
archive_years(struct archive *archive, struct scope scope, struct region *region,
              struct period_rows *out)
{
    sqlite3_stmt *years = store_get(archive, SQL_YEARS);
    bind_scope(archive, years, scope);
    return read_periods(archive, years, region, out);
}

enum status
archive_months(struct archive *archive, struct scope scope, int year, struct region *region,
               struct period_rows *out)
{
    sqlite3_stmt *months = store_get(archive, SQL_MONTHS);
    bind_scope(archive, months, scope);
    sqlite3_bind_int(months, 3, year);
    return read_periods(archive, months, region, out);
}

static enum status
read_entries(struct archive *archive, sqlite3_stmt *list, size_t most, struct region *region,
             struct entries *out)
{
    struct entry *entries = region_array(region, most, sizeof *entries);
    size_t count = 0;
    enum status status = STATUS_OK;
    sqlite3_bind_int64(list, 3, (int64_t)most);
    while (status == STATUS_OK && count < most)
        if ((status = store_step(archive, list)) == STATUS_OK)
            entries[count++] = store_entry(list, region);
    store_done(list);
    if (status == STATUS_OK || status == STATUS_ABSENT)
        *out = (struct entries){ entries, count };
    return status == STATUS_ABSENT ? STATUS_OK : status;
}

enum status
archive_newest(struct archive *archive, struct scope scope, size_t most, struct region *region,
               struct entries *out)
{
    sqlite3_stmt *list = store_get(archive, SQL_LIST);
    bind_scope(archive, list, scope);
    return read_entries(archive, list, most, region, out);
}

/* The key of a bucket's `skip`-th entry, walked to from its nearer end, in the index alone. */
static enum status
find_from(struct archive *archive, const int64_t ids[2], int bucket, uint64_t skip,
          struct region *region, struct span *out)
{
    uint64_t count = 0;
    enum status status = store_count(archive, ids[CITY], ids[THEME], bucket, &count);
    if (status != STATUS_OK || skip >= count)
        return status == STATUS_OK ? STATUS_ABSENT : status;
    bool newer = skip <= count / 2;
    sqlite3_stmt *find = store_get(archive, newer ? SQL_FROM_NEWEST : SQL_FROM_OLDEST);
    sqlite3_bind_int64(find, 1, ids[CITY]);
    sqlite3_bind_int64(find, 2, ids[THEME]);
    sqlite3_bind_int(find, 3, bucket);
    sqlite3_bind_int64(find, 4, (int64_t)(newer ? skip : count - 1 - skip));
    status = store_step(archive, find);
    if (status == STATUS_OK)
        *out = store_blob(find, 0, region);
    store_done(find);
    return status;
}

enum status
archive_list(struct archive *archive, struct scope scope, struct period period, uint64_t skip,
             size_t most, struct region *region, struct entries *out)
{
    const int64_t ids[] = { term_id(archive, CITY, scope.city),
                            term_id(archive, THEME, scope.theme) };
    struct span from = { NULL, 0 };
    enum status status = find_from(archive, ids, bucket_of(period), skip, region, &from);
    if (status == STATUS_ABSENT)
        *out = (struct entries){ NULL, 0 };
    if (status != STATUS_OK)
        return status == STATUS_ABSENT ? STATUS_OK : status;
    sqlite3_stmt *list = store_get(archive, SQL_LIST_PERIOD);
    sqlite3_bind_int64(list, 1, ids[CITY]);
    sqlite3_bind_int64(list, 2, ids[THEME]);
    sqlite3_bind_int(list, 4, bucket_of(period));
    sqlite3_bind_blob(list, 5, from.at, (int)from.len, SQLITE_STATIC);
    return read_entries(archive, list, most, region, out);
}
