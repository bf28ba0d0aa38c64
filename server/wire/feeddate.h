/* SPDX-License-Identifier: ISC */
/* feeddate.h - dates as feeds write them: RFC 822 with all that people make of it, ISO 8601, and
 * those of newspaper pages (specs refresh 1). Pure. */
#pragma once

#include "base/region.h"
#include "base/span.h"

/* Day, month and year in any order that can be told (numbers alone are day first), maybe a time and
 * a zone; weekdays say nothing, names of months in some languages. *out is as date_parse reads it,
 * to the second where there is a time, in the region; a time without a zone is Vietnam's. A date
 * that can't be, or says that there is none (the epoch, year 0), is none: false. */
bool feeddate_read(struct span text, struct region *region, struct span *out);
