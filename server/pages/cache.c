/* SPDX-License-Identifier: ISC */
#include "pages/cache.h"

#include "base/buffer.h"

#include <string.h>

enum {
    SLOTS = 4096,
    PAGE_BYTES_MAX = 256 * 1024,
    AROUND_BYTES = REGION_CHUNK_BYTES + 8 * 1024, /* what keeping a page may take beside its text */
};

struct kept {
    struct spans segments;
    bool slash;
    struct reply reply;
    struct clothes clothes;
    struct kept *next;
};

struct cache {
    struct region *region; /* all that is kept */
    size_t most;           /* bytes */
    size_t dressed;        /* likewise, of all clothes */
    int64_t round;         /* that it was kept in */
    bool doubted;
    struct cache_counts counts;
    struct kept *slots[SLOTS];
};

static void
undress(struct block **block)
{
    block_drop(*block);
    *block = NULL;
}

static void
undress_all(struct cache *cache)
{
    for (size_t i = 0; cache->dressed > 0 && i < SLOTS; i++)
        for (struct kept *kept = cache->slots[i]; kept != NULL; kept = kept->next) {
            undress(&kept->clothes.plain);
            undress(&kept->clothes.packed);
            for (size_t form = 0; form < PROTOCOLS * CLOTHES_FORMS; form++)
                undress(&kept->clothes.printed[form / CLOTHES_FORMS][form % CLOTHES_FORMS]);
        }
    cache->dressed = 0;
}

static void
clear(struct cache *cache)
{
    undress_all(cache);
    region_free(cache->region);
    cache->region = region_new();
    memset(cache->slots, 0, sizeof cache->slots);
}

struct cache *
cache_new(size_t bytes)
{
    struct cache *cache = memory_new(sizeof *cache);
    *cache = (struct cache){ .most = bytes, .doubted = true };
    clear(cache);
    return cache;
}

void
cache_free(struct cache *cache)
{
    if (cache == NULL)
        return;
    undress_all(cache);
    region_free(cache->region);
    free(cache);
}

void
cache_doubt(struct cache *cache)
{
    if (cache != NULL)
        cache->doubted = true;
}

void
cache_renew(struct cache *cache, int64_t round)
{
    if (cache == NULL)
        return;
    if (cache->round != round)
        clear(cache);
    cache->round = round;
    cache->doubted = false;
}

/* FNV-1a; a byte no segment holds stands between them. */
static size_t
slot_of(const struct request *request)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < request->segments.count; i++) {
        struct span segment = request->segments.at[i];
        for (size_t k = 0; k < segment.len; k++)
            hash = (hash ^ (unsigned char)segment.at[k]) * 1099511628211u;
        hash = (hash ^ 0xFF) * 1099511628211u;
    }
    return (size_t)(hash ^ hash >> 32) % SLOTS;
}

static bool
is_for(const struct kept *kept, const struct request *request)
{
    if (kept->slash != request->slash || kept->segments.count != request->segments.count)
        return false;
    for (size_t i = 0; i < kept->segments.count; i++)
        if (!span_equal(kept->segments.at[i], request->segments.at[i]))
            return false;
    return true;
}

bool
cache_find(struct cache *cache, const struct request *request, struct reply *out)
{
    if (cache == NULL || cache->doubted || request->has_query)
        return false;
    for (struct kept *kept = cache->slots[slot_of(request)]; kept != NULL; kept = kept->next)
        if (is_for(kept, request)) {
            *out = kept->reply;
            out->clothes = &kept->clothes;
            cache->counts.found++;
            return true;
        }
    return false;
}

static struct reply
copy_reply(const struct reply *reply, struct region *region)
{
    struct reply copy = *reply;
    copy.page.title = region_copy(region, reply->page.title);
    copy.page.lang = region_copy(region, reply->page.lang);
    copy.page.address = region_copy(region, reply->page.address);
    copy.page.text = region_copy(region, reply->page.text);
    copy.page.as_text = region_copy(region, reply->page.as_text);
    copy.page.summary = region_copy(region, reply->page.summary);
    copy.page.author = region_copy(region, reply->page.author);
    copy.file.bytes = region_copy(region, reply->file.bytes);
    copy.file.mime = region_copy(region, reply->file.mime);
    copy.words = region_copy(region, reply->words);
    copy.lang = region_copy(region, reply->lang);
    return copy;
}

struct clothes *
cache_keep(struct cache *cache, const struct request *request, const struct reply *reply)
{
    size_t bytes = reply->page.text.len + reply->file.bytes.len;
    bool keeps = reply->answer == ANSWER_PAGE ||
                 (reply->answer == ANSWER_FILE && reply->file.descriptor < 0);
    if (cache != NULL)
        cache->counts.written++;
    if (cache == NULL || !keeps || request->has_query || bytes > PAGE_BYTES_MAX)
        return NULL;
    if (cache_bytes(cache) + bytes + AROUND_BYTES > cache->most)
        clear(cache);
    if (cache_bytes(cache) + bytes + AROUND_BYTES > cache->most)
        return NULL; /* more than fits at all */
    struct span_list segments = { { NULL, 0 }, 0 };
    for (size_t i = 0; i < request->segments.count; i++)
        span_list_add(&segments, cache->region,
                      region_copy(cache->region, request->segments.at[i]));
    struct kept **slot = &cache->slots[slot_of(request)];
    struct kept *kept = region_alloc(cache->region, sizeof *kept);
    *kept = (struct kept){ .segments = segments.spans,
                           .slash = request->slash,
                           .reply = copy_reply(reply, cache->region),
                           .next = *slot };
    *slot = kept;
    return &kept->clothes;
}

void
cache_dress(struct cache *cache, struct block **into, struct block *block)
{
    size_t bytes = sizeof *block + block->len;
    if (cache_bytes(cache) + bytes > cache->most)
        undress_all(cache);
    if (cache_bytes(cache) + bytes > cache->most)
        return;
    *into = block_hold(block);
    cache->dressed += bytes;
}

size_t
cache_bytes(const struct cache *cache)
{
    return cache != NULL ? sizeof *cache + region_bytes(cache->region) + cache->dressed : 0;
}

struct cache_counts
cache_counts(const struct cache *cache)
{
    return cache != NULL ? cache->counts : (struct cache_counts){ 0, 0 };
}
