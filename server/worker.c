/* SPDX-License-Identifier: ISC */
#include "worker.h"

#include "archive/archive.h"
#include "archive/news.h"
#include "base/clock.h"
#include "base/log.h"
#include "net/listener.h"
#include "process/master.h"
#include "process/probe.h"
#include "world.h"

#include <event2/event.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CACHE_BYTES = 8 * 1024 * 1024, DAMAGE_AGAIN_MS = 1000, LOG_MS = 5 };

/* A worker's own. */
struct worker {
    struct world *world;
    struct event_base *base;
    struct archive *archive;
    struct listener *listener;
    struct limit *limit;
    struct event *control, *look, *news, *log;
    struct cache_counts counts; /* as far as they are in the metrics */
    int told; /* becomes readable when the archive may have got on; -1: it can't be told */
    int sockets[PROTOCOLS]; /* that listen; -1: closed, or not spoken */
    int master;             /* the control descriptor */
    int64_t last_look;      /* on the monotonic clock: then it accepts no more */
    int64_t last_written;   /* likewise, access lines */
    int64_t last_told;      /* likewise, that the archive is damaged */
};

/* Nobody mends it but the watcher, who hears of it from the master. */
static void
tell_damage(struct worker *worker)
{
    const char damaged = WORKER_DAMAGED;
    int64_t now = clock_monotonic();
    if (worker->last_told != 0 && now - worker->last_told < DAMAGE_AGAIN_MS)
        return;
    worker->last_told = now;
    if (send(worker->master, &damaged, 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1)
        worker->last_told = 0;
}

/* The archive got on, or was just opened. */
static void
note_round(struct worker *worker, int64_t when)
{
    struct metrics *metrics = worker->world->daemon->metrics;
    uint64_t round = (uint64_t)archive_round(worker->archive);
    if (metrics_get(metrics, METRIC_ROUND) == round)
        return;
    metrics_set(metrics, METRIC_ROUND, round);
    metrics_set(metrics, METRIC_ROUND_TIME, (uint64_t)when);
}

static void
count_cache(struct worker *worker)
{
    struct metrics *metrics = worker->world->daemon->metrics;
    struct cache_counts counts = cache_counts(worker->world->capsule.cache);
    if (counts.found != worker->counts.found)
        metrics_add(metrics, METRIC_CACHE_HIT, counts.found - worker->counts.found);
    if (counts.written != worker->counts.written)
        metrics_add(metrics, METRIC_CACHE_MISS, counts.written - worker->counts.written);
    worker->counts = counts;
}

static void
prepare(struct worker *worker)
{
    if (worker->told < 0)
        cache_doubt(worker->world->capsule.cache);
}

/* Behind each question. */
static void
look_behind(struct worker *worker)
{
    count_cache(worker);
    if (worker->told < 0)
        note_round(worker, clock_now());
    if (archive_is_damaged(worker->archive))
        tell_damage(worker);
}

static struct reply
on_question(void *whom, const struct request *request, struct region *region)
{
    struct worker *worker = whom;
    prepare(worker);
    struct reply reply = pages_answer(&worker->world->capsule, worker->archive, request,
                                      clock_now(), region);
    look_behind(worker);
    return reply;
}

/* On the web, pages are as they are since the last round, or since they are served like this. */
static struct reply
on_web_question(void *whom, const struct request *request, struct region *region)
{
    struct worker *worker = whom;
    const struct world *world = worker->world;
    struct web web = world->web;
    int64_t round = (int64_t)metrics_get(world->daemon->metrics, METRIC_ROUND_TIME);
    prepare(worker);
    web.changed = round > web.changed ? round : web.changed;
    struct reply reply = web_answer(&web, &world->capsule, worker->archive, request, clock_now(),
                                    region);
    look_behind(worker);
    return reply;
}

static void
on_dressed(void *whom, struct block **into, struct block *block)
{
    const struct worker *worker = whom;
    cache_dress(worker->world->capsule.cache, into, block);
}

static void
on_news(evutil_socket_t descriptor, short what, void *whom)
{
    struct worker *worker = whom;
    (void)what;
    news_read(descriptor);
    cache_doubt(worker->world->capsule.cache);
    if (archive_begin(worker->archive) == STATUS_OK)
        archive_end(worker->archive);
    note_round(worker, clock_now());
}

static void
close_doors(struct worker *worker)
{
    listener_drain(worker->listener);
    for (size_t i = 0; i < PROTOCOLS; i++) {
        if (worker->sockets[i] >= 0)
            close(worker->sockets[i]);
        worker->sockets[i] = -1;
    }
}

/* Whether a leaving worker is done. */
static void
look(struct worker *worker)
{
    if (clock_monotonic() < worker->last_look)
        return;
    if (worker->sockets[PROTOCOL_gemini] >= 0)
        close_doors(worker);
    if (listener_busy(worker->listener) == 0)
        event_base_loopbreak(worker->base);
}

static void
on_look(evutil_socket_t socket, short what, void *whom)
{
    (void)socket, (void)what;
    look(whom);
}

static void
on_control(evutil_socket_t socket, short what, void *whom)
{
    struct worker *worker = whom;
    char word;
    (void)what;
    ssize_t got = read(socket, &word, 1);
    if (got <= 0) { /* the master is gone */
        event_base_loopbreak(worker->base);
        return;
    }
    if (word == WORKER_ASKED) {
        word = WORKER_READY;
        (void)send(socket, &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
        return;
    }
    const struct timeval often = { 0, 20000 };
    worker->last_look = clock_monotonic() + (word == WORKER_LEAVE ? WORKER_LAST_LOOK_MS : 0);
    event_add(worker->look, &often);
    look(worker);
}

static void
write_log(struct worker *worker)
{
    log_flush();
    worker->last_written = clock_monotonic();
}

static void
on_log(evutil_socket_t socket, short what, void *whom)
{
    (void)socket, (void)what;
    write_log(whom);
}

/* An access line is written at once, further ones of that moment together behind it. */
static void
tend_log(struct worker *worker)
{
    const struct timeval moment = { 0, LOG_MS * 1000 };
    if (!log_waits() || event_pending(worker->log, EV_TIMEOUT, NULL))
        return;
    if (clock_monotonic() - worker->last_written >= LOG_MS)
        write_log(worker);
    else
        event_add(worker->log, &moment);
}

static void
turn(struct worker *worker)
{
    log_gather();
    do
        tend_log(worker);
    while (event_base_loop(worker->base, EVLOOP_ONCE) == 0 && !event_base_got_break(worker->base));
    log_flush();
}

static void
worker_loop(struct worker *worker)
{
    const char ready = WORKER_READY;
    worker->control = event_new(worker->base, worker->master, EV_READ | EV_PERSIST, on_control,
                                worker);
    worker->look = event_new(worker->base, -1, EV_PERSIST, on_look, worker);
    worker->log = event_new(worker->base, -1, 0, on_log, worker);
    worker->news = event_new(worker->base, worker->told, EV_READ | EV_PERSIST, on_news, worker);
    event_add(worker->control, NULL);
    if (worker->told >= 0)
        event_add(worker->news, NULL);
    if (write(worker->master, &ready, 1) == 1)
        turn(worker);
    event_free(worker->control);
    event_free(worker->look);
    event_free(worker->news);
    event_free(worker->log);
}

static struct span
say(const struct world *world, const char *key)
{
    return label(world->labels, world->settings.language, key);
}

/* From here on it reads the content folder, and what is open already; files/ may be a link. */
static bool
lock_in(const struct world *world)
{
    char files[PATH_BYTES];
    const struct sandbox_path paths[] = { { world->settings.content.at, SANDBOX_READ },
                                          { world_files_path(world, files), SANDBOX_READ } };
    struct fault fault = { 0, "" };
    if (sandbox_enter(world->settings.sandbox, SANDBOX_WORKER, paths, 2, &fault) == STATUS_OK)
        return true;
    log_error("a worker can't be locked in: %s", fault.what);
    return false;
}

/* For the operator: what somebody who took a worker over could do. */
static bool
probe_cell(const struct world *world)
{
    const struct settings *settings = &world->settings;
    char key[PATH_BYTES];
    snprintf(key, sizeof key, "%s/%s/key.pem", settings->certs.at, settings->host.at);
    return probe_all(&(struct probe_paths){ settings->content.at, settings->state.at, key },
                     stdout);
}

static struct limit *
open_limit(const struct world *world)
{
    struct limit_options options = { .rate = world->settings.rate,
                                     .held = world->settings.connections_per_address,
                                     .allow = world->settings.allow };
    struct limit_table *limits = world->daemon->limits; /* none while the cell is probed */
    return limits != NULL ? limit_new(limits, &options, getpid()) : NULL;
}

/* false: said already, to the master too where the archive is to be made anew. */
static bool
open_archive(struct worker *worker)
{
    char path[PATH_BYTES];
    struct fault fault = { 0, "" };
    world_archive_path(worker->world, path);
    worker->told = news_open(path); /* first, or a round that ends in between is never heard of */
    enum status status = archive_open(path, &worker->archive, &fault);
    if (status == STATUS_OK) {
        note_round(worker, archive_changed(path));
        return true;
    }
    log_error("%s can't be opened: %s", path, fault.what);
    if (status == STATUS_BAD)
        tell_damage(worker);
    return false;
}

static void
start_listening(struct worker *worker, size_t protocol)
{
    struct world *world = worker->world;
    const struct protocol *row = &protocols[protocol];
    struct tls *tls = row->http ? world->web_tls : world->tls;
    struct listener_options options = { .base = worker->base,
                                        .protocol = row,
                                        .socket = worker->sockets[protocol],
                                        .tls = row->tls || row->http ? tls : NULL,
                                        .origin = &world->origins[protocol],
                                        .connections_max = (size_t)world->settings.connections,
                                        .metrics = world->daemon->metrics,
                                        .limit = worker->limit,
                                        .whole_addresses = world->settings.whole_addresses,
                                        .bad = say(world, "bad_request"),
                                        .refused = say(world, "refused"),
                                        .slow = say(world, "slow_down"),
                                        .answer = row->http ? on_web_question : on_question,
                                        .keep = on_dressed,
                                        .whom = worker };
    if (row->http)
        options.proxies = world->settings.proxies;
    if (worker->listener == NULL)
        worker->listener = listener_start(&options);
    else
        listener_add(worker->listener, &options);
}

int
worker_live(void *what, size_t slot, const int *sockets, int control)
{
    struct world *world = what;
    struct worker worker = { .world = world, .master = control };
    char files[PATH_BYTES];
    (void)slot;
    memcpy(worker.sockets, sockets, sizeof worker.sockets);
    tickets_only_read(world->daemon->tickets);
    if (!open_archive(&worker))
        return 1;
    world->capsule.files = open(world_files_path(world, files), O_PATH | O_DIRECTORY | O_CLOEXEC);
    world->capsule.cache = cache_new(CACHE_BYTES);
    world->capsule.file_cache = file_cache_new(CACHE_BYTES);
    worker.base = event_base_new();
    worker.limit = open_limit(world);
    for (size_t i = 0; i < PROTOCOLS; i++)
        if (worker.sockets[i] >= 0)
            start_listening(&worker, i);
    bool fine = lock_in(world);
    if (fine && world->probing)
        fine = probe_cell(world);
    else if (fine)
        worker_loop(&worker);
    listener_stop(worker.listener);
    limit_free(worker.limit);
    event_base_free(worker.base);
    archive_close(worker.archive);
    cache_free(world->capsule.cache);
    file_cache_free(world->capsule.file_cache);
    if (worker.told >= 0)
        close(worker.told);
    return fine ? 0 : 1;
}
