/* SPDX-License-Identifier: ISC */
#include "archive/writer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct span
path_in(struct writer *writer, struct span folder, const char *name)
{
    return region_printf(writer->region, "%.*s/%s", SPAN_ARG(folder), name);
}

/* How many stories' files there are, for whoever is told of the progress. */
static size_t
count(struct writer *writer, struct span folder, int depth)
{
    size_t files = 0;
    int descriptor = openat(writer->content, folder.at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *names = descriptor >= 0 ? fdopendir(descriptor) : NULL;
    for (struct dirent *entry; names != NULL && (entry = readdir(names)) != NULL;)
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.' && depth < DEPTH_MAX)
            files += count(writer, path_in(writer, folder, entry->d_name), depth + 1);
        else
            files += entry->d_name[0] != '.' && span_ends(span_of(entry->d_name), SPAN(".gmi"));
    if (names != NULL)
        closedir(names);
    else if (descriptor >= 0)
        close(descriptor);
    return files;
}

/* What a row of SQL_FILES_OF tells. */
enum { NAME, DEVICE, INODE, SIZE, CHANGED, SLUG, HASH, LINE, WHAT };

static struct mark
row_mark(sqlite3_stmt *row)
{
    return (struct mark){ sqlite3_column_int64(row, DEVICE), sqlite3_column_int64(row, INODE),
                          sqlite3_column_int64(row, SIZE), sqlite3_column_int64(row, CHANGED) };
}

static void
miss(struct writer *writer, struct span folder, sqlite3_stmt *row)
{
    if (writer->missed == writer->missing_room) {
        writer->missing_room = writer->missing_room == 0 ? 16 : 2 * writer->missing_room;
        writer->missing = memory_grow(writer->missing,
                                      writer->missing_room * sizeof *writer->missing);
    }
    struct missing *missing = &writer->missing[writer->missed++];
    *missing = (struct missing){
        .path = path_in(writer, folder, (const char *)sqlite3_column_text(row, NAME)),
        .slug = store_text(row, SLUG, writer->region),
    };
    if (sqlite3_column_bytes(row, HASH) == HASH_BYTES)
        memcpy(missing->hash, sqlite3_column_blob(row, HASH), HASH_BYTES);
}

/* The file is there, and so is its row: does that still say what it says? */
static void
compare(struct writer *writer, struct span folder, sqlite3_stmt *row, struct sight *sight)
{
    struct mark mark = row_mark(row);
    struct fault fault = { (size_t)sqlite3_column_int64(row, LINE), "" };
    sight->known = !writer->all && mark_equal(&mark, &sight->mark);
    if (!sight->known || sqlite3_column_bytes(row, WHAT) == 0)
        return;
    fault_set(&fault, fault.line, "%s", (const char *)sqlite3_column_text(row, WHAT));
    writer_report(writer, path_in(writer, folder, sight->name), &fault);
}

static struct sight *
next_file(struct sights *sights, size_t *at)
{
    while (*at < sights->count && sights->at[*at].folder)
        ++*at;
    return *at < sights->count ? &sights->at[*at] : NULL;
}

/* What lies in the folder beside what the archive knows of it; both are in order. */
static enum status
compare_all(struct writer *writer, struct span folder, struct sights *sights)
{
    enum status status;
    size_t at = 0;
    sqlite3_stmt *rows = store_get(writer->archive, SQL_FILES_OF);
    store_bind_text(rows, 1, folder);
    while ((status = store_step(writer->archive, rows)) == STATUS_OK) {
        const char *name = (const char *)sqlite3_column_text(rows, NAME);
        struct sight *sight = next_file(sights, &at);
        while (sight != NULL && strcmp(sight->name, name) < 0) {
            at++;
            sight = next_file(sights, &at);
        }
        if (sight != NULL && strcmp(sight->name, name) == 0)
            compare(writer, folder, rows, sight);
        else
            miss(writer, folder, rows);
    }
    store_done(rows);
    return status == STATUS_ABSENT ? STATUS_OK : status;
}

static enum status
take_next(struct writer *writer)
{
    struct reading *reading = readers_take(writer->readers);
    enum status status = writer_take(writer, reading);
    reading_free(reading);
    return status;
}

static enum status
ask(struct writer *writer, struct span path, int64_t size)
{
    enum status status = STATUS_OK;
    while (status == STATUS_OK && readers_are_full(writer->readers))
        status = take_next(writer);
    if (status == STATUS_OK)
        readers_ask(writer->readers, path, writer_slug_of(path), size);
    return status;
}

static void
tell_progress(struct writer *writer)
{
    const struct index_options *options = writer->options;
    if (options->progress != NULL)
        options->progress(options->whom,
                          writer->met < writer->to_look_at ? writer->met : writer->to_look_at,
                          writer->to_look_at);
}

static enum status
scan_file(struct writer *writer, struct span folder, const struct sight *sight, struct buffer *path)
{
    writer->met++;
    tell_progress(writer);
    if (sight->known)
        return STATUS_OK;
    buffer_clear(path);
    buffer_printf(path, "%.*s/%s", SPAN_ARG(folder), sight->name);
    return ask(writer, buffer_span(path), sight->mark.size);
}

static enum status
scan_folder(struct writer *writer, struct span folder, int depth)
{
    struct sights sights = { NULL, 0, 0 };
    struct buffer path = BUFFER_EMPTY;
    if (!writer_look(writer, folder, &sights))
        return STATUS_OK;
    span_list_add(&writer->looked, writer->region, folder);
    enum status status = compare_all(writer, folder, &sights);
    for (size_t i = 0; status == STATUS_OK && i < sights.count; i++)
        if (!sights.at[i].folder)
            status = scan_file(writer, folder, &sights.at[i], &path);
        else if (depth < DEPTH_MAX)
            status = scan_folder(writer, path_in(writer, folder, sights.at[i].name), depth + 1);
    buffer_fini(&path);
    sights_fini(&sights);
    return status;
}

static int
by_bytes(const void *left, const void *right)
{
    return span_compare(*(const struct span *)left, *(const struct span *)right);
}

static bool
was_looked_through(const struct writer *writer, struct span folder)
{
    const struct spans *looked = &writer->looked.spans;
    return looked->count > 0 &&
           bsearch(&folder, looked->at, looked->count, sizeof folder, by_bytes) != NULL;
}

/* The next folder behind `after` that the archive knows and whose path begins like `top`; empty:
 * none. */
static struct span
next_folder(struct writer *writer, struct span top, struct span after)
{
    struct span folder = { NULL, 0 };
    sqlite3_stmt *next = store_get(writer->archive, SQL_FOLDER_NEXT);
    store_bind_text(next, 1, after);
    if (store_step(writer->archive, next) == STATUS_OK)
        folder = store_text(next, 0, writer->region);
    store_done(next);
    return span_starts(folder, top) ? folder : (struct span){ NULL, 0 };
}

/* Folders that are not there any more, at or below `top`. */
static enum status
miss_folders(struct writer *writer, struct span top)
{
    struct sights none = { NULL, 0, 0 };
    enum status status = STATUS_OK;
    struct span *looked = (struct span *)(uintptr_t)writer->looked.spans.at;
    if (writer->looked.spans.count > 0)
        qsort(looked, writer->looked.spans.count, sizeof *looked, by_bytes);
    for (struct span folder = top; status == STATUS_OK && folder.len > 0;
         folder = next_folder(writer, top, folder)) {
        bool below = folder.len == top.len || folder.at[top.len] == '/'; /* "top-of-all" is not */
        if (below && !was_looked_through(writer, folder))
            status = compare_all(writer, folder, &none);
    }
    return status;
}

static enum status
scan_below(struct writer *writer, struct span folder)
{
    int depth = 0; /* of stories/ itself */
    for (size_t i = 0; i < folder.len; i++)
        depth += folder.at[i] == '/';
    if (depth > DEPTH_MAX)
        return STATUS_OK;
    enum status status = scan_folder(writer, folder, depth);
    return status == STATUS_OK ? miss_folders(writer, folder) : status;
}

/* One file, which is there or is not. */
static enum status
scan_one(struct writer *writer, struct span path, struct sight *sight)
{
    struct buffer whole = BUFFER_EMPTY;
    struct span folder = writer_folder_of(path);
    sqlite3_stmt *row = store_get(writer->archive, SQL_FILE_GET);
    store_bind_text(row, 1, folder);
    store_bind_text(row, 2, writer_name_of(path));
    enum status status = store_step(writer->archive, row);
    if (status == STATUS_OK && sight != NULL)
        compare(writer, folder, row, sight);
    else if (status == STATUS_OK)
        miss(writer, folder, row);
    store_done(row);
    span_list_add(&writer->put, writer->region, writer_slug_of(path));
    if (status == STATUS_ABSENT)
        status = STATUS_OK;
    if (status == STATUS_OK && sight != NULL)
        status = scan_file(writer, folder, sight, &whole);
    buffer_fini(&whole);
    return status;
}

static enum status
scan_path(struct writer *writer, struct span path)
{
    struct sight sight = { .name = NULL };
    enum status status = writer_look_at(writer, path, &sight);
    if (status == STATUS_OK && sight.folder)
        return scan_below(writer, path);
    sight.name = (char *)(uintptr_t)writer_name_of(path).at;
    if (status == STATUS_OK)
        return scan_one(writer, path, &sight);
    status = scan_one(writer, path, NULL);
    return status == STATUS_OK ? miss_folders(writer, path) : status;
}

/* It lies in a folder that was looked through for itself. */
static bool
is_below(struct span path, const struct spans *folders)
{
    for (size_t i = 0; i < folders->count; i++)
        if (span_starts(path, folders->at[i]) && path.len > folders->at[i].len &&
            path.at[folders->at[i].len] == '/')
            return true;
    return false;
}

static enum status
scan_touched(struct writer *writer, const struct spans *touched)
{
    struct span *paths = region_array(writer->region, touched->count + 1, sizeof *paths);
    struct span_list done = { { NULL, 0 }, 0 };
    enum status status = STATUS_OK;
    for (size_t i = 0; i < touched->count; i++)
        paths[i] = region_copy(writer->region, touched->at[i]);
    qsort(paths, touched->count, sizeof *paths, by_bytes);
    for (size_t i = 0; status == STATUS_OK && i < touched->count; i++) {
        size_t looked = writer->looked.spans.count;
        if ((i > 0 && span_equal(paths[i], paths[i - 1])) ||
            !span_starts(paths[i], SPAN("stories/")) || is_below(paths[i], &done.spans))
            continue;
        status = scan_path(writer, paths[i]);
        if (writer->looked.spans.count > looked)
            span_list_add(&done, writer->region, paths[i]);
    }
    return status;
}

static bool
is_touched_whole(const struct spans *touched)
{
    for (size_t i = 0; i < touched->count; i++)
        if (span_equal(touched->at[i], SPAN("stories")))
            return true;
    return false;
}

enum status
writer_scan(struct writer *writer)
{
    const struct spans *touched = writer->options->touched;
    int why = writer_why_unreadable(writer, "stories");
    enum status status;
    if (why != 0) {
        fault_set(writer->fault, 0, "%s/stories can't be read: %s: %s", writer->options->content,
                  strerror(why),
                  why == ENOENT ? "make the folder, or mount what belongs there"
                                : "let whoever songtu runs as read it (chmod a+rX)");
        return STATUS_FAILED;
    }
    writer->desk = (struct desk){ writer->content, { writer->terms[CITY], writer->terms[THEME] } };
    writer->readers = readers_new(&writer->desk);
    writer->whole = touched == NULL || writer->all || is_touched_whole(touched);
    if (writer->whole)
        writer->to_look_at = writer->options->progress != NULL ? count(writer, SPAN("stories"), 0)
                                                               : 0;
    status = writer->whole ? scan_below(writer, SPAN("stories")) : scan_touched(writer, touched);
    while (status == STATUS_OK && readers_are_asked(writer->readers))
        status = take_next(writer);
    readers_free(writer->readers);
    writer->readers = NULL;
    return status;
}
