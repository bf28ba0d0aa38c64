/* SPDX-License-Identifier: ISC */
#include "archive/newest.h"
#include "archive/query.h"
#include "archive/tokenizer.h"
#include "archive/writer.h"

#include <stdio.h>
#include <string.h>

/* One story on its way in. */
struct putting {
    struct writer *writer;
    int64_t id, instant, added;
    const struct story *story;
    const struct reading *reading; /* it came of */
    int bucket;
    unsigned char newest[NEWEST_BYTES];
    size_t newest_len;
    struct place {
        int64_t id;
        const struct term *term;
    } terms[2][2 * STORY_LIST_MAX + 1]; /* with what absorbed them; [0] is any */
    size_t counts[2];
};

/* What is counted: the stories of a bucket under a city (or any, 0) and a theme (or any). */
struct tally {
    int64_t city, theme;
    int bucket;
};

static void
add_term(struct putting *putting, int kind, const struct term *term)
{
    int64_t id = term != NULL ? store_term(putting->writer->archive, kind, term->slug) : 0;
    size_t count = putting->counts[kind];
    for (size_t i = 0; i < count; i++)
        if (putting->terms[kind][i].id == id)
            return;
    if (count < sizeof putting->terms[kind] / sizeof *putting->terms[kind])
        putting->terms[kind][putting->counts[kind]++] = (struct place){ id, term };
}

static void
collect_terms(struct putting *putting, int kind, struct spans slugs)
{
    const struct taxonomy *taxonomy = putting->writer->terms[kind];
    add_term(putting, kind, NULL);
    for (size_t i = 0; i < slugs.count; i++)
        for (const struct term *term = taxonomy_find(taxonomy, slugs.at[i]); term != NULL;
             term = term->into)
            add_term(putting, kind, term);
}

static enum status
run_tally(struct archive *archive, enum sql sql, const struct tally *tally, int by)
{
    sqlite3_stmt *statement = store_get(archive, sql);
    sqlite3_bind_int64(statement, 1, tally->city);
    sqlite3_bind_int64(statement, 2, tally->theme);
    sqlite3_bind_int(statement, 3, tally->bucket);
    if (sql == SQL_TALLY_ADD)
        sqlite3_bind_int(statement, 4, by);
    return store_run(archive, statement);
}

/* One story more, or less, in a bucket, in its year, and in all; what comes to nothing is not
 * there. */
static enum status
add_tally(struct archive *archive, struct tally tally, int by)
{
    const int buckets[] = { tally.bucket, BUCKET_ALL, tally.bucket / 100 * -100 };
    int count = tally.bucket > 0 ? 3 : 2;
    enum status status = STATUS_OK;
    for (int i = 0; status == STATUS_OK && i < count; i++) {
        tally.bucket = buckets[i];
        status = run_tally(archive, SQL_TALLY_ADD, &tally, by);
        if (status == STATUS_OK && by < 0)
            status = run_tally(archive, SQL_TALLY_SWEEP, &tally, by);
    }
    return status;
}

static enum status
add_listing(struct putting *putting, int64_t city, int64_t theme, struct span words)
{
    struct archive *archive = putting->writer->archive;
    sqlite3_stmt *put = store_get(archive, SQL_LISTING_PUT);
    sqlite3_bind_int64(put, 1, city);
    sqlite3_bind_int64(put, 2, theme);
    sqlite3_bind_blob(put, 3, putting->newest, (int)putting->newest_len, SQLITE_TRANSIENT);
    sqlite3_bind_int64(put, 4, putting->id);
    sqlite3_bind_int(put, 5, putting->bucket);
    store_bind_text(put, 6, words);
    enum status status = store_run(archive, put);
    if (status == STATUS_OK && !putting->writer->gathering)
        status = add_tally(archive, (struct tally){ city, theme, putting->bucket }, 1);
    return status;
}

static enum status
add_listings(struct putting *putting)
{
    enum status status = STATUS_OK;
    collect_terms(putting, CITY, putting->story->cities);
    collect_terms(putting, THEME, putting->story->themes);
    for (size_t c = 0; c < putting->counts[CITY]; c++) {
        const struct place *city = &putting->terms[CITY][c];
        struct span words = sentences_about(&putting->reading->sentences, city->term);
        for (size_t t = 0; status == STATUS_OK && t < putting->counts[THEME]; t++)
            status = add_listing(putting, city->id, putting->terms[THEME][t].id, words);
    }
    return status;
}

static enum status
add_story_terms(struct putting *putting, int kind, struct spans slugs)
{
    struct archive *archive = putting->writer->archive;
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < slugs.count; i++) {
        sqlite3_stmt *put = store_get(archive, SQL_STORY_TERM_PUT);
        sqlite3_bind_int64(put, 1, putting->id);
        sqlite3_bind_int(put, 2, kind);
        sqlite3_bind_int64(put, 3, (int64_t)i);
        store_bind_text(put, 4, slugs.at[i]);
        status = store_run(archive, put);
    }
    return status;
}

