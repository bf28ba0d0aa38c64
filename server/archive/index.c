/* SPDX-License-Identifier: ISC */
#include "archive/index.h"

#include "archive/query.h"
#include "archive/tokenizer.h"
#include "archive/writer.h"
#include "base/file.h"
#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, CACHE_KIB = 48 * 1024 /* of an archive that is made */ };

static int
run(struct writer *writer, const char *sql)
{
    int code = sqlite3_exec(writer->archive->db, sql, NULL, NULL, NULL);
    (void)store_judge(writer->archive, code);
    return code;
}

static enum status
failed(struct writer *writer)
{
    if (writer->fault->what[0] == '\0')
        fault_set(writer->fault, 0, "the archive can't be written: %s",
                  sqlite3_errmsg(writer->archive->db));
    return STATUS_FAILED;
}

/* Reads one taxonomy; what it was read from goes into *sum. */
static enum status
read_taxonomy(struct writer *writer, int kind, struct buffer *sum)
{
    static const char *const names[] = { "cities.yaml", "themes.yaml" };
    struct buffer text = BUFFER_EMPTY;
    struct fault fault = { 0, "" };
    enum status status = file_read(writer->content, names[kind], TAXONOMY_BYTES_MAX, &text);
    if (status == STATUS_ABSENT)
        status = STATUS_OK;
    else if (status != STATUS_OK)
        fault_set(&fault, 0, "it can't be read");
    if (status == STATUS_OK)
        status = taxonomy_parse(region_copy(writer->region, buffer_span(&text)), writer->region,
                                &writer->terms[kind], &fault);
    if (status != STATUS_OK) {
        writer_report(writer, span_of(names[kind]), &fault);
        fault_set(writer->fault, fault.line, "%s:%zu: %s", names[kind], fault.line, fault.what);
        status = STATUS_BAD;
    }
    buffer_add(sum, buffer_span(&text));
    buffer_add_char(sum, '\0');
    buffer_fini(&text);
    return status;
}

/* Taxonomies, and whether anything that every story depends on is other than last time. */
static enum status
read_taxonomies(struct writer *writer)
{
    struct buffer sum = BUFFER_EMPTY;
    unsigned char hash[HASH_BYTES];
    int64_t now = 0, before = 0;
    buffer_printf(&sum, "%s %.*s", writer->options->zone, SPAN_ARG(writer->options->lang));
    enum status status = read_taxonomy(writer, CITY, &sum);
    if (status == STATUS_OK)
        status = read_taxonomy(writer, THEME, &sum);
    hash_bytes(buffer_span(&sum), hash);
    memcpy(&now, hash, sizeof now);
    buffer_fini(&sum);
    if (status != STATUS_OK)
        return status;
    enum status known = store_meta(writer->archive, "derived", &before);
    writer->all = known != STATUS_OK || before != now;
    if (writer->all)
        status = writer_terms(writer);
    return status == STATUS_OK && writer->all ? store_set_meta(writer->archive, "derived", now)
                                              : status;
}

static enum status
sum_up(struct writer *writer, int before)
{
    struct index_summary *summary = &writer->summary;
    struct archive *archive = writer->archive;
    sqlite3_stmt *due = store_get(archive, SQL_NEXT_DUE);
    sqlite3_bind_int64(due, 1, writer->options->now);
    if (store_step(archive, due) == STATUS_OK)
        summary->next_due = sqlite3_column_int64(due, 0);
    store_done(due);
    sqlite3_stmt *served = store_get(archive, SQL_COUNT);
    sqlite3_bind_int64(served, 1, 0);
    sqlite3_bind_int64(served, 2, 0);
    sqlite3_bind_int(served, 3, BUCKET_ALL);
    if (store_step(archive, served) == STATUS_OK)
        summary->stories = (size_t)sqlite3_column_int64(served, 0);
    store_done(served);
    if (store_meta(archive, "round", &summary->round) != STATUS_OK)
        summary->round = 0;
    if (!summary->rebuilt && sqlite3_total_changes(archive->db) - before <= writer->quiet)
        return STATUS_OK; /* readers see what they saw */
    enum status status = store_set_meta(archive, "content", writer->home);
    return status == STATUS_OK ? store_set_meta(archive, "round", ++summary->round) : status;
}

