/* SPDX-License-Identifier: ISC */
#include "wire/shelf.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 8, PATH_BYTES = 2048 };

struct walk {
    int content;
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

static void
keep(struct walk *walk, struct span path, struct span slug, struct span bytes)
{
    if (walk->count == walk->room) {
        walk->room = walk->room == 0 ? 16 : 2 * walk->room;
        walk->kept = memory_grow(walk->kept, walk->room * sizeof *walk->kept);
    }
    struct shelved *shelved = &walk->kept[walk->count++];
    *shelved = (struct shelved){ .path = region_copy(walk->region, path), .slug = slug };
    shelved->bytes = region_copy(walk->region, bytes);
    shelved->readable = story_parse(shelved->bytes, walk->region, &shelved->story, NULL) ==
                        STATUS_OK;
    shelved->edited = !story_is_as_imported(shelved->bytes);
}

static enum status
look_at(struct walk *walk, const char *path, struct span name)
{
    struct buffer bytes = BUFFER_EMPTY;
    struct span slug = region_copy(walk->region, span_first(name, name.len - strlen(".gmi")));
    span_list_add(&walk->slugs, walk->region, slug);
    enum status status = file_read(walk->content, path, STORY_BYTES_MAX, &bytes);
    /* Too large to be a story, or gone meanwhile: its name is taken, and that is all. */
    if (status == STATUS_OK || status == STATUS_LIMIT)
        if (is_wanted(walk->wanted, slug, buffer_span(&bytes)))
            keep(walk, span_of(path), slug, buffer_span(&bytes));
    buffer_fini(&bytes);
    return status == STATUS_FAILED ? STATUS_FAILED : STATUS_OK;
}

static enum status look_into(struct walk *walk, const char *folder, int depth);

static enum status
look_at_entry(struct walk *walk, const char *folder, const char *name, int depth)
{
    char path[PATH_BYTES];
    struct stat facts;
    int len = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (name[0] == '.' || len >= PATH_BYTES ||
        fstatat(walk->content, path, &facts, AT_SYMLINK_NOFOLLOW) != 0)
        return STATUS_OK;
    if (S_ISDIR(facts.st_mode) && depth < DEPTH_MAX)
        return look_into(walk, path, depth + 1);
    if (!S_ISDIR(facts.st_mode) && span_ends(span_of(name), SPAN(".gmi")))
        return look_at(walk, path, span_of(name));
    return STATUS_OK;
}

static enum status
look_into(struct walk *walk, const char *folder, int depth)
{
    enum status status = STATUS_OK;
    int descriptor = openat(walk->content, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = descriptor >= 0 ? fdopendir(descriptor) : NULL;
    if (entries == NULL) {
        int why = errno;
        if (descriptor >= 0)
            close(descriptor);
        errno = why;
        return why == ENOENT ? STATUS_OK : STATUS_FAILED;
    }
    for (struct dirent *entry; status == STATUS_OK && (entry = readdir(entries)) != NULL;)
        status = look_at_entry(walk, folder, entry->d_name, depth);
    int why = errno;
    closedir(entries);
    errno = why;
    return status;
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
    struct walk walk = { .content = content, .wanted = wanted, .region = region };
    enum status status = look_into(&walk, "stories", 0);
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