static void
bind_slugs(sqlite3_stmt *statement, int at, struct spans slugs)
{
    struct buffer text = BUFFER_EMPTY;
    for (size_t i = 0; i < slugs.count; i++)
        buffer_printf(&text, "%s%.*s", i > 0 ? " " : "", SPAN_ARG(slugs.at[i]));
    store_bind_text(statement, at, buffer_span(&text));
    buffer_fini(&text);
}

static enum status
add_row(struct putting *putting, struct span slug, bool served, int64_t written)
{
    struct archive *archive = putting->writer->archive;
    const struct story *story = putting->story;
    const struct span texts[] = { slug,        story->title,  story->summary, story->author,
                                  story->lang, story->source, story->body };
    const int64_t numbers[] = { story->date.precision, story->date.year,
                                story->date.month,     story->date.day,
                                putting->instant,      putting->added,
                                story->state,          served };
    sqlite3_stmt *put = store_get(archive, SQL_STORY_PUT);
    for (int i = 0; i < 7; i++)
        store_bind_text(put, i + 1, texts[i]);
    for (int i = 0; i < 8; i++)
        sqlite3_bind_int64(put, i + 8, numbers[i]);
    bind_slugs(put, 16, story->related);
    sqlite3_bind_int64(put, 17, written);
    enum status status = store_run(archive, put);
    putting->id = sqlite3_last_insert_rowid(archive->db);
    return status;
}

static void
add_filed(struct putting *putting, int kind, const char *name, struct buffer *out)
{
    for (size_t i = 0; i < putting->counts[kind]; i++)
        if (putting->terms[kind][i].term != NULL)
            buffer_printf(out, " " TOKENIZER_RAW "%s:%.*s", name,
                          SPAN_ARG(putting->terms[kind][i].term->slug));
}

/* The words it is found by, and what it is filed under. */
static enum status
add_words(struct putting *putting, struct span slug)
{
    const struct story *story = putting->story;
    struct buffer filed = BUFFER_EMPTY;
    bool dated = story->date.precision != DATE_NONE;
    buffer_add_text(&filed,
                    dated ? TOKENIZER_RAW "all" : TOKENIZER_RAW "all " TOKENIZER_RAW "undated");
    add_filed(putting, CITY, "city", &filed);
    add_filed(putting, THEME, "theme", &filed);
    const struct span *words = putting->reading->words;
    const struct searchable searchable = {
        .story = putting->id,
        .slug = slug,
        .date = dated ? story->date : date_at(putting->added),
        .newest = { (const char *)putting->newest, putting->newest_len },
        .texts = { words[SEARCHABLE_TITLE], words[SEARCHABLE_SUMMARY], words[SEARCHABLE_AUTHOR],
                   words[SEARCHABLE_BODY], buffer_span(&filed) }
    };
    enum status status = writer_search_put(putting->writer, &searchable);
    buffer_fini(&filed);
    return status;
}

/* Whether what this story's addresses lead to stays as it was. */
static void
note_addresses(struct putting *putting, struct span slug, bool served)
{
    struct writer *writer = putting->writer;
    bool same = false;
    if (!writer->whole)
        span_list_add(&writer->put, writer->region, region_copy(writer->region, slug));
    if (writer->readdressed || putting->story->aliases.count > 0) {
        writer->readdressed = true;
        return;
    }
    sqlite3_stmt *find = store_get(writer->archive, SQL_STORY_OF_SLUG);
    sqlite3_stmt *alias = store_get(writer->archive, SQL_ALIAS_OF);
    store_bind_text(find, 1, slug);
    if (store_step(writer->archive, find) == STATUS_OK) {
        sqlite3_bind_int64(alias, 1, sqlite3_column_int64(find, 0));
        same = sqlite3_column_int(find, 1) == served &&
               sqlite3_column_int(find, 2) == (int)putting->story->state &&
               store_step(writer->archive, alias) == STATUS_ABSENT;
    }
    store_done(alias);
    store_done(find);
    writer->readdressed = !same;
}

enum status
writer_put(struct writer *writer, const struct reading *reading, const struct origin *from)
{
    const struct story *story = &reading->story;
    struct span slug = reading->slug;
    struct putting *putting = memory_new(sizeof *putting);
    bool served = story_is_served(story, writer->options->now);
    *putting = (struct putting){ .writer = writer, .story = story, .reading = reading };
    putting->added = story->added.precision != DATE_NONE ? story->added.instant : 0;
    putting->instant = story->date.precision != DATE_NONE ? story->date.instant : putting->added;
    putting->bucket = store_bucket(&story->date);
    putting->newest_len = newest_print(
        &(struct newest){ putting->instant, story->date.precision, putting->added, slug },
        putting->newest);
    note_addresses(putting, slug, served);
    enum status status = writer_drop(writer, slug);
    if (status == STATUS_OK)
        status = add_row(putting, slug, served, from->written);
    if (status == STATUS_OK)
        status = add_story_terms(putting, CITY, story->cities);
    if (status == STATUS_OK)
        status = add_story_terms(putting, THEME, story->themes);
    if (status == STATUS_OK)
        status = writer_aliases(writer, putting->id, slug, story->aliases, from);
    if (status == STATUS_OK && served)
        status = add_listings(putting);
    if (status == STATUS_OK && served)
        status = add_words(putting, slug);
    free(putting);
    return status;
}

