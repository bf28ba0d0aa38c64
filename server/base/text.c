/* SPDX-License-Identifier: ISC */
#include "base/text_point.h"

#include <assert.h>
#include <string.h>
#include <utf8proc.h>

enum { REPLACEMENT = 0xFFFD };

static bool
is_tail(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* Of two bytes, or of three that are neither overlong nor surrogates: nearly all. 0: another. */
static size_t
next_usual(struct span text, uint32_t *out)
{
    const unsigned char *bytes = (const unsigned char *)text.at;
    if (bytes[0] >= 0xC2 && bytes[0] <= 0xDF && text.len > 1 && is_tail(text.at[1])) {
        *out = (bytes[0] & 0x1Fu) << 6 | (bytes[1] & 0x3Fu);
        return 2;
    }
    if (bytes[0] < 0xE1 || bytes[0] > 0xEC || text.len < 3 || !is_tail(text.at[1]) ||
        !is_tail(text.at[2]))
        return 0;
    *out = (bytes[0] & 0xFu) << 12 | (bytes[1] & 0x3Fu) << 6 | (bytes[2] & 0x3Fu);
    return 3;
}

size_t
text_next(struct span text, uint32_t *out)
{
    uint32_t usual;
    utf8proc_int32_t point;
    if (text.len == 0)
        return 0;
    size_t taken = next_usual(text, &usual);
    if (taken > 0) {
        if (out != NULL)
            *out = usual;
        return taken;
    }
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

uint32_t
text_take(struct span *rest)
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

size_t
text_print(uint32_t point, char into[TEXT_POINT_BYTES])
{
    return (size_t)utf8proc_encode_char((utf8proc_int32_t)point, (utf8proc_uint8_t *)into);
}

void
text_add(struct buffer *out, uint32_t point)
{
    char bytes[TEXT_POINT_BYTES];
    if (point < 0x80)
        buffer_add_char(out, (char)point);
    else
        buffer_add(out, (struct span){ bytes, text_print(point, bytes) });
}

/* How many bytes of ASCII stand at `at`: in words of eight, as most of a page is. */
static size_t
ascii_length(struct span text, size_t at)
{
    size_t from = at;
    uint64_t word;
    for (; text.len - at >= sizeof word; at += sizeof word) {
        memcpy(&word, text.at + at, sizeof word);
        if ((word & 0x8080808080808080u) != 0)
            break;
    }
    while (at < text.len && is_ascii(text.at[at]))
        at++;
    return at - from;
}

/* The bytes of the character at `at`, if it is one of those beyond ASCII that nearly all Vietnamese
 * is written with: U+00A1 to U+02FF but the soft hyphen, U+1EA0 to U+1EF9, and dashes, quotes and
 * dots of U+2010 to U+2027. They are settled, and shown. Else 0. */
static size_t
common_length(struct span text, size_t at)
{
    const unsigned char *bytes = (const unsigned char *)text.at + at;
    size_t left = text.len - at;
    if (bytes[0] == 0xC2 && (left < 2 || bytes[1] <= 0xA0 || bytes[1] == 0xAD))
        return 0;
    if (bytes[0] >= 0xC2 && bytes[0] <= 0xCB)
        return left >= 2 && (bytes[1] & 0xC0) == 0x80 ? 2 : 0;
    if (left < 3 || (bytes[2] & 0xC0) != 0x80)
        return 0;
    if (bytes[0] == 0xE1)
        return (bytes[1] == 0xBA && bytes[2] >= 0xA0) || (bytes[1] == 0xBB && bytes[2] <= 0xB9) ? 3
                                                                                                : 0;
    return bytes[0] == 0xE2 && bytes[1] == 0x80 && bytes[2] >= 0x90 && bytes[2] <= 0xA7 ? 3 : 0;
}

bool
text_is_utf8(struct span text)
{
    size_t at = 0, len;
    while ((at += ascii_length(text, at)) < text.len) {
        len = common_length(text, at);
        if (len == 0)
            len = text_next(span_skip(text, at), NULL);
        if (len == 0)
            return false;
        at += len;
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
    return point == 0xAD || point == 0x61C || (point >= 0x200B && point <= 0x200F) ||
           (point >= 0x202A && point <= 0x202E) || (point >= 0x2060 && point <= 0x2069) ||
           point == 0xFEFF || (point >= 0xFDD0 && point <= 0xFDEF) || (point & 0xFFFE) == 0xFFFE ||
           (point >= 0xE0000 && point <= 0xE007F);
}

static bool
is_space(uint32_t point)
{
    return (point >= '\t' && point <= '\r') || point == ' ' || point == 0x85 || point == 0xA0 ||
           point == 0x1680 || (point >= 0x2000 && point <= 0x200A) || point == 0x2028 ||
           point == 0x2029 || point == 0x202F || point == 0x205F || point == 0x3000;
}

bool
text_is_mark(uint32_t point)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)point);
    return category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME;
}

