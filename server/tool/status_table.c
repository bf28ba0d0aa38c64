/* SPDX-License-Identifier: ISC */
#include "tool/status_table.h"

#include "process/metrics_print.h"

#include <stdio.h>
#include <string.h>

enum { NAME_WIDTH = 18, CELL_WIDTH = 12 };

static const char bold[] = "\033[1m", dim[] = "\033[2m", plain[] = "\033[0m";

static void
add_styled(const struct status_view *view, const char *style, const char *text, struct buffer *out)
{
    buffer_printf(out, "%s%s%s", view->colours ? style : "", text, view->colours ? plain : "");
}

/* Columns a text takes: what it holds beyond ASCII are marks of one column each. */
static size_t
width_of(struct span text)
{
    size_t width = 0;
    for (size_t i = 0; i < text.len; i++)
        width += ((unsigned char)text.at[i] & 0xC0) != 0x80;
    return width;
}

/* Puts a cell's text at the right end of its column, and empties it. */
static void
add_cell(struct buffer *cell, struct buffer *out)
{
    for (size_t width = width_of(buffer_span(cell)); width < CELL_WIDTH; width++)
        buffer_add_char(out, ' ');
    buffer_add(out, buffer_span(cell));
    buffer_clear(cell);
}

void
status_print_age(uint64_t seconds, struct buffer *out)
{
    static const struct {
        uint64_t seconds;
        const char *name;
    } units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
    size_t i = 0;
    while (seconds < units[i].seconds && i < 3)
        i++;
    buffer_printf(out, "%llu %s", (unsigned long long)(seconds / units[i].seconds), units[i].name);
    uint64_t rest = seconds % units[i].seconds;
    if (i < 2 && rest >= units[i + 1].seconds)
        buffer_printf(out, " %llu %s", (unsigned long long)(rest / units[i + 1].seconds),
                      units[i + 1].name);
}

void
status_print_count(uint64_t number, struct buffer *out)
{
    if (number >= 1000) {
        status_print_count(number / 1000, out);
        buffer_printf(out, " %03u", (unsigned)(number % 1000));
    } else {
        buffer_printf(out, "%u", (unsigned)number);
    }
}

void
status_print_bytes(uint64_t bytes, struct buffer *out)
{
    static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };
    double number = (double)bytes;
    size_t unit = 0;
    for (; number >= 999.95 && unit < 6; unit++)
        number /= 1000;
    buffer_printf(out, unit == 0 ? "%.0f %s" : "%.1f %s", number, units[unit]);
}

static void
add_time(uint64_t ms, struct buffer *out)
{
    if (ms < 1000)
        buffer_printf(out, "%u ms", (unsigned)ms);
    else
        buffer_printf(out, "%g s", (double)(ms - ms % 100) / 1000);
}

void
status_print_part(const struct metric_values *values, enum metric what, unsigned percent,
                  struct buffer *out)
{
    uint64_t count = metric_times_count(values, what), below = 0;
    size_t i = 0;
    if (count == 0) {
        buffer_add_char(out, '-');
        return;
    }
    while (i < METRIC_BOUNDS &&
           (double)(below += values->at[what + i]) * 100.0 < (double)count * percent)
        i++;
    buffer_add_text(out, i < METRIC_BOUNDS ? "<= " : "> ");
    add_time(metric_bounds[i < METRIC_BOUNDS ? i : METRIC_BOUNDS - 1], out);
}

/* One mark a bucket, the more the higher. */
static void
add_shape(const struct metric_values *values, enum metric what, struct buffer *out)
{
    static const char *const marks[] = { "·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
    uint64_t most = 1;
    for (size_t i = 0; i <= METRIC_BOUNDS; i++)
        most = values->at[what + i] > most ? values->at[what + i] : most;
    for (size_t i = 0; i <= METRIC_BOUNDS; i++) {
        double share = (double)values->at[what + i] / (double)most;
        buffer_add_text(out, marks[share == 0 ? 0 : 1 + (int)(share * 7)]);
    }
}

/* Since `before`, in a second; "-" where the daemon is another one. */
static void
add_rate(const struct status_view *view, const struct metric_series *series, struct buffer *out)
{
    uint64_t now = view->values->at[series->at], before = view->before->at[series->at];
    if (now < before || view->apart <= 0) {
        buffer_add_char(out, '-');
        return;
    }
    double rate = (double)(now - before) * 1000 / (double)view->apart;
    if (series->family == FAMILY_BYTES)
        status_print_bytes((uint64_t)rate, out);
    else
        buffer_printf(out, rate < 100 ? "%.1f" : "%.0f", rate);
}

/* The labels' values; a number that is alone in its family has the family's title. */
static void
add_name(const struct status_view *view, const struct metric_series *series, struct buffer *out)
{
    char name[64];
    const char *value = series->values[0], *other = series->values[1];
    if (value == NULL) {
        snprintf(name, sizeof name, "%-*s", NAME_WIDTH, metric_families[series->family].title);
        add_styled(view, bold, name, out);
        return;
    }
    if (other == NULL || strcmp(value, other) == 0)
        other = "";
    int len = snprintf(name, sizeof name, "  %s %s", value, other);
    buffer_printf(out, "%s%*s", name, len < NAME_WIDTH ? NAME_WIDTH - len : 0, "");
}

/* A number, its part of all the family's, and how fast it grows. */
static void
add_row(const struct status_view *view, const struct metric_series *series, uint64_t all,
        struct buffer *out)
{
    struct buffer cell = BUFFER_EMPTY;
    uint64_t number = view->values->at[series->at];
    bool bytes = series->family == FAMILY_BYTES;
    add_name(view, series, out);
    if (bytes)
        status_print_bytes(number, &cell);
    else
        status_print_count(number, &cell);
    add_cell(&cell, out);
    if (!bytes && all > 0 && metric_families[series->family].labels[0] != NULL)
        buffer_printf(&cell, "%.1f %%", 100.0 * (double)number / (double)all);
    add_cell(&cell, out);
    if (view->before != NULL && metric_families[series->family].kind == METRIC_COUNTER) {
        add_rate(view, series, &cell);
        add_cell(&cell, out);
    }
    while (out->at[out->len - 1] == ' ')
        buffer_shorten(out, out->len - 1);
    buffer_add_char(out, '\n');
    buffer_fini(&cell);
}

static void
add_times_row(const struct status_view *view, const struct metric_series *series,
              struct buffer *out)
{
    static const unsigned parts[] = { 50, 90, 99 };
    struct buffer cell = BUFFER_EMPTY;
    uint64_t count = metric_times_count(view->values, series->at);
    add_name(view, series, out);
    status_print_count(count, &cell);
    add_cell(&cell, out);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        status_print_part(view->values, series->at, parts[i], &cell);
        add_cell(&cell, out);
    }
    buffer_add_text(out, "  ");
    add_shape(view->values, series->at, out);
    buffer_add_char(out, '\n');
    buffer_fini(&cell);
}

