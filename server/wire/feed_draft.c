/* SPDX-License-Identifier: ISC */
#include "wire/feed_draft.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/text.h"
#include "wire/feeddate.h"
#include "wire/reference.h"
#include "wire/target.h"

#include <assert.h>
#include <string.h>

enum { ID_MAX_BYTES = 500, LINE_MAX_BYTES = 4000, NAME_MAX_BYTES = 120, AUTHORS_MAX = 8 };

void
draft_init(struct draft *draft, const struct feed_options *options, struct region *region)
{
    *draft = (struct draft){ .region = region, .options = options, .base = options->url };
    draft->items = region_array(region, FEED_ITEMS_MAX, sizeof *draft->items);
}

static struct span
keep(struct draft *draft, struct buffer *buffer)
{
    struct span kept = region_copy(draft->region, buffer_span(buffer));
    buffer_fini(buffer);
    return kept;
}

void
draft_line(struct draft *draft, struct span text, struct span *into)
{
    struct buffer line = BUFFER_EMPTY;
    if (into->len > 0)
        return;
    text_clean(span_first(text, LINE_MAX_BYTES), &line);
    *into = keep(draft, &line);
}

/* What stands in a title for its looks, but for what stands for itself: "a < b". */
static bool
is_markup(struct span tag)
{
    static const char *const names[] = { "a",      "abbr", "b",   "big", "br",    "center",
                                         "cite",   "code", "del", "div", "em",    "font",
                                         "h1",     "h2",   "h3",  "i",   "img",   "ins",
                                         "mark",   "p",    "q",   "s",   "small", "span",
                                         "strong", "sub",  "sup", "u",   "wbr" };
    struct span rest = span_skip(tag, span_starts(tag, SPAN("</")) ? 2 : 1);
    size_t len = 0;
    while (len < rest.len && strchr(" \t\r\n/>", rest.at[len]) == NULL)
        len++;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (span_equal_nocase(span_first(rest, len), span_of(names[i])))
            return true;
    return false;
}

/* Tags of two that belong together, or of one that stands alone. */
static void
strip_markup(struct span text, struct buffer *out)
{
    size_t at, end;
    bool pairs = span_find(text, SPAN("</"), &at);
    while (span_find_char(text, '<', &at) && span_find_char(span_skip(text, at), '>', &end)) {
        struct span tag = span_first(span_skip(text, at), end + 1);
        bool alone = span_equal_nocase(span_first(tag, 3), SPAN("<br")) ||
                     span_equal_nocase(span_first(tag, 4), SPAN("<img"));
        if (!is_markup(tag) || (!pairs && !alone)) {
            buffer_add(out, span_first(text, at + 1));
            text = span_skip(text, at + 1);
            continue;
        }
        buffer_add(out, span_first(text, at));
        if (alone)
            buffer_add_char(out, ' ');
        text = span_skip(text, at + tag.len);
    }
    buffer_add(out, text);
}

void
draft_title(struct draft *draft, struct span text, bool html, struct span *into)
{
    struct buffer decoded = BUFFER_EMPTY, again = BUFFER_EMPTY, plain = BUFFER_EMPTY;
    text = span_first(text, LINE_MAX_BYTES);
    if (html) { /* its tags are told from its text before that is decoded */
        strip_markup(text, &again);
        reference_decode(buffer_span(&again), &decoded);
        buffer_clear(&again);
    } else {
        buffer_add(&decoded, text);
    }
    if (reference_remains(buffer_span(&decoded)))
        reference_decode(buffer_span(&decoded), &again);
    else
        buffer_add(&again, buffer_span(&decoded));
    strip_markup(buffer_span(&again), &plain);
    draft_line(draft, buffer_span(&plain), into);
    buffer_fini(&decoded);
    buffer_fini(&again);
    buffer_fini(&plain);
}

void
draft_html(struct draft *draft, struct span html, struct span *into)
{
    if (into->len > 0)
        return;
    struct buffer text = BUFFER_EMPTY; /* references may have brought marks in */
    text_nfc(span_trim_lines(html), &text);
    *into = keep(draft, &text);
}

void
draft_plain(struct draft *draft, struct span text, struct span *into)
{
    struct buffer html = BUFFER_EMPTY;
    bool blank = true;
    text = span_trim_lines(text);
    for (struct span rest = text; rest.at != NULL && text.len > 0;) {
        struct span line = span_trim(span_line(&rest));
        if (line.len > 0)
            buffer_add_text(&html, blank ? "<p>" : "<br>");
        reference_escape(line, &html);
        blank = line.len == 0;
    }
    draft_html(draft, buffer_span(&html), into);
    buffer_fini(&html);
}

