/* SPDX-License-Identifier: ISC */
#include "tool/said.h"

#include "base/buffer.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

static int
by_number(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;
    return *a < *b ? -1 : *a > *b;
}

static bool
holds(const struct said_lines *lines, uint64_t hash)
{
    return lines->count > 0 &&
           bsearch(&hash, lines->at, lines->count, sizeof hash, by_number) != NULL;
}

static void
add(struct said_lines *lines, uint64_t hash)
{
    if (lines->count == lines->room) {
        lines->room = lines->room == 0 ? 16 : 2 * lines->room;
        lines->at = memory_grow(lines->at, lines->room * sizeof *lines->at);
    }
    lines->at[lines->count++] = hash;
}

bool
said_is_new(struct said *said, struct span line)
{
    unsigned char hash[HASH_BYTES];
    uint64_t number;
    hash_bytes(line, hash);
    memcpy(&number, hash, sizeof number);
    add(&said->now, number);
    return !holds(&said->before, number);
}

/* In order, each once. */
static void
settle(struct said_lines *lines)
{
    size_t kept = 0;
    if (lines->count == 0)
        return;
    qsort(lines->at, lines->count, sizeof *lines->at, by_number);
    for (size_t i = 1; i < lines->count; i++)
        if (lines->at[i] != lines->at[kept])
            lines->at[++kept] = lines->at[i];
    lines->count = kept + 1;
}

void
said_turn(struct said *said, bool whole)
{
    struct said_lines past = said->before;
    for (size_t i = 0; !whole && i < past.count; i++)
        add(&said->now, past.at[i]);
    settle(&said->now);
    said->before = said->now;
    said->now = past;
    said->now.count = 0;
}

void
said_fini(struct said *said)
{
    free(said->before.at);
    free(said->now.at);
    *said = (struct said){ 0 };
}
