/* SPDX-License-Identifier: ISC */
#include "base/text.h"

#include <assert.h>
#include <string.h>
#include <utf8proc.h>

enum {
    REPLACEMENT = 0xFFFD,
    FOLDED_MAX = 32, /* points one character folds to; Unicode's longest has 18 */
};

/* The five marked tones, in the order dictionaries sort them; ngang stands before them, unmarked.
 */
static const uint32_t tones[] = { 0x300, 0x309, 0x303, 0x301, 0x323 };
enum { TONES = sizeof tones / sizeof tones[0], BREVE = 0x306, CIRCUMFLEX = 0x302, HORN = 0x31B };

size_t
text_next(struct span text, uint32_t *out)
{
    utf8proc_int32_t point;
    if (text.len == 0)
        return 0;
    utf8proc_ssize_t len = utf8proc_iterate((const utf8proc_uint8_t *)text.at,
                                            (utf8proc_ssize_t)text.len, &point);
    if (len <= 0)
        return 0;
    if (out != NULL)
        *out = (uint32_t)point;
    return (size_t)len;
}

static bool
is_ascii(char byte)
{
    return (unsigned char)byte < 0x80;
}

/* Takes one character off *rest; a byte that is none counts as one and becomes U+FFFD. */
static uint32_t
take_point(struct span *rest)
{
    uint32_t point = REPLACEMENT;
    size_t len = 1;
    if (is_ascii(rest->at[0]))
        point = (unsigned char)rest->at[0];
    else if ((len = text_next(*rest, &point)) == 0)
        len = 1;
    *rest = (struct span){ rest->at + len, rest->len - len };
    return point;
}

static void
add_point(struct buffer *out, uint32_t point)
{
    if (point < 0x80) {
        buffer_add_char(out, (char)point);
        return;
    }
    char bytes[4];
    utf8proc_ssize_t len = utf8proc_encode_char((utf8proc_int32_t)point, (utf8proc_uint8_t *)bytes);
    buffer_add(out, (struct span){ bytes, (size_t)len });
}

bool
text_is_utf8(struct span text)
{
    while (text.len > 0) {
        size_t len = is_ascii(text.at[0]) ? 1 : text_next(text, NULL);
        if (len == 0)
            return false;
        text = (struct span){ text.at + len, text.len - len };
    }
    return true;
}

static bool
is_control(uint32_t point)
{
    return point < 0x20 || (point >= 0x7F && point < 0xA0);
}

bool
text_is_control(struct span text)
{
    uint32_t point;
    return text_next(text, &point) > 0 && is_control(point);
}

bool
text_is_invisible(uint32_t point)
{
    return (point >= 0x200B && point <= 0x200F) || (point >= 0x202A && point <= 0x202E) ||
           (point >= 0x2060 && point <= 0x2069) || point == 0xFEFF ||
           (point >= 0xFDD0 && point <= 0xFDEF) || (point & 0xFFFE) == 0xFFFE ||
           (point >= 0xE0000 && point <= 0xE007F);
}

static bool
is_space(uint32_t point)
{
    return (point >= '\t' && point <= '\r') || point == ' ' || point == 0x85 || point == 0xA0 ||
           point == 0x1680 || (point >= 0x2000 && point <= 0x200A) || point == 0x2028 ||
           point == 0x2029 || point == 0x202F || point == 0x205F || point == 0x3000;
}

static bool
is_mark(uint32_t point)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)point);
    return category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME;
}

