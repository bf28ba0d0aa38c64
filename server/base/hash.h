/* SPDX-License-Identifier: ISC */
/* hash.h - SHA-256, to tell whether bytes are the same bytes. */
#pragma once

#include "base/span.h"

enum { HASH_BYTES = 32, HASH_TEXT = 64 };

void hash_bytes(struct span bytes, unsigned char out[HASH_BYTES]);
/* As 64 lower-case hexadecimal digits and a NUL. */
void hash_text(struct span bytes, char out[HASH_TEXT + 1]);
