/* SPDX-License-Identifier: ISC */
#include "story/story.h"

#include "base/text.h"
#include "base/uri.h"
#include "base/yaml.h"
#include "story/gemtext.h"
#include "story/parts.h"
#include "story/slug.h"

#include <string.h>

enum {
    SHOWN = 60,
    AUTHOR_MAX = 300,
    LANG_MAX = TEXT_LANGUAGE_MAX,
    SOURCE_MAX = 2048,
    HASH_MAX = 128
};

/* A key of the front matter: how its value is read, and where to. */
struct field {
    const char *name;
    enum status (*read)(const struct field *field, const struct yaml *node, struct region *region,
                        struct story *story, struct fault *fault);
    size_t into; /* offset in struct story */
    size_t most; /* bytes, or entries */
};

static struct span *
into_span(const struct field *field, struct story *story)
{
    return (struct span *)(void *)((char *)story + field->into);
}

/* `text` cut to what a message has room for: one line, and short. */
static struct span
shown(struct span text)
{
    return text_cut(span_cut(&text, '\n'), SHOWN);
}

static struct span
cleaned(struct span text, struct region *region)
{
    struct buffer clean = BUFFER_EMPTY;
    text_clean(text, &clean);
    text = region_copy(region, buffer_span(&clean));
    buffer_fini(&clean);
    return text;
}

static enum status
read_text(const struct field *field, const struct yaml *node, struct region *region,
          struct story *story, struct fault *fault)
{
    struct span text = cleaned(yaml_text(node), region);
    if (node->kind != YAML_SCALAR)
        return fault_set(fault, node->line, "%s is a text: write `%s: …`", field->name,
                         field->name);
    if (text.len > field->most)
        return fault_set(fault, node->line, "%s has %zu bytes: %zu at most", field->name, text.len,
                         field->most);
    if (text.len > 0)
        *into_span(field, story) = text;
    return STATUS_OK;
}

static enum status
read_lang(const struct field *field, const struct yaml *node, struct region *region,
          struct story *story, struct fault *fault)
{
    enum status status = read_text(field, node, region, story, fault);
    if (status == STATUS_OK && story->lang.len > 0 && !text_is_language(story->lang))
        return fault_set(fault, node->line, "`%.*s` is no language tag: write vi, or en-GB",
                         SPAN_ARG(shown(story->lang)));
    return status;
}

static enum status
read_uri(const struct field *field, const struct yaml *node, struct region *region,
         struct story *story, struct fault *fault)
{
    struct uri uri;
    enum status status = read_text(field, node, region, story, fault);
    struct span text = *into_span(field, story);
    if (status != STATUS_OK || text.len == 0)
        return status;
    if (!uri_parse(text, URI_STRICT, &uri) || uri.scheme.at == NULL)
        return fault_set(fault, node->line,
                         "%s is no absolute URI: write https://…, percent-encoded", field->name);
    if (!gemtext_may_link_to(&uri))
        return fault_set(fault, node->line, "%s: readers are not led to `%.*s:`: write https://…",
                         field->name, SPAN_ARG(shown(uri.scheme)));
    return STATUS_OK;
}

static enum status
read_date(const struct field *field, const struct yaml *node, struct region *region,
          struct story *story, struct fault *fault)
{
    struct date *date = (struct date *)(void *)((char *)story + field->into);
    struct span text = yaml_text(node);
    (void)region;
    if (node->kind == YAML_SCALAR && text.len == 0)
        return STATUS_OK;
    if (!date_parse(text, date))
        return fault_set(fault, node->line,
                         "%s `%.*s` is no date: write 2024, 2024-07, 2024-07-12 or "
                         "2024-07-12T09:00:00+07:00",
                         field->name, SPAN_ARG(shown(text)));
    return STATUS_OK;
}

/* A slug twice counts once. */
static enum status
add_slug(struct span_list *list, const struct yaml *node, struct region *region,
         struct fault *fault)
{
    if (node->kind != YAML_SCALAR || !slug_is_valid(node->text))
        return fault_set(fault, node->line,
                         "`%.*s` is no slug: write small letters, digits and single hyphens, "
                         "like ha-noi",
                         SPAN_ARG(shown(node->text)));
    if (!spans_have(list->spans, node->text))
        span_list_add(list, region, node->text);
    return STATUS_OK;
}

