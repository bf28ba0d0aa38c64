/* SPDX-License-Identifier: ISC */
/* Every row of the specs' tables (refresh 2.2 and 2.3): the clock and the luck are the test's. */
#include "wire/schedule.h"

#include "testing.h"

#include <string.h>

#define DATE "Wed, 25 Nov 2026 04:00:00 GMT"
#define IN_FIVE_MINUTES "Wed, 25 Nov 2026 04:05:00 GMT"

enum {
    NOW = 1795579200, /* 2026-11-25T04:00:00Z, a Wednesday */
    MINUTE = SCHEDULE_MINUTE,
    HOUR = SCHEDULE_HOUR,
    DAY = SCHEDULE_DAY,
    EVEN = 100 /* the luck that moves nothing */
};

static struct diary *diary;
static struct diary_entry *entry;
static struct schedule_outcome outcome;
static int64_t now;

static const struct schedule_reading good = { .parsed = true, .changed = true, .items = 10 };
static const struct schedule_reading same = { .parsed = true, .changed = false, .items = 10 };
static const struct schedule_reading nothing = { .parsed = false };

static void
begin(void)
{
    diary = diary_new();
    entry = diary_at(diary, SPAN("a"), SPAN("https://a.vn/rss"));
    now = NOW;
}

static void
end(void)
{
    diary_free(diary);
}

static struct fetch_result
answered(int status)
{
    struct fetch_result result = { .end = FETCH_ANSWERED, .status = status, .why = "" };
    result.url = SPAN("https://a.vn/rss");
    result.validators = (struct validators){ result.url, SPAN("\"e\""), SPAN("") };
    result.conditional = status == 304;
    return result;
}

/* In how many seconds it is asked again. */
static int64_t
judge(const struct fetch_result *result, const struct schedule_reading *reading, int64_t every,
      uint64_t luck)
{
    schedule_answer(diary, entry, result, reading, every, luck, now, &outcome);
    return entry->due - now;
}

static int64_t
tell(int status)
{
    struct fetch_result result = answered(status);
    return judge(&result, status == 200 ? &good : &nothing, 0, EVEN);
}

/* Statuses, and the first waits they bring when nothing else does. */
static const struct {
    int status;
    enum schedule_verdict verdict;
    int64_t waits[5];
} rows[] = {
    { 400, SCHEDULE_FAILED, { 6 * HOUR, 12 * HOUR, 24 * HOUR, 48 * HOUR, 48 * HOUR } },
    { 401, SCHEDULE_FAILED, { 6 * HOUR, 12 * HOUR, 24 * HOUR, 48 * HOUR, 48 * HOUR } },
    { 403, SCHEDULE_FAILED, { 6 * HOUR, 12 * HOUR, 24 * HOUR, 48 * HOUR, 48 * HOUR } },
    { 451, SCHEDULE_FAILED, { 6 * HOUR, 12 * HOUR, 24 * HOUR, 48 * HOUR, 48 * HOUR } },
    { 418, SCHEDULE_FAILED, { 6 * HOUR, 12 * HOUR, 24 * HOUR, 48 * HOUR, 48 * HOUR } },
    { 404, SCHEDULE_FAILED, { 10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 80 * MINUTE, 160 * MINUTE } },
    { 429, SCHEDULE_FAILED, { 10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 80 * MINUTE, 160 * MINUTE } },
    { 503, SCHEDULE_FAILED, { 10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 80 * MINUTE, 160 * MINUTE } },
    { 500, SCHEDULE_FAILED, { 10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 80 * MINUTE, 160 * MINUTE } },
    { 502, SCHEDULE_FAILED, { 10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 80 * MINUTE, 160 * MINUTE } },
    { 599, SCHEDULE_FAILED, { 10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 80 * MINUTE, 160 * MINUTE } },
    { 204, SCHEDULE_FAILED, { 10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 80 * MINUTE, 160 * MINUTE } },
    { 302, SCHEDULE_FAILED, { 10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 80 * MINUTE, 160 * MINUTE } },
};

