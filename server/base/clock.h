/* SPDX-License-Identifier: ISC */
/* clock.h - instants, and dates that are known only so exactly.
 *
 * An instant is seconds since 1970-01-01T00:00:00Z. The capsule's time zone is the process's (TZ),
 * set once at the start; parsing and printing otherwise take all they need as arguments. */
#pragma once

#include "base/span.h"
#include "base/status.h"

enum precision { DATE_NONE, DATE_YEAR, DATE_MONTH, DATE_DAY, DATE_SECOND };

/* A date as exactly as it is known. year, month, day are the capsule's civil date; fields finer
 * than `precision` are 1. `instant` is the first instant it may mean. */
struct date {
    enum precision precision;
    int year, month, day;
    int64_t instant;
};

enum { DATE_YEAR_MIN = 1, DATE_YEAR_MAX = 9998 };

/* There is a zone of this name (IANA, "Asia/Ho_Chi_Minh") on this system. */
bool clock_zone_known(const char *name);
/* Makes it this process's time zone; false: no such zone here. */
bool clock_zone_set(const char *name);

/* "2024", "2024-07", "2024-07-12" or RFC 3339 with its offset. */
bool date_parse(struct span text, struct date *out);
/* The day-and-time an instant is in the capsule's zone. */
struct date date_at(int64_t instant);
/* RFC 3339 in the capsule's zone: "2026-11-23T09:00:00+07:00"; empty beyond the years it can say.
 */
enum { CLOCK_TEXT = 32 };
const char *clock_print(int64_t instant, char into[CLOCK_TEXT]);
/* The first instant of a civil day in the capsule's zone; month 13 is next January. */
int64_t clock_civil(int year, int month, int day);

int64_t clock_now(void);       /* wall clock, seconds */
int64_t clock_monotonic(void); /* milliseconds that never step back */
int64_t clock_cpu(void);       /* milliseconds this process has had of a processor */