static enum status
read_slugs(const struct field *field, const struct yaml *node, struct region *region,
           struct story *story, struct fault *fault)
{
    struct span_list list = { { NULL, 0 }, 0 };
    enum status status = STATUS_OK;
    if (node->kind == YAML_SCALAR && yaml_text(node).len == 0)
        return STATUS_OK;
    if (node->kind != YAML_SEQUENCE)
        return fault_set(fault, node->line, "%s is a list: write `%s: [a, b]`", field->name,
                         field->name);
    if (node->count > field->most)
        return fault_set(fault, node->line, "%s has %zu entries: keep %zu at most", field->name,
                         node->count, field->most);
    for (const struct yaml *item = node->down; item != NULL && status == STATUS_OK;
         item = item->next)
        status = add_slug(&list, item, region, fault);
    *(struct spans *)(void *)((char *)story + field->into) = list.spans;
    return status;
}

static enum status
read_texts(const struct field *field, const struct yaml *node, struct region *region,
           struct story *story, struct fault *fault)
{
    struct span_list list = { { NULL, 0 }, 0 };
    if (node->kind == YAML_SCALAR && yaml_text(node).len == 0)
        return STATUS_OK;
    if (node->kind != YAML_SEQUENCE || node->count > STORY_LIST_MAX)
        return fault_set(fault, node->line,
                         "%s is a list of at most %d: write `%s: [\"a\", \"b\"]`", field->name,
                         STORY_LIST_MAX, field->name);
    for (const struct yaml *item = node->down; item != NULL; item = item->next) {
        struct span text = cleaned(yaml_text(item), region);
        if (item->kind != YAML_SCALAR || text.len == 0 || text.len > field->most)
            return fault_set(fault, item->line, "%s: a text of 1 to %zu bytes belongs here",
                             field->name, field->most);
        span_list_add(&list, region, text);
    }
    *(struct spans *)(void *)((char *)story + field->into) = list.spans;
    return STATUS_OK;
}

static enum status
read_state(const struct field *field, const struct yaml *node, struct region *region,
           struct story *story, struct fault *fault)
{
    static const struct {
        const char *word;
        enum story_state state;
    } words[] = {
        { "", STORY_PUBLISHED },          { "published", STORY_PUBLISHED },
        { "scheduled", STORY_PUBLISHED }, { "draft", STORY_DRAFT },
        { "withdrawn", STORY_WITHDRAWN },
    };
    (void)region;
    for (size_t i = 0; node->kind == YAML_SCALAR && i < sizeof words / sizeof *words; i++)
        if (span_equal(yaml_text(node), span_of(words[i].word))) {
            story->state = words[i].state;
            return STATUS_OK;
        }
    return fault_set(fault, node->line, "%s is one of published, draft, scheduled and withdrawn",
                     field->name);
}

#define INTO(field) offsetof(struct story, field)

static const struct field fields[] = {
    { "title", read_text, INTO(title), STORY_TITLE_MAX },
    { "date", read_date, INTO(date), 0 },
    { "added", read_date, INTO(added), 0 },
    { "cities", read_slugs, INTO(cities), STORY_LIST_MAX },
    { "themes", read_slugs, INTO(themes), STORY_LIST_MAX },
    { "summary", read_text, INTO(summary), STORY_SUMMARY_MAX },
    { "author", read_text, INTO(author), AUTHOR_MAX },
    { "lang", read_lang, INTO(lang), LANG_MAX },
    { "source", read_uri, INTO(source), SOURCE_MAX },
    { "imported", read_text, INTO(imported), HASH_MAX },
    { "evidence", read_texts, INTO(evidence), STORY_EVIDENCE_MAX },
    { "related", read_slugs, INTO(related), STORY_LIST_MAX },
    { "aliases", read_slugs, INTO(aliases), STORY_LIST_MAX },
    { "state", read_state, INTO(state), 0 },
};
enum { FIELDS = sizeof fields / sizeof *fields };

static enum status
unknown_key(const struct yaml *node, struct fault *fault)
{
    struct buffer known = BUFFER_EMPTY;
    for (size_t i = 0; i < FIELDS; i++)
        buffer_printf(&known, "%s%s", i > 0 ? ", " : "", fields[i].name);
    enum status status = fault_set(fault, node->key_line, "unknown key `%.*s`: known are %s",
                                   SPAN_ARG(shown(node->key)), buffer_text(&known));
    buffer_fini(&known);
    return status;
}

static enum status
read_field(const struct yaml *node, struct region *region, struct story *story, struct fault *fault)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (span_equal(node->key, span_of(fields[i].name)))
            return fields[i].read(&fields[i], node, region, story, fault);
    return unknown_key(node, fault);
}

