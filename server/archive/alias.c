/* SPDX-License-Identifier: ISC */
#include "archive/writer.h"

enum status
writer_aliases(struct writer *writer, int64_t story, struct span slug, struct spans aliases,
               const struct origin *from)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < aliases.count; i++) {
        if (span_equal(aliases.at[i], slug))
            continue; /* its own address */
        sqlite3_stmt *put = store_get(writer->archive, SQL_ALIAS_PUT);
        store_bind_text(put, 1, aliases.at[i]);
        store_bind_text(put, 2, slug);
        sqlite3_bind_int64(put, 3, story);
        store_bind_text(put, 4, from->path);
        sqlite3_bind_int64(put, 5, (int64_t)from->alias_line);
        status = store_run(writer->archive, put);
    }
    return status;
}

static void
report(struct writer *writer, sqlite3_stmt *clash)
{
    struct span slug = store_text(clash, 0, writer->region);
    struct span path = store_text(clash, 1, writer->region);
    struct fault fault = { 0, "" };
    size_t line = (size_t)sqlite3_column_int64(clash, 2);
    if (sqlite3_column_int(clash, 3) != 0)
        fault_set(&fault, line,
                  "alias `%.*s` is a story's own address: take it out here, or rename that story",
                  SPAN_ARG(slug));
    else
        fault_set(&fault, line,
                  "alias `%.*s` leads to `%.*s`, which has it too: take it out of one of them",
                  SPAN_ARG(slug), SPAN_ARG(store_text(clash, 4, writer->region)));
    writer_report(writer, path, &fault);
}

static enum status
report_all(struct writer *writer, enum sql sql, struct span slug, struct span_list *told)
{
    enum status status;
    sqlite3_stmt *clashes = store_get(writer->archive, sql);
    if (sql != SQL_ALIAS_CLASHES)
        store_bind_text(clashes, 1, slug);
    while ((status = store_step(writer->archive, clashes)) == STATUS_OK) {
        struct span alias = store_text(clashes, 0, writer->region);
        struct span which = region_printf(writer->region, "%.*s:%s", SPAN_ARG(alias),
                                          (const char *)sqlite3_column_text(clashes, 1));
        if (told != NULL && spans_have(told->spans, which))
            continue;
        if (told != NULL)
            span_list_add(told, writer->region, which);
        report(writer, clashes);
    }
    store_done(clashes);
    return status == STATUS_ABSENT ? STATUS_OK : status;
}

enum status
writer_alias_clashes(struct writer *writer)
{
    struct span_list told = { { NULL, 0 }, 0 };
    enum status status = STATUS_OK;
    if (writer->whole)
        return report_all(writer, SQL_ALIAS_CLASHES, (struct span){ NULL, 0 }, NULL);
    for (size_t i = 0; status == STATUS_OK && i < writer->put.spans.count; i++) {
        status = report_all(writer, SQL_ALIAS_CLASHES_OF, writer->put.spans.at[i], &told);
        if (status == STATUS_OK)
            status = report_all(writer, SQL_ALIAS_CLASHES_WITH, writer->put.spans.at[i], &told);
    }
    return status;
}
