/* SPDX-License-Identifier: ISC */
#include "archive/writer.h"

#include "archive/query.h"
#include "base/file.h"
#include "base/hash.h"
#include "story/slug.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the archive remembers of a file. */
struct memory {
    bool known;
    int64_t device, inode, size, changed;
    unsigned char hash[HASH_BYTES];
    int64_t written; /* since when it says what it says */
    struct fault fault;
};

static struct memory
remember(struct writer *writer, struct span path)
{
    struct memory memory = { .known = false };
    sqlite3_stmt *get = store_get(writer->archive, SQL_FILE_GET);
    store_bind_text(get, 1, path);
    if (store_step(writer->archive, get) == STATUS_OK) {
        memory.known = true;
        memory.device = sqlite3_column_int64(get, 0);
        memory.inode = sqlite3_column_int64(get, 1);
        memory.size = sqlite3_column_int64(get, 2);
        memory.changed = sqlite3_column_int64(get, 3);
        memory.fault.line = (size_t)sqlite3_column_int64(get, 5);
        snprintf(memory.fault.what, sizeof memory.fault.what, "%s",
                 store_text(get, 6, writer->region).at);
        if (sqlite3_column_bytes(get, 7) == HASH_BYTES)
            memcpy(memory.hash, sqlite3_column_blob(get, 7), HASH_BYTES);
        memory.written = sqlite3_column_int64(get, 8);
    }
    store_done(get);
    return memory;
}

/* mtime and ctime in one number: any change of either changes it. */
static int64_t
change_of(const struct stat *facts)
{
    return (facts->st_mtim.tv_sec * 1000003 + facts->st_ctim.tv_sec) * 1009 +
           facts->st_mtim.tv_nsec + facts->st_ctim.tv_nsec * 31;
}

/* Since when the file says what it says: a file that was only touched, or read again, says nothing
 * new. 0: not known, as where its time is yet to come. */
static int64_t
written_of(const struct memory *memory, const struct stat *facts, const unsigned char *hash,
           int64_t now)
{
    enum { DAY = 86400 };
    int64_t time = facts->st_mtim.tv_sec;
    if (memory->known && memcmp(memory->hash, hash, HASH_BYTES) == 0)
        return memory->written;
    return time > 0 && time < now + DAY ? time : 0;
}

/* A file without a slug of its own is read again next time: what took it may be gone. */
static enum status
keep(struct writer *writer, struct span path, const struct stat *facts, const struct memory *memory,
     struct span slug, const struct fault *fault)
{
    sqlite3_stmt *put = store_get(writer->archive, SQL_FILE_PUT);
    store_bind_text(put, 1, path);
    sqlite3_bind_int64(put, 2, (int64_t)facts->st_dev);
    sqlite3_bind_int64(put, 3, (int64_t)facts->st_ino);
    sqlite3_bind_int64(put, 4, facts->st_size);
    sqlite3_bind_int64(put, 5, slug.len > 0 ? change_of(facts) : 0);
    sqlite3_bind_blob(put, 6, memory->hash, HASH_BYTES, SQLITE_STATIC);
    store_bind_text(put, 7, slug);
    sqlite3_bind_int64(put, 8, (int64_t)fault->line);
    store_bind_text(put, 9, span_of(fault->what));
    sqlite3_bind_int64(put, 10, memory->written);
    return store_run(writer->archive, put);
}

