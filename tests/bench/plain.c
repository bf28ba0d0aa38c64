/* SPDX-License-Identifier: ISC */
/* bench_plain CONTENT ARCHIVE - the plainest loop that could keep a folder of stories: reads each
 * file once, takes its front matter apart at colons, and inserts the columns of a story and the
 * words searched by as songtu does, 10,000 in a transaction, in a new file that nothing is synced
 * to. It looks for no mistakes, keeps no lists, and nobody could be served from it. */
#include "archive/store.h"
#include "archive/tokenizer.h"
#include "base/buffer.h"
#include "base/file.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>

enum { IN_A_TRANSACTION = 10000, COLUMNS = 17, BYTES_MAX = 4 << 20, FOLDERS_OPEN = 16 };

static struct archive archive;
static sqlite3_stmt *put, *find_by;
static int64_t stories;
static struct buffer text, filed;

static void
run(const char *sql)
{
    char *why = NULL;
    if (sqlite3_exec(archive.db, sql, NULL, NULL, &why) == SQLITE_OK)
        return;
    fprintf(stderr, "bench_plain: %s: %s\n", sql, why);
    exit(1);
}

/* What stands behind `key: ` in the front matter. */
static struct span
value(struct span front, const char *key)
{
    struct span begin = span_of(key);
    for (struct span rest = front; rest.at != NULL;) {
        struct span line = span_line(&rest);
        if (span_starts(line, begin))
            return span_skip(line, begin.len);
    }
    return SPAN("");
}

static void
add_filed(const char *name, struct span slugs)
{
    if (slugs.len < 2)
        return;
    for (struct span rest = span_first(span_skip(slugs, 1), slugs.len - 2); rest.at != NULL;) {
        struct span slug = span_trim(span_cut(&rest, ','));
        if (slug.len > 0)
            buffer_printf(&filed, " " TOKENIZER_RAW "%s:%.*s", name, SPAN_ARG(slug));
    }
}

static void
insert_words(struct span title, struct span summary, struct span body)
{
    const struct span texts[] = { title, summary, SPAN(""), body, buffer_span(&filed) };
    sqlite3_bind_int64(find_by, 1, stories);
    for (int i = 0; i < 5; i++)
        store_bind_text(find_by, i + 2, texts[i]);
    if (sqlite3_step(find_by) != SQLITE_DONE)
        exit(1);
    sqlite3_reset(find_by);
}

static void
insert(struct span slug, struct span front, struct span body)
{
    const struct span texts[] = {
        slug, value(front, "title: "), value(front, "summary: "), SPAN(""), SPAN("vi"), SPAN(""),
        body
    };
    for (int i = 0; i < 7; i++)
        store_bind_text(put, i + 1, texts[i]);
    for (int i = 8; i <= COLUMNS; i++)
        sqlite3_bind_int64(put, i, stories);
    store_bind_text(put, 16, value(front, "related: "));
    if (sqlite3_step(put) != SQLITE_DONE)
        exit(1);
    sqlite3_reset(put);
    buffer_clear(&filed);
    buffer_add_text(&filed, TOKENIZER_RAW "all");
    add_filed("city", value(front, "cities: "));
    add_filed("theme", value(front, "themes: "));
    insert_words(texts[1], texts[2], body);
}

static int
on_file(const char *path, const struct stat *facts, int kind, struct FTW *where)
{
    struct span name = span_of(path + where->base);
    size_t at;
    (void)facts;
    if (kind != FTW_F || !span_ends(name, SPAN(".gmi")))
        return 0;
    buffer_clear(&text);
    if (file_read(AT_FDCWD, path, BYTES_MAX, &text) != STATUS_OK ||
        !span_find(buffer_span(&text), SPAN("\n---\n"), &at))
        return 1;
    stories++;
    insert(span_first(name, name.len - 4), span_first(buffer_span(&text), at),
           span_skip(buffer_span(&text), at + 5));
    if (stories % IN_A_TRANSACTION == 0)
        run("COMMIT; BEGIN");
    return 0;
}

int
main(int argc, char **argv)
{
    char stories_folder[4096];
    if (argc != 3) {
        fprintf(stderr, "usage: bench_plain CONTENT ARCHIVE\n");
        return 2;
    }
    remove(argv[2]);
    if (sqlite3_open(argv[2], &archive.db) != SQLITE_OK ||
        tokenizer_install(archive.db) != STATUS_OK)
        return 1;
    run("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-49152");
    run(store_schema);
    run("BEGIN");
    put = store_get(&archive, SQL_STORY_PUT);
    find_by = store_get(&archive, SQL_SEARCH_ADD);
    snprintf(stories_folder, sizeof stories_folder, "%s/stories", argv[1]);
    if (nftw(stories_folder, on_file, FOLDERS_OPEN, FTW_PHYS) != 0)
        return 1;
    run("COMMIT");
    printf("%lld stories\n", (long long)stories);
    for (size_t i = 0; i < SQL_COUNT_OF_THEM; i++)
        sqlite3_finalize(archive.statements[i]);
    sqlite3_close(archive.db);
    buffer_fini(&text);
    buffer_fini(&filed);
    return 0;
}
