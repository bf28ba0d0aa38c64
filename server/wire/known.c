/* SPDX-License-Identifier: ISC */
#include "base/text.h"
#include "story/gemtext.h"
#include "wire/canonical.h"
#include "wire/known_inside.h"
#include "wire/stories.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static struct known *
known_new(void)
{
    struct known *known = memory_new(sizeof *known);
    *known = (struct known){ .region = region_new() };
    known_table_init(&known->table);
    if (getrandom(known->secret, sizeof known->secret, 0) != (ssize_t)sizeof known->secret)
        memory_end();
    return known;
}

void
known_free(struct known *known)
{
    if (known == NULL)
        return;
    known_table_fini(&known->table);
    region_free(known->region);
    free(known->at);
    free(known);
}

size_t
known_count(const struct known *known)
{
    return known->alive;
}

uint64_t
known_key(const struct known *known, enum known_kind kind, struct span what)
{
    return hash_keyed(known->secret, what) + kind;
}

uint64_t
known_key_number(const struct known *known, enum known_kind kind, uint64_t number)
{
    return known_key(known, kind, (struct span){ (const char *)&number, sizeof number });
}

uint64_t
known_key_address(const struct known *known, enum known_kind kind, struct span url)
{
    size_t at;
    if (span_starts(url, SPAN("http")) && span_find(url, SPAN("://"), &at))
        url = span_skip(url, at);
    return known_key(known, kind, url);
}

bool
known_key_site(const struct known *known, struct span url, uint64_t *out)
{
    struct site_key site;
    struct buffer text = BUFFER_EMPTY;
    if (!canonical_site_key(url, &site))
        return false;
    buffer_printf(&text, "%.*s %.*s", SPAN_ARG(site.host), SPAN_ARG(site.number));
    *out = known_key(known, BY_NUMBER, buffer_span(&text));
    buffer_fini(&text);
    return true;
}

uint64_t
known_key_title(const struct known *known, struct span title)
{
    struct buffer text = BUFFER_EMPTY;
    text_key(title, &text);
    uint64_t key = known_key(known, BY_TITLE, buffer_span(&text));
    buffer_fini(&text);
    return key;
}

int64_t
known_span(int64_t instant)
{
    return instant / TITLE_APART_MAX - (instant % TITLE_APART_MAX < 0);
}

uint64_t
known_key_word(const struct known *known, uint32_t word, int64_t span)
{
    return known_key_number(known, BY_WORD, (uint64_t)span << 32 | word);
}

uint32_t
known_telling_words(const struct title_words *words)
{
    uint32_t shared = (uint32_t)((double)words->count * TITLE_LIKE);
    return words->count < TITLE_WORDS_LEAST ? 0 : words->count - shared + 1;
}

static struct span
hash_span(const struct fingerprint *fingerprint)
{
    return (struct span){ (const char *)fingerprint->hash, HASH_BYTES };
}

static void
link_text(struct known *known, const struct known_entry *entry, uint32_t number)
{
    const struct fingerprint *fingerprint = &entry->story.fingerprint;
    if (fingerprint->syllables >= FINGERPRINT_LEAST)
        known_table_add(&known->table, known_key(known, BY_HASH, hash_span(fingerprint)), number);
    for (int i = 0; fingerprint->syllables >= FINGERPRINT_NEAR_LEAST && i < FINGERPRINT_BANDS; i++)
        known_table_add(&known->table,
                        known_key_number(known, BY_BAND, fingerprint_band(fingerprint, i)), number);
    for (uint32_t i = 0, most = known_telling_words(entry->words);
         i < most && i < entry->words->count; i++)
        known_table_add(
            &known->table,
            known_key_word(known, entry->words->at[i], known_span(entry->story.instant)), number);
}

static void
link_address(struct known *known, const struct known_entry *entry, uint32_t number)
{
    struct span source = entry->story.source;
    uint64_t key;
    if (source.len == 0)
        return;
    known_table_add(&known->table, known_key_address(known, BY_ADDRESS, source), number);
    if (known_key_site(known, source, &key))
        known_table_add(&known->table, key, number);
}

/* "tin-moi-2" is of interest to whoever would be "tin-moi". */
static void
link_slug(struct known *known, struct span slug, uint32_t number)
{
    uint64_t counted;
    size_t from = slug.len;
    known_table_add(&known->table, known_key(known, BY_SLUG, slug), number);
    while (from > 0 && slug.at[from - 1] >= '0' && slug.at[from - 1] <= '9')
        from--;
    if (from > 1 && slug.at[from - 1] == '-' && span_number(span_skip(slug, from), 9999, &counted))
        known_table_add(&known->table, known_key(known, BY_SLUG, span_first(slug, from - 1)),
                        number);
}

/* Links that say who else told the story. */
static void
link_others(struct known *known, struct span body, uint32_t number)
{
    struct gemtext walk = gemtext_walk(body);
    struct gemline line;
    struct span url;
    while (gemtext_next(&walk, &line))
        if (line.kind == GEMLINE_LINK &&
            (span_starts(line.text, SPAN(KNOWN_ALSO_VI)) ||
             span_starts(line.text, SPAN(KNOWN_ALSO_EN))) &&
            canonical_url(line.target, known->region, &url))
            known_table_add(&known->table, known_key_address(known, BY_ALSO, url), number);
}

