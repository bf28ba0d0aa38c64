/* SPDX-License-Identifier: ISC */
/* Dates as Vietnamese pages write them. */
#include "wire/newsdate.h"

#include "base/clock.h"
#include "testing.h"

#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static struct region *region;

static void
set_up(void)
{
    ck_assert(clock_zone_set("UTC")); /* what is read does not depend on the capsule's zone */
    region = region_new();
}

static void
tear_down(void)
{
    region_free(region);
}

static const struct {
    const char *line, *date; /* NULL: it is none */
} lines[] = {
    { "23/11/2026", "2026-11-23" },
    { "3/1/2026", "2026-01-03" },
    { "23-11-2026", "2026-11-23" },
    { "23.11.2026", "2026-11-23" },
    { "2026-11-23", "2026-11-23" },
    { "ngày 23 tháng 11 năm 2026", "2026-11-23" },
    { "Ngày 3 tháng 1, 2026", "2026-01-03" },
    { "23 tháng 11, 2026", "2026-11-23" },
    { "23 Tháng Mười Một, 2026", "2026-11-23" },
    { "23 Tháng Mười Hai 2026", "2026-12-23" },
    { "23 tháng mười năm 2026", "2026-10-23" },
    { "3 tháng Tư năm 2026", "2026-04-03" },
    { "3 tháng bốn, 2026", "2026-04-03" },
    { "3 tháng năm năm 2026", "2026-05-03" },
    { "Thứ hai, 23/11/2026", "2026-11-23" },
    { "Thứ Hai 23/11/2026", "2026-11-23" },
    { "THỨ HAI, 23/11/2026", "2026-11-23" },
    { "Thứ 2, ngày 23/11/2026", "2026-11-23" },
    { "T2, 23/11/2026", "2026-11-23" },
    { "Chủ nhật, 22/11/2026", "2026-11-22" },
    { "Chủ Nhật | 22/11/2026", "2026-11-22" },
    { "CN 22/11/2026", "2026-11-22" },
    { "Thứ hai, 23/11/2026, 13:08 (GMT+7)", "2026-11-23T13:08:00+07:00" },
    { "13:08, thứ Hai 23/11/2026", "2026-11-23T13:08:00+07:00" },
    { "23/11/2026 13:08:45", "2026-11-23T13:08:45+07:00" },
    { "13:08:45 23/11/2026", "2026-11-23T13:08:45+07:00" },
    { "23/11/2026 - 13:08", "2026-11-23T13:08:00+07:00" },
    { "23/11/2026 lúc 13h08", "2026-11-23T13:08:00+07:00" },
    { "lúc 13h, ngày 23/11/2026", "2026-11-23T13:00:00+07:00" },
    { "13g30 ngày 23-11-2026", "2026-11-23T13:30:00+07:00" },
    { "13 giờ 8 ngày 23/11/2026", "2026-11-23T13:08:00+07:00" },
    { "13 giờ 8 phút, 23/11/2026", "2026-11-23T13:08:00+07:00" },
    { "13 giờ ngày 23/11/2026", "2026-11-23T13:00:00+07:00" },
    { "8 giờ tối 23/11/2026", "2026-11-23T20:00:00+07:00" },
    { "8 giờ sáng ngày 23/11/2026", "2026-11-23T08:00:00+07:00" },
    { "1h30 trưa 23/11/2026", "2026-11-23T13:30:00+07:00" },
    { "12h trưa 23/11/2026", "2026-11-23T12:00:00+07:00" },
    { "23/11/2026 1:08:00 CH", "2026-11-23T13:08:00+07:00" },
    { "23/11/2026 08:05 SA", "2026-11-23T08:05:00+07:00" },
    { "23/11/2026 12:30 AM", "2026-11-23T00:30:00+07:00" },
    { "23/11/2026 12:30 PM", "2026-11-23T12:30:00+07:00" },
    { "13:08 23/11/2026 (GMT +07:00)", "2026-11-23T13:08:00+07:00" },
    { "13:08 23/11/2026 UTC+5:30", "2026-11-23T13:08:00+05:30" },
    { "13:08 23/11/2026 GMT-5", "2026-11-23T13:08:00-05:00" },
    { "Cập nhật: ngày 23 tháng 11 năm 2026", "2026-11-23" },
    { "Cập nhật lúc 08:00 ngày 23/11/2026", "2026-11-23T08:00:00+07:00" },
    { "Ngày đăng: 23/11/2026", "2026-11-23" },
    { "Xuất bản 23/11/2026 | 08:00", "2026-11-23T08:00:00+07:00" },
    { "29/02/2024", "2024-02-29" },

    /* no such days, and no order but the day first */
    { "31/02/2026", NULL },
    { "29/02/2026", NULL },
    { "11/23/2026", NULL },
    { "00/11/2026", NULL },
    { "32/01/2026", NULL },
    { "23/11/26", NULL },
    { "23/11", NULL },
    { "13:08", NULL },
    { "25:08 23/11/2026", NULL },
    { "13:61 23/11/2026", NULL },
    { "", NULL },
    /* the lunar calendar */
    { "15/7 âm lịch", NULL },
    { "15/7/2026 âm lịch", NULL },
    { "mùng 1 Tết", NULL },
    { "mùng 1 tháng Giêng năm 2026", NULL },
    { "rằm tháng 7 năm 2026", NULL },
    { "23 tháng Chạp, 2026", NULL },
    /* more than a date */
    { "Sáng 23/11/2026, tại Hà Nội", NULL },
    { "Từ 20/11/2026 đến 23/11/2026", NULL },
    { "Quyết định số 23/11/2026/QĐ", NULL },
    { "hôm qua 23/11/2026", NULL },
};

