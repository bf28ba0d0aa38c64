/* SPDX-License-Identifier: ISC */
#include "tool/folders.h"

#include "base/buffer.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

enum {
    DEPTH_MAX = 9,      /* stories/ and what the archive looks at below it */
    PATHS_MAX = 20000,  /* touched at once; then it is simpler to look at all */
    OTHER_HALF_MS = 20, /* a rename is two events */
    EVENT_BYTES = 16 * 1024,
};

static const uint32_t EVENTS = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                               IN_MOVED_TO | IN_ATTRIB | IN_ONLYDIR;

struct folders {
    const char *content;
    unsigned long long identity; /* the content folder's */
    int inotify;
    struct watched {
        int watch;
        char *path; /* below the content folder; that itself is "" */
    } * at;         /* in the order of their numbers */
    size_t count, room;
};

void
touched_add(struct touched *touched, struct span path)
{
    touched->any = true;
    if (touched->all)
        return;
    if (touched->region == NULL)
        touched->region = region_new();
    if (touched->paths.spans.count == PATHS_MAX)
        touched->all = true;
    else
        span_list_add(&touched->paths, touched->region, region_copy(touched->region, path));
}

void
touched_fini(struct touched *touched)
{
    region_free(touched->region);
    *touched = (struct touched){ NULL, { { NULL, 0 }, 0 }, false, false };
}

struct folders *
folders_new(const char *content)
{
    struct folders *folders = memory_new(sizeof *folders);
    *folders = (struct folders){ .content = content, .inotify = -1 };
    return folders;
}

static void
forget_all(struct folders *folders)
{
    for (size_t i = 0; i < folders->count; i++)
        free(folders->at[i].path);
    folders->count = 0;
    if (folders->inotify >= 0)
        close(folders->inotify);
    folders->inotify = -1;
}

void
folders_free(struct folders *folders)
{
    if (folders == NULL)
        return;
    forget_all(folders);
    free(folders->at);
    free(folders);
}

int
folders_descriptor(const struct folders *folders)
{
    return folders->inotify;
}

