/* SPDX-License-Identifier: ISC */
#include "net/pool.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

enum {
    SLAB_BYTES = 256 * 1024, /* and at an address that is a multiple of it */
    SMALL_BYTES = 1024,      /* up to here sizes go by 16, up to there by 128, then by 1024 */
    MIDDLE_BYTES = 8 * 1024,
    MIDDLE = SMALL_BYTES / 16,
    LARGE = MIDDLE + (MIDDLE_BYTES - SMALL_BYTES) / 128,
    KINDS = LARGE + (POOL_PIECE_MAX - MIDDLE_BYTES) / 1024,
};

struct piece { /* given back */
    struct piece *next;
};

/* At the head of each; so a piece's address tells its kind. */
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
    if (bytes <= MIDDLE_BYTES)
        return MIDDLE + (bytes - SMALL_BYTES + 127) / 128 - 1;
    return LARGE + (bytes - MIDDLE_BYTES + 1023) / 1024 - 1;
}

static size_t
size_of(size_t kind)
{
    if (kind < MIDDLE)
        return (kind + 1) * 16;
    if (kind < LARGE)
        return SMALL_BYTES + (kind - MIDDLE + 1) * 128;
    return MIDDLE_BYTES + (kind - LARGE + 1) * 1024;
}

static struct slab *
slab_of(const void *piece)
{
    return (struct slab *)((uintptr_t)piece & ~(uintptr_t)(SLAB_BYTES - 1)); /* NOLINT */
}

/* Maps more than is needed, and gives back what lies beside the aligned part. */
static struct slab *
slab_new(void)
{
    size_t room = 2 * SLAB_BYTES;
    char *at = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return NULL;
    char *slab = (char *)slab_of(at + SLAB_BYTES - 1);
    if (slab > at)
        munmap(at, (size_t)(slab - at));
    if (slab + SLAB_BYTES < at + room)
        munmap(slab + SLAB_BYTES, (size_t)(at + room - (slab + SLAB_BYTES)));
    return (struct slab *)(void *)slab;
}

static bool
shelf_fill(struct shelf *shelf, size_t piece)
{
    struct slab *slab = slab_new();
    if (slab == NULL)
        return false;
    slab->piece = piece;
    slab->shelf = shelf;
    shelf->fresh = (char *)(slab + 1);
    shelf->end = (char *)slab + SLAB_BYTES;
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

bool
pool_begin(void)
{
    return CRYPTO_set_mem_functions(on_take, on_retake, on_give) == 1;
}
#else
bool
pool_begin(void)
{
    return false;
}
#endif
