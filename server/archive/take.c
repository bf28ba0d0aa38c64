/* SPDX-License-Identifier: ISC */
#include "archive/query.h"
#include "archive/writer.h"
#include "story/slug.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* What the archive remembers of a file. */
struct memory {
    bool known, owned; /* and it had the slug of its name */
    unsigned char hash[HASH_BYTES];
    int64_t written; /* since when it says what it says */
    bool elsewhere;  /* the file was somewhere else */
};

static struct memory
remember(struct writer *writer, struct span path)
{
    enum { SLUG = 5, HASH = 6, WRITTEN = 9 };
    struct memory memory = { .known = false };
    sqlite3_stmt *get = store_get(writer->archive, SQL_FILE_GET);
    store_bind_text(get, 1, writer_folder_of(path));
    store_bind_text(get, 2, writer_name_of(path));
    if (store_step(writer->archive, get) == STATUS_OK) {
        memory.known = true;
        memory.owned = sqlite3_column_bytes(get, SLUG) > 0;
        if (sqlite3_column_bytes(get, HASH) == HASH_BYTES)
            memcpy(memory.hash, sqlite3_column_blob(get, HASH), HASH_BYTES);
        memory.written = sqlite3_column_int64(get, WRITTEN);
    }
    store_done(get);
    return memory;
}

