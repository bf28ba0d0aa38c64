/* SPDX-License-Identifier: ISC */
/* The table against a model that keeps tokens in the plainest way; and many at one table at once,
 * who are killed. */
#include "net/limit.h"

#include "testing.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HOSTS = 40, NETS = 4, THREADS = 4, ASKS = 20000 };

static struct limit_table *table;
static struct limit_options options;

static void
set_up(void)
{
    table = limit_table_new(limit_size(2, 100), NULL);
    ck_assert_ptr_nonnull(table);
}

static struct verdict
come(struct limit *limit, unsigned net, unsigned host, int64_t now)
{
    struct sockaddr_in at = { .sin_family = AF_INET };
    at.sin_addr.s_addr = htonl(0xcb007100u + (net << 8) + host);
    return limit_take(limit, (struct sockaddr *)&at, now);
}

/* Tokens, in the time it takes to get them. */
struct model {
    int64_t level, token, most, last, refusals;
};

static void
model_begin(struct model *model, struct rate rate, int64_t wider)
{
    int64_t count = (int64_t)rate.count * wider;
    *model = (struct model){ .last = 0 };
    model->token = (int64_t)rate.seconds * 1000000000 / count;
    model->level = model->most = model->token * count;
}

static bool
model_has(struct model *model, int64_t now)
{
    model->level += (now - model->last) * 1000000;
    if (model->level > model->most)
        model->level = model->most;
    model->last = now;
    return model->level >= model->token;
}

/* The seconds it is told, 0: silence. */
static unsigned
model_refuse(struct model *model)
{
    int64_t wait = model->token - model->level;
    if (model->refusals++ < LIMIT_PATIENCE)
        return (unsigned)((wait + 999999999) / 1000000000);
    model->level = -model->most / 10;
    return 0;
}

static struct verdict
model_ask(struct model *host, struct model *net, int64_t now)
{
    if (!model_has(host, now))
        return (struct verdict){ .by = LIMIT_RATE, .seconds = model_refuse(host) };
    host->refusals = 0;
    if (!model_has(net, now))
        return (struct verdict){ .by = LIMIT_NETWORK_RATE, .seconds = model_refuse(net) };
    net->refusals = 0;
    host->level -= host->token;
    net->level -= net->token;
    return (struct verdict){ .by = LIMIT_NONE };
}

static const char *const rates[] = { "5/1s", "60/5m", "7/3s", "1/2s", "20/1s", "3/1h" };

START_TEST(it_decides_as_the_plainest_model_does)
{
    static struct model hosts[NETS][HOSTS], nets[NETS];
    int64_t now = 1000;
    int counts[LIMIT_KINDS] = { 0 }, silent = 0;
    ck_assert(rate_parse(span_of(rates[_i]), &options.rate));
    options.held = 100;
    struct limit *limit = limit_new(table, &options, 1);
    for (int i = 0; i < NETS * HOSTS; i++)
        model_begin(&hosts[i / HOSTS][i % HOSTS], options.rate, 1);
    for (int i = 0; i < NETS; i++)
        model_begin(&nets[i], options.rate, LIMIT_WIDER);
    int64_t step = nets[0].token / 1000000 / 6 + 1; /* three times what a network may */
    srand(20 + (unsigned)_i);
    for (int i = 0; i < 100000; i++) {
        unsigned net = (unsigned)rand() % NETS, host = (unsigned)rand() % HOSTS;
        if (rand() % 2 == 0)
            host = 0; /* it floods */
        now += rand() % 30000 == 0 ? rand() % (int)options.rate.seconds * 2000 : rand() % step;
        struct verdict wanted = model_ask(&hosts[net][host], &nets[net], now);
        struct verdict got = come(limit, net, host, now);
        if (got.by != wanted.by || got.seconds != wanted.seconds)
            ck_abort_msg("seed %d, ask %d: %d %u, not %d %u", 20 + _i, i, got.by, got.seconds,
                         wanted.by, wanted.seconds);
        limit_leave(limit, got.seat);
        counts[got.by]++;
        silent += got.by != LIMIT_NONE && got.seconds == 0;
    }
    ck_assert(counts[LIMIT_NONE] > 100 && counts[LIMIT_RATE] > 100 && silent > 100);
    ck_assert(counts[LIMIT_NETWORK_RATE] > 0);
    limit_free(limit);
}
END_TEST

static struct limit *limits[THREADS];

static void *
on_thread(void *which)
{
    struct limit *limit = limits[(size_t)which];
    size_t welcome = 0;
    for (unsigned i = 0; i < ASKS; i++) {
        struct verdict verdict = come(limit, i % 50, i % 3, 5000);
        welcome += verdict.by == LIMIT_NONE && i % 150 == 0;
        limit_leave(limit, verdict.seat);
    }
    return (void *)welcome;
}