START_TEST(failures_wait_longer_each_time)
{
    for (size_t i = 0; i < sizeof rows[_i].waits / sizeof *rows[_i].waits; i++) {
        ck_assert_int_eq(tell(rows[_i].status), rows[_i].waits[i]);
        ck_assert_int_eq(outcome.verdict, rows[_i].verdict);
        ck_assert_uint_eq(entry->failures, i + 1);
        ck_assert_int_eq(entry->failing_since, NOW);
        ck_assert_int_eq(entry->asked, now);
        ck_assert(!schedule_is_due(entry, entry->due - 1));
        ck_assert(schedule_is_due(entry, entry->due));
        now = entry->due;
    }
    ck_assert_ptr_nonnull(strstr(outcome.words, "status "));
    for (int i = 0; i < 20; i++)
        tell(rows[_i].status == 404 ? 500 : rows[_i].status);
    ck_assert_int_le(entry->due - now, 48 * HOUR);
    tell(200);
    ck_assert_uint_eq(entry->failures, 0);
    ck_assert_int_eq(entry->failing_since, 0);
    ck_assert_int_eq(tell(rows[_i].status), rows[_i].waits[0]);
}
END_TEST

static const struct {
    enum fetch_end end;
    int64_t first, most;
} ends[] = {
    { FETCH_UNREACHABLE, 10 * MINUTE, DAY },
    { FETCH_REFUSED, 6 * HOUR, 48 * HOUR },
    { FETCH_FORBIDDEN, 6 * HOUR, 48 * HOUR },
    { FETCH_UNREADABLE, 6 * HOUR, 48 * HOUR },
};

START_TEST(what_was_not_answered_waits_too)
{
    struct fetch_result result = { .end = ends[_i].end, .why = "no such name" };
    ck_assert_int_eq(judge(&result, &nothing, 0, EVEN), ends[_i].first);
    ck_assert_str_eq(outcome.words, "no such name");
    ck_assert_int_eq(judge(&result, &nothing, 0, EVEN), 2 * ends[_i].first);
    for (int i = 0; i < 100; i++)
        judge(&result, &nothing, 0, EVEN);
    ck_assert_int_eq(entry->due - now, ends[_i].most);
}
END_TEST

START_TEST(who_was_not_asked_is_as_before)
{
    struct fetch_result result = { .end = _i == 0 ? FETCH_HELD : FETCH_STOPPED, .why = "later" };
    struct diary_entry before = *entry;
    judge(&result, &nothing, 0, EVEN);
    ck_assert_mem_eq(entry, &before, sizeof before);
    ck_assert_int_eq(outcome.verdict, SCHEDULE_FAILED);
    ck_assert_str_eq(outcome.words, "later");
}
END_TEST

/* 2.3: Retry-After in both forms, within a minute and a day. */
static const struct {
    int status;
    const char *retry_after, *date;
    int64_t wait;
} retries[] = {
    { 429, "300", "", 5 * MINUTE },
    { 503, "300", "", 5 * MINUTE },
    { 429, IN_FIVE_MINUTES, "", 5 * MINUTE },
    { 503, IN_FIVE_MINUTES, DATE, 5 * MINUTE },
    { 429, IN_FIVE_MINUTES, "Wed, 25 Nov 2026 03:55:00 GMT", 10 * MINUTE },
    { 429, "0", "", MINUTE },
    { 503, "1", "", MINUTE },
    { 503, "Mon, 01 Jan 2024 00:00:00 GMT", "", MINUTE },
    { 429, "86401", "", DAY },
    { 503, "99999999999", "", DAY },
    { 503, "Fri, 25 Nov 2095 04:05:00 GMT", "", DAY },
    { 503, "later", "", 10 * MINUTE },
    { 500, "300", "", 10 * MINUTE }, /* only these two mean it */
};

START_TEST(it_is_asked_again_when_the_server_says)
{
    struct fetch_result result = answered(retries[_i].status);
    result.retry_after = span_of(retries[_i].retry_after);
    result.date = span_of(retries[_i].date);
    ck_assert_int_eq(judge(&result, &nothing, 0, EVEN), retries[_i].wait);
    ck_assert_uint_eq(entry->failures, 1);
}
END_TEST

static const struct {
    int status;
    const char *url, *host; /* NULL: the host is not held */
} hosts[] = {
    { 429, "https://www.a.vn/rss", "www.a.vn" }, { 503, "https://www.a.vn/rss", NULL },
    { 429, "http://192.0.2.7/rss", NULL },       { 429, "http://[2001:db8::1]/rss", NULL },
    { 429, "http://rsshub:1200/vn", NULL },      { 429, "http://rsshub.local/vn", NULL },
};

