/* SPDX-License-Identifier: ISC */
/* parts.h - where a story file's front matter and body lie. Pure. */
#pragma once

#include "base/span.h"
#include "base/status.h"

struct parts {         /* both borrowed from the file, and as it has them */
    struct span front; /* the lines between the two --- */
    struct span body;  /* all behind the second one */
    size_t body_line;  /* the file's line it begins on */
};

enum { PARTS_FRONT_LINE = 2 };

/* STATUS_BAD: the file does not begin with front matter, or never closes it. A BOM is passed over;
 * the --- may end with spaces, or a CR. */
enum status parts_split(struct span file, struct parts *out, struct fault *fault) MUST_CHECK;
