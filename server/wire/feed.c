/* SPDX-License-Identifier: ISC */
#include "wire/feed.h"

#include "base/clock.h"
#include "wire/decode.h"
#include "wire/feed_mend.h"
#include "wire/feed_read.h"

enum form { FORM_NONE, FORM_XML, FORM_JSON, FORM_PAGE };

static struct span
tag_name(struct span text)
{
    size_t len = 0;
    while (len < text.len && ((text.at[len] >= 'a' && text.at[len] <= 'z') ||
                              (text.at[len] >= 'A' && text.at[len] <= 'Z') || text.at[len] == ':' ||
                              text.at[len] == '-'))
        len++;
    return span_first(text, len);
}

/* By the first tag that is a feed's, or a page's. */
static enum form
sniff(struct span text)
{
    struct span rest = span_trim_lines(span_first(text, FEED_SNIFF_BYTES));
    if (span_starts(rest, SPAN("{")))
        return FORM_JSON;
    for (size_t at; span_find_char(rest, '<', &at);) {
        rest = span_skip(rest, at + 1);
        struct span name = tag_name(rest);
        if (feed_mend_is_root(name))
            return FORM_XML;
        if (span_equal_nocase(name, SPAN("html")) || span_equal_nocase(name, SPAN("head")))
            return FORM_PAGE;
    }
    return FORM_NONE;
}

bool
feed_is_likely(struct span bytes)
{
    enum { WIDEST = 4 }; /* bytes a character takes */
    struct decode_hints hints = { .source = SPAN("") };
    struct decoded decoded;
    struct region *region = region_new();
    decode(span_first(bytes, (size_t)WIDEST * FEED_SNIFF_BYTES), &hints, region, &decoded);
    enum form form = sniff(decoded.text);
    region_free(region);
    return form == FORM_XML || form == FORM_JSON;
}

static enum status
read_xml(struct span text, struct draft *draft, struct fault *fault)
{
    struct buffer clean = BUFFER_EMPTY;
    struct mended mended;
    enum status status = feed_mend(text, &clean, &mended, fault);
    if (status == STATUS_OK) {
        draft->feed.malformed = mended.malformed;
        draft->feed.cut = mended.cut;
        draft->unfinished = mended.in_item;
        status = feed_read_xml(buffer_span(&clean), draft, fault);
    }
    buffer_fini(&clean);
    return status;
}

static enum status
read_text(struct span text, struct draft *draft, struct fault *fault)
{
    switch (sniff(text)) {
    case FORM_JSON:
        return feed_read_json(text, draft, fault);
    case FORM_PAGE:
        return fault_set(fault, 0, "a page of HTML, no feed");
    case FORM_NONE: {
        /* A document type may be longer than what is looked at: it has its own words. */
        struct buffer none = BUFFER_EMPTY;
        struct mended mended;
        size_t at;
        enum status status = STATUS_OK;
        if (span_find(span_first(text, FEED_SNIFF_BYTES), SPAN("<!DOCTYPE"), &at))
            status = feed_mend(text, &none, &mended, fault);
        buffer_fini(&none);
        return status != STATUS_OK
                   ? status
                   : fault_set(fault, 0, "no <rss, <feed, <rdf:RDF or { within its first %d bytes",
                               FEED_SNIFF_BYTES);
    }
    case FORM_XML:
        break;
    }
    return read_xml(text, draft, fault);
}

enum status
feed_read(struct span bytes, const struct feed_options *options, struct region *region,
          struct feed *out, struct fault *fault)
{
    struct decode_hints hints = { .source = options->encoding, .http = options->charset };
    struct decoded decoded;
    struct draft draft;
    if (bytes.len > FEED_BYTES_MAX) {
        fault_write(fault, 0, "more than %d bytes", FEED_BYTES_MAX);
        return STATUS_LIMIT;
    }
    decode(bytes, &hints, region, &decoded);
    draft_init(&draft, options, region);
    enum status status = read_text(decoded.text, &draft, fault);
    if (status != STATUS_OK)
        return status;
    draft_finish(&draft);
    draft.feed.charset = decoded.charset;
    draft.feed.mended = decoded.mended;
    *out = draft.feed;
    return STATUS_OK;
}

bool
feed_skips(const struct feed *feed, int64_t instant)
{
    enum { HOUR = 3600, DAY = 24 * HOUR, EPOCH_DAY = 4 /* a Thursday */ };
    int64_t days = instant / DAY, rest = instant % DAY;
    if (rest < 0)
        days--, rest += DAY;
    int64_t weekday = ((days + EPOCH_DAY) % 7 + 7) % 7;
    return (feed->skip_hours >> (rest / HOUR) & 1) != 0 || (feed->skip_days >> weekday & 1) != 0;
}
