/* SPDX-License-Identifier: ISC */
/* slugs.h - every story that is served, by its number, which it keeps for as long as the archive
 * lives. As query.h says. */
#pragma once

#include "archive/archive.h"

struct slug_row {
    struct span slug;
    int64_t written; /* since when its file says what it says; 0: not known */
};

struct slug_rows {
    const struct slug_row *at;
    size_t count;
};

/* Those with `count` numbers from `first` on: not more, and maybe none. */
enum status archive_slugs(struct archive *archive, int64_t first, size_t count,
                          struct region *region, struct slug_rows *out) MUST_CHECK;
/* The highest number; 0: there is none. */
enum status archive_last_slug(struct archive *archive, int64_t *out) MUST_CHECK;
