/* SPDX-License-Identifier: ISC */
#include "wire/headers.h"

#include "testing.h"

enum { NOW = 1795579200 }; /* 2026-11-25T04:00:00Z */

static const struct {
    const char *text;
    int64_t instant;
} dates[] = {
    { "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
    { "Sunday, 06-Nov-94 08:49:37 GMT", 784111777 },
    { "Sun Nov  6 08:49:37 1994", 784111777 },
    { "Sun, 6 Nov 1994 08:49:37 UTC", 784111777 },
    { "06 nov 1994 08:49:37", 784111777 },
    { "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
    { "Thu, 29 Feb 2024 23:59:60 GMT", 1709251200 },
    { "Friday, 31-Dec-99 00:00:00 GMT", 946598400 },
    { "Tuesday, 25-Nov-76 00:00:00 GMT", 3373488000 }, /* 50 years ahead: it is not the past's */
    { "Wednesday, 25-Nov-77 00:00:00 GMT", 249264000 },
    { "Fri, 31 Dec 9998 23:59:59 GMT", 253370764799 },
};

START_TEST(dates_are_read_in_all_three_forms)
{
    int64_t instant = -1;
    ck_assert_msg(headers_date(span_of(dates[_i].text), NOW, &instant), "%s", dates[_i].text);
    ck_assert_int_eq(instant, dates[_i].instant);
}
END_TEST

static const char *const no_dates[] = {
    "",
    "0",
    "-1",
    "Sun, 06 Nov 1994",
    "Sun, 06 Nov 1994 08:49 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
    "Sun, 31 Nov 1994 08:49:37 GMT",
    "Thu, 29 Feb 2023 00:00:00 GMT",
    "Sun, 06 Foo 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 EST",
    "Sun, 06 Nov 1969 08:49:37 GMT",
    "Sun, 06 Nov 99999 08:49:37 GMT",
    "Sun, 06 Nov Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 08:49:37 GMT",
    "2026-11-25T04:00:00Z",
};

START_TEST(what_is_no_date_is_none)
{
    int64_t instant;
    ck_assert_msg(!headers_date(span_of(no_dates[_i]), NOW, &instant), "%s", no_dates[_i]);
}
END_TEST

static const struct {
    const char *text, *date;
    int64_t seconds; /* -1: says nothing */
} retries[] = {
    { "120", "", 120 },
    { " 0 ", "", 0 },
    { "99999999999999999999", "", -1 },
    { "9999999999", "", 315360000 },
    { "Wed, 25 Nov 2026 04:02:00 GMT", "", 120 },
    { "Wed, 25 Nov 2026 03:00:00 GMT", "", 0 },
    /* Their clock is an hour behind ours. */
    { "Wed, 25 Nov 2026 03:02:00 GMT", "Wed, 25 Nov 2026 03:00:00 GMT", 120 },
    { "-5", "", -1 },
    { "soon", "", -1 },
    { "", "", -1 },
};

START_TEST(retry_after_is_read_in_both_forms)
{
    int64_t seconds = -1;
    headers_retry_after(span_of(retries[_i].text), span_of(retries[_i].date), NOW, &seconds);
    ck_assert_int_eq(seconds, retries[_i].seconds);
}
END_TEST

static const struct {
    const char *cache_control, *expires, *date;
    int64_t seconds; /* -1: says nothing */
} fresh[] = {
    { "max-age=600", "", "", 600 },
    { "public, Max-Age = \"600\" ", "", "", 600 },
    { "s-maxage=5, max-age=600, max-age=7", "", "", 600 },
    { "max-age=600", "Wed, 25 Nov 2026 04:01:00 GMT", "", 600 },
    { "no-cache, max-age=600", "", "", 0 },
    { "max-age=600, no-store", "", "", 0 },
    { "ext=\"a, max-age=1\", max-age=2", "", "", 2 },
    { "max-age=soon", "", "", -1 },
    { "max-age=soon", "Wed, 25 Nov 2026 04:01:00 GMT", "", 60 },
    { "", "Wed, 25 Nov 2026 04:01:00 GMT", "", 60 },
    { "", "Wed, 25 Nov 2026 05:01:00 GMT", "Wed, 25 Nov 2026 05:00:00 GMT", 60 },
    { "", "0", "", 0 },
    { "", "", "", -1 },
    { "public", "", "", -1 },
};

START_TEST(freshness_is_what_the_answer_says)
{
    int64_t seconds = -1;
    bool told = headers_fresh(span_of(fresh[_i].cache_control), span_of(fresh[_i].expires),
                              span_of(fresh[_i].date), NOW, &seconds);
    ck_assert_int_eq(told ? seconds : -1, fresh[_i].seconds);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

int
main(void)
{
    Suite *suite = suite_create("headers");
    TCase *reading = tcase_create("reading");
    tcase_add_loop_test(reading, dates_are_read_in_all_three_forms, 0, COUNT(dates));
    tcase_add_loop_test(reading, what_is_no_date_is_none, 0, COUNT(no_dates));
    tcase_add_loop_test(reading, retry_after_is_read_in_both_forms, 0, COUNT(retries));
    tcase_add_loop_test(reading, freshness_is_what_the_answer_says, 0, COUNT(fresh));
    suite_add_tcase(suite, reading);
    return testing_run(suite);
}
