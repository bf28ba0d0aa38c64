/* SPDX-License-Identifier: ISC */
#include "archive/reading.h"

#include "archive/query.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

struct mark
mark_of(const struct stat *facts)
{
    /* mtime and ctime in one number: any change of either changes it. */
    int64_t changed = (facts->st_mtim.tv_sec * 1000003 + facts->st_ctim.tv_sec) * 1009 +
                      facts->st_mtim.tv_nsec + facts->st_ctim.tv_nsec * 31;
    return (struct mark){ (int64_t)facts->st_dev, (int64_t)facts->st_ino, facts->st_size, changed };
}

bool
mark_equal(const struct mark *one, const struct mark *other)
{
    return one->device == other->device && one->inode == other->inode && one->size == other->size &&
           one->changed == other->changed;
}

void
reading_say_unreadable(struct fault *fault, int why)
{
    fault_set(fault, 0, "it can't be read: %s%s", strerror(why),
              why == EACCES ? ": let whoever songtu runs as read it (chmod a+rX)" : "");
}

size_t
reading_line_of(struct span file, const char *key)
{
    size_t number = 0;
    for (struct span rest = file; rest.at != NULL;) {
        struct span line = span_line(&rest);
        number++;
        if (span_starts(line, span_of(key)))
            return number;
    }
    return 1;
}

struct reading *
reading_new(struct span path, struct span slug)
{
    struct region *region = region_new();
    struct reading *reading = region_alloc(region, sizeof *reading);
    reading->region = region;
    reading->path = region_copy(region, path);
    reading->slug = region_copy(region, slug);
    return reading;
}

void
reading_free(struct reading *reading)
{
    if (reading == NULL)
        return;
    buffer_fini(&reading->text);
    region_free(reading->region);
}

/* A file that changes while it is read is read when whoever writes it is done. */
static enum status
read_text(struct reading *reading, const struct desk *desk)
{
    struct stat before, after;
    if (fstatat(desk->content, reading->path.at, &before, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(before.st_mode))
        return STATUS_ABSENT;
    enum status status = file_read(desk->content, reading->path.at, STORY_BYTES_MAX,
                                   &reading->text);
    if (status == STATUS_LIMIT)
        fault_set(&reading->fault, 1,
                  "a story holds at most %d bytes: split it, or serve it from files/",
                  STORY_BYTES_MAX);
    else if (status != STATUS_OK)
        reading_say_unreadable(&reading->fault, errno);
    if (status != STATUS_OK)
        return STATUS_FAILED;
    if (fstatat(desk->content, reading->path.at, &after, AT_SYMLINK_NOFOLLOW) != 0)
        return STATUS_ABSENT;
    reading->mark = mark_of(&after);
    reading->modified = after.st_mtim.tv_sec;
    struct mark was = mark_of(&before);
    return mark_equal(&was, &reading->mark) ? STATUS_OK : STATUS_BUSY;
}

static void
check_terms(struct reading *reading, const struct desk *desk)
{
    static const char *const keys[] = { "cities", "themes" };
    const struct spans lists[] = { reading->story.cities, reading->story.themes };
    for (int kind = CITY; kind <= THEME; kind++)
        for (size_t i = 0; i < lists[kind].count; i++)
            if (taxonomy_find(desk->terms[kind], lists[kind].at[i]) == NULL)
                fault_set(&reading->fault, reading_line_of(buffer_span(&reading->text), keys[kind]),
                          "no %s is called `%.*s`: add it to %s.yaml",
                          kind == CITY ? "city" : "theme", SPAN_ARG(lists[kind].at[i]), keys[kind]);
}

static void
take_words(struct reading *reading)
{
    const struct story *story = &reading->story;
    const struct span texts[] = { story->title, story->summary, story->author, story->body };
    for (int i = 0; i < SEARCHABLE_FILED; i++)
        reading->words[i] = searchable_words(i, texts[i], reading->region);
}

void
reading_do(struct reading *reading, const struct desk *desk)
{
    reading->status = read_text(reading, desk);
    if (reading->status != STATUS_OK)
        return;
    hash_bytes(buffer_span(&reading->text), reading->hash);
    reading->parsed = story_parse(buffer_span(&reading->text), reading->region, &reading->story,
                                  &reading->fault);
    if (reading->parsed != STATUS_OK)
        return;
    check_terms(reading, desk);
    if (reading->story.cities.count > 0)
        reading->sentences = sentences_of(&reading->story, desk->terms[CITY], reading->region);
    take_words(reading);
}
