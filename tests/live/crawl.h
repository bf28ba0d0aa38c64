/* SPDX-License-Identifier: ISC */
/* crawl.h - a reader who follows every link there is. */
#pragma once

#include "base/region.h"
#include "capsule.h"

struct crawl {
    size_t pages, stories; /* reached from / by links alone */
};

/* Visits every page of the capsule; ends the test where one does not answer 20, is no valid gemtext
 * (DESIGN 7), has no language, or, an index, is too large, or where a label begins with a date and
 * is no feed's, or the other way round. */
struct crawl capsule_crawl(const struct capsule_run *run, struct region *region);
