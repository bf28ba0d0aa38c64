/* SPDX-License-Identifier: ISC */
#include "story/story.h"

#include "base/hash.h"
#include "base/text.h"
#include "base/uri.h"
#include "base/yaml.h"
#include "story/gemtext.h"
#include "story/slug.h"

/* Where a file's front matter and body lie. */
struct parts {
    struct span front;
    size_t front_line, body_line;
    struct span body;
};

static enum status
split(struct span file, struct parts *out, struct fault *fault)
{
    struct span rest = file, line;
    size_t number = 1;
    if (!span_equal(span_line(&rest), SPAN("---")))
        return fault_set(fault, 1, "the first line must be --- with the front matter below it");
    const char *begin = rest.at;
    while (rest.at != NULL) {
        const char *at = rest.at;
        line = span_line(&rest);
        number++;
        if (!span_equal(line, SPAN("---")))
            continue;
        out->front = (struct span){ begin, (size_t)(at - begin) };
        out->front_line = 2;
        out->body = rest.at != NULL ? rest : (struct span){ "", 0 };
        out->body_line = number + 1;
        return STATUS_OK;
    }
    return fault_set(fault, number, "the front matter is never closed: add a line of ---");
}

typedef enum status
read_fn(const struct yaml *node, struct region *region, void *into, struct fault *fault);

static enum status
read_text(const struct yaml *node, struct region *region, void *into, struct fault *fault)
{
    struct buffer clean = BUFFER_EMPTY;
    if (node->kind != YAML_SCALAR)
        return fault_set(fault, node->line, "%.*s must be a text", SPAN_ARG(node->key));
    text_clean(yaml_text(node), &clean);
    *(struct span *)into = region_copy(region, buffer_span(&clean));
    buffer_fini(&clean);
    return STATUS_OK;
}

static enum status
read_date(const struct yaml *node, struct region *region, void *into, struct fault *fault)
{
    (void)region;
    struct span text = yaml_text(node);
    if (text.len == 0 && node->kind == YAML_SCALAR)
        return STATUS_OK;
    if (!date_parse(text, into))
        return fault_set(fault, node->line,
                         "%.*s is no date: write 2024, 2024-07, 2024-07-12 or "
                         "2024-07-12T09:00:00+07:00",
                         SPAN_ARG(node->key));
    return STATUS_OK;
}

static enum status
read_slugs(const struct yaml *node, struct region *region, void *into, struct fault *fault)
{
    struct span_list list = { { NULL, 0 }, 0 };
    if (node->kind == YAML_SCALAR && yaml_text(node).len == 0)
        return STATUS_OK;
    if (node->kind != YAML_SEQUENCE)
        return fault_set(fault, node->line, "%.*s must be a list: [a, b]", SPAN_ARG(node->key));
    if (node->count > STORY_LIST_MAX)
        return fault_set(fault, node->line, "%.*s has more than %d entries", SPAN_ARG(node->key),
                         STORY_LIST_MAX);
    for (const struct yaml *item = node->down; item != NULL; item = item->next) {
        struct span slug = yaml_text(item);
        if (!slug_is_valid(slug))
            return fault_set(fault, item->line, "`%.*s` is no slug: write it like ha-noi",
                             (int)(slug.len < 60 ? slug.len : 60), slug.len > 0 ? slug.at : "");
        if (!spans_have(list.spans, slug))
            span_list_add(&list, region, slug);
    }
    *(struct spans *)into = list.spans;
    return STATUS_OK;
}

static enum status
read_uri(const struct yaml *node, struct region *region, void *into, struct fault *fault)
{
    struct span text = yaml_text(node);
    struct uri uri;
    (void)region;
    if (text.len > 0 && (!uri_parse(text, URI_STRICT, &uri) || uri.scheme.at == NULL))
        return fault_set(fault, node->line, "%.*s is no absolute URI", SPAN_ARG(node->key));
    *(struct span *)into = text;
    return STATUS_OK;
}

static enum status
read_state(const struct yaml *node, struct region *region, void *into, struct fault *fault)
{
    static const struct {
        const char *word;
        enum story_state state;
    } words[] = { { "published", STORY_PUBLISHED },
                  { "scheduled", STORY_PUBLISHED },
                  { "draft", STORY_DRAFT },
                  { "withdrawn", STORY_WITHDRAWN } };
    (void)region;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (span_equal(yaml_text(node), span_of(words[i].word))) {
            *(enum story_state *)into = words[i].state;
            return STATUS_OK;
        }
    return fault_set(fault, node->line,
                     "state is one of published, draft, scheduled and withdrawn");
}

#define INTO(field) offsetof(struct story, field)

static const struct key {
    const char *name;
    read_fn *read;
    size_t into;
} keys[] = {
    { "title", read_text, INTO(title) },      { "date", read_date, INTO(date) },
    { "added", read_date, INTO(added) },      { "cities", read_slugs, INTO(cities) },
    { "themes", read_slugs, INTO(themes) },   { "summary", read_text, INTO(summary) },
    { "author", read_text, INTO(author) },    { "lang", read_text, INTO(lang) },
    { "source", read_uri, INTO(source) },     { "imported", read_text, INTO(imported) },
    { "related", read_slugs, INTO(related) }, { "aliases", read_slugs, INTO(aliases) },
    { "state", read_state, INTO(state) },
};

static const struct key *
find_key(struct span name)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (span_equal(name, span_of(keys[i].name)))
            return &keys[i];
    return NULL;
}

