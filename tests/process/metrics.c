/* SPDX-License-Identifier: ISC */
/* Numbers counted by several processes, and what is printed of them. */
#include "process/metrics.h"

#include "numbers.h"
#include "process/metrics_print.h"
#include "testing.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct metrics *metrics;

static void
set_up(void)
{
    ck_assert_int_eq(metrics_new(NULL, &metrics), STATUS_OK);
}

static void
tear_down(void)
{
    metrics_free(metrics);
}

static uint64_t
sum(enum metric what)
{
    struct metric_values values;
    metrics_sum(metrics, &values);
    return values.at[what];
}

/* In a process of its own, in that seat. */
static void
in_seat(size_t seat, void (*work)(void))
{
    int status;
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        metrics_sit(metrics, seat);
        work();
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
}

static void
answer_a_thousand(void)
{
    for (int i = 0; i < 1000; i++)
        metrics_answer(metrics, "gemini", 20);
}

static void
hold_three(void)
{
    metrics_add(metrics, METRIC_CONNECTIONS, 1);
    metrics_add(metrics, METRIC_CONNECTIONS, 3);
    metrics_less(metrics, METRIC_CONNECTIONS);
    metrics_add(metrics, METRIC_ACCEPTED, 4);
}

START_TEST(what_every_process_counts_is_added_up)
{
    in_seat(0, answer_a_thousand);
    in_seat(1, answer_a_thousand);
    in_seat(METRIC_SEATS - 1, answer_a_thousand);
    answer_a_thousand();
    ck_assert_uint_eq(sum(METRIC_ANSWER_gemini_20), 4000);
    ck_assert_uint_eq(sum(METRIC_ANSWER_gemini_51), 0);
}
END_TEST

START_TEST(two_processes_in_one_seat_lose_no_count)
{
    enum { BOTH = 2 };
    pid_t pids[BOTH];
    for (int i = 0; i < BOTH; i++)
        if ((pids[i] = fork()) == 0) {
            metrics_sit(metrics, 5);
            for (int k = 0; k < 50; k++)
                answer_a_thousand();
            _exit(0);
        }
    for (int i = 0; i < BOTH; i++)
        ck_assert_int_eq(waitpid(pids[i], NULL, 0), pids[i]);
    ck_assert_uint_eq(sum(METRIC_ANSWER_gemini_20), 100000);
}
END_TEST

START_TEST(who_ends_leaves_his_counts_and_nothing_that_is_now)
{
    in_seat(3, hold_three);
    ck_assert_uint_eq(sum(METRIC_CONNECTIONS), 3);
    in_seat(4, hold_three); /* the next generation, while the first one drains */
    ck_assert_uint_eq(sum(METRIC_CONNECTIONS), 6);
    metrics_rise(metrics, 3);
    ck_assert_uint_eq(sum(METRIC_CONNECTIONS), 3);
    ck_assert_uint_eq(sum(METRIC_ACCEPTED), 8);
    in_seat(3, hold_three);
    ck_assert_uint_eq(sum(METRIC_CONNECTIONS), 6);
    ck_assert_uint_eq(sum(METRIC_ACCEPTED), 12);
}
END_TEST

START_TEST(an_answer_nobody_foresaw_is_counted_as_another)
{
    metrics_answer(metrics, "gemini", 62);
    metrics_answer(metrics, "carrier pigeon", 20);
    ck_assert_uint_eq(sum(METRIC_ANSWER_OTHER), 2);
    ck_assert_uint_eq(sum(METRIC_ANSWER_gemini_20), 0);
}
END_TEST

static const struct {
    int64_t ms;
    int bucket;
} times[] = { { -5, 0 },   { 0, 0 },     { 1, 0 },      { 2, 1 },      { 3, 2 },
              { 1000, 9 }, { 1001, 10 }, { 50000, 14 }, { 50001, 15 }, { INT64_MAX, 15 } };

START_TEST(a_time_falls_into_the_bucket_that_holds_it)
{
    metrics_time(metrics, METRIC_TIME_REPLY, times[_i].ms);
    for (int i = 0; i <= METRIC_BOUNDS; i++)
        ck_assert_uint_eq(sum((enum metric)(METRIC_TIME_REPLY + i)), i == times[_i].bucket);
    ck_assert_uint_eq(sum((enum metric)(METRIC_TIME_REPLY + METRIC_BOUNDS + 1)),
                      times[_i].ms < 0 ? 0 : (uint64_t)times[_i].ms);
}
END_TEST

