/* SPDX-License-Identifier: ISC */
/* Readers who ask. Closed loop: a new one begins when one is done. Open loop: they begin at their
 * times, and the time to the end of the answer counts from then, however late they got to begin:
 * else a server that stalls would be asked less and look fast. */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

enum { EVENTS = 256 };

struct run {
    const struct wishes *wishes;
    struct reader *readers, **idle; /* those of nobody */
    long idle_count, begun, done, resumed, outcomes[OUTCOMES];
    uint32_t *took; /* microseconds, of each right answer */
    unsigned long long bytes;
    int64_t start;
};

static int64_t
due(const struct run *run)
{
    double rate = run->wishes->rate;
    return run->start + (rate > 0 ? (int64_t)((double)run->begun * 1e6 / rate) : 0);
}

static bool
can_begin(const struct run *run)
{
    return run->begun < run->wishes->count && run->idle_count > 0;
}

static void
begin_due(struct run *run)
{
    int64_t time = now();
    while (can_begin(run) && due(run) <= time) {
        int64_t since = run->wishes->rate > 0 ? due(run) : now();
        reader_begin(run->idle[--run->idle_count], run->wishes->target, since);
        run->begun++;
    }
}

static void
tell_lost(const struct reader *reader, enum outcome outcome)
{
    static const char *const names[] = { "none", "right", "slowed", "turned", "wrong" };
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    printf("lost=%u outcome=%s at=%lld.%06ld\n", reader_port(reader), names[outcome],
           (long long)time.tv_sec, time.tv_nsec / 1000);
}

static void
finish(struct run *run, struct reader *reader, enum outcome outcome)
{
    if (outcome == OUTCOME_RIGHT)
        run->took[run->outcomes[OUTCOME_RIGHT]] = (uint32_t)(now() - reader->since);
    run->outcomes[outcome]++;
    run->done++;
    run->resumed += reader_resumed(reader);
    run->bytes += reader->head_len + reader->heard;
    if (run->wishes->progress > 0 && outcome != OUTCOME_RIGHT)
        tell_lost(reader, outcome);
    reader_end(reader);
    run->idle[run->idle_count++] = reader;
    if (run->wishes->progress > 0 && run->done % run->wishes->progress == 0) {
        printf("done=%ld failed=%ld\n", run->done, run->done - run->outcomes[OUTCOME_RIGHT]);
        fflush(stdout);
    }
}

static int64_t
least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Waits until something happens or somebody is due. */
static void
step(struct run *run, int64_t until)
{
    struct epoll_event events[EVENTS];
    int64_t wait = least(can_begin(run) ? least(due(run), until) : until, until) - now();
    if (wait < 0)
        wait = 0;
    struct timespec timeout = { wait / 1000000, wait % 1000000 * 1000 };
    int count = epoll_pwait2(run->wishes->target->epoll, events, EVENTS, &timeout, NULL);
    for (int i = 0; i < count; i++) {
        struct reader *reader = events[i].data.ptr;
        enum outcome outcome = reader_go_on(reader);
        if (outcome != OUTCOME_NONE)
            finish(run, reader, outcome);
    }
    begin_due(run);
}

/* Who is still not answered now never will be. */
static void
give_up(struct run *run)
{
    for (long i = 0; i < run->wishes->at_once; i++)
        if (run->readers[i].seated)
            finish(run, &run->readers[i], OUTCOME_WRONG);
    fprintf(stderr, "load: not done within %g seconds\n", run->wishes->limit);
}

static int
by_size(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static void
report(struct run *run)
{
    long right = run->outcomes[OUTCOME_RIGHT];
    qsort(run->took, (size_t)right, sizeof *run->took, by_size);
    printf("right=%ld slowed=%ld turned=%ld wrong=%ld resumed=%ld bytes=%llu seconds=%.3f", right,
           run->outcomes[OUTCOME_SLOWED], run->outcomes[OUTCOME_TURNED],
           run->outcomes[OUTCOME_WRONG], run->resumed, run->bytes,
           (double)(now() - run->start) / 1e6);
    if (right > 0)
        printf(" p50=%u p99=%u worst=%u", run->took[right / 2], run->took[right * 99 / 100],
               run->took[right - 1]);
    printf("\n");
}

static struct run
run_new(const struct wishes *wishes)
{
    struct run run = { .wishes = wishes, .start = now() };
    size_t at_once = (size_t)wishes->at_once;
    run.readers = calloc(at_once, sizeof *run.readers);
    run.idle = calloc(at_once, sizeof *run.idle);
    run.took = calloc((size_t)wishes->count, sizeof *run.took);
    if (run.readers == NULL || run.idle == NULL || run.took == NULL)
        abort();
    while (run.idle_count < wishes->at_once) {
        run.idle[run.idle_count] = &run.readers[run.idle_count];
        run.idle_count++;
    }
    return run;
}

int
ask(const struct wishes *wishes)
{
    struct run run = run_new(wishes);
    int64_t until = run.start + (int64_t)(wishes->limit * 1e6);
    begin_due(&run);
    while (run.done < wishes->count && now() < until)
        step(&run, until);
    if (run.done < wishes->count)
        give_up(&run);
    report(&run);
    free(run.readers);
    free(run.idle);
    free(run.took);
    return run.outcomes[OUTCOME_RIGHT] == wishes->count ? 0 : 1;
}
