/* SPDX-License-Identifier: ISC */
#include "wire/known.h"

#include "base/text.h"
#include "story/gemtext.h"
#include "wire/canonical.h"
#include "wire/known_table.h"
#include "wire/stories.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* What a story is looked up by; each kind's keys are apart from the others'. */
enum kind { BY_PATH, BY_ADDRESS, BY_NUMBER, BY_ALSO, BY_HASH, BY_BAND, BY_WORD };

struct entry {
    struct known_story story;
    bool gone;                       /* another one has its path now, or none has */
    const struct title_words *words; /* as many as it has */
};

struct known {
    struct region *region;
    struct known_table table; /* of numbers of entries */
    struct entry **at;
    size_t count, room, alive;
    unsigned char secret[HASH_SECRET];
};

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

static uint64_t
key_of(const struct known *known, enum kind kind, struct span what)
{
    return hash_keyed(known->secret, what) + kind;
}

/* http and https are one place. */
static struct span
without_scheme(struct span url)
{
    size_t at;
    bool web = span_starts(url, SPAN("http")) && span_find(url, SPAN("://"), &at);
    return web ? span_skip(url, at) : url;
}

static uint64_t
key_of_number(const struct known *known, const struct site_key *site, struct region *scratch)
{
    struct span text = region_printf(scratch, "%.*s %.*s", SPAN_ARG(site->host),
                                     SPAN_ARG(site->number));
    return key_of(known, BY_NUMBER, text);
}

static uint64_t
key_of_integer(const struct known *known, enum kind kind, uint64_t number)
{
    return key_of(known, kind, (struct span){ (const char *)&number, sizeof number });
}

static struct span
hash_span(const struct fingerprint *fingerprint)
{
    return (struct span){ (const char *)fingerprint->hash, HASH_BYTES };
}

/* Two titles that share TITLE_LIKE of their words share one of so many first ones, in the order of
 * their numbers, of each. */
static uint32_t
telling_words(const struct title_words *words)
{
    uint32_t shared = (uint32_t)((double)words->count * TITLE_LIKE);
    return words->count < TITLE_WORDS_LEAST ? 0 : words->count - shared + 1;
}

static void
link_text(struct known *known, const struct entry *entry, uint32_t number)
{
    const struct fingerprint *fingerprint = &entry->story.fingerprint;
    if (fingerprint->syllables >= FINGERPRINT_LEAST)
        known_table_add(&known->table, key_of(known, BY_HASH, hash_span(fingerprint)), number);
    for (int i = 0; fingerprint->syllables >= FINGERPRINT_NEAR_LEAST && i < FINGERPRINT_BANDS; i++)
        known_table_add(&known->table,
                        key_of_integer(known, BY_BAND, fingerprint_band(fingerprint, i)), number);
    for (uint32_t i = 0, most = telling_words(entry->words); i < most && i < entry->words->count;
         i++)
        known_table_add(&known->table, key_of_integer(known, BY_WORD, entry->words->at[i]), number);
}