START_TEST(who_has_no_metrics_counts_in_vain)
{
    struct metric_values values;
    metrics_add(NULL, METRIC_ACCEPTED, 1);
    metrics_less(NULL, METRIC_CONNECTIONS);
    metrics_answer(NULL, "gemini", 20);
    metrics_time(NULL, METRIC_TIME_REPLY, 1);
    metrics_set(NULL, METRIC_ROUND, 1);
    metrics_sit(NULL, 0);
    metrics_rise(NULL, 0);
    metrics_sum(NULL, &values);
    for (size_t i = 0; i < METRIC_CELLS; i++)
        ck_assert_uint_eq(values.at[i], 0);
    ck_assert_uint_eq(metrics_get(NULL, METRIC_ROUND), 0);
    metrics_free(NULL);
}
END_TEST

START_TEST(the_table_is_in_order)
{
    for (size_t i = 0; i < metric_series_count; i++) {
        const struct metric_series *series = &metric_series[i];
        const struct metric_family *family = &metric_families[series->family];
        if (i > 0)
            ck_assert(series->family == series[-1].family ||
                      series->family == series[-1].family + 1);
        for (int k = 0; k < 2; k++)
            ck_assert((series->values[k] == NULL) == (family->labels[k] == NULL));
        ck_assert_ptr_null(strpbrk(family->help, "\\\"\n"));
    }
    ck_assert_uint_eq(metric_series[metric_series_count - 1].family, METRIC_FAMILIES - 1);
}
END_TEST

/* Some of everything; the text ends with a NUL. */
static struct buffer
print(void (*printer)(const struct metric_values *, int64_t, struct buffer *))
{
    struct metric_values values = { { 0 } };
    struct buffer out = BUFFER_EMPTY;
    values.at[METRIC_STARTED] = 1000;
    values.at[METRIC_ANSWER_gemini_20] = 7;
    values.at[METRIC_HANDSHAKE_RESUMED] = UINT64_MAX;
    values.at[METRIC_CONNECTIONS] = 2;
    values.at[METRIC_TIME_REPLY] = 3;                         /* up to 1 ms */
    values.at[METRIC_TIME_REPLY + 3] = 2;                     /* up to 10 ms */
    values.at[METRIC_TIME_REPLY + METRIC_BOUNDS] = 1;         /* for ever */
    values.at[METRIC_TIME_REPLY + METRIC_BOUNDS + 1] = 60021; /* ms in all */
    printer(&values, 1090, &out);
    buffer_text(&out);
    return out;
}

static void
assert_has(const struct buffer *text, struct span wanted)
{
    size_t at;
    ck_assert_msg(span_find(buffer_span(text), wanted, &at), "%.*s\nis missing in\n%.*s",
                  SPAN_ARG(wanted), SPAN_ARG(buffer_span(text)));
}

START_TEST(prometheus_reads_what_is_printed)
{
    struct numbers numbers;
    struct buffer text = print(metrics_print_text);
    assert_has(&text, SPAN("# HELP songtu_uptime_seconds Seconds since the daemon was started.\n"
                           "# TYPE songtu_uptime_seconds gauge\n"
                           "songtu_uptime_seconds 90\n"
                           "# HELP songtu_generation "));
    assert_has(&text, SPAN("# TYPE songtu_answers_total counter\n"
                           "songtu_answers_total{protocol=\"gemini\",status=\"20\"} 7\n"
                           "songtu_answers_total{protocol=\"gemini\",status=\"51\"} 0\n"));
    assert_has(&text, SPAN("songtu_handshakes_total{result=\"resumed\"} 18446744073709551615\n"));
    assert_has(&text, SPAN("\nsongtu_connections 2\n"));
    assert_has(&text,
               SPAN("songtu_state_duration_seconds_bucket{state=\"reply\",le=\"0.001\"} 3\n"
                    "songtu_state_duration_seconds_bucket{state=\"reply\",le=\"0.002\"} 3\n"
                    "songtu_state_duration_seconds_bucket{state=\"reply\",le=\"0.005\"} 3\n"
                    "songtu_state_duration_seconds_bucket{state=\"reply\",le=\"0.01\"} 5\n"));
    assert_has(&text, SPAN("songtu_state_duration_seconds_bucket{state=\"reply\",le=\"50\"} 5\n"
                           "songtu_state_duration_seconds_bucket{state=\"reply\",le=\"+Inf\"} 6\n"
                           "songtu_state_duration_seconds_sum{state=\"reply\"} 60.021\n"
                           "songtu_state_duration_seconds_count{state=\"reply\"} 6\n"));
    numbers_of_text(text.at, &numbers);
    ck_assert_str_eq(numbers.fault, "");
    ck_assert(numbers_get(&numbers, "state_duration_seconds.reply.buckets.+Inf") == 6);
    buffer_fini(&text);
}
END_TEST

