/* SPDX-License-Identifier: ISC */
/* Any robots.txt: a first line that is the target, then the file. What is allowed does not change
 * with the order in which it is asked, and robots.txt itself always is. */
#include "wire/robots.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct region *region = region_new();
    struct span file = { (const char *)data, size }, target = span_line(&file);
    struct robots robots, again;
    robots_parse(file, SPAN("songtu"), region, &robots);
    robots_parse(file, SPAN("songtu"), region, &again);
    if (robots.count > ROBOTS_RULES_MAX || robots.delay < 0 ||
        robots_allows(&robots, target) != robots_allows(&again, target) ||
        !robots_allows(&robots, SPAN("/robots.txt")))
        abort();
    region_free(region);
    return 0;
}
