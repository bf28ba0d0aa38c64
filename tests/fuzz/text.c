/* SPDX-License-Identifier: ISC */
#include "base/text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef void convert_fn(struct span text, struct buffer *out);

static void
require(bool claim)
{
    if (!claim)
        abort();
}

/* Done to its own result, `convert` changes nothing. What it made is the caller's to free. */
static struct buffer
convert_twice(convert_fn *convert, struct span text)
{
    struct buffer once = BUFFER_EMPTY, twice = BUFFER_EMPTY;
    convert(text, &once);
    convert(buffer_span(&once), &twice);
    require(text_is_utf8(buffer_span(&once)));
    require(span_equal(buffer_span(&once), buffer_span(&twice)));
    buffer_fini(&twice);
    return once;
}

static void
check_nfc(struct span text)
{
    struct buffer out = convert_twice(text_nfc, text);
    require(text_is_nfc(buffer_span(&out)));
    require(text_is_nfc(text) == span_equal(text, buffer_span(&out)));
    buffer_fini(&out);
}

static void
check_clean(struct span text)
{
    struct buffer out = convert_twice(text_clean, text);
    struct span rest = buffer_span(&out);
    uint32_t point, last = ' ';
    require(text_is_nfc(rest));
    for (size_t len; (len = text_next(rest, &point)) > 0; rest = span_skip(rest, len)) {
        require(!text_is_control(rest) && !text_is_invisible(point));
        require(point != ' ' || last != ' ');
        last = point;
    }
    require(out.len == 0 || last != ' ');
    buffer_fini(&out);
}

static void
check_fold(struct span text)
{
    struct buffer out = convert_twice(text_fold, text);
    char last = ' ';
    for (size_t i = 0; i < out.len; i++) {
        char byte = out.at[i];
        require((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
                (byte == ' ' && last != ' '));
        last = byte;
    }
    require(out.len == 0 || last != ' ');
    buffer_fini(&out);
}

/* However a text was typed, its keys are those of its normal form. */
static void
check_keys(struct span text)
{
    convert_fn *const keys[] = { text_fold, text_key, text_collate };
    struct buffer normal = BUFFER_EMPTY;
    text_nfc(text, &normal);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct buffer one = BUFFER_EMPTY, other = BUFFER_EMPTY;
        keys[i](text, &one);
        keys[i](buffer_span(&normal), &other);
        require(span_equal(buffer_span(&one), buffer_span(&other)));
        buffer_fini(&one);
        buffer_fini(&other);
    }
    buffer_fini(&normal);
}

static void
check_cut(struct span text)
{
    for (size_t bytes = 0; bytes <= text.len && bytes < 40; bytes++) {
        struct span cut = text_cut(text, bytes);
        require(cut.len <= bytes && span_starts(text, cut));
        require(!text_is_utf8(text) || text_is_utf8(cut));
    }
}

static void
check_sentences(struct span text)
{
    const char *from = text.at;
    const char *end = text.at + text.len;
    while (text.at != NULL) {
        struct span sentence = text_sentence(&text);
        require(sentence.len == 0 || (sentence.at >= from && sentence.at + sentence.len <= end));
        require(sentence.len > 0 || text.at == NULL);
        from = sentence.at + sentence.len;
    }
}

/* Words come one behind the other, and are the same in the text's normal form. */
static void
check_words(struct span text)
{
    struct buffer normal = BUFFER_EMPTY;
    struct text_word word = { .to = 0 }, same = { .to = 0 };
    text_nfc(text, &normal);
    for (size_t from = 0; text_word(text, from, &word); from = word.to) {
        require(word.from >= from && word.to > word.from && word.to <= text.len);
        require(word.plain_len > 0 && word.plain_len <= TEXT_WORD_MAX);
        require(word.marked_len > 0 && word.marked_len <= TEXT_WORD_MAX);
        require(text_word(buffer_span(&normal), same.to, &same));
        require(span_equal((struct span){ word.plain, word.plain_len },
                           (struct span){ same.plain, same.plain_len }));
    }
    require(!text_word(buffer_span(&normal), same.to, &same));
    buffer_fini(&normal);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = { size > 0 ? (const char *)data : "", size };
    struct buffer key;

    check_nfc(text);
    check_clean(text);
    check_fold(text);
    check_keys(text);
    key = convert_twice(text_key, text);
    buffer_fini(&key);
    check_words(text);
    check_cut(text);
    check_sentences(text);
    text_width(text);
    return 0;
}
