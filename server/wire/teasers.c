/* SPDX-License-Identifier: ISC */
#include "wire/teasers.h"

#include "base/buffer.h"
#include "wire/lines.h"
#include "wire/shape.h"

#include <stdlib.h>
#include <string.h>

enum { HEADLINE_BYTES = 300, QUESTION_BYTES = 120 };

/* A teaser's text rather than its headline, which may well end in a question mark. */
static bool
is_text(struct span line)
{
    return shape_is_told(line) || line.len > HEADLINE_BYTES ||
           (shape_is_paragraph(line) && line.len > QUESTION_BYTES);
}

static int
by_key(const void *left, const void *right)
{
    return span_compare(*(const struct span *)left, *(const struct span *)right);
}

/* Keys in order, so that a headline's second one is found beside its first. */
struct keys {
    struct span *at;
    size_t count;
};

static struct keys
sort_keys(const struct line *const *lines, size_t count)
{
    struct keys keys = { memory_new((count + 1) * sizeof *keys.at), count };
    for (size_t i = 0; i < count; i++)
        keys.at[i] = lines[i]->key;
    qsort(keys.at, count, sizeof *keys.at, by_key);
    return keys;
}

static bool
is_doubled(const struct keys *keys, struct span key)
{
    const struct span *one = bsearch(&key, keys->at, keys->count, sizeof key, by_key);
    if (one == NULL)
        return false;
    bool before = one > keys->at && span_equal(one[-1], key);
    return before || (one + 1 < keys->at + keys->count && span_equal(one[1], key));
}

static bool
any_doubled(const struct keys *keys)
{
    for (size_t i = 1; i < keys->count; i++)
        if (span_equal(keys->at[i - 1], keys->at[i]))
            return true;
    return false;
}

size_t
teasers_extent(const struct line *const *lines, size_t count)
{
    struct keys keys = sort_keys(lines, count);
    bool doubled = any_doubled(&keys);
    size_t row = 0, extent = count;
    free(keys.at);
    for (size_t i = 0; i < count && !doubled; i++) {
        row = is_text(lines[i]->text) ? row + 1 : 0;
        if (row == 2) {
            extent = i - 1;
            break;
        }
    }
    return extent;
}

/* A list being read: the teaser at hand is the last of those kept. */
struct reader {
    struct region *region;
    struct keys keys;
    bool doubled;    /* headlines of this page stand twice */
    bool text_first; /* each text stands above its headline */
    struct teaser *teasers;
    struct span *title_keys;
    size_t count, left;
    struct span waiting;    /* a text whose headline is still to come */
    struct span headline;   /* the key of the last one read */
    struct teaser *current; /* of this list; NULL: none yet */
    bool skipping;          /* the headline at hand is none of ours: nor is its text */
};

static bool
is_title(const struct reader *reader, const struct line *line)
{
    if (line->text.len > HEADLINE_BYTES)
        return false;
    if (reader->doubled && is_doubled(&reader->keys, line->key))
        return true;
    if (!reader->doubled)
        return !is_text(line->text);
    /* A headline that stands once among those that stand twice: only where no text is due. */
    bool due = reader->skipping || reader->text_first || reader->current == NULL ||
               reader->current->text.len == 0;
    return !due && !is_text(line->text);
}

/* The page's dots become one ellipsis. */
static struct span
end_text(struct span text, bool *cut, struct region *region)
{
    struct span uncut = shape_uncut(text, cut);
    return *cut ? region_printf(region, "%.*s…", SPAN_ARG(uncut)) : text;
}

static void
give_text(struct reader *reader, struct span text)
{
    struct teaser *teaser = reader->current;
    struct span whole = text;
    if (teaser->text.len > 0)
        whole = region_printf(reader->region, "%.*s %.*s", SPAN_ARG(teaser->text), SPAN_ARG(text));
    teaser->text = end_text(whole, &teaser->cut, reader->region);
}

static bool
is_known(const struct reader *reader, struct span key)
{
    for (size_t i = 0; i < reader->count; i++)
        if (span_equal(reader->title_keys[i], key))
            return true;
    return false;
}

static void
take_title(struct reader *reader, const struct line *line, struct span title_key)
{
    struct span title = shape_unlisted(line->text);
    if (span_equal(line->key, reader->headline)) /* it stands twice */
        return;
    reader->headline = line->key;
    reader->skipping = span_equal(line->key, title_key) || is_known(reader, line->key);
    if (!reader->skipping && reader->count == PLAINTEXT_TEASERS_MAX) {
        reader->skipping = true;
        reader->left++;
    }
    if (!reader->skipping) {
        reader->title_keys[reader->count] = line->key;
        reader->current = &reader->teasers[reader->count++];
        reader->current->title = title;
        if (reader->waiting.len > 0)
            give_text(reader, reader->waiting);
    }
    reader->waiting = SPAN("");
}

static void
take_text(struct reader *reader, const struct line *line)
{
    if (reader->text_first || (reader->current == NULL && !reader->skipping))
        reader->waiting = reader->waiting.len == 0
                              ? line->text
                              : region_printf(reader->region, "%.*s %.*s",
                                              SPAN_ARG(reader->waiting), SPAN_ARG(line->text));
    else if (!reader->skipping)
        give_text(reader, line->text);
}

static void
read_list(struct reader *reader, const struct list *list, struct span title_key)
{
    reader->keys = sort_keys(list->at, list->count);
    reader->doubled = any_doubled(&reader->keys);
    reader->text_first = list->count > 0 && is_text(list->at[0]->text) &&
                         !(reader->doubled && is_doubled(&reader->keys, list->at[0]->key));
    reader->waiting = reader->headline = SPAN("");
    reader->current = NULL;
    reader->skipping = false;
    for (size_t i = 0; i < list->count; i++) {
        if (is_title(reader, list->at[i]))
            take_title(reader, list->at[i], title_key);
        else
            take_text(reader, list->at[i]);
    }
    free(reader->keys.at);
}

void
teasers_read(struct lists lists, struct span title_key, struct region *region,
             struct plaintext *out)
{
    struct reader reader = { .region = region };
    reader.teasers = region_array(region, PLAINTEXT_TEASERS_MAX, sizeof *reader.teasers);
    reader.title_keys = region_array(region, PLAINTEXT_TEASERS_MAX, sizeof *reader.title_keys);
    for (size_t i = 0; i < lists.count; i++)
        read_list(&reader, &lists.at[i], title_key);
    out->teasers = reader.teasers;
    out->teaser_count = reader.count;
    out->teasers_left = reader.left;
}
