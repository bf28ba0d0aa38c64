/* SPDX-License-Identifier: ISC */
#include "pages/sheet.h"

#include "base/log.h"
#include "base/text.h"
#include "protocol/markup.h"
#include "story/gemtext.h"

/* What an entry takes beside its words, where it takes most: as HTML. */
enum { INDEX_BYTES = 22000, WORDS_MAX = 400, AROUND = 90 };

static struct span
fill(const struct sheet *sheet, struct span label, struct span mark, struct span value)
{
    size_t at;
    if (!span_find(label, mark, &at))
        return label;
    return REGION_JOIN(sheet->region, span_first(label, at), value,
                       span_skip(label, at + mark.len));
}

struct span
sheet_label(const struct sheet *sheet, const char *key)
{
    return label(sheet->capsule->labels, sheet->lang, key);
}

struct span
sheet_label_n(const struct sheet *sheet, const char *key, uint64_t n)
{
    return fill(sheet, sheet_label(sheet, key), SPAN("{n}"), region_number(sheet->region, n, 1));
}

struct span
sheet_label_month(const struct sheet *sheet, int year, int month)
{
    return fill(sheet, sheet_label_n(sheet, "month", (uint64_t)year), SPAN("{m}"),
                region_number(sheet->region, (uint64_t)month, 1));
}

struct span
sheet_label_term(const struct sheet *sheet, const char *key, struct span term)
{
    return fill(sheet, sheet_label(sheet, key), SPAN("{term}"), term);
}

struct span
sheet_label_query(const struct sheet *sheet, const char *key, struct span query)
{
    return fill(sheet, sheet_label(sheet, key), SPAN("{query}"), query);
}

struct span
sheet_count(const struct sheet *sheet, uint64_t count)
{
    return sheet_label_n(sheet, count == 1 ? "story_count_one" : "story_count_many", count);
}

struct span
sheet_counted(const struct sheet *sheet, struct span words, uint64_t count)
{
    return REGION_JOIN(sheet->region, words, SPAN(" ("), sheet_count(sheet, count), SPAN(")"));
}

struct span
sheet_date(const struct sheet *sheet, const struct date *date)
{
    struct region *region = sheet->region;
    switch (date->precision) {
    case DATE_NONE:
        break;
    case DATE_YEAR:
        return sheet_label_n(sheet, "year", (uint64_t)date->year);
    case DATE_MONTH:
        return REGION_JOIN(region, region_number(region, (uint64_t)date->month, 2), SPAN("/"),
                           region_number(region, (uint64_t)date->year, 4));
    case DATE_DAY:
    case DATE_SECOND:
        return REGION_JOIN(region, region_number(region, (uint64_t)date->day, 2), SPAN("/"),
                           region_number(region, (uint64_t)date->month, 2), SPAN("/"),
                           region_number(region, (uint64_t)date->year, 4));
    }
    return SPAN("");
}

void
sheet_link(struct sheet *sheet, struct span address, struct span words)
{
    if (gemtext_begins_with_date(words))
        words = REGION_JOIN(sheet->region, SPAN("– "), words);
    gemtext_add_link(&sheet->text, address, words);
}

void
sheet_entry(struct sheet *sheet, const struct entry *entry, size_t bytes)
{
    enum { TITLE_LEAST = 80 };
    struct span date = sheet_date(sheet, &entry->date), words = entry->words, title = entry->title;
    size_t taken = entry->slug.len + date.len + AROUND;
    size_t most = bytes > taken + TITLE_LEAST ? bytes - taken : TITLE_LEAST;
    if (markup_fit(title, most) < title.len)
        title = REGION_JOIN(sheet->region, text_cut(title, markup_fit(title, most)), SPAN("…"));
    taken += title.len;
    size_t room = bytes > taken ? bytes - taken : 0, fitting;
    if (room > WORDS_MAX)
        room = WORDS_MAX;
    if ((fitting = markup_fit(words, room)) < words.len) {
        words = text_cut(words, fitting);
        words = REGION_JOIN(sheet->region, words, SPAN("…"));
    }
    sheet_link(sheet, REGION_JOIN(sheet->region, SPAN("/story/"), entry->slug), title);
    if (date.len > 0 && words.len > 0)
        words = REGION_JOIN(sheet->region, date, SPAN(" · "), words);
    else if (date.len > 0)
        words = date;
    if (words.len > 0)
        gemtext_add_text(&sheet->text, words);
}

