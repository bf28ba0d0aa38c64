/* SPDX-License-Identifier: ISC */
#include "wire/known_table.h"

#include "base/buffer.h"

#include <stdlib.h>

enum { ROOM_LEAST = 1024 };

struct known_link {
    uint64_t key;
    uint32_t number, next;
};

#define NOWHERE UINT32_MAX

static void
chain(struct known_table *table, uint32_t at)
{
    uint32_t *head = &table->heads[table->links[at].key & table->mask];
    table->links[at].next = *head;
    *head = at;
}

static void
grow(struct known_table *table, size_t room)
{
    table->room = room;
    table->mask = room - 1;
    table->links = memory_grow(table->links, room * sizeof *table->links);
    table->heads = memory_grow(table->heads, room * sizeof *table->heads);
    for (size_t i = 0; i < room; i++)
        table->heads[i] = NOWHERE;
    for (size_t i = 0; i < table->count; i++)
        chain(table, (uint32_t)i);
}

void
known_table_init(struct known_table *table)
{
    *table = (struct known_table){ .links = NULL };
    grow(table, ROOM_LEAST);
}

void
known_table_fini(struct known_table *table)
{
    free(table->links);
    free(table->heads);
}

void
known_table_add(struct known_table *table, uint64_t key, uint32_t number)
{
    if (table->count == table->room)
        grow(table, 2 * table->room);
    table->links[table->count] = (struct known_link){ .key = key, .number = number };
    chain(table, (uint32_t)table->count++);
}

struct known_table_walk
known_table_find(const struct known_table *table, uint64_t key)
{
    return (struct known_table_walk){ table, key, table->heads[key & table->mask] };
}

bool
known_table_next(struct known_table_walk *walk, uint32_t *out)
{
    for (; walk->at != NOWHERE; walk->at = walk->table->links[walk->at].next)
        if (walk->table->links[walk->at].key == walk->key) {
            *out = walk->table->links[walk->at].number;
            walk->at = walk->table->links[walk->at].next;
            return true;
        }
    return false;
}
