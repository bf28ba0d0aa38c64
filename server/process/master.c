/* SPDX-License-Identifier: ISC */
#include "process/master.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/log.h"
#include "process/generation.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TICK_MS = COUNTERS_EVERY_MS }; /* how often the ground is looked at, too */

static void
reopen_log(struct master *master)
{
    if (log_reopen() != STATUS_OK) {
        log_error("can't open the log anew: %s", strerror(errno));
        return;
    }
    log_info("log reopened");
    master->logs++; /* so that new workers are due */
    crew_renew_helpers(master);
}

static void
on_signal(struct master *master, int signal)
{
    if (signal == SIGCHLD)
        crew_reap(master);
    else if (signal == SIGTERM || signal == SIGINT)
        crew_leave(master);
    else if (!master->leaving && signal == SIGHUP)
        generation_reload(master);
    else if (!master->leaving && signal == SIGUSR1)
        reopen_log(master);
}

static void
read_signals(struct master *master)
{
    struct signalfd_siginfo news;
    while (read(master->signals, &news, sizeof news) == sizeof news)
        on_signal(master, (int)news.ssi_signo);
}

static void
read_control(struct master *master, struct child *child)
{
    char word;
    ssize_t got = recv(child->control, &word, 1, MSG_DONTWAIT);
    if (got == 1 && word == WORKER_READY)
        child->ready = true;
    else if (got == 1 && word == WORKER_DAMAGED)
        master->damaged = master->damaged || !child->leaving; /* who leaves knows the last one */
    else if (got == 0) {                                      /* it ends */
        close(child->control);
        child->control = -1;
    }
}

/* Waits for a signal, a worker's word, or the tick. */
static void
wait_for_news(struct master *master)
{
    struct pollfd fds[CHILDREN_MAX + 1] = { { .fd = master->signals, .events = POLLIN } };
    int wait = TICK_MS;
    for (size_t i = 0; i < master->count; i++)
        fds[i + 1] = (struct pollfd){ .fd = master->children[i].control, .events = POLLIN };
    if (master->watcher.vacant || master->exporter.vacant)
        wait = BACKOFF_MS / 2;
    for (size_t slot = 0; slot < master->options->slots; slot++)
        if (master->slots[slot].vacant)
            wait = 0;
    size_t count = master->count;
    if (poll(fds, (nfds_t)count + 1, wait == 0 ? BACKOFF_MS / 2 : wait) <= 0)
        return;
    for (size_t i = 0; i < count; i++)
        if (fds[i + 1].revents != 0)
            read_control(master, &master->children[i]);
    if (fds[0].revents != 0)
        read_signals(master);
}

/* What was counted, for people to look at. */
static void
write_counters(struct master *master)
{
    const struct master_options *options = master->options;
    struct metric_values values;
    uint64_t serving = 0, draining = 0;
    if (options->counters == NULL)
        return;
    for (size_t i = 0; i < master->count; i++) {
        const struct child *child = &master->children[i];
        draining += child->role == WORKER && child->leaving;
        serving += child->role == WORKER && child->ready && !child->leaving;
    }
    metrics_set(options->metrics, METRIC_WORKERS_SERVING, serving);
    metrics_set(options->metrics, METRIC_WORKERS_DRAINING, draining);
    metrics_set(options->metrics, METRIC_GENERATION, master->current);
    metrics_sum(options->metrics, &values);
    enum status status = counters_write(options->counters, &values, clock_monotonic());
    if (status != STATUS_OK && !master->unwritten)
        log_warn("no counters are written: %s", status == STATUS_BUSY
                                                    ? "another songtud has the same state folder"
                                                    : strerror(errno));
    master->unwritten = status != STATUS_OK;
}

static void
kill_late(struct master *master)
{
    if (clock_monotonic() < master->deadline)
        return;
    for (size_t i = 0; i < master->count; i++)
        kill(master->children[i].pid, SIGKILL);
}

static void
turn(struct master *master)
{
    crew_fill_posts(master);
    wait_for_news(master);
    write_counters(master);
    if (master->leaving)
        return;
    if (master->options->tick != NULL)
        master->options->tick(master->options->whom, master->world);
    generation_look(master);
    generation_catch_up(master);
    generation_pass_on_damage(master);
    generation_look_at_ground(master);
}

static bool
signals_open(struct master *master)
{
    static const int wanted[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD };
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        sigaddset(&set, wanted[i]);
    sigprocmask(SIG_BLOCK, &set, &master->before);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        sigdelset(&master->before, wanted[i]); /* whoever started us may have blocked them */
    master->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return master->signals >= 0;
}

int
master_run(const struct master_options *options, void *world)
{
    struct master *master = memory_new(sizeof *master);
    memset(master, 0, sizeof *master);
    master->options = options;
    master->self = getpid();
    master->world = world;
    master->watcher.vacant = true;
    master->exporter.vacant = options->tell != NULL;
    master->slots = memory_new(options->slots * sizeof *master->slots);
    memset(master->slots, 0, options->slots * sizeof *master->slots);
    if (signals_open(master)) {
        while (!master->leaving)
            turn(master);
        while (master->count > 0) {
            wait_for_news(master);
            write_counters(master);
            kill_late(master);
        }
        close(master->signals);
        log_info("left");
    } else {
        log_error("no signalfd: %s", strerror(errno));
        master->status = 1;
    }
    if (master->next_world != NULL && master->next_world != master->world)
        options->unload(options->whom, master->next_world);
    options->unload(options->whom, master->world);
    int status = master->status;
    free(master->slots);
    free(master);
    return status;
}
