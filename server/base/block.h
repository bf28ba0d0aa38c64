/* SPDX-License-Identifier: ISC */
/* block.h - bytes that several hold at once, and that go with the last who lets go. For one thread.
 */
#pragma once

#include "base/span.h"

struct block {
    size_t holders, len;
    char bytes[];
};

/* Held once, by the caller; the bytes are not set. NULL: no memory. */
struct block *block_new(size_t len);
struct block *block_hold(struct block *block); /* once more; NULL stays NULL */
void block_drop(struct block *block);          /* NULL is fine */
