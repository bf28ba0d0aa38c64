/* SPDX-License-Identifier: ISC */
/* hash.h - SHA-256, to tell whether bytes are the same bytes; and a hash for tables whose keys
 * strangers choose. */
#pragma once

#include "base/span.h"

enum { HASH_BYTES = 32, HASH_TEXT = 64 };

void hash_bytes(struct span bytes, unsigned char out[HASH_BYTES]);
/* As 64 lower-case hexadecimal digits and a NUL. */
void hash_text(struct span bytes, char out[HASH_TEXT + 1]);

/* SipHash-2-4 (Aumasson and Bernstein, 2012): whoever does not know the secret can't choose keys
 * that fall together. */
enum { HASH_SECRET = 16 };
uint64_t hash_keyed(const unsigned char secret[HASH_SECRET], struct span bytes);
