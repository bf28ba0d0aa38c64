/* SPDX-License-Identifier: ISC */
/* text_key.c - what texts are compared, found and sorted by. */
#include "base/text_point.h"

#include <assert.h>
#include <string.h>
#include <utf8proc.h>

enum { BREVE = 0x306, CIRCUMFLEX = 0x302, HORN = 0x31B };

size_t
text_take_folded(struct span *rest, int32_t into[TEXT_FOLDED_MAX])
{
    struct text_letter letter;
    size_t len = text_letter_next(*rest, &letter);
    if (len > 0) {
        *rest = span_skip(*rest, len);
        return text_letter_apart(letter, into);
    }
    uint32_t point = text_take(rest);
    into[0] = (int32_t)point;
    if (point < 0x80)
        return 1;
    utf8proc_ssize_t count = utf8proc_decompose_char(
        (utf8proc_int32_t)point, into, TEXT_FOLDED_MAX,
        UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD, NULL);
    assert(count >= 0 && count <= TEXT_FOLDED_MAX);
    return (size_t)count;
}

static bool
is_ascii_word(uint32_t point)
{
    return (point >= 'a' && point <= 'z') || (point >= '0' && point <= '9');
}

const char *
text_latin_base(uint32_t point)
{
    static const struct {
        uint32_t point;
        const char *base;
    } table[] = {
        { 0x111, "d" }, { 0xF0, "d" },  { 0x256, "d" }, /* đ, and ð and ɖ, which look like it */
        { 0xF8, "o" },  { 0xE6, "ae" }, { 0x153, "oe" }, { 0x142, "l" }, { 0x131, "i" },
        { 0xFE, "th" }, { 0x127, "h" }, { 0x167, "t" },  { 0x14B, "n" },
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].point == point)
            return table[i].base;
    return NULL;
}

struct folding {
    struct buffer *out;
    bool begun; /* there is a word in *out already */
    bool gap;   /* the next letter begins a word */
};

static void
fold_letters(struct folding *folding, struct span letters)
{
    if (folding->gap && folding->begun)
        buffer_add_char(folding->out, ' ');
    folding->begun = true;
    folding->gap = false;
    buffer_add(folding->out, letters);
}

static void
fold_point(struct folding *folding, uint32_t point)
{
    char letter = (char)(unsigned char)point;
    const char *base;
    if (is_ascii_word(point))
        fold_letters(folding, (struct span){ &letter, 1 });
    else if (point < 0x80)
        folding->gap = true;
    else if ((base = text_latin_base(point)) != NULL)
        fold_letters(folding, span_of(base));
    else if (!text_is_mark(point) && !text_is_format(point))
        folding->gap = true;
}

/* Takes the ASCII letters and digits in front off *rest, a few at once: the bulk of any text. */
static void
fold_run(struct folding *folding, struct span *rest)
{
    char letters[32];
    size_t len = 0;
    for (; len < rest->len && len < sizeof letters; len++) {
        char byte = rest->at[len];
        letters[len] = byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
        if (!is_ascii_word((unsigned char)letters[len]))
            break;
    }
    if (len > 0)
        fold_letters(folding, (struct span){ letters, len });
    *rest = span_skip(*rest, len);
}

void
text_fold(struct span text, struct buffer *out)
{
    struct folding folding = { out, false, false };
    int32_t points[TEXT_FOLDED_MAX];
    for (fold_run(&folding, &text); text.len > 0; fold_run(&folding, &text)) {
        size_t count = text_take_folded(&text, points);
        for (size_t i = 0; i < count; i++)
            fold_point(&folding, (uint32_t)points[i]);
    }
}

/* Words spelt out: small letters, each followed by the marks of its quality, and the tones of a
 * word behind its last letter; one space between words. */
struct spelling {
    struct buffer out;
    struct buffer tones;   /* of the word at hand, in UTF-8 */
    uint32_t letter, last; /* the word's last letter, and the one before it; 0: none */
    bool y_as_i;           /* kỹ as kĩ: a y that ends a word behind a consonant */
};

static bool
is_vowel(uint32_t point)
{
    return point < 0x80 && strchr("aeiouy", (int)point) != NULL && point != 0;
}

static bool
is_consonant(uint32_t point)
{
    return point >= 'a' && point <= 'z' && !is_vowel(point);
}

bool
text_is_tone(uint32_t letter, uint32_t point)
{
    for (size_t tone = 1; tone < TEXT_TONES; tone++)
        if (text_tone_mark(tone) == point)
            return is_vowel(letter);
    return false;
}

