/* SPDX-License-Identifier: ISC */
#include "archive/search.h"

#include "archive/excerpt.h"
#include "archive/store.h"
#include "archive/tokenizer.h"
#include "base/buffer.h"

#include <stdlib.h>

enum {
    DAY_MAX = 4096,      /* stories of one day that are put in order */
    EXCERPT_BYTES = 240, /* of a story's text */
};

/* Stories found, in the index's order. */
struct hits {
    int64_t *rows;
    size_t count;
    bool more, late;
};

struct search {
    struct archive *archive;
    const struct wanted *wanted;
    struct region *region;
    struct span match;   /* in FTS5's words */
    int64_t first, last; /* rows of the days wanted */
};

static void
add_parts(const struct wanted *wanted, bool unwanted, const char *between, struct buffer *out)
{
    bool any = false;
    for (size_t i = 0; i < wanted->count; i++)
        if (wanted->at[i].unwanted == unwanted) {
            buffer_printf(out, "%s\"%.*s\"", any ? between : "", SPAN_ARG(wanted->at[i].plain));
            any = true;
        }
    if (!any && !unwanted)
        buffer_add_text(out, "\"" TOKENIZER_RAW "all\"");
}

/* No word holds a quotation mark, so nothing typed can be FTS5's syntax. */
static struct span
print_match(const struct wanted *wanted, struct region *region)
{
    struct buffer match = BUFFER_EMPTY, unwanted = BUFFER_EMPTY;
    bool dated = wanted->from.precision != DATE_NONE || wanted->to.precision != DATE_NONE;
    add_parts(wanted, true, " OR ", &unwanted);
    if (dated)
        buffer_printf(&unwanted, "%s\"" TOKENIZER_RAW "undated\"", unwanted.len > 0 ? " OR " : "");
    buffer_add_char(&match, '(');
    add_parts(wanted, false, " AND ", &match);
    buffer_add_char(&match, ')');
    if (unwanted.len > 0)
        buffer_printf(&match, " NOT (%s)", buffer_text(&unwanted));
    struct span copy = region_copy(region, buffer_span(&match));
    buffer_fini(&unwanted);
    buffer_fini(&match);
    return copy;
}

/* The first row of the days behind what `date` may mean. */
static int64_t
row_behind(const struct date *date)
{
    const int64_t day = (int64_t)1 << STORE_DAY_BITS;
    switch (date->precision) {
    case DATE_YEAR:
        return store_day_row(date->year + 1, 1, 1) + day;
    case DATE_MONTH:
        return store_day_row(date->year + date->month / 12, date->month % 12 + 1, 1) + day;
    case DATE_NONE:
        return INT64_MIN;
    case DATE_DAY:
    case DATE_SECOND:
        break;
    }
    return store_day_row(date->year, date->month, date->day);
}

/* The newest day's rows come first. */
static void
set_days(struct search *search)
{
    const struct date *from = &search->wanted->from;
    const int64_t day = (int64_t)1 << STORE_DAY_BITS;
    search->first = row_behind(&search->wanted->to);
    search->last = from->precision == DATE_NONE
                       ? INT64_MAX
                       : store_day_row(from->year, from->month, from->day) + day - 1;
}

static bool
is_same_day(int64_t a, int64_t b)
{
    return a >> STORE_DAY_BITS == b >> STORE_DAY_BITS;
}

/* One more than is shown tells that there are more; the last day is taken whole, because it is only
 * put in order afterwards. */
static enum status
gather(struct search *search, struct hits *hits)
{
    enum status status;
    sqlite3_stmt *find = store_get(search->archive, SQL_SEARCH);
    hits->rows = region_array(search->region, SEARCH_COUNT_MAX + DAY_MAX, sizeof *hits->rows);
    store_bind_text(find, 1, search->match);
    sqlite3_bind_int64(find, 2, search->first);
    sqlite3_bind_int64(find, 3, search->last);
    while ((status = store_step(search->archive, find)) == STATUS_OK) {
        int64_t row = sqlite3_column_int64(find, 0);
        hits->more = hits->more || hits->count == SEARCH_COUNT_MAX;
        if (hits->count == SEARCH_COUNT_MAX + DAY_MAX ||
            (hits->more && !is_same_day(row, hits->rows[SEARCH_COUNT_MAX - 1])))
            break;
        hits->rows[hits->count++] = row;
    }
    store_done(find);
    hits->late = status == STATUS_BUSY;
    return status == STATUS_ABSENT || hits->late ? STATUS_OK : status;
}