/* Where it is, or would be. */
static size_t
place_of(const struct folders *folders, int watch)
{
    size_t low = 0, high = folders->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (folders->at[middle].watch < watch)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct watched *
find(const struct folders *folders, int watch)
{
    size_t place = place_of(folders, watch);
    return place < folders->count && folders->at[place].watch == watch ? &folders->at[place] : NULL;
}

/* The kernel knows a folder by one number, whatever its path is by now. */
static void
remember(struct folders *folders, int watch, struct span path)
{
    struct watched *known = find(folders, watch);
    size_t place = place_of(folders, watch);
    if (known != NULL) {
        free(known->path);
        known->path = memory_text(path);
        return;
    }
    if (folders->count == folders->room) {
        folders->room = folders->room == 0 ? 64 : 2 * folders->room;
        folders->at = memory_grow(folders->at, folders->room * sizeof *folders->at);
    }
    memmove(&folders->at[place + 1], &folders->at[place],
            (folders->count - place) * sizeof *folders->at);
    folders->at[place] = (struct watched){ watch, memory_text(path) };
    folders->count++;
}

static void
forget(struct folders *folders, size_t place)
{
    free(folders->at[place].path);
    folders->count--;
    memmove(&folders->at[place], &folders->at[place + 1],
            (folders->count - place) * sizeof *folders->at);
}

/* What lay at `path` went: nothing below it is at its old place. */
static void
forget_below(struct folders *folders, struct span path)
{
    for (size_t i = folders->count; i-- > 0;) {
        struct span one = span_of(folders->at[i].path);
        if (!span_starts(one, path) || (one.len > path.len && one.at[path.len] != '/'))
            continue;
        inotify_rm_watch(folders->inotify, folders->at[i].watch);
        forget(folders, i);
    }
}

static bool
is_wanted(const char *name)
{
    size_t len = strlen(name);
    return len > 0 && name[0] != '.' && name[len - 1] != '~';
}

/* Watches a folder and those below it; false: some are not, errno says why. What went meanwhile
 * needs no watch. */
static bool
add(struct folders *folders, struct span path, int depth)
{
    struct buffer whole = BUFFER_EMPTY, below = BUFFER_EMPTY;
    buffer_printf(&whole, "%s/%.*s", folders->content, SPAN_ARG(path));
    int watch = inotify_add_watch(folders->inotify, buffer_text(&whole), EVENTS);
    bool all = watch >= 0 || (errno != ENOSPC && errno != ENOMEM);
    if (watch >= 0)
        remember(folders, watch, path);
    DIR *names = watch >= 0 && path.len > 0 && depth < DEPTH_MAX ? opendir(buffer_text(&whole))
                                                                 : NULL;
    for (struct dirent *entry; all && names != NULL && (entry = readdir(names)) != NULL;) {
        if (entry->d_type != DT_DIR || !is_wanted(entry->d_name))
            continue;
        buffer_clear(&below);
        buffer_printf(&below, "%.*s/%s", SPAN_ARG(path), entry->d_name);
        all = add(folders, buffer_span(&below), depth + 1);
    }
    int why = errno;
    if (names != NULL)
        closedir(names);
    buffer_fini(&whole);
    buffer_fini(&below);
    errno = why;
    return all;
}

bool
folders_watch(struct folders *folders)
{
    unsigned long long identity = file_identity(AT_FDCWD, folders->content);
    if (identity != folders->identity)
        forget_all(folders);
    folders->identity = identity;
    if (folders->inotify < 0)
        folders->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (folders->inotify < 0)
        return false;
    return add(folders, SPAN(""), 0) && add(folders, SPAN("stories"), 1) &&
           add(folders, SPAN("pages"), DEPTH_MAX);
}

static int
depth_of(struct span path)
{
    int depth = 1;
    for (size_t i = 0; i < path.len; i++)
        depth += path.at[i] == '/';
    return depth;
}

static void
hear_of_folder(struct folders *folders, const struct inotify_event *event, struct span path,
               struct touched *out)
{
    bool is_ours = span_equal(path, SPAN("stories")) || span_starts(path, SPAN("stories/")) ||
                   span_equal(path, SPAN("pages"));
    if ((event->mask & (IN_MOVED_FROM | IN_DELETE)) != 0)
        forget_below(folders, path);
    if (is_ours && (event->mask & (IN_MOVED_TO | IN_CREATE)) != 0 &&
        !add(folders, path, span_equal(path, SPAN("pages")) ? DEPTH_MAX : depth_of(path)))
        out->all = true; /* the whole round that follows finds out what to do */
}

/* *half: of a rename whose other half is to come. */
static void
hear(struct folders *folders, const struct inotify_event *event, struct touched *out,
     uint32_t *half)
{
    struct watched *where = find(folders, event->wd);
    struct buffer path = BUFFER_EMPTY;
    if ((event->mask & (IN_Q_OVERFLOW | IN_UNMOUNT)) != 0)
        out->any = out->all = true;
    if ((event->mask & IN_IGNORED) != 0 && where != NULL)
        forget(folders, (size_t)(where - folders->at));
    if ((event->mask & IN_MOVED_FROM) != 0)
        *half = event->cookie;
    else if ((event->mask & IN_MOVED_TO) != 0 && event->cookie == *half)
        *half = 0;
    if (where == NULL || event->len == 0 || (event->mask & IN_IGNORED) != 0 ||
        !is_wanted(event->name))
        return;
    buffer_printf(&path, "%s%s%s", where->path, where->path[0] != '\0' ? "/" : "", event->name);
    if ((event->mask & IN_ISDIR) != 0)
        hear_of_folder(folders, event, buffer_span(&path), out);
    touched_add(out, buffer_span(&path));
    buffer_fini(&path);
}

void
folders_read(struct folders *folders, struct touched *out)
{
    _Alignas(struct inotify_event) char events[EVENT_BYTES];
    struct pollfd more = { folders->inotify, POLLIN, 0 };
    uint32_t half = 0;
    ssize_t got;
    for (int turn = 0; turn < 2; turn++) {
        while ((got = read(folders->inotify, events, sizeof events)) > 0)
            for (ssize_t at = 0; at < got;) {
                const struct inotify_event *event = (const struct inotify_event *)(events + at);
                at += (ssize_t)(sizeof *event + event->len);
                hear(folders, event, out, &half);
            }
        if (half == 0 || poll(&more, 1, OTHER_HALF_MS) <= 0)
            return;
    }
}