static void
link_address(struct known *known, const struct entry *entry, uint32_t number)
{
    struct site_key site;
    struct span source = entry->story.source;
    if (source.len == 0)
        return;
    known_table_add(&known->table, key_of(known, BY_ADDRESS, without_scheme(source)), number);
    if (canonical_site_key(source, &site))
        known_table_add(&known->table, key_of_number(known, &site, known->region), number);
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
            known_table_add(&known->table, key_of(known, BY_ALSO, without_scheme(url)), number);
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
add_entry(struct known *known, struct span path, struct span bytes)
{
    struct entry *entry = region_alloc(known->region, sizeof *entry);
    struct region *scratch = region_new();
    uint32_t number = (uint32_t)known->count;
    struct story story;
    if (known->count == known->room) {
        known->room = known->room == 0 ? 256 : 2 * known->room;
        known->at = memory_grow(known->at, known->room * sizeof(struct entry *));
    }
    known->at[known->count++] = entry;
    known->alive++;
    entry->story.path = region_copy(known->region, path);
    entry->story.slug = slug_of(entry->story.path);
    known_table_add(&known->table, key_of(known, BY_PATH, path), number);
    entry->story.readable = story_parse(bytes, scratch, &story, NULL) == STATUS_OK;
    if (entry->story.readable) {
        entry->story.instant = instant_of(&story);
        (void)canonical_url(story.source, known->region, &entry->story.source);
        fingerprint_read(story.body, &entry->story.fingerprint);
        entry->words = keep_words(known, story.title);
        link_address(known, entry, number);
        link_others(known, story.body, number);
        link_text(known, entry, number);
    }
    region_free(scratch);
}

void
known_put(struct known *known, struct span path, struct span bytes)
{
    struct known_table_walk walk = known_table_find(&known->table, key_of(known, BY_PATH, path));
    for (uint32_t number; known_table_next(&walk, &number);)
        if (!known->at[number]->gone && span_equal(known->at[number]->story.path, path)) {
            known->at[number]->gone = true;
            known->alive--;
        }
    if (bytes.at != NULL)
        add_entry(known, path, bytes);
}

static void
on_story(void *whom, struct span path, struct span slug, struct span bytes)
{
    (void)slug;
    add_entry(whom, path, bytes);
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

/* A question, with what it is looked up by. */
struct search {
    const struct known *known;
    const struct known_question *question;
    struct region *region;
    struct span address; /* canonical; empty: it has none */
    struct span own;     /* … without what its page claims */
    struct fingerprint fingerprint;
    struct title_words words;
    struct known_answer *out;
};

static bool
answer(struct search *search, const struct entry *entry, enum known_by by)
{
    struct span source = entry->story.source;
    bool address = by == KNOWN_BY_ADDRESS || by == KNOWN_BY_NUMBER;
    *search->out = (struct known_answer){ .by = by, .story = &entry->story };
    search->out->same_site = address || (source.len > 0 && search->address.len > 0 &&
                                         canonical_same_site(source, search->address));
    /* A story that nobody says the source of may well be from here. */
    bool same = address || source.len == 0 || search->address.len == 0;
    search->out->verdict = same ? KNOWN_SAME : KNOWN_TWICE;
    return true;
}

/* Of two that are as good, the one that came first: the others are told after it. */
static bool
is_before(const struct entry *one, const struct entry *other)
{
    int64_t a = one->story.instant, b = other->story.instant;
    return a != b ? a < b : span_compare(one->story.path, other->story.path) < 0;
}

/* The next entry with that key that is still there; NULL. */
static const struct entry *
next_entry(const struct search *search, struct known_table_walk *walk)
{
    for (uint32_t number; known_table_next(walk, &number);)
        if (!search->known->at[number]->gone)
            return search->known->at[number];
    return NULL;
}

/* Several stories may have come from one page: an article, and those it tells of. */
static bool
is_rather(const struct search *search, const struct entry *one, const struct entry *other)
{
    double a = title_words_likeness(&search->words, one->words);
    double b = title_words_likeness(&search->words, other->words);
    if (a != b)
        return a > b;
    size_t more = one->story.fingerprint.syllables, less = other->story.fingerprint.syllables;
    return more != less ? more > less : is_before(one, other);
}

static const struct entry *
choose(const struct search *search, uint64_t key)
{
    const struct entry *chosen = NULL;
    struct known_table_walk walk = known_table_find(&search->known->table, key);
    for (const struct entry *entry; (entry = next_entry(search, &walk)) != NULL;)
        if (chosen == NULL || is_rather(search, entry, chosen))
            chosen = entry;
    return chosen;
}

static bool
find_by_address(struct search *search)
{
    struct span addresses[] = { search->own, search->address };
    for (size_t i = 0; i < 2 && search->address.len > 0; i++) {
        uint64_t key = key_of(search->known, BY_ADDRESS, without_scheme(addresses[i]));
        const struct entry *entry = choose(search, key);
        if (entry != NULL)
            return answer(search, entry, KNOWN_BY_ADDRESS);
    }
    return false;
}

static bool
find_by_number(struct search *search)
{
    struct site_key site;
    if (search->address.len == 0 || !canonical_site_key(search->address, &site))
        return false;
    const struct entry *entry = choose(search, key_of_number(search->known, &site, search->region));
    return entry != NULL && answer(search, entry, KNOWN_BY_NUMBER);
}

static bool
find_listed(struct search *search)
{
    struct span addresses[] = { search->own, search->address };
    for (size_t i = 0; i < 2 && search->address.len > 0; i++) {
        uint64_t key = key_of(search->known, BY_ALSO, without_scheme(addresses[i]));
        const struct entry *entry = choose(search, key);
        if (entry != NULL && answer(search, entry, KNOWN_BY_ADDRESS)) {
            search->out->same_site = entry->story.source.len > 0 &&
                                     canonical_same_site(entry->story.source, search->address);
            search->out->verdict = KNOWN_TWICE;
            return search->out->listed = true;
        }
    }
    return false;
}

static bool
find_by_hash(struct search *search)
{
    if (search->fingerprint.syllables < FINGERPRINT_LEAST)
        return false;
    const struct entry *entry = choose(
        search, key_of(search->known, BY_HASH, hash_span(&search->fingerprint)));
    return entry != NULL && answer(search, entry, KNOWN_BY_HASH);
}

static bool
is_of_its_time(const struct search *search, const struct entry *entry)
{
    int64_t apart = search->question->instant - entry->story.instant;
    return apart <= TITLE_APART_MAX && apart >= -TITLE_APART_MAX;
}

/* A series that differs by its numbers alone ("xổ số 23/11") is as many stories. */
static bool
is_near(const struct search *search, const struct entry *entry)
{
    int distance = fingerprint_distance(&search->fingerprint, &entry->story.fingerprint);
    if (distance > FINGERPRINT_NEAR ||
        !fingerprint_is_comparable(&search->fingerprint, &entry->story.fingerprint) ||
        entry->words->numbers != search->words.numbers)
        return false;
    return distance <= FINGERPRINT_SAME ||
           (is_of_its_time(search, entry) &&
            title_words_likeness(&search->words, entry->words) >= TITLE_ALIKE_ENOUGH);
}

static bool
find_by_text(struct search *search)
{
    const struct entry *nearest = NULL;
    int least = FINGERPRINT_NEAR + 1;
    for (int i = 0; i < FINGERPRINT_BANDS; i++) {
        uint64_t band = fingerprint_band(&search->fingerprint, i);
        struct known_table_walk walk = known_table_find(
            &search->known->table, key_of_integer(search->known, BY_BAND, band));
        for (const struct entry *entry; (entry = next_entry(search, &walk)) != NULL;) {
            int distance = fingerprint_distance(&search->fingerprint, &entry->story.fingerprint);
            bool nearer = distance < least ||
                          (nearest != NULL && distance == least && is_before(entry, nearest));
            if (nearer && is_near(search, entry)) {
                nearest = entry;
                least = distance;
            }
        }
    }
    return nearest != NULL && answer(search, nearest, KNOWN_BY_TEXT);
}

static bool
find_by_title(struct search *search)
{
    const struct entry *likest = NULL;
    double most = 0;
    for (uint32_t i = 0, end = telling_words(&search->words); i < end && i < search->words.count;
         i++) {
        struct known_table_walk walk = known_table_find(
            &search->known->table, key_of_integer(search->known, BY_WORD, search->words.at[i]));
        for (const struct entry *entry; (entry = next_entry(search, &walk)) != NULL;) {
            double likeness = is_of_its_time(search, entry)
                                  ? title_words_likeness(&search->words, entry->words)
                                  : 0;
            if (likeness >= TITLE_LIKE &&
                (likeness > most || (likeness == most && is_before(entry, likest)))) {
                likest = entry;
                most = likeness;
            }
        }
    }
    return likest != NULL && answer(search, likest, KNOWN_BY_TITLE);
}

void
known_find(const struct known *known, const struct known_question *question,
           struct known_answer *out)
{
    static bool (*const ways[])(struct search *) = {
        find_by_address, find_by_number, find_listed, find_by_hash, find_by_text, find_by_title
    };
    struct search search = { .known = known, .question = question, .out = out };
    search.region = region_new();
    *out = (struct known_answer){ .verdict = KNOWN_NEW };
    if (canonical_choose(question->url, question->claim, search.region, &search.address))
        (void)canonical_url(question->url, search.region, &search.own);
    fingerprint_read(question->body, &search.fingerprint);
    title_words_read(question->title, &search.words);
    for (size_t i = 0; i < sizeof ways / sizeof *ways && !ways[i](&search); i++)
        continue;
    region_free(search.region);
}

const char *
known_by_name(enum known_by by)
{
    static const char *const names[] = {
        [KNOWN_BY_NOTHING] = "nothing",
        [KNOWN_BY_ADDRESS] = "same address",
        [KNOWN_BY_NUMBER] = "same number on its site",
        [KNOWN_BY_HASH] = "same text",
        [KNOWN_BY_TEXT] = "nearly the same text",
        [KNOWN_BY_TITLE] = "same title within two days",
    };
    return names[by];
}
