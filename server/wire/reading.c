/* SPDX-License-Identifier: ISC */
#include "wire/reading.h"

#include "base/text.h"
#include "base/uri.h"
#include "story/gemtext.h"
#include "story/story.h"
#include "wire/feed.h"
#include "wire/reading_item.h"
#include "wire/shape.h"

#include <string.h>

enum { SNIFF_BYTES = 4096 };

/* `what` stands in `text`, whatever its case (ASCII). */
static bool
has_nocase(struct span text, struct span what)
{
    for (size_t i = 0; i + what.len <= text.len; i++)
        if (span_equal_nocase(span_first(span_skip(text, i), what.len), what))
            return true;
    return false;
}

static bool
is_hypertext(struct span bytes, struct span type)
{
    static const char *const marks[] = { "<!doctype html", "<html",    "<head", "<body",
                                         "</p>",           "<article", "</div>" };
    struct span head = span_first(bytes, SNIFF_BYTES);
    if (has_nocase(type, SPAN("html")))
        return true;
    if (has_nocase(type, SPAN("text/plain")))
        return false;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (has_nocase(head, span_of(marks[i])))
            return true;
    return false;
}

static enum source_kind
find_kind(struct span bytes, const struct reading_options *options)
{
    if (options->kind != SOURCE_ANY)
        return options->kind;
    if (feed_is_likely(bytes))
        return SOURCE_FEED;
    return is_hypertext(bytes, options->type) ? SOURCE_PAGE : SOURCE_TEXT;
}

static bool
is_of_the_web(struct span url)
{
    struct uri uri;
    return uri_parse(url, URI_LENIENT, &uri) && uri.host.len > 0 &&
           (span_equal_nocase(uri.scheme, SPAN("https")) ||
            span_equal_nocase(uri.scheme, SPAN("http")));
}

struct span
reading_resolve(struct span base, struct span reference, struct region *region)
{
    struct uri uri;
    struct buffer out = BUFFER_EMPTY;
    struct span found = { NULL, 0 };
    if (reference.len == 0)
        return found;
    if (uri_parse(base, URI_LENIENT, &uri) && uri_resolve(&uri, reference, &out) &&
        is_of_the_web(buffer_span(&out)))
        found = region_copy(region, buffer_span(&out));
    else if (is_of_the_web(reference))
        found = reference;
    buffer_fini(&out);
    return found;
}

static struct spans
join(struct spans one, struct spans other, struct region *region)
{
    struct span_list list = { { NULL, 0 }, 0 };
    for (size_t i = 0; i < one.count; i++)
        span_list_add(&list, region, one.at[i]);
    for (size_t i = 0; i < other.count; i++)
        if (!spans_have(one, other.at[i]))
            span_list_add(&list, region, other.at[i]);
    return list.spans;
}

void
reading_body(struct document *out, struct span lead, bool lead_in_body,
             const struct conversion *body, struct region *region)
{
    struct buffer text = BUFFER_EMPTY;
    struct spans paragraphs = body->paragraphs;
    bool first = lead.len == 0 || lead_in_body;
    if (!first) {
        gemtext_add_text(&text, lead);
        if (body->body.len > 0)
            gemtext_add_blank(&text);
    }
    buffer_add(&text, body->body);
    out->text.body = region_copy(region, buffer_span(&text));
    out->text.lead = lead;
    if (first && paragraphs.count > 0) {
        out->text.lead = lead.len > 0 ? lead : paragraphs.at[0];
        paragraphs = (struct spans){ paragraphs.at + 1, paragraphs.count - 1 };
    }
    out->text.paragraphs = paragraphs;
    buffer_fini(&text);
}

static struct spans
related_of(const struct webpage *page, struct region *region)
{
    struct span_list list = { { NULL, 0 }, 0 };
    for (size_t i = 0; i < page->related.count; i++) {
        struct span url = reading_resolve(page->base, page->related.at[i].href, region);
        if (url.len > 0)
            span_list_add(&list, region, url);
    }
    return list.spans;
}

static bool
is_after(struct span later, struct span earlier)
{
    struct date one, other;
    return date_parse(later, &one) && date_parse(earlier, &other) && one.precision == DATE_SECOND &&
           one.instant > other.instant;
}

