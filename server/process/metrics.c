/* SPDX-License-Identifier: ISC */
#include "process/metrics.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "process/shared.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

const uint32_t metric_bounds[METRIC_BOUNDS] = { 1,   2,    5,    10,   20,    50,    100,  200,
                                                500, 1000, 2000, 5000, 10000, 20000, 50000 };

const struct metric_family metric_families[METRIC_FAMILIES] = {
#define FAMILY(id, kind, name, label, other, title, help) \
    [id] = { kind, name, { label, other }, title, help },
#include "process/metrics_table.h"
};

const struct metric_series metric_series[] = {
#define SERIES(id, family, value, other) { id, family, { value, other } },
#define TIMES(id, family, value) { id, family, { value, NULL } },
#include "process/metrics_table.h"
};
const size_t metric_series_count = sizeof metric_series / sizeof *metric_series;

struct shared {
    _Atomic size_t seats;                 /* so many were ever taken */
    _Atomic int32_t holder[METRIC_SEATS]; /* the master whose worker sits there; 0: nobody */
    struct metric_seat common, seat[METRIC_SEATS];
};

struct metrics {
    struct shared *shared;
    struct metric_seat *mine;
};

static uint64_t
mix(uint64_t hash, const char *text)
{
    for (; text != NULL && *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u; /* FNV-1a */
    return (hash ^ 0xFF) * 1099511628211u;
}

uint64_t
metrics_layout(void)
{
    uint64_t hash = 14695981039346656037u ^ METRIC_CELLS;
    for (size_t i = 0; i < METRIC_BOUNDS; i++)
        hash = (hash ^ metric_bounds[i]) * 1099511628211u;
    for (size_t i = 0; i < metric_series_count; i++) {
        const struct metric_series *series = &metric_series[i];
        const struct metric_family *family = &metric_families[series->family];
        hash = mix(hash ^ (uint64_t)series->at << 8 ^ family->kind, family->name);
        for (size_t k = 0; k < 2; k++)
            hash = mix(mix(hash, family->labels[k]), series->values[k]);
    }
    return hash;
}

enum status
metrics_new(int *descriptor, struct metrics **out)
{
    bool taken;
    void *memory = shared_open(sizeof(struct shared), metrics_layout(), descriptor, &taken);
    if (memory == NULL)
        return STATUS_FAILED;
    struct metrics *metrics = memory_new(sizeof *metrics);
    *metrics = (struct metrics){ memory, &((struct shared *)memory)->common };
    if (!taken) /* else the elder's, as long as he counts */
        metrics_set(metrics, METRIC_STARTED, (uint64_t)clock_now());
    *out = metrics;
    return STATUS_OK;
}

void
metrics_free(struct metrics *metrics)
{
    if (metrics == NULL)
        return;
    shared_close(metrics->shared, sizeof *metrics->shared);
    free(metrics);
}

static bool
is_gone(pid_t process)
{
    return kill(process, 0) != 0 && errno == ESRCH;
}

size_t
metrics_claim(struct metrics *metrics)
{
    size_t seat = 0, seats = metrics != NULL ? atomic_load(&metrics->shared->seats) : 0;
    int32_t self = getpid(), holder;
    for (size_t i = 0; i < seats; i++)
        if ((holder = atomic_load(&metrics->shared->holder[i])) != 0 && is_gone(holder))
            metrics_rise(metrics, i);
    for (; metrics != NULL && seat < METRIC_SEATS - 1; seat++) {
        holder = 0;
        if (atomic_compare_exchange_strong(&metrics->shared->holder[seat], &holder, self))
            break;
    }
    return seat;
}

void
metrics_sit(struct metrics *metrics, size_t seat)
{
    if (metrics == NULL)
        return;
    assert(seat < METRIC_SEATS);
    size_t seats = atomic_load(&metrics->shared->seats);
    while (seats <= seat &&
           !atomic_compare_exchange_weak(&metrics->shared->seats, &seats, seat + 1))
        continue;
    metrics->mine = &metrics->shared->seat[seat];
}

void
metrics_rise(struct metrics *metrics, size_t seat)
{
    if (metrics == NULL)
        return;
    assert(seat < METRIC_SEATS);
    for (size_t i = 0; i < metric_series_count; i++)
        if (metric_families[metric_series[i].family].kind == METRIC_GAUGE)
            atomic_store(&metrics->shared->seat[seat].cells[metric_series[i].at], 0);
    atomic_store(&metrics->shared->holder[seat], 0);
}

uint64_t
metrics_counted(const struct metrics *metrics, size_t seat)
{
    uint64_t sum = 0;
    for (size_t i = 0; metrics != NULL && i < METRIC_CELLS; i++)
        sum += atomic_load_explicit(&metrics->shared->seat[seat].cells[i], memory_order_relaxed);
    return sum;
}

struct metric_seat *
metrics_seat(struct metrics *metrics)
{
    return metrics->mine;
}

void
metrics_set(struct metrics *metrics, enum metric what, uint64_t value)
{
    if (metrics != NULL)
        atomic_store_explicit(&metrics->shared->common.cells[what], value, memory_order_relaxed);
}

uint64_t
metrics_get(const struct metrics *metrics, enum metric what)
{
    return metrics == NULL
               ? 0
               : atomic_load_explicit(&metrics->shared->common.cells[what], memory_order_relaxed);
}

void
metrics_sum(const struct metrics *metrics, struct metric_values *out)
{
    *out = (struct metric_values){ { 0 } };
    if (metrics == NULL)
        return;
    const struct shared *shared = metrics->shared;
    size_t seats = atomic_load(&shared->seats);
    for (size_t i = 0; i < METRIC_CELLS; i++)
        out->at[i] = metrics_get(metrics, (enum metric)i);
    for (size_t seat = 0; seat < seats; seat++)
        for (size_t i = 0; i < METRIC_CELLS; i++)
            out->at[i] += atomic_load_explicit(&shared->seat[seat].cells[i], memory_order_relaxed);
}

void
metrics_answer(struct metrics *metrics, const char *protocol, int status)
{
    static const struct {
        const char *protocol;
        int status;
        enum metric what;
    } answers[] = {
#define ANSWER(name, code) { #name, code, METRIC_ANSWER_##name##_##code },
#include "process/metrics_table.h"
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        if (answers[i].status == status && strcmp(answers[i].protocol, protocol) == 0) {
            metrics_add(metrics, answers[i].what, 1);
            return;
        }
    metrics_add(metrics, METRIC_ANSWER_OTHER, 1);
}

void
metrics_time(struct metrics *metrics, enum metric what, int64_t ms)
{
    unsigned bucket = 0;
    if (ms < 0)
        ms = 0;
    while (bucket < METRIC_BOUNDS && ms > metric_bounds[bucket])
        bucket++;
    metrics_add(metrics, (enum metric)(what + bucket), 1);
    metrics_add(metrics, (enum metric)(what + METRIC_BOUNDS + 1), (uint64_t)ms);
}
