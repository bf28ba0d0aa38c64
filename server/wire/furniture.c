/* SPDX-License-Identifier: ISC */
#include "wire/furniture.h"

#include "base/buffer.h"
#include "base/text.h"
#include "wire/furniture_table.h"

enum { WHOLE_BYTES = 120, POINTER_BYTES = 200, LABEL_BYTES = 40 }; /* longer is none */

enum { SLOTS = 256 };

struct phrasebook {
    struct span keys[FURNITURE_PHRASES];
    short first[SLOTS]; /* by their first word's hash: a phrase's number, from 1 */
    short next[FURNITURE_PHRASES];
};

static size_t
slot_of(struct span key)
{
    size_t hash = 0;
    for (size_t i = 0; i < key.len && key.at[i] != ' '; i++)
        hash = hash * 31 + (unsigned char)key.at[i];
    return hash % SLOTS;
}

const struct phrasebook *
phrasebook_known(void)
{
    static struct phrasebook book;
    static struct region *region;
    if (region != NULL)
        return &book;
    region = region_new();
    for (int i = 0; i < FURNITURE_PHRASES; i++) {
        book.keys[i] = line_key(span_of(furniture_phrases[i].words), region);
        short *slot = &book.first[slot_of(book.keys[i])];
        book.next[i] = *slot;
        *slot = (short)(i + 1);
    }
    return &book;
}

/* The length of `key`'s first word, and of the space behind. */
static size_t
word_length(struct span key)
{
    size_t at;
    return span_find_char(key, ' ', &at) ? at + 1 : key.len;
}

static bool
begins_with_words(struct span key, struct span words)
{
    return span_starts(key, words) && (key.len == words.len || key.at[words.len] == ' ');
}

/* The longest share phrase `key` begins with; 0: none. */
static size_t
share_length(const struct phrasebook *book, struct span key)
{
    size_t longest = 0;
    for (short i = book->first[slot_of(key)]; i > 0; i = book->next[i - 1])
        if (furniture_phrases[i - 1].kind == FURNITURE_SHARE && book->keys[i - 1].len > longest &&
            begins_with_words(key, book->keys[i - 1]))
            longest = book->keys[i - 1].len;
    return longest;
}

/* Share words in a row, counts between them ("Thích 12 Zalo"): nothing but these. */
static bool
is_share_row(const struct phrasebook *book, struct span key)
{
    bool any = false;
    while (key.len > 0) {
        uint64_t count;
        size_t word = word_length(key), phrase = share_length(book, key);
        if (phrase == 0 && !(any && span_number(span_trim(span_first(key, word)), 99999, &count)))
            return false;
        any = true;
        key = span_trim(span_skip(key, phrase > 0 ? phrase : word));
    }
    return any;
}

/* `key` without a count behind ("bình luận của bạn đọc 12"). */
static struct span
uncounted(struct span key)
{
    uint64_t count;
    size_t at = key.len;
    while (at > 0 && key.at[at - 1] != ' ')
        at--;
    bool counted = at > 0 && span_number(span_skip(key, at), 99999, &count);
    return counted ? span_first(key, at - 1) : key;
}

enum furniture
furniture_of(const struct phrasebook *book, const struct line *line)
{
    if (line->text.len <= POINTER_BYTES)
        for (size_t i = 0; i < FURNITURE_BEGINNINGS; i++)
            if (span_starts(line->text, span_of(furniture_beginnings[i].words)))
                return furniture_beginnings[i].kind;
    if (line->text.len > WHOLE_BYTES)
        return FURNITURE_NONE;
    struct span key = uncounted(line->key);
    for (short i = book->first[slot_of(key)]; i > 0; i = book->next[i - 1])
        if (furniture_phrases[i - 1].kind != FURNITURE_SHARE && span_equal(key, book->keys[i - 1]))
            return furniture_phrases[i - 1].kind;
    return is_share_row(book, line->key) ? FURNITURE_SHARE : FURNITURE_NONE;
}

static bool
says(struct span text, const char *words)
{
    struct buffer one = BUFFER_EMPTY, other = BUFFER_EMPTY;
    text_key(text, &one);
    text_key(span_of(words), &other);
    bool same = span_equal(buffer_span(&one), buffer_span(&other));
    buffer_fini(&one);
    buffer_fini(&other);
    return same;
}

/* The rest of `line` behind one of `labels` and a colon. */
static bool
behind_label(struct span line, const char *const labels[], struct span *out)
{
    size_t colon;
    if (!span_find_char(line, ':', &colon) || colon > LABEL_BYTES)
        return false;
    for (size_t i = 0; labels[i] != NULL; i++)
        if (says(span_first(line, colon), labels[i])) {
            *out = span_trim(span_skip(line, colon + 1));
            return true;
        }
    return false;
}

bool
furniture_author(struct span line, struct span *out)
{
    static const char *const labels[] = { "Tác giả",  "Bài, ảnh",   "Bài và ảnh", "Ảnh, bài",
                                          "Bài viết", "Bài",        "Thực hiện",  "Tin, ảnh",
                                          "Theo",     "Phóng viên", "Nhóm PV",    "PV",
                                          "Tin bài",  "Tin và ảnh", NULL };
    static const char *const crews[] = { "Nhóm phóng viên", "Nhóm PV", "PV", "Nhóm tác giả", NULL };
    if (behind_label(line, labels, out))
        return out->len > 0 && out->len <= WHOLE_BYTES;
    for (size_t i = 0; crews[i] != NULL; i++)
        if (line.len <= LABEL_BYTES && says(line, crews[i])) {
            *out = line;
            return true;
        }
    return false;
}

bool
furniture_tags(struct span line, struct span *out)
{
    static const char *const labels[] = { "Từ khóa", "Tags", "Tag", "Thẻ", "Chủ đề", NULL };
    return line.len <= 2 * POINTER_BYTES && !span_ends(line, SPAN(".")) &&
           behind_label(line, labels, out);
}
