/* SPDX-License-Identifier: ISC */
/* query.h - finding stories: what pages ask the archive.
 *
 * Every query walks an index and is limited; what it returns lies in the region. Functions return
 * STATUS_OK (maybe with nothing found), STATUS_ABSENT where said, STATUS_BUSY past the time a query
 * may take, STATUS_FAILED. Call between archive_begin and archive_end. */
#pragma once

#include "archive/archive.h"

enum taxonomy_kind { CITY, THEME };

/* Which stories: all of them, a city's, a theme's, or a theme's within a city. Slugs; empty: any.
 * A city that absorbed others counts theirs too. */
struct scope {
    struct span city, theme;
};

enum period_kind {
    PERIOD_ALL,
    PERIOD_YEAR_ONLY, /* known only by this year */
    PERIOD_MONTH,     /* dated within this month, or known only by it */
    PERIOD_UNDATED,
};

struct period {
    enum period_kind kind;
    int year, month;
};

struct term_row {
    struct span slug, name; /* the name in the language asked for, else the first */
    bool central;
    struct date until;           /* DATE_NONE: it still is */
    struct span into, into_name; /* slug and name of what absorbed it; empty */
    uint64_t count;              /* stories in the scope asked for */
};

struct term_rows {
    const struct term_row *at;
    size_t count;
};

/* A story as an index shows it. */
struct entry {
    struct span slug, title, lang;
    struct span words; /* the sentence that speaks of the scope's city, else the summary */
    struct date date;  /* DATE_NONE: undated */
    int64_t added;
    struct span author;
    int64_t written; /* since when its file says what it says; 0: not known */
};

struct entries {
    const struct entry *at;
    size_t count;
};

struct period_row {
    int year, month; /* month 0: all of the year; year 0: undated */
    uint64_t count;
};

struct period_rows {
    const struct period_row *at; /* newest first, undated last */
    size_t count;
};

/* A story as its page shows it. */
struct record {
    int64_t id;
    struct span slug, title, summary, author, lang, source, body;
    struct date date;
    int64_t added;
    struct term_rows cities; /* in the alphabet's order, central ones first; counts 0 */
    struct term_rows themes; /* as filed; counts 0 */
    struct spans related;    /* slugs as given */
};

/* STATUS_ABSENT: never heard of. Else *out is one of: a story to show; moved (to the slug, chains
 * followed already); gone (deleted, withdrawn). */
enum found { FOUND_STORY, FOUND_MOVED, FOUND_GONE };
struct finding {
    enum found found;
    struct record record;
    struct span moved_to;
};
enum status archive_find_story(struct archive *archive, struct span slug, struct span lang,
                               struct region *region, struct finding *out) MUST_CHECK;

/* The slug a story had first, before it was renamed; its own where it never was, or where another
 * story has that slug now. */
enum status archive_first_slug(struct archive *archive, struct span slug, struct region *region,
                               struct span *out) MUST_CHECK;

/* A page kept by hand (content/pages/NAME.gmi): title, lang and body of *out. STATUS_ABSENT. */
enum status archive_find_page(struct archive *archive, struct span name, struct region *region,
                              struct record *out) MUST_CHECK;

struct page_row {
    struct span name, title;
};

struct page_rows {
    const struct page_row *at;
    size_t count;
};

/* The first `most` pages kept by hand, by name. */
enum status archive_pages(struct archive *archive, size_t most, struct region *region,
                          struct page_rows *out) MUST_CHECK;

/* One term, counted on its own. STATUS_ABSENT. */
enum status
archive_find_term(struct archive *archive, enum taxonomy_kind kind, struct span slug,
                  struct span lang, struct region *region, struct term_row *out) MUST_CHECK;

/* Every term of a taxonomy in the alphabet's order, central ones first, each counted within the
 * scope (so within the other taxonomy's term); those without a story only if `empty` too. */
enum status archive_terms(struct archive *archive, enum taxonomy_kind kind, struct scope scope,
                          struct span lang, bool empty, struct region *region,
                          struct term_rows *out) MUST_CHECK;

enum status archive_count(struct archive *archive, struct scope scope, struct period period,
                          uint64_t *out) MUST_CHECK;
/* Years in which there are stories; and months of a year. */
enum status archive_years(struct archive *archive, struct scope scope, struct region *region,
                          struct period_rows *out) MUST_CHECK;
enum status archive_months(struct archive *archive, struct scope scope, int year,
                           struct region *region, struct period_rows *out) MUST_CHECK;

/* Newest first (DESIGN 6 says what that is): the first `most` of a scope; and, of a period of it,
 * `most` from the `skip`-th. The period is not PERIOD_ALL. */
enum status archive_newest(struct archive *archive, struct scope scope, size_t most,
                           struct region *region, struct entries *out) MUST_CHECK;
enum status
archive_list(struct archive *archive, struct scope scope, struct period period, uint64_t skip,
             size_t most, struct region *region, struct entries *out) MUST_CHECK;
