/* SPDX-License-Identifier: ISC */
#include "archive/related.h"

#include "archive/likeness.h"
#include "archive/newest.h"
#include "archive/store.h"

#include <math.h>
#include <stdlib.h>

enum {
    NEIGHBOURS = 24,  /* of a term, older and newer each */
    LOOKED_MAX = 512, /* in all */
    ALIKE_MAX = 20,   /* whose texts are compared */
};

/* What is told by its place in the lists alone; and, for the best, by its text. */
struct candidate {
    int64_t id;
    struct newest newest;
    double score;
    struct entry *entry; /* NULL: not read yet */
};

/* A term of the story's. */
struct shared {
    int64_t city, theme; /* one of them 0 */
    uint64_t count;
};

struct choice {
    struct archive *archive;
    struct region *region;
    const struct record *record;
    struct span newest; /* where it stands among all: the key of its listings */
    struct candidate candidates[LOOKED_MAX];
    size_t count, looked;
    struct entry *entries;
    size_t chosen, most;
};

/* The story as an index shows it; STATUS_ABSENT: it is not served. */
static enum status
find_entry(struct choice *choice, struct span slug, struct entry *out)
{
    sqlite3_stmt *find = store_get(choice->archive, SQL_ENTRY);
    store_bind_text(find, 1, slug);
    enum status status = store_step(choice->archive, find);
    if (status == STATUS_OK)
        *out = store_entry(find, choice->region);
    store_done(find);
    return status;
}

static enum status
read_candidate(struct choice *choice, struct candidate *candidate)
{
    if (candidate->entry != NULL)
        return STATUS_OK;
    struct entry *entry = region_alloc(choice->region, sizeof *entry);
    enum status status = find_entry(choice, candidate->newest.slug, entry);
    if (status == STATUS_OK)
        candidate->entry = entry;
    return status;
}

/* Adds it, unless it is the story itself or here already. */
static void
choose(struct choice *choice, const struct entry *entry)
{
    if (choice->chosen == choice->most || span_equal(entry->slug, choice->record->slug))
        return;
    for (size_t i = 0; i < choice->chosen; i++)
        if (span_equal(choice->entries[i].slug, entry->slug))
            return;
    choice->entries[choice->chosen++] = *entry;
}

/* A story that is given by an address it had once is meant all the same. */
static enum status
find_given(struct choice *choice, struct span slug, struct entry *out)
{
    struct finding finding;
    enum status status = find_entry(choice, slug, out);
    if (status != STATUS_ABSENT)
        return status;
    status = archive_find_story(choice->archive, slug, SPAN(""), choice->region, &finding);
    if (status == STATUS_OK && finding.found == FOUND_MOVED)
        return find_entry(choice, finding.moved_to, out);
    return status == STATUS_OK ? STATUS_ABSENT : status;
}

static enum status
choose_given(struct choice *choice)
{
    const struct spans given = choice->record->related;
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < given.count && choice->chosen < choice->most;
         i++) {
        struct entry entry;
        status = find_given(choice, given.at[i], &entry);
        if (status == STATUS_OK)
            choose(choice, &entry);
        else if (status == STATUS_ABSENT)
            status = STATUS_OK;
    }
    return status;
}

static void
weigh(struct choice *choice, sqlite3_stmt *row, double weight)
{
    size_t i = 0;
    int64_t id = sqlite3_column_int64(row, 0);
    struct newest newest;
    while (i < choice->count && choice->candidates[i].id != id)
        i++;
    if (i == choice->count) {
        if (!newest_parse(store_blob(row, 1, choice->region), &newest))
            return;
        choice->candidates[choice->count++] = (struct candidate){ .id = id, .newest = newest };
    }
    choice->candidates[i].score += weight;
}

