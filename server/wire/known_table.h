/* SPDX-License-Identifier: ISC */
/* known_table.h - numbers by keys of 64 bits, several to one key. Keys are chance already (a keyed
 * hash). For known.c alone. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct known_table {
    struct known_link *links;
    uint32_t *heads; /* of chains; as many as `mask` + 1 */
    size_t count, room, mask;
};

struct known_table_walk {
    const struct known_table *table;
    uint64_t key;
    uint32_t at;
};

void known_table_init(struct known_table *table);
void known_table_fini(struct known_table *table);
void known_table_add(struct known_table *table, uint64_t key, uint32_t number);
/* The numbers of a key, the last one added first. */
struct known_table_walk known_table_find(const struct known_table *table, uint64_t key);
bool known_table_next(struct known_table_walk *walk, uint32_t *out);
