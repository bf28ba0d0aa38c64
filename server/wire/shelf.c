/* SPDX-License-Identifier: ISC */
#include "wire/shelf.h"

#include "base/file.h"
#include "wire/stories.h"

#include <string.h>

struct walk {
    const struct wanted *wanted;
    struct region *region;
    struct span_list slugs;
    struct shelved *kept;
    size_t count, room;
};

/* `slug`, or `slug` with a number behind: "tin-moi-2". */
static bool
is_slug_or_numbered(struct span slug, struct span wanted)
{
    uint64_t number;
    struct span rest = span_skip(slug, wanted.len);
    return span_starts(slug, wanted) &&
           (rest.len == 0 || (rest.at[0] == '-' && span_number(span_skip(rest, 1), 9999, &number)));
}

static bool
holds(struct span bytes, struct span text)
{
    size_t at;
    return text.len > 0 && span_find(bytes, text, &at);
}

static bool
is_wanted(const struct wanted *wanted, struct span slug, struct span bytes)
{
    for (size_t i = 0; i < wanted->slugs.count; i++)
        if (is_slug_or_numbered(slug, wanted->slugs.at[i]))
            return true;
    for (size_t i = 0; i < wanted->titles.count; i++)
        if (holds(bytes, wanted->titles.at[i]))
            return true;
    return holds(bytes, wanted->source);
}

static struct shelved
read_file(struct span path, struct span slug, struct span bytes, struct region *region)
{
    struct shelved shelved = { .path = region_copy(region, path), .slug = slug };
    shelved.bytes = region_copy(region, bytes);
    shelved.readable = story_parse(shelved.bytes, region, &shelved.story, NULL) == STATUS_OK;
    shelved.edited = !story_is_as_imported(shelved.bytes);
    return shelved;
}

static void
keep(struct walk *walk, struct span path, struct span slug, struct span bytes)
{
    if (walk->count == walk->room) {
        walk->room = walk->room == 0 ? 16 : 2 * walk->room;
        walk->kept = memory_grow(walk->kept, walk->room * sizeof *walk->kept);
    }
    walk->kept[walk->count++] = read_file(path, slug, bytes, walk->region);
}

static void
on_story(void *whom, struct span path, struct span slug, struct span bytes)
{
    struct walk *walk = whom;
    struct span kept = region_copy(walk->region, slug);
    span_list_add(&walk->slugs, walk->region, kept);
    if (is_wanted(walk->wanted, kept, bytes))
        keep(walk, path, kept, bytes);
}

static int
by_path(const void *left, const void *right)
{
    const struct shelved *a = left, *b = right;
    return span_compare(a->path, b->path);
}

enum status
shelf_read(int content, const struct wanted *wanted, struct region *region, struct shelf *out)
{
    struct walk walk = { .wanted = wanted, .region = region };
    enum status status = stories_read(content, on_story, &walk);
    if (status == STATUS_OK) {
        struct shelved *kept = region_array(region, walk.count + 1, sizeof *kept);
        if (walk.count > 0) {
            /* In an order that is no file system's whim. */
            qsort(walk.kept, walk.count, sizeof *walk.kept, by_path);
            memcpy(kept, walk.kept, walk.count * sizeof *kept);
        }
        *out = (struct shelf){ kept, walk.count, walk.slugs.spans, { NULL, 0 } };
    }
    free(walk.kept);
    return status;
}

static struct span
slug_of(struct span path)
{
    size_t from = path.len;
    while (from > 0 && path.at[from - 1] != '/')
        from--;
    struct span name = span_skip(path, from);
    return span_first(name, name.len - strlen(".gmi"));
}

enum status
shelf_take(int content, struct span path, struct region *region, struct shelved *out)
{
    struct buffer bytes = BUFFER_EMPTY;
    struct span name = region_copy(region, path);
    enum status status = file_read(content, name.at, STORY_BYTES_MAX, &bytes);
    if (status == STATUS_OK || status == STATUS_LIMIT) {
        *out = read_file(name, slug_of(name), buffer_span(&bytes), region);
        status = STATUS_OK;
    }
    buffer_fini(&bytes);
    return status;
}
