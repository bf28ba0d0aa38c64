/* SPDX-License-Identifier: ISC */
#include "story/phrases.h"

#include "base/text.h"
#include "story/cue.h"

struct phrase {
    struct phrase *next; /* in its slot: longer ones first */
    const struct word *words;
    size_t count;
    size_t lead;    /* how many of them are a cue: "thành phố Hà Nội" has 2 */
    bool common;    /* "an sinh xã hội": no proper name, so its capitals don't matter */
    bool noun;      /* "Thủ đô": a common noun, which its capital makes a name */
    bool unmarked;  /* the name without its marks */
    bool ambiguous; /* … which is another term's as well */
    enum phrase_kind kind;
    const struct term *term; /* NULL: PHRASE_NEVER */
};

struct phrases {
    struct region *region;
    struct cues *cues;
    struct phrase **slots; /* by the hash of a phrase's first word */
    size_t mask;
};

struct phrases *
phrases_new(struct region *region, size_t most)
{
    struct phrases *phrases = region_alloc(region, sizeof *phrases);
    size_t slots = 64;
    while (slots < 2 * most)
        slots *= 2;
    phrases->region = region;
    phrases->cues = cues_new(region);
    phrases->slots = region_array(region, slots, sizeof *phrases->slots);
    phrases->mask = slots - 1;
    return phrases;
}

/* FNV-1a. The keys come from the operator's own files, so nobody gains from collisions. */
static struct phrase **
slot_of(const struct phrases *phrases, struct span key)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < key.len; i++)
        hash = (hash ^ (unsigned char)key.at[i]) * 1099511628211u;
    return &phrases->slots[(hash ^ hash >> 32) & phrases->mask];
}

static bool
same_words(const struct phrase *a, const struct phrase *b)
{
    return a->count == b->count && words_equal(a->words, b->words, a->count);
}

static bool
is_name(const struct phrase *phrase)
{
    return phrase->kind != PHRASE_KEYWORD && phrase->kind != PHRASE_NEVER;
}

/* Another term's name of the same words; NULL: there is none. */
static struct phrase *
rival_of(const struct phrases *phrases, const struct phrase *phrase)
{
    struct phrase *other = *slot_of(phrases, phrase->words[0].key);
    for (; other != NULL; other = other->next)
        if (other->term != phrase->term && is_name(other) && same_words(other, phrase))
            return other;
    return NULL;
}

static void
insert(struct phrases *phrases, struct phrase *phrase)
{
    struct phrase **at = slot_of(phrases, phrase->words[0].key);
    while (*at != NULL && (*at)->count >= phrase->count)
        at = &(*at)->next;
    phrase->next = *at;
    *at = phrase;
}

/* A phrase that is in no slot yet; NULL: there is no word in it. */
static struct phrase *
phrase_new(struct phrases *phrases, struct span text, enum phrase_kind kind,
           const struct term *term)
{
    struct phrase *phrase = region_alloc(phrases->region, sizeof *phrase);
    phrase->words = words_keep(text, phrases->region, &phrase->count);
    if (phrase->count == 0)
        return NULL;
    const struct word *last = &phrase->words[phrase->count - 1];
    bool number = last->key.at[0] >= '0' && last->key.at[0] <= '9';
    phrase->noun = kind == PHRASE_TOWN && phrase->words[0].capital && !last->capital && !number;
    phrase->common = kind == PHRASE_KEYWORD || (!last->capital && !number && !phrase->noun);
    phrase->lead = cue_within(phrases->cues, phrase->words, phrase->count);
    phrase->kind = kind;
    phrase->term = term;
    return phrase;
}

const struct term *
phrases_add(struct phrases *phrases, struct span text, enum phrase_kind kind,
            const struct term *term)
{
    struct phrase *phrase = phrase_new(phrases, text, kind, term);
    if (phrase == NULL)
        return NULL;
    if (is_name(phrase)) {
        const struct phrase *rival = rival_of(phrases, phrase);
        if (rival != NULL)
            return rival->term;
    }
    insert(phrases, phrase);
    return NULL;
}

void
phrases_add_unmarked(struct phrases *phrases, struct span text, enum phrase_kind kind,
                     const struct term *term)
{
    struct buffer plain = BUFFER_EMPTY;
    struct phrase *marked = phrase_new(phrases, text, kind, term);
    text_fold(text, &plain);
    struct phrase *phrase = phrase_new(phrases, buffer_span(&plain), kind, term);
    buffer_fini(&plain);
    /* A word alone means too many things without its marks; so does a phrase of small letters. */
    if (marked == NULL || phrase == NULL || phrase->count < 2 || marked->common || marked->noun ||
        phrase->count != marked->count || words_equal(phrase->words, marked->words, phrase->count))
        return;
    struct phrase *rival = rival_of(phrases, phrase);
    phrase->unmarked = true;
    phrase->common = false;
    phrase->lead = marked->lead;
    phrase->ambiguous = rival != NULL;
    if (rival != NULL && rival->unmarked)
        rival->ambiguous = true;
    insert(phrases, phrase);
}

