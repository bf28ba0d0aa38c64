/* SPDX-License-Identifier: ISC */
#include "base/clock.h"

#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static void
set_up(void)
{
    ck_assert(clock_zone_set("Asia/Ho_Chi_Minh"));
}

static const struct {
    const char *text;
    struct date date;
} dates[] = {
    { "2024", { DATE_YEAR, 2024, 1, 1, 1704042000 } },
    { "2024-07", { DATE_MONTH, 2024, 7, 1, 1719766800 } },
    { "2024-07-12", { DATE_DAY, 2024, 7, 12, 1720717200 } },
    { "2024-02-29", { DATE_DAY, 2024, 2, 29, 1709139600 } },
    { "2000-02-29", { DATE_DAY, 2000, 2, 29, 951757200 } },
    { "1970-01-01", { DATE_DAY, 1970, 1, 1, -28800 } }, /* Saigon was at +08:00 */
    { "2024-07-12T00:00:00+07:00", { DATE_SECOND, 2024, 7, 12, 1720717200 } },
    { "2024-07-11T17:00:00Z", { DATE_SECOND, 2024, 7, 12, 1720717200 } },
    { "2024-07-11t16:59:59z", { DATE_SECOND, 2024, 7, 11, 1720717199 } },
    { "2024-07-11 17:00:00.999999999Z", { DATE_SECOND, 2024, 7, 12, 1720717200 } },
    { "2024-07-12T00:00:00-00:00", { DATE_SECOND, 2024, 7, 12, 1720742400 } },
    { "2024-12-31T23:59:59-23:59", { DATE_SECOND, 2025, 1, 2, 1735775939 } },
    { "2024-01-01T00:00:00+23:59", { DATE_SECOND, 2023, 12, 31, 1703980860 } },
    { "2016-12-31T23:59:60Z", { DATE_SECOND, 2017, 1, 1, 1483228800 } }, /* a leap second */
    { "2024-02-29T12:00:00+07:00", { DATE_SECOND, 2024, 2, 29, 1709182800 } },
    { "2038-01-19T03:14:08Z", { DATE_SECOND, 2038, 1, 19, 2147483648 } },
};

START_TEST(a_date_is_read_as_exactly_as_it_is_known)
{
    struct date date = { DATE_NONE, 0, 0, 0, 0 };
    const struct date *expected = &dates[_i].date;
    ck_assert_msg(date_parse(span_of(dates[_i].text), &date), "%s", dates[_i].text);
    ck_assert_int_eq(date.precision, expected->precision);
    ck_assert_int_eq(date.year, expected->year);
    ck_assert_int_eq(date.month, expected->month);
    ck_assert_int_eq(date.day, expected->day);
    ck_assert_int_eq(date.instant, expected->instant);
}
END_TEST

static const struct span no_dates[] = {
    SPAN(""),
    SPAN("0000"),
    SPAN("9999"),
    SPAN("24"),
    SPAN("02024"),
    SPAN("+2024"),
    SPAN("2024-"),
    SPAN("2024-0"),
    SPAN("2024-00"),
    SPAN("2024-13"),
    SPAN("2024-7"),
    SPAN("2024-07-"),
    SPAN("2024-07-00"),
    SPAN("2024-07-32"),
    SPAN("2024-06-31"),
    SPAN("2023-02-29"),
    SPAN("1900-02-29"),
    SPAN("2100-02-29"),
    SPAN("2024-02-30"),
    SPAN("2024/07/12"),
    SPAN("2024-07-12 "),
    SPAN(" 2024"),
    SPAN("2024\0"),
    SPAN("2024-07-12\0"
         "17:00:00Z"),
    SPAN("2024-07T17:00:00Z"),
    SPAN("2024-07-12T"),
    SPAN("2024-07-12T17"),
    SPAN("2024-07-12T17:00"),
    SPAN("2024-07-12T17:00Z"),
    SPAN("2024-07-12T17:00:00"),
    SPAN("2024-07-12T24:00:00Z"),
    SPAN("2024-07-12T17:60:00Z"),
    SPAN("2024-07-12T17:00:61Z"),
    SPAN("2024-07-12T17:00:00.Z"),
    SPAN("2024-07-12T17:00:00,5Z"),
    SPAN("2024-07-12T17:00:00+7:00"),
    SPAN("2024-07-12T17:00:00+0700"),
    SPAN("2024-07-12T17:00:00+07"),
    SPAN("2024-07-12T17:00:00+07:60"),
    SPAN("2024-07-12T17:00:00+24:00"),
    SPAN("2024-07-12T17:00:00 07:00"),
    SPAN("2024-07-12T17:00:00Z+07:00"),
    SPAN("2024-07-12T7:00:00Z"),
    SPAN("9998-12-31T23:00:00Z"),      /* next year already, in the capsule */
    SPAN("0001-01-01T00:00:00+23:59"), /* the year before still */
};

START_TEST(what_is_no_date_is_refused_and_leaves_the_old_one)
{
    struct date date = { DATE_NONE, 7, 7, 7, 7 };
    ck_assert_msg(!date_parse(no_dates[_i], &date), "%.*s", SPAN_ARG(no_dates[_i]));
    ck_assert_int_eq(date.year, 7);
    ck_assert_int_eq(date.instant, 7);
}
END_TEST

