/* SPDX-License-Identifier: ISC */
#include "base/region.h"

#include "base/buffer.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { ALIGNMENT = 16 };

struct chunk {
    struct chunk *older;
    size_t room, used; /* bytes of data */
    _Alignas(ALIGNMENT) char data[];
};

struct region {
    struct chunk *newest;
    size_t bytes; /* of its chunks, and its own */
};

struct region *
region_new(void)
{
    struct region *region = memory_new(sizeof *region);
    *region = (struct region){ NULL, sizeof *region };
    return region;
}

void
region_free(struct region *region)
{
    if (region == NULL)
        return;
    for (struct chunk *chunk = region->newest; chunk != NULL;) {
        struct chunk *older = chunk->older;
        free(chunk);
        chunk = older;
    }
    free(region);
}

size_t
region_bytes(const struct region *region)
{
    return region->bytes;
}

static struct chunk *
chunk_new(struct region *region, size_t bytes)
{
    size_t room = bytes > REGION_CHUNK_BYTES / 4 ? bytes : REGION_CHUNK_BYTES;
    struct chunk *chunk = memory_new(sizeof *chunk + room);
    region->bytes += sizeof *chunk + room;
    chunk->room = room;
    chunk->used = 0;
    if (room == bytes && region->newest != NULL) { /* a large one: keep filling the newest */
        chunk->older = region->newest->older;
        region->newest->older = chunk;
    } else {
        chunk->older = region->newest;
        region->newest = chunk;
    }
    return chunk;
}

void *
region_alloc(struct region *region, size_t bytes)
{
    if (bytes > SIZE_MAX / 2)
        memory_end();
    bytes = (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    struct chunk *chunk = region->newest;
    if (chunk == NULL || chunk->room - chunk->used < bytes)
        chunk = chunk_new(region, bytes);
    void *memory = chunk->data + chunk->used;
    chunk->used += bytes;
    return memset(memory, 0, bytes);
}

void *
region_array(struct region *region, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        memory_end();
    return region_alloc(region, bytes);
}

struct span
region_copy(struct region *region, struct span span)
{
    char *copy = region_alloc(region, span.len + 1);
    if (span.len > 0)
        memcpy(copy, span.at, span.len);
    return (struct span){ copy, span.len };
}

struct span
region_printf(struct region *region, const char *format, ...)
{
    char few[256];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(few, sizeof few, format, arguments);
    va_end(arguments);
    assert(len >= 0);
    if ((size_t)len < sizeof few)
        return region_copy(region, (struct span){ few, (size_t)len });
    char *many = region_alloc(region, (size_t)len + 1);
    va_start(arguments, format);
    vsnprintf(many, (size_t)len + 1, format, arguments);
    va_end(arguments);
    return (struct span){ many, (size_t)len };
}

struct span
region_join(struct region *region, const struct span *parts, size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++)
        len += parts[i].len;
    char *text = region_alloc(region, len + 1);
    len = 0;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].len > 0)
            memcpy(text + len, parts[i].at, parts[i].len);
        len += parts[i].len;
    }
    return (struct span){ text, len };
}

struct span
region_number(struct region *region, uint64_t number, size_t digits)
{
    enum { MOST = 20 }; /* of 2^64 */
    char text[MOST];
    size_t at = MOST;
    do {
        text[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0 || (MOST - at < digits && at > 0));
    return region_copy(region, (struct span){ text + at, MOST - at });
}

bool
spans_have(struct spans spans, struct span span)
{
    for (size_t i = 0; i < spans.count; i++)
        if (span_equal(spans.at[i], span))
            return true;
    return false;
}

void
span_list_add(struct span_list *list, struct region *region, struct span span)
{
    struct span *at = (struct span *)(uintptr_t)list->spans.at;
    if (list->spans.count == list->room) {
        size_t room = list->room == 0 ? 8 : list->room * 2;
        at = region_array(region, room, sizeof *at);
        if (list->spans.count > 0)
            memcpy(at, list->spans.at, list->spans.count * sizeof *at);
        list->spans.at = at;
        list->room = room;
    }
    at[list->spans.count++] = span;
}
