/* SPDX-License-Identifier: ISC */
#include "wire/plaintext.h"

#include "wire/body.h"
#include "wire/furniture.h"
#include "wire/lines.h"
#include "wire/newsdate.h"
#include "wire/shape.h"
#include "wire/teasers.h"

enum { TAG_BYTES = 60, STAMP_BYTES = 160 };

/* A page being read. */
struct page {
    struct region *region;
    struct lines lines;
    const enum furniture *kinds; /* of each line */
    size_t headline;             /* its line */
    const struct line **article; /* the lines of the article, from below the headline */
    size_t article_count;
    size_t from;                /* the article's first line that is its text */
    const struct line **listed; /* the lines of the lists, one list behind the other */
    size_t listed_count;
    struct list *lists;
    size_t list_count;
    struct span_list section, tags;
    struct plaintext out;
};

static void
tell_furniture(struct page *page)
{
    const struct phrasebook *book = phrasebook_known();
    enum furniture *kinds = region_array(page->region, page->lines.count + 1, sizeof *kinds);
    for (size_t i = 0; i < page->lines.count; i++)
        kinds[i] = furniture_of(book, &page->lines.at[i]);
    page->kinds = kinds;
}

/* "Trang chủ > Thời sự > Giáo dục" */
static bool
read_breadcrumb(struct page *page, const struct line *line)
{
    static const char *const parts[] = { " > ", " › ", " » ", " / " };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        size_t at, from = page->section.spans.count;
        struct span part = span_of(parts[i]), rest = line->text;
        bool home = span_starts(line->text, SPAN("Trang ")) ||
                    span_starts(line->text, SPAN("Home"));
        if (!span_find(rest, part, &at) || line->text.len > STAMP_BYTES ||
            shape_is_ended(line->text) || (part.at[1] == '/' && !home))
            continue;
        if (home)
            rest = span_skip(rest, at + part.len);
        for (; span_find(rest, part, &at); rest = span_skip(rest, at + part.len))
            span_list_add(&page->section, page->region, span_trim(span_first(rest, at)));
        span_list_add(&page->section, page->region, span_trim(rest));
        return page->section.spans.count > from;
    }
    return false;
}

/* "Thanh Thanh - 23/11/2026 13:08", "Hà Nội, ngày 23 tháng 11 năm 2026": who or where, then when.
 */
static bool
read_signed_stamp(struct page *page, struct span text, struct span *date)
{
    static const char *const parts[] = { " | ", " - ", " – ", " • ", " · ", " / ", ", " };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        size_t at;
        if (!span_find(text, span_of(parts[i]), &at))
            continue;
        struct span front = span_first(text, at);
        struct span rest = span_skip(text, at + span_of(parts[i]).len);
        if (!shape_is_name(front) || !newsdate_read(rest, page->region, date))
            continue;
        if (span_starts(rest, SPAN("ngày ")))
            page->out.dateline = front;
        else if (page->out.author.len == 0)
            page->out.author = front;
        return true;
    }
    return false;
}

/* A line that says when, maybe with who or where before it. The first of them counts. */
static bool
read_stamp(struct page *page, const struct line *line)
{
    struct span date;
    if (line->text.len > STAMP_BYTES || (!newsdate_read(line->text, page->region, &date) &&
                                         !read_signed_stamp(page, line->text, &date)))
        return false;
    if (page->out.date.len == 0)
        page->out.date = date;
    return true;
}

/* What may stand around a headline and is no text; what it says is kept. */
static bool
read_margin(struct page *page, const struct line *line, enum furniture kind)
{
    if (kind == FURNITURE_SECTION)
        span_list_add(&page->section, page->region, line->text);
    if (kind != FURNITURE_NONE)
        return true;
    return newsdate_is_ago(line->text) || read_stamp(page, line);
}

static enum status
find_headline(struct page *page, struct fault *fault)
{
    for (size_t i = 0; i < page->lines.count; i++) {
        const struct line *line = &page->lines.at[i];
        if (read_margin(page, line, page->kinds[i]) || read_breadcrumb(page, line))
            continue;
        page->headline = i;
        page->out.title = line->text;
        return STATUS_OK;
    }
    return fault_set(fault, 0, "no headline: the page holds no line of text");
}

/* Whether line `i` of a list is no teaser's. */
static bool
is_list_furniture(const struct page *page, size_t i)
{
    struct span text = page->lines.at[i].text, date;
    return page->kinds[i] != FURNITURE_NONE || newsdate_is_ago(text) ||
           (text.len <= STAMP_BYTES && newsdate_read(text, page->region, &date));
}

/* Takes the list whose head is line `head`; which line comes after it. */
static size_t
take_list(struct page *page, size_t head)
{
    size_t end = head + 1, first = page->listed_count;
    while (end < page->lines.count && page->kinds[end] != FURNITURE_RELATED &&
           page->kinds[end] != FURNITURE_FOREIGN && page->kinds[end] != FURNITURE_FOOTER) {
        if (!is_list_furniture(page, end))
            page->listed[page->listed_count++] = &page->lines.at[end];
        end++;
    }
    const struct line *const *lines = page->listed + first;
    size_t count = page->listed_count - first, extent = teasers_extent(lines, count);
    page->lists[page->list_count++] = (struct list){ lines, extent };
    page->listed_count = first + extent;
    /* A box: the article goes on with the first line that is none of the list's. */
    return extent < count ? (size_t)(lines[extent] - page->lines.at) : end;
}

