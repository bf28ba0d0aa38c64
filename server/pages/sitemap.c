/* SPDX-License-Identifier: ISC */
#include "archive/slugs.h"
#include "pages/sheet.h"
#include "protocol/markup.h"

/* Stories of a part: whatever is filed, a part is of one size. */
enum { PART_STORIES = 1000, PARTS_MAX = 50000 };

static void
begin(struct sheet *sheet, const char *element)
{
    buffer_printf(&sheet->text,
                  "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                  "<%s xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
                  element);
}

static void
add_address(struct sheet *sheet, struct span path)
{
    buffer_add_text(&sheet->text, "<loc>");
    markup_add(&sheet->text, sheet->capsule->web);
    markup_add(&sheet->text, path);
    buffer_add_text(&sheet->text, "</loc>");
}

static void
add_story(struct sheet *sheet, const struct slug_row *row)
{
    char text[CLOCK_TEXT];
    buffer_add_text(&sheet->text, "<url>");
    add_address(sheet, region_printf(sheet->region, "/story/%.*s", SPAN_ARG(row->slug)));
    if (row->written != 0)
        buffer_printf(&sheet->text, "<lastmod>%s</lastmod>", clock_print(row->written, text));
    buffer_add_text(&sheet->text, "</url>\n");
}

static struct reply
answer_part(struct sheet *sheet, uint64_t part)
{
    struct slug_rows rows;
    enum status status = archive_slugs(sheet->archive, (int64_t)(part - 1) * PART_STORIES + 1,
                                       PART_STORIES, sheet->region, &rows);
    if (status == STATUS_OK && rows.count == 0 && part > 1)
        status = STATUS_ABSENT;
    if (status != STATUS_OK)
        return sheet_failed(sheet, status);
    begin(sheet, "urlset");
    if (part == 1) {
        buffer_add_text(&sheet->text, "<url>");
        add_address(sheet, SPAN("/"));
        buffer_add_text(&sheet->text, "</url>\n");
    }
    for (size_t i = 0; i < rows.count; i++)
        add_story(sheet, &rows.at[i]);
    buffer_add_text(&sheet->text, "</urlset>\n");
    return sheet_file(sheet, SPAN("application/xml"));
}

static struct reply
answer_index(struct sheet *sheet)
{
    int64_t last;
    enum status status = archive_last_slug(sheet->archive, &last);
    if (status != STATUS_OK)
        return sheet_failed(sheet, status);
    begin(sheet, "sitemapindex");
    for (int64_t part = 1; part == 1 || (part - 1) * PART_STORIES < last; part++) {
        buffer_add_text(&sheet->text, "<sitemap>");
        add_address(sheet, region_printf(sheet->region, "/sitemap/%lld.xml", (long long)part));
        buffer_add_text(&sheet->text, "</sitemap>\n");
    }
    buffer_add_text(&sheet->text, "</sitemapindex>\n");
    return sheet_file(sheet, SPAN("application/xml"));
}

struct reply
sitemap_answer(struct sheet *sheet, struct spans path)
{
    uint64_t part;
    struct span name = path.count == 1 ? path.at[0] : SPAN("");
    if (sheet->capsule->web.len == 0)
        return sheet_failed(sheet, STATUS_ABSENT);
    if (path.count == 0)
        return answer_index(sheet);
    if (!span_ends(name, SPAN(".xml")) ||
        !span_number(span_first(name, name.len - 4), PARTS_MAX, &part) || part == 0 ||
        name.at[0] == '0')
        return sheet_failed(sheet, STATUS_ABSENT);
    return answer_part(sheet, part);
}
