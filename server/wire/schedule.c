/* SPDX-License-Identifier: ISC */
#include "wire/schedule.h"

#include "wire/headers.h"

#include <stdio.h>

enum {
    OK = 200,
    NOT_FOUND = 404,
    DOUBLE_FIRST = 10 * SCHEDULE_MINUTE, /* 5xx, no name, no TLS, too slow: from here */
    DOUBLE_MOST = SCHEDULE_DAY,          /* to here */
    LONG_FIRST = 6 * SCHEDULE_HOUR,      /* where a person over there must change their mind */
    LONG_MOST = 48 * SCHEDULE_HOUR,
    RETRY_LEAST = SCHEDULE_MINUTE,
    RETRY_MOST = SCHEDULE_DAY,
    FRESH_MOST = SCHEDULE_DAY,
    MISSING_TIMES = 10,
    MISSING_DAYS = 7,
    TIMES_TO_BELIEVE = 3, /* a move, or an unlikely feed */
    ODD_FACTOR = 10,
    HOURS = 24,
    WEEKDAYS = 7,
    EPOCH_WEEKDAY = 4, /* 1970-01-01 was a Thursday */
};

/* An answer being judged. */
struct turn {
    struct diary *diary;
    struct diary_entry *entry;
    const struct fetch_result *result;
    const struct schedule_reading *reading;
    int64_t every, now;
    uint64_t luck;
    struct schedule_outcome *out;
};

bool
schedule_is_due(const struct diary_entry *entry, int64_t now)
{
    return entry->state == DIARY_LIVE && (entry->due <= now || entry->asked > now + SCHEDULE_DAY);
}

static void
drop_validators(struct diary_entry *entry)
{
    entry->validators = (struct validators){ .url = { NULL, 0 } };
    entry->hash = (struct span){ NULL, 0 };
}

void
schedule_prepare(struct diary *diary, struct diary_entry *entry, struct span recipe)
{
    if (span_equal(entry->recipe, recipe))
        return;
    drop_validators(entry);
    entry->recipe = diary_keep(diary, recipe);
}

/* A tenth more or less. */
static int64_t
jitter(int64_t seconds, uint64_t luck)
{
    enum { THOUSANDTHS = 1000, LEAST = 900, SPAN_OF_LUCK = 201 };
    return seconds * (LEAST + (int64_t)(luck % SPAN_OF_LUCK)) / THOUSANDTHS;
}

static bool
is_skipped(const struct diary_entry *entry, int64_t instant)
{
    int64_t hour = instant / SCHEDULE_HOUR;
    return (entry->skip_hours >> (hour % HOURS) & 1) != 0 ||
           (entry->skip_days >> ((hour / HOURS + EPOCH_WEEKDAY) % WEEKDAYS) & 1) != 0;
}

/* The first instant from there on that the feed does not ask to be left alone in; one that names
 * all of them means none. */
static int64_t
beyond_skipped(const struct diary_entry *entry, int64_t instant)
{
    int64_t at = instant;
    for (int hours = 0; hours < (WEEKDAYS + 1) * HOURS; hours++) {
        if (!is_skipped(entry, at))
            return at;
        at = (at / SCHEDULE_HOUR + 1) * SCHEDULE_HOUR;
    }
    return instant;
}

static void
put_off(const struct turn *turn, int64_t seconds)
{
    turn->entry->due = turn->now + jitter(seconds, turn->luck);
}

static void
say(const struct turn *turn, enum schedule_verdict verdict, const char *words)
{
    turn->out->verdict = verdict;
    snprintf(turn->out->words, sizeof turn->out->words, "%s", words);
}

static void
say_status(const struct turn *turn)
{
    turn->out->verdict = SCHEDULE_FAILED;
    snprintf(turn->out->words, sizeof turn->out->words, "it answered with status %d",
             turn->result->status);
}

static void
count_failure(const struct turn *turn)
{
    if (turn->entry->failures++ == 0)
        turn->entry->failing_since = turn->now;
}

static int64_t
doubled(int64_t first, int64_t most, uint64_t times)
{
    while (times-- > 1 && first < most)
        first *= 2;
    return first < most ? first : most;
}

static void
back_off(const struct turn *turn, int64_t first, int64_t most)
{
    count_failure(turn);
    int64_t wait = doubled(first, most, turn->entry->failures);
    put_off(turn, wait);
    if (turn->entry->due > turn->now + most)
        turn->entry->due = turn->now + most;
}

static void
try_later(struct turn *turn)
{
    say_status(turn);
    back_off(turn, DOUBLE_FIRST, DOUBLE_MOST);
}

