/* SPDX-License-Identifier: ISC */
/* Any bytes for a story's body and, behind the first line, its title: two prints of one text are
 * one, a title is like itself, and what was put in is found again. */
#include "wire/known.h"

#include "base/buffer.h"
#include "base/text.h"
#include "story/gemtext.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool holds)
{
    if (!holds)
        abort();
}

static void
check_text(struct span body)
{
    struct fingerprint one, other;
    struct buffer again = BUFFER_EMPTY;
    fingerprint_read(body, &one);
    buffer_add(&again, body);
    buffer_add_text(&again, "\n=> https://a.example/ Ảnh: An\n\n!\n");
    fingerprint_read(buffer_span(&again), &other);
    struct gemtext walk = gemtext_walk(body);
    struct gemline line;
    bool open = false;
    while (gemtext_next(&walk, &line))
        open ^= line.kind == GEMLINE_TOGGLE;
    check(open || memcmp(one.hash, other.hash, HASH_BYTES) == 0);
    check(open || (one.simhash == other.simhash && one.syllables == other.syllables));
    check(fingerprint_distance(&one, &one) == 0);
    buffer_fini(&again);
}

static void
check_title(struct span title, struct span other)
{
    struct title_words one, two;
    title_words_read(title, &one);
    title_words_read(other, &two);
    double likeness = title_words_likeness(&one, &two);
    check(one.count <= TITLE_WORDS_MAX && likeness >= 0 && likeness <= 1);
    check(one.count == 0 || title_words_likeness(&one, &one) > 0.999);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span body = { (const char *)data, size }, rest = body;
    struct span title = span_line(&rest);
    check_title(title, rest);
    if (text_is_utf8(body))
        check_text(body);
    return 0;
}
