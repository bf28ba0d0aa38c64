/* SPDX-License-Identifier: ISC */
/* Any headers, a line for each: whatever they say, a source waits between a minute and a week. */
#include "wire/headers.h"
#include "wire/schedule.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1795579200, WAIT_MOST = 10 * SCHEDULE_DAY };

static const int statuses[] = { 200, 304, 403, 404, 410, 429, 500, 503 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span rest = { (const char *)data, size }, first = span_line(&rest);
    unsigned chosen = first.len > 0 ? (unsigned char)first.at[0] : 0;
    struct fetch_result result = { .end = FETCH_ANSWERED, .why = "" };
    struct schedule_reading reading = { .parsed = true, .changed = true, .items = 1 };
    struct schedule_outcome outcome;
    struct diary *diary = diary_new();
    struct diary_entry *entry = diary_at(diary, SPAN("a"), SPAN("https://a.vn/"));
    result.status = statuses[chosen % (sizeof statuses / sizeof *statuses)];
    result.url = SPAN("https://a.vn/");
    result.conditional = true;
    result.retry_after = span_line(&rest);
    result.cache_control = span_line(&rest);
    result.expires = span_line(&rest);
    result.date = rest;
    schedule_answer(diary, entry, &result, &reading, 0, chosen, NOW, &outcome);
    if (entry->state == DIARY_LIVE &&
        (entry->due < NOW + SCHEDULE_MINUTE || entry->due > NOW + WAIT_MOST))
        abort();
    diary_free(diary);
    return 0;
}
