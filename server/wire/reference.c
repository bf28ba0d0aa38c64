/* SPDX-License-Identifier: ISC */
#include "wire/reference.h"

#include <libxml/HTMLparser.h>
#include <string.h>

enum { NAME_BYTES = 32, POINT_MAX = 0x10FFFF };

/* What windows-1252 has from 0x80 to 0x9F. */
static const uint16_t western[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

uint32_t
reference_character(uint32_t point)
{
    if (point >= 0x80 && point <= 0x9F)
        return western[point - 0x80];
    if (point == '\t' || point == '\n' || point == '\r')
        return point;
    bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    bool none = (point & 0xFFFE) == 0xFFFE || (point >= 0xFDD0 && point <= 0xFDEF);
    return point < ' ' || point == 0x7F || surrogate || none || point > POINT_MAX ? 0 : point;
}

static int
digit_of(char byte, unsigned base)
{
    static const char digits[] = "0123456789abcdef";
    char lower = byte >= 'A' && byte <= 'F' ? (char)(byte - 'A' + 'a') : byte;
    const char *at = lower != '\0' ? memchr(digits, lower, base) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

static bool
is_word_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || (unsigned char)byte >= 0x80;
}

/* Behind "&#". */
static struct reference
read_number(struct span text)
{
    struct reference none = { 0, 0, false };
    bool hex = text.len > 2 && (text.at[2] == 'x' || text.at[2] == 'X');
    size_t from = hex ? 3 : 2, at = from;
    uint32_t point = 0;
    for (int digit; at < text.len && (digit = digit_of(text.at[at], hex ? 16 : 10)) >= 0; at++)
        point = point > POINT_MAX ? point : point * (hex ? 16 : 10) + (uint32_t)digit;
    if (at == from)
        return none;
    if (at < text.len && text.at[at] == ';')
        at++;
    else if (at < text.len && is_word_byte(text.at[at]))
        return none;
    return (struct reference){ at, reference_character(point), false };
}

static struct reference
read_name(struct span text)
{
    struct reference none = { 0, 0, false };
    char name[NAME_BYTES];
    size_t end;
    if (!span_find_char(span_first(text, NAME_BYTES), ';', &end) || end < 2)
        return none;
    memcpy(name, text.at + 1, end - 1);
    name[end - 1] = '\0';
    if (strcmp(name, "apos") == 0) /* XML's alone */
        return (struct reference){ end + 1, '\'', true };
    const htmlEntityDesc *found = htmlEntityLookup((const xmlChar *)name);
    return found != NULL ? (struct reference){ end + 1, found->value, true } : none;
}

struct reference
reference_read(struct span text)
{
    return text.len > 1 && text.at[1] == '#' ? read_number(text) : read_name(text);
}

void
reference_add(uint32_t point, struct buffer *out)
{
    static const struct {
        uint32_t most;
        unsigned char mark;
    } lengths[] = { { 0x7F, 0 }, { 0x7FF, 0xC0 }, { 0xFFFF, 0xE0 }, { POINT_MAX, 0xF0 } };
    unsigned more = 0;
    while (point > lengths[more].most)
        more++;
    buffer_add_char(out, (char)(lengths[more].mark | point >> 6 * more));
    while (more-- > 0)
        buffer_add_char(out, (char)(0x80 | (point >> 6 * more & 0x3F)));
}

void
reference_decode(struct span text, struct buffer *out)
{
    for (size_t at; span_find_char(text, '&', &at);) {
        buffer_add(out, span_first(text, at));
        text = span_skip(text, at);
        struct reference reference = reference_read(text);
        if (reference.len == 0)
            buffer_add_char(out, '&');
        else if (reference.point != 0)
            reference_add(reference.point, out);
        text = span_skip(text, reference.len > 0 ? reference.len : 1);
    }
    buffer_add(out, text);
}

bool
reference_remains(struct span text)
{
    static const char *const names[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&nbsp;" };
    for (size_t at; span_find_char(text, '&', &at);) {
        text = span_skip(text, at);
        struct reference reference = reference_read(text);
        if (reference.len > 0 && !reference.named && text.at[reference.len - 1] == ';')
            return true;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (span_starts(text, span_of(names[i])))
                return true;
        text = span_skip(text, 1);
    }
    return false;
}

void
reference_escape(struct span text, struct buffer *out)
{
    static const char *const escapes[] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;"
    };
    for (size_t at = 0; at < text.len; at++) {
        unsigned char byte = (unsigned char)text.at[at];
        if (byte < sizeof escapes / sizeof *escapes && escapes[byte] != NULL)
            buffer_add_text(out, escapes[byte]);
        else
            buffer_add_char(out, (char)byte);
    }
}
