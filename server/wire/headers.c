/* SPDX-License-Identifier: ISC */
#include "wire/headers.h"

#include "base/clock.h"

enum {
    TEN_YEARS = 10 * 365 * 24 * 60 * 60,
    DAY_SECONDS = 24 * 60 * 60,
    MONTHS = 12,
    TIME_BYTES = 8,
    CENTURY = 100,
    AHEAD_YEARS = 50,
    YEAR_SECONDS = 31556952, /* on average */
    EPOCH_YEAR = 1970,
    LETTERS = 3,
};

/* What has been read of a date; -1: not yet. */
struct reading {
    int day, month, year, seconds;
    bool short_year;
};

static const char *const months[MONTHS] = { "jan", "feb", "mar", "apr", "may", "jun",
                                            "jul", "aug", "sep", "oct", "nov", "dec" };
static const char *const days[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

static bool
is_leap(int year)
{
    return (year % 4 == 0 && year % CENTURY != 0) || year % (4 * CENTURY) == 0;
}

static int
days_in(int month, int year)
{
    static const int lengths[MONTHS] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return lengths[month] + (month == 1 && is_leap(year));
}

static int64_t
instant_of(const struct reading *read)
{
    int64_t before = read->year - 1;
    int64_t day = before * 365 + before / 4 - before / CENTURY + before / (4 * CENTURY);
    int64_t epoch = EPOCH_YEAR - 1;
    day -= epoch * 365 + epoch / 4 - epoch / CENTURY + epoch / (4 * CENTURY);
    for (int month = 0; month < read->month; month++)
        day += days_in(month, read->year);
    return (day + read->day - 1) * DAY_SECONDS + read->seconds;
}

static int
place_of(struct span word, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (span_equal_nocase(span_first(word, LETTERS), span_of(names[i])))
            return i;
    return -1;
}

/* "08:49:37" */
static int
seconds_of(struct span word)
{
    static const uint64_t most[] = { 23, 59, 60 };
    uint64_t parts[3];
    int seconds = 0;
    if (word.len != TIME_BYTES)
        return -1;
    for (size_t i = 0; i < 3; i++) {
        if (!span_number(span_cut(&word, ':'), most[i], &parts[i]))
            return -1;
        seconds = seconds * 60 + (int)parts[i];
    }
    return word.at == NULL ? seconds : -1;
}

static bool
read_number(struct span word, struct reading *read)
{
    uint64_t number;
    if (!span_number(word, DATE_YEAR_MAX, &number))
        return false;
    if (word.len <= 2 && read->day < 0)
        read->day = (int)number;
    else if ((word.len == 2 || word.len == 4) && read->year < 0)
        read->year = (int)number;
    else
        return false;
    read->short_year = read->year >= 0 && word.len == 2;
    return true;
}

/* The three forms have the same words in another order, and each word says what it is. */
static bool
read_word(struct span word, struct reading *read)
{
    int month = place_of(word, months, MONTHS);
    if (span_has_char(word, ':') && read->seconds < 0)
        return (read->seconds = seconds_of(word)) >= 0;
    if (word.at[0] >= '0' && word.at[0] <= '9')
        return read_number(word, read);
    if (month >= 0 && read->month < 0) {
        read->month = month;
        return true;
    }
    return span_equal_nocase(word, SPAN("gmt")) || span_equal_nocase(word, SPAN("utc")) ||
           place_of(word, days, sizeof days / sizeof *days) >= 0;
}

static struct span
next_word(struct span *rest)
{
    size_t len = 0;
    while (rest->len > 0 && (*rest->at == ' ' || *rest->at == ',' || *rest->at == '-'))
        *rest = span_skip(*rest, 1);
    while (len < rest->len && rest->at[len] != ' ' && rest->at[len] != ',' && rest->at[len] != '-')
        len++;
    struct span word = span_first(*rest, len);
    *rest = span_skip(*rest, len);
    return word;
}

/* A year of two digits is the one least far ahead by more than 50 years (RFC 9110, 5.6.7). */
static int
whole_year(int year, int64_t now)
{
    int this_year = EPOCH_YEAR + (int)(now / YEAR_SECONDS);
    year += this_year / CENTURY * CENTURY;
    return year > this_year + AHEAD_YEARS ? year - CENTURY : year;
}

bool
headers_date(struct span text, int64_t now, int64_t *out)
{
    struct reading read = { -1, -1, -1, -1, false };
    struct span word;
    while ((word = next_word(&text)).len > 0)
        if (!read_word(word, &read))
            return false;
    if (read.day < 1 || read.month < 0 || read.year < 0 || read.seconds < 0)
        return false;
    if (read.short_year)
        read.year = whole_year(read.year, now);
    if (read.year < EPOCH_YEAR || read.day > days_in(read.month, read.year))
        return false;
    *out = instant_of(&read);
    return true;
}

/* Where the server's clock is wrong, what it says is by that clock. */
static int64_t
from_now(int64_t instant, struct span date, int64_t now)
{
    int64_t theirs;
    int64_t ahead = instant - (headers_date(date, now, &theirs) ? theirs : now);
    return ahead < 0 ? 0 : ahead > TEN_YEARS ? TEN_YEARS : ahead;
}

bool
headers_retry_after(struct span text, struct span date, int64_t now, int64_t *out)
{
    uint64_t seconds;
    int64_t instant;
    text = span_trim(text);
    if (span_number(text, UINT64_MAX, &seconds))
        *out = seconds > TEN_YEARS ? TEN_YEARS : (int64_t)seconds;
    else if (headers_date(text, now, &instant))
        *out = from_now(instant, date, now);
    else
        return false;
    return true;
}

/* Takes one directive off *rest; a comma within quotes does not end it. */
static struct span
next_directive(struct span *rest)
{
    bool quoted = false;
    size_t len = 0;
    while (len < rest->len && (quoted || rest->at[len] != ','))
        quoted ^= rest->at[len++] == '"';
    struct span directive = span_trim(span_first(*rest, len));
    *rest = span_skip(*rest, len + 1);
    return directive;
}

static bool
age_of(struct span value, int64_t *out)
{
    uint64_t seconds;
    if (value.len > 1 && value.at[0] == '"' && span_ends(value, SPAN("\"")))
        value = span_first(span_skip(value, 1), value.len - 2);
    if (!span_number(value, UINT64_MAX, &seconds))
        return false;
    *out = seconds > TEN_YEARS ? TEN_YEARS : (int64_t)seconds;
    return true;
}

static bool
read_cache_control(struct span text, int64_t *out)
{
    bool found = false;
    while (text.len > 0) {
        struct span value = next_directive(&text);
        struct span name = span_trim(span_cut(&value, '='));
        if (span_equal_nocase(name, SPAN("no-store")) ||
            span_equal_nocase(name, SPAN("no-cache"))) {
            *out = 0;
            return true;
        }
        if (!found && span_equal_nocase(name, SPAN("max-age")))
            found = age_of(span_trim(value), out);
    }
    return found;
}

bool
headers_fresh(struct span cache_control, struct span expires, struct span date, int64_t now,
              int64_t *out)
{
    int64_t instant;
    if (read_cache_control(cache_control, out))
        return true;
    if (expires.len == 0)
        return false;
    *out = headers_date(expires, now, &instant) ? from_now(instant, date, now) : 0;
    return true;
}
