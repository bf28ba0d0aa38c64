/* SPDX-License-Identifier: ISC */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, READ_BYTES = 64 * 1024 };
enum { OPEN_READ = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY };

static void
close_quietly(int descriptor)
{
    int why = errno;
    if (descriptor >= 0)
        close(descriptor);
    errno = why;
}

static enum status
status_of_errno(void)
{
    switch (errno) {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
    case EXDEV:
    case ENXIO:
    case ENAMETOOLONG:
        return STATUS_ABSENT;
    default:
        return STATUS_FAILED;
    }
}

/* For kernels before openat2: every folder on the way is opened by itself, following no link. */
static int
open_by_steps(int folder, const char *path)
{
    struct span rest = span_of(path);
    int at = dup(folder);
    while (at >= 0 && rest.at != NULL) {
        char name[NAME_MAX + 1];
        struct span step = span_cut(&rest, '/');
        if (step.len == 0 || step.len > NAME_MAX || span_equal(step, SPAN("..")) ||
            span_equal(step, SPAN("."))) {
            close(at);
            errno = EXDEV;
            return -1;
        }
        snprintf(name, sizeof name, "%.*s", SPAN_ARG(step));
        int flags = rest.at != NULL ? O_DIRECTORY | O_PATH | O_CLOEXEC : OPEN_READ;
        int next = openat(at, name, flags | O_NOFOLLOW);
        close_quietly(at);
        at = next;
    }
    return at;
}

