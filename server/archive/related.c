/* SPDX-License-Identifier: ISC */
#include "archive/related.h"

#include "archive/store.h"

#include <stdlib.h>

enum { NEIGHBOURS = 24, CANDIDATES_MAX = 512 };

struct candidate {
    struct span slug;
    int64_t id, instant;
    double score;
};

struct choice {
    struct archive *archive;
    struct region *region;
    const struct record *record;
    struct candidate candidates[CANDIDATES_MAX];
    size_t count;
    struct entry *entries;
    size_t chosen, most;
};

/* Adds the story as an index shows it, unless it is not served or here already. */
static enum status
choose(struct choice *choice, struct span slug)
{
    struct archive *archive = choice->archive;
    if (choice->chosen == choice->most || span_equal(slug, choice->record->slug))
        return STATUS_OK;
    for (size_t i = 0; i < choice->chosen; i++)
        if (span_equal(choice->entries[i].slug, slug))
            return STATUS_OK;
    sqlite3_stmt *find = store_get(archive, SQL_ENTRY);
    store_bind_text(find, 1, slug);
    enum status status = store_step(archive, find);
    if (status == STATUS_OK)
        choice->entries[choice->chosen++] = (struct entry){
            .slug = store_text(find, 0, choice->region),
            .title = store_text(find, 1, choice->region),
            .lang = store_text(find, 2, choice->region),
            .words = store_text(find, 3, choice->region),
            .date = store_date(find, 4),
            .added = sqlite3_column_int64(find, 9),
        };
    store_done(find);
    return status == STATUS_ABSENT ? STATUS_OK : status;
}

static enum status
choose_given(struct choice *choice)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < choice->record->related.count; i++) {
        struct finding finding;
        struct span slug = choice->record->related.at[i];
        status = archive_find_story(choice->archive, slug, SPAN(""), choice->region, &finding);
        if (status == STATUS_OK && finding.found == FOUND_MOVED)
            slug = finding.moved_to;
        if (status == STATUS_OK || status == STATUS_ABSENT)
            status = choose(choice, slug);
    }
    return status;
}

static void
weigh(struct choice *choice, struct span slug, int64_t id, int64_t instant, double weight)
{
    size_t i = 0;
    while (i < choice->count && choice->candidates[i].id != id)
        i++;
    if (i == CANDIDATES_MAX || id == choice->record->id)
        return;
    if (i == choice->count)
        choice->candidates[choice->count++] = (struct candidate){ slug, id, instant, 0 };
    choice->candidates[i].score += weight;
}

/* The newest of one term, each weighing more the rarer the term is. */
static enum status
weigh_term(struct choice *choice, enum taxonomy_kind kind, const struct term_row *term)
{
    struct archive *archive = choice->archive;
    struct term_row counted;
    enum status status = archive_find_term(archive, kind, term->slug, SPAN(""), choice->region,
                                           &counted);
    int64_t id = 0;
    sqlite3_stmt *find = store_get(archive, SQL_TERM_ID);
    sqlite3_bind_int(find, 1, (int)kind);
    store_bind_text(find, 2, term->slug);
    if (status == STATUS_OK && store_step(archive, find) == STATUS_OK)
        id = sqlite3_column_int64(find, 0);
    store_done(find);
    if (status != STATUS_OK || id == 0)
        return status;
    sqlite3_stmt *near = store_get(archive, SQL_NEAR);
    sqlite3_bind_int64(near, 1, kind == CITY ? id : 0);
    sqlite3_bind_int64(near, 2, kind == THEME ? id : 0);
    sqlite3_bind_blob(near, 3, "", 0, SQLITE_STATIC);
    sqlite3_bind_int(near, 4, NEIGHBOURS);
    while ((status = store_step(archive, near)) == STATUS_OK)
        weigh(choice, store_text(near, 0, choice->region), sqlite3_column_int64(near, 2),
              sqlite3_column_int64(near, 1), 1.0 / (1.0 + (double)counted.count));
    store_done(near);
    return status == STATUS_ABSENT ? STATUS_OK : status;
}

static int
by_score(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    return span_compare(a->slug, b->slug);
}

/* A month apart halves what shared terms are worth. */
static void
weigh_time(struct choice *choice)
{
    const double month = 30.0 * 86400;
    for (size_t i = 0; i < choice->count; i++) {
        double apart = (double)(choice->candidates[i].instant - choice->record->date.instant);
        apart = (apart < 0 ? -apart : apart) / month;
        choice->candidates[i].score *= 1.0 + 1.0 / (1.0 + apart);
    }
    qsort(choice->candidates, choice->count, sizeof *choice->candidates, by_score);
}

enum status
archive_related(struct archive *archive, const struct record *record, size_t most,
                struct region *region, struct entries *out)
{
    struct choice *choice = region_alloc(region, sizeof *choice);
    choice->archive = archive;
    choice->region = region;
    choice->record = record;
    choice->most = most;
    choice->entries = region_array(region, most, sizeof *choice->entries);
    enum status status = choose_given(choice);
    for (size_t i = 0; status == STATUS_OK && i < record->cities.count; i++)
        status = weigh_term(choice, CITY, &record->cities.at[i]);
    for (size_t i = 0; status == STATUS_OK && i < record->themes.count; i++)
        status = weigh_term(choice, THEME, &record->themes.at[i]);
    weigh_time(choice);
    for (size_t i = 0; status == STATUS_OK && i < choice->count; i++)
        status = choose(choice, choice->candidates[i].slug);
    if (status == STATUS_OK)
        *out = (struct entries){ choice->entries, choice->chosen };
    return status;
}
