/* SPDX-License-Identifier: ISC */
#include "archive/likeness.h"

#include "base/text.h"

#include <math.h>
#include <stdlib.h>

/* FNV-1a of two words with a space between. */
static uint32_t
number_of(struct span first, struct span second)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < first.len; i++)
        hash = (hash ^ (unsigned char)first.at[i]) * 16777619u;
    hash = (hash ^ ' ') * 16777619u;
    for (size_t i = 0; i < second.len; i++)
        hash = (hash ^ (unsigned char)second.at[i]) * 16777619u;
    return hash;
}

/* Pairs do not reach from the title into the summary. */
static void
add_pairs(struct span text, struct buffer *folded, struct traits *out)
{
    struct span before = { NULL, 0 };
    buffer_clear(folded);
    text_fold(text, folded);
    for (struct span rest = buffer_span(folded); rest.at != NULL && out->count < TRAITS_MAX;) {
        struct span word = span_cut(&rest, ' ');
        if (before.len > 0 && word.len > 0)
            out->at[out->count++] = number_of(before, word);
        before = word;
    }
}

static int
by_number(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

void
traits_read(struct span title, struct span summary, struct traits *out)
{
    struct buffer folded = BUFFER_EMPTY;
    size_t kept = 0;
    out->count = 0;
    add_pairs(title, &folded, out);
    add_pairs(summary, &folded, out);
    buffer_fini(&folded);
    qsort(out->at, out->count, sizeof *out->at, by_number);
    for (size_t i = 0; i < out->count; i++)
        if (kept == 0 || out->at[kept - 1] != out->at[i])
            out->at[kept++] = out->at[i];
    out->count = kept;
}

double
traits_likeness(const struct traits *a, const struct traits *b)
{
    size_t shared = 0;
    for (size_t i = 0, k = 0; i < a->count && k < b->count;) {
        shared += a->at[i] == b->at[k];
        uint32_t first = a->at[i], second = b->at[k];
        i += first <= second;
        k += second <= first;
    }
    return shared > 0 ? (double)shared / sqrt((double)a->count * (double)b->count) : 0;
}
