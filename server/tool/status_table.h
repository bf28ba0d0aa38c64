/* SPDX-License-Identifier: ISC */
/* status_table.h - the daemon's numbers as a table made to be looked at. Pure. */
#pragma once

#include "base/buffer.h"
#include "process/metrics.h"

#include <sys/types.h>

struct status_view {
    const struct metric_values *values;
    const struct metric_values *before; /* NULL: no rates */
    int64_t apart;                      /* ms between the two */
    int64_t now;                        /* the wall clock's */
    pid_t daemon;                       /* 0: not known */
    bool colours;
};

void status_print(const struct status_view *view, struct buffer *out);

/* "4 s", "12 min", "3 h 20 min", "5 d 2 h". */
void status_print_age(uint64_t seconds, struct buffer *out);
/* "12 345 678" */
void status_print_count(uint64_t number, struct buffer *out);
/* "999 B", "1.2 kB", "3.4 GB" */
void status_print_bytes(uint64_t bytes, struct buffer *out);
/* The least bound below which that part of a histogram lies: "<= 5 ms"; "-" where it is empty. */
void status_print_part(const struct metric_values *values, enum metric what, unsigned percent,
                       struct buffer *out);
