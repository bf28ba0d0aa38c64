/* SPDX-License-Identifier: ISC */
#include "archive/writer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
writer_report(struct writer *writer, struct span path, const struct fault *fault)
{
    writer->summary.faulty++;
    if (writer->options->report != NULL)
        writer->options->report(writer->options->whom, path.at, fault);
}

/* A file or folder that can't be looked at is told, and what the archive has of it stays. */
static void
pass_over(struct writer *writer, struct span path, const struct fault *fault)
{
    path = region_copy(writer->region, path);
    span_list_add(&writer->unread, writer->region, path);
    writer_report(writer, path, fault);
}

struct span
writer_folder_of(struct span path)
{
    size_t len = path.len;
    while (len > 0 && path.at[len - 1] != '/')
        len--;
    return span_first(path, len > 0 ? len - 1 : 0);
}

struct span
writer_name_of(struct span path)
{
    size_t folder = writer_folder_of(path).len;
    return span_skip(path, folder > 0 ? folder + 1 : 0);
}

struct span
writer_slug_of(struct span path)
{
    struct span name = writer_name_of(path);
    return span_first(name, name.len - 4);
}

int
writer_why_unreadable(const struct writer *writer, const char *path)
{
    int folder = openat(writer->content, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int why = folder < 0 || faccessat(folder, ".", X_OK, AT_EACCESS) != 0 ? errno : 0;
    if (folder >= 0)
        close(folder);
    return why;
}

/* What stands where a file or a folder should, and is neither; NULL: it is as it should be. */
static const char *
kind_of(int folder, const char *name, mode_t mode, bool is_story)
{
    static const struct {
        mode_t format;
        const char *words;
    } kinds[] = {
        { S_IFDIR, "a folder" },  { S_IFLNK, "a symbolic link" }, { S_IFIFO, "a FIFO" },
        { S_IFSOCK, "a socket" }, { S_IFCHR, "a device" },        { S_IFBLK, "a device" }
    };
    struct stat target;
    if (!is_story)
        return S_ISLNK(mode) && fstatat(folder, name, &target, 0) == 0 && S_ISDIR(target.st_mode)
                   ? "a symbolic link to a folder"
                   : NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].format == (mode & S_IFMT))
            return kinds[i].words;
    return NULL;
}

/* `name` in `folder`, which is `path` for what is told. As writer_look_at. */
static enum status
see(struct writer *writer, int folder, const char *name, struct span path, struct sight *out)
{
    struct stat facts;
    struct fault fault = { 0, "" };
    bool is_story = span_ends(span_of(name), SPAN(".gmi"));
    if (fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return STATUS_ABSENT;
        reading_say_unreadable(&fault, errno);
        pass_over(writer, path, &fault);
        return STATUS_BAD;
    }
    const char *kind = kind_of(folder, name, facts.st_mode, is_story);
    if (kind != NULL) {
        fault_set(&fault, 0, "it is %s and was skipped: put the %s itself here", kind,
                  is_story ? "story's file" : "folder");
        pass_over(writer, path, &fault);
        return STATUS_BAD;
    }
    if (!is_story && !S_ISDIR(facts.st_mode))
        return STATUS_BAD;
    out->folder = !is_story;
    out->mark = mark_of(&facts);
    return STATUS_OK;
}

enum status
writer_look_at(struct writer *writer, struct span path, struct sight *out)
{
    return see(writer, writer->content, path.at, path, out);
}

static bool
is_wanted(const char *name)
{
    size_t len = strlen(name);
    return name[0] != '.' && name[len - 1] != '~';
}

static int
by_name(const void *left, const void *right)
{
    const struct sight *a = left, *b = right;
    return strcmp(a->name, b->name);
}

static void
add_sight(struct sights *sights, struct sight sight)
{
    if (sights->count == sights->room) {
        sights->room = sights->room == 0 ? 64 : 2 * sights->room;
        sights->at = memory_grow(sights->at, sights->room * sizeof *sights->at);
    }
    sights->at[sights->count++] = sight;
}

void
sights_fini(struct sights *sights)
{
    for (size_t i = 0; i < sights->count; i++)
        free(sights->at[i].name);
    free(sights->at);
    *sights = (struct sights){ NULL, 0, 0 };
}

/* The names in a folder; 0, or why (an errno) not. */
static int
list(DIR *names, struct sights *out)
{
    for (struct dirent *entry; (errno = 0, entry = readdir(names)) != NULL;)
        if (is_wanted(entry->d_name))
            add_sight(out, (struct sight){ .name = memory_text(span_of(entry->d_name)) });
    int why = errno;
    if (out->count > 0)
        qsort(out->at, out->count, sizeof *out->at, by_name);
    return why;
}

/* Keeps what is to be looked at. */
static void
see_all(struct writer *writer, int descriptor, struct span folder, struct sights *sights)
{
    struct buffer path = BUFFER_EMPTY;
    size_t kept = 0;
    for (size_t i = 0; i < sights->count; i++) {
        struct sight *sight = &sights->at[i];
        buffer_clear(&path);
        buffer_printf(&path, "%.*s/%s", SPAN_ARG(folder), sight->name);
        if (see(writer, descriptor, sight->name, buffer_span(&path), sight) == STATUS_OK)
            sights->at[kept++] = *sight;
        else
            free(sight->name);
    }
    sights->count = kept;
    buffer_fini(&path);
}

bool
writer_look(struct writer *writer, struct span folder, struct sights *out)
{
    struct fault fault = { 0, "" };
    struct sights sights = { NULL, 0, 0 };
    int why = writer_why_unreadable(writer, folder.at), descriptor = -1;
    if (why == 0)
        descriptor = openat(writer->content, folder.at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *names = descriptor >= 0 ? fdopendir(descriptor) : NULL;
    if (why == 0)
        why = names != NULL ? list(names, &sights) : errno;
    if (why == 0) {
        see_all(writer, descriptor, folder, &sights);
        *out = sights;
    } else {
        sights_fini(&sights);
        reading_say_unreadable(&fault, why);
        if (why != ENOENT)
            pass_over(writer, folder, &fault);
    }
    if (names != NULL)
        closedir(names);
    else if (descriptor >= 0)
        close(descriptor);
    return why == 0;
}