static void
try_much_later(struct turn *turn)
{
    say_status(turn);
    back_off(turn, LONG_FIRST, LONG_MOST);
}

static void
note_missing(struct turn *turn)
{
    struct diary_entry *entry = turn->entry;
    try_later(turn);
    if (entry->missing++ == 0)
        entry->missing_since = turn->now;
    if (entry->missing < MISSING_TIMES ||
        turn->now - entry->missing_since < (int64_t)MISSING_DAYS * SCHEDULE_DAY)
        return;
    entry->state = DIARY_DISABLED;
    say(turn, SCHEDULE_DISABLED,
        "not found 10 times in 7 days: it is not asked any more; look for its new address");
}

static void
note_gone(struct turn *turn)
{
    turn->entry->state = DIARY_GONE;
    say(turn, SCHEDULE_ENDED, "gone for good (410): it is not asked any more");
}

/* 429 and 503: as it says, within reason. One that is too busy for us is so for all we ask of it;
 * but only a public name is one host. */
static void
try_when_told(struct turn *turn)
{
    const struct fetch_result *result = turn->result;
    struct uri url;
    int64_t wait;
    if (headers_retry_after(result->retry_after, result->date, turn->now, &wait)) {
        count_failure(turn);
        wait = wait < RETRY_LEAST ? RETRY_LEAST : wait > RETRY_MOST ? RETRY_MOST : wait;
        turn->entry->due = turn->now + wait;
    } else {
        back_off(turn, DOUBLE_FIRST, DOUBLE_MOST);
    }
    say_status(turn);
    if (result->status == 429 && uri_parse(result->url, URI_LENIENT, &url) &&
        guard_is_public_name(&url)) {
        turn->out->hold = turn->entry->due;
        diary_hold(turn->diary, url.host, turn->entry->due);
    }
}

static void
forgive(struct diary_entry *entry)
{
    entry->failures = entry->missing = entry->odd_times = 0;
    entry->failing_since = entry->missing_since = entry->odd_since = 0;
    entry->state = DIARY_LIVE; /* whoever was asked by name, and is there again */
}

static void
keep_validators(const struct turn *turn)
{
    const struct validators *new = &turn->result->validators;
    turn->entry->validators = (struct validators){ diary_keep(turn->diary, new->url),
                                                   diary_keep(turn->diary, new->etag),
                                                   diary_keep(turn->diary, new->modified) };
}

/* A move is believed once it has been seen three times over a day: one hijacked answer, or one
 * hotel's login page, must not change where a source is. */
static void
note_move(const struct turn *turn)
{
    struct diary_entry *entry = turn->entry;
    struct span moved = turn->result->moved;
    if (moved.len == 0 || !span_equal(moved, entry->moved)) {
        entry->moved = diary_keep(turn->diary, moved);
        entry->moved_times = 0;
        entry->moved_since = moved.len > 0 ? turn->now : 0;
    }
    if (moved.len == 0 || ++entry->moved_times < TIMES_TO_BELIEVE ||
        turn->now - entry->moved_since < SCHEDULE_DAY)
        return;
    entry->instead = entry->moved;
    entry->moved = (struct span){ NULL, 0 };
    entry->moved_times = 0;
    entry->moved_since = 0;
    turn->out->replaced = true;
}

/* Sooner where there was something new, later where there was not. */
static void
learn(struct diary_entry *entry, bool changed)
{
    int64_t every = entry->every > 0 ? entry->every : SCHEDULE_USUAL;
    if (entry->every > 0)
        every = changed ? every / 4 * 3 : every / 4 * 5;
    entry->every = every < SCHEDULE_OFTENEST ? SCHEDULE_OFTENEST
                   : every > SCHEDULE_RAREST ? SCHEDULE_RAREST
                                             : every;
}

/* When the next look is, after one that went well. The operator's own wish beats what was learnt,
 * but not what the server asks for. */
static void
plan(const struct turn *turn)
{
    const struct fetch_result *result = turn->result;
    struct diary_entry *entry = turn->entry;
    int64_t fresh = 0, interval = turn->every > 0 ? turn->every : entry->every;
    headers_fresh(result->cache_control, result->expires, result->date, turn->now, &fresh);
    if (entry->wished > fresh)
        fresh = entry->wished;
    if (fresh > FRESH_MOST)
        fresh = FRESH_MOST;
    bool blind = entry->validators.etag.len == 0 && entry->validators.modified.len == 0;
    if (blind && turn->every == 0 && fresh == 0)
        interval = SCHEDULE_DAY; /* each look costs them the whole feed */
    put_off(turn, interval);
    if (fresh < SCHEDULE_FLOOR)
        fresh = SCHEDULE_FLOOR;
    if (entry->due < turn->now + fresh)
        entry->due = turn->now + fresh;
    entry->due = beyond_skipped(entry, entry->due);
}