void
sheet_entries(struct sheet *sheet, const struct entries *entries)
{
    size_t left = sheet->text.len + 2000 < INDEX_BYTES ? INDEX_BYTES - sheet->text.len - 2000 : 0;
    if (entries->count == 0)
        gemtext_add_text(&sheet->text, sheet_label(sheet, "empty"));
    for (size_t i = 0; i < entries->count; i++)
        sheet_entry(sheet, &entries->at[i], left / entries->count);
}

void
sheet_term(struct sheet *sheet, struct span under, const struct term_row *term)
{
    struct span words = sheet_counted(sheet, term->name, term->count);
    if (term->into_name.len > 0)
        words = REGION_JOIN(sheet->region, words, SPAN(" – "),
                            sheet_label_term(sheet, "formerly", term->into_name));
    sheet_link(sheet, REGION_JOIN(sheet->region, under, term->slug), words);
}

void
sheet_home(struct sheet *sheet)
{
    gemtext_add_blank(&sheet->text);
    sheet_link(sheet, SPAN("/"), sheet_label(sheet, "home"));
}

struct span
sheet_title(const struct sheet *sheet)
{
    struct span title = sheet->capsule->title;
    return title.len > 0 ? title : sheet_label(sheet, "masthead");
}

struct span
scope_address(const struct sheet *sheet, struct scope scope)
{
    if (scope.city.len > 0 && scope.theme.len > 0)
        return REGION_JOIN(sheet->region, SPAN("/city/"), scope.city, SPAN("/"), scope.theme);
    if (scope.city.len > 0)
        return REGION_JOIN(sheet->region, SPAN("/city/"), scope.city);
    if (scope.theme.len > 0)
        return REGION_JOIN(sheet->region, SPAN("/theme/"), scope.theme);
    return SPAN("");
}

struct reply
sheet_reply(struct sheet *sheet, enum page_kind kind, struct span title, struct span address)
{
    return (struct reply){
        .answer = ANSWER_PAGE,
        .lang = sheet->lang,
        .page = { .kind = kind,
                  .title = title,
                  .lang = sheet->lang,
                  .address = address,
                  .text = region_copy(sheet->region, buffer_span(&sheet->text)) },
    };
}

struct reply
sheet_file(const struct sheet *sheet, struct span mime)
{
    struct span bytes = region_copy(sheet->region, buffer_span(&sheet->text));
    return (struct reply){
        .answer = ANSWER_FILE,
        .file = { .descriptor = -1, .size = (off_t)bytes.len, .bytes = bytes, .mime = mime },
    };
}

struct reply
sheet_words(const struct sheet *sheet, enum answer answer, const char *key)
{
    return (
        struct reply){ .answer = answer, .lang = sheet->lang, .words = sheet_label(sheet, key) };
}

struct reply
sheet_failed(struct sheet *sheet, enum status status)
{
    if (status == STATUS_ABSENT)
        return sheet_words(sheet, ANSWER_ABSENT, "not_found");
    if (status != STATUS_BAD) /* whoever holds a damaged archive says so, once */
        log_warn("the archive did not answer why=%s", status_name(status));
    if (status == STATUS_BUSY)
        return sheet_words(sheet, ANSWER_BUSY, "busy");
    return sheet_words(sheet, ANSWER_FAILED, "error");
}

struct reply
sheet_moved(const struct sheet *sheet, struct span address)
{
    return (struct reply){ .answer = ANSWER_MOVED, .lang = sheet->lang, .words = address };
}
