/* SPDX-License-Identifier: ISC */
#include "wire/canonical.h"
#include "wire/known_inside.h"

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
answer(struct search *search, const struct known_entry *entry, enum known_by by)
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
is_before(const struct known_entry *one, const struct known_entry *other)
{
    int64_t a = one->story.instant, b = other->story.instant;
    return a != b ? a < b : span_compare(one->story.path, other->story.path) < 0;
}

/* Several stories may have come from one page: an article, and those it tells of. */
static bool
is_rather(const struct search *search, const struct known_entry *one,
          const struct known_entry *other)
{
    double a = title_words_likeness(&search->words, one->words);
    double b = title_words_likeness(&search->words, other->words);
    if (a != b)
        return a > b;
    size_t more = one->story.fingerprint.syllables, less = other->story.fingerprint.syllables;
    return more != less ? more > less : is_before(one, other);
}

static const struct known_entry *
choose(const struct search *search, uint64_t key)
{
    const struct known_entry *chosen = NULL;
    struct known_table_walk walk = known_table_find(&search->known->table, key);
    for (const struct known_entry *entry; (entry = known_next(search->known, &walk)) != NULL;)
        if (chosen == NULL || is_rather(search, entry, chosen))
            chosen = entry;
    return chosen;
}

static bool
find_by_address(struct search *search)
{
    struct span addresses[] = { search->own, search->address };
    for (size_t i = 0; i < 2 && search->address.len > 0; i++) {
        uint64_t key = known_key_address(search->known, BY_ADDRESS, addresses[i]);
        const struct known_entry *entry = choose(search, key);
        if (entry != NULL)
            return answer(search, entry, KNOWN_BY_ADDRESS);
    }
    return false;
}

static bool
find_by_number(struct search *search)
{
    uint64_t key;
    if (search->address.len == 0 || !known_key_site(search->known, search->address, &key))
        return false;
    const struct known_entry *entry = choose(search, key);
    return entry != NULL && answer(search, entry, KNOWN_BY_NUMBER);
}

static bool
find_listed(struct search *search)
{
    struct span addresses[] = { search->own, search->address };
    for (size_t i = 0; i < 2 && search->address.len > 0; i++) {
        uint64_t key = known_key_address(search->known, BY_ALSO, addresses[i]);
        const struct known_entry *entry = choose(search, key);
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
    const struct known_entry *entry = choose(
        search, known_key(search->known, BY_HASH,
                          (struct span){ (const char *)search->fingerprint.hash, HASH_BYTES }));
    return entry != NULL && answer(search, entry, KNOWN_BY_HASH);
}

static bool
is_of_its_time(const struct search *search, const struct known_entry *entry)
{
    int64_t apart = search->question->instant - entry->story.instant;
    return apart <= TITLE_APART_MAX && apart >= -TITLE_APART_MAX;
}

/* A site that numbers its stories says that these are two. */
static bool
is_numbered_apart(const struct search *search, const struct known_entry *entry)
{
    uint64_t one, other;
    return search->address.len > 0 && entry->story.source.len > 0 &&
           canonical_same_site(search->address, entry->story.source) &&
           known_key_site(search->known, search->address, &one) &&
           known_key_site(search->known, entry->story.source, &other) && one != other;
}

/* A series that differs by its numbers alone ("xổ số 23/11") is as many stories. */
static bool
is_near(const struct search *search, const struct known_entry *entry)
{
    int distance = fingerprint_distance(&search->fingerprint, &entry->story.fingerprint);
    if (distance > FINGERPRINT_NEAR ||
        !fingerprint_is_comparable(&search->fingerprint, &entry->story.fingerprint) ||
        entry->words->numbers != search->words.numbers || is_numbered_apart(search, entry))
        return false;
    return distance <= FINGERPRINT_SAME ||
           (is_of_its_time(search, entry) &&
            title_words_likeness(&search->words, entry->words) >= TITLE_ALIKE_ENOUGH);
}

static bool
find_by_text(struct search *search)
{
    const struct known_entry *nearest = NULL;
    int least = FINGERPRINT_NEAR + 1;
    for (int i = 0; i < FINGERPRINT_BANDS; i++) {
        uint64_t band = fingerprint_band(&search->fingerprint, i);
        struct known_table_walk walk = known_table_find(
            &search->known->table, known_key_number(search->known, BY_BAND, band));
        for (const struct known_entry *entry; (entry = known_next(search->known, &walk)) != NULL;) {
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

/* The likest title so far. */
struct likest {
    const struct known_entry *entry; /* NULL: none */
    double likeness;
};

static void
look_for_word(const struct search *search, uint64_t key, struct likest *likest)
{
    struct known_table_walk walk = known_table_find(&search->known->table, key);
    for (const struct known_entry *entry; (entry = known_next(search->known, &walk)) != NULL;) {
        double likeness = is_of_its_time(search, entry)
                              ? title_words_likeness(&search->words, entry->words)
                              : 0;
        bool likelier = likeness > likest->likeness ||
                        (likest->entry != NULL && likeness == likest->likeness &&
                         is_before(entry, likest->entry));
        if (likeness >= TITLE_LIKE && likelier && !is_numbered_apart(search, entry))
            *likest = (struct likest){ entry, likeness };
    }
}

static bool
find_by_title(struct search *search)
{
    struct likest likest = { NULL, 0 };
    int64_t span = known_span(search->question->instant);
    uint32_t most = known_telling_words(&search->words);
    for (uint32_t i = 0; i < most && i < search->words.count; i++)
        for (int64_t at = span - 1; at <= span + 1; at++)
            look_for_word(search, known_key_word(search->known, search->words.at[i], at), &likest);
    return likest.entry != NULL && answer(search, likest.entry, KNOWN_BY_TITLE);
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
    if (question->text != NULL)
        search.fingerprint = *question->text;
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
