/* SPDX-License-Identifier: ISC */
#include "wire/shape.h"

#include "base/text.h"

#include <string.h>

enum {
    HEADING_BYTES = 130, /* some twenty words of Vietnamese */
    PARAGRAPH_BYTES = 200,
    NAME_BYTES = 80,
    NAME_WORDS = 8,
    DATELINE_BYTES = 60,
};

/* Which of `marks` (ends with NULL) `line` ends with, or NULL. */
static const char *
ending(struct span line, const char *const marks[])
{
    for (size_t i = 0; marks[i] != NULL; i++)
        if (span_ends(line, span_of(marks[i])))
            return marks[i];
    return NULL;
}

static const char *
beginning(struct span line, const char *const marks[])
{
    for (size_t i = 0; marks[i] != NULL; i++)
        if (span_starts(line, span_of(marks[i])))
            return marks[i];
    return NULL;
}

/* Without closing quotes and brackets at its end. */
static struct span
unclosed(struct span line)
{
    static const char *const closing[] = { "\"", "'", "”", "’", "»", "›", ")", "]", " ", NULL };
    const char *mark;
    while ((mark = ending(line, closing)) != NULL)
        line.len -= strlen(mark);
    return line;
}

bool
shape_is_ended(struct span line)
{
    static const char *const stops[] = { ".", "!", "?", "…", ":", NULL };
    return ending(unclosed(line), stops) != NULL;
}

bool
shape_is_told(struct span line)
{
    static const char *const stops[] = { ".", "…", NULL };
    return ending(unclosed(line), stops) != NULL;
}

bool
shape_is_paragraph(struct span line)
{
    return shape_is_ended(line) || line.len > PARAGRAPH_BYTES;
}

static bool
begins_with_digit(struct span line)
{
    return line.len > 0 && line.at[0] >= '0' && line.at[0] <= '9';
}

static bool
begins_with_capital(struct span line)
{
    uint32_t point;
    return text_next(line, &point) > 0 && text_is_upper(point);
}

/* "1.", "2)", "-", "•", "a)", "IV." */
static bool
begins_with_list_mark(struct span line)
{
    static const char *const marks[] = { "-", "–", "—", "•", "*", "+", "·", ">", "=", "#", NULL };
    struct span rest = line;
    struct span word = span_cut(&rest, ' ');
    if (beginning(line, marks) != NULL)
        return true;
    return word.len <= 5 &&
           (span_ends(word, SPAN(".")) || span_ends(word, SPAN(")")) || span_ends(word, SPAN("/")));
}

static bool
is_quotation(struct span line)
{
    static const char *const opening[] = { "“", "\"", "«", "‘", NULL };
    const char *mark = beginning(line, opening);
    return mark != NULL && unclosed(line).len < line.len;
}

bool
shape_may_head(struct span line)
{
    static const char *const quotes[] = { "“", "\"", "«", "‘", NULL };
    static const char *const marks[] = { ",", ";", "-", "–", NULL };
    bool front = begins_with_capital(line) || begins_with_digit(line) ||
                 beginning(line, quotes) != NULL;
    return line.len <= HEADING_BYTES && front && !shape_is_ended(line) &&
           ending(line, marks) == NULL && !begins_with_list_mark(line) && !is_quotation(line) &&
           !shape_has_credit(line);
}

/* A word of a name: "Thanh", "T.H", "(TTXVN)", "PV,"; or what stands between names. */
static bool
is_name_word(struct span word)
{
    static const char *const between[] = { "và", "-", "–", "&", "/", NULL };
    for (size_t i = 0; between[i] != NULL; i++)
        if (span_equal(word, span_of(between[i])))
            return true;
    if (span_starts(word, SPAN("(")))
        word = span_skip(word, 1);
    return begins_with_capital(word);
}

bool
shape_is_name(struct span line)
{
    static const char *const other[] = { ":", ";", "?", "!", "\"", "“", "…", "|", "=", "#", NULL };
    size_t words = 0, at;
    if (line.len == 0 || line.len > NAME_BYTES || span_ends(line, SPAN(".")))
        return false;
    for (size_t i = 0; other[i] != NULL; i++)
        if (span_find(line, span_of(other[i]), &at))
            return false;
    for (size_t i = 0; i < line.len; i++)
        if (line.at[i] >= '0' && line.at[i] <= '9')
            return false;
    for (struct span rest = line; rest.at != NULL; words++)
        if (!is_name_word(span_cut(&rest, ' ')))
            return false;
    return words <= NAME_WORDS && begins_with_capital(line);
}

bool
shape_has_credit(struct span line)
{
    static const char *const credits[] = { "Ảnh:", "ảnh:", "(Ảnh", "Ảnh minh họa", "Photo:" };
    size_t at;
    for (size_t i = 0; i < sizeof credits / sizeof credits[0]; i++)
        if (span_find(line, span_of(credits[i]), &at))
            return true;
    return false;
}

/* "(PLO)", "(Dân trí)" and the space behind. */
static size_t
bracketed_length(struct span line)
{
    size_t end;
    if (!span_starts(line, SPAN("(")) || !span_find_char(line, ')', &end) || end > DATELINE_BYTES)
        return 0;
    for (end++; end < line.len && line.at[end] == ' ';)
        end++;
    return end;
}

/* The length of what parts a dateline from its text. */
static size_t
separator_length(struct span text)
{
    static const char *const separators[] = {
        " - ", " – ", " — ", "- ", "– ", ": ", ", ngày ", NULL
    };
    const char *mark = beginning(text, separators);
    return mark != NULL ? strlen(mark) : 0;
}

struct span
shape_dateline(struct span line)
{
    size_t found = 0, at = bracketed_length(line);
    bool word_begins = true;
    while (at < line.len && at <= DATELINE_BYTES) {
        struct span rest = span_skip(line, at);
        size_t separator = separator_length(rest);
        if (separator > 0) {
            found = at;
            at += separator;
            word_begins = true;
            continue;
        }
        if (word_begins && !begins_with_capital(rest))
            break;
        word_begins = rest.at[0] == ' ' || rest.at[0] == '.';
        if (rest.at[0] == '.' && rest.len > 1 && rest.at[1] == ' ')
            at++;
        size_t len = text_next(rest, NULL);
        at += len > 0 ? len : 1;
    }
    return span_trim(span_first(line, found));
}

struct span
shape_unlisted(struct span line)
{
    static const char *const marks[] = { "- ", "– ", "• ", "* ", "+ ", "· ", "› ", "» ", NULL };
    const char *mark = beginning(line, marks);
    return mark != NULL ? span_trim(span_skip(line, strlen(mark))) : line;
}

struct span
shape_uncut(struct span line, bool *cut)
{
    struct span rest = line;
    bool dots = span_ends(line, SPAN("..."));
    for (;;) {
        if (span_ends(rest, SPAN("…")))
            rest.len -= strlen("…");
        else if (dots && span_ends(rest, SPAN(".")))
            rest.len--;
        else
            break;
    }
    *cut = rest.len < line.len;
    return span_trim(rest);
}
