/* SPDX-License-Identifier: ISC */
#include "wire/newsdate.h"

#include "base/clock.h"
#include "base/text.h"

#include <stdio.h>

enum { WORDS_MAX = 24, LINE_BYTES = 160, YEAR_OLDEST = 1998, ZONE_VIETNAM = 7 };

/* A line's words, and what has been read from them. */
struct reading {
    struct span words[WORDS_MAX]; /* of text_key; borrowed from `keys` */
    size_t count;
    struct buffer keys;
    int year, month, day; /* 0: none yet */
    int hour, minute;     /* -1: none yet */
    int zone;             /* hours east */
};

/* false: more words than a date has. */
static bool
reading_init(struct reading *reading, struct span line)
{
    *reading = (struct reading){ .keys = BUFFER_EMPTY, .hour = -1, .zone = ZONE_VIETNAM };
    if (line.len > LINE_BYTES)
        return false;
    text_key(line, &reading->keys);
    struct span rest = buffer_span(&reading->keys);
    while (rest.len > 0 && reading->count < WORDS_MAX)
        reading->words[reading->count++] = span_cut(&rest, ' ');
    return reading->count > 0 && rest.len == 0;
}

static bool
word_is(const struct reading *reading, size_t at, const char *word)
{
    struct buffer key = BUFFER_EMPTY;
    text_key(span_of(word), &key);
    bool same = at < reading->count && span_equal(reading->words[at], buffer_span(&key));
    buffer_fini(&key);
    return same;
}

static bool
number_at(const struct reading *reading, size_t at, int least, int most, int *out)
{
    uint64_t number;
    if (at >= reading->count || reading->words[at].len > 4 ||
        !span_number(reading->words[at], (uint64_t)most, &number) || (int)number < least)
        return false;
    *out = (int)number;
    return true;
}

/* A date's three numbers, in the order given; how many words they took. */
static size_t
take_dmy(struct reading *reading, size_t at)
{
    size_t from = at;
    int day, month, year;
    if (!number_at(reading, at++, 1, 31, &day))
        return 0;
    at += word_is(reading, at, "tháng");
    if (!number_at(reading, at++, 1, 12, &month))
        return 0;
    at += word_is(reading, at, "năm");
    if (!number_at(reading, at++, 1000, 9998, &year))
        return 0;
    reading->day = day, reading->month = month, reading->year = year;
    return at - from;
}

static size_t
take_ymd(struct reading *reading, size_t at)
{
    int day, month, year;
    if (!number_at(reading, at, 1000, 9998, &year) || !number_at(reading, at + 1, 1, 12, &month) ||
        !number_at(reading, at + 2, 1, 31, &day))
        return 0;
    reading->day = day, reading->month = month, reading->year = year;
    return 3;
}

/* "13h08" and "13h" are one word. */
static size_t
take_clock_word(struct reading *reading, size_t at)
{
    uint64_t hour, minute = 0;
    struct span rest = reading->words[at];
    struct span front = span_cut(&rest, 'h');
    if (rest.at == NULL || !span_number(front, 23, &hour) ||
        (rest.len > 0 && !span_number(rest, 59, &minute)))
        return 0;
    reading->hour = (int)hour, reading->minute = (int)minute;
    return 1;
}

/* "13:08", "13 giờ 8 phút", "1:08 PM". */
static size_t
take_clock(struct reading *reading, size_t at)
{
    size_t from = at;
    int hour, minute;
    if (take_clock_word(reading, at) > 0)
        return 1;
    if (!number_at(reading, at++, 0, 23, &hour))
        return 0;
    at += word_is(reading, at, "giờ");
    if (!number_at(reading, at++, 0, 59, &minute))
        return 0;
    at += word_is(reading, at, "phút");
    if (word_is(reading, at, "pm") && hour < 12)
        hour += 12;
    reading->hour = hour, reading->minute = minute;
    return at - from;
}

static size_t
take_zone(struct reading *reading, size_t at)
{
    if (!word_is(reading, at, "GMT") && !word_is(reading, at, "UTC"))
        return 0;
    return number_at(reading, at + 1, 0, 14, &reading->zone) ? 2 : 1;
}

/* "thứ hai", "thứ 2" */
static size_t
take_weekday(const struct reading *reading, size_t at)
{
    return word_is(reading, at, "thứ") && at + 1 < reading->count ? 2 : 0;
}

static size_t
take_filler(const struct reading *reading, size_t at)
{
    static const char *const fillers[] = {
        "T2",   "T3",    "T4",   "T5",  "T6",   "T7",  "CN",   "chủ",  "nhật",
        "ngày", "cập",   "đăng", "lúc", "xuất", "bản", "am",   "pm",   "sáng",
        "trưa", "chiều", "tối",  "gửi", "tải",  "vào", "thời", "gian",
    };
    for (size_t i = 0; i < sizeof fillers / sizeof fillers[0]; i++)
        if (word_is(reading, at, fillers[i]))
            return 1;
    return 0;
}

static bool
take_all(struct reading *reading)
{
    for (size_t at = 0, taken; at < reading->count; at += taken) {
        taken = reading->year == 0 ? take_dmy(reading, at) : 0;
        if (taken == 0 && reading->year == 0)
            taken = take_ymd(reading, at);
        if (taken == 0)
            taken = take_weekday(reading, at);
        if (taken == 0 && reading->hour < 0)
            taken = take_clock(reading, at);
        if (taken == 0)
            taken = take_zone(reading, at);
        if (taken == 0)
            taken = take_filler(reading, at);
        if (taken == 0)
            return false;
    }
    return reading->year != 0;
}

bool
newsdate_read(struct span line, struct region *region, struct span *out)
{
    struct reading reading;
    struct date date;
    bool read = reading_init(&reading, line) && take_all(&reading);
    struct span text = { NULL, 0 };
    if (read && reading.hour < 0)
        text = region_printf(region, "%04d-%02d-%02d", reading.year, reading.month, reading.day);
    else if (read)
        text = region_printf(region, "%04d-%02d-%02dT%02d:%02d:00+%02d:00", reading.year,
                             reading.month, reading.day, reading.hour, reading.minute,
                             reading.zone);
    read = read && date_parse(text, &date);
    if (read)
        *out = text;
    buffer_fini(&reading.keys);
    return read;
}

bool
newsdate_is_ago(struct span line)
{
    static const char *const units[] = { "giây", "phút", "giờ", "ngày", "tuần", "tháng", "năm" };
    struct reading reading;
    int number;
    bool ago = false;
    if (reading_init(&reading, line)) {
        size_t count = reading.count;
        ago = count == 2 && word_is(&reading, 0, "hôm") &&
              (word_is(&reading, 1, "qua") || word_is(&reading, 1, "nay"));
        for (size_t i = 0; count == 3 && i < sizeof units / sizeof units[0]; i++)
            ago = ago || (number_at(&reading, 0, 0, 999, &number) &&
                          word_is(&reading, 1, units[i]) && word_is(&reading, 2, "trước"));
    }
    buffer_fini(&reading.keys);
    return ago;
}

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
