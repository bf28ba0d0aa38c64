/* SPDX-License-Identifier: ISC */
/* related.h - stories near a story: those it names first, then those that share its terms (rare
 * ones weigh more) and lie close in time: the nearest of each term, before and after it, are
 * looked at. Never itself, never one twice, never one not served. */
#pragma once

#include "archive/query.h"

enum status archive_related(struct archive *archive, const struct record *record, size_t most,
                            struct region *region, struct entries *out) MUST_CHECK;
