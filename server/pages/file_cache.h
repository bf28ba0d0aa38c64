/* SPDX-License-Identifier: ISC */
/* file_cache.h - what small files hold, for as long as they are what they were.
 *
 * A file is kept beside its mark; whoever asks brings the mark it has now. A place is found by the
 * path, and one that comes later takes it over. It belongs to one thread. */
#pragma once

#include "base/block.h"
#include "base/file.h"

struct file_cache;

struct file_cache *file_cache_new(size_t bytes); /* at most so many, the table of places apart */
void file_cache_free(struct file_cache *cache);  /* NULL is fine, here and below: nothing is kept */

/* Borrowed until the next call; NULL: it is not there, or was another file. */
struct block *
file_cache_find(struct file_cache *cache, const char *path, const struct file_mark *mark);
/* Holds the block as well, unless it is more than fits. */
void file_cache_keep(struct file_cache *cache, const char *path, const struct file_mark *mark,
                     struct block *block);
size_t file_cache_bytes(const struct file_cache *cache); /* of content */
