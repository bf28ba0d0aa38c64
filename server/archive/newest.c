/* SPDX-License-Identifier: ISC */
#include "archive/newest.h"

enum { INSTANT_BYTES = 8, HEAD_BYTES = INSTANT_BYTES + 1 + INSTANT_BYTES };

/* The larger comes first; what is below 0 (before 1970) comes out above INT64_MAX. */
static size_t
add_reversed(unsigned char *into, int64_t value)
{
    uint64_t reversed = (uint64_t)INT64_MAX - (uint64_t)value;
    for (int i = 0; i < INSTANT_BYTES; i++)
        into[i] = (unsigned char)(reversed >> (56 - 8 * i));
    return INSTANT_BYTES;
}

static int64_t
read_reversed(const char *at)
{
    uint64_t reversed = 0;
    for (int i = 0; i < INSTANT_BYTES; i++)
        reversed = reversed << 8 | (unsigned char)at[i];
    return (int64_t)((uint64_t)INT64_MAX - reversed);
}

/* DESIGN 6: by the first instant, a less exact date after more exact ones, by `added`, by slug. */
size_t
newest_print(const struct newest *newest, unsigned char into[NEWEST_BYTES])
{
    size_t len = add_reversed(into, newest->instant);
    into[len++] = (unsigned char)(DATE_SECOND - newest->precision);
    len += add_reversed(into + len, newest->added);
    for (size_t i = 0; i < newest->slug.len && len < NEWEST_BYTES; i++)
        into[len++] = (unsigned char)newest->slug.at[i];
    return len;
}

bool
newest_parse(struct span key, struct newest *out)
{
    if (key.len <= HEAD_BYTES || (unsigned char)key.at[INSTANT_BYTES] > DATE_SECOND)
        return false;
    *out = (struct newest){
        .instant = read_reversed(key.at),
        .precision = (enum precision)(DATE_SECOND - (unsigned char)key.at[INSTANT_BYTES]),
        .added = read_reversed(key.at + INSTANT_BYTES + 1),
        .slug = span_skip(key, HEAD_BYTES),
    };
    return true;
}
