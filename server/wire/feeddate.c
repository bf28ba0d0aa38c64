/* SPDX-License-Identifier: ISC */
#include "wire/feeddate.h"

#include "base/clock.h"
#include "base/text.h"
#include "wire/newsdate.h"

#include <string.h>

enum { TEXT_BYTES = 100, YEAR_OLDEST = 1900, ZONE_VIETNAM = 7 * 60, ZONE_MOST = 14 * 60 };

struct reading {
    int year, month, day;     /* 0: none yet */
    int hour, minute, second; /* hour -1: none yet */
    int zone;                 /* minutes east */
    bool zoned;
    bool month_named; /* so that a number can't be one */
    bool skip;        /* the next number is a weekday's: "thứ 2" */
    bool month_next;  /* … a month's: "tháng 5" */
};

static const struct {
    const char *name;
    int minutes;
} zones[] = {
    { "Z", 0 },         { "UT", 0 },     { "UTC", 0 },    { "GMT", 0 },    { "WET", 0 },
    { "BST", 60 },      { "CET", 60 },   { "CEST", 120 }, { "EET", 120 },  { "EEST", 180 },
    { "MSK", 180 },     { "IST", 330 },  { "ICT", 420 },  { "WIB", 420 },  { "SGT", 480 },
    { "HKT", 480 },     { "AWST", 480 }, { "KST", 540 },  { "JST", 540 },  { "AEST", 600 },
    { "AEDT", 660 },    { "EST", -300 }, { "EDT", -240 }, { "CST", -360 }, { "CDT", -300 },
    { "MST", -420 },    { "MDT", -360 }, { "PST", -480 }, { "PDT", -420 }, { "HANOI", 420 },
    { "SAIGON", 420 },  { "MINH", 420 }, /* Asia/Ho_Chi_Minh */
    { "BANGKOK", 420 },
};

/* By their first letters, folded; the longer ones first. */
static const struct {
    const char *name;
    int month;
} months[] = {
    { "juil", 7 }, { "jan", 1 },  { "ene", 1 },  { "gen", 1 },  { "feb", 2 },  { "fev", 2 },
    { "mar", 3 },  { "apr", 4 },  { "avr", 4 },  { "abr", 4 },  { "may", 5 },  { "mai", 5 },
    { "mag", 5 },  { "jun", 6 },  { "jui", 6 },  { "giu", 6 },  { "jul", 7 },  { "lug", 7 },
    { "aug", 8 },  { "aou", 8 },  { "ago", 8 },  { "sep", 9 },  { "set", 9 },  { "okt", 10 },
    { "oct", 10 }, { "ott", 10 }, { "out", 10 }, { "nov", 11 }, { "dec", 12 }, { "dez", 12 },
    { "dic", 12 },
};

/* What stands behind "tháng"; "mười" and what follows it are added up. */
static const struct {
    const char *name;
    int month;
} counted[] = {
    { "giêng", 1 }, { "một", 1 }, { "hai", 2 }, { "ba", 3 },   { "tư", 4 },    { "năm", 5 },
    { "sáu", 6 },   { "bảy", 7 }, { "tám", 8 }, { "chín", 9 }, { "mười", 10 }, { "chạp", 12 },
};

static bool
is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool
is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (unsigned char)byte >= 0x80;
}

static struct span
take_while(struct span *rest, bool (*fits)(char))
{
    size_t len = 0;
    while (len < rest->len && fits(rest->at[len]))
        len++;
    struct span taken = span_first(*rest, len);
    *rest = span_skip(*rest, len);
    return taken;
}

static int
number_of(struct span digits)
{
    uint64_t number;
    return span_number(digits, 99999, &number) ? (int)number : -1;
}

/* ":08" or "08" at the front of *rest; -1: neither. */
static int
take_two(struct span *rest, bool colon)
{
    struct span at = *rest;
    if (colon && !span_starts(at, SPAN(":")))
        return -1;
    at = span_skip(at, colon ? 1 : 0);
    struct span digits = take_while(&at, is_digit);
    int number = digits.len == 1 || digits.len == 2 ? number_of(digits) : -1;
    if (number >= 0)
        *rest = at;
    return number;
}

