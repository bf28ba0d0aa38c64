/* SPDX-License-Identifier: ISC */
#include "wire/feed_read.h"

#include "base/buffer.h"

#include <jansson.h>
#include <string.h>

enum { VALUES_MAX = 200000 };

/* A number for an id is its digits. */
static struct span
text_at(struct draft *draft, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (json_is_integer(value))
        return region_printf(draft->region, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    return span_of(json_string_value(value));
}

static void
read_authors(struct draft *draft, const json_t *object)
{
    size_t index;
    const json_t *author;
    json_array_foreach(json_object_get(object, "authors"), index, author)
        draft_author(draft, text_at(draft, author, "name"));
    draft_author(draft, text_at(draft, json_object_get(object, "author"), "name"));
}

static void
read_media(struct draft *draft, const json_t *item)
{
    static const char *const pictures[] = { "image", "banner_image" };
    enum { LARGE = 800 * 600 };
    size_t index;
    const json_t *attachment;
    struct span base = draft->now.item.base;
    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++)
        draft_media(draft, base,
                    &(struct feed_media){ .url = text_at(draft, item, pictures[i]),
                                          .medium = FEED_MEDIUM_IMAGE },
                    LARGE - i);
    json_array_foreach(json_object_get(item, "attachments"), index, attachment)
    {
        json_int_t bytes = json_integer_value(json_object_get(attachment, "size_in_bytes"));
        draft_media(draft, base,
                    &(struct feed_media){ .url = text_at(draft, attachment, "url"),
                                          .type = text_at(draft, attachment, "mime_type"),
                                          .title = text_at(draft, attachment, "title"),
                                          .bytes = bytes > 0 ? (uint64_t)bytes : 0 },
                    0);
    }
}

static void
read_item(struct draft *draft, const json_t *object, const json_t *feed)
{
    struct feed_item *item = &draft->now.item;
    size_t index;
    const json_t *tag;
    if (!json_is_object(object) || !draft_begin(draft))
        return;
    draft_link(draft, item->base, text_at(draft, object, "url"), &item->url);
    draft_link(draft, item->base, text_at(draft, object, "external_url"), &item->other);
    if (item->url.len == 0) {
        item->url = item->other;
        item->other = SPAN("");
    }
    draft_line(draft, text_at(draft, object, "id"), &item->id);
    draft_link(draft, SPAN(""), item->id, &item->url);
    draft_title(draft, text_at(draft, object, "title"), false, &item->title);
    draft_html(draft, text_at(draft, object, "content_html"), &item->body);
    draft_plain(draft, text_at(draft, object, "content_text"), &item->body);
    draft_plain(draft, text_at(draft, object, "summary"), &item->summary);
    draft_date(draft, text_at(draft, object, "date_published"), &item->published);
    draft_date(draft, text_at(draft, object, "date_modified"), &item->updated);
    draft_lang(draft, text_at(draft, object, "language"), &item->lang);
    json_array_foreach(json_object_get(object, "tags"), index, tag)
        draft_tag(draft, span_of(json_string_value(tag)));
    read_authors(draft, object);
    if (draft->now.authors.spans.count == 0)
        read_authors(draft, feed);
    read_media(draft, object);
    draft_end(draft);
}

static enum status
read_feed(struct draft *draft, const json_t *root, struct fault *fault)
{
    struct feed *feed = &draft->feed;
    size_t index, at;
    const json_t *item, *items = json_object_get(root, "items");
    if (!span_find(text_at(draft, root, "version"), SPAN("jsonfeed.org/version/"), &at) ||
        !json_is_array(items))
        return fault_set(fault, 0, "JSON, but no JSON Feed: no version and items in it");
    feed->kind = FEED_JSON;
    draft_title(draft, text_at(draft, root, "title"), false, &feed->title);
    draft_line(draft, text_at(draft, root, "description"), &feed->summary);
    draft_lang(draft, text_at(draft, root, "language"), &feed->lang);
    draft_link(draft, draft->base, text_at(draft, root, "home_page_url"), &feed->url);
    if (draft->base.len == 0)
        draft->base = feed->url;
    json_array_foreach(items, index, item) read_item(draft, item, root);
    return STATUS_OK;
}

/* Raw line ends in strings, and commas before a bracket that closes: what hand-made JSON has, and a
 * person would read over. */
static void
mend(struct span text, struct buffer *out)
{
    bool quoted = false;
    size_t comma = SIZE_MAX; /* where one stands in *out with nothing but spaces behind */
    for (size_t i = 0; i < text.len; i++) {
        char byte = (unsigned char)text.at[i] < ' ' ? ' ' : text.at[i];
        if (byte == '\\' && quoted && i + 1 < text.len) {
            buffer_add(out, (struct span){ text.at + i++, 2 });
            continue;
        }
        if (byte == '"')
            quoted = !quoted;
        if (!quoted && comma != SIZE_MAX && (byte == '}' || byte == ']'))
            out->at[comma] = ' ';
        if (byte != ' ')
            comma = !quoted && byte == ',' ? out->len : SIZE_MAX;
        buffer_add_char(out, byte);
    }
}

static bool
is_crowded(struct span text)
{
    size_t values = 0;
    for (size_t i = 0; i < text.len; i++)
        values += text.at[i] == '{' || text.at[i] == '[';
    return values > VALUES_MAX;
}

enum status
feed_read_json(struct span text, struct draft *draft, struct fault *fault)
{
    json_error_t error;
    struct buffer mended = BUFFER_EMPTY;
    if (is_crowded(text)) {
        fault_write(fault, 0, "more than %d objects: no feed needs that", VALUES_MAX);
        return STATUS_LIMIT;
    }
    json_t *root = json_loadb(text.at, text.len, 0, &error);
    if (root == NULL) {
        draft->feed.malformed = true;
        mend(text, &mended);
        root = json_loadb(mended.at, mended.len, 0, NULL);
    }
    enum status status = root != NULL ? read_feed(draft, root, fault)
                                      : fault_set(fault, error.line > 0 ? (size_t)error.line : 0,
                                                  "broken JSON");
    json_decref(root);
    buffer_fini(&mended);
    return status;
}