/* Lines as a person counts them: YAML knows more line ends than the LF. */
static enum status
check_front(struct span front, struct fault *fault)
{
    size_t at;
    for (size_t line = PARTS_FRONT_LINE; front.at != NULL; line++) {
        struct span text = span_cut(&front, '\n');
        if (!text_is_utf8(text))
            return fault_set(fault, line, "bytes that are not UTF-8: save the file as UTF-8");
        if (span_has_char(text, '\r') || span_find(text, SPAN("\xC2\x85"), &at) ||
            span_find(text, SPAN("\xE2\x80\xA8"), &at) ||
            span_find(text, SPAN("\xE2\x80\xA9"), &at))
            return fault_set(fault, line, "a line end that is no line feed: remove it");
    }
    return STATUS_OK;
}

static struct span
in_nfc(struct span text, struct region *region)
{
    struct buffer normal = BUFFER_EMPTY;
    text_nfc(text, &normal);
    text = region_copy(region, buffer_span(&normal));
    buffer_fini(&normal);
    return text;
}

static enum status
read_front(struct span front, struct region *region, struct story *story, struct fault *fault)
{
    struct yaml *tree = NULL;
    enum status status = check_front(front, fault);
    if (status == STATUS_OK && !text_is_nfc(front))
        front = in_nfc(front, region);
    if (status == STATUS_OK)
        status = yaml_parse(front, PARTS_FRONT_LINE, region, &tree, fault);
    if (status == STATUS_OK && tree->kind != YAML_MAPPING)
        status = fault_set(fault, tree->line, "front matter is lines of `key: value`");
    if (status != STATUS_OK)
        return status;

    for (const struct yaml *node = tree->down; node != NULL; node = node->next)
        if ((status = read_field(node, region, story, fault)) != STATUS_OK)
            return status;
    story->date_text = yaml_text(yaml_get(tree, "date"));
    story->added_text = yaml_text(yaml_get(tree, "added"));
    if (story->title.len == 0)
        return fault_set(fault, PARTS_FRONT_LINE,
                         "title is missing: add `title: …` above the second ---");
    return STATUS_OK;
}

static struct span
with_last_line_end(struct span text, struct region *region)
{
    if (text.len == 0 || text.at[text.len - 1] == '\n')
        return text;
    char *copy = region_alloc(region, text.len + 1);
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\n';
    return (struct span){ copy, text.len + 1 };
}

static enum status
read_body(const struct parts *parts, struct region *region, struct story *story,
          struct fault *fault)
{
    struct span body = parts->body;
    struct fault within = { 0, "" };
    story->body_line = parts->body_line;
    for (struct span rest = body; rest.len > 0 && span_trim(span_line(&rest)).len == 0; body = rest)
        story->body_line++;
    body = with_last_line_end(body, region);
    enum status status = gemtext_check(body, 0, &within);
    if (status != STATUS_OK && text_is_utf8(body) && !text_is_nfc(body)) {
        body = in_nfc(body, region);
        status = gemtext_check(body, 0, &within);
    }
    if (status != STATUS_OK)
        return fault_set(fault, story->body_line + within.line - 1, "%s", within.what);
    story->body = body;
    return STATUS_OK;
}

/* The file with LF for every CRLF; copied only where it must be. */
static struct span
without_cr(struct span file, struct region *region)
{
    size_t len = 0;
    if (!span_has_char(file, '\r'))
        return file;
    char *copy = region_alloc(region, file.len);
    for (size_t i = 0; i < file.len; i++)
        if (file.at[i] != '\r' || i + 1 == file.len || file.at[i + 1] != '\n')
            copy[len++] = file.at[i];
    return (struct span){ copy, len };
}

enum status
story_parse(struct span file, struct region *region, struct story *out, struct fault *fault)
{
    struct story story = { .state = STORY_PUBLISHED };
    struct parts parts;
    if (file.len > STORY_BYTES_MAX)
        return fault_set(fault, 0, "a file of %zu bytes: a story has %d at most", file.len,
                         STORY_BYTES_MAX);
    enum status status = parts_split(without_cr(file, region), &parts, fault);
    if (status == STATUS_OK)
        status = read_front(parts.front, region, &story, fault);
    if (status == STATUS_OK)
        status = read_body(&parts, region, &story, fault);
    if (status == STATUS_OK)
        *out = story;
    return status;
}

bool
story_is_served(const struct story *story, int64_t now)
{
    return story->state == STORY_PUBLISHED &&
           (story->date.precision == DATE_NONE || story->date.instant <= now);
}
