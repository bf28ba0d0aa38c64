/* SPDX-License-Identifier: ISC */
#include "base/span.h"

#include <string.h>

struct span
span_of(const char *text)
{
    return (struct span){ text, text != NULL ? strlen(text) : 0 };
}

bool
span_equal(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static char
lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

bool
span_equal_nocase(struct span a, struct span b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.at[i]) != lower(b.at[i]))
            return false;
    return true;
}

int
span_compare(struct span a, struct span b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared > 0 ? memcmp(a.at, b.at, shared) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool
span_starts(struct span span, struct span prefix)
{
    return span_equal(span_first(span, prefix.len), prefix);
}

bool
span_ends(struct span span, struct span suffix)
{
    return span.len >= suffix.len && span_equal(span_skip(span, span.len - suffix.len), suffix);
}

struct span
span_first(struct span span, size_t len)
{
    return (struct span){ span.at, len < span.len ? len : span.len };
}

struct span
span_skip(struct span span, size_t len)
{
    if (span.at == NULL)
        return span;
    if (len > span.len)
        len = span.len;
    return (struct span){ span.at + len, span.len - len };
}

bool
span_find(struct span span, struct span what, size_t *at)
{
    if (what.len == 0 || span.len < what.len)
        return false;
    const char *found = memmem(span.at, span.len, what.at, what.len);
    if (found == NULL)
        return false;
    *at = (size_t)(found - span.at);
    return true;
}

bool
span_find_char(struct span span, char what, size_t *at)
{
    const char *found = span.len > 0 ? memchr(span.at, what, span.len) : NULL;
    if (found == NULL)
        return false;
    *at = (size_t)(found - span.at);
    return true;
}

bool
span_has_char(struct span span, char what)
{
    size_t at;
    return span_find_char(span, what, &at);
}

static struct span
trim(struct span span, const char *blanks)
{
    while (span.len > 0 && strchr(blanks, span.at[0]) != NULL && span.at[0] != '\0')
        span = span_skip(span, 1);
    while (span.len > 0 && strchr(blanks, span.at[span.len - 1]) != NULL &&
           span.at[span.len - 1] != '\0')
        span.len--;
    return span;
}

struct span
span_trim(struct span span)
{
    return trim(span, " \t");
}

struct span
span_trim_lines(struct span span)
{
    return trim(span, " \t\r\n");
}

struct span
span_cut(struct span *rest, char mark)
{
    struct span all = *rest;
    size_t at;
    if (!span_find_char(all, mark, &at)) {
        *rest = (struct span){ NULL, 0 };
        return all;
    }
    *rest = span_skip(all, at + 1);
    return span_first(all, at);
}

struct span
span_line(struct span *rest)
{
    struct span line = span_cut(rest, '\n');
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    return line;
}

bool
span_number(struct span span, uint64_t most, uint64_t *out)
{
    uint64_t number = 0;
    if (span.len == 0)
        return false;
    for (size_t i = 0; i < span.len; i++) {
        char byte = span.at[i];
        if (byte < '0' || byte > '9')
            return false;
        uint64_t digit = (uint64_t)(byte - '0');
        if (number > (most - digit) / 10 || digit > most)
            return false;
        number = number * 10 + digit;
    }
    *out = number;
    return true;
}
