/* SPDX-License-Identifier: ISC */
/* lines.h - a page's bytes as lines an editor would see: cleaned, and without the blank ones. Pure.
 */
#pragma once

#include "base/region.h"
#include "base/span.h"
#include "base/status.h"

enum { LINES_MAX = 20000 };

struct line {
    struct span text; /* as text_clean leaves it */
    struct span key;  /* text_key of it: two lines of one key say the same */
    bool gap;         /* a blank line stood before it */
};

struct lines {
    const struct line *at;
    size_t count;
    bool gapped; /* the page parts its paragraphs by blank lines */
    bool mended; /* it held bytes that are no UTF-8: they are U+FFFD now */
};

/* Lines end at CR, LF, CRLF, VT, FF, NEL, U+2028 and U+2029. Those without a letter or digit are
 * ornament, and count as blank. STATUS_LIMIT: more than `most` bytes, or than LINES_MAX;
 * STATUS_BAD: the text is UTF-16. */
enum status lines_split(struct span bytes, size_t most, struct region *region, struct lines *out,
                        struct fault *fault) MUST_CHECK;

/* `text` as lines_split would put it into a line; keys of any text. */
struct span line_clean(struct span text, struct region *region);
struct span line_key(struct span text, struct region *region);