/* A story of a day, by the key of the lists. */
struct place {
    int64_t row;
    struct span newest;
};

static int
by_newest(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    return span_compare(a->newest, b->newest);
}

static enum status
order_day(struct search *search, int64_t *rows, size_t count)
{
    struct place *places = region_array(search->region, count, sizeof *places);
    enum status status = STATUS_OK;
    sqlite3_stmt *find = store_get(search->archive, SQL_SEARCH_NEWEST);
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        sqlite3_bind_int64(find, 1, rows[i]);
        places[i].row = rows[i];
        status = store_step(search->archive, find);
        if (status == STATUS_OK) {
            struct span key = { sqlite3_column_blob(find, 0),
                                (size_t)sqlite3_column_bytes(find, 0) };
            places[i].newest = region_copy(search->region, key);
        }
        store_done(find);
    }
    if (status != STATUS_OK)
        return status;
    qsort(places, count, sizeof *places, by_newest);
    for (size_t i = 0; i < count; i++)
        rows[i] = places[i].row;
    return STATUS_OK;
}

/* The days of which some story is to be shown. */
static enum status
order_days(struct search *search, struct hits *hits, size_t skip, size_t end)
{
    enum status status = STATUS_OK;
    for (size_t i = 0, next; status == STATUS_OK && i < hits->count && i < end; i = next) {
        for (next = i + 1; next < hits->count; next++)
            if (!is_same_day(hits->rows[i], hits->rows[next]))
                break;
        if (next > skip && next - i > 1)
            status = order_day(search, hits->rows + i, next - i);
    }
    return status;
}

static enum status
read_entry(struct search *search, int64_t row, struct entry *out)
{
    sqlite3_stmt *find = store_get(search->archive, SQL_SEARCH_ENTRY);
    sqlite3_bind_int64(find, 1, row);
    enum status status = store_step(search->archive, find);
    if (status == STATUS_OK) {
        struct span body = { (const char *)sqlite3_column_text(find, 12),
                             (size_t)sqlite3_column_bytes(find, 12) };
        struct span words = excerpt_make(body, search->wanted, EXCERPT_BYTES, search->region);
        *out = store_entry(find, search->region);
        if (words.len > 0)
            out->words = words;
    }
    store_done(find);
    return status;
}

static enum status
read_entries(struct search *search, const struct hits *hits, size_t skip, size_t end,
             struct entries *out)
{
    struct entry *entries = region_array(search->region, end - skip, sizeof *entries);
    enum status status = STATUS_OK;
    for (size_t i = skip; status == STATUS_OK && i < end; i++)
        status = read_entry(search, hits->rows[i], &entries[i - skip]);
    if (status == STATUS_OK)
        *out = (struct entries){ entries, end - skip };
    return status == STATUS_ABSENT ? STATUS_BAD : status;
}

enum status
archive_search(struct archive *archive, const struct wanted *wanted,
               const struct search_budget *budget, size_t skip, size_t most, struct region *region,
               struct search_found *out)
{
    struct search search = {
        .archive = archive, .wanted = wanted, .region = region, .match = print_match(wanted, region)
    };
    struct search_found found = { .count = 0 };
    struct hits hits = { .count = 0 };
    if (wanted_is_empty(wanted)) {
        *out = found;
        return STATUS_OK;
    }
    set_days(&search);
    store_hurry(archive, budget->cpu_ms, budget->wall_ms);
    enum status status = gather(&search, &hits);
    store_relax(archive);
    found.count = hits.count > SEARCH_COUNT_MAX ? SEARCH_COUNT_MAX : hits.count;
    found.more = hits.more;
    found.late = hits.late;
    size_t end = skip + most < found.count ? skip + most : found.count;
    skip = skip < end ? skip : end;
    if (status == STATUS_OK)
        status = order_days(&search, &hits, skip, end);
    if (status == STATUS_OK)
        status = read_entries(&search, &hits, skip, end, &found.at);
    if (status == STATUS_OK)
        *out = found;
    return status;
}
