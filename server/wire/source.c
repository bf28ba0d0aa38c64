/* SPDX-License-Identifier: ISC */
#include "wire/source.h"

#include "base/text.h"
#include "base/uri.h"
#include "process/socket.h"
#include "story/slug.h"
#include "story/story.h"
#include "wire/decode.h"

#include <string.h>

/* A value -> field; false: it says no such thing. */
typedef bool read_fn(const struct yaml *node, struct region *region, void *into);

struct field {
    const char *name;
    const char *wanted; /* "`x` is not …" */
    read_fn *read;
    size_t into; /* offset in what is filled */
};

static bool
read_line(const struct yaml *node, struct region *region, void *into)
{
    struct span text = span_trim(yaml_text(node));
    (void)region;
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < ' ' || text.at[i] == 0x7F)
            return false;
    if (text.len == 0 || text.len > STORY_TITLE_MAX)
        return false;
    *(struct span *)into = text;
    return true;
}

static bool
read_url(const struct yaml *node, struct region *region, void *into)
{
    struct uri uri;
    struct span text = yaml_text(node);
    (void)region;
    if (!uri_parse(text, URI_LENIENT, &uri) || uri.host.len == 0 || uri.userinfo.at != NULL ||
        (!span_equal_nocase(uri.scheme, SPAN("https")) &&
         !span_equal_nocase(uri.scheme, SPAN("http"))))
        return false;
    *(struct span *)into = text;
    return true;
}

/* One of a row's words; which. -1: none. */
static int
choose(const struct yaml *node, const char *const *words)
{
    for (int i = 0; words[i] != NULL; i++)
        if (span_equal(yaml_text(node), span_of(words[i])))
            return i;
    return -1;
}

#define CHOICE(name, type, ...)                                                  \
    static bool name(const struct yaml *node, struct region *region, void *into) \
    {                                                                            \
        static const char *const words[] = { __VA_ARGS__, NULL };                \
        int chosen = choose(node, words);                                        \
        (void)region;                                                            \
        if (chosen >= 0)                                                         \
            *(type *)into = (type)chosen;                                        \
        return chosen >= 0;                                                      \
    }
CHOICE(read_kind, enum source_kind, "any", "feed", "page", "text")
CHOICE(read_licence, enum source_licence, "full", "excerpt", "headline")
CHOICE(read_links, enum conversion_links, "after", "end", "none")
CHOICE(read_images, bool, "link", "none")
CHOICE(read_robots, bool, "obey", "ignore")
CHOICE(read_articles, enum source_articles, "any", "feed", "page")

static bool
read_every(const struct yaml *node, struct region *region, void *into)
{
    static const struct {
        char unit;
        uint64_t seconds;
    } units[] = { { 'm', 60 }, { 'h', 60 * 60 }, { 'd', 24 * 60 * 60 } };
    struct span text = yaml_text(node);
    uint64_t number;
    (void)region;
    if (text.len < 2 || !span_number(span_first(text, text.len - 1), 100000, &number))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (text.at[text.len - 1] == units[i].unit) {
            *(uint64_t *)into = number * units[i].seconds;
            return *(uint64_t *)into >= SOURCE_EVERY_LEAST &&
                   *(uint64_t *)into <= SOURCE_EVERY_MOST;
        }
    return false;
}

static bool
read_number(const struct yaml *node, struct region *region, void *into)
{
    (void)region;
    return span_number(yaml_text(node), 100000, into);
}

static bool
read_language(const struct yaml *node, struct region *region, void *into)
{
    (void)region;
    *(struct span *)into = yaml_text(node);
    return text_is_language(yaml_text(node));
}

static bool
read_encoding(const struct yaml *node, struct region *region, void *into)
{
    (void)region;
    *(struct span *)into = yaml_text(node);
    return decode_knows(yaml_text(node));
}

/* One text or a list of them, each of which must be as `is_one` says. */
static bool
read_list(const struct yaml *node, struct region *region, bool (*is_one)(struct span), void *into)
{
    struct span_list list = { { NULL, 0 }, 0 };
    const struct yaml *item = node->kind == YAML_SEQUENCE ? node->down : node;
    for (; item != NULL; item = node->kind == YAML_SEQUENCE ? item->next : NULL) {
        if (!is_one(yaml_text(item)))
            return false;
        span_list_add(&list, region, yaml_text(item));
    }
    *(struct spans *)into = list.spans;
    return list.spans.count <= STORY_LIST_MAX;
}