/* Letters and numbers of any script. */
static bool
is_in_words(uint32_t point)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)point);
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
           (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

/* A soft hyphen or a joiner parts no word. */
static bool
is_format(uint32_t point)
{
    return utf8proc_category((utf8proc_int32_t)point) == UTF8PROC_CATEGORY_CF;
}

/* Characters that are the same in NFC, and never join one before them: Latin, Vietnamese and common
 * punctuation, which is nearly all we meet, so that the rest may be slow. U+11A7 is here because
 * utf8proc 2.8 loses it behind a Hangul syllable, as if it were a final consonant. */
static bool
is_settled(uint32_t point)
{
    return point < 0x300 || (point >= 0x1EA0 && point <= 0x1EF9) ||
           (point >= 0x2002 && point <= 0x206F) || point == 0x11A7;
}

/* The bytes of settled characters in front, and in *last where the last of them begins. */
static size_t
settled_length(struct span text, size_t *last)
{
    size_t len = 0, next = 0;
    uint32_t point;
    do {
        *last = len;
        len += next;
        if (len == text.len)
            break;
        if (is_ascii(text.at[len]))
            next = 1;
        else if ((next = text_next(span_skip(text, len), &point)) > 0 && !is_settled(point))
            next = 0;
    } while (next > 0);
    return len;
}

/* Where the next settled character begins, from `at` on. */
static size_t
unsettled_end(struct span text, size_t at)
{
    struct span rest = span_skip(text, at);
    while (rest.len > 0) {
        struct span behind = rest;
        if (is_settled(take_point(&behind)))
            break;
        rest = behind;
    }
    return text.len - rest.len;
}

static unsigned char
combining_class(utf8proc_int32_t point)
{
    return (unsigned char)utf8proc_get_property(point)->combining_class;
}

/* Sorts one run of marks by class, stably. By counting: utf8proc's own way takes quadratic time,
 * and a hostile page may be a single letter with a megabyte of marks. */
static void
sort_marks(utf8proc_int32_t *marks, size_t count)
{
    size_t places[257] = { 0 };
    bool sorted = true;
    for (size_t i = 0; i < count; i++) {
        places[combining_class(marks[i]) + 1]++;
        if (i > 0 && combining_class(marks[i]) < combining_class(marks[i - 1]))
            sorted = false;
    }
    if (sorted)
        return;
    for (size_t rank = 1; rank < 257; rank++)
        places[rank] += places[rank - 1];

    utf8proc_int32_t *copy = memory_new(count * sizeof *copy);
    memcpy(copy, marks, count * sizeof *copy);
    for (size_t i = 0; i < count; i++)
        marks[places[combining_class(copy[i])]++] = copy[i];
    free(copy);
}

static void
order_marks(utf8proc_int32_t *points, size_t count)
{
    for (size_t i = 0; i < count;) {
        size_t end = i;
        while (end < count && combining_class(points[end]) != 0)
            end++;
        if (end - i > 1)
            sort_marks(points + i, end - i);
        i = end + 1;
    }
}

/* NFC by the book: decompose, order the marks, compose. */
static void
compose(struct span text, struct buffer *out)
{
    /* No character has more than one and a half canonical points per byte; reencode wants one more.
     */
    size_t room = text.len * 2 + 4, count = 0;
    utf8proc_int32_t few[64], *many = NULL, *points = few;
    if (room + 1 > sizeof few / sizeof few[0])
        points = many = memory_new((room + 1) * sizeof *points);
    while (text.len > 0) {
        utf8proc_ssize_t added = utf8proc_decompose_char(
            (utf8proc_int32_t)take_point(&text), points + count, (utf8proc_ssize_t)(room - count),
            UTF8PROC_STABLE | UTF8PROC_DECOMPOSE, NULL);
        assert(added >= 0 && (size_t)added <= room - count);
        count += (size_t)added;
    }
    order_marks(points, count);
    utf8proc_ssize_t len = utf8proc_reencode(points, (utf8proc_ssize_t)count,
                                             UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    assert(len >= 0);
    buffer_add(out, (struct span){ (const char *)points, (size_t)len });
    free(many);
}

void
text_nfc(struct span text, struct buffer *out)
{
    while (text.len > 0) {
        size_t last;
        size_t settled = settled_length(text, &last);
        if (settled == text.len) {
            buffer_add(out, text);
            return;
        }
        /* What is unsettled may join the settled character before it, and none further back. */
        size_t end = unsettled_end(text, settled);
        buffer_add(out, span_first(text, last));
        compose(span_skip(span_first(text, end), last), out);
        text = span_skip(text, end);
    }
}

bool
text_is_nfc(struct span text)
{
    size_t last;
    if (settled_length(text, &last) == text.len)
        return true;
    struct buffer normal = BUFFER_EMPTY;
    text_nfc(text, &normal);
    bool same = span_equal(text, buffer_span(&normal));
    buffer_fini(&normal);
    return same;
}

void
text_clean(struct span text, struct buffer *out)
{
    /* Normalised afterwards: what stood around something removed may join. */
    struct buffer kept = BUFFER_EMPTY;
    bool gap = false;
    while (text.len > 0) {
        uint32_t point = take_point(&text);
        if (is_space(point)) {
            gap = true;
        } else if (!is_control(point) && !text_is_invisible(point)) {
            if (gap && kept.len > 0)
                buffer_add_char(&kept, ' ');
            gap = false;
            add_point(&kept, point);
        }
    }
    text_nfc(buffer_span(&kept), out);
    buffer_fini(&kept);
}

/* Takes one character off *rest as small letters and marks, taken apart ("Ấ" -> "a", U+0302,
 * U+0301; "ﬁ" -> "f", "i"); how many points. */
static size_t
take_folded(struct span *rest, utf8proc_int32_t into[FOLDED_MAX])
{
    uint32_t point = take_point(rest);
    into[0] = (utf8proc_int32_t)(point >= 'A' && point <= 'Z' ? point - 'A' + 'a' : point);
    if (point < 0x80)
        return 1;
    utf8proc_ssize_t count = utf8proc_decompose_char(
        (utf8proc_int32_t)point, into, FOLDED_MAX,
        UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD, NULL);
    assert(count >= 0 && count <= FOLDED_MAX);
    return (size_t)count;
}

static bool
is_ascii_word(uint32_t point)
{
    return (point >= 'a' && point <= 'z') || (point >= '0' && point <= '9');
}

/* Latin letters that Unicode takes for letters of their own; NULL: not one of them. */
static const char *
latin_base(uint32_t point)
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
    else if ((base = latin_base(point)) != NULL)
        fold_letters(folding, span_of(base));
    else if (!is_mark(point) && !is_format(point))
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
    utf8proc_int32_t points[FOLDED_MAX];
    for (fold_run(&folding, &text); text.len > 0; fold_run(&folding, &text)) {
        size_t count = take_folded(&text, points);
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

static bool
is_tone(uint32_t point)
{
    for (size_t i = 0; i < TONES; i++)
        if (tones[i] == point)
            return true;
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
    add_point(&spelling->out, spelling->letter);
}

static void
spell_point(struct spelling *spelling, uint32_t point)
{
    if (is_ascii_word(point) || (point >= 0x80 && is_in_words(point))) {
        spell_letter(spelling, point);
    } else if (point >= 0x80 && is_mark(point)) {
        bool tone = is_tone(point) && is_vowel(spelling->letter);
        if (spelling->letter != 0)
            add_point(tone ? &spelling->tones : &spelling->out, point);
    } else if (point < 0x80 || !is_format(point)) {
        spell_word_end(spelling);
    }
}

/* *spelling->out is the caller's to free. */
static void
spell(struct span text, struct spelling *spelling)
{
    utf8proc_int32_t points[FOLDED_MAX];
    while (text.len > 0) {
        size_t count = take_folded(&text, points);
        for (size_t i = 0; i < count; i++)
            spell_point(spelling, (uint32_t)points[i]);
    }
    spell_word_end(spelling);
    buffer_fini(&spelling->tones);
}

void
text_key(struct span text, struct buffer *out)
{
    struct spelling spelling = { BUFFER_EMPTY, BUFFER_EMPTY, 0, 0, true };
    spell(text, &spelling);
    text_nfc(buffer_span(&spelling.out), out);
    buffer_fini(&spelling.out);
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
    while (rest.len > 0 && is_mark(mark = take_point(&rest)))
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
        add_point(out, letter);
}

/* The letters of a syllable, then its tone, 1 to 6: below any letter, so that a syllable sorts
 * before those it begins. */
static void
collate_word(struct span word, struct buffer *out)
{
    char tone = 1;
    while (word.len > 0) {
        uint32_t point = take_point(&word);
        for (size_t i = 0; i < TONES; i++)
            if (point == tones[i] && tone < (char)(i + 2))
                tone = (char)(i + 2);
        if (!is_mark(point))
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
    buffer_fini(&spelling.out);
}

size_t
text_width(struct span text)
{
    size_t columns = 0;
    while (text.len > 0) {
        int width = utf8proc_charwidth((utf8proc_int32_t)take_point(&text));
        columns += width > 0 ? (size_t)width : 0;
    }
    return columns;
}

/* Where the character that `at` stands in begins, its base letter included. */
static size_t
character_start(struct span text, size_t at)
{
    uint32_t point;
    while (at > 0) {
        bool within = ((unsigned char)text.at[at] & 0xC0) == 0x80;
        if (!within && !(text_next(span_skip(text, at), &point) > 0 && is_mark(point)))
            break;
        at--;
    }
    return at;
}

struct span
text_cut(struct span text, size_t bytes)
{
    if (text.len <= bytes)
        return text;
    size_t end = character_start(text, bytes);
    for (size_t at = end + 1; at-- > end - end / 3;)
        if (text.at[at] == ' ') {
            end = at;
            break;
        }
    while (end > 0 && text.at[end - 1] == ' ')
        end--;
    return span_first(text, end);
}

/* The length of whichever of `marks` stands first in `text`, or 0. */
static size_t
mark_length(struct span text, const char *const marks[])
{
    for (size_t i = 0; marks[i] != NULL; i++)
        if (span_starts(text, span_of(marks[i])))
            return strlen(marks[i]);
    return 0;
}

/* The length of what may end a sentence: its marks and the closing quotes behind; 0: nothing. */
static size_t
stop_length(struct span text)
{
    static const char *const stops[] = { ".", "!", "?", "…", NULL };
    static const char *const closing[] = { "\"", "'", "”", "’", "»", "›", ")", "]", NULL };
    size_t len = 0, more;
    while ((more = mark_length(span_skip(text, len), stops)) > 0)
        len += more;
    if (len == 0)
        return 0;
    while ((more = mark_length(span_skip(text, len), closing)) > 0)
        len += more;
    return len;
}

/* The letters and digits `text` ends with. */
static struct span
last_word(struct span text)
{
    uint32_t point;
    size_t start = text.len, len;
    while (start > 0 && (!is_ascii(text.at[start - 1]) ||
                         is_ascii_word((unsigned char)text.at[start - 1] | 0x20u)))
        start--;
    struct span word = span_skip(text, start);
    while ((len = text_next(word, &point)) > 0 && !is_in_words(point)) /* “ */
        word = span_skip(word, len);
    return word;
}

/* A letter alone that is no word: Vietnamese has lower-case words of one vowel (ạ, ở). */
static bool
is_initial(struct span word)
{
    uint32_t point;
    size_t len = text_next(word, &point);
    if (len == 0 || len != word.len || !is_in_words(point) || point < 'A')
        return false;
    return is_consonant(point) ||
           utf8proc_tolower((utf8proc_int32_t)point) != (utf8proc_int32_t)point;
}

static bool
is_abbreviation(struct span word)
{
    static const char *const table[] = { "TP", "TX", "TT", "GS",  "PGS", "TS", "ThS", "BS",
                                         "KS", "LS", "Tr", "STT", "Mr",  "Ms", "Dr",  "St" };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (span_equal_nocase(word, span_of(table[i])))
            return true;
    return false;
}

/* "1." or "2.3." in front of a list's item. */
static bool
is_list_number(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] != '.' && (text.at[i] < '0' || text.at[i] > '9'))
            return false;
    return text.len > 0;
}

/* A single full stop behind `before` is part of what it stands behind. */
static bool
is_part_of_word(struct span before)
{
    struct span word = last_word(before);
    return is_initial(word) || is_abbreviation(word) || is_list_number(before);
}

static bool
is_sentence(struct span text, size_t stop, size_t end)
{
    /* A no-break space keeps "TP. Huế" together. */
    if (end < text.len && memchr(" \t\r\n", text.at[end], 4) == NULL)
        return false;
    bool lone = end - stop == 1 && text.at[stop] == '.';
    return !(lone && is_part_of_word(span_first(text, stop)));
}

struct span
text_sentence(struct span *rest)
{
    struct span text = span_trim_lines(*rest);
    size_t end = 0;
    while (end < text.len && text.at[end] != '\n') {
        size_t stop = stop_length(span_skip(text, end));
        end += stop > 0 ? stop : 1;
        if (stop > 0 && is_sentence(text, end - stop, end))
            break;
    }
    struct span left = span_trim_lines(span_skip(text, end));
    *rest = left.len > 0 ? left : (struct span){ NULL, 0 };
    return span_trim_lines(span_first(text, end));
}

bool
text_is_upper(uint32_t point)
{
    return utf8proc_category((utf8proc_int32_t)point) == UTF8PROC_CATEGORY_LU;
}
