/* SPDX-License-Identifier: ISC */
#include "wire/diary.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum { NAMES_MAX = 99, NAME_BYTES = 64, FILE_MODE = 0600, SLOTS_FIRST = 256 };

struct diary {
    struct region *region;
    struct diary_entry **entries;
    size_t count, room;
    size_t *slots; /* by key: the entry's place plus 1; 0: free */
    size_t slot_count;
    struct diary_hold *holds;
    size_t hold_count, hold_room;
    unsigned char secret[HASH_SECRET];
    int folder, lock; /* -1: none */
};

struct diary *
diary_new(void)
{
    struct diary *diary = memory_new(sizeof *diary);
    *diary = (struct diary){ .region = region_new(), .folder = -1, .lock = -1 };
    if (getrandom(diary->secret, sizeof diary->secret, 0) != sizeof diary->secret)
        memory_end();
    return diary;
}

void
diary_free(struct diary *diary)
{
    if (diary == NULL)
        return;
    if (diary->folder >= 0)
        close(diary->folder);
    if (diary->lock >= 0)
        close(diary->lock);
    region_free(diary->region);
    free(diary->entries);
    free(diary->slots);
    free(diary->holds);
    free(diary);
}

struct span
diary_keep(struct diary *diary, struct span text)
{
    return region_copy(diary->region, text);
}

/* Where the entry is told of, or would be. */
static size_t *
slot_of(const struct diary *diary, struct span source, struct span url)
{
    struct buffer key = BUFFER_EMPTY;
    buffer_add(&key, source);
    buffer_add_char(&key, '\n');
    buffer_add(&key, url);
    size_t at = hash_keyed(diary->secret, buffer_span(&key)) % diary->slot_count;
    buffer_fini(&key);
    while (diary->slots[at] != 0) {
        const struct diary_entry *entry = diary->entries[diary->slots[at] - 1];
        if (span_equal(entry->source, source) && span_equal(entry->url, url))
            break;
        at = (at + 1) % diary->slot_count;
    }
    return &diary->slots[at];
}

static void
rebuild_slots(struct diary *diary, size_t count)
{
    free(diary->slots);
    diary->slots = memory_new(count * sizeof *diary->slots);
    memset(diary->slots, 0, count * sizeof *diary->slots);
    diary->slot_count = count;
    for (size_t i = 0; i < diary->count; i++)
        *slot_of(diary, diary->entries[i]->source, diary->entries[i]->url) = i + 1;
}

struct diary_entry *
diary_find(struct diary *diary, struct span source, struct span url)
{
    size_t which = diary->slot_count > 0 ? *slot_of(diary, source, url) : 0;
    return which > 0 ? diary->entries[which - 1] : NULL;
}

struct diary_entry *
diary_at(struct diary *diary, struct span source, struct span url)
{
    struct diary_entry *entry = diary_find(diary, source, url);
    if (entry != NULL)
        return entry;
    if (diary->count == diary->room) {
        diary->room = diary->room == 0 ? SLOTS_FIRST : 2 * diary->room;
        diary->entries = memory_grow(diary->entries, diary->room * sizeof(struct diary_entry *));
        rebuild_slots(diary, 2 * diary->room);
    }
    entry = region_alloc(diary->region, sizeof *entry);
    entry->source = diary_keep(diary, source);
    entry->url = diary_keep(diary, url);
    *slot_of(diary, source, url) = diary->count + 1;
    diary->entries[diary->count++] = entry;
    return entry;
}

struct diary_entry *
diary_next(const struct diary *diary, size_t *from)
{
    return *from < diary->count ? diary->entries[(*from)++] : NULL;
}

const struct diary_hold *
diary_next_hold(const struct diary *diary, size_t *from)
{
    return *from < diary->hold_count ? &diary->holds[(*from)++] : NULL;
}

void
diary_forget(struct diary *diary, int64_t before, int64_t now)
{
    size_t kept = 0, held = 0;
    for (size_t i = 0; i < diary->count; i++)
        if (!diary->entries[i]->page || diary->entries[i]->asked >= before)
            diary->entries[kept++] = diary->entries[i];
    if (kept < diary->count) {
        diary->count = kept;
        rebuild_slots(diary, diary->slot_count);
    }
    for (size_t i = 0; i < diary->hold_count; i++)
        if (diary->holds[i].until > now)
            diary->holds[held++] = diary->holds[i];
    diary->hold_count = held;
}

int64_t
diary_held(const struct diary *diary, struct span host)
{
    for (size_t i = 0; i < diary->hold_count; i++)
        if (span_equal_nocase(diary->holds[i].host, host))
            return diary->holds[i].until;
    return 0;
}

void
diary_hold(struct diary *diary, struct span host, int64_t until)
{
    for (size_t i = 0; i < diary->hold_count; i++)
        if (span_equal_nocase(diary->holds[i].host, host)) {
            diary->holds[i].until = until;
            return;
        }
    if (diary->hold_count == diary->hold_room) {
        diary->hold_room = 2 * diary->hold_room + 1;
        diary->holds = memory_grow(diary->holds, diary->hold_room * sizeof *diary->holds);
    }
    diary->holds[diary->hold_count++] = (struct diary_hold){ diary_keep(diary, host), until };
}

