/* SPDX-License-Identifier: ISC */
/* region.h - memory that dies in one call.
 *
 * A parsed story, a taxonomy, a query's rows and the page made of them each live in a region; what
 * is in it is never freed on its own. Running out of memory ends the process. */
#pragma once

#include "base/span.h"
#include "base/status.h"

#include <stdarg.h>

struct region;

struct region *region_new(void);
void region_free(struct region *region); /* NULL is fine */
/* What it takes of the process's memory. It takes more by chunks of REGION_CHUNK_BYTES, and what is
 * larger than a quarter of that by itself. */
enum { REGION_CHUNK_BYTES = 16 * 1024 };
size_t region_bytes(const struct region *region);

/* Zeroed bytes, aligned for anything, alive as long as the region. */
void *region_alloc(struct region *region, size_t bytes);
/* Room for `count` things of `size` bytes; an overflow ends the process. */
void *region_array(struct region *region, size_t count, size_t size);
/* A copy of the span's bytes (with a NUL behind, which the length does not count). */
struct span region_copy(struct region *region, struct span span);
struct span region_printf(struct region *region, const char *format, ...) PRINTF(2, 3);
/* What region_printf would make of several spans, and of a number with at least so many digits, in
 * a tenth of the time. */
#define REGION_JOIN(region, ...)                              \
    region_join(region, (const struct span[]){ __VA_ARGS__ }, \
                sizeof((const struct span[]){ __VA_ARGS__ }) / sizeof(struct span))
struct span region_join(struct region *region, const struct span *parts, size_t count);
struct span region_number(struct region *region, uint64_t number, size_t digits);

/* Spans in a row, as lists of slugs are kept. Borrowed from where they were made. */
struct spans {
    const struct span *at;
    size_t count;
};

bool spans_have(struct spans spans, struct span span);

/* A list of spans that is still growing; list.spans is what is in it so far. */
struct span_list {
    struct spans spans;
    size_t room;
};

void span_list_add(struct span_list *list, struct region *region, struct span span);
