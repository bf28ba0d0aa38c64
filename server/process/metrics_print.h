/* SPDX-License-Identifier: ISC */
/* metrics_print.h - the numbers as text for machines, all from metrics_table.h. Pure. */
#pragma once

#include "base/buffer.h"
#include "process/metrics.h"

/* What is told of a number that is kept as an instant, `now` being the wall clock's. */
uint64_t metric_told(enum metric_kind kind, uint64_t kept, int64_t now);
/* How often a histogram counted. */
uint64_t metric_times_count(const struct metric_values *values, enum metric what);

/* Prometheus' text format 0.0.4, each name with "songtu_" in front. */
void metrics_print_text(const struct metric_values *values, int64_t now, struct buffer *out);
/* Members of a JSON object, without its braces, one line per family: the same names without
 * "songtu_"; a label's values are keys of an object. Histograms are cumulative, as in the other. */
void metrics_print_json(const struct metric_values *values, int64_t now, struct buffer *out);
