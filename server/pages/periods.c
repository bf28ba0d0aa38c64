/* SPDX-License-Identifier: ISC */
#include "pages/sheet.h"
#include "story/gemtext.h"

/* "/city/x/archive" */
static struct span
archive_address(const struct sheet *sheet, struct scope scope)
{
    return region_printf(sheet->region, "%.*s/archive", SPAN_ARG(scope_address(sheet, scope)));
}

static void
add_year(struct sheet *sheet, struct span base, int year, uint64_t count)
{
    if (year == 0)
        sheet_link(sheet, REGION_JOIN(sheet->region, base, SPAN("/undated")),
                   sheet_counted(sheet, sheet_label(sheet, "undated"), count));
    else
        sheet_link(sheet,
                   REGION_JOIN(sheet->region, base, SPAN("/"),
                               region_number(sheet->region, (uint64_t)year, 4)),
                   sheet_counted(sheet, sheet_label_n(sheet, "year", (uint64_t)year), count));
}

static enum status
add_months(struct sheet *sheet, struct scope scope, int year)
{
    struct period_rows rows;
    struct span base = REGION_JOIN(sheet->region, archive_address(sheet, scope), SPAN("/"),
                                   region_number(sheet->region, (uint64_t)year, 4), SPAN("/"));
    enum status status = archive_months(sheet->archive, scope, year, sheet->region, &rows);
    for (size_t i = 0; status == STATUS_OK && i < rows.count; i++)
        sheet_link(sheet,
                   REGION_JOIN(sheet->region, base,
                               region_number(sheet->region, (uint64_t)rows.at[i].month, 2)),
                   sheet_counted(sheet, sheet_label_month(sheet, year, rows.at[i].month),
                                 rows.at[i].count));
    return status;
}

/* Years with their counts, newest first, undated last. */
static void
add_years(struct sheet *sheet, struct span base, const struct period_rows *rows)
{
    enum { YEARS_MAX = 150 };
    for (size_t i = 0; i < rows->count && i < YEARS_MAX; i++)
        add_year(sheet, base, rows->at[i].year, rows->at[i].count);
}

enum status
periods_links(struct sheet *sheet, struct scope scope)
{
    struct period_rows rows;
    struct span base = archive_address(sheet, scope);
    enum status status = archive_years(sheet->archive, scope, sheet->region, &rows);
    if (status != STATUS_OK || rows.count == 0)
        return status;
    gemtext_add_blank(&sheet->text);
    gemtext_add_heading(&sheet->text, 2, sheet_label(sheet, "archive"));
    add_years(sheet, base, &rows);
    return rows.at[0].year > 0 ? add_months(sheet, scope, rows.at[0].year) : STATUS_OK;
}

/* "Hà Nội: Năm 2024" */
static struct span
with_period(struct sheet *sheet, struct span title, struct span period)
{
    return region_printf(sheet->region, "%.*s: %.*s", SPAN_ARG(title), SPAN_ARG(period));
}

static void
add_heading(struct sheet *sheet, struct span heading)
{
    gemtext_add_heading(&sheet->text, 1, heading);
    gemtext_add_blank(&sheet->text);
}

static struct reply
answer_all(struct sheet *sheet, struct scope scope, struct span title)
{
    struct period_rows rows;
    struct span base = archive_address(sheet, scope);
    enum status status = archive_years(sheet->archive, scope, sheet->region, &rows);
    if (status != STATUS_OK)
        return sheet_failed(sheet, status);
    struct span up = scope_address(sheet, scope), heading = title;
    if (up.len > 0)
        heading = with_period(sheet, title, sheet_label(sheet, "archive"));
    add_heading(sheet, heading);
    add_years(sheet, base, &rows);
    if (rows.count == 0)
        gemtext_add_text(&sheet->text, sheet_label(sheet, "empty"));
    gemtext_add_blank(&sheet->text);
    if (up.len > 0)
        sheet_link(sheet, up, sheet_label_term(sheet, "back_to", title));
    sheet_home(sheet);
    return sheet_reply(sheet, PAGE_INDEX, heading,
                       region_printf(sheet->region, "%.*s/", SPAN_ARG(base)));
}

/* A list that may have parts: counted from the oldest story, so that a full one never changes. */
struct list {
    struct scope scope;
    struct period period;
    struct span title;   /* of the scope */
    struct span heading; /* … and the period */
    struct span address; /* of the period */
    struct span parts;   /* of its parts: below it, a year's below its month 00 */
    uint64_t part;       /* 0: the newest */
};

static void
add_part_links(struct sheet *sheet, const struct list *list, uint64_t part, uint64_t parts)
{
    gemtext_add_blank(&sheet->text);
    if (part < parts)
        sheet_link(sheet,
                   region_printf(sheet->region, "%.*s/%llu", SPAN_ARG(list->parts),
                                 (unsigned long long)part + 1),
                   sheet_label(sheet, "newer"));
    if (part > 1)
        sheet_link(sheet,
                   region_printf(sheet->region, "%.*s/%llu", SPAN_ARG(list->parts),
                                 (unsigned long long)part - 1),
                   sheet_label(sheet, "older"));
}

