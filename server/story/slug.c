/* SPDX-License-Identifier: ISC */
#include "story/slug.h"

#include "base/text.h"

static bool
is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

bool
slug_is_valid(struct span slug)
{
    bool in_word = false;
    if (slug.len > SLUG_MAX)
        return false;
    for (size_t i = 0; i < slug.len; i++) {
        bool hyphen = slug.at[i] == '-';
        if (hyphen ? !in_word : !is_digit(slug.at[i]) && !(slug.at[i] >= 'a' && slug.at[i] <= 'z'))
            return false;
        in_word = !hyphen;
    }
    return in_word;
}

static bool
is_gone(struct span slug)
{
    return span_equal(slug, SPAN("gone"));
}

bool
slug_is_valid_for_story(struct span slug)
{
    return slug_is_valid(slug) && !is_gone(slug);
}

static bool
is_number(struct span slug)
{
    for (size_t i = 0; i < slug.len; i++)
        if (!is_digit(slug.at[i]))
            return false;
    return true;
}

bool
slug_is_valid_for_term(struct span slug)
{
    static const char *const pages[] = { "archive", "feed", "undated" };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (span_equal(slug, span_of(pages[i])))
            return false;
    return slug_is_valid(slug) && !is_number(slug);
}

void
slug_make(struct span title, struct buffer *out)
{
    struct buffer words = BUFFER_EMPTY;
    text_fold(title, &words);
    size_t len = words.len;
    if (len > SLUG_MADE_MAX) {
        len = SLUG_MADE_MAX;
        while (len > 0 && words.at[len] != ' ')
            len--;
        if (len == 0) /* one endless word */
            len = SLUG_MADE_MAX;
    }
    for (size_t i = 0; i < len; i++)
        buffer_add_char(out, words.at[i] == ' ' ? '-' : words.at[i]);
    if (is_gone(span_first(buffer_span(&words), len)))
        buffer_add_text(out, "-1");
    buffer_fini(&words);
}
