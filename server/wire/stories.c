/* SPDX-License-Identifier: ISC */
#include "wire/stories.h"

#include "base/file.h"
#include "story/story.h"

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
    stories_on *on;
    void *whom;
    struct buffer bytes; /* of the file at hand */
};

static enum status
look_at(struct walk *walk, const char *path, struct span name)
{
    struct span none = { NULL, 0 };
    struct span slug = span_first(name, name.len - strlen(".gmi"));
    buffer_clear(&walk->bytes);
    enum status status = file_read(walk->content, path, STORY_BYTES_MAX, &walk->bytes);
    if (status == STATUS_FAILED)
        return STATUS_FAILED;
    walk->on(walk->whom, span_of(path), slug,
             status == STATUS_OK ? buffer_span(&walk->bytes) : none);
    return STATUS_OK;
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

enum status
stories_read(int content, stories_on *on, void *whom)
{
    struct walk walk = { .content = content, .on = on, .whom = whom };
    enum status status = look_into(&walk, "stories", 0);
    int why = errno;
    buffer_fini(&walk.bytes);
    errno = why;
    return status;
}
