/* SPDX-License-Identifier: ISC */
#include "net/pool.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    SLAB_BYTES = 256 * 1024, /* and at an address that is a multiple of it */
    PAGE_BYTES = 4096,
    SMALL_BYTES = 1024, /* up to here sizes go by 16, then by 128, above a page by pages */
    MIDDLE = SMALL_BYTES / 16,
    LARGE = MIDDLE + (PAGE_BYTES - SMALL_BYTES) / 128,
    KINDS = LARGE + (POOL_PIECE_MAX - PAGE_BYTES) / PAGE_BYTES,
    COLOURS = 64,
    COLOUR_BYTES = 17 * 64, /* an odd number of cache lines */
};

struct piece { /* given back */
    struct piece *next;
};

/* Near the beginning of each; so a piece's address tells its kind. Not at the very beginning: all
 * heads, and all pieces taken first, would share the few places that a cache has for addresses so
 * alike (Bonwick's colouring). */
struct slab {
    size_t piece; /* bytes */
    struct shelf *shelf;
};

static_assert(sizeof(struct slab) % 16 == 0, "pieces are aligned as malloc's are");

/* All pieces of one size. */
struct shelf {
    struct piece *given;
    char *fresh, *end; /* of the newest slab, never taken yet */
};

static struct shelf shelves[KINDS];

static size_t
kind_of(size_t bytes)
{
    if (bytes <= SMALL_BYTES)
        return (bytes + 15) / 16 - 1;
    if (bytes <= PAGE_BYTES)
        return MIDDLE + (bytes - SMALL_BYTES + 127) / 128 - 1;
    return LARGE + (bytes - 1) / PAGE_BYTES - 1;
}

static size_t
size_of(size_t kind)
{
    if (kind < MIDDLE)
        return (kind + 1) * 16;
    if (kind < LARGE)
        return SMALL_BYTES + (kind - MIDDLE + 1) * 128;
    return (kind - LARGE + 2) * PAGE_BYTES;
}

static struct slab *
slab_of(const void *piece)
{
    uintptr_t at = (uintptr_t)piece / SLAB_BYTES;
    return (struct slab *)(at * SLAB_BYTES + at % COLOURS * COLOUR_BYTES); /* NOLINT */
}

/* SLAB_BYTES: maps more than is needed, and gives back what lies beside the aligned part. NULL: no
 * memory. */
static char *
map_aligned(void)
{
    size_t room = 2 * SLAB_BYTES;
    char *at = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return NULL;
    size_t before = -(uintptr_t)at % SLAB_BYTES;
    if (before > 0)
        munmap(at, before);
    munmap(at + before + SLAB_BYTES, SLAB_BYTES - before);
    return at + before;
}

static bool
shelf_fill(struct shelf *shelf, size_t piece)
{
    char *start = map_aligned();
    if (start == NULL)
        return false;
    struct slab *slab = slab_of(start);
    slab->piece = piece;
    slab->shelf = shelf;
    shelf->fresh = (char *)(slab + 1);
    if (piece > PAGE_BYTES) /* has pages of its own */
        shelf->fresh += -(uintptr_t)shelf->fresh % PAGE_BYTES;
    shelf->end = start + SLAB_BYTES;
    return true;
}

void *
pool_take(size_t bytes)
{
    if (bytes == 0 || bytes > POOL_PIECE_MAX)
        return NULL;
    size_t kind = kind_of(bytes);
    struct shelf *shelf = &shelves[kind];
    struct piece *piece = shelf->given;
    if (piece != NULL) {
        shelf->given = piece->next;
        return piece;
    }
    size_t size = size_of(kind);
    if ((size_t)(shelf->end - shelf->fresh) < size && !shelf_fill(shelf, size))
        return NULL;
    shelf->fresh += size;
    return shelf->fresh - size;
}

void
pool_give(void *piece)
{
    if (piece == NULL)
        return;
    struct shelf *shelf = slab_of(piece)->shelf;
    struct piece *given = piece;
    given->next = shelf->given;
    shelf->given = given;
}

