/* SPDX-License-Identifier: ISC */
#include "base/hash.h"

#include "base/buffer.h"

#include <endian.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

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

static uint64_t
turned(uint64_t word, int bits)
{
    return word << bits | word >> (64 - bits);
}

static void
mix(uint64_t v[4], int rounds)
{
    for (int i = 0; i < rounds; i++) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = turned(v[1], 13) ^ v[0];
        v[3] = turned(v[3], 16) ^ v[2];
        v[0] = turned(v[0], 32) + v[3];
        v[2] += v[1];
        v[1] = turned(v[1], 17) ^ v[2];
        v[3] = turned(v[3], 21) ^ v[0];
        v[2] = turned(v[2], 32);
    }
}

/* At most eight bytes, the first the lowest. */
static uint64_t
word_of(struct span bytes)
{
    uint64_t word = 0;
    if (bytes.len > 0)
        memcpy(&word, bytes.at, bytes.len < 8 ? bytes.len : 8);
    return le64toh(word);
}

static void
absorb(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    mix(v, 2);
    v[0] ^= word;
}

uint64_t
hash_keyed(const unsigned char secret[HASH_SECRET], struct span bytes)
{
    const char *key = (const char *)secret;
    uint64_t k0 = word_of((struct span){ key, 8 }), k1 = word_of((struct span){ key + 8, 8 });
    uint64_t v[4] = { k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
                      k1 ^ 0x7465646279746573 };
    uint64_t last = (uint64_t)bytes.len << 56;
    for (; bytes.len >= 8; bytes = span_skip(bytes, 8))
        absorb(v, word_of(bytes));
    absorb(v, last | word_of(bytes));
    v[2] ^= 0xff;
    mix(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
