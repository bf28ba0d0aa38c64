/* SPDX-License-Identifier: ISC */
#include "archive/writer.h"
#include "base/buffer.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH_BYTES = 14 << 20 /* of words; what the index's hash holds */ };

/* A row to be written to the index, or taken out by what it was written with. */
struct change {
    int64_t row;
    size_t turn; /* of two changes to a row, the one asked for first comes first */
    uint64_t sum;
    bool adds;
    struct span texts[SEARCHABLE_TEXTS]; /* in the queue's region */
};

/* FTS5 gathers words in memory as long as its rows go up, and writes what it has whenever they do
 * not: so changes wait here until there are enough of them to be put in order. */
struct search_queue {
    struct region *region;
    struct change *at;
    size_t count, room, bytes;
};

static struct search_queue *
queue_of(struct writer *writer)
{
    if (writer->search == NULL) {
        writer->search = memory_new(sizeof *writer->search);
        *writer->search = (struct search_queue){ .region = region_new() };
    }
    return writer->search;
}

void
writer_search_free(struct writer *writer)
{
    if (writer->search == NULL)
        return;
    region_free(writer->search->region);
    free(writer->search->at);
    free(writer->search);
    writer->search = NULL;
}

static uint64_t
sum_of(const struct span texts[SEARCHABLE_TEXTS])
{
    static const unsigned char open_secret[HASH_SECRET] = "songtu searches";
    struct buffer all = BUFFER_EMPTY;
    for (size_t i = 0; i < SEARCHABLE_TEXTS; i++) {
        buffer_add(&all, texts[i]);
        buffer_add_char(&all, '\0');
    }
    uint64_t sum = hash_keyed(open_secret, buffer_span(&all));
    buffer_fini(&all);
    return sum;
}

static enum status
enqueue(struct writer *writer, int64_t row, bool adds, uint64_t sum,
        const struct span texts[SEARCHABLE_TEXTS])
{
    struct search_queue *queue = queue_of(writer);
    if (queue->count == queue->room) {
        queue->room = queue->room == 0 ? 16 : 2 * queue->room;
        queue->at = memory_grow(queue->at, queue->room * sizeof *queue->at);
    }
    struct change *change = &queue->at[queue->count];
    *change = (struct change){ .row = row, .turn = queue->count++, .sum = sum, .adds = adds };
    for (size_t i = 0; i < SEARCHABLE_TEXTS; i++) {
        change->texts[i] = region_copy(queue->region, texts[i]);
        queue->bytes += change->texts[i].len;
    }
    return queue->bytes > BATCH_BYTES ? writer_search_flush(writer) : STATUS_OK;
}

/* The story was taken out just now, only to come back as it was. */
static bool
take_back(struct writer *writer, int64_t row, uint64_t sum)
{
    struct search_queue *queue = queue_of(writer);
    const struct change *last = queue->count > 0 ? &queue->at[queue->count - 1] : NULL;
    if (last == NULL || last->adds || last->row != row || last->sum != sum)
        return false;
    queue->count--;
    return true;
}

/* A number of its day's that no other story has: the same each time, unless two fall together. */
static int64_t
free_row(struct archive *archive, const struct searchable *story)
{
    static const unsigned char open_secret[HASH_SECRET] = "songtu numbers.";
    const int64_t mask = ((int64_t)1 << STORE_DAY_BITS) - 1;
    int64_t row = store_day_row(story->date.year, story->date.month, story->date.day) +
                  ((int64_t)hash_keyed(open_secret, story->slug) & mask);
    sqlite3_stmt *taken = store_get(archive, SQL_SEARCH_TAKEN);
    for (;; row++) {
        sqlite3_bind_int64(taken, 1, row);
        enum status status = store_step(archive, taken);
        store_done(taken);
        if (status != STATUS_OK)
            return row;
    }
}

enum status
writer_search_put(struct writer *writer, const struct searchable *story)
{
    struct archive *archive = writer->archive;
    int64_t row = free_row(archive, story);
    uint64_t sum = sum_of(story->texts);
    sqlite3_stmt *put = store_get(archive, SQL_SEARCH_ROW_PUT);
    sqlite3_bind_int64(put, 1, row);
    sqlite3_bind_int64(put, 2, story->story);
    sqlite3_bind_blob(put, 3, story->newest.at, (int)story->newest.len, SQLITE_TRANSIENT);
    store_bind_text(put, 4, story->texts[SEARCHABLE_FILED]);
    sqlite3_bind_int64(put, 5, (int64_t)sum);
    enum status status = store_run(archive, put);
    if (status != STATUS_OK || take_back(writer, row, sum))
        return status;
    return enqueue(writer, row, true, sum, story->texts);
}