static enum status
settle(struct writer *writer)
{
    enum status status = writer_search_flush(writer);
    return status == STATUS_OK && run(writer, store_settle) != SQLITE_OK ? STATUS_FAILED : status;
}

static enum status
bring_up_to_date(struct writer *writer)
{
    int before = sqlite3_total_changes(writer->archive->db);
    enum status status = read_taxonomies(writer);
    if (status == STATUS_OK)
        status = writer_moved_read(writer);
    if (status == STATUS_OK)
        status = writer_scan(writer);
    if (status == STATUS_OK && writer->gathering)
        status = settle(writer);
    writer->gathering = false;
    if (status == STATUS_OK)
        status = writer_removed(writer);
    if (status == STATUS_OK)
        status = writer_due(writer);
    if (status == STATUS_OK)
        status = writer_alias_clashes(writer);
    if (status == STATUS_OK)
        status = writer_moved(writer);
    if (status == STATUS_OK)
        status = writer_pages(writer);
    if (status == STATUS_OK)
        status = writer_search_flush(writer);
    return status == STATUS_OK ? sum_up(writer, before) : status;
}

static enum status
transact(struct writer *writer)
{
    if (run(writer, "BEGIN IMMEDIATE") != SQLITE_OK)
        return failed(writer);
    errno = 0;
    enum status status = bring_up_to_date(writer);
    if (status == STATUS_OK && run(writer, "COMMIT") != SQLITE_OK)
        status = STATUS_FAILED;
    if (status != STATUS_OK) {
        if (status != STATUS_BAD)
            failed(writer);
        run(writer, "ROLLBACK");
    }
    writer_search_free(writer);
    return status;
}

/* In a file nobody reads before it is whole: what a killed writer leaves of it is thrown away, so
 * that nothing is written twice or waited for. */
static enum status
make_tables(struct writer *writer)
{
    char pragmas[256];
    writer->gathering = true;
    snprintf(pragmas, sizeof pragmas,
             "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-%d;"
             "PRAGMA threads=2; PRAGMA application_id=%d; PRAGMA user_version=%d;",
             CACHE_KIB, APPLICATION_ID, SCHEMA_VERSION);
    return run(writer, pragmas) == SQLITE_OK && run(writer, store_schema) == SQLITE_OK &&
                   run(writer, store_gather) == SQLITE_OK
               ? STATUS_OK
               : failed(writer);
}

static enum status
open_database(struct writer *writer, const char *path, bool make)
{
    struct archive *archive = memory_new(sizeof *archive);
    int persist = 1;
    *archive = (struct archive){ .db = NULL };
    writer->archive = archive;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (make ? SQLITE_OPEN_CREATE : 0);
    if (sqlite3_open_v2(path, &archive->db, flags, NULL) != SQLITE_OK)
        return failed(writer);
    sqlite3_busy_timeout(archive->db, 5000);
    if (tokenizer_install(archive->db) != STATUS_OK)
        return failed(writer);
    sqlite3_file_control(archive->db, "main", SQLITE_FCNTL_PERSIST_WAL, &persist);
    if (make)
        return make_tables(writer);
    return run(writer, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;") == SQLITE_OK
               ? STATUS_OK
               : failed(writer);
}

static void
remove_with_journals(const char *path)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    char name[2 * PATH_BYTES];
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

static enum status
sync_path(const char *path, int flags)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | flags);
    if (descriptor < 0)
        return STATUS_FAILED;
    enum status status = fsync(descriptor) == 0 ? STATUS_OK : STATUS_FAILED;
    close(descriptor);
    return status;
}

/* The new file holds all of it, and takes the old one's place whole. */
static enum status
publish(struct writer *writer, const char *made, const char *path)
{
    char journal[PATH_BYTES + 8];
    if (writer_search_raise(writer) != STATUS_OK)
        return STATUS_FAILED;
    run(writer, "PRAGMA journal_mode=WAL");
    archive_close(writer->archive);
    writer->archive = NULL;
    if (sync_path(made, 0) != STATUS_OK)
        return STATUS_FAILED;
    snprintf(journal, sizeof journal, "%s-wal", path);
    unlink(journal);
    snprintf(journal, sizeof journal, "%s-shm", path);
    unlink(journal);
    if (rename(made, path) != 0)
        return STATUS_FAILED;
    remove_with_journals(made);
    enum status status = open_database(writer, path, false); /* so that -wal and -shm are there */
    int64_t round;
    if (status == STATUS_OK)
        status = store_meta(writer->archive, "round", &round);
    return status == STATUS_OK ? sync_path(writer->options->state, O_DIRECTORY) : status;
}

