/* SPDX-License-Identifier: ISC */
#include "protocol/markup.h"

#include "base/text.h"

static struct span
escape_of(char byte)
{
    switch (byte) {
    case '&':
        return SPAN("&amp;");
    case '<':
        return SPAN("&lt;");
    case '>':
        return SPAN("&gt;");
    case '"':
        return SPAN("&quot;");
    default:
        return (struct span){ NULL, 0 };
    }
}

/* Bytes that stand for themselves wherever they are. */
static size_t
plain_length(struct span text)
{
    size_t len = 0;
    while (len < text.len && text.at[len] >= ' ' && text.at[len] < 0x7F && text.at[len] != '&' &&
           text.at[len] != '<' && text.at[len] != '>' && text.at[len] != '"' &&
           text.at[len] != '\\')
        len++;
    return len;
}

static bool
is_noncharacter(uint32_t point)
{
    return (point & 0xFFFE) == 0xFFFE || (point >= 0xFDD0 && point <= 0xFDEF);
}

/* The character that stands first, *len bytes of it, as markup may hold it. */
static struct span
fit_to_hold(struct span text, size_t *len)
{
    uint32_t point;
    *len = text_next(text, &point);
    if (*len == 0) {
        *len = 1;
        return SPAN("\xEF\xBF\xBD");
    }
    bool blank = text.at[0] == '\n' || text.at[0] == '\t';
    if (is_noncharacter(point) || (text_is_control(text) && !blank))
        return SPAN("");
    return span_first(text, *len);
}

void
markup_add(struct buffer *out, struct span text)
{
    while (text.len > 0) {
        size_t len = plain_length(text);
        if (len > 0) {
            buffer_add(out, span_first(text, len));
        } else {
            struct span escape = escape_of(text.at[0]);
            struct span character = fit_to_hold(text, &len);
            buffer_add(out, escape.len > 0 ? escape : character);
        }
        text = span_skip(text, len);
    }
}

size_t
markup_fit(struct span text, size_t room)
{
    size_t taken = 0;
    for (size_t i = 0; i < text.len; i++) {
        size_t len = escape_of(text.at[i]).len;
        taken += len > 0 ? len : 1;
        if (taken > room)
            return i;
    }
    return text.len;
}

void
markup_add_json(struct buffer *out, struct span text)
{
    buffer_add_char(out, '"');
    while (text.len > 0) {
        size_t len = plain_length(text);
        if (len > 0) {
            buffer_add(out, span_first(text, len));
        } else {
            struct span character = fit_to_hold(text, &len);
            if (len == 1 && character.len == 1) /* ASCII: a mark, or white space */
                buffer_printf(out, "\\u%04x", (unsigned)(unsigned char)character.at[0]);
            else
                buffer_add(out, character);
        }
        text = span_skip(text, len);
    }
    buffer_add_char(out, '"');
}
