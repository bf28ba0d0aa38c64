/* SPDX-License-Identifier: ISC */
/* recall.h - which of the stories we have an arrival is, and the few files that decide where it
 * goes. */
#pragma once

#include "wire/intake.h"
#include "wire/known.h"

/* What is to become of an arrival. */
enum recall_verdict {
    RECALL_PLACE, /* it is new, or arrival->same */
    RECALL_ALSO,  /* it is told elsewhere, too, as out->at[0] may say */
    RECALL_SKIP,  /* it is here already, and there is nothing to say about it */
};

/* Fills a shelf for place_decide, and arrival->same. `claim` is what its page says is its address,
 * `text` the fingerprint of its body. STATUS_FAILED: errno. */
enum status
recall(const struct known *known, int content, struct arrival *arrival, struct span claim,
       const struct fingerprint *text, int64_t now, struct region *region, struct shelf *out,
       enum recall_verdict *verdict) MUST_CHECK;

/* The same stories that shelf_read would find in the folder, and the slugs that theirs might be
 * taken by, without a look through it: for arrivals that have no address of their own. */
enum status recall_shelf(const struct known *known, int content, const struct wanted *wanted,
                         struct region *region, struct shelf *out) MUST_CHECK;
