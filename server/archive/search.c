/* SPDX-License-Identifier: ISC */
#include "archive/search.h"

#include "archive/excerpt.h"
#include "archive/store.h"
#include "archive/tokenizer.h"
#include "archive/weight.h"
#include "base/buffer.h"
#include "base/text.h"

#include <stdlib.h>

enum {
    DAY_MAX = 4096,             /* stories of one day that are put in order */
    BEST_OF = 5000,             /* the newest, of which the best come first */
    STORY_TEXT_MAX = 32 * 1024, /* of a story, that an excerpt is sought in */
    TEXT_MAX = 256 * 1024,      /* of all stories shown, that excerpts are sought in */
    EXCERPT_BYTES = 240,        /* of a story's text */
};

/* A story found, and how well it fits; 0 where nobody asked. */
struct hit {
    int64_t row, weight;
};

struct hits {
    struct hit *at;
    size_t count;
    bool more, late;
};

struct search {
    struct archive *archive;
    const struct wanted *wanted;
    struct region *region;
    struct span match; /* in FTS5's words */
    struct weight_plan plan;
    int64_t first, last; /* rows of the days wanted */
    size_t text_left;    /* of TEXT_MAX */
};

static void
add_parts(struct search *search, struct buffer *match)
{
    const struct wanted *wanted = search->wanted;
    bool any = false;
    for (size_t i = 0; i < wanted->count; i++) {
        struct wanted_part part = wanted->at[i];
        if (part.unwanted)
            continue;
        if (!wanted->best)
            part.marked = SPAN(""); /* whatever its marks, it is found */
        buffer_add_text(match, any ? " AND " : "");
        weight_plan_add(&search->plan, &part, match);
        any = true;
    }
    if (!any)
        buffer_add_text(match, "\"" TOKENIZER_RAW "all\"");
}

static void
add_unwanted(const struct wanted *wanted, struct buffer *match)
{
    bool dated = wanted->from.precision != DATE_NONE || wanted->to.precision != DATE_NONE;
    const char *between = ") NOT (";
    for (size_t i = 0; i < wanted->count; i++)
        if (wanted->at[i].unwanted) {
            buffer_printf(match, "%s\"%.*s\"", between, SPAN_ARG(wanted->at[i].plain));
            between = " OR ";
        }
    if (dated)
        buffer_printf(match, "%s\"" TOKENIZER_RAW "undated\"", between);
}