/* A text being read, word by word. */
struct reading {
    const struct phrases *phrases;
    struct words words;
    size_t at;
    size_t listed; /* the word behind the last name that counted; 0: there was none */
    bool keywords;
};

/* The phrase's words stand here, with their capitals, and nothing between that would part them. */
static bool
stands(const struct phrase *phrase, const struct reading *reading)
{
    const struct word *words = reading->words.at + reading->at;
    if (phrase->count > reading->words.count - reading->at ||
        !words_equal(words, phrase->words, phrase->count))
        return false;
    for (size_t i = 0; i < phrase->count; i++) {
        enum gap own = phrase->words[i].gap > GAP_JOIN ? phrase->words[i].gap : GAP_JOIN;
        bool capital = phrase->unmarked || phrase->words[i].capital;
        if (i + 1 < phrase->count && words[i].gap > own)
            return false;
        if (capital && !phrase->common && i >= phrase->lead && !words[i].capital)
            return false;
    }
    return !phrase->ambiguous;
}

/* The name here goes on a list with the one before: "TP Hà Nội, Đà Nẵng, Hồ Chí Minh và Cần Thơ".
 */
static bool
continues_list(const struct reading *reading)
{
    const struct word *words = reading->words.at;
    if (reading->listed == 0)
        return false;
    if (reading->listed == reading->at)
        return words[reading->at - 1].gap == GAP_COMMA || words[reading->at - 1].gap == GAP_JOIN;
    return reading->listed + 1 == reading->at &&
           cue_joins(reading->phrases->cues, words[reading->listed].key) &&
           words[reading->listed - 1].gap <= GAP_COMMA && words[reading->listed].gap == GAP_SPACE;
}

/* What the words before a name, or its own first ones, say that it is. */
static enum cue
cue_of(const struct phrase *phrase, const struct reading *reading)
{
    if (phrase->lead > 0)
        return CUE_PLACE;
    return cue_before(reading->phrases->cues, reading->words.at, reading->at);
}

/* A name goes on where the phrase ends: "Thủ đô Paris" is not ours. */
static bool
is_named(const struct phrase *phrase, const struct reading *reading)
{
    size_t behind = reading->at + phrase->count;
    const struct word *words = reading->words.at;
    return behind < reading->words.count && words[behind - 1].gap == GAP_SPACE &&
           words[behind].capital;
}

/* The phrase stands here; whether it means its term. */
static bool
counts(const struct phrase *phrase, const struct reading *reading)
{
    enum cue cue;
    switch (phrase->kind) {
    case PHRASE_NAME:
        cue = phrase->common ? CUE_NONE : cue_of(phrase, reading);
        return cue != CUE_STREET && cue != CUE_PERSON;
    case PHRASE_TOWN:
        if (phrase->noun)
            return !is_named(phrase, reading);
        cue = cue_of(phrase, reading);
        return cue == CUE_PLACE || cue == CUE_DISTRICT || continues_list(reading);
    case PHRASE_CUED:
        return cue_of(phrase, reading) == CUE_PLACE || continues_list(reading);
    case PHRASE_WHOLE:
        return phrase->count == reading->words.count;
    case PHRASE_KEYWORD:
        return reading->keywords;
    case PHRASE_NEVER:
        break;
    }
    return false;
}

/* From the next word to the phrase's last. */
static struct span
where_it_stands(const struct phrase *phrase, const struct reading *reading)
{
    const struct word *first = reading->words.at + reading->at;
    struct span last = first[phrase->count - 1].raw;
    return (struct span){ first->raw.at, (size_t)(last.at + last.len - first->raw.at) };
}

/* Tells of the longest phrases that stand here, and steps behind them; false: enough told. */
static bool
read_on(struct reading *reading, phrases_mention_fn *mention, void *whom)
{
    size_t longest = 0, listed = 0;
    bool more = true;
    const struct phrase *phrase = *slot_of(reading->phrases, reading->words.at[reading->at].key);
    for (; more && phrase != NULL && phrase->count >= longest; phrase = phrase->next) {
        if (!stands(phrase, reading))
            continue;
        bool counted = counts(phrase, reading);
        if (!counted && (phrase->kind == PHRASE_WHOLE || phrase->kind == PHRASE_KEYWORD))
            continue;
        longest = phrase->count;
        if (counted) {
            if (is_name(phrase))
                listed = reading->at + longest;
            more = mention(whom, phrase->term, where_it_stands(phrase, reading));
        }
    }
    reading->at += longest > 0 ? longest : 1;
    if (listed > 0)
        reading->listed = listed;
    return more;
}

void
phrases_find(const struct phrases *phrases, struct span text, bool keywords,
             phrases_mention_fn *mention, void *whom)
{
    struct reading reading = { .phrases = phrases, .keywords = keywords };
    words_init(&reading.words, text);
    while (reading.at < reading.words.count)
        if (!read_on(&reading, mention, whom))
            break;
    words_fini(&reading.words);
}
