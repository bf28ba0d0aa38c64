/* SPDX-License-Identifier: ISC */
/* robots.h - what a site's robots.txt lets us read (RFC 9309). Pure. */
#pragma once

#include "base/region.h"
#include "base/span.h"

enum { ROBOTS_RULES_MAX = 2000, ROBOTS_LINE_MAX = 4096 };

struct robots_rule {
    struct span pattern; /* never empty; as paths are compared: escapes in one form */
    bool allows;
};

/* Zeroed: everything is allowed. */
struct robots {
    const struct robots_rule *at; /* of the groups that are for us */
    size_t count;
    int64_t delay; /* Crawl-delay, in milliseconds; 0: none */
};

/* The groups for `agent` ("songtu"), else those for "*". Any bytes are fine. */
void robots_parse(struct span bytes, struct span agent, struct region *region, struct robots *out);
/* `target` is path and query ("/a?b"). The longest rule that matches wins, Allow among equals. */
bool robots_allows(const struct robots *robots, struct span target);