static enum status
read_front(const struct yaml *tree, struct region *region, struct story *story, struct fault *fault)
{
    if (tree->kind != YAML_MAPPING)
        return fault_set(fault, tree->line, "front matter is written `key: value`");
    for (const struct yaml *node = tree->down; node != NULL; node = node->next) {
        const struct key *key = find_key(node->key);
        if (key == NULL)
            return fault_set(fault, node->key_line,
                             "unknown key `%.*s`: known are title, date, added, cities, themes, "
                             "summary, author, lang, source, imported, related, aliases, state",
                             (int)(node->key.len < 40 ? node->key.len : 40), node->key.at);
        enum status status = key->read(node, region, (char *)story + key->into, fault);
        if (status != STATUS_OK)
            return status;
    }
    story->date_text = yaml_text(yaml_get(tree, "date"));
    story->added_text = yaml_text(yaml_get(tree, "added"));
    if (story->title.len == 0)
        return fault_set(fault, tree->line, "title is missing: add `title: …` to the front matter");
    if (story->title.len > STORY_TITLE_MAX || story->summary.len > STORY_SUMMARY_MAX)
        return fault_set(fault, tree->line, "title holds at most %d bytes, summary %d",
                         STORY_TITLE_MAX, STORY_SUMMARY_MAX);
    return STATUS_OK;
}

/* Without BOM and CR, in NFC: copied only where it must be. */
static struct span
normalise(struct span file, struct region *region)
{
    if (span_starts(file, SPAN("\xEF\xBB\xBF")))
        file = span_skip(file, 3);
    if (!span_has_char(file, '\r') && text_is_nfc(file))
        return file;
    struct buffer lines = BUFFER_EMPTY, nfc = BUFFER_EMPTY;
    for (struct span rest = file; rest.at != NULL;) {
        bool last = !span_has_char(rest, '\n');
        buffer_add(&lines, span_line(&rest));
        if (!last)
            buffer_add_char(&lines, '\n');
    }
    text_nfc(buffer_span(&lines), &nfc);
    struct span copy = region_copy(region, buffer_span(&nfc));
    buffer_fini(&nfc);
    buffer_fini(&lines);
    return copy;
}

/* The body without blank lines before it, and with a last line end. */
static struct span
settle_body(struct parts *parts, struct region *region)
{
    struct span body = parts->body;
    while (body.len > 0 && body.at[0] == '\n') {
        body = span_skip(body, 1);
        parts->body_line++;
    }
    if (body.len > 0 && !span_ends(body, SPAN("\n"))) {
        struct buffer ended = BUFFER_EMPTY;
        buffer_add(&ended, body); /* with any NUL in it: gemtext_check is to see that */
        buffer_add_char(&ended, '\n');
        body = region_copy(region, buffer_span(&ended));
        buffer_fini(&ended);
    }
    return body;
}

enum status
story_parse(struct span file, struct region *region, struct story *out, struct fault *fault)
{
    struct story story = { .state = STORY_PUBLISHED };
    struct parts parts;
    struct yaml *tree;
    struct fault inner = { 0, "" };
    if (file.len > STORY_BYTES_MAX)
        return fault_set(fault, 0, "a story holds at most %d bytes", STORY_BYTES_MAX);
    if (!text_is_utf8(file))
        return fault_set(fault, 1, "the text is not UTF-8");
    enum status status = split(normalise(file, region), &parts, fault);
    if (status == STATUS_OK)
        status = yaml_parse(parts.front, parts.front_line, region, &tree, fault);
    if (status == STATUS_OK)
        status = read_front(tree, region, &story, fault);
    if (status != STATUS_OK)
        return status;
    story.body = settle_body(&parts, region);
    story.body_line = parts.body_line;
    if (gemtext_check(story.body, 0, &inner) != STATUS_OK)
        return fault_set(fault, story.body_line + inner.line - 1, "%s", inner.what);
    *out = story;
    return STATUS_OK;
}

bool
story_is_served(const struct story *story, int64_t now)
{
    return story->state == STORY_PUBLISHED &&
           (story->date.precision == DATE_NONE || story->date.instant <= now);
}

/* Appends `file` without the front matter's line of `key`; false: there was none. */
static bool
without_line(struct span file, struct span key, struct buffer *out)
{
    struct parts parts;
    bool found = false;
    if (split(file, &parts, NULL) != STATUS_OK)
        return false;
    for (struct span rest = file; rest.at != NULL && rest.len > 0;) {
        const char *at = rest.at;
        struct span line = span_cut(&rest, '\n');
        size_t len = rest.at != NULL ? (size_t)(rest.at - at) : line.len;
        bool front = at >= parts.front.at && at < parts.front.at + parts.front.len;
        if (front && span_starts(line, key) && line.len > key.len && line.at[key.len] == ':')
            found = true;
        else
            buffer_add(out, (struct span){ at, len });
    }
    return found;
}

bool
story_is_as_imported(struct span file)
{
    struct region *region = region_new();
    struct buffer rest = BUFFER_EMPTY;
    struct story story;
    char hash[HASH_TEXT + 1];
    bool same = false;
    if (without_line(file, SPAN("imported"), &rest) &&
        story_parse(file, region, &story, NULL) == STATUS_OK) {
        hash_text(buffer_span(&rest), hash);
        same = span_equal(story.imported, span_of(hash));
    }
    buffer_fini(&rest);
    region_free(region);
    return same;
}