/* A number for the content folder's place. Its inode would not do: where a disk is not mounted the
 * folder is another one, and all stories would seem to be gone. */
static int64_t
home_of(const char *content)
{
    unsigned char hash[HASH_BYTES];
    int64_t home;
    char *whole = realpath(content, NULL);
    hash_bytes(span_of(whole != NULL ? whole : content), hash);
    memcpy(&home, hash, sizeof home);
    free(whole);
    return home;
}

/* An archive of another folder is none of ours: its stories are not gone. */
static bool
is_usable(const struct writer *writer, const char *path)
{
    struct archive *archive = NULL;
    struct fault fault;
    int64_t home;
    bool usable = archive_identity(path) != 0 &&
                  archive_open(path, &archive, &fault) == STATUS_OK &&
                  store_meta(archive, "content", &home) == STATUS_OK && home == writer->home;
    archive_close(archive);
    return usable;
}

/* What a round found that came to nothing. */
static void
forget(struct writer *writer)
{
    struct span_list none = { { NULL, 0 }, 0 };
    readers_free(writer->readers);
    writer->readers = NULL;
    writer->arrived = writer->missed = writer->met = 0;
    writer->looked = writer->unread = writer->put = none;
    writer->quiet = 0;
    writer->summary = (struct index_summary){ 0 };
}

static enum status
round_in(struct writer *writer)
{
    char path[PATH_BYTES], made[PATH_BYTES + 8];
    snprintf(path, sizeof path, "%s/archive.db", writer->options->state);
    snprintf(made, sizeof made, "%s.new", path);
    if (!writer->options->anew && is_usable(writer, path)) {
        enum status status = open_database(writer, path, false);
        if (status == STATUS_OK)
            status = transact(writer);
        if (!writer->archive->damaged)
            return status;
        archive_close(writer->archive); /* damaged after all */
        writer->archive = NULL;
        forget(writer);
        *writer->fault = (struct fault){ 0, "" };
    }
    remove_with_journals(made);
    writer->summary.rebuilt = true;
    enum status status = open_database(writer, made, true);
    if (status == STATUS_OK)
        status = transact(writer);
    if (status == STATUS_OK && publish(writer, made, path) != STATUS_OK) {
        fault_set(writer->fault, 0, "%s can't be put in place: %s", path, strerror(errno));
        status = STATUS_FAILED;
    }
    return status;
}

enum status
index_lock(const char *state, bool wait, int *out)
{
    char lock[PATH_BYTES];
    enum status status = file_make_folder(AT_FDCWD, state, 0755);
    snprintf(lock, sizeof lock, "%s/lock", state);
    return status == STATUS_OK ? file_lock(AT_FDCWD, lock, wait, out) : status;
}

enum status
index_round(const struct index_options *options, struct index_summary *out, struct fault *fault)
{
    struct fault own = { 0, "" };
    struct writer writer = { .options = options, .content = -1, .fault = &own };
    int held = -1;
    enum status status = index_lock(options->state, options->wait, &held);
    if (status == STATUS_FAILED)
        fault_set(&own, 0, "%s: %s", options->state, strerror(errno));
    writer.region = region_new();
    if (status == STATUS_OK) {
        writer.content = open(options->content, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (writer.content < 0) {
            fault_set(&own, 0, "%s can't be read: %s", options->content, strerror(errno));
            status = STATUS_FAILED;
        }
    }
    if (status == STATUS_OK) {
        writer.home = home_of(options->content);
        status = round_in(&writer);
    }
    archive_close(writer.archive);
    region_free(writer.region);
    readers_free(writer.readers);
    free(writer.arrivals);
    free(writer.missing);
    if (writer.content >= 0)
        close(writer.content);
    if (held >= 0)
        close(held);
    if (status == STATUS_OK)
        *out = writer.summary;
    else if (fault != NULL)
        *fault = own;
    return status;
}
