/* SPDX-License-Identifier: ISC */
#include "pages/file_cache.h"

#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>

enum { PLACES = 256 };

struct kept {
    char *path; /* NULL: nothing is kept here */
    struct file_mark mark;
    struct block *block;
};

struct file_cache {
    size_t most, bytes;
    struct kept places[PLACES];
};

struct file_cache *
file_cache_new(size_t bytes)
{
    struct file_cache *cache = memory_new(sizeof *cache);
    *cache = (struct file_cache){ .most = bytes };
    return cache;
}

static void
empty(struct file_cache *cache, struct kept *kept)
{
    if (kept->path == NULL)
        return;
    cache->bytes -= kept->block->len;
    block_drop(kept->block);
    free(kept->path);
    kept->path = NULL;
}

static void
clear(struct file_cache *cache)
{
    for (size_t i = 0; i < PLACES; i++)
        empty(cache, &cache->places[i]);
}

void
file_cache_free(struct file_cache *cache)
{
    if (cache == NULL)
        return;
    clear(cache);
    free(cache);
}

/* FNV-1a. */
static struct kept *
place_of(struct file_cache *cache, const char *path)
{
    uint64_t hash = 14695981039346656037u;
    for (; *path != '\0'; path++)
        hash = (hash ^ (unsigned char)*path) * 1099511628211u;
    return &cache->places[(hash ^ hash >> 32) % PLACES];
}

static bool
is_same(const struct file_mark *left, const struct file_mark *right)
{
    return left->device == right->device && left->inode == right->inode &&
           left->size == right->size && left->written == right->written &&
           left->changed == right->changed;
}

struct block *
file_cache_find(struct file_cache *cache, const char *path, const struct file_mark *mark)
{
    if (cache == NULL)
        return NULL;
    const struct kept *kept = place_of(cache, path);
    bool found = kept->path != NULL && is_same(&kept->mark, mark) && strcmp(kept->path, path) == 0;
    return found ? kept->block : NULL;
}

void
file_cache_keep(struct file_cache *cache, const char *path, const struct file_mark *mark,
                struct block *block)
{
    if (cache == NULL || block->len > cache->most)
        return;
    struct kept *kept = place_of(cache, path);
    empty(cache, kept);
    if (cache->bytes + block->len > cache->most)
        clear(cache);
    *kept = (struct kept){ memory_text(span_of(path)), *mark, block_hold(block) };
    cache->bytes += block->len;
}

size_t
file_cache_bytes(const struct file_cache *cache)
{
    return cache != NULL ? cache->bytes : 0;
}
