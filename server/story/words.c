/* SPDX-License-Identifier: ISC */
#include "story/words.h"

#include "base/text.h"

#include <string.h>

static bool
is_ascii_word(unsigned char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z');
}

/* Whether a character beyond ASCII belongs to words: letters and their marks, nearly all of them.
 * Where text_key is of another mind, words_init notices. */
static bool
is_in_words(uint32_t point)
{
    static const struct {
        uint32_t from, to;
    } others[] = {
        { 0x80, 0xAC },     { 0xAE, 0xBF },     { 0xD7, 0xD7 },     { 0xF7, 0xF7 },
        { 0x2000, 0x200A }, { 0x2010, 0x2029 }, { 0x202F, 0x205F }, { 0x20A0, 0x20CF },
        { 0x2190, 0x2BFF }, { 0x3000, 0x3004 }, { 0x3008, 0x3020 }, { 0x1F000, 0x1FAFF },
    };
    if (point >= 0xE0 && point < 0x2000 && point != 0xF7) /* nearly every one we meet */
        return true;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (point >= others[i].from && point <= others[i].to)
            return false;
    return true;
}

/* The bytes of the character `text` begins with, if it belongs to a word; else 0. */
static size_t
letter_length(struct span text)
{
    uint32_t point;
    if (text.len == 0)
        return 0;
    if ((unsigned char)text.at[0] < 0x80)
        return is_ascii_word((unsigned char)text.at[0]);
    size_t len = text_next(text, &point);
    return len > 0 && is_in_words(point) ? len : 0;
}

/* The bytes of the word `text` begins with. */
static size_t
word_length(struct span text)
{
    size_t len = 0;
    for (size_t more; (more = letter_length((struct span){ text.at + len, text.len - len })) > 0;)
        len += more;
    return len;
}

/* Short forms whose full stop ends no sentence. */
static bool
is_abbreviation(struct span word)
{
    static const char *const table[] = { "TP", "TX", "TT", "Q", "H", "P" };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (span_equal_nocase(word, span_of(table[i])))
            return true;
    return false;
}

/* What the character `rest` begins with makes of the gap behind `word`. */
static enum gap
gap_of(uint32_t point, struct span word, struct span rest)
{
    switch (point) {
    case ' ':
    case 0xA0:
    case 0x202F:
        return GAP_SPACE;
    case '.': /* runs on where no space follows: TP.HCM */
        if (rest.len > 0 && (rest.at[0] == '.' || rest.at[0] == '\n'))
            return GAP_BREAK;
        if (rest.len > 0 && (rest.at[0] == ' ' || (unsigned char)rest.at[0] == 0xC2))
            return is_abbreviation(word) ? GAP_JOIN : GAP_BREAK;
        return rest.len > 0 ? GAP_JOIN : GAP_BREAK;
    case '-':
    case '\'':
    case 0x2019:
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
        return GAP_JOIN;
    case ',':
        return GAP_COMMA;
    default:
        return GAP_BREAK;
    }
}

/* Takes what stands between two words off *rest. */
static enum gap
take_gap(struct span *rest, struct span word)
{
    enum gap widest = GAP_SPACE;
    while (rest->len > 0 && letter_length(*rest) == 0) {
        uint32_t point = 0;
        size_t len = text_next(*rest, &point);
        *rest = span_skip(*rest, len > 0 ? len : 1);
        enum gap gap = gap_of(point, word, *rest);
        widest = gap > widest ? gap : widest;
    }
    return rest->len > 0 ? widest : GAP_BREAK;
}

static struct word *
words_add(struct words *words)
{
    if (words->count == words->room) {
        words->room = words->room == 0 ? 64 : 2 * words->room;
        words->at = memory_grow(words->at, words->room * sizeof *words->at);
    }
    words->at[words->count] = (struct word){ .gap = GAP_SPACE };
    return &words->at[words->count++];
}

/* Takes the next word off *rest; what it is called is not known yet. */
static struct span
take_word(struct words *words, struct span *rest)
{
    uint32_t point = 0;
    struct span raw = span_first(*rest, word_length(*rest));
    struct word *word = words_add(words);
    text_next(raw, &point);
    word->raw = raw;
    word->capital = text_is_upper(point);
    *rest = span_skip(*rest, raw.len);
    word->gap = take_gap(rest, raw);
    return raw;
}

/* Gives each word its key from a text's keys; false: they are not as many. */
static bool
name_words(struct words *words)
{
    struct span keys = buffer_span(&words->keys);
    if (keys.len == 0)
        return words->count == 0;
    for (size_t i = 0; i < words->count; i++) {
        if (keys.at == NULL)
            return false;
        words->at[i].key = span_cut(&keys, ' ');
    }
    return keys.at == NULL;
}

/* One word after another, where a text has characters that text_key splits or drops. */
static void
read_singly(struct words *words, struct span text)
{
    words->count = 0;
    buffer_clear(&words->keys);
    take_gap(&text, SPAN(""));
    while (text.len > 0) {
        size_t begin = words->keys.len, first = words->count;
        struct span raw = take_word(words, &text);
        struct word word = words->at[--words->count];
        if (begin > 0)
            buffer_add_char(&words->keys, ' ');
        size_t named = words->keys.len;
        text_key(raw, &words->keys);
        if (words->keys.len == named) {
            buffer_shorten(&words->keys, begin);
            if (first > 0 && word.gap > words->at[first - 1].gap)
                words->at[first - 1].gap = word.gap;
            continue;
        }
        for (size_t i = named; i <= words->keys.len; i++)
            if (i == words->keys.len || words->keys.at[i] == ' ')
                *words_add(words) = (struct word){ .raw = raw, .capital = word.capital };
        words->at[words->count - 1].gap = word.gap;
    }
}

void
words_init(struct words *words, struct span text)
{
    struct span rest = text;
    *words = (struct words){ NULL, 0, 0, BUFFER_EMPTY };
    take_gap(&rest, SPAN(""));
    while (rest.len > 0)
        take_word(words, &rest);
    text_key(text, &words->keys);
    if (!name_words(words)) {
        read_singly(words, text);
        name_words(words);
    }
}

void
words_fini(struct words *words)
{
    buffer_fini(&words->keys);
    free(words->at);
}

const struct word *
words_keep(struct span text, struct region *region, size_t *count)
{
    struct words words;
    words_init(&words, text);
    struct word *kept = region_array(region, words.count, sizeof *kept);
    for (size_t i = 0; i < words.count; i++) {
        kept[i] = words.at[i];
        kept[i].key = region_copy(region, words.at[i].key);
    }
    *count = words.count;
    words_fini(&words);
    return kept;
}

bool
words_equal(const struct word *a, const struct word *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!span_equal(a[i].key, b[i].key))
            return false;
    return true;
}