/* No word holds a quotation mark, so nothing typed can be FTS5's syntax. */
static void
print_match(struct search *search)
{
    struct buffer match = BUFFER_EMPTY;
    buffer_add_char(&match, '(');
    add_parts(search, &match);
    add_unwanted(search->wanted, &match);
    buffer_add_char(&match, ')');
    search->match = region_copy(search->region, buffer_span(&match));
    buffer_fini(&match);
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

/* How many are looked at. One more than is shown tells that there are more; and the last day is
 * taken whole, because it is only put in order afterwards. The best are sought among the newest. */
static bool
has_enough(const struct search *search, const struct hits *hits, int64_t row)
{
    if (search->wanted->best)
        return hits->count == BEST_OF;
    return hits->count == SEARCH_COUNT_MAX + DAY_MAX ||
           (hits->count > SEARCH_COUNT_MAX &&
            !is_same_day(row, hits->at[SEARCH_COUNT_MAX - 1].row));
}

static enum status
gather(struct search *search, struct hits *hits)
{
    enum status status;
    bool best = search->wanted->best;
    sqlite3_stmt *find = store_get(search->archive, best ? SQL_SEARCH_WEIGHED : SQL_SEARCH);
    hits->at = region_array(search->region, SEARCH_COUNT_MAX + DAY_MAX, sizeof *hits->at);
    store_bind_text(find, 1, search->match);
    sqlite3_bind_int64(find, 2, search->first);
    sqlite3_bind_int64(find, 3, search->last);
    if (best)
        sqlite3_bind_pointer(find, 4, &search->plan, WEIGHT_POINTER, NULL);
    while ((status = store_step(search->archive, find)) == STATUS_OK) {
        int64_t row = sqlite3_column_int64(find, 0);
        hits->more = hits->more || hits->count == SEARCH_COUNT_MAX;
        if (has_enough(search, hits, row))
            break;
        hits->at[hits->count++] = (struct hit){ row, best ? sqlite3_column_int64(find, 1) : 0 };
    }
    store_done(find);
    hits->late = status == STATUS_BUSY;
    return status == STATUS_ABSENT || hits->late ? STATUS_OK : status;
}

/* The best first, and of those as good the newest. */
static int
by_weight(const void *left, const void *right)
{
    const struct hit *a = left, *b = right;
    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    return a->row < b->row ? -1 : a->row > b->row;
}

/* A row of the index is always somebody's. */
static enum status
judge(struct search *search, enum status status)
{
    return status == STATUS_ABSENT ? store_judge(search->archive, SQLITE_CORRUPT) : status;
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
order_day(struct search *search, struct hit *hits, size_t count)
{
    struct place *places = region_array(search->region, count, sizeof *places);
    enum status status = STATUS_OK;
    sqlite3_stmt *find = store_get(search->archive, SQL_SEARCH_NEWEST);
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        sqlite3_bind_int64(find, 1, hits[i].row);
        places[i].row = hits[i].row;
        status = store_step(search->archive, find);
        if (status == STATUS_OK) {
            struct span key = { sqlite3_column_blob(find, 0),
                                (size_t)sqlite3_column_bytes(find, 0) };
            places[i].newest = region_copy(search->region, key);
        }
        store_done(find);
    }
    if (status != STATUS_OK)
        return judge(search, status);
    qsort(places, count, sizeof *places, by_newest);
    for (size_t i = 0; i < count; i++)
        hits[i].row = places[i].row;
    return STATUS_OK;
}

/* The days of which some story is to be shown. */
static enum status
order_days(struct search *search, struct hits *hits, size_t skip, size_t end)
{
    enum status status = STATUS_OK;
    for (size_t i = 0, next; status == STATUS_OK && i < hits->count && i < end; i = next) {
        for (next = i + 1; next < hits->count; next++)
            if (!is_same_day(hits->at[i].row, hits->at[next].row) ||
                hits->at[i].weight != hits->at[next].weight)
                break;
        if (next > skip && next - i > 1)
            status = order_day(search, hits->at + i, next - i);
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
        body = text_cut(body,
                        search->text_left < STORY_TEXT_MAX ? search->text_left : STORY_TEXT_MAX);
        search->text_left -= body.len;
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
        status = read_entry(search, hits->at[i].row, &entries[i - skip]);
    if (status == STATUS_OK)
        *out = (struct entries){ entries, end - skip };
    return judge(search, status);
}

/* The stories of the part asked for, in order. */
static enum status
show(struct search *search, struct hits *hits, size_t skip, size_t most, struct search_found *found)
{
    size_t count = hits->count < SEARCH_COUNT_MAX ? hits->count : SEARCH_COUNT_MAX;
    size_t end = most < count && skip < count - most ? skip + most : count;
    found->count = count;
    found->more = hits->more;
    found->late = hits->late;
    skip = skip < end ? skip : end;
    if (search->wanted->best && hits->count > 0)
        qsort(hits->at, hits->count, sizeof *hits->at, by_weight);
    enum status status = order_days(search, hits, skip, end);
    return status == STATUS_OK ? read_entries(search, hits, skip, end, &found->at) : status;
}

enum status
archive_search(struct archive *archive, const struct wanted *wanted,
               const struct search_budget *budget, size_t skip, size_t most, struct region *region,
               struct search_found *out)
{
    struct search search = {
        .archive = archive, .wanted = wanted, .region = region, .text_left = TEXT_MAX
    };
    struct search_found found = { .count = 0 };
    struct hits hits = { .count = 0 };
    enum status status = STATUS_OK;
    print_match(&search);
    set_days(&search);
    if (!wanted_is_empty(wanted)) {
        store_hurry(archive, budget->cpu_ms, budget->wall_ms);
        status = gather(&search, &hits);
        store_relax(archive);
    }
    if (status == STATUS_OK)
        status = show(&search, &hits, skip, most, &found);
    if (status == STATUS_OK)
        *out = found;
    return status;
}