/* What the story's row was written with; STATUS_ABSENT: it has none. */
static enum status
recall(struct archive *archive, int64_t story, struct region *region, struct change *out)
{
    sqlite3_stmt *find = store_get(archive, SQL_SEARCH_ROW);
    sqlite3_bind_int64(find, 1, story);
    enum status status = store_step(archive, find);
    if (status == STATUS_OK) {
        out->row = sqlite3_column_int64(find, 0);
        out->texts[SEARCHABLE_FILED] = store_text(find, 1, region);
        out->sum = (uint64_t)sqlite3_column_int64(find, 2);
    }
    store_done(find);
    if (status != STATUS_OK)
        return status;
    sqlite3_stmt *text = store_get(archive, SQL_SEARCH_TEXT);
    sqlite3_bind_int64(text, 1, story);
    status = store_step(archive, text);
    for (int i = 0; status == STATUS_OK && i < SEARCHABLE_FILED; i++)
        out->texts[i] = searchable_words(i, store_text(text, i, region), region);
    store_done(text);
    return status;
}

enum status
writer_search_drop(struct writer *writer, int64_t story)
{
    struct archive *archive = writer->archive;
    struct region *region = region_new();
    struct change old = { .row = 0 };
    enum status status = recall(archive, story, region, &old);
    if (status == STATUS_OK) {
        sqlite3_stmt *drop = store_get(archive, SQL_SEARCH_ROW_DROP);
        sqlite3_bind_int64(drop, 1, old.row);
        status = store_run(archive, drop);
        if (status == STATUS_OK)
            status = enqueue(writer, old.row, false, old.sum, old.texts);
    }
    region_free(region);
    return status == STATUS_ABSENT ? STATUS_OK : status;
}

static int
by_row(const void *left, const void *right)
{
    const struct change *a = left, *b = right;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return a->turn < b->turn ? -1 : 1;
}

static enum status
apply(struct archive *archive, const struct change *change)
{
    sqlite3_stmt *statement = store_get(archive, change->adds ? SQL_SEARCH_ADD : SQL_SEARCH_REMOVE);
    sqlite3_bind_int64(statement, 1, change->row);
    for (int i = 0; i < SEARCHABLE_TEXTS; i++)
        sqlite3_bind_text(statement, i + 2, change->texts[i].len > 0 ? change->texts[i].at : "",
                          (int)change->texts[i].len, SQLITE_STATIC);
    return store_run(archive, statement);
}

enum status
writer_search_flush(struct writer *writer)
{
    struct search_queue *queue = queue_of(writer);
    enum status status = STATUS_OK;
    if (queue->count > 0)
        qsort(queue->at, queue->count, sizeof *queue->at, by_row);
    for (size_t i = 0; status == STATUS_OK && i < queue->count; i++)
        status = apply(writer->archive, &queue->at[i]);
    region_free(queue->region);
    queue->region = region_new();
    queue->count = queue->bytes = 0;
    return status;
}

/* FTS5 keeps an index in pieces, and these on levels: at the latest when there are sixteen pieces
 * on one, all of them become one of the next. What a first index leaves is one piece on the lowest
 * level but one, so that some 240 edits later it would be merged, all gigabytes of it, while
 * everybody waits for that edit. It belongs where a piece of its size would be, had it come about
 * by edits. That is written where FTS5 notes its pieces: four bytes, then numbers: of levels,
 * pieces, writes; and each level's pieces, the lowest level first. */
enum status
writer_search_raise(struct writer *writer)
{
    enum { LEVELS_AT = 4, NUMBERS = 3, RAISE = 10, LEVELS_MAX = 32 };
    static const unsigned char no_pieces[2 * RAISE];
    struct archive *archive = writer->archive;
    struct region *region = region_new();
    struct span levels = { NULL, 0 };
    sqlite3_stmt *get = store_get(archive, SQL_SEARCH_LEVELS);
    enum status status = store_step(archive, get);
    if (status == STATUS_OK)
        levels = store_blob(get, 0, region);
    store_done(get);
    size_t at = LEVELS_AT;
    for (int numbers = 0; numbers < NUMBERS && at < levels.len; at++)
        numbers += ((unsigned char)levels.at[at] & 0x80) == 0;
    if (at < levels.len && levels.at[LEVELS_AT] > 0 && levels.at[LEVELS_AT] < LEVELS_MAX) {
        ((char *)(uintptr_t)levels.at)[LEVELS_AT] = (char)(levels.at[LEVELS_AT] + RAISE);
        struct span raised = REGION_JOIN(region, span_first(levels, at),
                                         (struct span){ (const char *)no_pieces, sizeof no_pieces },
                                         span_skip(levels, at));
        sqlite3_stmt *put = store_get(archive, SQL_SEARCH_LEVELS_PUT);
        sqlite3_bind_blob(put, 1, raised.at, (int)raised.len, SQLITE_TRANSIENT);
        status = store_run(archive, put);
    }
    region_free(region);
    return status == STATUS_ABSENT ? STATUS_OK : status;
}
