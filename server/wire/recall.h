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

/* Fills a shelf for place_decide, and arrival->same. `claim` is what its page says is its address.
 * STATUS_FAILED: errno. */
enum status recall(const struct known *known, int content, struct arrival *arrival,
                   struct span claim, int64_t now, struct region *region, struct shelf *out,
                   enum recall_verdict *verdict) MUST_CHECK;
