/* SPDX-License-Identifier: ISC */
#include "wire/newsdate.h"

#include "base/clock.h"
#include "base/text.h"

#include <time.h>

enum { WORDS_MAX = 24, LINE_BYTES = 160, ZONE_VIETNAM = 7 * 60, HOUR = 3600, DAY = 24 * HOUR };

/* A line's words, without their marks, and what has been read from them. */
struct reading {
    struct span words[WORDS_MAX]; /* borrowed from `folded` */
    size_t count;
    struct buffer folded;
    int year, month, day;     /* 0: none yet */
    int hour, minute, second; /* hour -1: none yet */
    bool parted;              /* the part of the day is known: "chiều" */
    int zone;                 /* minutes east */
    int west;                 /* -1: the zone is one in the west */
    bool back;                /* "hôm qua": … */
    int days;                 /* … so many days back */
};

/* "GMT-5", whose sign is no word. */
static bool
is_in_west(struct span line)
{
    static const char *const marks[] = { "GMT-", "GMT -", "UTC-", "UTC -", "GMT−", "UTC−" };
    size_t at;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (span_find(line, span_of(marks[i]), &at))
            return true;
    return false;
}

/* false: more words than a date has. */
static bool
reading_init(struct reading *reading, struct span line)
{
    *reading = (struct reading){ .folded = BUFFER_EMPTY, .hour = -1, .zone = ZONE_VIETNAM };
    reading->west = is_in_west(line) ? -1 : 1;
    if (line.len > LINE_BYTES)
        return false;
    text_fold(line, &reading->folded);
    struct span rest = buffer_span(&reading->folded);
    while (rest.len > 0 && reading->count < WORDS_MAX)
        reading->words[reading->count++] = span_cut(&rest, ' ');
    return reading->count > 0 && rest.len == 0;
}

static bool
word_is(const struct reading *reading, size_t at, const char *word)
{
    return at < reading->count && span_equal(reading->words[at], span_of(word));
}