START_TEST(every_month_has_its_last_day)
{
    static const int last[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    struct date date;
    char text[16];
    for (int month = 1; month <= 12; month++)
        for (int day = 28; day <= 32; day++) {
            snprintf(text, sizeof text, "2023-%02d-%02d", month, day);
            ck_assert_msg(date_parse(span_of(text), &date) == (day <= last[month - 1]), "%s", text);
        }
}
END_TEST

START_TEST(an_instant_is_a_day_in_the_capsules_zone)
{
    struct date date = date_at(1720717199);
    ck_assert_int_eq(date.precision, DATE_SECOND);
    ck_assert_int_eq(date.day, 11);
    ck_assert_int_eq(date_at(1720717200).day, 12);
    ck_assert_int_eq(date_at(1720717200).month, 7);
    ck_assert_int_eq(date_at(1720717200).year, 2024);
}
END_TEST

START_TEST(an_instant_beyond_all_calendars_is_no_date)
{
    char text[CLOCK_TEXT] = "old";
    ck_assert_int_eq(date_at(INT64_MAX).precision, DATE_NONE);
    ck_assert_str_eq(clock_print(INT64_MAX, text), "");
    ck_assert_str_eq(clock_print(INT64_MIN, text), "");
    ck_assert_str_eq(clock_print(253402300800, text), ""); /* the year 10000 */
}
END_TEST

static const struct {
    const char *zone;
    int64_t instant;
    const char *text;
} printed[] = {
    { "Asia/Ho_Chi_Minh", 1795312800, "2026-11-22T09:00:00+07:00" },
    { "Asia/Ho_Chi_Minh", 1704041999, "2023-12-31T23:59:59+07:00" },
    { "UTC", 0, "1970-01-01T00:00:00+00:00" },
    { "UTC", -1, "1969-12-31T23:59:59+00:00" },
    { "Asia/Kathmandu", 1720717200, "2024-07-11T22:45:00+05:45" },
    { "America/St_Johns", 1704067200, "2023-12-31T20:30:00-03:30" },
    { "Europe/Berlin", 1711846799, "2024-03-31T01:59:59+01:00" },
    { "Europe/Berlin", 1711846800, "2024-03-31T03:00:00+02:00" },
    { "UTC", -62135596800, "0001-01-01T00:00:00+00:00" },
    { "Asia/Ho_Chi_Minh", -2208988800, "1900-01-01T07:07:00+07:07" }, /* +07:06:30 by the sun */
    { "Asia/Ho_Chi_Minh", -2209014390, "1900-01-01T00:00:30+07:07" }, /* a day begins on it */
};

START_TEST(an_instant_is_printed_with_its_offset_and_reads_back)
{
    char text[CLOCK_TEXT];
    struct date date;
    ck_assert(clock_zone_set(printed[_i].zone));
    ck_assert_str_eq(clock_print(printed[_i].instant, text), printed[_i].text);
    ck_assert(date_parse(span_of(text), &date));
    ck_assert_int_eq(date.instant, printed[_i].instant);
}
END_TEST

START_TEST(a_civil_day_begins_at_midnight_in_the_capsules_zone)
{
    ck_assert_int_eq(clock_civil(2024, 7, 12), 1720717200);
    ck_assert_int_eq(clock_civil(2024, 13, 1), clock_civil(2025, 1, 1));
    ck_assert_int_eq(clock_civil(2024, 2, 30), clock_civil(2024, 3, 1));
    ck_assert(clock_zone_set("Europe/Berlin"));
    ck_assert_int_eq(clock_civil(2024, 4, 1) - clock_civil(2024, 3, 31), 23 * 3600);
}
END_TEST

static const char *const no_zones[] = { "",
                                        "Asia",
                                        "Asia/",
                                        "Asia/Nowhere",
                                        "zone.tab",
                                        "../zoneinfo/UTC",
                                        "/usr/share/zoneinfo/UTC",
                                        "Ha Noi",
                                        "<+07>-7" };

START_TEST(a_zone_this_system_does_not_know_is_refused)
{
    char endless[400];
    memset(endless, 'a', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    ck_assert_msg(!clock_zone_known(no_zones[_i]), "%s", no_zones[_i]);
    ck_assert(!clock_zone_set(no_zones[_i]));
    ck_assert(!clock_zone_set(endless));
    ck_assert_str_eq(getenv("TZ"), "Asia/Ho_Chi_Minh");
}
END_TEST

START_TEST(time_goes_on)
{
    int64_t before = clock_monotonic();
    ck_assert_int_gt(clock_now(), 1700000000);
    ck_assert_int_ge(clock_monotonic(), before);
    ck_assert_int_lt(clock_monotonic() - before, 100000);
    before = clock_cpu();
    while (clock_cpu() < before + 2)
        continue;
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("clock");
    TCase *tests = tcase_create("clock");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_loop_test(tests, a_date_is_read_as_exactly_as_it_is_known, 0, COUNT(dates));
    tcase_add_loop_test(tests, what_is_no_date_is_refused_and_leaves_the_old_one, 0,
                        COUNT(no_dates));
    tcase_add_test(tests, every_month_has_its_last_day);
    tcase_add_test(tests, an_instant_is_a_day_in_the_capsules_zone);
    tcase_add_test(tests, an_instant_beyond_all_calendars_is_no_date);
    tcase_add_loop_test(tests, an_instant_is_printed_with_its_offset_and_reads_back, 0,
                        COUNT(printed));
    tcase_add_test(tests, a_civil_day_begins_at_midnight_in_the_capsules_zone);
    tcase_add_loop_test(tests, a_zone_this_system_does_not_know_is_refused, 0, COUNT(no_zones));
    tcase_add_test(tests, time_goes_on);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
