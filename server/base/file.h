/* SPDX-License-Identifier: ISC */
/* file.h - files that are read whole, written whole, or opened beneath a folder.
 *
 * Nothing here logs; where STATUS_FAILED is returned, errno says why. What is made has the mode
 * asked for, whatever the umask; what root makes beneath an open folder (not AT_FDCWD) belongs to
 * the folder's owner, and a file it replaces stays its owner's. */
#pragma once

#include "base/buffer.h"
#include "base/span.h"
#include "base/status.h"

#include <sys/types.h>

/* Opens `path` (relative, no leading /, NUL-terminated) beneath the open folder, following no
 * symbolic link out of it and no magic link (openat2; component by component on a kernel without).
 * Only a regular file, and never blocking on a FIFO. STATUS_ABSENT: nothing there, or what is there
 * is no regular file. `*out` is the caller's to close; *size in bytes. */
enum status file_open_beneath(int folder, const char *path, int *out, off_t *size) MUST_CHECK;

/* The same without openat2, for old kernels; follows no symbolic link at all. */
enum status
file_open_beneath_slowly(int folder, const char *path, int *out, off_t *size) MUST_CHECK;

/* Appends the whole file to *out. STATUS_LIMIT where it holds more than `most` bytes, STATUS_ABSENT
 * where there is none (or it is no regular file). `folder` may be AT_FDCWD. */
enum status file_read(int folder, const char *path, size_t most, struct buffer *out) MUST_CHECK;

/* Replaces the file by `bytes`, so that at any moment, a power cut too, the old or the new content
 * is there whole: temporary file beside it, fsync, rename, fsync of the folder. Temporary names
 * begin with ".songtu-", which nobody serves or indexes. */
enum status file_write(int folder, const char *path, struct span bytes, mode_t mode) MUST_CHECK;
/* As file_write, but STATUS_BUSY where a file of that name is already there (it stays). */
enum status file_create(int folder, const char *path, struct span bytes, mode_t mode) MUST_CHECK;
/* A number for what the path leads to now, links followed: another one where it is another file or
 * folder, be it with the same inode number; 0: nothing there. */
unsigned long long file_identity(int folder, const char *path);
/* What tells a regular file from what it was before; instants in nanoseconds since 1970. */
struct file_mark {
    unsigned long long device, inode;
    long long size, written, changed;
};
/* Of the file with that name; no link is followed at its end. false: it is no regular file. */
bool file_mark(int folder, const char *path, struct file_mark *out);
bool file_mark_open(int descriptor, struct file_mark *out);
/* Renames within a folder, durably; never onto a file that is there (STATUS_BUSY). */
enum status file_rename(int folder, const char *from, const char *to) MUST_CHECK;
/* Makes the folder and those above it where they are missing. */
enum status file_make_folder(int folder, const char *path, mode_t mode) MUST_CHECK;
/* Removes temporary files a killed writer left in the folder. */
void file_sweep(int folder, const char *path);

/* Holds an exclusive flock on `path`, made where it is missing. Waits if `wait`, else STATUS_BUSY.
 * *out is closed to let go. The lock is on the file that has the name when the call returns. */
enum status file_lock(int folder, const char *path, bool wait, int *out) MUST_CHECK;

/* Writes everything, whatever write() takes at once; STATUS_FAILED with errno. */
enum status file_write_all(int descriptor, struct span bytes) MUST_CHECK;
