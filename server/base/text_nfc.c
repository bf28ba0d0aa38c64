/* SPDX-License-Identifier: ISC */
/* text_nfc.c - Unicode's normal form C (UAX 15). */
#include "base/text_point.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

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
    size_t len = text_common_length(text, at);
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
        len = text_ascii_length(text, at);
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
