/* SPDX-License-Identifier: ISC */
/* sheet.h - a page being written, and what all pages are written with. Only pages/ includes it. */
#pragma once

#include "archive/query.h"
#include "pages/pages.h"

struct sheet {
    const struct capsule *capsule;
    struct archive *archive;
    struct region *region;
    const struct request *request;
    struct span lang; /* of the capsule's own words on this page */
    struct buffer text;
};

/* The label, its {n}, {m}, {term} and {query} filled in. */
struct span sheet_label(const struct sheet *sheet, const char *key);
struct span sheet_label_n(const struct sheet *sheet, const char *key, uint64_t n);
struct span sheet_label_month(const struct sheet *sheet, int year, int month);
struct span sheet_label_term(const struct sheet *sheet, const char *key, struct span term);
struct span sheet_label_query(const struct sheet *sheet, const char *key, struct span query);
/* "3 tin" */
struct span sheet_count(const struct sheet *sheet, uint64_t count);
/* "Hà Nội (3 tin)" */
struct span sheet_counted(const struct sheet *sheet, struct span words, uint64_t count);
/* As a Vietnamese paper prints it: 12/07/2024, 07/2024, Năm 2024; empty where it is not known. */
struct span sheet_date(const struct sheet *sheet, const struct date *date);

/* One link line. A label that would begin with a date (and so make a feed entry) gets a mark
 * before. */
void sheet_link(struct sheet *sheet, struct span address, struct span words);
/* A story's link and one line of text, at most `bytes` in all. */
void sheet_entry(struct sheet *sheet, const struct entry *entry, size_t bytes);
void sheet_entries(struct sheet *sheet, const struct entries *entries);
/* "=> /city/ha-noi Hà Nội (3 tin)", `under` before the slug. */
void sheet_term(struct sheet *sheet, struct span under, const struct term_row *term);
void sheet_home(struct sheet *sheet);

/* Where a scope's pages lie: "/city/x", "/city/x/t", "/theme/t"; empty for all stories. */
struct span scope_address(const struct sheet *sheet, struct scope scope);

/* The capsule's. */
struct span sheet_title(const struct sheet *sheet);

/* The answer made of what was written: a page, or a file of that type. */
struct reply
sheet_reply(struct sheet *sheet, enum page_kind kind, struct span title, struct span address);
struct reply sheet_file(const struct sheet *sheet, struct span mime);
struct reply sheet_failed(struct sheet *sheet, enum status status);
struct reply sheet_words(const struct sheet *sheet, enum answer answer, const char *key);
struct reply sheet_moved(const struct sheet *sheet, struct span address);

/* The pages, one file each. */
struct reply front_answer(struct sheet *sheet);
struct reply article_answer(struct sheet *sheet, struct span slug);
struct reply terms_answer(struct sheet *sheet, enum taxonomy_kind kind, uint64_t part);
struct reply section_answer(struct sheet *sheet, struct scope scope);
/* `path`: the segments behind "archive". */
struct reply periods_answer(struct sheet *sheet, struct scope scope, struct spans path);
/* `path`: the number of the part, from 2 on. */
struct reply results_answer(struct sheet *sheet, struct spans path);
struct reply files_answer(struct sheet *sheet, struct spans path);
struct reply robots_answer(struct sheet *sheet);
/* `path`: the segments behind "sitemap.xml", where there are none, or behind "sitemap". */
struct reply sitemap_answer(struct sheet *sheet, struct spans path);
/* `rest`: the segments behind "feed" and "atom.xml": there are none. */
struct reply gemfeed_answer(struct sheet *sheet, struct scope scope, struct spans rest);
struct reply atom_answer(struct sheet *sheet, struct scope scope, struct spans rest);
/* Links to a scope's feeds. */
void feeds_links(struct sheet *sheet, struct scope scope);
/* STATUS_ABSENT: no such term. */
enum status section_title(struct sheet *sheet, struct scope scope, struct span *out) MUST_CHECK;
/* Links to a scope's years, and the months of the newest. */
enum status periods_links(struct sheet *sheet, struct scope scope) MUST_CHECK;
