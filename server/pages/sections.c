/* SPDX-License-Identifier: ISC */
#include "pages/sheet.h"
#include "story/gemtext.h"

/* Cities stand in groups: central ones, today's others, those of before. */
static size_t
group_of(const struct term_row *term)
{
    return term->until.precision != DATE_NONE ? 2 : term->central ? 0 : 1;
}

/* Writes the terms of one part; tells how many parts there are. */
static uint64_t
add_part(struct sheet *sheet, enum taxonomy_kind kind, struct span under,
         const struct term_rows *terms, uint64_t wanted)
{
    enum { PART_BYTES = 20000, BESIDE_NAMES = 80 };
    static const char *const headings[] = { "central_cities", "provinces", "former_provinces" };
    size_t groups = kind == CITY ? sizeof headings / sizeof *headings : 1, bytes = 0;
    uint64_t part = 1;
    for (size_t group = 0; group < groups; group++) {
        bool headed = false;
        for (size_t i = 0; i < terms->count; i++) {
            const struct term_row *term = &terms->at[i];
            if (kind == CITY && group_of(term) != group)
                continue;
            size_t len = term->slug.len + term->name.len + term->into_name.len + BESIDE_NAMES;
            part += bytes + len > PART_BYTES;
            bytes = bytes + len > PART_BYTES ? len : bytes + len;
            if (part != wanted)
                continue;
            if (!headed)
                gemtext_add_blank(&sheet->text);
            if (!headed && kind == CITY)
                gemtext_add_heading(&sheet->text, 2, sheet_label(sheet, headings[group]));
            headed = true;
            sheet_term(sheet, under, term);
        }
    }
    return part;
}

static struct span
part_address(const struct sheet *sheet, struct span under, uint64_t part)
{
    return part == 1 ? under
                     : REGION_JOIN(sheet->region, under, region_number(sheet->region, part, 1));
}

struct reply
terms_answer(struct sheet *sheet, enum taxonomy_kind kind, uint64_t part)
{
    struct term_rows terms;
    struct span under = kind == CITY ? SPAN("/city/") : SPAN("/theme/");
    struct span title = sheet_label(sheet, kind == CITY ? "cities" : "themes");
    enum status status = archive_terms(sheet->archive, kind, (struct scope){ 0 }, sheet->lang, true,
                                       sheet->region, &terms);
    if (status != STATUS_OK)
        return sheet_failed(sheet, status);
    gemtext_add_heading(&sheet->text, 1, title);
    if (part > 1)
        gemtext_add_text(&sheet->text, sheet_label_n(sheet, "part", part));
    uint64_t parts = add_part(sheet, kind, under, &terms, part);
    if (part > parts)
        return sheet_failed(sheet, STATUS_ABSENT);
    if (parts > 1)
        gemtext_add_blank(&sheet->text);
    if (part < parts)
        sheet_link(sheet, part_address(sheet, under, part + 1), sheet_label(sheet, "terms_next"));
    if (part > 1)
        sheet_link(sheet, part_address(sheet, under, part - 1), sheet_label(sheet, "terms_back"));
    sheet_home(sheet);
    return sheet_reply(sheet, PAGE_INDEX, title, part_address(sheet, under, part));
}

enum status
section_title(struct sheet *sheet, struct scope scope, struct span *out)
{
    struct term_row city = { 0 }, theme = { 0 };
    enum status status = STATUS_OK;
    if (scope.city.len > 0)
        status = archive_find_term(sheet->archive, CITY, scope.city, sheet->lang, sheet->region,
                                   &city);
    if (status == STATUS_OK && scope.theme.len > 0)
        status = archive_find_term(sheet->archive, THEME, scope.theme, sheet->lang, sheet->region,
                                   &theme);
    if (status != STATUS_OK)
        return status;
    if (city.name.len > 0 && theme.name.len > 0)
        *out = region_printf(sheet->region, "%.*s: %.*s", SPAN_ARG(city.name),
                             SPAN_ARG(theme.name));
    else if (city.name.len > 0)
        *out = city.name;
    else if (theme.name.len > 0)
        *out = theme.name;
    else
        *out = sheet_label(sheet, "archive");
    return STATUS_OK;
}