static bool
read_slugs(const struct yaml *node, struct region *region, void *into)
{
    return read_list(node, region, slug_is_valid, into);
}

static bool
is_address(struct span text)
{
    struct address address;
    return text.len > 0 && text.at[0] != '*' && address_parse(text, &address) &&
           address_port(&address) != 0;
}

static bool
read_addresses(const struct yaml *node, struct region *region, void *into)
{
    return read_list(node, region, is_address, into);
}

static bool
read_selector(const struct yaml *node, struct region *region, void *into)
{
    (void)region;
    *(struct span *)into = yaml_text(node);
    return yaml_text(node).len > 0 && webpage_check_selector(yaml_text(node), NULL) == STATUS_OK;
}

static enum status fill(const struct yaml *mapping, const struct field *fields, const char *whose,
                        struct region *region, void *into, struct fault *fault);

#define A_SELECTOR "a selector such as `article .body, #main[role=main]`"
#define INTO(field) offsetof(struct webpage_recipe, field)
static const struct field selectors[] = {
    { "author", A_SELECTOR, read_selector, INTO(author) },
    { "body", A_SELECTOR, read_selector, INTO(body) },
    { "date", A_SELECTOR, read_selector, INTO(date) },
    { "lead", A_SELECTOR, read_selector, INTO(lead) },
    { "remove", A_SELECTOR, read_selector, INTO(remove) },
    { "title", A_SELECTOR, read_selector, INTO(title) },
    { .name = NULL },
};
#undef INTO

#define INTO(field) offsetof(struct source, field)
/* `selectors` is a mapping of its own: read == NULL. */
static const struct field fields[] = {
    { "allow-private", "a numeric address and port such as 127.0.0.1:8080, or a list of them",
      read_addresses, INTO(allow) },
    { "articles", "any, feed or page", read_articles, INTO(articles) },
    { "cities", "a slug of cities.yaml, or a list of them", read_slugs, INTO(cities) },
    { "encoding", "an encoding such as windows-1258 or tcvn3", read_encoding, INTO(encoding) },
    { "every", "a time from 15m to 30d, such as 1h", read_every, INTO(every) },
    { "excerpt", "a number of bytes", read_number, INTO(excerpt) },
    { "images", "link or none", read_images, INTO(no_images) },
    { "kind", "feed, page or text", read_kind, INTO(kind) },
    { "language", "a language tag such as vi or en", read_language, INTO(language) },
    { "licence", "full, excerpt or headline", read_licence, INTO(licence) },
    { "links", "after, end or none", read_links, INTO(links) },
    { "name", "a name of one line", read_line, INTO(name) },
    { "pages", "a number of pages", read_number, INTO(pages) },
    { "robots", "obey or ignore", read_robots, INTO(ignores_robots) },
    { "selectors", "a mapping of selectors", NULL, INTO(recipe) },
    { "themes", "a slug of themes.yaml, or a list of them", read_slugs, INTO(themes) },
    { "url", "a web address such as https://bao.example/rss", read_url, INTO(url) },
    { .name = NULL },
};
#undef INTO

/* How many letters one has to change, add or drop to make `b` of `a` (Levenshtein). */
static size_t
letters_between(struct span a, struct span b)
{
    enum { MOST = 24 };
    size_t row[MOST + 1];
    if (a.len > MOST || b.len > MOST)
        return MOST;
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t swapped = corner + (a.at[i - 1] != b.at[j - 1]);
            size_t other = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            corner = row[j];
            row[j] = swapped < other ? swapped : other;
        }
    }
    return row[b.len];
}

static enum status
refuse_key(const struct yaml *node, const struct field *known, const char *whose,
           struct fault *fault)
{
    const struct field *closest = known;
    for (const struct field *field = known; field->name != NULL; field++)
        if (letters_between(node->key, span_of(field->name)) <
            letters_between(node->key, span_of(closest->name)))
            closest = field;
    int len = (int)(node->key.len < 40 ? node->key.len : 40);
    for (const struct field *field = known; field->name != NULL; field++)
        if (node->key.len > 2 && span_starts(span_of(field->name), node->key))
            closest = field;
    if (letters_between(node->key, span_of(closest->name)) <= 1 + node->key.len / 3 ||
        span_starts(span_of(closest->name), node->key))
        return fault_set(fault, node->key_line, "%s has no `%.*s`: do you mean `%s`?", whose, len,
                         node->key.at, closest->name);
    return fault_set(fault, node->key_line, "%s has no `%.*s`: see songtu(1), SOURCES", whose, len,
                     node->key.at);
}

