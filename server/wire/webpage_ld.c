/* SPDX-License-Identifier: ISC */
#include "wire/webpage_parts.h"

#include <jansson.h>
#include <string.h>

enum { LEVELS_MAX = 4, ITEMS_MAX = 256 };

static struct span
text_of(const json_t *value)
{
    return json_is_string(value)
               ? (struct span){ json_string_value(value), json_string_length(value) }
               : (struct span){ NULL, 0 };
}

/* The text of a string, of an object by the key, or of a list's first. */
static struct span
named(const json_t *value, const char *key)
{
    for (int level = 0; level < LEVELS_MAX; level++) {
        if (json_is_array(value))
            value = json_array_get(value, 0);
        else if (json_is_object(value))
            value = json_object_get(value, key);
    }
    return text_of(value);
}

static const json_t *
item(const json_t *list, size_t i)
{
    return json_is_array(list) ? json_array_get(list, i) : i == 0 ? list : NULL;
}

static bool
has_type(const json_t *thing, const char *const types[])
{
    const json_t *type = json_object_get(thing, "@type"), *one;
    for (size_t i = 0; i < ITEMS_MAX && (one = item(type, i)) != NULL; i++)
        for (size_t j = 0; types[j] != NULL; j++)
            if (span_ends(text_of(one), span_of(types[j])))
                return true;
    return false;
}

static void
say_authors(struct facts *facts, const json_t *authors)
{
    struct buffer names = BUFFER_EMPTY;
    const json_t *author;
    for (size_t i = 0; i < ITEMS_MAX && (author = item(authors, i)) != NULL; i++) {
        struct span name = named(author, "name"), all = buffer_span(&names);
        size_t at;
        if (name.len == 0 || span_find(all, name, &at))
            continue;
        buffer_add_text(&names, names.len > 0 ? ", " : "");
        buffer_add(&names, name);
    }
    facts_say(facts, FACT_AUTHOR, TRUST_LD, buffer_span(&names));
    buffer_fini(&names);
}

static void
say_tags(struct facts *facts, const json_t *keywords)
{
    const json_t *one;
    for (size_t i = 0; i < ITEMS_MAX && (one = item(keywords, i)) != NULL; i++) {
        struct span rest = named(one, "name");
        while (rest.at != NULL)
            facts_tag(facts, &facts->tags, span_cut(&rest, ','));
    }
}

static void
say_article(struct facts *facts, const json_t *thing)
{
    static const struct {
        const char *key, *below;
        enum fact fact;
    } rows[] = {
        { "headline", "@value", FACT_TITLE },        { "description", "@value", FACT_SUMMARY },
        { "articleSection", "name", FACT_SECTION },  { "datePublished", "@value", FACT_PUBLISHED },
        { "dateModified", "@value", FACT_MODIFIED }, { "image", "url", FACT_IMAGE },
        { "inLanguage", "name", FACT_LANG },         { "publisher", "name", FACT_SITE },
        { "articleBody", "@value", FACT_BODY },
    };
    static const char *const live[] = { "LiveBlogPosting", NULL };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        facts_say(facts, rows[i].fact, TRUST_LD,
                  named(json_object_get(thing, rows[i].key), rows[i].below));
    say_authors(facts, json_object_get(thing, "author"));
    say_tags(facts, json_object_get(thing, "keywords"));
    const json_t *free = json_object_get(thing, "isAccessibleForFree");
    facts->article = true;
    facts->live = facts->live || has_type(thing, live);
    facts->unfree = facts->unfree || json_is_false(free) ||
                    span_equal_nocase(text_of(free), SPAN("false"));
}

static void
say_breadcrumb(struct facts *facts, const json_t *thing)
{
    const json_t *list = json_object_get(thing, "itemListElement"), *one;
    if (facts->breadcrumb.spans.count > 0)
        return;
    for (size_t i = 0; i < 8 && (one = item(list, i)) != NULL; i++) {
        struct span name = text_of(json_object_get(one, "name"));
        if (name.len == 0)
            name = named(json_object_get(one, "item"), "name");
        if (name.len > 0)
            span_list_add(&facts->breadcrumb, facts->region, region_copy(facts->region, name));
    }
}

static void
say_thing(struct facts *facts, const json_t *thing)
{
    static const char *const articles[] = { "Article", "BlogPosting", "Report", NULL };
    static const char *const lists[] = { "CollectionPage", "ItemList", "SearchResultsPage",
                                         "ImageGallery", NULL };
    static const char *const crumbs[] = { "BreadcrumbList", NULL };
    if (has_type(thing, articles))
        say_article(facts, thing);
    else if (has_type(thing, crumbs))
        say_breadcrumb(facts, thing);
    else if (has_type(thing, lists))
        facts->listing = true;
}

/* The things of a document: itself, a list's, and those of "@graph" and "mainEntity". */
static void
say_things(struct facts *facts, const json_t *value, int level)
{
    static const char *const below[] = { "@graph", "mainEntity", "mainEntityOfPage" };
    const json_t *thing;
    for (size_t i = 0; i < ITEMS_MAX && (thing = item(value, i)) != NULL; i++) {
        if (!json_is_object(thing))
            continue;
        say_thing(facts, thing);
        for (size_t j = 0; j < sizeof below / sizeof below[0] && level < LEVELS_MAX; j++)
            say_things(facts, json_object_get(thing, below[j]), level + 1);
    }
}

/* From the first bracket to the last: some put comments around. */
static struct span
bare(struct span script)
{
    while (script.len > 0 && script.at[0] != '{' && script.at[0] != '[')
        script = span_skip(script, 1);
    while (script.len > 0 && script.at[script.len - 1] != '}' && script.at[script.len - 1] != ']')
        script.len--;
    return script;
}

/* jansson reads by recursion: what nests deeper than any description does is not handed to it. */
static bool
is_deep(struct span script)
{
    enum { DEPTH_MAX = 32 };
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < script.len && depth <= DEPTH_MAX; i++) {
        char byte = script.at[i];
        if (quoted && byte == '\\')
            i++;
        else if (byte == '"')
            quoted = !quoted;
        else if (!quoted)
            depth += (byte == '{' || byte == '[') - (byte == '}' || byte == ']');
    }
    return depth > DEPTH_MAX;
}

/* NULL: it is no JSON. Line ends within strings, which JSON forbids, are forgiven. */
static json_t *
load(struct span script)
{
    struct span text = bare(script);
    if (text.len == 0 || is_deep(text))
        return NULL;
    char *copy = memory_text(text);
    for (char *at = copy; at < copy + text.len; at++)
        if ((unsigned char)*at < 0x20)
            *at = ' ';
    json_t *value = json_loadb(copy, text.len, 0, NULL);
    free(copy);
    return value;
}

void
facts_from_ld(struct facts *facts, struct spans scripts)
{
    for (size_t i = 0; i < scripts.count; i++) {
        json_t *value = load(scripts.at[i]);
        say_things(facts, value, 0);
        json_decref(value);
    }
}
