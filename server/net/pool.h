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

/* OpenSSL does take its memory here. */
bool pool_serves(void);

/* As malloc, realloc, free. NULL: no memory, or more than POOL_PIECE_MAX. */
void *pool_take(size_t bytes);
void *pool_retake(void *piece, size_t bytes);
void pool_give(void *piece);

struct packed;

/* What a piece holds, without its zeros, kept elsewhere, while its pages go back to the system:
 * nobody may look at the piece before pool_unpack has put everything back where it was, to the
 * byte. NULL: not worth it (it has no page of its own), or no memory; the piece is as it was. */
struct packed *pool_pack(void *piece);
void pool_unpack(void *piece, struct packed *packed);
/* Of a piece that was just given back: its pages, but the first, go back to the system. */
void pool_trim(void *piece);