/* Reads one of the files; STATUS_ABSENT, or STATUS_BAD: it is not whole. */
static enum status
read_file(int folder, const char *name, struct diary **out, struct fault *fault)
{
    struct buffer bytes = BUFFER_EMPTY;
    enum status status = file_read(folder, name, DIARY_BYTES_MAX, &bytes);
    if (status == STATUS_LIMIT)
        status = fault_set(fault, 0, "it is larger than %d MiB", DIARY_BYTES_MAX / 1024 / 1024);
    else if (status == STATUS_OK)
        status = diary_parse(buffer_span(&bytes), out, fault);
    buffer_fini(&bytes);
    return status;
}

/* Gives what can't be read another name, for a person to look at. */
static enum status
set_aside(int folder, char name[NAME_BYTES])
{
    enum status status = STATUS_BUSY;
    for (int i = 1; i <= NAMES_MAX && status == STATUS_BUSY; i++) {
        snprintf(name, NAME_BYTES, "%s.torn-%d", DIARY_FILE, i);
        status = file_rename(folder, DIARY_FILE, name);
    }
    return status;
}

/* The current file is not whole: what stands in for it, and the words about it in *fault. */
static enum status
recover(int folder, bool write, struct diary **out, struct fault *fault)
{
    struct fault torn = *fault, old;
    char name[NAME_BYTES] = "";
    char where[NAME_BYTES] = "", aside[2 * NAME_BYTES] = "";
    if (torn.line > 0)
        snprintf(where, sizeof where, ":%zu", torn.line);
    if (write && set_aside(folder, name) != STATUS_OK) {
        fault_write(fault, 0, "%s can't be set aside: %s", DIARY_FILE, strerror(errno));
        return STATUS_FAILED;
    }
    enum status status = read_file(folder, DIARY_PREVIOUS, out, &old);
    if (status != STATUS_OK)
        *out = diary_new();
    if (write)
        snprintf(aside, sizeof aside, ": it is %s now", name);
    fault_write(fault, 0, "%s%s: %.100s%s, and %s", DIARY_FILE, where, torn.what, aside,
                status == STATUS_OK ? "the copy before it is used"
                                    : "everything is fetched anew; no story is lost");
    return STATUS_OK;
}

static enum status
open_file(int folder, bool write, struct diary **out, struct fault *fault)
{
    enum status status = read_file(folder, DIARY_FILE, out, fault);
    if (status == STATUS_ABSENT) {
        *out = diary_new();
        status = STATUS_OK;
    } else if (status == STATUS_BAD) {
        status = recover(folder, write, out, fault);
    } else if (status != STATUS_OK) {
        fault_write(fault, 0, "%s can't be read: %s", DIARY_FILE, strerror(errno));
        status = STATUS_FAILED;
    }
    return status;
}

enum status
diary_open(int folder, bool write, struct diary **out, struct fault *fault)
{
    int lock = -1;
    *fault = (struct fault){ 0, "" };
    enum status status = write ? file_lock(folder, DIARY_LOCK, false, &lock) : STATUS_OK;
    if (status == STATUS_BUSY)
        fault_write(fault, 0, "another refresh is at work");
    else if (status != STATUS_OK)
        fault_write(fault, 0, "%s can't be locked: %s", DIARY_LOCK, strerror(errno));
    if (status != STATUS_OK)
        return status == STATUS_BUSY ? STATUS_BUSY : STATUS_FAILED;
    status = open_file(folder, write, out, fault);
    if (status != STATUS_OK) {
        if (lock >= 0)
            close(lock);
        return status;
    }
    (*out)->lock = lock;
    (*out)->folder = fcntl(folder, F_DUPFD_CLOEXEC, 0);
    return STATUS_OK;
}

enum status
diary_write(struct diary *diary, struct fault *fault)
{
    struct buffer bytes = BUFFER_EMPTY;
    diary_print(diary, &bytes);
    /* Where the copy can't be made, as there is nothing to copy or no hard links here, the new one
     * is what counts. */
    if (faccessat(diary->folder, DIARY_FILE, F_OK, 0) == 0 &&
        (unlinkat(diary->folder, DIARY_PREVIOUS, 0) == 0 || errno == ENOENT))
        (void)!linkat(diary->folder, DIARY_FILE, diary->folder, DIARY_PREVIOUS, 0);
    enum status status = file_write(diary->folder, DIARY_FILE, buffer_span(&bytes), FILE_MODE);
    if (status != STATUS_OK)
        fault_write(fault, 0, "%s can't be written: %s", DIARY_FILE, strerror(errno));
    buffer_fini(&bytes);
    return status == STATUS_OK ? STATUS_OK : STATUS_FAILED;
}
