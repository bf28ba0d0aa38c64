/* SPDX-License-Identifier: ISC */
#include "protocol/http_date.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 86400, ERA_DAYS = 146097 }; /* 400 years */

static const char days[] = "SunMonTueWedThuFriSat";
static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const int64_t latest = 253402300799; /* 9999-12-31T23:59:59Z */

/* Days since 1970, by years that begin in March, so that a leap day is the last. */
static int64_t
days_of(int year, int month, int day)
{
    int64_t march_year = month <= 2 ? year - 1 : year;
    int64_t of_era = march_year % 400, since_march = (month + 9) % 12;
    int64_t of_year = (153 * since_march + 2) / 5 + day - 1;
    return march_year / 400 * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
           719468;
}

static void
civil_of(int64_t since, int *year, int *month, int *day)
{
    int64_t shifted = since + 719468, of_era = shifted % ERA_DAYS;
    int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
    int64_t since_march = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * since_march + 2) / 5 + 1);
    *month = (int)(since_march < 10 ? since_march + 3 : since_march - 9);
    *year = (int)(years + shifted / ERA_DAYS * 400 + (*month <= 2));
}

/* Two digits of a number below 100. */
static void
put_two(char *into, int number)
{
    into[0] = (char)('0' + number / 10);
    into[1] = (char)('0' + number % 10);
}

struct span
http_date_print(int64_t instant, char into[HTTP_DATE_TEXT])
{
    int year, month, day;
    instant = instant < 0 ? 0 : instant > latest ? latest : instant;
    int second = (int)(instant % DAY);
    civil_of(instant / DAY, &year, &month, &day);
    memcpy(into, "???, 00 ??? 0000 00:00:00 GMT", HTTP_DATE_TEXT);
    memcpy(into, days + (instant / DAY + 4) % 7 * 3, 3);
    put_two(into + 5, day);
    memcpy(into + 8, months + (month - 1) * 3, 3);
    put_two(into + 12, year / 100);
    put_two(into + 14, year % 100);
    put_two(into + 17, second / 3600);
    put_two(into + 20, second / 60 % 60);
    put_two(into + 23, second % 60);
    return (struct span){ into, HTTP_DATE_TEXT - 1 };
}

static bool
read_number(struct span text, size_t at, size_t len, int64_t *out)
{
    uint64_t number;
    if (!span_number(span_first(span_skip(text, at), len), 9999, &number))
        return false;
    *out = (int64_t)number;
    return true;
}

bool
http_date_parse(struct span text, int64_t *out)
{
    int64_t day, year, hour, minute, second;
    char again[HTTP_DATE_TEXT];
    if (text.len != HTTP_DATE_TEXT - 1 || !read_number(text, 5, 2, &day) ||
        !read_number(text, 12, 4, &year) || !read_number(text, 17, 2, &hour) ||
        !read_number(text, 20, 2, &minute) || !read_number(text, 23, 2, &second))
        return false;
    for (int month = 1; month <= 12; month++) {
        if (memcmp(text.at + 8, months + (month - 1) * 3, 3) != 0)
            continue;
        int64_t instant = days_of((int)year, month, (int)day) * DAY + hour * 3600 + minute * 60 +
                          second;
        bool same = span_equal(http_date_print(instant, again), text);
        if (same)
            *out = instant;
        return same;
    }
    return false;
}
