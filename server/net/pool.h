/* SPDX-License-Identifier: ISC */
/* pool.h - memory for OpenSSL: what one conversation gives back, the next one takes, still warm.
 *
 * A conversation's memory is some forty pieces of the same sizes each time. Pieces of a size lie
 * side by side, without heads of their own, and the last one given back is the first one taken.
 * What was taken from the system once stays: as much as the most conversations at once needed. For
 * one thread.
 *
 * OpenSSL takes room for the whole of a message as soon as its head has come: 170 KB for nine bytes
 * of a hello that claims to be long. No honest message needs a piece above POOL_PIECE_MAX. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { POOL_PIECE_MAX = 64 * 1024 };

/* Has OpenSSL take its memory here (CRYPTO_set_mem_functions(3)): call it before anything else of
 * OpenSSL's. false: OpenSSL has memory already, and goes on as it did. In a build with
 * AddressSanitizer, which wants to see every piece, nothing happens. */
bool pool_begin(void);

/* As malloc, realloc, free. NULL: no memory, or more than POOL_PIECE_MAX. */
void *pool_take(size_t bytes);
void *pool_retake(void *piece, size_t bytes);
void pool_give(void *piece);