static bool
is_there(const struct writer *writer, const char *path)
{
    struct stat facts;
    return fstatat(writer->content, path, &facts, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Another file that is there has this slug: the first by path wins. */
static bool
slug_is_taken(struct writer *writer, struct span path, struct span slug, struct fault *fault)
{
    bool taken = false;
    sqlite3_stmt *find = store_get(writer->archive, SQL_FILE_OF_SLUG);
    store_bind_text(find, 1, slug);
    store_bind_text(find, 2, path);
    while (!taken && store_step(writer->archive, find) == STATUS_OK) {
        const char *other = (const char *)sqlite3_column_text(find, 0);
        taken = is_there(writer, other);
        if (taken)
            fault_set(fault, 1, "%s has the same slug: rename one of them", other);
    }
    store_done(find);
    return taken;
}

/* Where `key:` stands in the front matter. */
static size_t
line_of_key(struct span file, const char *key)
{
    size_t number = 0;
    for (struct span rest = file; rest.at != NULL;) {
        struct span line = span_line(&rest);
        number++;
        if (span_starts(line, span_of(key)))
            return number;
    }
    return 1;
}

static void
check_terms(struct writer *writer, struct span text, const struct story *story, struct fault *fault)
{
    static const char *const keys[] = { "cities", "themes" };
    const struct spans lists[] = { story->cities, story->themes };
    for (int kind = CITY; kind <= THEME; kind++)
        for (size_t i = 0; i < lists[kind].count; i++)
            if (taxonomy_find(writer->terms[kind], lists[kind].at[i]) == NULL)
                fault_set(fault, line_of_key(text, keys[kind]),
                          "no %s is called `%.*s`: add it to %s.yaml",
                          kind == CITY ? "city" : "theme", SPAN_ARG(lists[kind].at[i]), keys[kind]);
}

static void
arrive(struct writer *writer, const unsigned char *hash, struct span slug)
{
    if (writer->arrived == writer->arrivals_room) {
        writer->arrivals_room = writer->arrivals_room == 0 ? 64 : 2 * writer->arrivals_room;
        writer->arrivals = memory_grow(writer->arrivals,
                                       writer->arrivals_room * sizeof *writer->arrivals);
    }
    struct arrival *arrival = &writer->arrivals[writer->arrived++];
    memcpy(arrival->hash, hash, HASH_BYTES);
    arrival->slug = slug;
}

static enum status
take_in(struct writer *writer, struct span path, const struct stat *facts, struct span slug,
        struct span text, const struct memory *memory)
{
    struct memory now = *memory;
    struct story story;
    struct fault fault = { 0, "" };
    struct region *region = region_new();
    enum status status = STATUS_OK;
    bool valid = slug_is_valid_for_story(slug);
    hash_bytes(text, now.hash);
    now.written = written_of(memory, facts, now.hash, writer->options->now);
    if (!valid)
        fault_set(&fault, 1, "%s: write it like ha-noi-5-dieu.gmi",
                  slug_is_valid(slug) ? "`gone` is moved.yaml's own word, no slug for a story"
                                      : "the file's name is no slug");
    bool owned = valid && !slug_is_taken(writer, path, slug, &fault);
    if (owned && story_parse(text, region, &story, &fault) == STATUS_OK) {
        check_terms(writer, text, &story, &fault);
        status = writer_put(writer, slug, &story,
                            &(struct origin){ path, line_of_key(text, "aliases:"), now.written });
        writer->summary.changed++;
        if (!memory->known)
            arrive(writer, now.hash, region_copy(writer->region, slug));
    }
    if (fault.what[0] != '\0')
        writer_report(writer, path, &fault);
    if (status == STATUS_OK)
        status = keep(writer, path, facts, &now, owned ? slug : (struct span){ NULL, 0 }, &fault);
    region_free(region);
    return status;
}

static enum status
look_at(struct writer *writer, struct span path, struct span slug)
{
    struct stat before, after;
    struct buffer text = BUFFER_EMPTY;
    if (fstatat(writer->content, path.at, &before, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(before.st_mode))
        return STATUS_OK; /* gone meanwhile, or nothing we read */
    span_list_add(&writer->seen, writer->region, path);
    struct memory memory = remember(writer, path);
    if (!writer->all && memory.known && memory.device == (int64_t)before.st_dev &&
        memory.inode == (int64_t)before.st_ino && memory.size == before.st_size &&
        memory.changed == change_of(&before)) {
        if (memory.fault.what[0] != '\0')
            writer_report(writer, path, &memory.fault);
        return STATUS_OK;
    }
    enum status status = file_read(writer->content, path.at, STORY_BYTES_MAX, &text);
    if (status == STATUS_OK &&
        fstatat(writer->content, path.at, &after, AT_SYMLINK_NOFOLLOW) == 0 &&
        change_of(&before) == change_of(&after)) {
        status = take_in(writer, path, &after, slug, buffer_span(&text), &memory);
    } else if (status != STATUS_OK) { /* else it is being written: the next round reads it */
        struct fault fault = { 0, "" };
        writer_say_unreadable(&fault, errno);
        if (status == STATUS_LIMIT)
            fault_set(&fault, 1, "a story holds at most %d bytes", STORY_BYTES_MAX);
        writer_report(writer, path, &fault);
        status = STATUS_OK;
    }
    buffer_fini(&text);
    return status;
}

enum status
writer_scan(struct writer *writer)
{
    int why = writer_why_unreadable(writer, "stories");
    if (why == 0)
        return writer_walk(writer, SPAN("stories"), true, look_at);
    fault_set(writer->fault, 0, "%s/stories can't be read: %s: %s", writer->options->content,
              strerror(why),
              why == ENOENT ? "make the folder, or mount what belongs there"
                            : "let whoever songtu runs as read it (chmod a+rX)");
    return STATUS_FAILED;
}

/* A page by this name could not be reached: its address is one of our own. */
static bool
is_taken(struct span name)
{
    static const char *const taken[] = { "archive", "city",  "feed",  "files",
                                         "search",  "story", "theme", NULL };
    for (size_t i = 0; taken[i] != NULL; i++)
        if (span_equal(name, span_of(taken[i])))
            return true;
    return false;
}

static enum status
read_page(struct writer *writer, struct span path, struct span name, struct buffer *text,
          struct story *out, struct fault *fault)
{
    if (!slug_is_valid(name))
        return fault_set(fault, 1, "`%.*s` is no slug: name the file in a-z, 0-9 and hyphens",
                         SPAN_ARG(name));
    if (is_taken(name))
        return fault_set(fault, 1,
                         "/%.*s is an address of the capsule's own: name the file "
                         "otherwise",
                         SPAN_ARG(name));
    enum status status = file_read(writer->content, path.at, STORY_BYTES_MAX, text);
    if (status != STATUS_OK) {
        writer_say_unreadable(fault, errno);
        return status;
    }
    return story_parse(region_copy(writer->region, buffer_span(text)), writer->region, out, fault);
}

static enum status
take_page(struct writer *writer, struct span path, struct span name)
{
    struct buffer text = BUFFER_EMPTY;
    struct story page;
    struct fault fault = { 0, "" };
    enum status status = read_page(writer, path, name, &text, &page, &fault);
    if (status != STATUS_OK) {
        writer_report(writer, path, &fault);
        status = STATUS_OK;
    } else {
        sqlite3_stmt *put = store_get(writer->archive, SQL_PAGE_PUT);
        store_bind_text(put, 1, name);
        store_bind_text(put, 2, page.title);
        store_bind_text(put, 3, page.lang);
        store_bind_text(put, 4, page.body);
        status = store_run(writer->archive, put);
    }
    buffer_fini(&text);
    return status;
}

enum status
writer_pages(struct writer *writer)
{
    int why = writer_why_unreadable(writer, "pages");
    enum status status = STATUS_OK;
    if (why == 0 || why == ENOENT)
        status = store_run(writer->archive, store_get(writer->archive, SQL_PAGES_CLEAR));
    return status == STATUS_OK ? writer_walk(writer, SPAN("pages"), false, take_page) : status;
}

enum status
writer_reread(struct writer *writer, struct span slug, bool *found)
{
    struct span path = { NULL, 0 };
    bool all = writer->all;
    enum status status = STATUS_OK;
    sqlite3_stmt *file = store_get(writer->archive, SQL_FILE_OF_SLUG);
    store_bind_text(file, 1, slug);
    store_bind_text(file, 2, SPAN(""));
    while (path.at == NULL && store_step(writer->archive, file) == STATUS_OK)
        if (is_there(writer, (const char *)sqlite3_column_text(file, 0)))
            path = store_text(file, 0, writer->region);
    store_done(file);
    writer->all = true;
    if (path.at != NULL)
        status = look_at(writer, path, slug);
    writer->all = all;
    *found = path.at != NULL;
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