static bool
is_there(const struct writer *writer, const char *path)
{
    struct stat facts;
    return fstatat(writer->content, path, &facts, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Of a file with the same slug and bytes that is there no more: this is that file, elsewhere. */
static struct memory
remember_moved(struct writer *writer, const struct reading *reading)
{
    struct memory memory = { .known = false };
    sqlite3_stmt *find = store_get(writer->archive, SQL_FILE_OF_SLUG);
    store_bind_text(find, 1, reading->slug);
    while (!memory.known && store_step(writer->archive, find) == STATUS_OK) {
        struct span other = span_of((const char *)sqlite3_column_text(find, 0));
        if (span_equal(other, reading->path) || is_there(writer, other.at))
            continue;
        memory = remember(writer, other);
        memory.known = memory.known && memcmp(memory.hash, reading->hash, HASH_BYTES) == 0;
        memory.elsewhere = true;
    }
    store_done(find);
    return memory;
}

/* Since when the file says what it says: a file that was only touched, or read again, says nothing
 * new. 0: not known, as where its time is yet to come. */
static int64_t
written_of(const struct memory *memory, const struct reading *reading, int64_t now)
{
    enum { DAY = 86400 };
    if (memory->known && memcmp(memory->hash, reading->hash, HASH_BYTES) == 0)
        return memory->written;
    return reading->modified > 0 && reading->modified < now + DAY ? reading->modified : 0;
}

/* A file without a slug of its own is read again next time: what took it may be gone. */
static enum status
keep(struct writer *writer, const struct reading *reading, int64_t written, struct span slug,
     const struct fault *fault)
{
    sqlite3_stmt *put = store_get(writer->archive, SQL_FILE_PUT);
    store_bind_text(put, 1, writer_folder_of(reading->path));
    store_bind_text(put, 2, writer_name_of(reading->path));
    sqlite3_bind_int64(put, 3, reading->mark.device);
    sqlite3_bind_int64(put, 4, reading->mark.inode);
    sqlite3_bind_int64(put, 5, reading->mark.size);
    sqlite3_bind_int64(put, 6, slug.len > 0 ? reading->mark.changed : 0);
    sqlite3_bind_blob(put, 7, reading->hash, HASH_BYTES, SQLITE_STATIC);
    store_bind_text(put, 8, slug);
    sqlite3_bind_int64(put, 9, (int64_t)fault->line);
    store_bind_text(put, 10, span_of(fault->what));
    sqlite3_bind_int64(put, 11, written);
    writer->quiet++;
    return store_run(writer->archive, put);
}

/* Another file that is there has this slug: whoever came first has it. */
static bool
slug_is_taken(struct writer *writer, const struct reading *reading, struct fault *fault)
{
    bool taken = false;
    sqlite3_stmt *find = store_get(writer->archive, SQL_FILE_OF_SLUG);
    store_bind_text(find, 1, reading->slug);
    while (!taken && store_step(writer->archive, find) == STATUS_OK) {
        const char *other = (const char *)sqlite3_column_text(find, 0);
        taken = !span_equal(span_of(other), reading->path) && is_there(writer, other);
        if (taken)
            fault_set(fault, 1, "%s has the same slug: rename one of them", other);
    }
    store_done(find);
    return taken;
}

static bool
owns_slug(struct writer *writer, const struct reading *reading, struct fault *fault)
{
    if (slug_is_valid_for_story(reading->slug))
        return !slug_is_taken(writer, reading, fault);
    fault_set(fault, 1, "%s: write it like ha-noi-5-dieu.gmi",
              slug_is_valid(reading->slug) ? "`gone` is moved.yaml's own word, no slug for a story"
                                           : "the file's name is no slug");
    return false;
}

static void
arrive(struct writer *writer, const struct reading *reading)
{
    if (writer->summary.rebuilt)
        return; /* nothing went away that could have come here */
    if (writer->arrived == writer->arrivals_room) {
        writer->arrivals_room = writer->arrivals_room == 0 ? 64 : 2 * writer->arrivals_room;
        writer->arrivals = memory_grow(writer->arrivals,
                                       writer->arrivals_room * sizeof *writer->arrivals);
    }
    struct arrival *arrival = &writer->arrivals[writer->arrived];
    memcpy(arrival->hash, reading->hash, HASH_BYTES);
    arrival->slug = region_copy(writer->region, reading->slug);
    arrival->number = writer->arrived++;
}

/* The file was touched, or moved, and nothing that came of it is other. */
static bool
says_the_same(struct writer *writer, const struct reading *reading, const struct memory *memory)
{
    bool same = false;
    if (memory->elsewhere && reading->story.aliases.count > 0)
        return false; /* they remember where it was */
    if (writer->all || !memory->owned || memcmp(memory->hash, reading->hash, HASH_BYTES) != 0)
        return false;
    sqlite3_stmt *find = store_get(writer->archive, SQL_STORY_OF_SLUG);
    store_bind_text(find, 1, reading->slug);
    if (store_step(writer->archive, find) == STATUS_OK)
        same = sqlite3_column_int(find, 1) ==
               story_is_served(&reading->story, writer->options->now);
    store_done(find);
    return same;
}

static enum status
take_in(struct writer *writer, const struct reading *reading)
{
    struct memory memory = remember(writer, reading->path);
    bool is_new = !memory.known;
    if (is_new && !writer->summary.rebuilt)
        memory = remember_moved(writer, reading);
    struct fault fault = { 0, "" };
    enum status status = STATUS_OK;
    int64_t written = written_of(&memory, reading, writer->options->now);
    struct span text = buffer_span(&reading->text);
    bool owned = owns_slug(writer, reading, &fault);
    if (owned)
        fault = reading->fault;
    if (owned && reading->parsed == STATUS_OK && !says_the_same(writer, reading, &memory)) {
        struct origin origin = { reading->path, reading_line_of(text, "aliases:"), written };
        status = writer_put(writer, reading, &origin);
        writer->summary.changed++;
    }
    if (is_new && owned && reading->parsed == STATUS_OK)
        arrive(writer, reading);
    if (fault.what[0] != '\0')
        writer_report(writer, reading->path, &fault);
    return status == STATUS_OK ? keep(writer, reading, written,
                                      owned ? reading->slug : (struct span){ NULL, 0 }, &fault)
                               : status;
}

enum status
writer_take(struct writer *writer, const struct reading *reading)
{
    if (reading->status == STATUS_OK)
        return take_in(writer, reading);
    if (reading->status == STATUS_FAILED)
        writer_report(writer, reading->path, &reading->fault);
    return STATUS_OK; /* else it is gone, or being written: a later round reads it */
}

enum status
writer_reread(struct writer *writer, struct span slug, bool *found)
{
    struct span path = { NULL, 0 };
    enum status status = STATUS_OK;
    sqlite3_stmt *file = store_get(writer->archive, SQL_FILE_OF_SLUG);
    store_bind_text(file, 1, slug);
    while (path.at == NULL && store_step(writer->archive, file) == STATUS_OK)
        if (is_there(writer, (const char *)sqlite3_column_text(file, 0)))
            path = store_text(file, 0, writer->region);
    store_done(file);
    *found = path.at != NULL;
    if (!*found)
        return STATUS_OK;
    struct reading *reading = reading_new(path, slug);
    reading_do(reading, &writer->desk);
    status = writer_take(writer, reading);
    reading_free(reading);
    return status;
}

/* Stories whose time has come, though no file changed: read again. */
enum status
writer_due(struct writer *writer)
{
    struct span_list due = { { NULL, 0 }, 0 };
    enum status status;
    bool found;
    sqlite3_stmt *find = store_get(writer->archive, SQL_DUE);
    sqlite3_bind_int64(find, 1, writer->options->now);
    while ((status = store_step(writer->archive, find)) == STATUS_OK)
        span_list_add(&due, writer->region, store_text(find, 1, writer->region));
    store_done(find);
    if (status == STATUS_ABSENT)
        status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < due.spans.count; i++)
        status = writer_reread(writer, due.spans.at[i], &found);
    return status;
}
