/* SPDX-License-Identifier: ISC */
/* markup.h - words within HTML, XML and JSON: whatever they are, they stay words. Pure. */
#pragma once

#include "base/buffer.h"

/* Appends `text` so that it stands between tags, or in an attribute's quotes, as what it is. What
 * no markup may hold (controls, noncharacters, bytes that are not UTF-8) becomes U+FFFD or goes. */
void markup_add(struct buffer *out, struct span text);
/* How many of its first bytes take at most `room` so. */
size_t markup_fit(struct span text, size_t room);
/* Appends `text` as a string of JSON, with its quotes, that may stand within a <script>. */
void markup_add_json(struct buffer *out, struct span text);