START_TEST(the_whole_host_rests_where_it_is_a_public_name)
{
    struct fetch_result result = answered(hosts[_i].status);
    result.url = span_of(hosts[_i].url);
    result.retry_after = SPAN("300");
    judge(&result, &nothing, 0, EVEN);
    ck_assert_int_eq(outcome.hold, hosts[_i].host != NULL ? NOW + 5 * MINUTE : 0);
    if (hosts[_i].host != NULL)
        ck_assert_int_eq(diary_held(diary, span_of(hosts[_i].host)), NOW + 5 * MINUTE);
    else
        ck_assert_ptr_null(diary_next_hold(diary, &(size_t){ 0 }));
}
END_TEST

START_TEST(not_found_ten_times_in_seven_days_is_given_up)
{
    for (int i = 0; i < 9; i++) {
        tell(404);
        tell(500); /* counts for nothing here */
    }
    now += 7 * DAY;
    ck_assert_int_eq(entry->state, DIARY_LIVE);
    tell(404);
    ck_assert_int_eq(entry->state, DIARY_DISABLED);
    ck_assert_int_eq(outcome.verdict, SCHEDULE_DISABLED);
    ck_assert_str_ne(outcome.words, "");
    ck_assert(!schedule_is_due(entry, now + 1000 * (int64_t)DAY));
}
END_TEST

START_TEST(not_found_is_not_given_up_sooner)
{
    for (int i = 0; i < 20; i++)
        tell(404);
    now += 7 * DAY - 1;
    tell(404);
    ck_assert_int_eq(entry->state, DIARY_LIVE);
    tell(200);
    now += DAY;
    tell(404);
    ck_assert_int_eq(entry->state, DIARY_LIVE);
    ck_assert_uint_eq(entry->missing, 1);
}
END_TEST

START_TEST(gone_is_gone)
{
    tell(410);
    ck_assert_int_eq(entry->state, DIARY_GONE);
    ck_assert_int_eq(outcome.verdict, SCHEDULE_ENDED);
    ck_assert(!schedule_is_due(entry, now + 1000 * (int64_t)DAY));
}
END_TEST

static const int lost[] = { 404, 410 };

/* An operator asks it by its name once more. */
START_TEST(what_is_there_again_is_asked_as_any_other)
{
    for (int i = 0; i < 10; i++) {
        now += DAY;
        tell(lost[_i]);
    }
    ck_assert_int_ne(entry->state, DIARY_LIVE);
    tell(500);
    ck_assert_int_ne(entry->state, DIARY_LIVE); /* that says nothing */
    tell(200);
    ck_assert_int_eq(entry->state, DIARY_LIVE);
    ck_assert(schedule_is_due(entry, entry->due));
}
END_TEST

/* 2.1: what is kept, and what is dropped. */
START_TEST(validators_are_kept_from_an_answer_that_could_be_read)
{
    tell(200);
    ck_assert_int_eq(outcome.verdict, SCHEDULE_TAKE);
    ck_assert(span_equal(entry->validators.etag, SPAN("\"e\"")));
    ck_assert(span_equal(entry->validators.url, SPAN("https://a.vn/rss")));
    entry->hash = SPAN("h");
    tell(500);
    ck_assert(span_equal(entry->validators.etag, SPAN("\"e\"")));

    struct fetch_result result = answered(200);
    ck_assert_int_eq(judge(&result, &nothing, 0, EVEN), 20 * MINUTE);
    ck_assert_int_eq(outcome.verdict, SCHEDULE_FAILED);
    ck_assert_uint_eq(entry->validators.etag.len, 0);
    ck_assert_uint_eq(entry->hash.len, 0);
    ck_assert_uint_eq(entry->items, 10); /* the old state stays */
}
END_TEST

START_TEST(another_recipe_drops_them)
{
    schedule_prepare(diary, entry, SPAN("one"));
    tell(200);
    schedule_prepare(diary, entry, SPAN("one"));
    ck_assert_uint_gt(entry->validators.etag.len, 0);
    schedule_prepare(diary, entry, SPAN("two"));
    ck_assert_uint_eq(entry->validators.etag.len, 0);
}
END_TEST

START_TEST(unchanged_is_well)
{
    tell(200);
    tell(500);
    struct fetch_result result = answered(304);
    result.validators.etag = SPAN("\"new\"");
    judge(&result, &nothing, 0, EVEN);
    ck_assert_int_eq(outcome.verdict, SCHEDULE_UNCHANGED);
    ck_assert_str_eq(outcome.words, "");
    ck_assert(span_equal(entry->validators.etag, SPAN("\"new\"")));
    ck_assert_uint_eq(entry->failures, 0);
    ck_assert_uint_eq(entry->items, 10);
    result = answered(200);
    judge(&result, &same, 0, EVEN);
    ck_assert_int_eq(outcome.verdict, SCHEDULE_UNCHANGED);
}
END_TEST