static enum status
run_on(struct archive *archive, enum sql sql, int64_t id)
{
    sqlite3_stmt *statement = store_get(archive, sql);
    sqlite3_bind_int64(statement, 1, id);
    return store_run(archive, statement);
}

static enum status
drop_listings(struct writer *writer, int64_t id)
{
    struct archive *archive = writer->archive;
    enum status status;
    sqlite3_stmt *rows = store_get(archive, SQL_LISTING_OF_STORY);
    sqlite3_bind_int64(rows, 1, id);
    while ((status = store_step(archive, rows)) == STATUS_OK) {
        const struct tally tally = { sqlite3_column_int64(rows, 0), sqlite3_column_int64(rows, 1),
                                     sqlite3_column_int(rows, 2) };
        status = writer->gathering ? STATUS_OK : add_tally(archive, tally, -1);
        if (status != STATUS_OK)
            break;
    }
    store_done(rows);
    if (status == STATUS_ABSENT)
        status = run_on(archive, SQL_LISTING_DROP, id);
    return status;
}

enum status
writer_drop(struct writer *writer, struct span slug)
{
    struct archive *archive = writer->archive;
    sqlite3_stmt *find = store_get(archive, SQL_STORY_OF_SLUG);
    store_bind_text(find, 1, slug);
    enum status status = store_step(archive, find);
    int64_t id = status == STATUS_OK ? sqlite3_column_int64(find, 0) : 0;
    store_done(find);
    if (status != STATUS_OK)
        return status == STATUS_ABSENT ? STATUS_OK : status;
    status = writer_search_drop(writer, id);
    if (status == STATUS_OK)
        status = drop_listings(writer, id);
    if (status == STATUS_OK)
        status = run_on(archive, SQL_STORY_TERM_DROP, id);
    if (status == STATUS_OK)
        status = run_on(archive, SQL_ALIAS_DROP, id);
    return status == STATUS_OK ? run_on(archive, SQL_STORY_DROP, id) : status;
}

static enum status
put_term(struct writer *writer, int kind, const struct term *term)
{
    struct archive *archive = writer->archive;
    struct buffer names = BUFFER_EMPTY;
    bool central = term->central && (term->central_since.precision == DATE_NONE ||
                                     term->central_since.instant <= writer->options->now);
    for (size_t i = 0; i < term->name_count; i++)
        buffer_printf(&names, "%.*s\t%.*s\n", SPAN_ARG(term->names[i].lang),
                      SPAN_ARG(term->names[i].name));
    sqlite3_stmt *put = store_get(archive, SQL_TERM_PUT);
    sqlite3_bind_int(put, 1, kind);
    store_bind_text(put, 2, term->slug);
    store_bind_text(put, 3, buffer_span(&names));
    sqlite3_bind_int(put, 4, central);
    sqlite3_bind_blob(put, 5, term->order.at, (int)term->order.len, SQLITE_TRANSIENT);
    char until[16] = "";
    if (term->until.precision != DATE_NONE)
        snprintf(until, sizeof until, "%04d-%02d-%02d", term->until.year % 10000,
                 term->until.month % 100, term->until.day % 100);
    store_bind_text(put, 6, span_of(until));
    store_bind_text(put, 7, term->into_slug);
    buffer_fini(&names);
    return store_run(archive, put);
}

/* Those the taxonomy knows no more. */
static enum status
drop_terms(struct writer *writer, int kind)
{
    struct archive *archive = writer->archive;
    enum status status;
    sqlite3_stmt *all = store_get(archive, SQL_TERMS);
    sqlite3_bind_int(all, 1, kind);
    while ((status = store_step(archive, all)) == STATUS_OK) {
        struct span slug = { (const char *)sqlite3_column_text(all, 0),
                             (size_t)sqlite3_column_bytes(all, 0) };
        if (taxonomy_find(writer->terms[kind], slug) != NULL)
            continue;
        status = run_on(archive, SQL_TERM_DROP, sqlite3_column_int64(all, 5));
        if (status != STATUS_OK)
            break;
    }
    store_done(all);
    return status == STATUS_ABSENT ? STATUS_OK : status;
}

/* A term keeps its number, and no other one ever gets it: stories that can't be read just now stay
 * filed by it. */
enum status
writer_terms(struct writer *writer)
{
    enum status status = STATUS_OK;
    for (int kind = CITY; status == STATUS_OK && kind <= THEME; kind++)
        status = drop_terms(writer, kind);
    for (int kind = CITY; kind <= THEME; kind++)
        for (size_t i = 0; status == STATUS_OK && i < taxonomy_count(writer->terms[kind]); i++)
            status = put_term(writer, kind, taxonomy_at(writer->terms[kind], i));
    return status;
}