/* Comments and the page's foot: up to the next list. */
static size_t
skip_foreign(const struct page *page, size_t at)
{
    while (at < page->lines.count && page->kinds[at] != FURNITURE_RELATED)
        at++;
    return at;
}

/* Deals the lines below the headline out to the article and the lists. */
static void
deal_lines(struct page *page)
{
    size_t at = page->headline + 1;
    bool in_list = false;
    page->article = region_array(page->region, page->lines.count + 1, sizeof *page->article);
    page->listed = region_array(page->region, page->lines.count + 1, sizeof *page->listed);
    page->lists = region_array(page->region, page->lines.count + 1, sizeof *page->lists);
    while (at < page->lines.count) {
        enum furniture kind = page->kinds[at];
        if (kind == FURNITURE_RELATED) {
            at = take_list(page, at);
            in_list = true;
        } else if (kind == FURNITURE_FOREIGN || (kind == FURNITURE_FOOTER && in_list)) {
            at = skip_foreign(page, at);
        } else {
            bool text = kind == FURNITURE_NONE ||
                        (kind == FURNITURE_SECTION && page->article_count > 0);
            if (kind == FURNITURE_SECTION && !text)
                span_list_add(&page->section, page->region, page->lines.at[at].text);
            if (text)
                page->article[page->article_count++] = &page->lines.at[at];
            in_list = false;
            at++;
        }
    }
}

/* By-line and date line between headline and lead. */
static void
read_head(struct page *page, struct span title_key)
{
    for (; page->from < page->article_count; page->from++) {
        const struct line *line = page->article[page->from];
        struct span author;
        bool last = page->from + 1 == page->article_count;
        if (body_is_image(line->key, title_key) || read_margin(page, line, FURNITURE_NONE))
            continue;
        bool named = furniture_author(line->text, &author);
        if (!named && !last && page->out.author.len == 0 && shape_is_name(line->text)) {
            author = line->text;
            named = true;
        }
        if (!named)
            return;
        if (page->out.author.len == 0)
            page->out.author = author;
    }
}

static void
add_tags(struct page *page, struct span text)
{
    static const char marks[] = ",;|#";
    size_t from = 0;
    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && !span_has_char(span_of(marks), text.at[i]))
            continue;
        struct span tag = span_trim(span_skip(span_first(text, i), from));
        if (tag.len > 0 && tag.len <= TAG_BYTES)
            span_list_add(&page->tags, page->region, tag);
        from = i + 1;
    }
}

/* "Từ khóa:" alone, and nothing but short lines below it. */
static void
trim_tag_column(struct page *page)
{
    size_t from = page->article_count;
    struct span rest;
    while (from > page->from && !shape_is_ended(page->article[from - 1]->text) &&
           page->article[from - 1]->text.len <= TAG_BYTES)
        from--;
    if (from == page->from || !furniture_tags(page->article[from - 1]->text, &rest) || rest.len > 0)
        return;
    for (size_t i = from; i < page->article_count; i++)
        add_tags(page, page->article[i]->text);
    page->article_count = from - 1;
}

/* A by-line below the text: the author's name again, or for the first time. */
static bool
is_signature(const struct page *page, const struct line *line, const struct line *before)
{
    if (page->out.author.len > 0)
        return span_equal(line->key, line_key(page->out.author, page->region));
    return shape_is_name(line->text) && shape_is_ended(before->text) &&
           !shape_has_credit(before->text);
}

/* Name and tags below the text. */
static void
trim_tail(struct page *page)
{
    trim_tag_column(page);
    while (page->article_count > page->from + 1) {
        const struct line *line = page->article[page->article_count - 1];
        const struct line *before = page->article[page->article_count - 2];
        struct span rest;
        if (furniture_tags(line->text, &rest))
            add_tags(page, rest);
        else if (is_signature(page, line, before))
            page->out.author = line->text;
        else if (furniture_author(line->text, &rest) && page->out.author.len == 0)
            page->out.author = rest;
        else
            return;
        page->article_count--;
    }
}

/* The year a report speaks for, where the page has no date of its own. */
static void
infer_year(struct page *page)
{
    int year = page->out.date.len == 0 ? newsdate_year(page->out.title, page->out.lead) : 0;
    if (year > 0)
        page->out.date = region_printf(page->region, "%d", year);
}

static enum status
read_page(struct page *page, struct fault *fault)
{
    tell_furniture(page);
    enum status status = find_headline(page, fault);
    if (status != STATUS_OK)
        return status;
    struct span title_key = page->lines.at[page->headline].key;
    deal_lines(page);
    read_head(page, title_key);
    trim_tail(page);
    struct body_lines body = { page->article + page->from, page->article_count - page->from,
                               title_key, page->lines.gapped };
    body_write(&body, page->region, &page->out);
    teasers_read((struct lists){ page->lists, page->list_count }, title_key, page->region,
                 &page->out);
    infer_year(page);
    if (page->out.body.len == 0 && page->out.teaser_count == 0)
        return fault_set(fault, 0, "nothing but a headline: the page holds no text below it");
    page->out.section = page->section.spans;
    page->out.tags = page->tags.spans;
    page->out.mended = page->lines.mended;
    return STATUS_OK;
}

enum status
plaintext_parse(struct span bytes, struct region *region, struct plaintext *out,
                struct fault *fault)
{
    struct page page = { .region = region };
    enum status status = lines_split(bytes, PLAINTEXT_BYTES_MAX, region, &page.lines, fault);
    if (status == STATUS_OK)
        status = read_page(&page, fault);
    if (status == STATUS_OK)
        *out = page.out;
    return status;
}
