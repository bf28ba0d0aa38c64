/* SPDX-License-Identifier: ISC */
#include "base/text_point.h"

#include <string.h>

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

/* Beyond ASCII a byte may be part of a letter. */
static bool
may_be_in_word(char byte)
{
    char low = (char)(byte | 0x20);
    return (byte & 0x80) != 0 || (low >= 'a' && low <= 'z') || (byte >= '0' && byte <= '9');
}

/* The letters and digits `text` ends with. */
static struct span
last_word(struct span text)
{
    uint32_t point;
    size_t start = text.len, len;
    while (start > 0 && may_be_in_word(text.at[start - 1]))
        start--;
    struct span word = span_skip(text, start);
    while ((len = text_next(word, &point)) > 0 && !text_is_in_word(point)) /* “ */
        word = span_skip(word, len);
    return word;
}

/* A letter alone that is no word: Vietnamese has lower-case words of one vowel (ạ, ở). */
static bool
is_initial(struct span word)
{
    uint32_t point;
    size_t len = text_next(word, &point);
    if (len == 0 || len != word.len || !text_is_in_word(point) || point < 'A')
        return false;
    return text_is_upper(point) || (point < 0x80 && strchr("aeiouy", (int)point) == NULL);
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
