/* SPDX-License-Identifier: ISC */
#include "story/phrase.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 12 }; /* of one phrase */

/* One word of a text. */
struct word {
    struct span key; /* text_key of it */
    bool capital;    /* it begins with one */
    bool folded;     /* it has no marks: plain ASCII */
    bool comma;      /* a comma stood before it */
    bool apart;      /* so did something a name does not run across */
};

struct words {
    struct word *at;
    size_t count, room;
    struct buffer keys; /* the keys' bytes: offsets until settled */
};

struct phrase {
    struct span keys[WORDS_MAX];
    size_t count;
    size_t capital; /* the first word that has one: "thành phố Hà Nội" */
    enum phrase_kind kind;
    bool folded; /* the name without its marks */
    const struct term *term;
};

struct phrases {
    struct region *region;
    struct phrase *at;
    size_t count, room;
};

static bool
is_word_char(uint32_t point)
{
    if (point < 0x80)
        return (point >= '0' && point <= '9') || (point >= 'a' && point <= 'z') ||
               (point >= 'A' && point <= 'Z');
    return point >= 0xC0 && point != 0xD7 && point != 0xF7 &&
           !(point >= 0x2000 && point < 0x2070) && !(point >= 0x3000 && point < 0x3040) &&
           !(point >= 0x20A0 && point < 0x2100);
}

static void
words_add(struct words *words, struct span text, bool comma, bool apart)
{
    size_t from = words->keys.len;
    text_key(text, &words->keys);
    if (words->keys.len == from)
        return;
    if (words->count == words->room) {
        words->room = words->room == 0 ? 64 : 2 * words->room;
        words->at = memory_grow(words->at, words->room * sizeof *words->at);
    }
    struct word *word = &words->at[words->count++];
    struct span key = span_skip(buffer_span(&words->keys), from);
    /* A capital is whatever its key's first letter is not the lower case of. */
    struct buffer nfc = BUFFER_EMPTY;
    text_nfc(text, &nfc);
    unsigned char first = nfc.len > 0 ? (unsigned char)nfc.at[0] : 0;
    word->folded = true;
    for (size_t i = 0; i < nfc.len; i++)
        word->folded = word->folded && (unsigned char)nfc.at[i] < 0x80;
    uint32_t point = 0;
    text_next(buffer_span(&nfc), &point);
    word->capital = first < 0x80 ? first >= 'A' && first <= 'Z' : text_is_upper(point);
    buffer_fini(&nfc);
    word->key = (struct span){ (const char *)(uintptr_t)from, key.len }; /* settled below */
    word->comma = comma;
    word->apart = apart;
}

/* What stands between two words, mark by mark. */
static void
read_mark(uint32_t point, size_t word_len, bool followed_by_space, bool *comma, bool *apart)
{
    if (point == ',')
        *comma = *apart = true;
    else if (point == '.')
        *apart = *apart || (followed_by_space && word_len > 3); /* "TP. Hồ", "TP.HCM" run on */
    else if (point != ' ' && point != '-' && point != 0x2013 && point != 0xA0)
        *apart = true;
}

static void
words_read(struct words *words, struct span text)
{
    bool comma = false, apart = true;
    size_t last = 0;
    while (text.len > 0) {
        uint32_t point = 0;
        size_t len = 0, bytes = text_next(text, &point);
        while (bytes > 0 && len < text.len && is_word_char(point)) {
            len += bytes;
            bytes = text_next(span_skip(text, len), &point);
        }
        if (len > 0) {
            words_add(words, span_first(text, len), comma, apart);
            comma = apart = false;
            last = len;
        } else {
            len = bytes > 0 ? bytes : 1;
            bool space = text.len > len && text.at[len] == ' ';
            read_mark(point, last, space, &comma, &apart);
        }
        text = span_skip(text, len);
    }
    for (size_t i = 0; i < words->count; i++)
        words->at[i].key.at = words->keys.at + (uintptr_t)words->at[i].key.at;
}

static void
words_fini(struct words *words)
{
    buffer_fini(&words->keys);
    free(words->at);
}

struct phrases *
phrases_new(struct region *region)
{
    struct phrases *phrases = region_alloc(region, sizeof *phrases);
    phrases->region = region;
    return phrases;
}

static struct phrase *
phrases_room(struct phrases *phrases)
{
    if (phrases->count == phrases->room) {
        size_t room = phrases->room == 0 ? 64 : 2 * phrases->room;
        struct phrase *grown = region_array(phrases->region, room, sizeof *grown);
        if (phrases->count > 0)
            memcpy(grown, phrases->at, phrases->count * sizeof *grown);
        phrases->at = grown;
        phrases->room = room;
    }
    return &phrases->at[phrases->count++];
}

static void
add_words(struct phrases *phrases, const struct words *words, enum phrase_kind kind, bool folded,
          const struct term *term)
{
    if (words->count == 0 || words->count > WORDS_MAX)
        return;
    struct phrase *phrase = phrases_room(phrases);
    *phrase =
        (struct phrase){ .count = words->count, .kind = kind, .folded = folded, .term = term };
    for (size_t i = 0; i < words->count; i++)
        phrase->keys[i] = region_copy(phrases->region, words->at[i].key);
    while (phrase->capital + 1 < words->count && !words->at[phrase->capital].capital)
        phrase->capital++;
}

