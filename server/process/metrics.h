/* SPDX-License-Identifier: ISC */
/* metrics.h - numbers that all processes of the daemon count in memory they share.
 *
 * Every worker counts in a seat of its own: one relaxed add on memory nobody else writes, no lock
 * and no system call. A seat keeps its counts when its worker ends, so that they only ever grow;
 * what is "now" (METRIC_GAUGE) is taken back, so that a killed worker leaves nothing behind. The
 * master, who counts in the common seat, says who sits where. */
#pragma once

#include "base/protocols.h"
#include "base/status.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { METRIC_SEATS = 1024 }; /* workers that may live at once, draining ones too */

/* Upper bounds of a histogram, in milliseconds; behind them a cell for what took longer, and one
 * for the sum. */
enum { METRIC_BOUNDS = 15, METRIC_TIMES_CELLS = METRIC_BOUNDS + 2 };
extern const uint32_t metric_bounds[METRIC_BOUNDS];

enum metric_kind {
    METRIC_COUNTER,
    METRIC_GAUGE,
    METRIC_AGE, /* kept as an instant, told as the seconds since; 0: never, told as 0 */
    METRIC_HISTOGRAM,
};

enum metric_family_id {
#define FAMILY(id, ...) id,
#include "process/metrics_table.h"
    METRIC_FAMILIES
};

/* A number's place among the values; a histogram has METRIC_TIMES_CELLS from there. */
enum metric {
#define SERIES(id, ...) id,
#define TIMES(id, ...) id, id##_END = id + METRIC_TIMES_CELLS - 1,
#include "process/metrics_table.h"
    METRIC_CELLS
};

struct metric_family {
    enum metric_kind kind;
    const char *name;      /* without the program's name in front */
    const char *labels[2]; /* NULL: it has none, or one */
    const char *title;     /* for people */
    const char *help;
};

struct metric_series {
    enum metric at;
    enum metric_family_id family;
    const char *values[2]; /* of the family's labels */
};

extern const struct metric_family metric_families[METRIC_FAMILIES];
/* A family's series stand together, families in the order of their ids. */
extern const struct metric_series metric_series[];
extern const size_t metric_series_count;

/* All numbers at one moment. */
struct metric_values {
    uint64_t at[METRIC_CELLS];
};

/* A number that is another one whenever the table, and so the values' meaning, is. */
uint64_t metrics_layout(void);

struct metrics;

/* Memory for this process and those it will fork, and an heir, who counts on: *descriptor as
 * shared.h says. STATUS_FAILED: errno. */
enum status metrics_new(int *descriptor, struct metrics **out) MUST_CHECK;
void metrics_free(struct metrics *metrics); /* NULL is fine, here and below: nothing is counted */

/* In the master: a seat for a worker that it is about to start, and that nobody else sits in, not
 * even another master's worker; those of a master that was killed are free. */
size_t metrics_claim(struct metrics *metrics);
/* In a worker: it counts in this seat from now on. */
void metrics_sit(struct metrics *metrics, size_t seat);
/* In the master: the seat's worker has ended, or never came. */
void metrics_rise(struct metrics *metrics, size_t seat);

/* In the master: a number that is another one whenever the seat's worker has counted anything. */
uint64_t metrics_counted(const struct metrics *metrics, size_t seat);

/* Sets a number that all processes have in common. */
void metrics_set(struct metrics *metrics, enum metric what, uint64_t value);
uint64_t metrics_get(const struct metrics *metrics, enum metric what); /* what metrics_set set */
void metrics_sum(const struct metrics *metrics, struct metric_values *out);

/* This process's seat. For metrics_add. */
struct metric_seat {
    _Alignas(64) _Atomic uint64_t cells[METRIC_CELLS];
};
struct metric_seat *metrics_seat(struct metrics *metrics);

static inline void
metrics_add(struct metrics *metrics, enum metric what, uint64_t more)
{
    if (metrics != NULL)
        atomic_fetch_add_explicit(&metrics_seat(metrics)->cells[what], more, memory_order_relaxed);
}

/* One less of what is "now". */
static inline void
metrics_less(struct metrics *metrics, enum metric what)
{
    metrics_add(metrics, what, UINT64_MAX);
}

/* An answer, by its protocol's name and its status. */
void metrics_answer(struct metrics *metrics, const char *protocol, int status);
/* `ms` milliseconds, in the histogram `what`. */
void metrics_time(struct metrics *metrics, enum metric what, int64_t ms);
