/* SPDX-License-Identifier: ISC */
/* When the next refresh is: as the last one said, neither at once nor never. */
#include "tool/clerk.h"

#include "base/clock.h"
#include "testing.h"

enum { NOW = 1795490000, MINUTE = 60, DAY = 24 * 60 * 60 };

static const struct {
    const char *said;
    int64_t after;
} rows[] = {
    { "", 15 * MINUTE },
    { "no JSON", 15 * MINUTE },
    { "{}", DAY },
    { "{\"due\":null}", DAY },
    { "{\"due\":17}", DAY },
    { "{\"due\":\"soon\"}", DAY },
    { "{\"due\":\"2026-11-24T10:33:20+07:00\"}", 20 * MINUTE },
    { "{\"due\":\"2020-01-01T00:00:00Z\"}", MINUTE },
    { "{\"due\":\"2030-01-01T00:00:00Z\"}", DAY },
};

START_TEST(the_next_round_is_when_it_said)
{
    ck_assert(clock_zone_set("Asia/Ho_Chi_Minh"));
    ck_assert_int_eq(clerk_next(rows[_i].said, NOW) - NOW, rows[_i].after);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("clerk");
    TCase *tests = tcase_create("clerk");
    tcase_add_loop_test(tests, the_next_round_is_when_it_said, 0,
                        (int)(sizeof rows / sizeof *rows));
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