/* Behind the hours, which were `hour`: ":08", ":08:12", ":08:12.345". */
static bool
take_time(struct reading *reading, int hour, struct span *rest)
{
    int minute = take_two(rest, true), second = take_two(rest, true);
    if (reading->hour >= 0 || hour < 0 || hour > 24 || minute < 0 || minute > 59 || second > 60)
        return false;
    reading->hour = hour, reading->minute = minute, reading->second = second > 0 ? second : 0;
    if (second >= 0 && (span_starts(*rest, SPAN(".")) || span_starts(*rest, SPAN(",")))) {
        *rest = span_skip(*rest, 1);
        (void)take_while(rest, is_digit);
    }
    return true;
}

/* "+0700", "+07:00", "+7", "-05"; nothing taken where the numbers are no zone's. */
static void
take_offset(struct reading *reading, struct span *rest)
{
    bool west = rest->at[0] == '-';
    struct span at = span_skip(*rest, 1), digits = take_while(&at, is_digit);
    int number = digits.len > 0 && digits.len <= 4 ? number_of(digits) : -1, minutes = 0;
    if (digits.len > 2) {
        minutes = number % 100;
        number /= 100;
    } else if (span_starts(at, SPAN(":"))) {
        minutes = take_two(&at, true);
    }
    int zone = number * 60 + minutes;
    *rest = span_skip(*rest, 1);
    if (number < 0 || minutes < 0 || zone > ZONE_MOST)
        return;
    reading->zone = west ? -zone : zone;
    reading->zoned = true;
    *rest = at;
}

static bool
take_year(struct reading *reading, int number, size_t digits)
{
    if (reading->year != 0 || digits == 1)
        return false;
    if (digits == 2) /* RFC 2822, 4.3 */
        number += number < 50 ? 2000 : 1900;
    else if (digits == 3)
        number += 1900;
    reading->year = number;
    return true;
}

static bool
take_number(struct reading *reading, struct span digits, struct span *rest)
{
    int number = number_of(digits);
    bool small = digits.len <= 2 && number > 0;
    if (span_starts(*rest, SPAN(":")) && digits.len <= 2)
        return take_time(reading, number, rest);
    if (reading->skip && digits.len == 1) {
        reading->skip = false;
        return true;
    }
    if (reading->month_next && small && number <= 12) {
        reading->month = number;
        reading->month_next = false, reading->month_named = true;
        return true;
    }
    if (digits.len >= 3)
        return take_year(reading, number, digits.len);
    if (reading->year != 0 && reading->month == 0 && reading->day == 0) { /* as in ISO 8601 */
        reading->month = number;
        return small && number <= 12;
    }
    if (reading->day == 0 && small && number <= 31)
        reading->day = number;
    else if (reading->month == 0 && !reading->month_named && small && number <= 12)
        reading->month = number;
    else
        return take_year(reading, number, digits.len);
    return true;
}

static bool
take_half_day(struct reading *reading, struct span word)
{
    bool late = span_equal_nocase(word, SPAN("PM"));
    if ((!late && !span_equal_nocase(word, SPAN("AM"))) || reading->hour < 0)
        return false;
    if (late && reading->hour < 12)
        reading->hour += 12;
    else if (!late && reading->hour == 12)
        reading->hour = 0;
    return true;
}

static bool
take_zone(struct reading *reading, struct span word)
{
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        if (span_equal_nocase(word, span_of(zones[i].name))) {
            reading->zone = zones[i].minutes;
            return reading->zoned = true;
        }
    return false;
}

static void
take_counted(struct reading *reading, struct span word)
{
    for (size_t i = 0; i < sizeof counted / sizeof *counted; i++) {
        struct buffer ours = BUFFER_EMPTY, theirs = BUFFER_EMPTY;
        text_key(span_of(counted[i].name), &ours);
        text_key(word, &theirs);
        if (span_equal(buffer_span(&ours), buffer_span(&theirs))) {
            reading->month = (reading->month == 10 ? 10 : 0) + counted[i].month;
            reading->month_named = true;
            reading->month_next = reading->month == 10; /* "mười hai" may follow */
        }
        buffer_fini(&ours);
        buffer_fini(&theirs);
    }
}

