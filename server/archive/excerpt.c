/* SPDX-License-Identifier: ISC */
#include "archive/excerpt.h"

#include "base/text.h"
#include "story/gemtext.h"

#include <assert.h>
#include <stdlib.h>

/* A part of what is wanted, and how many of its words the last words were. */
struct aim {
    struct spans words;
    size_t met;
    bool marked; /* its words have their marks */
};

/* A word of a line, and which aims it belongs to: a bit each. */
struct spot {
    size_t from, to;
    uint64_t aims;
};

struct line {
    struct span text;
    struct spot *at;
    size_t count, room;
    uint64_t aims; /* of all its words */
};

struct looking {
    struct aim aims[WANTED_PARTS_MAX];
    size_t count;
    struct line best, line;
};

static void
add_aims(struct looking *looking, const struct wanted *wanted, bool marked, struct region *region)
{
    looking->count = 0;
    for (size_t i = 0; i < wanted->count; i++) {
        struct span_list words = { { NULL, 0 }, 0 };
        const struct wanted_part *part = &wanted->at[i];
        bool by_marks = marked && part->marked.len > 0;
        if (part->filed || part->unwanted)
            continue;
        for (struct span rest = by_marks ? part->marked : part->plain; rest.at != NULL;)
            span_list_add(&words, region, span_cut(&rest, ' '));
        looking->aims[looking->count++] = (struct aim){ words.spans, 0, by_marks };
    }
}

static void
add_spot(struct line *line, const struct text_word *word)
{
    if (line->count == line->room) {
        line->room = line->room == 0 ? 64 : 2 * line->room;
        line->at = memory_grow(line->at, line->room * sizeof *line->at);
    }
    line->at[line->count++] = (struct spot){ word->from, word->to, 0 };
}

/* The line's last word. */
static void
meet(struct looking *looking, const struct text_word *word)
{
    const struct span plain = { word->plain, word->plain_len };
    const struct span marked = { word->marked, word->marked_len };
    struct line *line = &looking->line;
    for (size_t i = 0; i < looking->count; i++) {
        struct aim *aim = &looking->aims[i];
        const struct span met = aim->marked ? marked : plain;
        assert(aim->words.at != NULL); /* a part has words */
        if (!span_equal(aim->words.at[aim->met], met))
            aim->met = 0;
        if (!span_equal(aim->words.at[aim->met], met) || ++aim->met < aim->words.count)
            continue;
        assert(line->at != NULL && line->count >= aim->words.count);
        for (size_t k = 1; k <= aim->words.count; k++)
            line->at[line->count - k].aims |= (uint64_t)1 << i;
        line->aims |= (uint64_t)1 << i;
        aim->met = 0;
    }
}

static void
look_at(struct looking *looking, struct span text)
{
    struct line *line = &looking->line;
    struct text_word word = { .to = 0 };
    *line = (struct line){ text, line->at, 0, line->room, 0 };
    for (size_t i = 0; i < looking->count; i++)
        looking->aims[i].met = 0;
    while (text_word(text, word.to, &word)) {
        add_spot(line, &word);
        meet(looking, &word);
    }
}

static int
count_bits(uint64_t bits)
{
    int count = 0;
    for (; bits != 0; bits &= bits - 1)
        count++;
    return count;
}

/* The first line that has the most aims; how many it has. */
static int
find_line(struct looking *looking, struct span body)
{
    struct gemtext walk = gemtext_walk(body);
    struct gemline gemline;
    int most = 0;
    while (most < (int)looking->count && gemtext_next(&walk, &gemline)) {
        if (gemline.kind == GEMLINE_TOGGLE)
            continue;
        look_at(looking, gemline.text);
        if (count_bits(looking->line.aims) > most) {
            struct line best = looking->line;
            looking->line = looking->best; /* whose memory is used again */
            looking->best = best;
            most = count_bits(best.aims);
        }
    }
    return most;
}

/* The word from which on so many bytes meet the most aims. */
static size_t
find_start(const struct line *line, size_t bytes)
{
    size_t start = 0;
    int most = 0;
    for (size_t i = 0; i < line->count && most < count_bits(line->aims); i++) {
        uint64_t aims = 0;
        if (line->at[i].aims == 0)
            continue;
        for (size_t k = i; k < line->count && line->at[k].to <= line->at[i].from + bytes; k++)
            aims |= line->at[k].aims;
        if (count_bits(aims) > most) {
            most = count_bits(aims);
            start = i;
        }
    }
    return start;
}

/* Words that were found side by side are set off together. */
static bool
go_together(const struct line *line, size_t i)
{
    return i + 1 < line->count && line->at[i].aims != 0 && line->at[i + 1].aims != 0 &&
           line->at[i + 1].from == line->at[i].to + 1;
}

static struct span
print(const struct line *line, size_t first, size_t bytes, struct region *region)
{
    struct buffer out = BUFFER_EMPTY;
    size_t at = first > 0 ? line->at[first].from : 0, last = first;
    while (last + 1 < line->count && line->at[last + 1].to <= at + bytes)
        last++;
    buffer_add_text(&out, first > 0 ? "… " : "");
    for (size_t i = first; i <= last; i++) {
        const struct spot *spot = &line->at[i];
        bool begins = spot->aims != 0 && (i == first || !go_together(line, i - 1));
        bool ends = spot->aims != 0 && (i == last || !go_together(line, i));
        buffer_printf(&out, "%.*s%s%.*s%s", (int)(spot->from - at), line->text.at + at,
                      begins ? "*" : "", (int)(spot->to - spot->from), line->text.at + spot->from,
                      ends ? "*" : "");
        at = spot->to;
    }
    if (last + 1 < line->count)
        buffer_add_text(&out, " …");
    else
        buffer_add(&out, span_skip(line->text, at));
    struct span copy = region_copy(region, text_cut(buffer_span(&out), 2 * bytes));
    buffer_fini(&out);
    return copy;
}

/* With the marks as they were typed, unless more is found without. */
static bool
find(struct looking *looking, struct span body, const struct wanted *wanted, struct region *region)
{
    add_aims(looking, wanted, true, region);
    int marked = find_line(looking, body);
    if (marked == (int)looking->count)
        return marked > 0;
    struct line kept = looking->best;
    looking->best = (struct line){ .text = { NULL, 0 } };
    add_aims(looking, wanted, false, region);
    int plain = find_line(looking, body);
    if (plain > marked) {
        free(kept.at);
    } else {
        free(looking->best.at);
        looking->best = kept;
    }
    return plain > 0;
}

struct span
excerpt_make(struct span body, const struct wanted *wanted, size_t bytes, struct region *region)
{
    struct looking looking = { .count = 0 };
    struct span excerpt = { NULL, 0 };
    if (find(&looking, body, wanted, region)) {
        const struct line *line = &looking.best;
        assert(line->at != NULL && line->count > 0);
        size_t start = find_start(line, bytes / 2), from = line->at[start].from;
        while (start > 0 && line->at[start - 1].from + bytes / 4 >= from)
            start--;
        excerpt = print(line, start, bytes, region);
    }
    free(looking.best.at);
    free(looking.line.at);
    return excerpt;
}
