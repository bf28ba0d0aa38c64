/* SPDX-License-Identifier: ISC */
#include "archive/wanted.h"

#include "archive/tokenizer.h"
#include "base/text.h"
#include "story/slug.h"

/* The line being read. */
struct reading {
    struct span rest;
    struct region *region;
    struct wanted *wanted;
};

/* The length of the quotation mark `text` begins with; 0: none. */
static size_t
quote_length(struct span text)
{
    static const char *const marks[] = { "\"", "“", "”", "„", "«", "»" };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (span_starts(text, span_of(marks[i])))
            return span_of(marks[i]).len;
    return 0;
}

/* Takes what stands between two quotation marks off *rest; false: it does not begin with one, or
 * there is no second. */
static bool
take_quoted(struct span *rest, struct span *out)
{
    size_t opening = quote_length(*rest);
    struct span inside = span_skip(*rest, opening);
    for (size_t i = 0; opening > 0 && i < inside.len; i++) {
        size_t closing = quote_length(span_skip(inside, i));
        if (closing > 0) {
            *out = span_first(inside, i);
            *rest = span_skip(inside, i + closing);
            return true;
        }
    }
    return false;
}

/* Some programs write + for a space, and it is part of no word. */
static bool
is_gap(char byte)
{
    return byte == ' ' || byte == '+';
}

static struct span
take_chunk(struct span *rest)
{
    size_t len = 0;
    while (len < rest->len && !is_gap(rest->at[len]))
        len++;
    struct span chunk = span_first(*rest, len);
    *rest = span_skip(*rest, len);
    return chunk;
}

static void
add_part(struct wanted *wanted, struct wanted_part part)
{
    for (size_t i = 0; i < wanted->count; i++)
        if (span_equal(wanted->at[i].plain, part.plain) &&
            span_equal(wanted->at[i].marked, part.marked) &&
            wanted->at[i].unwanted == part.unwanted)
            return;
    if (part.words == 0)
        return;
    if (wanted->count < WANTED_PARTS_MAX)
        wanted->at[wanted->count++] = part;
    else
        wanted->cut = true;
}

/* Words that were typed together are looked for together. */
static void
add_words(struct reading *reading, struct span text, bool unwanted)
{
    struct buffer plain = BUFFER_EMPTY, marked = BUFFER_EMPTY;
    struct wanted_part part = { .unwanted = unwanted };
    struct text_word word = { .to = 0 };
    bool has_marks = false;
    for (; text_word(text, word.to, &word); part.words++) {
        const char *gap = part.words > 0 ? " " : "";
        buffer_printf(&plain, "%s%.*s", gap, (int)word.plain_len, word.plain);
        buffer_printf(&marked, "%s%.*s", gap, (int)word.marked_len, word.marked);
        has_marks = has_marks || text_word_is_marked(&word);
    }
    part.plain = region_copy(reading->region, buffer_span(&plain));
    if (has_marks)
        part.marked = region_copy(reading->region, buffer_span(&marked));
    add_part(reading->wanted, part);
    buffer_fini(&plain);
    buffer_fini(&marked);
}

/* `value` is a term's slug, or its name. */
static bool
add_filed(struct reading *reading, const char *kind, struct span value, bool unwanted)
{
    struct buffer slug = BUFFER_EMPTY;
    if (slug_is_valid(value))
        buffer_add(&slug, value);
    else
        slug_make(value, &slug);
    bool fine = slug.len > 0;
    if (fine)
        add_part(
            reading->wanted,
            (struct wanted_part){ .plain = region_printf(reading->region, TOKENIZER_RAW "%s:%.*s",
                                                         kind, SPAN_ARG(buffer_span(&slug))),
                                  .words = 1,
                                  .filed = true,
                                  .unwanted = unwanted });
    buffer_fini(&slug);
    return fine;
}

static bool
read_city(struct reading *reading, struct span value, bool unwanted)
{
    return add_filed(reading, "city", value, unwanted);
}

static bool
read_theme(struct reading *reading, struct span value, bool unwanted)
{
    return add_filed(reading, "theme", value, unwanted);
}

static bool
read_from(struct reading *reading, struct span value, bool unwanted)
{
    return !unwanted && date_parse(value, &reading->wanted->from);
}

static bool
read_to(struct reading *reading, struct span value, bool unwanted)
{
    return !unwanted && date_parse(value, &reading->wanted->to);
}

static bool
read_sort(struct reading *reading, struct span value, bool unwanted)
{
    bool best = !unwanted && span_equal_nocase(value, SPAN("best"));
    reading->wanted->best = reading->wanted->best || best;
    return best;
}

static const struct {
    const char *name;
    bool (*read)(struct reading *reading, struct span value, bool unwanted); /* false: words */
} conditions[] = {
    { "city:", read_city }, { "theme:", read_theme }, { "from:", read_from },
    { "to:", read_to },     { "sort:", read_sort },
};

static bool
take_condition(struct reading *reading, bool unwanted)
{
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
        struct span name = span_of(conditions[i].name), rest, value;
        if (!span_equal_nocase(span_first(reading->rest, name.len), name))
            continue;
        rest = span_skip(reading->rest, name.len);
        if (!take_quoted(&rest, &value))
            value = take_chunk(&rest);
        if (!conditions[i].read(reading, value, unwanted))
            return false;
        reading->rest = rest;
        return true;
    }
    return false;
}

static void
take_one(struct reading *reading)
{
    struct span *rest = &reading->rest, words;
    bool unwanted = rest->len > 1 && rest->at[0] == '-' && !is_gap(rest->at[1]);
    *rest = span_skip(*rest, unwanted ? 1 : 0);
    if (take_condition(reading, unwanted))
        return;
    if (!take_quoted(rest, &words))
        words = take_chunk(rest);
    add_words(reading, words, unwanted);
}

void
wanted_parse(struct span text, struct region *region, struct wanted *out)
{
    struct buffer clean = BUFFER_EMPTY;
    struct reading reading = { .region = region, .wanted = out };
    text_clean(text_cut(text, WANTED_BYTES_MAX), &clean);
    *out = (struct wanted){ .text = region_copy(region, buffer_span(&clean)),
                            .cut = text.len > WANTED_BYTES_MAX };
    buffer_fini(&clean);
    reading.rest = out->text;
    while (reading.rest.len > 0)
        if (is_gap(reading.rest.at[0]))
            reading.rest = span_skip(reading.rest, 1);
        else
            take_one(&reading);
}

bool
wanted_is_empty(const struct wanted *wanted)
{
    return wanted->count == 0 && wanted->from.precision == DATE_NONE &&
           wanted->to.precision == DATE_NONE;
}