/* Of two names the later is the month: "mar., 5 mai" begins with a weekday. */
static void
take_month(struct reading *reading, struct span word)
{
    struct buffer folded = BUFFER_EMPTY;
    text_fold(word, &folded);
    struct span key = buffer_span(&folded);
    for (size_t i = 0; i < sizeof months / sizeof *months; i++)
        if (span_starts(key, span_of(months[i].name))) {
            reading->month = months[i].month;
            reading->month_named = true;
            break;
        }
    buffer_fini(&folded);
}

static void
take_word(struct reading *reading, struct span word, struct span rest)
{
    bool number_follows = rest.len > 0 && is_digit(rest.at[0]);
    bool weekday = reading->skip; /* "thứ hai" */
    reading->skip = false;
    if (weekday || take_half_day(reading, word))
        return;
    if (span_equal_nocase(word, SPAN("T"))) { /* between ISO's date and time; "T2" is a weekday */
        reading->skip = reading->year == 0;
        return;
    }
    if (span_equal(word, SPAN("Thứ")) || span_equal(word, SPAN("thứ"))) {
        reading->skip = true;
        return;
    }
    if (span_equal_nocase(word, SPAN("thg")) || span_equal(word, SPAN("Tháng")) ||
        span_equal(word, SPAN("tháng")) || (number_follows && span_equal_nocase(word, SPAN("th"))))
        reading->month_next = true;
    else if (reading->month_next)
        take_counted(reading, word);
    else if (reading->hour < 0 || !take_zone(reading, word))
        take_month(reading, word);
}

/* false: a number that can be nothing of a date. */
static bool
take_all(struct reading *reading, struct span rest)
{
    while (rest.len > 0) {
        char byte = rest.at[0];
        if (is_digit(byte)) {
            struct span digits = take_while(&rest, is_digit);
            if (!take_number(reading, digits, &rest))
                return false;
        } else if (is_letter(byte)) {
            struct span word = take_while(&rest, is_letter);
            take_word(reading, word, rest);
        } else if ((byte == '+' || byte == '-') && reading->hour >= 0 &&
                   (!reading->zoned || reading->zone == 0)) {
            take_offset(reading, &rest);
        } else {
            rest = span_skip(rest, 1);
        }
    }
    return reading->year >= YEAR_OLDEST && reading->month > 0 && reading->day > 0;
}

static struct span
print(const struct reading *reading, struct region *region)
{
    if (reading->hour < 0)
        return region_printf(region, "%04d-%02d-%02d", reading->year, reading->month, reading->day);
    int zone = reading->zoned ? reading->zone : ZONE_VIETNAM, minutes = zone < 0 ? -zone : zone;
    return region_printf(region, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", reading->year,
                         reading->month, reading->day, reading->hour, reading->minute,
                         reading->second, zone < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

/* A clock that was never set, not a date. */
static bool
is_epoch(const struct date *date)
{
    enum { DAY = 24 * 60 * 60 };
    return date->instant >= -DAY && date->instant <= DAY;
}

bool
feeddate_read(struct span text, struct region *region, struct span *out)
{
    struct reading reading = { .hour = -1 };
    struct date date;
    struct span printed = { NULL, 0 };
    text = span_trim_lines(text);
    if (text.len == 0 || text.len > TEXT_BYTES)
        return false;
    if (date_parse(text, &date)) /* "2026", "2026-11": as exactly as it says */
        printed = region_copy(region, text);
    else if (take_all(&reading, text))
        printed = print(&reading, region);
    else if (!newsdate_read(text, region, &printed))
        return false;
    if (!date_parse(printed, &date) || date.year < YEAR_OLDEST || is_epoch(&date))
        return false;
    *out = printed;
    return true;
}