START_TEST(unchanged_though_nobody_asked_is_a_fault_of_the_server)
{
    tell(200);
    struct fetch_result result = answered(304);
    result.conditional = false;
    ck_assert_int_eq(judge(&result, &nothing, 0, EVEN), 10 * MINUTE);
    ck_assert_int_eq(outcome.verdict, SCHEDULE_FAILED);
    ck_assert_uint_eq(entry->validators.etag.len, 0);
}
END_TEST

/* 2.2: how often. */
static const struct {
    const char *etag, *cache_control;
    int64_t every, wished; /* the operator's, the feed's */
    uint64_t luck;
    int64_t wait;
} plans[] = {
    { "\"e\"", "", 0, 0, EVEN, HOUR },
    { "\"e\"", "", 0, 0, 0, HOUR * 9 / 10 },
    { "\"e\"", "", 0, 0, 200, HOUR * 11 / 10 },
    { "\"e\"", "", 0, 0, UINT64_MAX, HOUR *(900 + UINT64_MAX % 201) / 1000 },
    { "\"e\"", "max-age=7200", 0, 0, EVEN, 2 * HOUR },
    { "\"e\"", "max-age=7200", 0, 0, 0, 2 * HOUR }, /* never sooner than that */
    { "\"e\"", "max-age=60", 0, 0, EVEN, HOUR },
    { "\"e\"", "max-age=999999999", 0, 0, EVEN, DAY },
    { "\"e\"", "no-cache", 0, 0, EVEN, HOUR },
    { "\"e\"", "", 0, 3 * HOUR, EVEN, 3 * HOUR },
    { "\"e\"", "", 0, 100 * DAY, EVEN, DAY },
    { "\"e\"", "", 20 * MINUTE, 0, EVEN, 20 * MINUTE },
    { "\"e\"", "", MINUTE, 0, EVEN, 15 * MINUTE }, /* the floor */
    { "\"e\"", "", 16 * MINUTE, 0, 0, 15 * MINUTE },
    { "\"e\"", "max-age=7200", 20 * MINUTE, 0, EVEN, 2 * HOUR },
    { "\"e\"", "", 7 * DAY, 0, EVEN, 7 * DAY },
    /* Without validators: daily, unless they say. */
    { "", "", 0, 0, EVEN, DAY },
    { "", "no-store", 0, 0, EVEN, DAY },
    { "", "max-age=600", 0, 0, EVEN, HOUR },
    { "", "", 0, 2 * HOUR, EVEN, 2 * HOUR },
    { "", "", 2 * HOUR, 0, EVEN, 2 * HOUR },
};

START_TEST(the_next_look_is_when_all_sides_are_content)
{
    struct fetch_result result = answered(200);
    struct schedule_reading reading = good;
    result.validators.etag = span_of(plans[_i].etag);
    result.cache_control = span_of(plans[_i].cache_control);
    reading.every = plans[_i].wished;
    ck_assert_int_eq(judge(&result, &reading, plans[_i].every, plans[_i].luck), plans[_i].wait);
}
END_TEST

START_TEST(news_make_it_come_sooner_and_silence_later)
{
    struct fetch_result result = answered(200);
    int64_t wait = HOUR, next;
    ck_assert_int_eq(judge(&result, &good, 0, EVEN), HOUR);
    for (int i = 0; i < 20; i++, wait = next) {
        next = judge(&result, &same, 0, EVEN);
        ck_assert(next > wait || wait == DAY);
    }
    ck_assert_int_eq(wait, DAY);
    for (int i = 0; i < 20; i++, wait = next) {
        next = judge(&result, &good, 0, EVEN);
        ck_assert(next < wait || wait == 30 * MINUTE);
    }
    ck_assert_int_eq(wait, 30 * MINUTE);
}
END_TEST

/* NOW is at four, on a Wednesday. */
static const struct {
    uint32_t hours;
    unsigned days;
    int64_t due;
} skips[] = {
    { 0, 0, NOW + HOUR },
    { 1 << 4, 0, NOW + HOUR },
    { 1 << 5, 0, NOW + 2 * HOUR },
    { 1 << 5 | 1 << 6, 0, NOW + 3 * HOUR },
    { 0xffffff & ~(1U << 3), 0, NOW + 23 * HOUR },
    { 0xffffff, 0, NOW + HOUR }, /* never: it can't mean that */
    { 0, 1 << 3, NOW + 20 * HOUR },
    { 0, 0x7f, NOW + HOUR },
    { 1, 1 << 3, NOW + 21 * HOUR },
};

