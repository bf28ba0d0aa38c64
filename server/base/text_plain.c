/* SPDX-License-Identifier: ISC */
/* Text for those who show nothing but lines of it. */
#include "base/text_point.h"

#include <utf8proc.h>

static struct span
skip_spaces(struct span text)
{
    while (text.len > 0 && text.at[0] == ' ')
        text = span_skip(text, 1);
    return text;
}

static struct span
drop_spaces(struct span text)
{
    while (text.len > 0 && text.at[text.len - 1] == ' ')
        text.len--;
    return text;
}

struct span
text_wrap(struct span *rest, size_t columns)
{
    struct span text = skip_spaces(*rest), ahead = text;
    size_t width = 0, fits = 0; /* bytes, up to the last place to break at; 0: none yet */
    while (ahead.len > 0) {
        size_t at = text.len - ahead.len;
        int wide = utf8proc_charwidth((utf8proc_int32_t)text_take(&ahead));
        bool space = text.at[at] == ' ';
        if (space && width <= columns)
            fits = at;
        width += wide > 0 ? (size_t)wide : 0;
        if (width <= columns || space || at == 0)
            continue;
        size_t end = fits > 0 ? fits : at;
        *rest = skip_spaces(span_skip(text, end));
        return drop_spaces(span_first(text, end));
    }
    *rest = span_skip(text, text.len);
    return drop_spaces(text);
}

/* What is no letter with marks. */
static const struct {
    uint32_t point;
    const char *ascii;
} forms[] = {
    { 0xA0, " " },     { 0xAB, "\"" },   { 0xB0, "o" },    { 0xB7, "-" },    { 0xBB, "\"" },
    { 0xD7, "x" },     { 0xDF, "ss" },   { 0xE6, "ae" },   { 0xC6, "AE" },   { 0xF8, "o" },
    { 0xD8, "O" },     { 0x110, "D" },   { 0x111, "d" },   { 0x131, "i" },   { 0x141, "L" },
    { 0x142, "l" },    { 0x152, "OE" },  { 0x153, "oe" },  { 0x2010, "-" },  { 0x2011, "-" },
    { 0x2012, "-" },   { 0x2013, "-" },  { 0x2014, "-" },  { 0x2015, "-" },  { 0x2018, "'" },
    { 0x2019, "'" },   { 0x201A, "'" },  { 0x201C, "\"" }, { 0x201D, "\"" }, { 0x201E, "\"" },
    { 0x2022, "*" },   { 0x2032, "'" },  { 0x2033, "\"" }, { 0x2044, "/" },  { 0x20AB, "d" },
    { 0x20AC, "EUR" }, { 0x2190, "<-" }, { 0x2192, "->" }, { 0x2212, "-" },  { 0x2264, "<=" },
    { 0x2265, ">=" },
};

static void
add_form(uint32_t point, struct buffer *out)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (forms[i].point == point) {
            buffer_add_text(out, forms[i].ascii);
            return;
        }
    if (point < 0x80)
        buffer_add_char(out, (char)point);
    else if (!text_is_mark(point) && !text_is_format(point))
        buffer_add_char(out, '?');
}

static bool
has_form(uint32_t point)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (forms[i].point == point)
            return true;
    return false;
}

void
text_ascii(struct span text, struct buffer *out)
{
    while (text.len > 0) {
        utf8proc_int32_t points[TEXT_FOLDED_MAX];
        uint32_t point = text_take(&text);
        utf8proc_ssize_t count = 1;
        points[0] = (utf8proc_int32_t)point;
        if (point >= 0x80 && !has_form(point))
            count = utf8proc_decompose_char(points[0], points, TEXT_FOLDED_MAX,
                                            UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT,
                                            NULL);
        for (utf8proc_ssize_t i = 0; i < count; i++)
            add_form((uint32_t)points[i], out);
    }
}
