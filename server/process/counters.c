/* SPDX-License-Identifier: ISC */
#include "process/counters.h"

#include "base/buffer.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, TRIES = 50, TRY_AGAIN_MS = 2 };

/* The file, in this machine's byte order: it never leaves it. */
struct image {
    char magic[8];
    uint64_t layout, written; /* clock_monotonic */
    uint64_t sum;             /* over all the rest */
    struct metric_values values;
};
static const char magic[8] = "songtu\n";

struct counters {
    char path[PATH_BYTES], temporary[PATH_BYTES];
    int file; /* -1: none yet */
    struct stat facts;
    struct image image;
};

static uint64_t
add_up(const struct image *image)
{
    uint64_t sum = 14695981039346656037u ^ image->layout;
    sum = sum * 1099511628211u ^ image->written;
    for (size_t i = 0; i < METRIC_CELLS; i++)
        sum = (sum ^ sum >> 29 ^ image->values.at[i]) * 1099511628211u;
    return sum;
}

struct counters *
counters_new(const char *folder)
{
    struct counters *counters = memory_new(sizeof *counters);
    memset(counters, 0, sizeof *counters);
    counters->file = -1;
    memcpy(counters->image.magic, magic, sizeof magic);
    counters->image.layout = metrics_layout();
    snprintf(counters->path, sizeof counters->path, "%s/counters", folder);
    snprintf(counters->temporary, sizeof counters->temporary, "%s/.songtu-counters", folder);
    return counters;
}

void
counters_let_go(struct counters *counters)
{
    if (counters == NULL || counters->file < 0)
        return;
    close(counters->file);
    counters->file = -1;
}

void
counters_free(struct counters *counters)
{
    counters_let_go(counters);
    free(counters);
}

/* Who holds the lock; false: nobody does. */
static bool
is_held(int file, pid_t *out)
{
    struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
    if (fcntl(file, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK)
        return false;
    *out = lock.l_pid > 0 ? lock.l_pid : 0;
    return true;
}

/* Another daemon's. */
static bool
is_taken(const char *path)
{
    pid_t holder;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0)
        return false;
    bool held = is_held(file, &holder);
    close(file);
    return held;
}

static enum status
put(const struct counters *counters, int file)
{
    ssize_t wrote = pwrite(file, &counters->image, sizeof counters->image, 0);
    if (wrote >= 0 && wrote != sizeof counters->image)
        errno = ENOSPC;
    return wrote == sizeof counters->image ? STATUS_OK : STATUS_FAILED;
}

/* A new file, with the lock on it and the numbers in it before it gets its name. */
static enum status
make(struct counters *counters)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    if (is_taken(counters->path))
        return STATUS_BUSY;
    unlink(counters->temporary); /* a killed daemon's */
    int file = open(counters->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                    0644);
    if (file < 0)
        return STATUS_FAILED;
    if (fcntl(file, F_SETLK, &lock) != 0 || put(counters, file) != STATUS_OK ||
        fstat(file, &counters->facts) != 0 || rename(counters->temporary, counters->path) != 0) {
        int why = errno;
        unlink(counters->temporary);
        close(file);
        errno = why;
        return STATUS_FAILED;
    }
    counters->file = file;
    return STATUS_OK;
}

/* The file we write is the one people find. */
static bool
is_there(const struct counters *counters)
{
    struct stat facts;
    return counters->file >= 0 && lstat(counters->path, &facts) == 0 &&
           facts.st_ino == counters->facts.st_ino && facts.st_dev == counters->facts.st_dev;
}

enum status
counters_write(struct counters *counters, const struct metric_values *values, int64_t now)
{
    struct image *image = &counters->image;
    bool there = is_there(counters);
    if (there && memcmp(&image->values, values, sizeof *values) == 0)
        return STATUS_OK;
    image->values = *values;
    image->written = (uint64_t)now;
    image->sum = add_up(image);
    if (there)
        return put(counters, counters->file);
    counters_let_go(counters);
    return make(counters);
}

enum status
counters_parse(struct span bytes, struct counters_sample *out, struct fault *fault)
{
    struct image image = { .layout = 0 };
    if (bytes.len == 0)
        return STATUS_BUSY;
    memcpy(&image, bytes.at, bytes.len < sizeof image ? bytes.len : sizeof image);
    if (memcmp(image.magic, magic, sizeof magic) != 0)
        return fault_set(fault, 0, "holds no counters");
    if (bytes.len >= offsetof(struct image, written) && image.layout != metrics_layout())
        return fault_set(fault, 0, "is of another version: songtu and songtud must be the same");
    if (bytes.len != sizeof image || image.sum != add_up(&image))
        return STATUS_BUSY;
    *out = (struct counters_sample){ .values = image.values, .at = (int64_t)image.written };
    return STATUS_OK;
}

static enum status
read_once(int file, struct counters_sample *out, struct fault *fault)
{
    char bytes[sizeof(struct image) + 1];
    pid_t daemon;
    if (!is_held(file, &daemon))
        return STATUS_ABSENT;
    ssize_t got = pread(file, bytes, sizeof bytes, 0);
    if (got < 0)
        return fault_set(fault, 0, "can't be read: %s", strerror(errno));
    enum status status = counters_parse((struct span){ bytes, (size_t)got }, out, fault);
    if (status == STATUS_OK)
        out->daemon = daemon;
    return status;
}

enum status
counters_read(const char *folder, struct counters_sample *out, struct fault *fault)
{
    char path[PATH_BYTES];
    struct fault inner = { 0, "is torn: delete it, and it is made anew" };
    enum status status = STATUS_BUSY;
    snprintf(path, sizeof path, "%s/counters", folder);
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0 && errno == ENOENT)
        return STATUS_ABSENT;
    if (file < 0)
        return fault_set(fault, 0, "%s can't be opened: %s", path, strerror(errno));
    for (int i = 0; i < TRIES && status == STATUS_BUSY; i++) {
        if (i > 0)
            poll(NULL, 0, TRY_AGAIN_MS);
        status = read_once(file, out, &inner);
    }
    close(file);
    if (status == STATUS_BUSY || status == STATUS_BAD)
        status = fault_set(fault, 0, "%s %s", path, inner.what);
    else if (status == STATUS_OK && clock_monotonic() - COUNTERS_EVERY_MS > out->at)
        out->at = clock_monotonic() - COUNTERS_EVERY_MS; /* nothing changed since */
    return status;
}