START_TEST(hours_and_days_that_a_feed_skips_are_skipped)
{
    struct fetch_result result = answered(200);
    struct schedule_reading reading = good;
    reading.skip_hours = skips[_i].hours;
    reading.skip_days = skips[_i].days;
    judge(&result, &reading, 0, EVEN);
    ck_assert_int_eq(entry->due, skips[_i].due);
    /* … and still are when it says that nothing changed. */
    entry->every = 0;
    result = answered(304);
    judge(&result, &nothing, 0, EVEN);
    ck_assert_int_eq(entry->due, skips[_i].due);
}
END_TEST

/* 2.3: 301, 308. */
static void
move_to(const char *target)
{
    struct fetch_result result = answered(200);
    result.moved = result.url = span_of(target);
    judge(&result, &good, 0, EVEN);
}

START_TEST(a_move_is_believed_after_three_times_in_a_day)
{
    move_to("https://b.vn/rss");
    now += DAY;
    move_to("https://b.vn/rss");
    ck_assert_uint_eq(entry->instead.len, 0);
    ck_assert(!outcome.replaced);
    move_to("https://b.vn/rss");
    ck_assert(outcome.replaced);
    ck_assert(span_equal(entry->instead, SPAN("https://b.vn/rss")));
    ck_assert(span_equal(entry->url, SPAN("https://a.vn/rss")));
}
END_TEST

START_TEST(a_move_is_not_believed_sooner)
{
    for (int i = 0; i < 10; i++)
        move_to("https://b.vn/rss");
    now += DAY - 1;
    move_to("https://b.vn/rss");
    ck_assert_uint_eq(entry->instead.len, 0);
    move_to("https://c.vn/rss"); /* another target begins anew */
    now += DAY;
    move_to("https://c.vn/rss");
    ck_assert_uint_eq(entry->instead.len, 0);
    tell(200); /* … and so does no move at all */
    ck_assert_uint_eq(entry->moved.len, 0);
    move_to("https://c.vn/rss");
    ck_assert_uint_eq(entry->moved_times, 1);
}
END_TEST

START_TEST(a_move_to_what_can_not_be_read_does_not_count)
{
    struct fetch_result result = answered(200);
    result.moved = result.url = SPAN("https://hotel.vn/login");
    for (int i = 0; i < 5; i++, now += DAY)
        judge(&result, &nothing, 0, EVEN);
    ck_assert_uint_eq(entry->instead.len, 0);
    ck_assert_uint_eq(entry->moved_times, 0);
}
END_TEST

/* 1: a feed that suddenly has nothing, or ten times as much. */
static int64_t
tell_items(uint64_t items)
{
    struct fetch_result result = answered(200);
    struct schedule_reading reading = good;
    reading.items = items;
    result.validators.etag = SPAN("\"odd\"");
    return judge(&result, &reading, 0, EVEN);
}

static const struct {
    uint64_t before, now;
    bool odd;
} counts[] = {
    { 10, 0, true }, { 10, 100, true }, { 10, 99, false }, { 10, 1, false },   { 1, 10, true },
    { 1, 9, false }, { 0, 100, false }, { 10, 10, false }, { 10, 1000, true },
};

START_TEST(an_unlikely_number_of_items_changes_nothing)
{
    tell_items(counts[_i].before);
    entry->validators.etag = SPAN("\"old\"");
    tell_items(counts[_i].now);
    ck_assert_int_eq(outcome.verdict, counts[_i].odd ? SCHEDULE_ODD : SCHEDULE_TAKE);
    ck_assert_uint_eq(entry->items, counts[_i].odd ? counts[_i].before : counts[_i].now);
    ck_assert(
        span_equal(entry->validators.etag, counts[_i].odd ? SPAN("\"old\"") : SPAN("\"odd\"")));
}
END_TEST

START_TEST(what_stays_unlikely_for_a_day_is_so)
{
    tell_items(10);
    tell_items(0);
    ck_assert_int_eq(entry->due - now, HOUR);
    now += DAY;
    tell_items(0);
    ck_assert_int_eq(outcome.verdict, SCHEDULE_ODD);
    tell_items(0);
    ck_assert_int_eq(outcome.verdict, SCHEDULE_TAKE);
    ck_assert_uint_eq(entry->items, 0);
}
END_TEST