static void
add_title(const struct status_view *view, const struct metric_family *family, struct buffer *out)
{
    static const char *const counters[] = { "total", "", "per second" };
    static const char *const times[] = { "count", "half", "9 in 10", "99 in 100" };
    bool is_times = family->kind == METRIC_HISTOGRAM;
    size_t columns = is_times ? 4 : view->before != NULL ? 3 : 1;
    struct buffer heads = BUFFER_EMPTY, cell = BUFFER_EMPTY;
    char title[64];
    for (size_t i = 0; i < columns; i++) {
        buffer_add_text(&cell, is_times ? times[i] : counters[i]);
        add_cell(&cell, &heads);
    }
    snprintf(title, sizeof title, "%-*s", NAME_WIDTH, family->title);
    add_styled(view, bold, title, out);
    add_styled(view, dim, buffer_text(&heads), out);
    buffer_add_char(out, '\n');
    buffer_fini(&heads);
    buffer_fini(&cell);
}

/* What there is one of: who serves what, and since when. */
static void
add_head(const struct status_view *view, struct buffer *out)
{
    const uint64_t *at = view->values->at;
    struct buffer line = BUFFER_EMPTY;
    buffer_add_text(&line, "songtud");
    if (view->daemon > 0)
        buffer_printf(&line, " %d", (int)view->daemon);
    buffer_add_text(&line, " is up ");
    status_print_age(metric_told(METRIC_AGE, at[METRIC_STARTED], view->now), &line);
    add_styled(view, bold, buffer_text(&line), out);
    buffer_printf(
        out, "\ngeneration %llu, %llu worker%s", (unsigned long long)at[METRIC_GENERATION],
        (unsigned long long)at[METRIC_WORKERS_SERVING], at[METRIC_WORKERS_SERVING] == 1 ? "" : "s");
    if (at[METRIC_WORKERS_DRAINING] > 0)
        buffer_printf(out, " and %llu draining", (unsigned long long)at[METRIC_WORKERS_DRAINING]);
    buffer_printf(out, "\narchive: round %llu, changed ", (unsigned long long)at[METRIC_ROUND]);
    if (at[METRIC_ROUND_TIME] == 0)
        buffer_add_text(out, "never");
    else
        status_print_age(metric_told(METRIC_AGE, at[METRIC_ROUND_TIME], view->now), out);
    buffer_add_text(out, at[METRIC_ROUND_TIME] == 0 ? "\n" : " ago\n");
    buffer_fini(&line);
}

static uint64_t
sum_of(const struct metric_values *values, enum metric_family_id family)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < metric_series_count; i++)
        if (metric_series[i].family == family)
            sum += values->at[metric_series[i].at];
    return sum;
}

void
status_print(const struct status_view *view, struct buffer *out)
{
    add_head(view, out);
    for (size_t i = 0; i < metric_series_count; i++) {
        const struct metric_series *series = &metric_series[i];
        const struct metric_family *family = &metric_families[series->family];
        if (series->family <= FAMILY_ROUND_AGE) /* the head has them */
            continue;
        bool first = series[-1].family != series->family, alone = family->labels[0] == NULL;
        if (first && !(alone && metric_families[series[-1].family].labels[0] == NULL))
            buffer_add_char(out, '\n');
        if (first && !alone)
            add_title(view, family, out);
        if (first && family->labels[1] != NULL && sum_of(view->values, series->family) == 0)
            buffer_add_text(out, "  none yet\n");
        if (family->kind == METRIC_HISTOGRAM)
            add_times_row(view, series, out);
        else if (family->labels[1] == NULL || view->values->at[series->at] > 0)
            add_row(view, series, sum_of(view->values, series->family), out);
    }
}