static const struct title_words *
keep_words(struct known *known, struct span title)
{
    struct title_words words;
    title_words_read(title, &words);
    size_t bytes = offsetof(struct title_words, at) + words.count * sizeof *words.at;
    return memcpy(region_alloc(known->region, bytes), &words, bytes);
}

static struct span
slug_of(struct span path)
{
    size_t from = path.len, ending = strlen(".gmi");
    while (from > 0 && path.at[from - 1] != '/')
        from--;
    struct span name = span_skip(path, from);
    return name.len > ending ? span_first(name, name.len - ending) : name;
}

/* The day it happened, where that is known; else when it came in. */
static int64_t
instant_of(const struct story *story)
{
    return story->date.precision >= DATE_DAY ? story->date.instant : story->added.instant;
}

static void
add_entry(struct known *known, struct span path, struct span bytes, const struct fingerprint *text)
{
    struct known_entry *entry = region_alloc(known->region, sizeof *entry);
    struct region *scratch = region_new();
    uint32_t number = (uint32_t)known->count;
    struct story story;
    if (known->count == known->room) {
        known->room = known->room == 0 ? 256 : 2 * known->room;
        known->at = memory_grow(known->at, known->room * sizeof(struct known_entry *));
    }
    known->at[known->count++] = entry;
    known->alive++;
    entry->story.path = region_copy(known->region, path);
    entry->story.slug = slug_of(entry->story.path);
    known_table_add(&known->table, known_key(known, BY_PATH, path), number);
    link_slug(known, entry->story.slug, number);
    entry->story.readable = story_parse(bytes, scratch, &story, NULL) == STATUS_OK;
    if (entry->story.readable) {
        entry->story.instant = instant_of(&story);
        (void)canonical_url(story.source, known->region, &entry->story.source);
        if (text != NULL)
            entry->story.fingerprint = *text;
        else
            fingerprint_read(story.body, &entry->story.fingerprint);
        entry->words = keep_words(known, story.title);
        known_table_add(&known->table, known_key_title(known, story.title), number);
        link_address(known, entry, number);
        link_others(known, story.body, number);
        link_text(known, entry, number);
    }
    region_free(scratch);
}

void
known_put(struct known *known, struct span path, struct span bytes, const struct fingerprint *text)
{
    struct known_table_walk walk = known_table_find(&known->table, known_key(known, BY_PATH, path));
    for (uint32_t number; known_table_next(&walk, &number);)
        if (!known->at[number]->gone && span_equal(known->at[number]->story.path, path)) {
            known->at[number]->gone = true;
            known->alive--;
        }
    if (bytes.at != NULL)
        add_entry(known, path, bytes, text);
}

static void
on_story(void *whom, struct span path, struct span slug, struct span bytes)
{
    (void)slug;
    add_entry(whom, path, bytes, NULL);
}

enum status
known_read(int content, struct known **out)
{
    struct known *known = known_new();
    enum status status = stories_read(content, on_story, known);
    if (status == STATUS_OK)
        *out = known;
    else
        known_free(known);
    return status;
}

const struct known_entry *
known_next(const struct known *known, struct known_table_walk *walk)
{
    for (uint32_t number; known_table_next(walk, &number);)
        if (!known->at[number]->gone)
            return known->at[number];
    return NULL;
}

static void
collect(const struct known *known, uint64_t key, struct region *region, struct known_stories *out)
{
    struct known_table_walk walk = known_table_find(&known->table, key);
    for (const struct known_entry *entry; (entry = known_next(known, &walk)) != NULL;) {
        bool there = false;
        for (size_t i = 0; i < out->count; i++)
            there = there || out->at[i] == &entry->story;
        if (there)
            continue;
        if ((out->count & (out->count - 1)) == 0) { /* there is room for a power of two */
            size_t room = out->count == 0 ? 1 : 2 * out->count;
            const struct known_story **more = region_array(region, room, sizeof *more);
            if (out->count > 0)
                memcpy(more, out->at, out->count * sizeof *more);
            out->at = more;
        }
        out->at[out->count++] = &entry->story;
    }
}

void
known_select(const struct known *known, const struct wanted *wanted, struct region *region,
             struct known_stories *out)
{
    struct span source;
    uint64_t key;
    *out = (struct known_stories){ NULL, 0 };
    for (size_t i = 0; i < wanted->slugs.count; i++)
        collect(known, known_key(known, BY_SLUG, wanted->slugs.at[i]), region, out);
    for (size_t i = 0; i < wanted->titles.count; i++)
        collect(known, known_key_title(known, wanted->titles.at[i]), region, out);
    if (!canonical_url(wanted->source, region, &source))
        return;
    collect(known, known_key_address(known, BY_ADDRESS, source), region, out);
    if (known_key_site(known, source, &key))
        collect(known, key, region, out);
}
