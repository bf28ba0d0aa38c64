/* SPDX-License-Identifier: ISC */
/* newsdate_year.c - the year a report speaks for. */
#include "base/text.h"
#include "wire/newsdate.h"

enum { YEAR_OLDEST = 1998 };

/* The words of a longer text, a few at a time: the last four. */
struct window {
    struct span words[4]; /* the newest last */
};

static bool
window_is(const struct window *window, size_t back, const char *word)
{
    struct buffer key = BUFFER_EMPTY;
    text_key(span_of(word), &key);
    bool same = span_equal(window->words[3 - back], buffer_span(&key));
    buffer_fini(&key);
    return same;
}

/* "năm 2024", and no goal or beginning: not "đến năm 2030". */
static bool
speaks_for_year(const struct window *window)
{
    static const char *const others[] = { "đến", "từ", "trước", "sau", "tới", "đoạn", "khóa" };
    if (!window_is(window, 1, "năm"))
        return false;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (window_is(window, 2, others[i]))
            return false;
    return true;
}

/* "tháng đầu năm 2024" */
static bool
speaks_for_half(const struct window *window)
{
    return window_is(window, 1, "năm") && window_is(window, 3, "tháng") &&
           (window_is(window, 2, "đầu") || window_is(window, 2, "cuối"));
}

/* The only year `text` names, if `speaks` says of one mention that it is meant; 0: none.
 * *any: it names years. */
static int
only_year(struct span text, bool (*speaks)(const struct window *), bool *any)
{
    struct buffer key = BUFFER_EMPTY;
    struct window window = { { { NULL, 0 } } };
    int only = 0;
    bool meant = false, several = false;
    text_key(text, &key);
    for (struct span rest = buffer_span(&key); rest.at != NULL;) {
        uint64_t year;
        for (size_t i = 0; i < 3; i++)
            window.words[i] = window.words[i + 1];
        window.words[3] = span_cut(&rest, ' ');
        if (window.words[3].len != 4 || !span_number(window.words[3], 2099, &year) || year < 1900)
            continue;
        several = several || (only != 0 && only != (int)year);
        only = (int)year;
        meant = meant || speaks(&window);
    }
    buffer_fini(&key);
    *any = only != 0;
    return meant && !several && only >= YEAR_OLDEST ? only : 0;
}

int
newsdate_year(struct span title, struct span lead)
{
    bool any;
    int year = only_year(title, speaks_for_year, &any);
    return year != 0 || any ? year : only_year(lead, speaks_for_half, &any);
}