START_TEST(json_says_the_same_under_the_same_names)
{
    struct numbers told, read;
    struct buffer text = print(metrics_print_text), json = BUFFER_EMPTY;
    struct buffer members = print(metrics_print_json);
    assert_has(&members, SPAN("  \"uptime_seconds\": 90,\n  \"generation\": 0,\n"
                              "  \"workers\": {\"serving\": 0, \"draining\": 0},\n"));
    assert_has(&members, SPAN("  \"answers_total\": {\"gemini\": {\"20\": 7, \"51\": 0, "));
    assert_has(&members, SPAN("}, \"other\": {\"other\": 0}},\n  \"handshakes_total\": {"));
    assert_has(&members, SPAN("\"+Inf\": 6}, \"sum\": 60.021, \"count\": 6}, \"goodbye\": {"));
    buffer_printf(&json, "{%.*s}", SPAN_ARG(buffer_span(&members)));
    numbers_of_text(text.at, &told);
    numbers_of_json(buffer_text(&json), &read);
    ck_assert_str_eq(read.fault, "");
    ck_assert_uint_eq(read.count, told.count);
    for (size_t i = 0; i < told.count; i++)
        ck_assert_msg(numbers_get(&read, told.at[i].name) == told.at[i].value, "%s",
                      told.at[i].name);
    buffer_fini(&text);
    buffer_fini(&members);
    buffer_fini(&json);
}
END_TEST

/* The parser that looks at our text is one that can say no. */
static const char *const faulty[] = {
    "songtu_a 1\n",
    "# HELP songtu_a x\nsongtu_a 1\n",
    "# TYPE songtu_a gauge\nsongtu_a 1\n",
    "# HELP songtu_a x\n# TYPE songtu_a counter\nsongtu_a 1\n",
    "# HELP songtu_a x\n# TYPE songtu_a gauge\nsongtu_a 1\nsongtu_a 1\n",
    "# HELP songtu_a x\n# TYPE songtu_a gauge\nsongtu_b 1\n",
    "# HELP songtu_a x\n# TYPE songtu_a gauge\nsongtu_a{b=\"c} 1\n",
    "# HELP songtu_a x\n# TYPE songtu_a gauge\nsongtu_a 1",
    "# HELP songtu_a x\n# TYPE songtu_a histogram\nsongtu_a_bucket{le=\"1\"} 1\nsongtu_a_sum 1\n",
};

START_TEST(a_faulty_text_would_be_found)
{
    struct numbers numbers;
    numbers_of_text(faulty[_i], &numbers);
    ck_assert_str_ne(numbers.fault, "");
}
END_TEST

START_TEST(nobody_sits_where_another_masters_worker_does)
{
    int left = -1, status;
    struct metrics *elders, *heirs;
    struct metric_values values;
    ck_assert_int_eq(metrics_new(&left, &elders), STATUS_OK);
    ck_assert_uint_eq(metrics_claim(elders), 0);
    ck_assert_uint_eq(metrics_claim(elders), 1);
    metrics_sit(elders, 1);
    metrics_add(elders, METRIC_CONNECTIONS, 3);
    metrics_rise(elders, 0);
    metrics_set(elders, METRIC_STARTED, 1);
    pid_t heir = fork();
    if (heir == 0) {
        bool fine = metrics_new(&left, &heirs) == STATUS_OK && metrics_claim(heirs) == 0 &&
                    metrics_claim(heirs) == 2;
        metrics_sit(heirs, 2);
        metrics_add(heirs, METRIC_CONNECTIONS, 4);
        _exit(fine ? 0 : 1); /* and rises from none */
    }
    ck_assert_int_eq(waitpid(heir, &status, 0), heir);
    ck_assert_int_eq(status, 0);
    metrics_sum(elders, &values);
    ck_assert_uint_eq(values.at[METRIC_CONNECTIONS], 7);
    ck_assert_uint_eq(values.at[METRIC_STARTED], 1); /* whose heir may still fail */
    ck_assert_uint_eq(metrics_claim(elders), 0);
    metrics_sum(elders, &values);
    ck_assert_uint_eq(values.at[METRIC_CONNECTIONS], 3); /* who died holds nothing */
    metrics_free(elders);
    close(left);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("metrics");
    TCase *tests = tcase_create("metrics");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, what_every_process_counts_is_added_up);
    tcase_add_test(tests, two_processes_in_one_seat_lose_no_count);
    tcase_add_test(tests, who_ends_leaves_his_counts_and_nothing_that_is_now);
    tcase_add_test(tests, an_answer_nobody_foresaw_is_counted_as_another);
    tcase_add_loop_test(tests, a_time_falls_into_the_bucket_that_holds_it, 0,
                        sizeof times / sizeof *times);
    tcase_add_test(tests, who_has_no_metrics_counts_in_vain);
    tcase_add_test(tests, the_table_is_in_order);
    tcase_add_test(tests, prometheus_reads_what_is_printed);
    tcase_add_test(tests, json_says_the_same_under_the_same_names);
    tcase_add_loop_test(tests, a_faulty_text_would_be_found, 0, sizeof faulty / sizeof *faulty);
    tcase_add_test(tests, nobody_sits_where_another_masters_worker_does);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