/* The word's place in the table; -1: it is not in it. */
static int
word_among(const struct reading *reading, size_t at, const char *const table[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (word_is(reading, at, table[i]))
            return (int)i;
    return -1;
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

/* "11", or "tháng Mười Một" behind its first word; how many words it took. */
static size_t
take_month(const struct reading *reading, size_t at, bool named, int *out)
{
    static const char *const names[] = { "mot", "hai", "ba",   "tu",   "nam", "sau",
                                         "bay", "tam", "chin", "muoi", "bon" };
    if (number_at(reading, at, 1, 12, out))
        return 1;
    int first = named ? word_among(reading, at, names, sizeof names / sizeof *names) : -1;
    if (first < 0)
        return 0;
    *out = first == 10 ? 4 : first + 1;
    int second = *out == 10 ? word_among(reading, at + 1, names, 2) : -1;
    *out += second + 1;
    return second < 0 ? 1 : 2;
}

/* A date's three numbers, in the order given; how many words they took. */
static size_t
take_dmy(struct reading *reading, size_t at)
{
    size_t from = at, taken;
    int day, month, year;
    if (reading->year != 0 || !number_at(reading, at++, 1, 31, &day))
        return 0;
    bool named = word_is(reading, at, "thang");
    at += named;
    if ((taken = take_month(reading, at, named, &month)) == 0)
        return 0;
    at += taken;
    at += word_is(reading, at, "nam");
    if (!number_at(reading, at++, 1000, 9998, &year))
        return 0;
    reading->day = day, reading->month = month, reading->year = year;
    return at - from;
}

static size_t
take_ymd(struct reading *reading, size_t at)
{
    int day, month, year;
    if (reading->year != 0 || !number_at(reading, at, 1000, 9998, &year) ||
        !number_at(reading, at + 1, 1, 12, &month) || !number_at(reading, at + 2, 1, 31, &day))
        return 0;
    reading->day = day, reading->month = month, reading->year = year;
    return 3;
}

/* "thứ hai", "thứ 2", "T2", "chủ nhật" */
static size_t
take_weekday(struct reading *reading, size_t at)
{
    static const char *const days[] = { "hai", "ba", "tu", "nam", "sau", "bay",
                                        "2",   "3",  "4",  "5",   "6",   "7" };
    static const char *const shorts[] = { "t2", "t3", "t4", "t5", "t6", "t7", "cn" };
    if (word_is(reading, at, "thu"))
        return word_among(reading, at + 1, days, sizeof days / sizeof *days) >= 0 ? 2 : 0;
    if (word_is(reading, at, "chu"))
        return word_is(reading, at + 1, "nhat") ? 2 : 0;
    return word_among(reading, at, shorts, sizeof shorts / sizeof *shorts) >= 0;
}

/* "13h08", "13h" and "13g30" are one word. */
static size_t
take_clock_word(struct reading *reading, size_t at)
{
    uint64_t hour, minute = 0;
    struct span word = reading->words[at], rest = word;
    struct span front = span_cut(&rest, span_has_char(word, 'h') ? 'h' : 'g');
    if (rest.at == NULL || !span_number(front, 23, &hour) ||
        (rest.len > 0 && !span_number(rest, 59, &minute)))
        return 0;
    reading->hour = (int)hour, reading->minute = (int)minute;
    return 1;
}

/* "13:08", "13:08:45", "13 giờ 8 phút", "13 giờ". */
static size_t
take_clock(struct reading *reading, size_t at)
{
    size_t from = at;
    int hour, minute = 0;
    if (reading->hour >= 0)
        return 0;
    if (take_clock_word(reading, at) > 0)
        return 1;
    if (!number_at(reading, at++, 0, 23, &hour))
        return 0;
    bool named = word_is(reading, at, "gio");
    at += named;
    if (number_at(reading, at, 0, 59, &minute))
        at++;
    else if (!named)
        return 0;
    bool spelt = word_is(reading, at, "phut");
    at += spelt;
    struct reading probe = *reading; /* "13:08 23/11/2026" has no seconds */
    if (!named && !spelt && take_dmy(&probe, at) == 0 && at < reading->count &&
        reading->words[at].len == 2 && number_at(reading, at, 0, 59, &reading->second))
        at++;
    reading->hour = hour, reading->minute = minute;
    return at - from;
}

/* "1:08 CH", "8 giờ tối", "12:30 AM" */
static size_t
take_part(struct reading *reading, size_t at)
{
    static const char *const parts[] = { "am", "sa", "sang", "pm", "ch", "chieu", "toi", "trua" };
    enum { LAST_MORNING = 2, NOON = 7 };
    int part = word_among(reading, at, parts, sizeof parts / sizeof *parts);
    if (part < 0)
        return 0;
    if (reading->hour < 0 || reading->parted)
        return 1;
    reading->parted = true;
    if (part <= LAST_MORNING && reading->hour == 12)
        reading->hour = 0;
    else if (part > LAST_MORNING && reading->hour < (part == NOON ? 4 : 12))
        reading->hour += 12;
    return 1;
}

/* "GMT+7", "(GMT +07:00)", "UTC" */
static size_t
take_zone(struct reading *reading, size_t at)
{
    int hours = 0, minutes = 0;
    if (!word_is(reading, at, "gmt") && !word_is(reading, at, "utc"))
        return 0;
    size_t taken = 1;
    if (number_at(reading, at + 1, 0, 14, &hours))
        taken++;
    if (taken == 2 && number_at(reading, at + 2, 0, 59, &minutes) &&
        reading->words[at + 2].len == 2)
        taken++;
    else
        minutes = 0;
    reading->zone = taken > 1 ? reading->west * (hours * 60 + minutes) : ZONE_VIETNAM;
    return taken;
}

/* "hôm nay", "hôm qua", "hôm kia" */
static size_t
take_day_back(struct reading *reading, size_t at)
{
    static const char *const days[] = { "nay", "qua", "kia" };
    int days_back = word_is(reading, at, "hom") ? word_among(reading, at + 1, days, 3) : -1;
    if (days_back < 0 || reading->back)
        return 0;
    reading->back = true;
    reading->days = days_back;
    return 2;
}

static size_t
take_filler(struct reading *reading, size_t at)
{
    static const char *const fillers[] = { "ngay", "cap", "nhat", "dang", "luc",  "xuat", "ban",
                                           "gui",  "tai", "vao",  "thoi", "gian", "phat", "hanh" };
    return word_among(reading, at, fillers, sizeof fillers / sizeof *fillers) >= 0;
}

/* The whole line says when. */
static bool
take_all(struct reading *reading)
{
    static size_t (*const takers[])(struct reading *, size_t) = {
        take_dmy,  take_ymd,  take_weekday,  take_clock,
        take_part, take_zone, take_day_back, take_filler,
    };
    for (size_t at = 0, taken = 0; at < reading->count; at += taken, taken = 0) {
        for (size_t i = 0; taken == 0 && i < sizeof takers / sizeof *takers; i++)
            taken = takers[i](reading, at);
        if (taken == 0)
            return false;
    }
    return true;
}

/* What has been read, as date_parse reads it; false: there is no such day. */
static bool
print(const struct reading *reading, struct region *region, struct span *out)
{
    int zone = reading->zone < 0 ? -reading->zone : reading->zone;
    struct date date;
    struct span text = region_printf(region, "%04d-%02d-%02d", reading->year, reading->month,
                                     reading->day);
    if (reading->hour >= 0)
        text = region_printf(region, "%.*sT%02d:%02d:%02d%c%02d:%02d", SPAN_ARG(text),
                             reading->hour, reading->minute, reading->second,
                             reading->zone < 0 ? '-' : '+', zone / 60, zone % 60);
    bool real = date_parse(text, &date);
    if (real)
        *out = text;
    return real;
}

bool
newsdate_read(struct span line, struct region *region, struct span *out)
{
    struct reading reading;
    bool read = reading_init(&reading, line) && take_all(&reading) && reading.year != 0 &&
                !reading.back && print(&reading, region, out);
    buffer_fini(&reading.folded);
    return read;
}

/* The civil day of an instant in Vietnam. */
static void
set_day(struct reading *reading, int64_t instant)
{
    time_t when = instant + ZONE_VIETNAM * 60;
    struct tm civil;
    if (gmtime_r(&when, &civil) == NULL)
        return;
    reading->year = civil.tm_year + 1900;
    reading->month = civil.tm_mon + 1;
    reading->day = civil.tm_mday;
    reading->hour = civil.tm_hour;
    reading->minute = civil.tm_min;
    reading->second = civil.tm_sec;
}

/* How exactly one knows when something was that is so many of these ago. */
static const struct unit {
    const char *name;
    int64_t seconds;
    enum precision precision;
} units[] = {
    { "giay", 1, DATE_SECOND },      { "phut", 60, DATE_SECOND },
    { "gio", HOUR, DATE_SECOND },    { "tieng", HOUR, DATE_SECOND },
    { "ngay", DAY, DATE_DAY },       { "hom", DAY, DATE_DAY },
    { "tuan", 7 * DAY, DATE_DAY },   { "thang", 30 * DAY, DATE_MONTH },
    { "nam", 365 * DAY, DATE_YEAR },
};

static const struct unit *
unit_at(const struct reading *reading, size_t at)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (word_is(reading, at, units[i].name))
            return &units[i];
    return NULL;
}

/* "5 phút trước", "cách đây 2 giờ 30 phút", "khoảng 1 tháng trước": how many seconds, and how
 * exactly. */
static bool
take_span(const struct reading *reading, int64_t *seconds, enum precision *precision)
{
    size_t at = word_is(reading, 0, "khoang") || word_is(reading, 0, "hon");
    bool before = word_is(reading, at, "cach") && word_is(reading, at + 1, "day");
    const struct unit *unit = NULL;
    int number;
    *seconds = 0;
    for (at += before ? 2 : 0; number_at(reading, at, 0, 999, &number); at += 2) {
        if ((unit = unit_at(reading, at + 1)) == NULL)
            return false;
        *seconds += number * unit->seconds;
        *precision = unit->precision;
    }
    bool behind = word_is(reading, at, "truoc");
    return unit != NULL && at + behind == reading->count && (before || behind);
}

/* Sets what is known of the moment `seconds` before `now`. */
static struct span
print_back(struct reading *reading, int64_t moment, enum precision precision, struct region *region)
{
    struct span out = { NULL, 0 };
    set_day(reading, moment);
    if (precision == DATE_YEAR)
        return region_printf(region, "%04d", reading->year);
    if (precision == DATE_MONTH)
        return region_printf(region, "%04d-%02d", reading->year, reading->month);
    if (precision == DATE_DAY)
        reading->hour = -1;
    print(reading, region, &out);
    return out;
}

/* "hôm qua", "hôm nay, lúc 13:08" */
static struct span
print_day_back(struct reading *reading, int64_t now, struct region *region)
{
    struct span out = { NULL, 0 };
    int hour = reading->hour, minute = reading->minute, second = reading->second;
    set_day(reading, now - (int64_t)reading->days * DAY);
    reading->hour = hour, reading->minute = minute, reading->second = second;
    print(reading, region, &out);
    return out;
}

bool
newsdate_ago(struct span line, int64_t now, struct region *region, struct span *out)
{
    struct reading reading;
    int64_t seconds;
    enum precision precision;
    struct span text = { NULL, 0 };
    if (reading_init(&reading, line)) {
        if (take_span(&reading, &seconds, &precision))
            text = print_back(&reading, now - seconds, precision, region);
        else if (take_all(&reading) && reading.back && reading.year == 0)
            text = print_day_back(&reading, now, region);
    }
    buffer_fini(&reading.folded);
    if (text.len > 0)
        *out = text;
    return text.len > 0;
}

bool
newsdate_is_ago(struct span line)
{
    struct reading reading;
    int64_t seconds;
    enum precision precision;
    bool ago = reading_init(&reading, line) &&
               (take_span(&reading, &seconds, &precision) ||
                (take_all(&reading) && reading.back && reading.year == 0));
    buffer_fini(&reading.folded);
    return ago;
}
