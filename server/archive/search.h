/* SPDX-License-Identifier: ISC */
/* search.h - finding stories by their words. As query.h says. */
#pragma once

#include "archive/query.h"
#include "archive/wanted.h"

enum { SEARCH_COUNT_MAX = 1000 /* what is beyond is not counted, nor shown */ };

/* How long a search may take: of the processor's time, and of the clock's. */
struct search_budget {
    int64_t cpu_ms, wall_ms;
};

struct search_found {
    uint64_t count;    /* at most SEARCH_COUNT_MAX */
    bool more;         /* there are more */
    bool late;         /* the budget was spent: what was found till then, maybe there are more */
    struct entries at; /* the part asked for; `words` is an excerpt, what was found between * */
};

/* The `most` of them behind the `skip` first: the newest first, unless the best are wanted. */
enum status archive_search(struct archive *archive, const struct wanted *wanted,
                           const struct search_budget *budget, size_t skip, size_t most,
                           struct region *region, struct search_found *out) MUST_CHECK;
