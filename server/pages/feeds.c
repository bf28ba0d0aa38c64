/* SPDX-License-Identifier: ISC */
#include "pages/feeds.h"

#include "story/gemtext.h"

int64_t
feed_published(const struct entry *entry)
{
    if (entry->date.precision >= DATE_DAY)
        return entry->date.instant;
    return entry->added != 0 ? entry->added : entry->written;
}

int64_t
feed_updated(const struct entry *entry)
{
    int64_t published = feed_published(entry);
    return entry->written > published ? entry->written : published;
}

enum status
feeds_read(struct sheet *sheet, struct scope scope, struct feed *out)
{
    enum status status = section_title(sheet, scope, &out->section);
    if (status != STATUS_OK)
        return status;
    out->address = scope_address(sheet, scope);
    out->title = sheet_title(sheet);
    if (out->address.len > 0)
        out->title = region_printf(sheet->region, "%.*s: %.*s", SPAN_ARG(out->title),
                                   SPAN_ARG(out->section));
    return archive_newest(sheet->archive, scope, PAGES_LIST_MAX, sheet->region, &out->entries);
}

struct reply
gemfeed_answer(struct sheet *sheet, struct scope scope, struct spans rest)
{
    struct feed feed;
    enum status status = rest.count == 0 ? feeds_read(sheet, scope, &feed) : STATUS_ABSENT;
    if (status != STATUS_OK)
        return sheet_failed(sheet, status);
    gemtext_add_heading(&sheet->text, 1, feed.title);
    gemtext_add_heading(&sheet->text, 2, sheet_label(sheet, "tagline"));
    gemtext_add_blank(&sheet->text);
    for (size_t i = 0; i < feed.entries.count; i++) {
        const struct entry *entry = &feed.entries.at[i];
        struct date day = date_at(feed_published(entry));
        gemtext_add_link(&sheet->text,
                         region_printf(sheet->region, "/story/%.*s", SPAN_ARG(entry->slug)),
                         region_printf(sheet->region, "%04d-%02d-%02d %.*s", day.year, day.month,
                                       day.day, SPAN_ARG(entry->title)));
    }
    if (feed.entries.count == 0)
        gemtext_add_text(&sheet->text, sheet_label(sheet, "empty"));
    if (feed.address.len > 0) {
        gemtext_add_blank(&sheet->text);
        sheet_link(sheet, feed.address, sheet_label_term(sheet, "back_to", feed.section));
    }
    sheet_home(sheet);
    return sheet_reply(sheet, PAGE_FEED, feed.title,
                       region_printf(sheet->region, "%.*s/feed", SPAN_ARG(feed.address)));
}

void
feeds_links(struct sheet *sheet, struct scope scope)
{
    struct span address = scope_address(sheet, scope);
    sheet_link(sheet, region_printf(sheet->region, "%.*s/feed", SPAN_ARG(address)),
               sheet_label(sheet, "feed_gemini"));
    sheet_link(sheet, region_printf(sheet->region, "%.*s/atom.xml", SPAN_ARG(address)),
               sheet_label(sheet, "feed_atom"));
}