static struct document
document_of_page(const struct webpage *page, const struct reading_options *options,
                 struct region *region)
{
    struct document out = { .lang = page->lang,
                            .summary = page->summary,
                            .url = options->url,
                            .canonical = reading_resolve(page->base, page->canonical, region),
                            .reason = span_of(page->reason),
                            .related = related_of(page, region),
                            .whole = page->verdict == WEBPAGE_WHOLE,
                            .unindexed = page->unindexed,
                            .live = page->live };
    const struct conversion_options how = { .title = page->title,
                                            .base = page->base,
                                            .lang = page->lang,
                                            .links = options->links,
                                            .no_images = options->no_images };
    struct conversion body = { .cut = false };
    out.text.title = page->title;
    out.text.author = page->author;
    out.text.section = join(
        page->breadcrumb, (struct spans){ &page->section, page->section.len > 0 ? 1 : 0 }, region);
    out.text.tags = page->tags;
    out.text.date = page->published;
    if (is_after(page->modified, page->published))
        out.updated = page->modified;
    if (out.whole)
        conversion_of_nodes(page->body, page->body_count, &how, region, &body);
    reading_body(&out, page->lead, out.whole && page->lead_in_body, &body, region);
    out.text.dateline = page->dateline.len > 0 ? page->dateline : shape_dateline(out.text.lead);
    return out;
}

static enum status
read_page(struct span bytes, const struct reading_options *options, struct region *region,
          struct reading *out, struct fault *fault)
{
    struct webpage page;
    const struct webpage_options how = { .url = options->url,
                                         .charset = options->type,
                                         .encoding = options->encoding,
                                         .recipe = options->recipe,
                                         .now = options->now };
    enum status status = webpage_read(bytes, &how, region, &page, fault);
    if (status != STATUS_OK)
        return status;
    if (page.title.len == 0) {
        status = fault_set(fault, 0, "there is no headline: no page of a story");
    } else {
        struct document *document = region_alloc(region, sizeof *document);
        *document = document_of_page(&page, options, region);
        document->lang = text_is_language(document->lang) ? document->lang : SPAN("");
        *out = (struct reading){ .kind = SOURCE_PAGE,
                                 .title = page.site,
                                 .at = document,
                                 .count = 1,
                                 .mended = page.mended };
    }
    webpage_fini(&page);
    return status;
}

static enum status
read_text(struct span bytes, const struct reading_options *options, struct region *region,
          struct reading *out, struct fault *fault)
{
    struct document *document = region_alloc(region, sizeof *document);
    enum status status = plaintext_parse(bytes, region, &document->text, fault);
    if (status != STATUS_OK)
        return status;
    document->url = options->url;
    document->whole = true;
    *out = (struct reading){ .kind = SOURCE_TEXT,
                             .at = document,
                             .count = 1,
                             .left = document->text.teasers_left,
                             .mended = document->text.mended };
    return STATUS_OK;
}

static enum status
read_feed(struct span bytes, const struct reading_options *options, struct region *region,
          struct reading *out, struct fault *fault)
{
    struct feed feed;
    const struct feed_options how = { .url = options->url,
                                      .charset = options->type,
                                      .encoding = options->encoding,
                                      .now = options->now };
    enum status status = feed_read(bytes, &how, region, &feed, fault);
    if (status != STATUS_OK)
        return status;
    struct document *documents = region_array(region, feed.item_count, sizeof *documents);
    for (size_t i = 0; i < feed.item_count; i++)
        reading_of_item(&feed.items[i], options, region, &documents[i]);
    *out = (struct reading){ .kind = SOURCE_FEED,
                             .title = feed.title,
                             .at = documents,
                             .count = feed.item_count,
                             .left = feed.items_left,
                             .every = feed.every,
                             .skip_hours = feed.skip_hours,
                             .skip_days = feed.skip_days,
                             .mended = feed.mended,
                             .malformed = feed.malformed,
                             .cut = feed.cut };
    return STATUS_OK;
}

enum status
reading_make(struct span bytes, const struct reading_options *options, struct region *region,
             struct reading *out, struct fault *fault)
{
    switch (find_kind(bytes, options)) {
    case SOURCE_FEED:
        return read_feed(bytes, options, region, out, fault);
    case SOURCE_PAGE:
        return read_page(bytes, options, region, out, fault);
    case SOURCE_TEXT:
    case SOURCE_ANY:
        break;
    }
    return read_text(bytes, options, region, out, fault);
}
