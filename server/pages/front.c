/* SPDX-License-Identifier: ISC */
#include "pages/sheet.h"
#include "story/gemtext.h"

enum { NEWEST = 12, PAGES_MAX = 20 };

static enum status
add_terms(struct sheet *sheet, enum taxonomy_kind kind, const char *heading, const char *all,
          struct span under)
{
    enum { TERMS_MAX = 40, BYTES_MAX = 12000 };
    struct term_rows terms;
    enum status status = archive_terms(sheet->archive, kind, (struct scope){ 0 }, sheet->lang,
                                       false, sheet->region, &terms);
    if (status != STATUS_OK || terms.count == 0)
        return status;
    gemtext_add_blank(&sheet->text);
    gemtext_add_heading(&sheet->text, 2, sheet_label(sheet, heading));
    size_t most = sheet->text.len + BYTES_MAX;
    for (size_t i = 0; i < terms.count && i < TERMS_MAX && sheet->text.len < most; i++)
        sheet_term(sheet, under, &terms.at[i]);
    sheet_link(sheet, under, sheet_label(sheet, all));
    return STATUS_OK;
}

/* What is kept by hand: /about, and whatever else there is. */
static enum status
add_pages(struct sheet *sheet)
{
    struct page_rows pages;
    enum status status = archive_pages(sheet->archive, PAGES_MAX, sheet->region, &pages);
    if (status != STATUS_OK)
        return status;
    gemtext_add_blank(&sheet->text);
    for (size_t i = 0; i < pages.count; i++)
        sheet_link(sheet, region_printf(sheet->region, "/%.*s", SPAN_ARG(pages.at[i].name)),
                   pages.at[i].title);
    return STATUS_OK;
}

struct reply
front_answer(struct sheet *sheet)
{
    struct entries newest;
    struct span title = sheet_title(sheet);
    enum status status = archive_newest(sheet->archive, (struct scope){ 0 }, NEWEST, sheet->region,
                                        &newest);
    gemtext_add_heading(&sheet->text, 1, title);
    gemtext_add_text(&sheet->text, sheet_label(sheet, "tagline"));
    gemtext_add_blank(&sheet->text);
    gemtext_add_heading(&sheet->text, 2, sheet_label(sheet, "latest"));
    if (status == STATUS_OK)
        sheet_entries(sheet, &newest);
    gemtext_add_blank(&sheet->text);
    sheet_link(sheet, SPAN("/archive/"), sheet_label(sheet, "archive"));
    sheet_link(sheet, SPAN("/search"), sheet_label(sheet, "search"));
    if (status == STATUS_OK)
        status = add_terms(sheet, CITY, "cities", "all_cities", SPAN("/city/"));
    if (status == STATUS_OK)
        status = add_terms(sheet, THEME, "themes", "all_themes", SPAN("/theme/"));
    gemtext_add_blank(&sheet->text);
    gemtext_add_heading(&sheet->text, 2, sheet_label(sheet, "feeds"));
    feeds_links(sheet, (struct scope){ 0 });
    if (status == STATUS_OK)
        status = add_pages(sheet);
    if (status != STATUS_OK)
        return sheet_failed(sheet, status);
    return sheet_reply(sheet, PAGE_FRONT, title, SPAN("/"));
}
