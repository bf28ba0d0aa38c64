/* SPDX-License-Identifier: ISC */
#include "archiving.h"

#include "archive/store.h"

#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *archiving_folder;
struct index_options archiving_options;

static struct region *region;
static struct buffer reports;
static struct archive *open_now;

static const char *
below(const char *name)
{
    return region_printf(region, "%s/%s", archiving_folder, name).at;
}

static void
on_fault(void *whom, const char *path, const struct fault *fault)
{
    (void)whom;
    buffer_printf(&reports, "%s:%zu: %s\n", path, fault->line, fault->what);
}

static void
let_go(void)
{
    if (open_now != NULL)
        archive_end(open_now);
    archive_close(open_now);
    open_now = NULL;
}

void
archiving_set_up(void)
{
    ck_assert(clock_zone_set("Asia/Ho_Chi_Minh"));
    region = region_new();
    archiving_folder = testing_folder();
    archiving_options = (struct index_options){ .content = below("content"),
                                                .state = below("var"),
                                                .lang = SPAN("vi"),
                                                .zone = "Asia/Ho_Chi_Minh",
                                                .now = 1795000000, /* 2026-11-18 */
                                                .wait = true,
                                                .report = on_fault };
    ck_assert_int_eq(mkdir(archiving_options.content, 0755), 0);
    ck_assert_int_eq(mkdir(below("content/stories"), 0755), 0);
}

void
archiving_tear_down(void)
{
    let_go();
    testing_folder_remove(archiving_folder);
    region_free(region);
    buffer_fini(&reports);
}

struct told
index_now(void)
{
    struct told told = { .status = STATUS_OK };
    struct fault fault = { 0, "" };
    let_go();
    buffer_clear(&reports);
    told.status = index_round(&archiving_options, &told.summary, &fault);
    told.fault = region_copy(region, span_of(fault.what)).at;
    told.reports = region_copy(region, buffer_span(&reports)).at;
    return told;
}

void
index_well(void)
{
    struct told told = index_now();
    ck_assert_msg(told.status == STATUS_OK, "%s", told.fault);
    ck_assert_str_eq(told.reports, "");
}

const char *
content_path(const char *path)
{
    return region_printf(region, "%s/%s", archiving_options.content, path).at;
}

void
content_write(const char *path, const char *text)
{
    testing_write(archiving_options.content, path, text);
}

const char *
content_read(const char *path)
{
    char *text = testing_read(archiving_options.content, path);
    const char *copy = text != NULL ? region_copy(region, span_of(text)).at : NULL;
    free(text);
    return copy;
}

void
content_remove(const char *path)
{
    ck_assert_int_eq(remove(content_path(path)), 0);
}

void
content_rename(const char *from, const char *to)
{
    ck_assert_int_eq(rename(content_path(from), content_path(to)), 0);
}

struct archive *
archive_now(void)
{
    struct fault fault = { 0, "" };
    if (open_now != NULL)
        return open_now;
    ck_assert_msg(archive_open(below("var/archive.db"), &open_now, &fault) == STATUS_OK, "%s",
                  fault.what);
    ck_assert_int_eq(archive_begin(open_now), STATUS_OK);
    return open_now;
}

uint64_t
archive_steps(struct archive *archive)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < SQL_COUNT_OF_THEM; i++)
        if (archive->statements[i] != NULL)
            sum += (uint64_t)sqlite3_stmt_status(archive->statements[i], SQLITE_STMTSTATUS_VM_STEP,
                                                 1);
    return sum;
}

const char *
answer(const char *slug)
{
    struct finding finding;
    enum status status = archive_find_story(archive_now(), span_of(slug), SPAN("vi"), region,
                                            &finding);
    if (status == STATUS_ABSENT)
        return "nothing";
    ck_assert_int_eq(status, STATUS_OK);
    switch (finding.found) {
    case FOUND_STORY:
        return "story";
    case FOUND_GONE:
        return "gone";
    case FOUND_MOVED:
        break;
    }
    return region_copy(region, finding.moved_to).at;
}

const char *
list_of(const char *city)
{
    struct entries entries;
    struct buffer slugs = BUFFER_EMPTY;
    const struct scope scope = { span_of(city), SPAN("") };
    ck_assert_int_eq(archive_newest(archive_now(), scope, 50, region, &entries), STATUS_OK);
    for (size_t i = 0; i < entries.count; i++)
        buffer_printf(&slugs, "%s%.*s", i > 0 ? " " : "", SPAN_ARG(entries.at[i].slug));
    const char *text = region_copy(region, buffer_span(&slugs)).at;
    buffer_fini(&slugs);
    return text;
}