/* Writes the entries of one part; STATUS_ABSENT: there is no such part. */
static enum status
add_list(struct sheet *sheet, const struct list *list)
{
    struct entries entries;
    uint64_t count = 0;
    enum status status = archive_count(sheet->archive, list->scope, list->period, &count);
    if (status != STATUS_OK)
        return status;
    uint64_t parts = (count + PAGES_LIST_MAX - 1) / PAGES_LIST_MAX;
    uint64_t part = list->part > 0 ? list->part : parts;
    if (list->part > parts)
        return STATUS_ABSENT;
    if (count == 0)
        return STATUS_OK;
    /* Part p holds the stories p * 50 from the oldest; the list runs from the newest. */
    uint64_t last = part * PAGES_LIST_MAX < count ? part * PAGES_LIST_MAX : count;
    size_t most = (size_t)(last - (part - 1) * PAGES_LIST_MAX);
    status = archive_list(sheet->archive, list->scope, list->period, count - last, most,
                          sheet->region, &entries);
    if (status != STATUS_OK)
        return status;
    if (parts > 1 || list->part > 0) {
        gemtext_add_text(&sheet->text, sheet_label_n(sheet, "part", part));
        gemtext_add_blank(&sheet->text);
    }
    sheet_entries(sheet, &entries);
    if (parts > 1)
        add_part_links(sheet, list, part, parts);
    return STATUS_OK;
}

static struct reply
finish(struct sheet *sheet, const struct list *list)
{
    struct span archive = archive_address(sheet, list->scope);
    struct span up = scope_address(sheet, list->scope);
    gemtext_add_blank(&sheet->text);
    if (list->period.kind == PERIOD_MONTH)
        sheet_link(sheet,
                   region_printf(sheet->region, "%.*s/%04d", SPAN_ARG(archive), list->period.year),
                   sheet_label_n(sheet, "year", (uint64_t)list->period.year));
    sheet_link(sheet, region_printf(sheet->region, "%.*s/", SPAN_ARG(archive)),
               sheet_label(sheet, "archive"));
    if (up.len > 0)
        sheet_link(sheet, up, sheet_label_term(sheet, "back_to", list->title));
    sheet_home(sheet);
    struct span address = list->address;
    if (list->part > 0)
        address = region_printf(sheet->region, "%.*s/%llu", SPAN_ARG(list->parts),
                                (unsigned long long)list->part);
    return sheet_reply(sheet, PAGE_INDEX, list->heading, address);
}

static struct reply
answer_list(struct sheet *sheet, struct list *list, struct span period)
{
    list->heading = with_period(sheet, list->title, period);
    add_heading(sheet, list->heading);
    size_t before = sheet->text.len;
    enum status status = add_list(sheet, list);
    if (status == STATUS_OK && sheet->text.len == before)
        status = STATUS_ABSENT; /* nothing happened then */
    return status == STATUS_OK ? finish(sheet, list) : sheet_failed(sheet, status);
}

static struct reply
answer_year(struct sheet *sheet, struct list *list)
{
    list->heading = with_period(sheet, list->title,
                                sheet_label_n(sheet, "year", (uint64_t)list->period.year));
    add_heading(sheet, list->heading);
    size_t before = sheet->text.len;
    enum status status = add_months(sheet, list->scope, list->period.year);
    if (sheet->text.len > before)
        gemtext_add_blank(&sheet->text);
    if (status == STATUS_OK)
        status = add_list(sheet, list);
    if (status == STATUS_OK && sheet->text.len == before)
        status = STATUS_ABSENT;
    return status == STATUS_OK ? finish(sheet, list) : sheet_failed(sheet, status);
}

/* Exactly so many digits; or, with 0, a number without leading zeros from 1. */
static bool
read_number(struct span text, size_t digits, uint64_t *out)
{
    if (digits > 0 ? text.len != digits : text.len == 0 || text.at[0] == '0')
        return false;
    return span_number(text, 1000000, out);
}

static bool
read_part(struct spans path, size_t at, uint64_t *part)
{
    if (path.count == at)
        return true;
    return path.count == at + 1 && read_number(path.at[at], 0, part);
}

static struct reply
answer_dated(struct sheet *sheet, struct list *list, struct spans path)
{
    struct span base = archive_address(sheet, list->scope);
    uint64_t year = 0, month = 0;
    if (!read_number(path.at[0], 4, &year) || year == 0)
        return sheet_failed(sheet, STATUS_ABSENT);
    list->period = (struct period){ PERIOD_YEAR_ONLY, (int)year, 0 };
    list->address = region_printf(sheet->region, "%.*s/%04d", SPAN_ARG(base), (int)year);
    list->parts = region_printf(sheet->region, "%.*s/00", SPAN_ARG(list->address));
    if (path.count == 1)
        return answer_year(sheet, list);
    if (!read_number(path.at[1], 2, &month) || month > 12 || !read_part(path, 2, &list->part))
        return sheet_failed(sheet, STATUS_ABSENT);
    if (month == 0)
        return list->part > 0 ? answer_list(sheet, list, sheet_label_n(sheet, "year", year))
                              : sheet_moved(sheet, list->address);
    list->period = (struct period){ PERIOD_MONTH, (int)year, (int)month };
    list->address = list->parts = region_printf(sheet->region, "%.*s/%04d/%02d", SPAN_ARG(base),
                                                (int)year, (int)month);
    return answer_list(sheet, list, sheet_label_month(sheet, (int)year, (int)month));
}

struct reply
periods_answer(struct sheet *sheet, struct scope scope, struct spans path)
{
    struct list list = { .scope = scope };
    enum status status = section_title(sheet, scope, &list.title);
    if (status != STATUS_OK)
        return sheet_failed(sheet, status);
    if (path.count == 0)
        return answer_all(sheet, scope, list.title);
    if (!span_equal(path.at[0], SPAN("undated")))
        return answer_dated(sheet, &list, path);
    if (!read_part(path, 1, &list.part))
        return sheet_failed(sheet, STATUS_ABSENT);
    list.period.kind = PERIOD_UNDATED;
    list.address = list.parts = region_printf(sheet->region, "%.*s/undated",
                                              SPAN_ARG(archive_address(sheet, scope)));
    return answer_list(sheet, &list, sheet_label(sheet, "undated"));
}
