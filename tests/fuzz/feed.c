/* SPDX-License-Identifier: ISC */
/* Any bytes for a feed: what is read is text that the rooms below take as it is, within the limits;
 * and what XML is mended into is well-formed, whatever it was. */
#include "wire/feed.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/uri.h"
#include "wire/feed_mend.h"

#include <libxml/parser.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool holds)
{
    if (!holds)
        abort();
}

static void
check_line(struct span line)
{
    struct buffer clean = BUFFER_EMPTY;
    text_clean(line, &clean);
    check(span_equal(line, buffer_span(&clean)));
    buffer_fini(&clean);
}

static void
check_date(struct span text)
{
    struct date date;
    check(text.len == 0 || date_parse(text, &date));
}

static void
check_link(struct span text)
{
    struct uri uri;
    check(text.len == 0 || (uri_parse(text, URI_STRICT, &uri) && uri.host.len > 0));
}

static void
check_item(const struct feed_item *item)
{
    check(item->id.len > 0);
    check(text_is_nfc(item->summary) && text_is_nfc(item->body));
    check_line(item->title);
    check_line(item->author);
    check_link(item->url);
    check_link(item->other);
    check_date(item->published);
    check_date(item->updated);
    check(item->tags.count <= FEED_LIST_MAX && item->media.count <= FEED_LIST_MAX);
    for (size_t i = 0; i < item->media.count; i++)
        check_link(item->media.at[i].url);
}

static void
check_mended(struct span text)
{
    struct buffer out = BUFFER_EMPTY;
    struct mended mended;
    if (feed_mend(text, &out, &mended, NULL) == STATUS_OK) {
        xmlDoc *document = xmlReadMemory(out.at, (int)out.len, NULL, "UTF-8",
                                         XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
        check(document != NULL);
        xmlFreeDoc(document);
    }
    buffer_fini(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct region *region = region_new();
    struct span bytes = { (const char *)data, size };
    struct feed_options options = { .url = SPAN("https://bao.example/rss"), .now = 1795500000 };
    struct feed feed;
    struct fault fault;
    if (feed_read(bytes, &options, region, &feed, &fault) == STATUS_OK) {
        check(feed.item_count <= FEED_ITEMS_MAX && feed.every >= 0);
        for (size_t i = 0; i < feed.item_count; i++)
            check_item(&feed.items[i]);
    }
    if (text_is_utf8(bytes))
        check_mended(bytes);
    (void)feed_is_likely(bytes);
    region_free(region);
    return 0;
}