void
draft_date(struct draft *draft, struct span text, struct span *into)
{
    if (into->len == 0)
        (void)feeddate_read(text, draft->region, into);
}

/* "vi_VN" is "vi-VN". */
void
draft_lang(struct draft *draft, struct span text, struct span *into)
{
    char tag[TEXT_LANGUAGE_MAX];
    text = span_trim_lines(text);
    if (into->len > 0 || text.len == 0 || text.len > sizeof tag)
        return;
    for (size_t i = 0; i < text.len; i++)
        tag[i] = text.at[i] == '_' ? '-' : text.at[i];
    if (text_is_language((struct span){ tag, text.len }))
        *into = region_copy(draft->region, (struct span){ tag, text.len });
}

static bool
resolve(struct draft *draft, struct span base, struct span text, struct span *out)
{
    struct uri page;
    bool known = base.len > 0 && uri_parse(base, URI_LENIENT, &page) && page.scheme.at != NULL;
    return target_resolve(known ? &page : NULL, text, draft->region, out);
}

void
draft_link(struct draft *draft, struct span base, struct span text, struct span *into)
{
    struct span target;
    text = span_trim_lines(text);
    if (into->len > 0 || text.len == 0 || !resolve(draft, base, text, &target) ||
        span_equal_nocase(span_first(target, 7), SPAN("mailto:")))
        return;
    *into = target;
}

void
draft_tag(struct draft *draft, struct span text)
{
    struct span_list *tags = &draft->now.tags;
    struct span tag = { NULL, 0 };
    draft_title(draft, text, false, &tag);
    if (tag.len > 0 && tag.len <= NAME_MAX_BYTES && tags->spans.count < FEED_LIST_MAX &&
        !spans_have(tags->spans, tag))
        span_list_add(tags, draft->region, tag);
}

/* Of "a@b.vn (Tên)", "Tên (a@b.vn)" and "Tên <a@b.vn>" what is no address; empty where that is all.
 */
static struct span
name_of(struct span text)
{
    size_t open, close;
    text = span_trim_lines(text);
    if (!span_has_char(text, '@'))
        return text;
    bool found = span_find_char(text, '(', &open) || span_find_char(text, '<', &open);
    if (!found)
        return SPAN("");
    struct span before = span_first(text, open), within = span_skip(text, open + 1);
    if (span_find_char(within, text.at[open] == '(' ? ')' : '>', &close))
        within = span_first(within, close);
    if (!span_has_char(before, '@'))
        return span_trim(before);
    return span_has_char(within, '@') ? SPAN("") : span_trim(within);
}

void
draft_author(struct draft *draft, struct span text)
{
    struct span_list *authors = &draft->now.authors;
    struct span line = { NULL, 0 }, name;
    draft_title(draft, text, false, &line);
    name = name_of(line);
    if (name.len > 0 && name.len <= NAME_MAX_BYTES && authors->spans.count < AUTHORS_MAX &&
        !spans_have(authors->spans, name))
        span_list_add(authors, draft->region, name);
}

static enum feed_medium
medium_of(struct span type, struct span url)
{
    static const struct {
        const char *type, *ending;
        enum feed_medium medium;
    } rows[] = {
        { "image/", ".jpg", FEED_MEDIUM_IMAGE }, { "image/", ".jpeg", FEED_MEDIUM_IMAGE },
        { "image/", ".png", FEED_MEDIUM_IMAGE }, { "image/", ".webp", FEED_MEDIUM_IMAGE },
        { "image/", ".gif", FEED_MEDIUM_IMAGE }, { "image/", ".avif", FEED_MEDIUM_IMAGE },
        { "audio/", ".mp3", FEED_MEDIUM_AUDIO }, { "audio/", ".m4a", FEED_MEDIUM_AUDIO },
        { "video/", ".mp4", FEED_MEDIUM_VIDEO }, { "video/", ".m3u8", FEED_MEDIUM_VIDEO },
    };
    size_t query;
    if (span_find_char(url, '?', &query))
        url = span_first(url, query);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t len = strlen(rows[i].ending);
        struct span start = span_first(type, strlen(rows[i].type));
        bool by_type = span_equal_nocase(start, span_of(rows[i].type));
        bool by_name = type.len == 0 && url.len > len &&
                       span_equal_nocase(span_skip(url, url.len - len), span_of(rows[i].ending));
        if (by_type || by_name)
            return rows[i].medium;
    }
    return FEED_MEDIUM_OTHER;
}

