/* SPDX-License-Identifier: ISC */
#include "wire/reading_item.h"

#include "base/hash.h"
#include "base/text.h"
#include "story/gemtext.h"
#include "story/story.h"
#include "wire/shape.h"

enum {
    ENOUGH_IN_BODY = 600,     /* bytes of text: where there is an element for whole articles */
    ENOUGH_IN_SUMMARY = 1200, /* and where there is none, so that some put it here */
    TITLE_BYTES = 120,        /* of one that has none: its first sentence */
    ALIKE_BYTES = 60,
};

/* Its beginning and its end are the text's, or nothing is: feeds cut with "…", "[...]". */
static bool
is_cut_off(const struct conversion *text)
{
    static const char *const marks[] = { "…",        "...",      "[…]",          "[...]",
                                         "(…)",      "…»",       "Read more",    "Continue reading",
                                         "Đọc tiếp", "Xem thêm", "Xem chi tiết", "Chi tiết" };
    if (text->paragraphs.count == 0)
        return true;
    struct span last = span_trim(text->paragraphs.at[text->paragraphs.count - 1]);
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (span_ends(last, span_of(marks[i])))
            return true;
    return false;
}

static struct conversion
convert(struct span html, const struct feed_item *item, const struct reading_options *options,
        struct region *region)
{
    struct conversion out = { .cut = false }, made;
    const struct conversion_options how = { .title = item->title,
                                            .base = item->base,
                                            .lang = item->lang,
                                            .links = options->links,
                                            .no_images = options->no_images };
    if (html.len > 0 && conversion_of_fragment(html, &how, region, &made) == STATUS_OK)
        out = made;
    return out;
}

/* Their first words are the same. */
static bool
is_alike(struct span one, struct span other)
{
    struct buffer a = BUFFER_EMPTY, b = BUFFER_EMPTY;
    text_fold(text_cut(one, ALIKE_BYTES * 2), &a);
    text_fold(text_cut(other, ALIKE_BYTES * 2), &b);
    size_t len = a.len < b.len ? a.len : b.len;
    bool alike = len > 0 &&
                 span_equal(span_first(buffer_span(&a), len < ALIKE_BYTES ? len : ALIKE_BYTES),
                            span_first(buffer_span(&b), len < ALIKE_BYTES ? len : ALIKE_BYTES));
    buffer_fini(&a);
    buffer_fini(&b);
    return alike;
}

static void
add_media(const struct feed_item *item, struct document *out, struct region *region)
{
    static const char *const words[] = {
        [FEED_MEDIUM_AUDIO] = "Âm thanh", [FEED_MEDIUM_VIDEO] = "Video"
    };
    struct buffer text = BUFFER_EMPTY;
    size_t at;
    buffer_add(&text, out->text.body);
    for (size_t i = 0; i < item->media.count; i++) {
        const struct feed_media *media = &item->media.at[i];
        if ((media->medium != FEED_MEDIUM_AUDIO && media->medium != FEED_MEDIUM_VIDEO) ||
            span_find(out->text.body, media->url, &at))
            continue;
        gemtext_add_blank(&text);
        struct span label = media->title.len > 0 ? media->title : item->title;
        gemtext_add_link(&text, media->url,
                         region_printf(region, "%s: %.*s", words[media->medium], SPAN_ARG(label)));
    }
    if (text.len > out->text.body.len)
        out->text.body = region_copy(region, buffer_span(&text));
    buffer_fini(&text);
}

static struct span
title_of(const struct feed_item *item, const struct document *out)
{
    struct span rest = out->text.lead;
    if (item->title.len > 0)
        return item->title;
    return rest.len > 0 ? text_cut(text_sentence(&rest), TITLE_BYTES) : item->url;
}

/* The same for as long as the feed says the same. */
static struct span
facts_of(const struct feed_item *item, struct region *region)
{
    char hash[HASH_TEXT + 1];
    const struct span facts[] = { item->title,  item->summary,   item->body,   item->url,
                                  item->author, item->published, item->updated };
    struct buffer all = BUFFER_EMPTY;
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        buffer_printf(&all, "%zu:%.*s", facts[i].len, SPAN_ARG(facts[i]));
    hash_text(buffer_span(&all), hash);
    buffer_fini(&all);
    return region_copy(region, span_of(hash));
}

static void
take_text(const struct feed_item *item, const struct reading_options *options,
          struct region *region, struct document *out)
{
    struct conversion body = convert(item->body, item, options, region);
    struct conversion summary = convert(item->summary, item, options, region);
    bool has_body = body.text_bytes > 0 && body.text_bytes >= summary.text_bytes;
    const struct conversion *text = has_body ? &body : &summary;
    size_t enough = has_body ? ENOUGH_IN_BODY : ENOUGH_IN_SUMMARY;
    struct span lead = SPAN("");
    out->whole = text->text_bytes > 0 && !is_cut_off(text) &&
                 (text->text_bytes >= enough || item->url.len == 0);
    if (summary.paragraphs.count > 0)
        out->summary = summary.paragraphs.at[0];
    if (has_body && summary.paragraphs.count == 1 && !is_cut_off(&summary) &&
        body.paragraphs.count > 0 && !is_alike(out->summary, body.paragraphs.at[0]))
        lead = out->summary;
    reading_body(out, lead, false, text, region);
}

void
reading_of_item(const struct feed_item *item, const struct reading_options *options,
                struct region *region, struct document *out)
{
    *out = (struct document){ .url = item->url,
                              .id = item->id,
                              .lang = text_is_language(item->lang) ? item->lang : SPAN(""),
                              .bare_id = item->id_shared,
                              .facts = facts_of(item, region) };
    take_text(item, options, region, out);
    out->text.author = item->author;
    out->text.tags = item->tags;
    out->text.date = item->published.len > 0 ? item->published : item->updated;
    struct date published, updated;
    if (date_parse(out->text.date, &published) && date_parse(item->updated, &updated) &&
        updated.precision == DATE_SECOND && updated.instant > published.instant)
        out->updated = item->updated;
    out->text.title = title_of(item, out);
    out->text.dateline = shape_dateline(out->text.lead);
    add_media(item, out, region);
    if (!out->whole)
        out->reason = SPAN("the feed has its beginning alone");
}