static void
spell_word_end(struct spelling *spelling)
{
    struct buffer *out = &spelling->out;
    /* Its last byte is another where the y has a mark of its own (ÿ). */
    if (spelling->y_as_i && is_consonant(spelling->last) && out->at[out->len - 1] == 'y')
        out->at[out->len - 1] = 'i';
    buffer_add(out, buffer_span(&spelling->tones));
    buffer_clear(&spelling->tones);
    spelling->letter = spelling->last = 0;
}

static void
spell_letter(struct spelling *spelling, uint32_t point)
{
    if (spelling->letter == 0 && spelling->out.len > 0)
        buffer_add_char(&spelling->out, ' ');
    spelling->last = spelling->letter;
    spelling->letter = point == 0xF0 || point == 0x256 ? 0x111 : point; /* look-alikes of đ */
    text_add(&spelling->out, spelling->letter);
}

static void
spell_point(struct spelling *spelling, uint32_t point)
{
    if (is_ascii_word(point) || (point >= 0x80 && text_is_in_word(point))) {
        spell_letter(spelling, point);
    } else if (point >= 0x80 && text_is_mark(point)) {
        bool tone = text_is_tone(spelling->letter, point);
        if (spelling->letter != 0)
            text_add(tone ? &spelling->tones : &spelling->out, point);
    } else if (point < 0x80 || !text_is_format(point)) {
        spell_word_end(spelling);
    }
}

static void
spell(struct span text, struct spelling *spelling)
{
    int32_t points[TEXT_FOLDED_MAX];
    while (text.len > 0) {
        size_t count = text_take_folded(&text, points);
        for (size_t i = 0; i < count; i++)
            spell_point(spelling, (uint32_t)points[i]);
    }
    spell_word_end(spelling);
}

static void
spelling_fini(struct spelling *spelling)
{
    buffer_fini(&spelling->out);
    buffer_fini(&spelling->tones);
}

/* The bytes of the character `text` begins with, if it is one that ends any word: of ASCII, a
 * no-break space, U+2010 to U+2027. 0: it may belong to one. */
static size_t
gap_length(struct span text)
{
    const unsigned char *bytes = (const unsigned char *)text.at;
    if (bytes[0] < 0x80)
        return !is_ascii_word(bytes[0] | 0x20u) || bytes[0] < '0';
    if (bytes[0] == 0xC2)
        return text.len > 1 && bytes[1] == 0xA0 ? 2 : 0;
    bool dash = bytes[0] == 0xE2 && text.len > 2 && bytes[1] == 0x80 && bytes[2] >= 0x90;
    return dash && bytes[2] <= 0xA7 ? 3 : 0;
}

/* A word of Vietnamese letters and digits, with one tone at most: as nearly all are. Its key is
 * made letter by letter. */
struct plain_word {
    char key[64];
    size_t len, last_from; /* bytes; of its last letter */
    struct text_letter last;
    uint8_t before; /* the letter before it */
    uint8_t tone;
};

enum { NO_LETTER = TEXT_LETTERS };

static void
plain_word_add(struct plain_word *word, struct text_letter letter)
{
    word->before = word->last.letter;
    word->last = (struct text_letter){ letter.letter, 0 };
    word->last_from = word->len;
    word->tone = letter.tone > 0 ? letter.tone : word->tone;
    if (letter.letter < TEXT_LETTERS_ASCII)
        word->key[word->len++] = (char)(letter.letter + 'a');
    else
        word->len += text_print(text_letter_whole(word->last), word->key + word->len);
}

static void
plain_word_add_digit(struct plain_word *word, char digit)
{
    word->last = (struct text_letter){ NO_LETTER, 0 };
    word->last_from = word->len;
    word->key[word->len++] = digit;
}

/* The word's last letter as a key has it: y as i, and with the tone. */
static void
plain_word_end(struct plain_word *word)
{
    bool consonant = word->before < TEXT_LETTERS_ASCII &&
                     is_consonant((uint32_t)word->before + 'a');
    if (word->last.letter == 'y' - 'a' && consonant) {
        word->last.letter = 'i' - 'a';
        word->key[word->last_from] = 'i';
    }
    if (word->tone == 0)
        return;
    word->last.tone = word->tone;
    uint32_t whole = word->last.letter < NO_LETTER ? text_letter_whole(word->last) : 0;
    word->len = whole != 0 ? word->last_from : word->len;
    word->len += text_print(whole != 0 ? whole : text_tone_mark(word->tone), word->key + word->len);
}

