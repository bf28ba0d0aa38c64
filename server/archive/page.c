/* SPDX-License-Identifier: ISC */
#include "archive/writer.h"

#include "base/file.h"
#include "story/slug.h"

#include <errno.h>

/* A page by this name could not be reached: its address is one of our own. */
static bool
is_taken(struct span name)
{
    static const char *const taken[] = { "archive", "city",  "feed",  "files",
                                         "search",  "story", "theme", NULL };
    for (size_t i = 0; taken[i] != NULL; i++)
        if (span_equal(name, span_of(taken[i])))
            return true;
    return false;
}

static enum status
read_page(struct writer *writer, struct span path, struct span name, struct buffer *text,
          struct story *out, struct fault *fault)
{
    if (!slug_is_valid(name))
        return fault_set(fault, 1, "`%.*s` is no slug: name the file in a-z, 0-9 and hyphens",
                         SPAN_ARG(name));
    if (is_taken(name))
        return fault_set(fault, 1,
                         "/%.*s is an address of the capsule's own: name the file "
                         "otherwise",
                         SPAN_ARG(name));
    enum status status = file_read(writer->content, path.at, STORY_BYTES_MAX, text);
    if (status != STATUS_OK) {
        reading_say_unreadable(fault, errno);
        return status;
    }
    return story_parse(region_copy(writer->region, buffer_span(text)), writer->region, out, fault);
}

/* *valid: it is a page. */
static enum status
take_page(struct writer *writer, struct span path, struct span name, bool *valid)
{
    struct buffer text = BUFFER_EMPTY;
    struct story page;
    struct fault fault = { 0, "" };
    enum status status = read_page(writer, path, name, &text, &page, &fault);
    *valid = status == STATUS_OK;
    if (!*valid) {
        writer_report(writer, path, &fault);
        status = STATUS_OK;
    } else {
        sqlite3_stmt *put = store_get(writer->archive, SQL_PAGE_PUT);
        store_bind_text(put, 1, name);
        store_bind_text(put, 2, page.title);
        store_bind_text(put, 3, page.lang);
        store_bind_text(put, 4, page.body);
        status = store_run(writer->archive, put);
    }
    buffer_fini(&text);
    return status;
}

/* Those of the archive that are no pages now. */
static enum status
drop_others(struct writer *writer, struct spans names)
{
    struct span_list gone = { { NULL, 0 }, 0 };
    enum status status;
    sqlite3_stmt *pages = store_get(writer->archive, SQL_PAGES);
    sqlite3_bind_int(pages, 1, -1);
    while ((status = store_step(writer->archive, pages)) == STATUS_OK) {
        struct span name = store_text(pages, 0, writer->region);
        if (!spans_have(names, name))
            span_list_add(&gone, writer->region, name);
    }
    store_done(pages);
    return status == STATUS_ABSENT ? store_run_each(writer->archive, SQL_PAGE_DROP, gone.spans)
                                   : status;
}

enum status
writer_pages(struct writer *writer)
{
    struct sights sights = { NULL, 0, 0 };
    struct span_list names = { { NULL, 0 }, 0 };
    enum status status = STATUS_OK;
    int why = writer_why_unreadable(writer, "pages");
    bool looked = writer_look(writer, SPAN("pages"), &sights);
    for (size_t i = 0; status == STATUS_OK && i < sights.count; i++) {
        bool valid = false;
        struct span path = region_printf(writer->region, "pages/%s", sights.at[i].name);
        struct span name = writer_slug_of(path);
        if (!sights.at[i].folder)
            status = take_page(writer, path, name, &valid);
        if (valid)
            span_list_add(&names, writer->region, name);
    }
    sights_fini(&sights);
    return status == STATUS_OK && (looked || why == ENOENT) ? drop_others(writer, names.spans)
                                                            : status;
}
