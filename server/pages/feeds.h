/* SPDX-License-Identifier: ISC */
/* feeds.h - what a gemfeed and an Atom feed both tell of a scope. Only pages/ includes it. */
#pragma once

#include "pages/sheet.h"

struct feed {
    struct span title;   /* the capsule's, and the scope's */
    struct span section; /* the scope's alone */
    struct span address; /* of the scope: "/city/x"; empty for all stories */
    struct entries entries;
};

/* STATUS_ABSENT: no such term. */
enum status feeds_read(struct sheet *sheet, struct scope scope, struct feed *out) MUST_CHECK;

/* DESIGN 6: by `date` when it is a full day or finer, else by `added`; where nobody said either, by
 * the file. */
int64_t feed_published(const struct entry *entry);
/* When the story last changed: what was written before its time is new when that comes. */
int64_t feed_updated(const struct entry *entry);