void *
pool_retake(void *piece, size_t bytes)
{
    if (piece == NULL)
        return pool_take(bytes);
    if (bytes == 0) {
        pool_give(piece);
        return NULL;
    }
    size_t had = slab_of(piece)->piece;
    if (bytes <= had)
        return piece;
    void *taken = pool_take(bytes);
    if (taken == NULL)
        return NULL;
    memcpy(taken, piece, had);
    pool_give(piece);
    return taken;
}

/* A run of zeros and what stands behind them, over and over; in words. */
struct packed {
    size_t words; /* of `runs` */
    uint64_t runs[];
};

enum { SHORT_ZEROS = 2 }; /* fewer are no run of their own */

static size_t
zeros_at(const uint64_t *words, size_t count)
{
    size_t zeros = 0;
    while (zeros < count && words[zeros] == 0)
        zeros++;
    return zeros;
}

/* Words up to the next run of zeros. */
static size_t
others_at(const uint64_t *words, size_t count)
{
    size_t others = 0;
    while (others < count) {
        size_t zeros = zeros_at(words + others, count - others);
        if (zeros >= SHORT_ZEROS || others + zeros == count)
            break;
        others += zeros > 0 ? zeros : 1;
    }
    return others;
}

/* The runs; `to` NULL: only how many words they need. */
static size_t
pack(const uint64_t *words, size_t count, uint64_t *to)
{
    size_t at = 0, needed = 0;
    while (at < count) {
        size_t zeros = zeros_at(words + at, count - at);
        size_t others = others_at(words + at + zeros, count - at - zeros);
        if (to != NULL) {
            to[needed] = (uint64_t)zeros << 32 | others;
            memcpy(to + needed + 1, words + at + zeros, others * sizeof *words);
        }
        needed += 1 + others;
        at += zeros + others;
    }
    return needed;
}

struct packed *
pool_pack(void *piece)
{
    size_t bytes = slab_of(piece)->piece, count = bytes / sizeof(uint64_t);
    if (bytes <= PAGE_BYTES)
        return NULL;
    size_t needed = pack(piece, count, NULL);
    struct packed *packed = NULL;
    if (needed < count / 2)
        packed = malloc(sizeof *packed +
                        needed * sizeof(uint64_t)); /* for once, not the next one's */
    if (packed == NULL)
        return NULL;
    packed->words = pack(piece, count, packed->runs);
    madvise(piece, bytes, MADV_DONTNEED); /* from now on they are zeros */
    return packed;
}

void
pool_unpack(void *piece, struct packed *packed)
{
    uint64_t *to = piece;
    for (size_t at = 0; at < packed->words;) {
        size_t zeros = packed->runs[at] >> 32, others = packed->runs[at] & UINT32_MAX;
        memcpy(to + zeros, packed->runs + at + 1, others * sizeof *to);
        to += zeros + others;
        at += 1 + others;
    }
    OPENSSL_cleanse(packed->runs, packed->words * sizeof *packed->runs); /* keys, perhaps */
    free(packed);
}

void
pool_trim(void *piece)
{
    size_t bytes = slab_of(piece)->piece;
    if (bytes > PAGE_BYTES)
        madvise((char *)piece + PAGE_BYTES, bytes - PAGE_BYTES, MADV_DONTNEED);
}

#ifndef __SANITIZE_ADDRESS__
static void *
on_take(size_t bytes, const char *file, int line)
{
    (void)file, (void)line;
    return pool_take(bytes);
}

static void *
on_retake(void *piece, size_t bytes, const char *file, int line)
{
    (void)file, (void)line;
    return pool_retake(piece, bytes);
}

static void
on_give(void *piece, const char *file, int line)
{
    (void)file, (void)line;
    pool_give(piece);
}

static bool serves;

bool
pool_serves(void)
{
    return serves;
}

bool
pool_begin(void)
{
    serves = CRYPTO_set_mem_functions(on_take, on_retake, on_give) == 1;
    return serves;
}
#else
bool
pool_serves(void)
{
    return false;
}

bool
pool_begin(void)
{
    return false;
}
#endif