/* Appends the key of the word in front; its bytes, or 0: it is none of these words. */
static size_t
add_plain_word(struct span text, struct buffer *out)
{
    enum { LETTER_BYTES = TEXT_POINT_BYTES };
    struct plain_word word;
    word.last = (struct text_letter){ NO_LETTER, 0 };
    word.len = word.last_from = 0;
    word.before = NO_LETTER;
    word.tone = 0;
    struct span rest = text;
    while (rest.len > 0) {
        struct text_letter letter;
        size_t len = text_letter_next(rest, &letter);
        if (word.len > sizeof word.key - 2 * LETTER_BYTES ||
            (len > 0 && letter.tone > 0 && word.tone > 0))
            return 0;
        if (len > 0)
            plain_word_add(&word, letter);
        else if (rest.at[0] >= '0' && rest.at[0] <= '9')
            plain_word_add_digit(&word, rest.at[len++]);
        else if (gap_length(rest) > 0)
            break;
        else
            return 0;
        rest = (struct span){ rest.at + len, rest.len - len };
    }
    plain_word_end(&word);
    buffer_add(out, (struct span){ word.key, word.len });
    return text.len - rest.len;
}

static size_t
word_length(struct span text)
{
    size_t len = 0;
    while (len < text.len && gap_length(span_skip(text, len)) == 0)
        len++;
    return len;
}

/* … of anything else up to the next gap; it may be several words, or none. */
static size_t
add_any_words(struct span text, struct spelling *spelling, struct buffer *out)
{
    size_t len = word_length(text);
    buffer_clear(&spelling->out);
    spell(span_first(text, len), spelling);
    text_nfc(buffer_span(&spelling->out), out);
    return len;
}

void
text_key(struct span text, struct buffer *out)
{
    struct spelling spelling = { BUFFER_EMPTY, BUFFER_EMPTY, 0, 0, true };
    bool begun = false;
    while (text.len > 0) {
        size_t before = out->len, len = gap_length(text);
        if (len == 0) {
            if (begun)
                buffer_add_char(out, ' ');
            size_t from = out->len;
            len = add_plain_word(text, out);
            if (len == 0)
                len = add_any_words(text, &spelling, out);
            if (out->len == from) /* nothing but marks */
                buffer_shorten(out, before);
            else
                begun = true;
        }
        text = (struct span){ text.at + len, text.len - len };
    }
    spelling_fini(&spelling);
}

/* Which of the letters that share its base one is: a ă â, d đ, e ê, o ô ơ, u ư. */
static uint32_t
mark_rank(uint32_t letter, uint32_t mark)
{
    switch (mark) {
    case BREVE:
        return letter == 'a' ? 1 : 0;
    case CIRCUMFLEX:
        return letter == 'a' ? 2 : letter == 'e' || letter == 'o' ? 1 : 0;
    case HORN:
        return letter == 'o' ? 2 : letter == 'u' ? 1 : 0;
    default:
        return 0;
    }
}

/* The highest rank among the marks `rest` begins with: whatever their order, as NFC may change it.
 */
static uint32_t
quality(uint32_t letter, struct span rest)
{
    uint32_t highest = 0, mark;
    while (rest.len > 0 && text_is_mark(mark = text_take(&rest)))
        if (mark_rank(letter, mark) > highest)
            highest = mark_rank(letter, mark);
    return highest;
}

/* Digits weigh 0x10 to 0x19, Latin letters 0x20 to 0x6D, three for each of a to z; what is in other
 * scripts stays in UTF-8, behind them all. */
static void
collate_letter(uint32_t letter, struct span rest, struct buffer *out)
{
    if (letter >= '0' && letter <= '9')
        buffer_add_char(out, (char)(letter - '0' + 0x10));
    else if (letter >= 'a' && letter <= 'z')
        buffer_add_char(out, (char)((letter - 'a') * 3 + quality(letter, rest) + 0x20));
    else if (letter == 0x111)
        buffer_add_char(out, ('d' - 'a') * 3 + 1 + 0x20);
    else
        text_add(out, letter);
}

/* The letters of a syllable, then its tone, 1 to 6: below any letter, so that a syllable sorts
 * before those it begins. */
static void
collate_word(struct span word, struct buffer *out)
{
    char tone = 1;
    while (word.len > 0) {
        uint32_t point = text_take(&word);
        for (size_t i = 1; i < TEXT_TONES; i++)
            if (point == text_tone_mark(i) && tone < (char)(i + 1))
                tone = (char)(i + 1);
        if (!text_is_mark(point))
            collate_letter(point, word, out);
    }
    buffer_add_char(out, tone);
}

void
text_collate(struct span text, struct buffer *out)
{
    struct spelling spelling = { BUFFER_EMPTY, BUFFER_EMPTY, 0, 0, false };
    spell(text, &spelling);
    struct span rest = buffer_span(&spelling.out);
    while (rest.len > 0)
        collate_word(span_cut(&rest, ' '), out);
    spelling_fini(&spelling);
}
