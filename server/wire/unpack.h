/* SPDX-License-Identifier: ISC */
/* unpack.h - what a web server sent packed, bit by bit, never more than we take (specs refresh
 * 7.1). Pure. */
#pragma once

#include "base/buffer.h"
#include "base/span.h"
#include "base/status.h"

enum unpack_kind { UNPACK_AS_IS, UNPACK_GZIP, UNPACK_DEFLATE };

/* What a Content-Encoding names; false: something else, or one within another. */
bool unpack_kind_of(struct span encoding, enum unpack_kind *out);

struct unpack;

/* At most `most` bytes come out, and at most `ratio` for one that goes in, once it is worth
 * counting. */
struct unpack *unpack_new(enum unpack_kind kind, size_t most, size_t ratio);
void unpack_free(struct unpack *unpack); /* NULL is fine */

/* Appends what the bytes mean. STATUS_LIMIT: too much comes out (what fits has been appended).
 * STATUS_BAD: they are not packed so. */
enum status unpack_add(struct unpack *unpack, struct span bytes, struct buffer *out) MUST_CHECK;
/* STATUS_BAD: it ended in the middle. */
enum status unpack_end(const struct unpack *unpack) MUST_CHECK;
