/* SPDX-License-Identifier: ISC */
#include "archive/related.h"

#include "archive/store.h"

#include <math.h>
#include <stdlib.h>

enum { NEIGHBOURS = 24 /* of a term, older and newer each */, CANDIDATES_MAX = 512 };

struct candidate {
    struct span slug;
    int64_t id, instant;
    bool dated;
    double score;
};

struct choice {
    struct archive *archive;
    struct region *region;
    const struct record *record;
    struct span newest; /* where it stands among all: the key of its listings */
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
        choice->entries[choice->chosen++] = store_entry(find, choice->region);
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
weigh(struct choice *choice, sqlite3_stmt *row, double weight)
{
    size_t i = 0;
    int64_t id = sqlite3_column_int64(row, 2);
    while (i < choice->count && choice->candidates[i].id != id)
        i++;
    if (i == CANDIDATES_MAX)
        return;
    if (i == choice->count)
        choice->candidates[choice->count++] = (struct candidate){
            .slug = store_text(row, 0, choice->region),
            .id = id,
            .instant = sqlite3_column_int64(row, 1),
            .dated = sqlite3_column_int(row, 3) != DATE_NONE,
        };
    choice->candidates[i].score += weight;
}

/* The nearest in time on one side. */
static enum status
weigh_side(struct choice *choice, enum sql side, enum taxonomy_kind kind, int64_t term,
           double weight)
{
    enum status status;
    sqlite3_stmt *near = store_get(choice->archive, side);
    sqlite3_bind_int64(near, 1, kind == CITY ? term : 0);
    sqlite3_bind_int64(near, 2, kind == THEME ? term : 0);
    sqlite3_bind_blob(near, 3, choice->newest.at, (int)choice->newest.len, SQLITE_STATIC);
    sqlite3_bind_int(near, 4, NEIGHBOURS);
    while ((status = store_step(choice->archive, near)) == STATUS_OK)
        weigh(choice, near, weight);
    store_done(near);
    return status == STATUS_ABSENT ? STATUS_OK : status;
}

/* The stories of one term, each weighing more the rarer the term is. */
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
    double weight = 1.0 / (1.0 + (double)counted.count);
    if (status == STATUS_OK && id != 0)
        status = weigh_side(choice, SQL_NEAR_OLDER, kind, id, weight);
    if (status == STATUS_OK && id != 0)
        status = weigh_side(choice, SQL_NEAR_NEWER, kind, id, weight);
    return status;
}

static enum status
find_newest(struct choice *choice)
{
    sqlite3_stmt *find = store_get(choice->archive, SQL_NEWEST_OF);
    sqlite3_bind_int64(find, 1, choice->record->id);
    enum status status = store_step(choice->archive, find);
    if (status == STATUS_OK)
        choice->newest = store_blob(find, 0, choice->region);
    store_done(find);
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

/* Shared terms are worth up to twice as much the closer two stories are; where a date is not known,
 * as much as if they lay a month apart. */
static void
weigh_time(struct choice *choice)
{
    const double month = 30.0 * 86400;
    const struct date *date = &choice->record->date;
    for (size_t i = 0; i < choice->count; i++) {
        struct candidate *candidate = &choice->candidates[i];
        double apart = month;
        if (date->precision != DATE_NONE && candidate->dated)
            apart = fabs((double)candidate->instant - (double)date->instant);
        candidate->score *= 1.0 + 1.0 / (1.0 + apart / month);
    }
    qsort(choice->candidates, choice->count, sizeof *choice->candidates, by_score);
}

/* What shares a term with the story, best first. */
static enum status
weigh_all(struct choice *choice)
{
    const struct record *record = choice->record;
    enum status status = find_newest(choice);
    for (size_t i = 0; status == STATUS_OK && i < record->cities.count; i++)
        status = weigh_term(choice, CITY, &record->cities.at[i]);
    for (size_t i = 0; status == STATUS_OK && i < record->themes.count; i++)
        status = weigh_term(choice, THEME, &record->themes.at[i]);
    weigh_time(choice);
    return status;
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
    if (status == STATUS_OK)
        status = weigh_all(choice);
    for (size_t i = 0; status == STATUS_OK && i < choice->count; i++)
        status = choose(choice, choice->candidates[i].slug);
    if (status == STATUS_OK)
        *out = (struct entries){ choice->entries, choice->chosen };
    return status;
}
