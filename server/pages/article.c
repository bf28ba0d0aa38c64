/* SPDX-License-Identifier: ISC */
#include "archive/related.h"
#include "pages/sheet.h"
#include "story/gemtext.h"

enum { RELATED_MAX = 10 };

static void
add_byline(struct sheet *sheet, const struct record *record)
{
    struct span line = sheet_date(sheet, &record->date);
    if (line.len == 0)
        line = sheet_label(sheet, "date_unknown");
    if (record->author.len > 0)
        line = region_printf(sheet->region, "%.*s · %.*s", SPAN_ARG(line),
                             SPAN_ARG(record->author));
    gemtext_add_text(&sheet->text, line);
}

static void
add_terms(struct sheet *sheet, struct span under, const struct term_rows *terms)
{
    for (size_t i = 0; i < terms->count; i++)
        sheet_link(
            sheet,
            region_printf(sheet->region, "%.*s%.*s", SPAN_ARG(under), SPAN_ARG(terms->at[i].slug)),
            terms->at[i].name);
}

static void
add_filing(struct sheet *sheet, const struct record *record)
{
    if (record->cities.count == 0 && record->themes.count == 0)
        return;
    gemtext_add_blank(&sheet->text);
    gemtext_add_heading(&sheet->text, 2, sheet_label(sheet, "filed_under"));
    add_terms(sheet, SPAN("/city/"), &record->cities);
    add_terms(sheet, SPAN("/theme/"), &record->themes);
}

static enum status
add_related(struct sheet *sheet, const struct record *record)
{
    struct entries related;
    enum status status = archive_related(sheet->archive, record, RELATED_MAX, sheet->region,
                                         &related);
    if (status != STATUS_OK || related.count == 0)
        return status;
    gemtext_add_blank(&sheet->text);
    gemtext_add_heading(&sheet->text, 2, sheet_label(sheet, "related"));
    for (size_t i = 0; i < related.count; i++)
        sheet_link(sheet, region_printf(sheet->region, "/story/%.*s", SPAN_ARG(related.at[i].slug)),
                   related.at[i].title);
    return STATUS_OK;
}

struct reply
article_answer(struct sheet *sheet, struct span slug)
{
    struct finding finding;
    struct record *record = &finding.record;
    enum status status = archive_find_story(sheet->archive, slug, sheet->lang, sheet->region,
                                            &finding);
    if (status != STATUS_OK)
        return sheet_failed(sheet, status);
    if (finding.found == FOUND_GONE)
        return sheet_words(sheet, ANSWER_GONE, "gone");
    if (finding.found == FOUND_MOVED)
        return sheet_moved(sheet,
                           region_printf(sheet->region, "/story/%.*s", SPAN_ARG(finding.moved_to)));
    if (record->lang.len > 0)
        sheet->lang = record->lang;
    gemtext_add_heading(&sheet->text, 1, record->title);
    add_byline(sheet, record);
    gemtext_add_blank(&sheet->text);
    buffer_add(&sheet->text, record->body);
    add_filing(sheet, record);
    status = add_related(sheet, record);
    if (status != STATUS_OK)
        return sheet_failed(sheet, status);
    if (record->source.len > 0) {
        gemtext_add_blank(&sheet->text);
        sheet_link(sheet, record->source, sheet_label(sheet, "source"));
    }
    sheet_home(sheet);
    struct reply reply = sheet_reply(sheet, PAGE_STORY, record->title,
                                     region_printf(sheet->region, "/story/%.*s", SPAN_ARG(slug)));
    reply.page.date = record->date;
    reply.page.as_text = sheet_label(sheet, "as_text");
    reply.page.summary = record->summary;
    reply.page.author = record->author;
    return reply;
}