/* The other taxonomy's terms within this one. */
static enum status
add_crossings(struct sheet *sheet, struct scope scope, struct span title)
{
    enum { CROSSINGS_END = 9000 /* bytes, with the years before them */ };
    struct term_rows terms;
    enum taxonomy_kind kind = scope.city.len > 0 ? THEME : CITY;
    if (scope.city.len > 0 && scope.theme.len > 0)
        return STATUS_OK;
    enum status status = archive_terms(sheet->archive, kind, scope, sheet->lang, false,
                                       sheet->region, &terms);
    if (status != STATUS_OK || terms.count == 0)
        return status;
    gemtext_add_blank(&sheet->text);
    gemtext_add_heading(&sheet->text, 2,
                        sheet_label_term(sheet, kind == THEME ? "in_city" : "in_theme", title));
    for (size_t i = 0; i < terms.count && i < 100 && sheet->text.len < CROSSINGS_END; i++) {
        struct scope crossing = scope;
        *(kind == THEME ? &crossing.theme : &crossing.city) = terms.at[i].slug;
        sheet_link(sheet, scope_address(sheet, crossing),
                   sheet_counted(sheet, terms.at[i].name, terms.at[i].count));
    }
    return STATUS_OK;
}

static enum status
add_former(struct sheet *sheet, struct scope scope)
{
    struct term_row city;
    if (scope.city.len == 0)
        return STATUS_OK;
    enum status status = archive_find_term(sheet->archive, CITY, scope.city, sheet->lang,
                                           sheet->region, &city);
    if (status == STATUS_OK && city.into_name.len > 0)
        sheet_link(sheet, region_printf(sheet->region, "/city/%.*s", SPAN_ARG(city.into)),
                   region_printf(sheet->region, "%.*s – %.*s", SPAN_ARG(city.name),
                                 SPAN_ARG(sheet_label_term(sheet, "formerly", city.into_name))));
    gemtext_add_blank(&sheet->text);
    return status;
}

static enum status
add_back_to(struct sheet *sheet, struct scope scope)
{
    struct span title;
    enum status status = section_title(sheet, scope, &title);
    if (status == STATUS_OK)
        sheet_link(sheet, scope_address(sheet, scope), sheet_label_term(sheet, "back_to", title));
    return status;
}

/* Where one goes up from here. */
static enum status
add_way_back(struct sheet *sheet, struct scope scope)
{
    enum status status = STATUS_OK;
    gemtext_add_blank(&sheet->text);
    feeds_links(sheet, scope);
    gemtext_add_blank(&sheet->text);
    if (scope.city.len > 0 && scope.theme.len > 0) {
        status = add_back_to(sheet, (struct scope){ .city = scope.city });
        if (status == STATUS_OK)
            status = add_back_to(sheet, (struct scope){ .theme = scope.theme });
    }
    sheet_link(sheet, scope.city.len > 0 ? SPAN("/city/") : SPAN("/theme/"),
               sheet_label(sheet, scope.city.len > 0 ? "cities" : "themes"));
    return status;
}

struct reply
section_answer(struct sheet *sheet, struct scope scope)
{
    struct span title;
    struct entries entries;
    enum status status = section_title(sheet, scope, &title);
    if (status == STATUS_OK)
        status = archive_newest(sheet->archive, scope, PAGES_LIST_MAX, sheet->region, &entries);
    if (status != STATUS_OK)
        return sheet_failed(sheet, status);
    struct buffer list = sheet->text;
    /* What stands below the list is written first, so that the list knows what is left for it. */
    sheet->text = BUFFER_EMPTY;
    status = periods_links(sheet, scope);
    if (status == STATUS_OK)
        status = add_crossings(sheet, scope, title);
    if (status == STATUS_OK)
        status = add_way_back(sheet, scope);
    sheet_home(sheet);
    struct span below = region_copy(sheet->region, buffer_span(&sheet->text));
    buffer_clear(&sheet->text);
    buffer_add(&sheet->text, buffer_span(&list));
    buffer_fini(&list);
    gemtext_add_heading(&sheet->text, 1, title);
    gemtext_add_blank(&sheet->text);
    if (status == STATUS_OK)
        status = add_former(sheet, scope);
    if (status != STATUS_OK)
        return sheet_failed(sheet, status);
    /* Links take half as much again as HTML. */
    for (size_t i = 0, foot = below.len + below.len / 2 + 800,
                left = foot < 22000 ? 22000 - foot : 0;
         i < entries.count; i++)
        sheet_entry(sheet, &entries.at[i], left / entries.count);
    if (entries.count == 0)
        gemtext_add_text(&sheet->text, sheet_label(sheet, "empty"));
    buffer_add_char(&sheet->text, '\n');
    buffer_add(&sheet->text, below);
    return sheet_reply(sheet, PAGE_INDEX, title, scope_address(sheet, scope));
}