START_TEST(threads_together_get_what_one_alone_would)
{
    pthread_t threads[THREADS];
    size_t welcome = 0;
    options = (struct limit_options){ .rate = { 100, 60 }, .held = 100 };
    for (size_t i = 0; i < THREADS; i++)
        limits[i] = limit_new(table, &options, 10 + (pid_t)i);
    for (size_t i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, on_thread, (void *)i), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *part;
        ck_assert_int_eq(pthread_join(threads[i], &part), 0);
        welcome += (size_t)part;
    }
    ck_assert_uint_eq(welcome, 100);
    for (size_t i = 0; i < THREADS; i++)
        limit_free(limits[i]);
}
END_TEST

/* A worker who comes and goes, and holds some, until it is killed. */
static void
live(void)
{
    struct verdict held[8] = { { .by = LIMIT_NONE } };
    struct limit *limit = limit_new(table, &options, getpid());
    for (unsigned i = 0;; i++) {
        limit_leave(limit, held[i % 8].seat);
        held[i % 8] = come(limit, 0, i % 5, 5000);
    }
}

START_TEST(workers_killed_at_any_moment_leave_nothing_held)
{
    pid_t workers[2] = { 0, 0 };
    options = (struct limit_options){ .rate = { 0, 0 }, .held = 50 };
    srand(7);
    for (int i = 0; i < 200; i++) {
        pid_t *worker = &workers[i % 2];
        if (*worker > 0) {
            kill(*worker, SIGKILL);
            ck_assert_int_eq(waitpid(*worker, NULL, 0), *worker);
            limit_table_forget(table, *worker);
        }
        *worker = fork();
        if (*worker == 0)
            live();
        usleep((useconds_t)(rand() % 2000));
    }
    for (int i = 0; i < 2; i++) {
        kill(workers[i], SIGKILL);
        ck_assert_int_eq(waitpid(workers[i], NULL, 0), workers[i]);
        limit_table_forget(table, workers[i]);
    }
    struct limit *limit = limit_new(table, &options, 1);
    for (unsigned i = 0; i < 50 * 5; i++)
        ck_assert_int_eq(come(limit, 0, i % 5, 5000).by, LIMIT_NONE);
    for (unsigned i = 0; i < 5; i++)
        ck_assert_int_eq(come(limit, 0, i % 5, 5000).by, LIMIT_HELD);
    limit_free(limit);
}
END_TEST

/* Pages of the table that are memory by now. */
static size_t
count_pages(const void *memory, size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = (bytes + page - 1) / page, count = 0;
    unsigned char *there = malloc(pages);
    ck_assert_int_eq(mincore((void *)(uintptr_t)memory, bytes, there), 0);
    for (size_t i = 0; i < pages; i++)
        count += there[i] & 1;
    free(there);
    return count;
}

START_TEST(who_is_forgotten_costs_no_memory)
{
    struct limit_size size = limit_size(2, 20000);
    struct limit_table *large = limit_table_new(size, NULL);
    struct limit *ended[8];
    options = (struct limit_options){ .held = 64 };
    for (pid_t process = 1; process <= 8; process++) {
        ended[process - 1] = limit_new(large, &options, process);
        ck_assert_uint_eq(come(ended[process - 1], 1, 1, 0).by, LIMIT_NONE);
    }
    size_t before = count_pages(large, limit_bytes(size));
    for (pid_t process = 1; process <= 8; process++)
        limit_table_forget(large, process);
    ck_assert_uint_le(before, 64);
    ck_assert_uint_eq(count_pages(large, limit_bytes(size)), before);
    struct limit *limit = limit_new(large, &options, 9);
    for (int i = 0; i < 64; i++) /* and nobody holds any */
        ck_assert_uint_eq(come(limit, 1, 1, 0).by, LIMIT_NONE);
    ck_assert_uint_eq(come(limit, 1, 1, 0).by, LIMIT_HELD);
    limit_free(limit);
    for (int i = 0; i < 8; i++)
        limit_free(ended[i]);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("limit shared");
    TCase *tests = tcase_create("limit shared");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_set_timeout(tests, 100);
    tcase_add_loop_test(tests, it_decides_as_the_plainest_model_does, 0,
                        sizeof rates / sizeof *rates);
    tcase_add_test(tests, who_is_forgotten_costs_no_memory);
    tcase_add_test(tests, threads_together_get_what_one_alone_would);
    tcase_add_test(tests, workers_killed_at_any_moment_leave_nothing_held);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
