/* SPDX-License-Identifier: ISC */
/* related.h - stories near a story: those it names first, then those that share its terms (rare
 * ones weigh more), read alike and lie close in time. Never itself, never one twice, never one not
 * served.
 *
 * The work has a bound, whatever the archive holds: the nearest of each term, before and after it,
 * are looked at, rarest terms first, so many in all; and the texts of the best of them. */
#pragma once

#include "archive/query.h"

enum status archive_related(struct archive *archive, const struct record *record, size_t most,
                            struct region *region, struct entries *out) MUST_CHECK;
