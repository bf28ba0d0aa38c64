/* SPDX-License-Identifier: ISC */
#include "asking.h"

#include "testing.h"

#include <fcntl.h>
#include <unistd.h>

struct capsule asking_capsule;
struct region *asking_region;

static struct archive *archive;
static struct span host = SPAN("bao.example");
static struct origin origin;

void
asking_set_up(void)
{
    struct labels *labels = NULL;
    archiving_set_up();
    asking_region = region_new();
    content_write("files/a.txt", "a\n");
    ck_assert_int_eq(labels_parse(SPAN(""), asking_region, &labels, NULL), STATUS_OK);
    origin = (struct origin){ .hosts = { &host, 1 }, .port = 1965 };
    asking_capsule = (struct capsule){ .lang = SPAN("vi"),
                                       .labels = labels,
                                       .files = open(content_path("files"),
                                                     O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                                       .origin = &origin };
    ck_assert_int_ge(asking_capsule.files, 0);
}

void
asking_tear_down(void)
{
    close(asking_capsule.files);
    archive_close(archive);
    archive = NULL;
    region_free(asking_region);
    archiving_tear_down();
}

static void
open_archive(void)
{
    struct fault fault = { 0, "" };
    const char *path = region_printf(asking_region, "%s/archive.db", archiving_options.state).at;
    if (archive == NULL)
        ck_assert_msg(archive_open(path, &archive, &fault) == STATUS_OK, "%s", fault.what);
}

struct reply
asking_of(struct archive *other, const char *path)
{
    struct request request;
    struct span query = span_of(path), before = span_cut(&query, '?');
    ck_assert(request_from_path(before, query, query.at != NULL, asking_region, &request));
    struct reply reply = pages_answer(&asking_capsule, other, &request, archiving_options.now,
                                      asking_region);
    if (reply.answer == ANSWER_FILE && reply.file.descriptor >= 0)
        close(reply.file.descriptor);
    if (reply.answer == ANSWER_FILE && reply.file.block != NULL) {
        reply.file.bytes = region_copy(
            asking_region, (struct span){ reply.file.block->bytes, reply.file.block->len });
        block_drop(reply.file.block);
    }
    return reply;
}

struct reply
asking_answer(const char *path)
{
    open_archive();
    return asking_of(archive, path);
}

uint64_t
asking_steps(const char *path)
{
    asking_answer(path); /* from here on its statements are there */
    archive_steps(archive);
    asking_answer(path);
    return archive_steps(archive);
}

const char *
asking_text(const char *path)
{
    struct reply reply = asking_answer(path);
    bool page = reply.answer == ANSWER_PAGE;
    ck_assert_msg(page || (reply.answer == ANSWER_FILE && reply.file.descriptor < 0),
                  "%s: no page, but answer %d", path, (int)reply.answer);
    return region_copy(asking_region, page ? reply.page.text : reply.file.bytes).at;
}
