/* SPDX-License-Identifier: ISC */
#include "base/text_point.h"

#include <string.h>

/* A word on its way into its two forms. */
struct writing {
    struct text_word *word;
    uint32_t letter; /* the last one; 0: none yet */
    char tones[8];
    size_t tones_len;
};

static void
add(char form[TEXT_WORD_MAX], size_t *len, const char *bytes, size_t count)
{
    if (*len + count <= TEXT_WORD_MAX) {
        memcpy(form + *len, bytes, count);
        *len += count;
    }
}

static void
write_letter(struct writing *writing, uint32_t point)
{
    struct text_word *word = writing->word;
    const char *base = point < 0x80 ? NULL : text_latin_base(point);
    char bytes[4];
    if (base != NULL && base[0] == 'd') /* đ, and what looks like it */
        point = 0x111;
    size_t len = text_print(point, bytes);
    add(word->marked, &word->marked_len, bytes, len);
    if (base != NULL)
        add(word->plain, &word->plain_len, base, strlen(base));
    else
        add(word->plain, &word->plain_len, bytes, len);
    writing->letter = point;
}

static void
write_mark(struct writing *writing, uint32_t point)
{
    struct text_word *word = writing->word;
    char bytes[4];
    size_t len = text_print(point, bytes);
    if (!text_is_tone(writing->letter, point)) {
        add(word->marked, &word->marked_len, bytes, len);
    } else if (writing->tones_len + len <= sizeof writing->tones) {
        memcpy(writing->tones + writing->tones_len, bytes, len);
        writing->tones_len += len;
    }
}

static bool
is_letter(uint32_t point)
{
    return (point >= 'a' && point <= 'z') || (point >= '0' && point <= '9') ||
           (point >= 0x80 && text_is_in_word(point));
}

/* One character's points; false: a word can't go on across it. */
static bool
write_points(struct writing *writing, const int32_t *points, size_t count)
{
    bool goes_on = false;
    for (size_t i = 0; i < count; i++) {
        uint32_t point = (uint32_t)points[i];
        if (is_letter(point))
            write_letter(writing, point);
        else if (point < 0x80 || !(text_is_mark(point) || text_is_format(point)))
            continue;
        else if (writing->letter != 0 && text_is_mark(point))
            write_mark(writing, point);
        goes_on = true;
    }
    return goes_on;
}

bool
text_word(struct span text, size_t from, struct text_word *out)
{
    struct writing writing = { .word = out };
    struct span rest = span_skip(text, from);
    int32_t points[TEXT_FOLDED_MAX];
    out->plain_len = out->marked_len = out->from = out->to = 0;
    while (rest.len > 0) {
        size_t begin = text.len - rest.len, count = text_take_folded(&rest, points);
        bool had = writing.letter != 0, goes_on = write_points(&writing, points, count);
        if (!had && writing.letter != 0)
            out->from = begin;
        if (had && !goes_on)
            break;
        if (writing.letter != 0)
            out->to = text.len - rest.len;
    }
    add(out->marked, &out->marked_len, writing.tones, writing.tones_len);
    return writing.letter != 0;
}

bool
text_word_is_marked(const struct text_word *word)
{
    return word->plain_len != word->marked_len ||
           memcmp(word->plain, word->marked, word->plain_len) != 0;
}
