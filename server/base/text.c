/* SPDX-License-Identifier: ISC */
#include "base/text_point.h"

#include <string.h>
#include <utf8proc.h>

enum { REPLACEMENT = 0xFFFD };

/* Of two bytes, or of three that are neither overlong nor surrogates: nearly all. 0: another. */
static size_t
next_usual(struct span text, uint32_t *out)
{
    const unsigned char *bytes = (const unsigned char *)text.at;
    if (bytes[0] >= 0xC2 && bytes[0] <= 0xDF && text.len > 1 && text_is_tail(text.at[1])) {
        *out = (bytes[0] & 0x1Fu) << 6 | (bytes[1] & 0x3Fu);
        return 2;
    }
    if (bytes[0] < 0xE1 || bytes[0] > 0xEC || text.len < 3 || !text_is_tail(text.at[1]) ||
        !text_is_tail(text.at[2]))
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

uint32_t
text_take(struct span *rest)
{
    uint32_t point = REPLACEMENT;
    size_t len = 1;
    if (text_is_ascii(rest->at[0]))
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

/* In words of eight, as most of a page is. */
size_t
text_ascii_length(struct span text, size_t at)
{
    size_t from = at;
    uint64_t word;
    for (; text.len - at >= sizeof word; at += sizeof word) {
        memcpy(&word, text.at + at, sizeof word);
        if ((word & 0x8080808080808080u) != 0)
            break;
    }
    while (at < text.len && text_is_ascii(text.at[at]))
        at++;
    return at - from;
}

size_t
text_common_length(struct span text, size_t at)
{
    const unsigned char *bytes = (const unsigned char *)text.at + at;
    size_t left = text.len - at;
    if (bytes[0] == 0xC2 && (left < 2 || bytes[1] <= 0xA0 || bytes[1] == 0xAD))
        return 0;
    if (bytes[0] >= 0xC2 && bytes[0] <= 0xCB)
        return left >= 2 && text_is_tail(text.at[at + 1]) ? 2 : 0;
    if (left < 3 || !text_is_tail(text.at[at + 2]))
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
    while ((at += text_ascii_length(text, at)) < text.len) {
        len = text_common_length(text, at);
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

/* How many bytes at `at` are shown as they are, and no space: of ASCII and of the characters that
 * nearly all lines are of. */
static size_t
shown_length(struct span text, size_t at)
{
    size_t from = at, len;
    do {
        while (at < text.len && text.at[at] > ' ' && text.at[at] < 0x7f)
            at++;
        len = at < text.len && !text_is_ascii(text.at[at]) ? text_common_length(text, at) : 0;
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
        bool within = text_is_tail(text.at[at]);
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
