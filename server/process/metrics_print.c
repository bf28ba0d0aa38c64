/* SPDX-License-Identifier: ISC */
#include "process/metrics_print.h"

#include <string.h>

#define PREFIX "songtu_"

static const char *const type_names[] = { [METRIC_COUNTER] = "counter",
                                          [METRIC_GAUGE] = "gauge",
                                          [METRIC_AGE] = "gauge",
                                          [METRIC_HISTOGRAM] = "histogram" };

uint64_t
metric_told(enum metric_kind kind, uint64_t kept, int64_t now)
{
    if (kind != METRIC_AGE)
        return kept;
    return kept == 0 || kept > (uint64_t)now ? 0 : (uint64_t)now - kept;
}

uint64_t
metric_times_count(const struct metric_values *values, enum metric what)
{
    uint64_t count = 0;
    for (size_t i = 0; i <= METRIC_BOUNDS; i++)
        count += values->at[what + i];
    return count;
}

/* Seconds, as `le` and JSON's keys have them: "0.005", "20", "+Inf". */
static void
add_bound(size_t bucket, struct buffer *out)
{
    if (bucket == METRIC_BOUNDS)
        buffer_add_text(out, "+Inf");
    else
        buffer_printf(out, "%g", metric_bounds[bucket] / 1000.0);
}

static void
add_number(uint64_t number, struct buffer *out)
{
    buffer_printf(out, "%llu", (unsigned long long)number);
}

static void
add_seconds(uint64_t ms, struct buffer *out)
{
    buffer_printf(out, "%llu.%03u", (unsigned long long)(ms / 1000), (unsigned)(ms % 1000));
}

/* {protocol="gemini",status="20"}, with `le` behind them where it is a bucket's (bucket >= 0). */
static void
add_labels(const struct metric_series *series, int bucket, struct buffer *out)
{
    const struct metric_family *family = &metric_families[series->family];
    char before = '{';
    for (size_t i = 0; i < 2 && family->labels[i] != NULL; i++) {
        buffer_printf(out, "%c%s=\"%s\"", before, family->labels[i], series->values[i]);
        before = ',';
    }
    if (bucket >= 0) {
        buffer_printf(out, "%cle=\"", before);
        add_bound((size_t)bucket, out);
        buffer_add_char(out, '"');
        before = ',';
    }
    buffer_add_text(out, before == ',' ? "} " : " ");
}

static void
text_times(const struct metric_series *series, const struct metric_values *values,
           struct buffer *out)
{
    const char *name = metric_families[series->family].name;
    uint64_t count = 0;
    for (int i = 0; i <= METRIC_BOUNDS; i++) {
        count += values->at[(int)series->at + i];
        buffer_printf(out, PREFIX "%s_bucket", name);
        add_labels(series, i, out);
        add_number(count, out);
        buffer_add_char(out, '\n');
    }
    buffer_printf(out, PREFIX "%s_sum", name);
    add_labels(series, -1, out);
    add_seconds(values->at[series->at + METRIC_BOUNDS + 1], out);
    buffer_printf(out, "\n" PREFIX "%s_count", name);
    add_labels(series, -1, out);
    add_number(count, out);
    buffer_add_char(out, '\n');
}

void
metrics_print_text(const struct metric_values *values, int64_t now, struct buffer *out)
{
    for (size_t i = 0; i < metric_series_count; i++) {
        const struct metric_series *series = &metric_series[i];
        const struct metric_family *family = &metric_families[series->family];
        if (i == 0 || series[-1].family != series->family)
            buffer_printf(out, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s %s\n", family->name,
                          family->help, family->name, type_names[family->kind]);
        if (family->kind == METRIC_HISTOGRAM) {
            text_times(series, values, out);
            continue;
        }
        buffer_printf(out, PREFIX "%s", family->name);
        add_labels(series, -1, out);
        add_number(metric_told(family->kind, values->at[series->at], now), out);
        buffer_add_char(out, '\n');
    }
}

static void
json_times(enum metric what, const struct metric_values *values, struct buffer *out)
{
    uint64_t count = 0;
    buffer_add_text(out, "{\"buckets\": {");
    for (size_t i = 0; i <= METRIC_BOUNDS; i++) {
        count += values->at[what + i];
        buffer_add_text(out, i == 0 ? "\"" : ", \"");
        add_bound(i, out);
        buffer_add_text(out, "\": ");
        add_number(count, out);
    }
    buffer_add_text(out, "}, \"sum\": ");
    add_seconds(values->at[what + METRIC_BOUNDS + 1], out);
    buffer_add_text(out, ", \"count\": ");
    add_number(count, out);
    buffer_add_char(out, '}');
}

/* Both are of one family, and of one object within it. */
static bool
is_beside(const struct metric_series *series, const struct metric_series *other)
{
    return series->family == other->family && metric_families[series->family].labels[1] != NULL &&
           strcmp(series->values[0], other->values[0]) == 0;
}

/* What stands in front of a value: its keys, and the braces they need. */
static void
json_open(size_t i, struct buffer *out)
{
    const struct metric_series *series = &metric_series[i];
    const struct metric_family *family = &metric_families[series->family];
    bool first = i == 0 || series[-1].family != series->family;
    if (i > 0)
        buffer_add_text(out, first ? ",\n" : ", ");
    if (first)
        buffer_printf(out, "  \"%s\": %s", family->name, family->labels[0] != NULL ? "{" : "");
    if (family->labels[1] != NULL && (first || !is_beside(series, series - 1)))
        buffer_printf(out, "\"%s\": {", series->values[0]);
    if (family->labels[0] != NULL)
        buffer_printf(out, "\"%s\": ", series->values[family->labels[1] != NULL]);
}

static void
json_close(size_t i, struct buffer *out)
{
    const struct metric_series *series = &metric_series[i];
    const struct metric_family *family = &metric_families[series->family];
    bool last = i + 1 == metric_series_count || series[1].family != series->family;
    if (family->labels[1] != NULL && (last || !is_beside(series, series + 1)))
        buffer_add_char(out, '}');
    if (last && family->labels[0] != NULL)
        buffer_add_char(out, '}');
}

void
metrics_print_json(const struct metric_values *values, int64_t now, struct buffer *out)
{
    for (size_t i = 0; i < metric_series_count; i++) {
        const struct metric_series *series = &metric_series[i];
        enum metric_kind kind = metric_families[series->family].kind;
        json_open(i, out);
        if (kind == METRIC_HISTOGRAM)
            json_times(series->at, values, out);
        else
            add_number(metric_told(kind, values->at[series->at], now), out);
        json_close(i, out);
    }
    buffer_add_char(out, '\n');
}