START_TEST(a_clock_that_was_wrong_puts_nothing_off_for_ever)
{
    now = NOW + 1000 * (int64_t)DAY;
    tell(200);
    ck_assert(schedule_is_due(entry, NOW));
    ck_assert(!schedule_is_due(entry, now));
}
END_TEST

static const struct {
    const char *one, *other;
    bool equal;
} bodies[] = {
    { "<rss><lastBuildDate>1</lastBuildDate><item>a",
      "<rss><lastbuilddate>22</lastbuilddate><item>a", true },
    { "<rss><pubDate>1</pubDate><item>a", "<rss><pubDate>22</pubDate><item>a", true },
    { "<rss><item><pubDate>1</pubDate>", "<rss><item><pubDate>2</pubDate>", false },
    { "<feed><updated>1</updated><entry>", "<feed><updated>2</updated><entry>", true },
    { "<feed><entry><updated>1</updated>", "<feed><entry><updated>2</updated>", false },
    { "a<!-- 0.1 s -->b", "a<!-- 0.23 s -->b", true },
    { "<p nonce=\"1\">", "<p nonce=\"2\">", true },
    { "<input type=hidden value=1>a", "<input type=hidden value=2>a", true },
    { "<script>1</script>a", "<script>2</script>a", true },
    { "<script>1</script>a", "<script>1</script>b", false },
    { "<!-- a", "<!-- b", false },
    { "a", "b", false },
    { "", "", true },
};

START_TEST(what_changes_by_itself_is_no_change)
{
    char one[HASH_TEXT + 1], other[HASH_TEXT + 1];
    schedule_hash(span_of(bodies[_i].one), one);
    schedule_hash(span_of(bodies[_i].other), other);
    ck_assert_int_eq(strcmp(one, other) == 0, bodies[_i].equal);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

int
main(void)
{
    Suite *suite = suite_create("schedule");
    TCase *judging = tcase_create("judging");
    tcase_add_checked_fixture(judging, begin, end);
    tcase_add_loop_test(judging, failures_wait_longer_each_time, 0, COUNT(rows));
    tcase_add_loop_test(judging, what_was_not_answered_waits_too, 0, COUNT(ends));
    tcase_add_loop_test(judging, who_was_not_asked_is_as_before, 0, 2);
    tcase_add_loop_test(judging, it_is_asked_again_when_the_server_says, 0, COUNT(retries));
    tcase_add_loop_test(judging, the_whole_host_rests_where_it_is_a_public_name, 0, COUNT(hosts));
    tcase_add_test(judging, not_found_ten_times_in_seven_days_is_given_up);
    tcase_add_test(judging, not_found_is_not_given_up_sooner);
    tcase_add_test(judging, gone_is_gone);
    tcase_add_loop_test(judging, what_is_there_again_is_asked_as_any_other, 0,
                        sizeof lost / sizeof *lost);
    tcase_add_test(judging, validators_are_kept_from_an_answer_that_could_be_read);
    tcase_add_test(judging, another_recipe_drops_them);
    tcase_add_test(judging, unchanged_is_well);
    tcase_add_test(judging, unchanged_though_nobody_asked_is_a_fault_of_the_server);
    tcase_add_loop_test(judging, the_next_look_is_when_all_sides_are_content, 0, COUNT(plans));
    tcase_add_test(judging, news_make_it_come_sooner_and_silence_later);
    tcase_add_loop_test(judging, hours_and_days_that_a_feed_skips_are_skipped, 0, COUNT(skips));
    tcase_add_test(judging, a_move_is_believed_after_three_times_in_a_day);
    tcase_add_test(judging, a_move_is_not_believed_sooner);
    tcase_add_test(judging, a_move_to_what_can_not_be_read_does_not_count);
    tcase_add_loop_test(judging, an_unlikely_number_of_items_changes_nothing, 0, COUNT(counts));
    tcase_add_test(judging, what_stays_unlikely_for_a_day_is_so);
    tcase_add_test(judging, a_clock_that_was_wrong_puts_nothing_off_for_ever);
    tcase_add_loop_test(judging, what_changes_by_itself_is_no_change, 0, COUNT(bodies));
    suite_add_tcase(suite, judging);
    return testing_run(suite);
}
