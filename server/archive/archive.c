/* SPDX-License-Identifier: ISC */
#include "archive/store.h"

#include "archive/tokenizer.h"
#include "base/buffer.h"
#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* FTS5 takes about four of SQLite's steps for each page of 4 KB that it reads. */
enum { QUERY_MS = 250, BUSY_MS = 250, PROGRESS_STEPS = 2000, HURRY_STEPS = 100 };

/* SQLite asks now and then: shall I stop? */
static int
on_progress(void *whom)
{
    const struct archive *archive = whom;
    if (archive->cpu_end != 0 && clock_cpu() > archive->cpu_end)
        return 1;
    return archive->deadline != 0 && clock_monotonic() > archive->deadline;
}

void
store_hurry(struct archive *archive, int64_t cpu_ms, int64_t wall_ms)
{
    archive->cpu_end = clock_cpu() + cpu_ms;
    archive->deadline = clock_monotonic() + wall_ms;
    sqlite3_progress_handler(archive->db, HURRY_STEPS, on_progress, archive);
}

void
store_relax(struct archive *archive)
{
    archive->cpu_end = 0;
    archive->deadline = clock_monotonic() + QUERY_MS;
    sqlite3_progress_handler(archive->db, PROGRESS_STEPS, on_progress, archive);
}

static int64_t
pragma(struct archive *archive, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int64_t value = -1;
    if (sqlite3_prepare_v2(archive->db, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static enum status
check(struct archive *archive, const char *path, struct fault *fault)
{
    int64_t version = pragma(archive, "PRAGMA user_version");
    if (version < 0 && store_status(sqlite3_errcode(archive->db)) == STATUS_BUSY) {
        fault_set(fault, 0, "%s is busy", path);
        return STATUS_BUSY;
    }
    if (version < 0)
        return fault_set(fault, 0, "%s is damaged: %s", path, sqlite3_errmsg(archive->db));
    if (version != SCHEMA_VERSION || pragma(archive, "PRAGMA application_id") != APPLICATION_ID)
        return fault_set(fault, 0, "%s is of another version", path);
    enum status status = store_meta(archive, "round", &archive->round);
    if (status != STATUS_OK)
        return fault_set(fault, 0, "%s is damaged or not finished", path);
    return STATUS_OK;
}

unsigned long long
archive_identity(const char *path)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    struct buffer name = BUFFER_EMPTY;
    unsigned long long identity = 1;
    for (size_t i = 0; i < sizeof ends / sizeof *ends && identity != 0; i++) {
        buffer_clear(&name);
        buffer_printf(&name, "%s%s", path, ends[i]);
        unsigned long long part = file_identity(AT_FDCWD, buffer_text(&name));
        identity = part != 0 ? identity * 1000003 + part : 0;
    }
    buffer_fini(&name);
    return identity;
}

int64_t
archive_changed(const char *path)
{
    struct buffer journal = BUFFER_EMPTY;
    struct stat facts;
    int64_t changed = stat(path, &facts) == 0 ? facts.st_mtime : 0;
    buffer_printf(&journal, "%s-wal", path);
    if (stat(buffer_text(&journal), &facts) == 0 && facts.st_mtime > changed)
        changed = facts.st_mtime;
    buffer_fini(&journal);
    return changed;
}

enum status
archive_open(const char *path, struct archive **out, struct fault *fault)
{
    if (access(path, F_OK) != 0)
        return STATUS_ABSENT;
    struct archive *archive = memory_new(sizeof *archive);
    *archive = (struct archive){ .db = NULL };
    enum status status = STATUS_FAILED;
    if (sqlite3_open_v2(path, &archive->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) ==
        SQLITE_OK) {
        sqlite3_busy_timeout(archive->db, BUSY_MS);
        sqlite3_progress_handler(archive->db, PROGRESS_STEPS, on_progress, archive);
        status = check(archive, path, fault);
        if (status == STATUS_OK && (status = tokenizer_install(archive->db)) != STATUS_OK)
            fault_set(fault, 0, "this SQLite has no FTS5");
    } else {
        fault_set(fault, 0, "%s: %s", path, sqlite3_errmsg(archive->db));
    }
    if (status != STATUS_OK) {
        archive_close(archive);
        return status;
    }
    *out = archive;
    return STATUS_OK;
}

void
archive_close(struct archive *archive)
{
    if (archive == NULL)
        return;
    for (size_t i = 0; i < SQL_COUNT_OF_THEM; i++)
        sqlite3_finalize(archive->statements[i]);
    sqlite3_close(archive->db);
    free(archive);
}

enum status
archive_begin(struct archive *archive)
{
    int code = sqlite3_exec(archive->db, "BEGIN", NULL, NULL, NULL);
    if (code != SQLITE_OK)
        return store_judge(archive, code);
    archive->deadline = clock_monotonic() + QUERY_MS;
    enum status status = store_meta(archive, "round", &archive->round);
    if (status != STATUS_OK)
        archive_end(archive);
    return status;
}

void
archive_end(struct archive *archive)
{
    archive->deadline = 0;
    sqlite3_exec(archive->db, "COMMIT", NULL, NULL, NULL);
}

bool
archive_is_damaged(const struct archive *archive)
{
    return archive->damaged;
}

int64_t
archive_round(const struct archive *archive)
{
    return archive->round;
}