static enum status
refuse_value(const struct yaml *node, const struct field *field, struct fault *fault)
{
    struct span text = span_first(yaml_text(node), 60);
    if (text.len == 0)
        return fault_set(fault, node->key_line, "%s: there should be %s", field->name,
                         field->wanted);
    return fault_set(fault, node->line, "%s: `%.*s` is not %s", field->name, SPAN_ARG(text),
                     field->wanted);
}

static enum status
fill_one(const struct yaml *node, const struct field *field, struct region *region, void *into,
         struct fault *fault)
{
    if (field->read == NULL)
        return fill(node, selectors, "selectors", region, into, fault);
    if (field->read(node, region, into))
        return STATUS_OK;
    return refuse_value(node, field, fault);
}

static enum status
fill(const struct yaml *mapping, const struct field *known, const char *whose,
     struct region *region, void *into, struct fault *fault)
{
    enum status status = STATUS_OK;
    if (mapping->kind != YAML_MAPPING)
        return fault_set(fault, mapping->line, "%s is written `name: value`, a line for each",
                         whose);
    for (const struct yaml *node = mapping->down; node != NULL && status == STATUS_OK;
         node = node->next) {
        const struct field *field = known;
        while (field->name != NULL && !span_equal(node->key, span_of(field->name)))
            field++;
        status = field->name == NULL
                     ? refuse_key(node, known, whose, fault)
                     : fill_one(node, field, region, (char *)into + field->into, fault);
    }
    return status;
}

static struct span
make_slug(struct span name, struct region *region)
{
    struct buffer slug = BUFFER_EMPTY;
    slug_make(name, &slug);
    struct span made = region_copy(region, buffer_span(&slug));
    buffer_fini(&slug);
    return made;
}

static enum status
parse_one(const struct yaml *node, const struct sources *before, struct region *region,
          struct source *out, struct fault *fault)
{
    const struct source fallback = { .excerpt = 600, .pages = SOURCE_PAGES, .line = node->line };
    *out = fallback;
    enum status status = fill(node, fields, "a source", region, out, fault);
    if (status != STATUS_OK)
        return status;
    if (out->name.len == 0)
        return fault_set(fault, node->line, "a source has no name: add `name: …`");
    if (out->url.len == 0)
        return fault_set(fault, node->line,
                         "the source `%.*s` has no address: add `url: https://…`",
                         SPAN_ARG(span_first(out->name, 60)));
    out->slug = make_slug(out->name, region);
    if (out->slug.len == 0)
        return fault_set(fault, node->line, "name: `%.*s` has no letter or digit",
                         SPAN_ARG(span_first(out->name, 60)));
    const struct source *same = sources_find(before, out->slug);
    if (same != NULL)
        return fault_set(fault, node->line,
                         "name: `%.*s` is as good as that of the source in line %zu: give it "
                         "another",
                         SPAN_ARG(span_first(out->name, 60)), same->line);
    return STATUS_OK;
}

enum status
sources_parse(const struct yaml *list, struct region *region, struct sources *out,
              struct fault *fault)
{
    struct sources sources = { NULL, 0 };
    enum status status = STATUS_OK;
    if (list == NULL) {
        *out = sources;
        return STATUS_OK;
    }
    if (list->kind != YAML_SEQUENCE || list->count > SOURCES_MAX)
        return fault_set(fault, list->key_line,
                         "sources: there should be a list: `- name: …` for each, %d at most",
                         SOURCES_MAX);
    struct source *at = region_array(region, list->count, sizeof *at);
    sources.at = at;
    for (const struct yaml *node = list->down; node != NULL && status == STATUS_OK;
         node = node->next) {
        status = parse_one(node, &sources, region, &at[sources.count], fault);
        sources.count++;
    }
    if (status == STATUS_OK)
        *out = sources;
    return status;
}

const struct source *
sources_find(const struct sources *sources, struct span name)
{
    for (size_t i = 0; i < sources->count; i++)
        if (span_equal(sources->at[i].name, name) || span_equal(sources->at[i].slug, name))
            return &sources->at[i];
    return NULL;
}
