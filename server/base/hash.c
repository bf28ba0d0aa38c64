/* SPDX-License-Identifier: ISC */
#include "base/hash.h"

#include "base/buffer.h"

#include <openssl/evp.h>
#include <stdio.h>

void
hash_bytes(struct span bytes, unsigned char out[HASH_BYTES])
{
    if (EVP_Digest(bytes.at != NULL ? bytes.at : "", bytes.len, out, NULL, EVP_sha256(), NULL) != 1)
        memory_end();
}

void
hash_text(struct span bytes, char out[HASH_TEXT + 1])
{
    unsigned char hash[HASH_BYTES];
    hash_bytes(bytes, hash);
    for (size_t i = 0; i < HASH_BYTES; i++)
        snprintf(out + 2 * i, 3, "%02x", hash[i]);
}