START_TEST(a_line_says_when)
{
    struct span date = SPAN("untouched");
    bool read = newsdate_read(span_of(lines[_i].line), region, &date);
    ck_assert_msg(read == (lines[_i].date != NULL), "%s: %.*s", lines[_i].line, SPAN_ARG(date));
    ck_assert_str_eq(region_copy(region, date).at, read ? lines[_i].date : "untouched");
}
END_TEST

/* It is 00:10 on Monday, the 23rd, in Vietnam. */
enum { NOW = 1795367400 };

static const struct {
    const char *line, *date;
} moments[] = {
    { "5 phút trước", "2026-11-23T00:05:00+07:00" },
    { "15 phút trước", "2026-11-22T23:55:00+07:00" },
    { "30 giây trước", "2026-11-23T00:09:30+07:00" },
    { "2 giờ trước", "2026-11-22T22:10:00+07:00" },
    { "2 giờ 30 phút trước", "2026-11-22T21:40:00+07:00" },
    { "khoảng 2 giờ trước", "2026-11-22T22:10:00+07:00" },
    { "cách đây 2 giờ", "2026-11-22T22:10:00+07:00" },
    { "2 tiếng trước", "2026-11-22T22:10:00+07:00" },
    { "1 ngày trước", "2026-11-22" },
    { "2 tuần trước", "2026-11-09" },
    { "1 tháng trước", "2026-10" },
    { "2 năm trước", "2024" },
    { "hôm nay", "2026-11-23" },
    { "Hôm qua", "2026-11-22" },
    { "hôm kia", "2026-11-21" },
    { "Hôm qua, 13:08", "2026-11-22T13:08:00+07:00" },
    { "Cập nhật lúc 13h08 hôm qua", "2026-11-22T13:08:00+07:00" },
    { "Hôm nay lúc 0:05", "2026-11-23T00:05:00+07:00" },
    { "5 phút", NULL },
    { "5 phút sau", NULL },
    { "trước", NULL },
    { "5 năm trước đây tại Huế", NULL },
    { "hôm nào", NULL },
    { "23/11/2026", NULL },
    { "", NULL },
};

START_TEST(a_moment_is_told_by_the_clock_that_is_given)
{
    struct span line = span_of(moments[_i].line), date = SPAN("untouched");
    bool ago = newsdate_ago(line, NOW, region, &date);
    ck_assert_msg(ago == (moments[_i].date != NULL), "%s: %.*s", moments[_i].line, SPAN_ARG(date));
    ck_assert_str_eq(region_copy(region, date).at, ago ? moments[_i].date : "untouched");
    ck_assert(newsdate_is_ago(line) == ago);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("newsdate");
    TCase *tests = tcase_create("newsdate");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, a_line_says_when, 0, COUNT(lines));
    tcase_add_loop_test(tests, a_moment_is_told_by_the_clock_that_is_given, 0, COUNT(moments));
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
