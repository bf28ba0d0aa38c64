/* SPDX-License-Identifier: ISC */
/* A line typed by a reader, and behind it a story's body. */
#include "archive/excerpt.h"
#include "archive/search.h"
#include "archive/store.h"
#include "archive/tokenizer.h"
#include "base/buffer.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool claim)
{
    if (!claim)
        abort();
}

/* An archive that has no story. */
static struct archive *
empty_archive(void)
{
    static struct archive archive;
    if (archive.db != NULL)
        return &archive;
    require(sqlite3_open(":memory:", &archive.db) == SQLITE_OK);
    require(tokenizer_install(archive.db) == STATUS_OK);
    require(sqlite3_exec(archive.db, store_schema, NULL, NULL, NULL) == SQLITE_OK);
    return &archive;
}

/* FTS5's syntax can't be typed. */
static void
require_words(const struct wanted *wanted)
{
    require(wanted->count <= WANTED_PARTS_MAX && wanted->text.len <= 4 * WANTED_BYTES_MAX);
    for (size_t i = 0; i < wanted->count; i++) {
        const struct wanted_part *part = &wanted->at[i];
        require(part->words > 0 && part->plain.len > 0);
        require(!span_has_char(part->plain, '"') && !span_has_char(part->marked, '"'));
        require(span_has_char(part->plain, TOKENIZER_RAW[0]) == part->filed);
        require(!span_has_char(part->plain, '\0') && !span_has_char(part->marked, '\0'));
    }
}

static void
require_finds_nothing(const struct wanted *wanted, struct region *region)
{
    const struct search_budget budget = { 60000, 60000 };
    struct search_found found;
    require(archive_search(empty_archive(), wanted, &budget, 0, 20, region, &found) == STATUS_OK);
    require(found.count == 0 && found.at.count == 0 && !found.more && !found.late);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct region *region = region_new();
    struct wanted *wanted = region_alloc(region, sizeof *wanted);
    struct span body = { (const char *)data, size }, line = span_cut(&body, '\n');
    wanted_parse(line, region, wanted);
    require_words(wanted);
    require_finds_nothing(wanted, region);
    wanted->best = true;
    require_finds_nothing(wanted, region);
    require(excerpt_make(body, wanted, 60, region).len <= 60 * 2);
    region_free(region);
    return 0;
}
