/* SPDX-License-Identifier: ISC */
/* listing.h - <pre> and its like: lines that keep their spaces. Pure. */
#pragma once

#include "base/buffer.h"
#include "wire/element.h"

enum { LISTING_BYTES_MAX = 256 * 1024 };

/* "c" of <pre class="language-c">, of the <code> within, or of what is around it; empty. */
struct span listing_language(const struct _xmlNode *node);
/* Appends the lines, without blank ones at both ends. false: there was more. */
bool listing_read(const struct _xmlNode *node, struct buffer *out, size_t *steps);