/* The nearest in time on one side. */
static enum status
weigh_side(struct choice *choice, enum sql side, const struct shared *term, double weight)
{
    size_t left = LOOKED_MAX - choice->looked;
    enum status status;
    sqlite3_stmt *near = store_get(choice->archive, side);
    sqlite3_bind_int64(near, 1, term->city);
    sqlite3_bind_int64(near, 2, term->theme);
    sqlite3_bind_blob(near, 3, choice->newest.at, (int)choice->newest.len, SQLITE_STATIC);
    sqlite3_bind_int64(near, 4, (int64_t)(left < NEIGHBOURS ? left : NEIGHBOURS));
    while ((status = store_step(choice->archive, near)) == STATUS_OK) {
        weigh(choice, near, weight);
        choice->looked++;
    }
    store_done(near);
    return status == STATUS_ABSENT ? STATUS_OK : status;
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

static enum status
count_terms(struct choice *choice, int kind, const struct term_rows *rows, struct shared *terms,
            size_t *count)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < rows->count; i++) {
        int64_t id = store_term(choice->archive, kind, rows->at[i].slug);
        struct shared *term = &terms[*count];
        *term = (struct shared){ kind == CITY ? id : 0, kind == THEME ? id : 0, 0 };
        status = store_count(choice->archive, term->city, term->theme, BUCKET_ALL, &term->count);
        *count += id != 0;
    }
    return status;
}

static int
by_rarity(const void *left, const void *right)
{
    const struct shared *a = left, *b = right;
    if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
    if (a->city != b->city)
        return a->city < b->city ? -1 : 1;
    return a->theme < b->theme ? -1 : a->theme > b->theme;
}

/* What shares a term with the story weighs more the rarer the term is. */
static enum status
weigh_terms(struct choice *choice)
{
    const struct record *record = choice->record;
    struct shared *terms = region_array(
        choice->region, record->cities.count + record->themes.count + 1, sizeof *terms);
    uint64_t all = 0;
    size_t count = 0;
    enum status status = store_count(choice->archive, 0, 0, BUCKET_ALL, &all);
    if (status == STATUS_OK)
        status = count_terms(choice, CITY, &record->cities, terms, &count);
    if (status == STATUS_OK)
        status = count_terms(choice, THEME, &record->themes, terms, &count);
    qsort(terms, count, sizeof *terms, by_rarity);
    for (size_t i = 0; status == STATUS_OK && i < count && choice->looked < LOOKED_MAX; i++) {
        double weight = log(1.0 + (double)all / (1.0 + (double)terms[i].count));
        status = weigh_side(choice, SQL_NEAR_OLDER, &terms[i], weight);
        if (status == STATUS_OK)
            status = weigh_side(choice, SQL_NEAR_NEWER, &terms[i], weight);
    }
    return status;
}

static int
by_score(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    return span_compare(a->newest.slug, b->newest.slug);
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
        if (date->precision != DATE_NONE && candidate->newest.precision != DATE_NONE)
            apart = fabs((double)candidate->newest.instant - (double)date->instant);
        candidate->score *= 1.0 + 1.0 / (1.0 + apart / month);
    }
    qsort(choice->candidates, choice->count, sizeof *choice->candidates, by_score);
}

/* … and up to three times as much the more they read alike. */
static enum status
weigh_texts(struct choice *choice)
{
    enum status status = STATUS_OK;
    size_t most = choice->count < ALIKE_MAX ? choice->count : ALIKE_MAX;
    struct traits ours, theirs;
    traits_read(choice->record->title, choice->record->summary, &ours);
    for (size_t i = 0; status == STATUS_OK && i < most; i++) {
        struct candidate *candidate = &choice->candidates[i];
        status = read_candidate(choice, candidate);
        if (status == STATUS_OK) {
            traits_read(candidate->entry->title, candidate->entry->words, &theirs);
            candidate->score *= 1.0 + 2.0 * traits_likeness(&ours, &theirs);
        }
    }
    qsort(choice->candidates, most, sizeof *choice->candidates, by_score);
    return status;
}

/* The best first, until there are enough. */
static enum status
choose_neighbours(struct choice *choice)
{
    enum status status = find_newest(choice);
    if (status == STATUS_OK)
        status = weigh_terms(choice);
    if (status != STATUS_OK)
        return status;
    weigh_time(choice);
    status = weigh_texts(choice);
    for (size_t i = 0; status == STATUS_OK && i < choice->count && choice->chosen < choice->most;
         i++) {
        status = read_candidate(choice, &choice->candidates[i]);
        if (status == STATUS_OK)
            choose(choice, choice->candidates[i].entry);
    }
    return status == STATUS_ABSENT ? STATUS_FAILED : status; /* what is listed is served */
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
    if (status == STATUS_OK && choice->chosen < most)
        status = choose_neighbours(choice);
    if (status == STATUS_OK)
        *out = (struct entries){ choice->entries, choice->chosen };
    return status;
}
