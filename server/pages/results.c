/* SPDX-License-Identifier: ISC */
#include "archive/search.h"
#include "base/text.h"
#include "base/uri.h"
#include "pages/sheet.h"
#include "story/gemtext.h"

enum { PART = 20, PARTS = SEARCH_COUNT_MAX / PART, QUERY_SHOWN = 120, ADDRESS_MAX = 1000 };

/* What one search may take of a worker that others wait for. */
static const struct search_budget budget = { .cpu_ms = 12, .wall_ms = 100 };

/* "/search?…", or of a further part "/search/2?…". */
static struct span
address_of(struct sheet *sheet, struct span words, size_t part)
{
    struct buffer address = BUFFER_EMPTY;
    buffer_add_text(&address, "/search");
    if (part > 1)
        buffer_printf(&address, "/%zu", part);
    buffer_add_char(&address, '?');
    uri_encode(words, ":", &address);
    struct span copy = region_copy(sheet->region, buffer_span(&address));
    buffer_fini(&address);
    return copy;
}

static void
add_search(struct sheet *sheet, struct span words, size_t part, const char *key)
{
    struct span address = address_of(sheet, words, part);
    if (address.len <= ADDRESS_MAX) /* a longer one could not be asked for */
        sheet_link(sheet, address, sheet_label(sheet, key));
}

/* The other order. */
static void
add_other_order(struct sheet *sheet, const struct wanted *wanted)
{
    struct span mark = SPAN("sort:best"), text = wanted->text;
    size_t at;
    if (!wanted->best)
        add_search(sheet, region_printf(sheet->region, "%.*s %.*s", SPAN_ARG(text), SPAN_ARG(mark)),
                   1, "search_best");
    else if (span_find(text, mark, &at))
        add_search(sheet,
                   region_printf(sheet->region, "%.*s%.*s",
                                 SPAN_ARG(span_trim(span_first(text, at))),
                                 SPAN_ARG(span_skip(text, at + mark.len))),
                   1, "search_newest");
}

static void
add_found(struct sheet *sheet, const struct search_found *found, struct span query, size_t part)
{
    gemtext_add_blank(&sheet->text);
    if (found->count == 0) {
        gemtext_add_text(&sheet->text, sheet_label_query(sheet, "search_none", query));
        return;
    }
    struct span count = found->more ? sheet_label(sheet, "search_many")
                                    : sheet_count(sheet, found->count);
    struct span line = sheet_label_term(sheet, "search_found", count);
    if (part > 1)
        line = region_printf(sheet->region, "%.*s %.*s.", SPAN_ARG(line),
                             SPAN_ARG(sheet_label_n(sheet, "part", part)));
    gemtext_add_text(&sheet->text, line);
}

static void
add_ways_on(struct sheet *sheet, const struct search_found *found, const struct wanted *wanted,
            size_t part)
{
    gemtext_add_blank(&sheet->text);
    if (part > 1)
        add_search(sheet, wanted->text, part - 1, "search_back");
    if (found->count > part * PART)
        add_search(sheet, wanted->text, part + 1, "search_next");
    else if (found->more)
        gemtext_add_text(&sheet->text, sheet_label(sheet, "search_end"));
    if (found->count > 1)
        add_other_order(sheet, wanted);
    sheet_link(sheet, SPAN("/search"), sheet_label(sheet, "search_again"));
    gemtext_add_blank(&sheet->text);
    gemtext_add_heading(&sheet->text, 2, sheet_label(sheet, "search_help"));
    gemtext_add_text(&sheet->text, sheet_label(sheet, "search_help_words"));
    gemtext_add_text(&sheet->text, sheet_label(sheet, "search_help_filters"));
    sheet_home(sheet);
}

static struct reply
answer_words(struct sheet *sheet, const struct wanted *wanted, size_t part)
{
    struct search_found found;
    enum status status = archive_search(sheet->archive, wanted, &budget, (part - 1) * PART, PART,
                                        sheet->region, &found);
    if (status != STATUS_OK)
        return sheet_failed(sheet, status);
    struct span query = wanted->text;
    if (query.len > QUERY_SHOWN)
        query = region_printf(sheet->region, "%.*s…", SPAN_ARG(text_cut(query, QUERY_SHOWN)));
    struct span title = sheet_label_query(sheet, "search_results", query);
    gemtext_add_heading(&sheet->text, 1, title);
    add_found(sheet, &found, query, part);
    if (found.late)
        gemtext_add_text(&sheet->text, sheet_label(sheet, "search_late"));
    if (wanted->cut)
        gemtext_add_text(&sheet->text, sheet_label_n(sheet, "search_cut", WANTED_PARTS_MAX));
    gemtext_add_blank(&sheet->text);
    if (found.at.count > 0)
        sheet_entries(sheet, &found.at);
    add_ways_on(sheet, &found, wanted, part);
    return sheet_reply(sheet, PAGE_SEARCH, title, address_of(sheet, wanted->text, part));
}

struct reply
results_answer(struct sheet *sheet, struct spans path)
{
    struct wanted *wanted = region_alloc(sheet->region, sizeof *wanted);
    uint64_t part = 1;
    if (path.count > 1 || (path.count == 1 && (!span_number(path.at[0], PARTS, &part) || part < 2)))
        return sheet_failed(sheet, STATUS_ABSENT);
    wanted_parse(sheet->request->query, sheet->region, wanted);
    if (wanted->text.len > 0)
        return answer_words(sheet, wanted, (size_t)part);
    if (part > 1) /* what is typed there would show its second part */
        return sheet_moved(sheet, SPAN("/search"));
    struct reply reply = sheet_words(sheet, ANSWER_ASK, "search_prompt");
    reply.page.title = sheet_label(sheet, "search");
    return reply;
}
