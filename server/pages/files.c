/* SPDX-License-Identifier: ISC */
#include "base/file.h"
#include "pages/sheet.h"

#include <time.h>
#include <unistd.h>

enum { PATH_BYTES = 2000, SMALL_BYTES = 1024 * 1024 };

/* By extension; what is not here is a plain stream of bytes (specs 1.8). */
static const struct {
    const char *extension, *mime;
} types[] = {
    { "gmi", "text/gemini; charset=utf-8" },
    { "gemini", "text/gemini; charset=utf-8" },
    { "txt", "text/plain; charset=utf-8" },
    { "md", "text/markdown; charset=utf-8" },
    { "html", "text/html; charset=utf-8" },
    { "css", "text/css; charset=utf-8" },
    { "csv", "text/csv; charset=utf-8" },
    { "json", "application/json" },
    { "xml", "application/xml" },
    { "atom", "application/atom+xml" },
    { "pdf", "application/pdf" },
    { "epub", "application/epub+zip" },
    { "zip", "application/zip" },
    { "gz", "application/gzip" },
    { "jpg", "image/jpeg" },
    { "jpeg", "image/jpeg" },
    { "png", "image/png" },
    { "gif", "image/gif" },
    { "webp", "image/webp" },
    { "svg", "image/svg+xml" },
    { "mp3", "audio/mpeg" },
    { "ogg", "audio/ogg" },
    { "mp4", "video/mp4" },
    { "webm", "video/webm" },
};

static struct span
type_of(struct span name)
{
    for (struct span rest = name; rest.at != NULL;) {
        struct span part = span_cut(&rest, '.');
        if (rest.at != NULL)
            continue;
        for (size_t i = 0; part.len < name.len && i < sizeof types / sizeof *types; i++)
            if (span_equal_nocase(part, span_of(types[i].extension)))
                return span_of(types[i].mime);
    }
    return SPAN("application/octet-stream");
}

/* Never hidden files, editors' leftovers, or what was hidden in an escape. */
static bool
is_servable(struct span name)
{
    return name.len > 0 && name.at[0] != '.' && !span_ends(name, SPAN("~")) &&
           !span_has_char(name, '/') && !span_has_char(name, '\\');
}

/* A small file that nobody is just writing is kept, and answered from memory. Two changes within
 * one tick of the file system's clock have one mark: hence the wait. */
static void
keep_small(const struct capsule *capsule, const char *path, struct file_reply *file)
{
    const long long settled = 2000000000;
    struct file_mark mark;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (capsule->file_cache == NULL || file->size > SMALL_BYTES ||
        !file_mark_open(file->descriptor, &mark) || mark.size != file->size ||
        now.tv_sec * 1000000000LL + now.tv_nsec - mark.changed < settled)
        return;
    struct block *block = block_new((size_t)mark.size);
    if (block == NULL || pread(file->descriptor, block->bytes, block->len, 0) != mark.size) {
        block_drop(block);
        return;
    }
    file_cache_keep(capsule->file_cache, path, &mark, block);
    close(file->descriptor);
    file->descriptor = -1;
    file->block = block;
    file->mark = mark;
}

static struct reply
answer(struct sheet *sheet, const char *path, struct span name)
{
    const struct capsule *capsule = sheet->capsule;
    struct reply reply = { .answer = ANSWER_FILE,
                           .file = { .descriptor = -1, .mime = type_of(name) } };
    struct file_mark mark;
    if (capsule->file_cache != NULL && file_mark(capsule->files, path, &mark)) {
        reply.file.block = block_hold(file_cache_find(capsule->file_cache, path, &mark));
        reply.file.size = mark.size;
        reply.file.mark = mark;
    }
    if (reply.file.block != NULL)
        return reply;
    enum status status = file_open_beneath(capsule->files, path, &reply.file.descriptor,
                                           &reply.file.size);
    if (status == STATUS_FAILED)
        return sheet_words(sheet, ANSWER_FAILED, "error");
    if (status != STATUS_OK)
        return sheet_words(sheet, ANSWER_ABSENT, "not_found");
    keep_small(capsule, path, &reply.file);
    return reply;
}

struct reply
files_answer(struct sheet *sheet, struct spans path)
{
    struct buffer joined = BUFFER_EMPTY;
    bool fine = path.count > 0 && sheet->capsule->files >= 0;
    for (size_t i = 0; i < path.count; i++) {
        fine = fine && is_servable(path.at[i]);
        buffer_add_text(&joined, i > 0 ? "/" : "");
        buffer_add(&joined, path.at[i]);
    }
    struct reply reply = fine && joined.len <= PATH_BYTES
                             ? answer(sheet, buffer_text(&joined), path.at[path.count - 1])
                             : sheet_words(sheet, ANSWER_ABSENT, "not_found");
    buffer_fini(&joined);
    return reply;
}

struct reply
robots_answer(struct sheet *sheet)
{
    struct span name = SPAN("robots.txt");
    struct reply reply = files_answer(sheet, (struct spans){ &name, 1 });
    if (reply.answer == ANSWER_FILE)
        return reply;
    const struct spans agents = sheet->capsule->robots;
    for (size_t i = 0; i < agents.count; i++)
        buffer_printf(&sheet->text, "User-agent: %.*s\nDisallow: /\n\n", SPAN_ARG(agents.at[i]));
    if (agents.count == 0)
        buffer_add_text(&sheet->text, "User-agent: *\nDisallow:\n");
    return sheet_file(sheet, SPAN("text/plain; charset=utf-8"));
}
