/* SPDX-License-Identifier: ISC */
#include "base/clock.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A zone's file begins with "TZif" (RFC 8536); folders and lists lie beside them. */
static bool
is_zone_file(const char *path)
{
    char magic[4];
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    ssize_t got = read(descriptor, magic, sizeof magic);
    close(descriptor);
    return got == (ssize_t)sizeof magic && memcmp(magic, "TZif", sizeof magic) == 0;
}

bool
clock_zone_known(const char *name)
{
    char path[256];
    if (strstr(name, "..") != NULL || name[0] == '/' || name[0] == '\0')
        return false;
    int len = snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    if (len >= (int)sizeof path)
        return false;
    return strcmp(name, "UTC") == 0 || is_zone_file(path);
}

bool
clock_zone_set(const char *name)
{
    if (!clock_zone_known(name) || setenv("TZ", name, 1) != 0)
        return false;
    tzset();
    return true;
}

int64_t
clock_civil(int year, int month, int day)
{
    struct tm civil = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day };
    civil.tm_isdst = -1;
    return mktime(&civil);
}

struct date
date_at(int64_t instant)
{
    struct tm civil;
    time_t when = instant;
    if (localtime_r(&when, &civil) == NULL)
        return (struct date){ DATE_NONE, 1, 1, 1, 0 };
    return (struct date){ DATE_SECOND, civil.tm_year + 1900, civil.tm_mon + 1, civil.tm_mday,
                          instant };
}

const char *
clock_print(int64_t instant, char into[CLOCK_TEXT])
{
    struct tm civil;
    time_t when = instant;
    into[0] = '\0';
    if (localtime_r(&when, &civil) == NULL)
        return into;
    /* RFC 3339 knows no seconds in an offset; Vietnam had them until 1911. The next larger one
     * keeps the first instant of a day on that day. */
    long seconds = civil.tm_gmtoff % 60, offset = civil.tm_gmtoff - seconds;
    offset += seconds > 0 ? 60 : 0;
    when += offset;
    if (gmtime_r(&when, &civil) == NULL || civil.tm_year < -1900 || civil.tm_year > 8099)
        return into;
    civil.tm_gmtoff = offset;
    size_t len = strftime(into, CLOCK_TEXT, "%04Y-%m-%dT%H:%M:%S%z", &civil);
    memmove(into + len - 1, into + len - 2, 3); /* +0700 -> +07:00 */
    into[len - 2] = ':';
    return into;
}

static bool
is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
days_in(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Exactly `digits` digits at the front of *rest, from `least` to `most`. */
static bool
take_number(struct span *rest, size_t digits, int least, int most, int *out)
{
    uint64_t number;
    if (rest->len < digits || !span_number(span_first(*rest, digits), (uint64_t)most, &number) ||
        (int)number < least)
        return false;
    *rest = span_skip(*rest, digits);
    *out = (int)number;
    return true;
}

static bool
take_char(struct span *rest, const char *any_of)
{
    if (rest->len == 0 || rest->at[0] == '\0' || strchr(any_of, rest->at[0]) == NULL)
        return false;
    *rest = span_skip(*rest, 1);
    return true;
}

static bool
take_offset(struct span *rest, int *seconds)
{
    int hours, minutes;
    if (take_char(rest, "Zz")) {
        *seconds = 0;
        return true;
    }
    int sign = rest->len > 0 && rest->at[0] == '-' ? -1 : 1;
    if (!take_char(rest, "+-") || !take_number(rest, 2, 0, 23, &hours) || !take_char(rest, ":") ||
        !take_number(rest, 2, 0, 59, &minutes))
        return false;
    *seconds = sign * (hours * 3600 + minutes * 60);
    return true;
}

/* RFC 3339, from behind the T; year, month and day are in *out. */
static bool
parse_time(struct span rest, struct date *out)
{
    int hour, minute, second, offset;
    if (!take_number(&rest, 2, 0, 23, &hour) || !take_char(&rest, ":") ||
        !take_number(&rest, 2, 0, 59, &minute) || !take_char(&rest, ":") ||
        !take_number(&rest, 2, 0, 60, &second))
        return false;
    if (take_char(&rest, ".")) {
        int digit;
        if (!take_number(&rest, 1, 0, 9, &digit))
            return false;
        while (take_number(&rest, 1, 0, 9, &digit))
            continue;
    }
    if (!take_offset(&rest, &offset) || rest.len > 0)
        return false;
    struct tm civil = { .tm_year = out->year - 1900,
                        .tm_mon = out->month - 1,
                        .tm_mday = out->day,
                        .tm_hour = hour,
                        .tm_min = minute,
                        .tm_sec = second };
    struct date date = date_at(timegm(&civil) - offset);
    if (date.year < DATE_YEAR_MIN || date.year > DATE_YEAR_MAX) /* an offset may leave the bounds */
        return false;
    *out = date;
    return true;
}

bool
date_parse(struct span text, struct date *out)
{
    struct date date = { DATE_YEAR, 1, 1, 1, 0 };
    struct span rest = text;
    if (!take_number(&rest, 4, DATE_YEAR_MIN, DATE_YEAR_MAX, &date.year))
        return false;
    if (take_char(&rest, "-")) {
        date.precision = DATE_MONTH;
        if (!take_number(&rest, 2, 1, 12, &date.month))
            return false;
        if (take_char(&rest, "-")) {
            date.precision = DATE_DAY;
            if (!take_number(&rest, 2, 1, days_in(date.year, date.month), &date.day))
                return false;
            if (take_char(&rest, "Tt ")) {
                if (!parse_time(rest, &date))
                    return false;
                *out = date;
                return true;
            }
        }
    }
    if (rest.len > 0)
        return false;
    date.instant = clock_civil(date.year, date.month, date.day);
    *out = date;
    return true;
}

int64_t
clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}

int64_t
clock_monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
clock_cpu(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