static void
note_success(const struct turn *turn, bool changed)
{
    forgive(turn->entry);
    note_move(turn);
    keep_validators(turn);
    learn(turn->entry, changed);
    plan(turn);
    say(turn, changed ? SCHEDULE_TAKE : SCHEDULE_UNCHANGED, "");
}

static bool
is_odd(const struct turn *turn)
{
    uint64_t before = turn->entry->items, now = turn->reading->items;
    return !turn->entry->page && before > 0 && (now == 0 || now / ODD_FACTOR >= before);
}

/* Nothing is taken and nothing forgotten; if it stays so, it is no accident. */
static bool
note_odd(struct turn *turn)
{
    struct diary_entry *entry = turn->entry;
    if (entry->odd_times++ == 0)
        entry->odd_since = turn->now;
    if (entry->odd_times >= TIMES_TO_BELIEVE && turn->now - entry->odd_since >= SCHEDULE_DAY)
        return false;
    put_off(turn, SCHEDULE_USUAL);
    turn->out->verdict = SCHEDULE_ODD;
    snprintf(turn->out->words, sizeof turn->out->words,
             "%llu items where there were %llu: nothing is taken for now",
             (unsigned long long)turn->reading->items, (unsigned long long)entry->items);
    return true;
}

/* What a feed says of itself holds as long as it is not modified. */
static void
note_wishes(const struct turn *turn)
{
    struct diary_entry *entry = turn->entry;
    entry->items = turn->reading->items;
    entry->wished = turn->reading->every;
    entry->skip_hours = turn->reading->skip_hours;
    entry->skip_days = turn->reading->skip_days;
}

static void
take_body(struct turn *turn)
{
    if (!turn->reading->parsed) {
        drop_validators(turn->entry);
        back_off(turn, DOUBLE_FIRST, DOUBLE_MOST);
        say(turn, SCHEDULE_FAILED, "what came can't be read");
    } else if (!is_odd(turn) || !note_odd(turn)) {
        note_wishes(turn);
        note_success(turn, turn->reading->changed);
    }
}

static void
take_unchanged(struct turn *turn)
{
    if (turn->result->conditional) {
        note_success(turn, false);
        return;
    }
    drop_validators(turn->entry);
    back_off(turn, DOUBLE_FIRST, DOUBLE_MOST);
    say(turn, SCHEDULE_FAILED, "it says that nothing changed, though nobody asked (304)");
}

/* The first row that fits. */
static const struct row {
    int from, to;
    void (*act)(struct turn *turn);
} rows[] = {
    { OK, OK, take_body },
    { 304, 304, take_unchanged },
    { NOT_FOUND, NOT_FOUND, note_missing },
    { 410, 410, note_gone },
    { 429, 429, try_when_told },
    { 503, 503, try_when_told },
    { 400, 499, try_much_later },
    { 0, 999, try_later },
};

static void
judge_status(struct turn *turn)
{
    const struct row *row = rows;
    while (turn->result->status < row->from || turn->result->status > row->to)
        row++;
    row->act(turn);
}

void
schedule_answer(struct diary *diary, struct diary_entry *entry, const struct fetch_result *result,
                const struct schedule_reading *reading, int64_t every, uint64_t luck, int64_t now,
                struct schedule_outcome *out)
{
    struct turn turn = { diary, entry, result, reading, every, now, luck, out };
    *out = (struct schedule_outcome){ .verdict = SCHEDULE_FAILED };
    switch (result->end) {
    case FETCH_HELD:
    case FETCH_STOPPED: /* nobody was asked: it is as it was */
        break;
    case FETCH_ANSWERED:
        entry->asked = now;
        judge_status(&turn);
        return;
    case FETCH_UNREACHABLE:
        entry->asked = now;
        back_off(&turn, DOUBLE_FIRST, DOUBLE_MOST);
        break;
    case FETCH_REFUSED:
    case FETCH_FORBIDDEN:
    case FETCH_UNREADABLE:
        entry->asked = now;
        back_off(&turn, LONG_FIRST, LONG_MOST);
        break;
    }
    say(&turn, SCHEDULE_FAILED, result->why);
}