void
draft_media(struct draft *draft, struct span base, const struct feed_media *media, uint64_t size)
{
    struct draft_item *now = &draft->now;
    struct feed_media kept = { .medium = media->medium, .bytes = media->bytes };
    if (now->media_count == FEED_LIST_MAX)
        return;
    draft_link(draft, base, media->url, &kept.url);
    for (size_t i = 0; i < now->media_count; i++)
        if (span_equal(now->media[i].media.url, kept.url))
            return;
    if (kept.url.len == 0)
        return;
    draft_line(draft, span_first(media->type, NAME_MAX_BYTES), &kept.type);
    draft_title(draft, media->title, false, &kept.title);
    if (kept.medium == FEED_MEDIUM_OTHER)
        kept.medium = medium_of(kept.type, kept.url);
    now->media[now->media_count++] = (struct draft_media){ kept, size };
}

bool
draft_begin(struct draft *draft)
{
    if (draft->feed.item_count == FEED_ITEMS_MAX) {
        draft->feed.items_left++;
        return false;
    }
    draft->now = (struct draft_item){ .item = { .base = draft->base } };
    return true;
}

/* Pictures first, the larger ones before the smaller, else as they came. */
static void
end_media(struct draft *draft)
{
    struct draft_item *now = &draft->now;
    struct feed_media *media = region_array(draft->region, now->media_count + 1, sizeof *media);
    size_t count = 0;
    for (size_t i = 0; i < now->media_count; i++)
        if (now->media[i].media.medium != FEED_MEDIUM_IMAGE)
            now->media[i].size = 0;
        else
            now->media[i].size++;
    while (count < now->media_count) {
        struct draft_media *best = NULL;
        for (size_t i = 0; i < now->media_count; i++)
            if (now->media[i].media.url.len > 0 &&
                (best == NULL || now->media[i].size > best->size))
                best = &now->media[i];
        assert(best != NULL); /* more than `count` have a url left */
        media[count++] = best->media;
        best->media.url.len = 0;
    }
    now->item.media.at = media;
    now->item.media.count = count;
}

static void
end_author(struct draft *draft)
{
    struct buffer all = BUFFER_EMPTY;
    struct spans authors = draft->now.authors.spans;
    for (size_t i = 0; i < authors.count; i++) {
        if (i > 0)
            buffer_add_text(&all, ", ");
        buffer_add(&all, authors.at[i]);
    }
    draft->now.item.author = keep(draft, &all);
}

static void
judge_date(struct draft *draft, struct span *text)
{
    struct date date;
    char printed[CLOCK_TEXT];
    int64_t now = draft->options->now;
    if (text->len == 0 || !date_parse(*text, &date) || date.instant <= now)
        return;
    draft->now.item.ahead = true;
    *text = (struct span){ NULL, 0 };
    if (date.instant <= now + FEED_AHEAD_MAX)
        *text = region_copy(draft->region, span_of(clock_print(now, printed)));
}

static struct span
hashed(struct draft *draft, struct span text)
{
    char hash[HASH_TEXT + 1];
    hash_text(text, hash);
    return region_copy(draft->region, span_of(hash));
}

static void
end_id(struct draft *draft)
{
    struct feed_item *item = &draft->now.item;
    if (item->id.len > ID_MAX_BYTES)
        item->id = hashed(draft, item->id);
    if (item->id.len == 0)
        item->id = item->url;
    if (item->id.len == 0) {
        struct span told = item->title.len > 0     ? item->title
                           : item->summary.len > 0 ? item->summary
                                                   : item->body;
        item->id = hashed(draft, region_printf(draft->region, "%.*s\n%.*s", SPAN_ARG(told),
                                               SPAN_ARG(item->published)));
    }
}

void
draft_end(struct draft *draft)
{
    struct feed_item *item = &draft->now.item;
    if (item->url.len + item->title.len + item->summary.len + item->body.len == 0)
        return;
    end_id(draft); /* by the date as it says */
    judge_date(draft, &item->published);
    judge_date(draft, &item->updated);
    end_media(draft);
    end_author(draft);
    item->tags = draft->now.tags.spans;
    draft->items[draft->feed.item_count++] = *item;
}

void
draft_finish(struct draft *draft)
{
    struct feed *feed = &draft->feed;
    feed->items = draft->items;
    for (size_t i = 0; i < feed->item_count; i++)
        for (size_t k = 0; k < i; k++)
            if (span_equal(draft->items[i].id, draft->items[k].id))
                draft->items[i].id_shared = draft->items[k].id_shared = true;
}