bool
text_is_in_word(uint32_t point)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)point);
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
           (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

bool
text_is_format(uint32_t point)
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

/* The bytes of the settled character beyond ASCII at `at`; 0: it is none. */
static size_t
settled_next(struct span text, size_t at)
{
    uint32_t point;
    size_t len = common_length(text, at);
    if (len > 0)
        return len;
    len = text_next(span_skip(text, at), &point);
    return len > 0 && is_settled(point) ? len : 0;
}

/* The bytes of settled characters in front, and in *last where the last of them begins. */
static size_t
settled_length(struct span text, size_t *last)
{
    size_t at = 0, len;
    *last = 0;
    while (at < text.len) {
        len = ascii_length(text, at);
        if (len > 0)
            *last = at + len - 1;
        else if ((len = settled_next(text, at)) > 0)
            *last = at;
        else
            break;
        at += len;
    }
    return at;
}

/* Where the next settled character begins, from `at` on. */
static size_t
unsettled_end(struct span text, size_t at)
{
    struct span rest = span_skip(text, at);
    while (rest.len > 0) {
        struct span behind = rest;
        if (is_settled(text_take(&behind)))
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

/* A small letter, then its quality, its tone or both, and nothing else, is one letter: nearly all
 * that is ever composed. 0: it is something else. */
static uint32_t
letter_whole(struct span text)
{
    uint32_t marks[2] = { 0, 0 };
    size_t count = 0;
    struct span rest = span_skip(text, 1);
    if (text.len > 5 || text.at[0] < 'a' || text.at[0] > 'z')
        return 0;
    while (rest.len > 0 && count < 2)
        marks[count++] = text_take(&rest);
    if (rest.len > 0)
        return 0;
    uint32_t whole = text_letter_join(text.at[0], marks[0], marks[1]);
    return whole == 0 && count == 1 ? text_letter_join(text.at[0], 0, marks[0]) : whole;
}

/* NFC by the book: decompose, order the marks, compose. */
static void
compose_any(struct span text, struct buffer *out)
{
    /* No character has more than one and a half canonical points per byte; reencode wants one more.
     */
    size_t room = text.len * 2 + 4, count = 0;
    utf8proc_int32_t few[64], *many = NULL, *points = few;
    if (room + 1 > sizeof few / sizeof few[0])
        points = many = memory_new((room + 1) * sizeof *points);
    while (text.len > 0) {
        utf8proc_ssize_t added = utf8proc_decompose_char(
            (utf8proc_int32_t)text_take(&text), points + count, (utf8proc_ssize_t)(room - count),
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

static void
compose(struct span text, struct buffer *out)
{
    uint32_t whole = letter_whole(text);
    if (whole != 0)
        text_add(out, whole);
    else
        compose_any(text, out);
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

/* How many bytes at `at` are shown as they are, and no space: of ASCII and of the characters that
 * nearly all lines are of. */
static size_t
shown_length(struct span text, size_t at)
{
    size_t from = at, len;
    do {
        while (at < text.len && text.at[at] > ' ' && text.at[at] < 0x7f)
            at++;
        len = at < text.len && !is_ascii(text.at[at]) ? common_length(text, at) : 0;
        at += len;
    } while (len > 0);
    return at - from;
}

/* It is such words, with one space between. */
bool
text_is_clean(struct span text)
{
    for (size_t at = 0; at < text.len; at++) {
        size_t len = shown_length(text, at);
        at += len;
        if (len == 0 || at == text.len)
            return len > 0;
        if (text.at[at] != ' ')
            return false;
    }
    return false;
}

static void
add_after_gap(struct buffer *kept, bool *gap, struct span bytes)
{
    if (*gap && kept->len > 0)
        buffer_add_char(kept, ' ');
    *gap = false;
    buffer_add(kept, bytes);
}

void
text_clean(struct span text, struct buffer *out)
{
    /* Normalised afterwards: what stood around something removed may join. */
    struct buffer kept = BUFFER_EMPTY;
    bool gap = false;
    text = span_trim_lines(text);
    if (text_is_clean(text)) {
        buffer_add(out, text);
        return;
    }
    while (text.len > 0) {
        size_t shown = shown_length(text, 0);
        if (shown > 0) {
            add_after_gap(&kept, &gap, span_first(text, shown));
            text = span_skip(text, shown);
            continue;
        }
        char bytes[TEXT_POINT_BYTES];
        uint32_t point = text_take(&text);
        if (is_space(point))
            gap = true;
        else if (!is_control(point) && !text_is_invisible(point))
            add_after_gap(&kept, &gap, (struct span){ bytes, text_print(point, bytes) });
    }
    text_nfc(buffer_span(&kept), out);
    buffer_fini(&kept);
}

bool
text_is_language(struct span text)
{
    size_t part = 0;
    bool first = true;
    for (size_t i = 0; i < text.len; i++) {
        char low = (char)(text.at[i] | 0x20);
        bool hyphen = text.at[i] == '-', letter = low >= 'a' && low <= 'z';
        bool digit = text.at[i] >= '0' && text.at[i] <= '9';
        if (hyphen ? part == 0 : !letter && (first || !digit))
            return false;
        first = first && !hyphen;
        part = hyphen ? 0 : part + 1;
        if (part > 8)
            return false;
    }
    return part > 0 && text.len > 1 && text.len <= TEXT_LANGUAGE_MAX;
}

bool
text_is_upper(uint32_t point)
{
    return utf8proc_category((utf8proc_int32_t)point) == UTF8PROC_CATEGORY_LU;
}

size_t
text_width(struct span text)
{
    size_t columns = 0;
    while (text.len > 0) {
        int width = utf8proc_charwidth((utf8proc_int32_t)text_take(&text));
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
        if (!within && !(text_next(span_skip(text, at), &point) > 0 && text_is_mark(point)))
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
