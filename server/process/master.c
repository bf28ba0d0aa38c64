/* SPDX-License-Identifier: ISC */
#include "process/master.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/log.h"
#include "process/generation.h"
#include "process/pulse.h"
#include "process/upgrade.h"

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
    else if (!master->leaving && signal == SIGUSR2)
        upgrade_ask(master);
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
        pulse_answer(child);
    else if (got == 1 && word == WORKER_DAMAGED)
        master->damaged = master->damaged || !child->leaving; /* who leaves knows the last one */
    else if (got == 0) {                                      /* it ends */
        close(child->control);
        child->control = -1;
    }
}

/* Milliseconds: who is to fill a post is not waited for long. */
static int
patience(const struct master *master)
{
    bool vacant = (master->watcher.vacant && !master->upgrading) || master->exporter.vacant;
    if (master->leaving)
        return TICK_MS;
    for (size_t slot = 0; slot < master->options->slots; slot++)
        vacant = vacant || master->slots[slot].vacant;
    return vacant ? BACKOFF_MS / 2 : TICK_MS;
}

/* Waits for a signal, somebody's word, or the tick. */
static void
wait_for_news(struct master *master)
{
    enum { SIGNALS, ELDER, HEIRS, CHILDREN };
    struct pollfd fds[CHILDREN + CHILDREN_MAX] = {
        [SIGNALS] = { .fd = master->signals, .events = POLLIN },
        [ELDER] = { .fd = master->elder, .events = POLLIN },
        [HEIRS] = { .fd = master->heir.control, .events = POLLIN },
    };
    size_t count = master->count;
    for (size_t i = 0; i < count; i++)
        fds[CHILDREN + i] = (struct pollfd){ .fd = master->children[i].control, .events = POLLIN };
    if (poll(fds, CHILDREN + (nfds_t)count, patience(master)) <= 0)
        return;
    for (size_t i = 0; i < count; i++)
        if (fds[CHILDREN + i].revents != 0)
            read_control(master, &master->children[i]);
    if (fds[ELDER].revents != 0)
        upgrade_hear_elder(master);
    if (fds[HEIRS].revents != 0)
        upgrade_hear_heir(master);
    if (fds[SIGNALS].revents != 0)
        read_signals(master);
}

/* What was counted, for people to look at. */
static void
write_counters(struct master *master)
{
    const struct master_options *options = master->options;
    struct metric_values values;
    uint64_t serving = 0, draining = 0;
    if (options->counters == NULL || master->minor || master->retired) /* another one's to write */
        return;
    for (size_t i = 0; i < master->count; i++) {
        const struct child *child = &master->children[i];
        draining += child->role == WORKER && child->leaving;
        serving += child->role == WORKER && child->ready && !child->leaving;
    }
    metrics_set(options->metrics, METRIC_WORKERS_SERVING, serving);
    metrics_set(options->metrics, METRIC_WORKERS_DRAINING, draining);
    metrics_set(options->metrics, METRIC_GENERATION, master->current);
    metrics_set(options->metrics, METRIC_STARTED, (uint64_t)master->started);
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
    pulse_feel(master);
    generation_look(master);
    upgrade_look(master);
    if (master->leaving || master->upgrading) /* what is new is the heir's */
        return;
    generation_catch_up(master);
    generation_pass_on_damage(master);
    generation_look_at_ground(master);
}

static bool
signals_open(struct master *master)
{
    static const int wanted[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD };
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
    master->started = clock_now();
    master->world = world;
    master->watcher.vacant = true;
    master->exporter.vacant = options->tell != NULL;
    master->heir.control = -1;
    master->elder = options->elder;
    master->minor = options->elder >= 0;
    master->slots = memory_new(options->slots * sizeof *master->slots);
    memset(master->slots, 0, options->slots * sizeof *master->slots);
    if (signals_open(master)) {
        while (!master->leaving)
            turn(master);
        while (master->count > 0 || master->elder >= 0) { /* whose readers are ours */
            wait_for_news(master);
            write_counters(master);
            upgrade_look(master);
            pulse_feel(master);
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
