/* SPDX-License-Identifier: ISC */
#include "archive/slugs.h"

#include "archive/store.h"

enum status
archive_slugs(struct archive *archive, int64_t first, size_t count, struct region *region,
              struct slug_rows *out)
{
    struct slug_row *rows = region_array(region, count, sizeof *rows);
    size_t found = 0;
    sqlite3_stmt *find = store_get(archive, SQL_SLUGS);
    sqlite3_bind_int64(find, 1, first);
    sqlite3_bind_int64(find, 2, first + (int64_t)count - 1);
    enum status status = store_step(archive, find);
    for (; status == STATUS_OK; status = store_step(archive, find))
        rows[found++] = (struct slug_row){ store_text(find, 0, region),
                                           sqlite3_column_int64(find, 1) };
    store_done(find);
    if (status != STATUS_ABSENT)
        return status;
    *out = (struct slug_rows){ rows, found };
    return STATUS_OK;
}

enum status
archive_last_slug(struct archive *archive, int64_t *out)
{
    sqlite3_stmt *find = store_get(archive, SQL_SLUG_LAST);
    enum status status = store_step(archive, find);
    if (status == STATUS_OK)
        *out = sqlite3_column_int64(find, 0);
    store_done(find);
    return status;
}
