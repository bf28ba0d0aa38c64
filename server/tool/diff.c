/* SPDX-License-Identifier: ISC */
#include "tool/diff.h"

#include <stdlib.h>
#include <string.h>

enum { LINES_MOST = 2000, AROUND = 3 };

struct text {
    struct span *lines;
    size_t count;
};

/* A line and what becomes of it: ' ', '-' or '+'. */
struct step {
    char mark;
    struct span line;
};

struct steps {
    struct step *at;
    size_t count;
};

static struct text
split(struct span whole)
{
    struct text text = { NULL, 0 };
    size_t room = 0;
    for (struct span rest = whole; rest.at != NULL && rest.len > 0;) {
        if (text.count == room) {
            room = room == 0 ? 64 : 2 * room;
            text.lines = memory_grow(text.lines, room * sizeof *text.lines);
        }
        text.lines[text.count++] = span_line(&rest);
    }
    return text;
}

static void
add(struct steps *steps, char mark, struct span line)
{
    steps->at[steps->count++] = (struct step){ mark, line };
}

/* How many lines the texts from here on have in common, for every pair of places in them. */
static unsigned *
measure(const struct text *one, const struct text *other)
{
    size_t width = other->count + 1;
    unsigned *common = memory_new((one->count + 1) * width * sizeof *common);
    for (size_t i = one->count + 1; i-- > 0;)
        for (size_t j = width; j-- > 0;) {
            unsigned *here = &common[i * width + j];
            if (i == one->count || j == other->count)
                *here = 0;
            else if (span_equal(one->lines[i], other->lines[j]))
                *here = here[width + 1] + 1;
            else
                *here = here[width] > here[1] ? here[width] : here[1];
        }
    return common;
}

static void
walk(const struct text *one, const struct text *other, struct steps *steps)
{
    bool small = one->count <= LINES_MOST && other->count <= LINES_MOST;
    unsigned *common = small ? measure(one, other) : NULL;
    size_t i = 0, j = 0, width = other->count + 1;
    while (i < one->count || j < other->count) {
        const unsigned *here = small ? &common[i * width + j] : NULL;
        if (i < one->count && j < other->count && span_equal(one->lines[i], other->lines[j])) {
            add(steps, ' ', one->lines[i++]);
            j++;
        } else if (i < one->count && (j == other->count || !small || here[width] >= here[1])) {
            add(steps, '-', one->lines[i++]);
        } else {
            add(steps, '+', other->lines[j++]);
        }
    }
    free(common);
}

/* Something changes within a few lines of it. */
static bool
is_near(const struct steps *steps, size_t at)
{
    size_t from = at > AROUND ? at - AROUND : 0;
    for (size_t i = from; i < steps->count && i <= at + AROUND; i++)
        if (steps->at[i].mark != ' ')
            return true;
    return false;
}

static void
print(const struct steps *steps, struct buffer *out)
{
    bool gap = false;
    for (size_t i = 0; i < steps->count; i++) {
        if (!is_near(steps, i)) {
            gap = true;
            continue;
        }
        if (gap)
            buffer_add_text(out, "@@\n");
        gap = false;
        buffer_printf(out, "%c%.*s\n", steps->at[i].mark, SPAN_ARG(steps->at[i].line));
    }
}

void
diff_print(const char *name, struct span before, struct span now, struct buffer *out)
{
    struct text one = split(before), other = split(now);
    struct steps steps = { memory_new((one.count + other.count + 1) * sizeof(struct step)), 0 };
    if (!span_equal(before, now)) {
        walk(&one, &other, &steps);
        buffer_printf(out, "--- %s\n+++ %s\n", before.len > 0 ? name : "/dev/null", name);
        print(&steps, out);
    }
    free(steps.at);
    free(one.lines);
    free(other.lines);
}