void
phrases_add(struct phrases *phrases, struct span text, enum phrase_kind kind,
            const struct term *term)
{
    struct words words = { 0 }, plain = { 0 };
    struct buffer folded = BUFFER_EMPTY;
    words_read(&words, text);
    add_words(phrases, &words, kind, false, term);
    text_fold(text, &folded);
    words_read(&plain, buffer_span(&folded));
    if (kind == PHRASE_NAME && plain.count > 1)
        add_words(phrases, &plain, kind, true, term);
    buffer_fini(&folded);
    words_fini(&plain);
    words_fini(&words);
}

/* By the words in turn; a longer phrase before the shorter one it begins with; true names first. */
static int
by_words(const void *left, const void *right)
{
    const struct phrase *a = left, *b = right;
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        int order = span_compare(a->keys[i], b->keys[i]);
        if (order != 0)
            return order;
    }
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    if (a->folded != b->folded)
        return a->folded ? 1 : -1;
    return (a->kind > b->kind) - (a->kind < b->kind);
}

enum status
phrases_settle(struct phrases *phrases, struct fault *fault)
{
    if (phrases->count > 0)
        qsort(phrases->at, phrases->count, sizeof *phrases->at, by_words);
    for (size_t i = 1; i < phrases->count; i++) {
        const struct phrase *a = &phrases->at[i - 1], *b = &phrases->at[i];
        if (by_words(a, b) == 0 && a->kind == PHRASE_NAME && !a->folded && a->term != b->term)
            return fault_set(fault, b->term->line, "`%.*s` and `%.*s` share a name or alias",
                             SPAN_ARG(a->term->slug), SPAN_ARG(b->term->slug));
    }
    return STATUS_OK;
}

/* A text being read: where it stands, and where the last name ended. */
struct reading {
    const struct words *words;
    size_t at;
    size_t after; /* the word behind the last name; 0: none yet */
    bool keywords;
};

static bool
is_cue(struct span key)
{
    static const char *const cues[] = { "tỉnh", "tp",   "phố",   "ở",  "tại", "ubnd",
                                        "hđnd", "lhpn", "thuộc", "từ", "về" };
    struct buffer cue = BUFFER_EMPTY;
    bool found = false;
    for (size_t i = 0; !found && i < sizeof cues / sizeof *cues; i++) {
        buffer_clear(&cue);
        text_key(span_of(cues[i]), &cue);
        found = span_equal(key, buffer_span(&cue));
    }
    buffer_fini(&cue);
    return found;
}

/* Behind a cue word, or in a list with the name before: "TP Hà Nội, Hồ Chí Minh và …". */
static bool
is_cued(const struct reading *reading)
{
    const struct word *words = reading->words->at;
    size_t at = reading->at;
    if (at == 0)
        return false;
    if (!words[at].apart && is_cue(words[at - 1].key))
        return true;
    if (reading->after == 0)
        return false;
    if (reading->after == at)
        return words[at].comma;
    return reading->after + 1 == at && (span_equal(words[at - 1].key, SPAN("va")) ||
                                        span_equal(words[at - 1].key, SPAN("va\xCC\x80")));
}

static bool
phrase_stands(const struct phrase *phrase, const struct reading *reading)
{
    const struct word *words = reading->words->at + reading->at;
    if (reading->words->count - reading->at < phrase->count)
        return false;
    for (size_t i = 0; i < phrase->count; i++)
        if (!span_equal(words[i].key, phrase->keys[i]) || (i > 0 && words[i].apart) ||
            (phrase->folded && !words[i].capital))
            return false;
    switch (phrase->kind) {
    case PHRASE_NAME:
    case PHRASE_NEVER:
        return words[phrase->capital].capital;
    case PHRASE_CUED:
        return words[phrase->capital].capital && is_cued(reading);
    case PHRASE_KEYWORD:
        return reading->keywords;
    }
    return false;
}

/* The first phrase that begins with `key`, or where it would be. */
static size_t
first_with(const struct phrases *phrases, struct span key)
{
    size_t low = 0, high = phrases->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (span_compare(phrases->at[middle].keys[0], key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The longest phrase that stands here; NULL: none. */
static const struct phrase *
longest(const struct phrases *phrases, const struct reading *reading)
{
    const struct phrase *best = NULL;
    struct span key = reading->words->at[reading->at].key;
    for (size_t i = first_with(phrases, key);
         i < phrases->count && span_equal(phrases->at[i].keys[0], key); i++) {
        const struct phrase *phrase = &phrases->at[i];
        if ((best == NULL || phrase->count > best->count) && phrase_stands(phrase, reading))
            best = phrase;
    }
    return best;
}

void
phrases_find(const struct phrases *phrases, struct span text, bool keywords,
             bool (*mention)(void *whom, const struct term *term), void *whom)
{
    struct words words = { 0 };
    struct reading reading = { .words = &words, .keywords = keywords };
    words_read(&words, text);
    while (reading.at < words.count) {
        const struct phrase *phrase = longest(phrases, &reading);
        if (phrase == NULL) {
            reading.at++;
            continue;
        }
        reading.at += phrase->count;
        if (phrase->kind != PHRASE_KEYWORD)
            reading.after = phrase->term != NULL ? reading.at : 0;
        if (phrase->term != NULL && !mention(whom, phrase->term))
            break;
    }
    words_fini(&words);
}
