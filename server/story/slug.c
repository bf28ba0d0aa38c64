/* SPDX-License-Identifier: ISC */
#include "story/slug.h"

#include "base/text.h"

static bool
is_letter_or_digit(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

bool
slug_is_valid(struct span slug)
{
    if (slug.len == 0 || slug.len > SLUG_MAX)
        return false;
    for (size_t i = 0; i < slug.len; i++) {
        bool hyphen = slug.at[i] == '-';
        bool edge = i == 0 || i + 1 == slug.len || slug.at[i - 1] == '-';
        if (hyphen ? edge : !is_letter_or_digit(slug.at[i]))
            return false;
    }
    return true;
}

bool
slug_is_valid_for_term(struct span slug)
{
    /* atom.xml can't be one anyway: it has a dot; archive is a page below every term. */
    uint64_t number;
    return slug_is_valid(slug) && !span_number(slug, UINT64_MAX, &number) &&
           !span_equal(slug, SPAN("feed")) && !span_equal(slug, SPAN("undated")) &&
           !span_equal(slug, SPAN("archive"));
}

void
slug_make(struct span title, struct buffer *out)
{
    struct buffer words = BUFFER_EMPTY;
    text_fold(title, &words);
    struct span cut = buffer_span(&words);
    if (cut.len > SLUG_MADE_MAX) {
        size_t end = SLUG_MADE_MAX;
        while (end > 0 && cut.at[end] != ' ')
            end--;
        cut = span_first(cut, end > 0 ? end : SLUG_MADE_MAX);
    }
    for (size_t i = 0; i < cut.len; i++)
        buffer_add_char(out, cut.at[i] == ' ' ? '-' : cut.at[i]);
    buffer_fini(&words);
}