static int
open_beneath(int folder, const char *path)
{
    struct open_how how = { .flags = OPEN_READ,
                            .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
    int descriptor = (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
    if (descriptor < 0 && (errno == ENOSYS || errno == EPERM))
        return open_by_steps(folder, path);
    return descriptor;
}

static enum status
regular_only(int descriptor, int *out, off_t *size)
{
    struct stat facts;
    if (fstat(descriptor, &facts) != 0) {
        close_quietly(descriptor);
        return STATUS_FAILED;
    }
    if (!S_ISREG(facts.st_mode)) {
        close(descriptor);
        return STATUS_ABSENT;
    }
    *out = descriptor;
    *size = facts.st_size;
    return STATUS_OK;
}

enum status
file_open_beneath(int folder, const char *path, int *out, off_t *size)
{
    int descriptor = open_beneath(folder, path);
    if (descriptor < 0)
        return status_of_errno();
    return regular_only(descriptor, out, size);
}

enum status
file_open_beneath_slowly(int folder, const char *path, int *out, off_t *size)
{
    int descriptor = open_by_steps(folder, path);
    if (descriptor < 0)
        return status_of_errno();
    return regular_only(descriptor, out, size);
}

static enum status
read_whole(int descriptor, size_t most, struct buffer *out)
{
    size_t before = out->len;
    for (;;) {
        size_t left = most - (out->len - before);
        size_t want = left < READ_BYTES ? left + 1 : READ_BYTES;
        ssize_t got = read(descriptor, buffer_reserve(out, want), want);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 || (size_t)got > left) {
            buffer_shorten(out, before);
            return got < 0 ? STATUS_FAILED : STATUS_LIMIT;
        }
        if (got == 0)
            return STATUS_OK;
        buffer_grew(out, (size_t)got);
    }
}

enum status
file_read(int folder, const char *path, size_t most, struct buffer *out)
{
    off_t size = 0;
    int descriptor = openat(folder, path, OPEN_READ);
    if (descriptor < 0)
        return status_of_errno();
    enum status status = regular_only(descriptor, &descriptor, &size);
    if (status != STATUS_OK)
        return status;
    if ((uint64_t)size > most)
        status = STATUS_LIMIT;
    else
        buffer_reserve(out, (size_t)size + 1);
    if (status == STATUS_OK)
        status = read_whole(descriptor, most, out);
    close_quietly(descriptor);
    return status;
}

enum status
file_write_all(int descriptor, struct span bytes)
{
    while (bytes.len > 0) {
        ssize_t written = write(descriptor, bytes.at, bytes.len);
        if (written < 0 && errno != EINTR)
            return STATUS_FAILED;
        if (written > 0)
            bytes = span_skip(bytes, (size_t)written);
    }
    return STATUS_OK;
}

/* Where `path` lies: its folder, and a temporary name beside it. */
struct place {
    char folder[PATH_BYTES], temporary[PATH_BYTES];
};

static bool
place_find(const char *path, struct place *out)
{
    static unsigned counter;
    const char *slash = strrchr(path, '/');
    int len = slash != NULL ? (int)(slash - path) : 0;
    if (strlen(path) + 64 > PATH_BYTES)
        return false;
    snprintf(out->folder, sizeof out->folder, "%.*s", len, path);
    if (slash == NULL)
        strcpy(out->folder, ".");
    else if (len == 0)
        strcpy(out->folder, "/");
    snprintf(out->temporary, sizeof out->temporary, "%.*s.songtu-%d-%u",
             slash != NULL ? len + 1 : 0, path, (int)getpid(), counter++);
    return true;
}

static enum status
sync_folder(int folder, const char *path)
{
    int descriptor = openat(folder, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return STATUS_FAILED;
    enum status status = fsync(descriptor) == 0 ? STATUS_OK : STATUS_FAILED;
    close_quietly(descriptor);
    return status;
}

/* Root works beneath somebody's folder: what it makes is theirs; what it replaces stays whose it
 * was. Where the file system knows no owners, they are nobody's concern. */
static void
give(int folder, const char *path, const char *made)
{
    struct stat owner;
    if (folder == AT_FDCWD || geteuid() != 0)
        return;
    if (fstatat(folder, path, &owner, AT_SYMLINK_NOFOLLOW) != 0 && fstat(folder, &owner) != 0)
        return;
    if (fchownat(folder, made, owner.st_uid, owner.st_gid, AT_SYMLINK_NOFOLLOW) != 0)
        return;
}

static enum status
write_temporary(int folder, const char *path, const char *temporary, struct span bytes, mode_t mode)
{
    int descriptor = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                            mode & 0700);
    if (descriptor < 0)
        return STATUS_FAILED;
    give(folder, path, temporary);
    enum status status = file_write_all(descriptor, bytes);
    if (status == STATUS_OK && (fchmod(descriptor, mode) != 0 || fsync(descriptor) != 0))
        status = STATUS_FAILED;
    int why = errno;
    if (close(descriptor) != 0 && status == STATUS_OK)
        status = STATUS_FAILED;
    else
        errno = why;
    return status;
}

/* Renames without replacing; by link and unlink where the file system can't. */
static int
rename_onto_nothing(int folder, const char *from, const char *to)
{
    if (renameat2(folder, from, folder, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    if (linkat(folder, from, folder, to, 0) != 0)
        return -1;
    return unlinkat(folder, from, 0);
}

static enum status
write_file(int folder, const char *path, struct span bytes, mode_t mode, bool replace)
{
    struct place place;
    if (!place_find(path, &place)) {
        errno = ENAMETOOLONG;
        return STATUS_FAILED;
    }
    enum status status = write_temporary(folder, path, place.temporary, bytes, mode);
    if (status == STATUS_OK) {
        int failed = replace ? renameat(folder, place.temporary, folder, path)
                             : rename_onto_nothing(folder, place.temporary, path);
        if (failed != 0)
            status = errno == EEXIST ? STATUS_BUSY : STATUS_FAILED;
    }
    if (status == STATUS_OK)
        return sync_folder(folder, place.folder);
    int why = errno;
    unlinkat(folder, place.temporary, 0);
    errno = why;
    return status;
}

enum status
file_write(int folder, const char *path, struct span bytes, mode_t mode)
{
    return write_file(folder, path, bytes, mode, true);
}

enum status
file_create(int folder, const char *path, struct span bytes, mode_t mode)
{
    return write_file(folder, path, bytes, mode, false);
}

/* The birth's time tells a new file from a former one whose number it got. */
unsigned long long
file_identity(int folder, const char *path)
{
    struct statx facts;
    if (statx(folder, path, 0, STATX_INO | STATX_BTIME, &facts) != 0)
        return 0;
    unsigned long long identity = ((unsigned long long)facts.stx_dev_major << 32 |
                                   facts.stx_dev_minor);
    identity = identity * 1000003 + facts.stx_ino;
    if ((facts.stx_mask & STATX_BTIME) != 0) {
        identity = identity * 1000003 + (unsigned long long)facts.stx_btime.tv_sec;
        identity = identity * 1000003 + facts.stx_btime.tv_nsec;
    }
    return identity != 0 ? identity : 1;
}

static bool
mark_of(const struct stat *facts, struct file_mark *out)
{
    const long long second = 1000000000;
    *out = (struct file_mark){ .device = facts->st_dev,
                               .inode = facts->st_ino,
                               .size = facts->st_size,
                               .written = facts->st_mtim.tv_sec * second + facts->st_mtim.tv_nsec,
                               .changed = facts->st_ctim.tv_sec * second + facts->st_ctim.tv_nsec };
    return S_ISREG(facts->st_mode);
}

bool
file_mark(int folder, const char *path, struct file_mark *out)
{
    struct stat facts;
    return fstatat(folder, path, &facts, AT_SYMLINK_NOFOLLOW) == 0 && mark_of(&facts, out);
}

bool
file_mark_open(int descriptor, struct file_mark *out)
{
    struct stat facts;
    return fstat(descriptor, &facts) == 0 && mark_of(&facts, out);
}

enum status
file_rename(int folder, const char *from, const char *to)
{
    struct place before, after;
    if (!place_find(from, &before) || !place_find(to, &after)) {
        errno = ENAMETOOLONG;
        return STATUS_FAILED;
    }
    if (rename_onto_nothing(folder, from, to) != 0)
        return errno == EEXIST ? STATUS_BUSY : status_of_errno();
    if (sync_folder(folder, after.folder) != STATUS_OK)
        return STATUS_FAILED;
    return sync_folder(folder, before.folder);
}

/* With this mode, whatever the mask; one that is there stays as it is. */
static bool
make_one(int folder, const char *path, mode_t mode)
{
    if (mkdirat(folder, path, mode & 0700) != 0)
        return errno == EEXIST;
    give(folder, "", path);
    return fchmodat(folder, path, mode, 0) == 0;
}

static bool
is_folder(int folder, const char *path)
{
    struct stat facts;
    return fstatat(folder, path, &facts, 0) == 0 && S_ISDIR(facts.st_mode);
}

enum status
file_make_folder(int folder, const char *path, mode_t mode)
{
    char part[PATH_BYTES];
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof part) {
        errno = ENAMETOOLONG;
        return STATUS_FAILED;
    }
    for (size_t i = 1; i <= len; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        snprintf(part, sizeof part, "%.*s", (int)i, path);
        if (!make_one(folder, part, mode))
            return STATUS_FAILED;
    }
    if (is_folder(folder, path))
        return STATUS_OK;
    errno = ENOTDIR;
    return STATUS_FAILED;
}

void
file_sweep(int folder, const char *path)
{
    int descriptor = openat(folder, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = descriptor >= 0 ? fdopendir(descriptor) : NULL;
    if (entries == NULL) {
        close_quietly(descriptor);
        return;
    }
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;)
        if (strncmp(entry->d_name, ".songtu-", 8) == 0)
            unlinkat(descriptor, entry->d_name, 0);
    closedir(entries);
}

static bool
still_there(int folder, const char *path, int descriptor)
{
    struct stat held, named;
    return fstat(descriptor, &held) == 0 && fstatat(folder, path, &named, 0) == 0 &&
           held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

enum status
file_lock(int folder, const char *path, bool wait, int *out)
{
    for (;;) {
        int descriptor = openat(folder, path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
        if (descriptor < 0)
            return STATUS_FAILED;
        int refused;
        do
            refused = flock(descriptor, LOCK_EX | (wait ? 0 : LOCK_NB));
        while (refused != 0 && errno == EINTR);
        if (refused != 0) {
            close_quietly(descriptor);
            return errno == EWOULDBLOCK ? STATUS_BUSY : STATUS_FAILED;
        }
        if (still_there(folder, path, descriptor)) {
            *out = descriptor;
            return STATUS_OK;
        }
        close(descriptor); /* it was deleted meanwhile: lock the one that has the name now */
    }
}
