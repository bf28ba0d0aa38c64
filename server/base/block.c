/* SPDX-License-Identifier: ISC */
#include "base/block.h"

#include <stdlib.h>

struct block *
block_new(size_t len)
{
    struct block *block = malloc(sizeof *block + len);
    if (block != NULL)
        *block = (struct block){ .holders = 1, .len = len };
    return block;
}

struct block *
block_hold(struct block *block)
{
    if (block != NULL)
        block->holders++;
    return block;
}

void
block_drop(struct block *block)
{
    if (block != NULL && --block->holders == 0)
        free(block);
}
