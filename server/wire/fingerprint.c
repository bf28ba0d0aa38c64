/* SPDX-License-Identifier: ISC */
#include "wire/fingerprint.h"

#include "base/buffer.h"
#include "base/text.h"
#include "story/gemtext.h"
#include "wire/shape.h"

#include <stdlib.h>
#include <string.h>

enum { CAPTION_BYTES = 300, BITS = 64, PLANES = 32 };

/* FNV-1a, its bits mixed afterwards (the finaliser of SplitMix64): a simhash needs every bit to be
 * chance. */
static uint64_t
hash_word(uint64_t seed, struct span word)
{
    uint64_t hash = 14695981039346656037u ^ seed;
    for (size_t i = 0; i < word.len; i++)
        hash = (hash ^ (unsigned char)word.at[i]) * 1099511628211u;
    hash = (hash ^ hash >> 30) * 0xBF58476D1CE4E5B9u;
    hash = (hash ^ hash >> 27) * 0x94D049BB133111EBu;
    return hash ^ hash >> 31;
}

static bool
is_caption(struct span line)
{
    return line.len <= CAPTION_BYTES && shape_has_credit(line);
}

/* What a line adds to the text: nothing, if it is a link or a caption. */
static struct span
telling_part(const struct gemline *line, bool first)
{
    switch (line->kind) {
    case GEMLINE_LINK:
    case GEMLINE_TOGGLE:
        return SPAN("");
    case GEMLINE_TEXT:
    case GEMLINE_QUOTE:
    case GEMLINE_ITEM:
    case GEMLINE_HEADING:
    case GEMLINE_PREFORMATTED:
        break;
    }
    struct span text = span_trim(line->text), dateline = SPAN("");
    if (is_caption(text))
        return SPAN("");
    if (first && line->kind == GEMLINE_TEXT)
        dateline = shape_dateline(text);
    return dateline.len > 0 ? span_skip(text, (size_t)(dateline.at + dateline.len - text.at))
                            : text;
}

/* All that counts, one space between words. */
static void
normalise(struct span body, struct buffer *out)
{
    struct gemtext walk = gemtext_walk(body);
    struct gemline line;
    bool first = true;
    while (gemtext_next(&walk, &line)) {
        struct span part = telling_part(&line, first);
        size_t before = out->len;
        if (part.len == 0)
            continue;
        if (before > 0)
            buffer_add_char(out, ' ');
        text_key(part, out);
        if (out->len == before + (before > 0)) /* nothing but punctuation */
            buffer_shorten(out, before);
        first = first && line.kind != GEMLINE_TEXT;
    }
}

/* Pairs of words, each once: what a text says again and again tells no more of it. */
struct pairs {
    uint64_t *at; /* 0: nothing is here */
    size_t mask, count;
    /* How many of them have each bit, in binary: plane k holds the bits of 2^k of all 64 counts. */
    uint64_t planes[PLANES];
};

static void
add_pair(struct pairs *pairs, uint64_t pair)
{
    size_t at = pair & pairs->mask;
    while (pairs->at[at] != 0 && pairs->at[at] != pair)
        at = (at + 1) & pairs->mask;
    if (pairs->at[at] == pair)
        return;
    pairs->at[at] = pair;
    pairs->count++;
    for (uint64_t carry = pair, *plane = pairs->planes; carry != 0; plane++) {
        uint64_t over = *plane & carry;
        *plane ^= carry;
        carry = over;
    }
}

/* The bits that more than half of the pairs have. */
static uint64_t
sign(const struct pairs *pairs)
{
    uint64_t hash = 0;
    for (int i = 0; i < BITS; i++) {
        size_t ones = 0;
        for (int plane = 0; plane < PLANES; plane++)
            ones |= (size_t)(pairs->planes[plane] >> i & 1) << plane;
        hash |= (uint64_t)(2 * ones > pairs->count) << i;
    }
    return hash;
}

/* Room for the pairs of a text of so many bytes: a word has one at least, and a space. */
static struct pairs
pairs_for(size_t bytes)
{
    struct pairs pairs = { .mask = 63 };
    while (pairs.mask < bytes)
        pairs.mask = 2 * pairs.mask + 1;
    pairs.at = memory_new((pairs.mask + 1) * sizeof *pairs.at);
    memset(pairs.at, 0, (pairs.mask + 1) * sizeof *pairs.at);
    return pairs;
}

void
fingerprint_read(struct span body, struct fingerprint *out)
{
    struct buffer text = BUFFER_EMPTY;
    uint64_t before = 0;
    normalise(body, &text);
    struct pairs pairs = pairs_for(text.len);
    hash_bytes(buffer_span(&text), out->hash);
    out->syllables = 0;
    for (struct span rest = buffer_span(&text); rest.len > 0; out->syllables++) {
        uint64_t word = hash_word(0, span_cut(&rest, ' '));
        if (out->syllables > 0)
            add_pair(&pairs,
                     hash_word(word, (struct span){ (const char *)&before, sizeof before }));
        before = word;
    }
    out->simhash = sign(&pairs);
    free(pairs.at);
    buffer_fini(&text);
}

int
fingerprint_distance(const struct fingerprint *one, const struct fingerprint *other)
{
    int bits = 0;
    for (uint64_t apart = one->simhash ^ other->simhash; apart != 0; apart &= apart - 1)
        bits++;
    return bits;
}

bool
fingerprint_is_comparable(const struct fingerprint *one, const struct fingerprint *other)
{
    size_t less = one->syllables, more = other->syllables;
    if (less > more) {
        less = other->syllables;
        more = one->syllables;
    }
    return less >= FINGERPRINT_NEAR_LEAST && more <= 2 * less;
}

uint64_t
fingerprint_band(const struct fingerprint *fingerprint, int band)
{
    return (uint64_t)band << 16 | (fingerprint->simhash >> 16 * band & 0xFFFF);
}

static int
by_number(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

void
title_words_read(struct span title, struct title_words *out)
{
    struct buffer folded = BUFFER_EMPTY;
    uint32_t kept = 0;
    uint64_t number, numbers = 0;
    *out = (struct title_words){ .count = 0 };
    text_fold(title, &folded);
    for (struct span rest = buffer_span(&folded); rest.len > 0 && out->count < TITLE_WORDS_MAX;) {
        struct span word = span_cut(&rest, ' ');
        out->at[out->count++] = (uint32_t)hash_word(0, word);
        if (span_number(word, UINT64_MAX, &number))
            numbers = hash_word(numbers, (struct span){ (const char *)&number, sizeof number });
    }
    buffer_fini(&folded);
    out->numbers = (uint32_t)numbers;
    if (out->count > 0)
        qsort(out->at, out->count, sizeof *out->at, by_number);
    for (uint32_t i = 0; i < out->count; i++)
        if (kept == 0 || out->at[kept - 1] != out->at[i])
            out->at[kept++] = out->at[i];
    out->count = kept;
}

double
title_words_likeness(const struct title_words *one, const struct title_words *other)
{
    uint32_t shared = 0;
    if (one->numbers != other->numbers || one->count == 0 || other->count == 0)
        return 0;
    for (uint32_t i = 0, k = 0; i < one->count && k < other->count;) {
        uint32_t a = one->at[i], b = other->at[k];
        shared += a == b;
        i += a <= b;
        k += b <= a;
    }
    return (double)shared / (double)(one->count + other->count - shared);
}
