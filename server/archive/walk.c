/* SPDX-License-Identifier: ISC */
#include "archive/writer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 8 };

void
writer_report(struct writer *writer, struct span path, const struct fault *fault)
{
    writer->summary.faulty++;
    if (writer->options->report != NULL)
        writer->options->report(writer->options->whom, path.at, fault);
}

void
writer_say_unreadable(struct fault *fault, int why)
{
    fault_set(fault, 0, "it can't be read: %s%s", strerror(why),
              why == EACCES ? ": let whoever songtu runs as read it (chmod a+rX)" : "");
}

/* A file or folder that can't be looked at is told, and what the archive has of it stays. */
static void
pass_over(struct writer *writer, struct span path, const struct fault *fault)
{
    span_list_add(&writer->unread, writer->region, path);
    writer_report(writer, path, fault);
}

static int
by_name(const struct dirent **left, const struct dirent **right)
{
    return strcmp((*left)->d_name, (*right)->d_name);
}

static int
is_wanted(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return entry->d_name[0] != '.' && entry->d_name[len - 1] != '~';
}

/* What stands where a file or a folder should, and is neither; NULL: it is as it should be. */
static const char *
kind_of(const struct writer *writer, struct span path, mode_t mode, bool is_story)
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
        return S_ISLNK(mode) && fstatat(writer->content, path.at, &target, 0) == 0 &&
                       S_ISDIR(target.st_mode)
                   ? "a symbolic link to a folder"
                   : NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].format == (mode & S_IFMT))
            return kinds[i].words;
    return NULL;
}

static enum status
visit(struct writer *writer, struct span folder, const char *name, int depth, writer_visit_fn *file,
      enum status (*down)(struct writer *, struct span, int, writer_visit_fn *))
{
    struct stat facts;
    struct fault fault = { 0, "" };
    struct span path = region_printf(writer->region, "%.*s/%s", SPAN_ARG(folder), name);
    struct span base = span_of(name);
    bool is_story = span_ends(base, SPAN(".gmi"));
    if (fstatat(writer->content, path.at, &facts, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT)
            return STATUS_OK;
        writer_say_unreadable(&fault, errno);
        pass_over(writer, path, &fault);
        return STATUS_OK;
    }
    const char *kind = kind_of(writer, path, facts.st_mode, is_story);
    if (kind != NULL) {
        fault_set(&fault, 0, "it is %s and was skipped: put the %s itself here", kind,
                  is_story ? "story's file" : "folder");
        pass_over(writer, path, &fault);
        return STATUS_OK;
    }
    if (S_ISDIR(facts.st_mode))
        return depth < DEPTH_MAX ? down(writer, path, depth + 1, file) : STATUS_OK;
    return is_story ? file(writer, path, span_first(base, base.len - 4)) : STATUS_OK;
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

static enum status
walk(struct writer *writer, struct span folder, int depth, writer_visit_fn *file)
{
    struct dirent **names = NULL;
    struct fault fault = { 0, "" };
    enum status status = STATUS_OK;
    int why = writer_why_unreadable(writer, folder.at);
    int count = why == 0 ? scandirat(writer->content, folder.at, &names, is_wanted, by_name) : -1;
    if (count < 0) {
        writer_say_unreadable(&fault, why != 0 ? why : errno);
        if (why != ENOENT)
            pass_over(writer, folder, &fault);
        return STATUS_OK;
    }
    for (int i = 0; i < count; i++) {
        if (status == STATUS_OK)
            status = visit(writer, folder, names[i]->d_name, depth, file, walk);
        if (depth == 0 && writer->options->progress != NULL)
            writer->options->progress(writer->options->whom, (size_t)i + 1, (size_t)count);
        free(names[i]);
    }
    free(names);
    return status;
}

enum status
writer_walk(struct writer *writer, struct span folder, bool below, writer_visit_fn *file)
{
    return walk(writer, folder, below ? 0 : DEPTH_MAX, file);
}
