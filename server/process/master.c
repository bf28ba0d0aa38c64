/* SPDX-License-Identifier: ISC */
#include "process/master.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/log.h"
#include "process/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    TICK_MS = COUNTERS_EVERY_MS, /* how often the ground is looked at, too */
    STEADY_MS = 1000,            /* who lived this long did not fail at once */
    BACKOFF_MS = 50,             /* the first wait; doubles */
    BACKOFF_MOST_MS = 3000,
    CHILDREN_MAX = METRIC_SEATS,
    FIRST_TRIES = 5, /* generations that may fail before anything was ever served */
};

enum role { WORKER, WATCHER, EXPORTER };

static const struct {
    const char *name, *log_name;
} roles[] = {
    [WORKER] = { "worker", "songtud worker" },
    [WATCHER] = { "watcher", "songtud watcher" },
    [EXPORTER] = { "exporter", "songtud exporter" },
};

struct child {
    pid_t pid;
    enum role role;
    size_t slot, seat;
    unsigned generation;
    int control; /* the master's end; -1 for who is no worker */
    bool ready, leaving;
    int64_t born; /* clock_monotonic */
};

/* What a generation stands on: where it is another one, another generation is due. */
struct ground {
    unsigned long long archive, content;
    unsigned log; /* how often it was opened anew */
};

/* A place that must always be filled: a worker's slot, the watcher's or the exporter's. */
struct post {
    unsigned failures;
    int64_t due; /* when to fill it, clock_monotonic */
    bool vacant;
};

struct master {
    const struct master_options *options;
    pid_t self;
    void *world, *next_world;
    unsigned counter, current, trying; /* generations; 0: none */
    unsigned tries;                    /* that failed since one was last ready */
    bool reload_again;                 /* asked for while one was under trial */
    unsigned logs;                     /* how often the log was opened anew */
    bool reloaded;                     /* the watcher must learn of the new world */
    bool served;                       /* ready was said */
    bool unwritten;                    /* the counters; the log knows */
    bool damaged, damage_said;         /* of the archive: a worker met it; the log knows */
    struct ground ground, next_ground; /* of `current`, of `trying` */
    int64_t retry;                     /* none is begun before: the last one failed */
    bool leaving;
    int64_t deadline; /* of leaving */
    int status;
    int signals;
    sigset_t before;
    struct post watcher, exporter, *slots;
    struct child children[CHILDREN_MAX];
    size_t count;
};

static void
child_forget(struct master *master, size_t index)
{
    if (master->children[index].control >= 0)
        close(master->children[index].control);
    master->children[index] = master->children[--master->count];
}

static void
child_tell(struct child *child, char word)
{
    child->leaving = true;
    if (child->control >= 0) {
        if (send(child->control, &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1)
            return;
    }
    kill(child->pid, child->role == WORKER ? SIGKILL : SIGTERM);
}

/* What every child does first; it goes on with nothing of the master's but its own sockets. */
static bool
child_settle(struct master *master, enum role role)
{
    static const int defaults[] = { SIGTERM, SIGHUP, SIGCHLD, SIGUSR1, SIGINT };
    pid_t parent = master->self;
    for (size_t i = 0; i < master->count; i++)
        if (master->children[i].control >= 0)
            close(master->children[i].control);
    close(master->signals);
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
        signal(defaults[i], SIG_DFL);
    sigset_t mask = master->before;
    if (role == WATCHER)
        sigaddset(&mask, SIGUSR1); /* or it would die of what it is told too early */
    sigprocmask(SIG_SETMASK, &mask, NULL);
    setpgid(0, 0); /* a terminal's Ctrl-C is for the master alone */
    log_name_set(roles[role].log_name);
    counters_free(master->options->counters);

    const struct identity *identity = master->options->identity;
    if (identity != NULL && privilege_drop(identity) != STATUS_OK) {
        log_error("can't become %s: %s", identity->name, strerror(errno));
        return false;
    }
    if (privilege_never_more() != STATUS_OK) {
        log_error("can't give up new privileges: %s", strerror(errno));
        return false;
    }
    return privilege_die_with(parent, SIGKILL) == STATUS_OK;
}

/* One that no worker has; there are as many as children. */
static size_t
seat_find(const struct master *master)
{
    bool taken[METRIC_SEATS] = { false };
    size_t seat = 0;
    for (size_t i = 0; i < master->count; i++)
        taken[master->children[i].seat] |= master->children[i].role == WORKER;
    while (taken[seat])
        seat++;
    return seat;
}

static int
worker_live(struct master *master, void *world, size_t slot, size_t seat, int control)
{
    const struct master_options *options = master->options;
    if (!child_settle(master, WORKER))
        return 1;
    metrics_sit(options->metrics, seat);
    if (options->tell != NULL)
        close(options->tell_socket);
    for (size_t i = 0; i < options->slots * options->ports; i++)
        if (i / options->ports != slot)
            close(options->sockets[i]);
    return options->work(world, slot, options->sockets + slot * options->ports, control);
}

static struct child *
child_add(struct master *master, pid_t pid, enum role role)
{
    struct child *child = &master->children[master->count++];
    *child = (struct child){ .pid = pid, .role = role, .control = -1, .born = clock_monotonic() };
    return child;
}

static bool
worker_start(struct master *master, size_t slot, unsigned generation, void *world)
{
    int pair[2];
    size_t seat = master->count < CHILDREN_MAX ? seat_find(master) : 0;
    if (master->count == CHILDREN_MAX ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return false;
    pid_t pid = fork();
    if (pid == 0) {
        close(pair[0]);
        _exit(worker_live(master, world, slot, seat, pair[1]));
    }
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return false;
    }
    struct child *child = child_add(master, pid, WORKER);
    child->slot = slot;
    child->seat = seat;
    child->generation = generation;
    child->control = pair[0];
    log_debug("worker started slot=%zu generation=%u pid=%d", slot, generation, (int)pid);
    return true;
}

/* The watcher or the exporter. */
static bool
helper_start(struct master *master, enum role role)
{
    const struct master_options *options = master->options;
    pid_t pid = master->count < CHILDREN_MAX ? fork() : -1;
    if (pid == 0) {
        for (size_t i = 0; i < options->slots * options->ports; i++)
            close(options->sockets[i]);
        int (*live)(void *world) = role == WATCHER ? options->watch : options->tell;
        _exit(child_settle(master, role) ? live(master->world) : 1);
    }
    if (pid < 0)
        return false;
    child_add(master, pid, role);
    return true;
}

/* When a post that lost its child is to be filled again: at once, unless it keeps failing. */
static void
post_vacate(struct post *post, int64_t lived)
{
    int64_t now = clock_monotonic(), wait = 0;
    if (lived >= STEADY_MS)
        post->failures = 0;
    if (post->failures > 0)
        wait = (int64_t)BACKOFF_MS << (post->failures < 7 ? post->failures - 1 : 6);
    post->failures++;
    post->vacant = true;
    post->due = now + (wait < BACKOFF_MOST_MS ? wait : BACKOFF_MOST_MS);
}

static struct ground
ground_of(const struct master *master, void *world)
{
    const struct master_options *options = master->options;
    return (struct ground){ options->archive(options->whom, world),
                            options->content(options->whom, world), master->logs };
}

static void
generation_begin(struct master *master, void *world)
{
    master->next_world = world;
    master->next_ground = ground_of(master, world);
    master->trying = ++master->counter;
    for (size_t slot = 0; slot < master->options->slots; slot++)
        if (!worker_start(master, slot, master->trying, world))
            log_error("can't start a worker: %s", strerror(errno));
}

/* The generation under trial did not come up: what served before goes on. */
static void
generation_fail(struct master *master)
{
    const struct master_options *options = master->options;
    if (master->next_world != master->world)
        options->keep(options->whom, master->world, master->next_world);
    log_error("new workers did not come up%s", master->current != 0 ? ": the old ones stay" : "");
    for (size_t i = 0; i < master->count; i++)
        if (master->children[i].role == WORKER &&
            master->children[i].generation == master->trying && !master->children[i].leaving) {
            master->children[i].leaving = true;
            kill(master->children[i].pid, SIGKILL);
        }
    if (master->next_world != master->world)
        options->unload(options->whom, master->next_world);
    master->next_world = NULL;
    master->trying = 0;
    master->reloaded = false;
    master->tries++;
    int64_t wait = (int64_t)BACKOFF_MS * master->tries;
    master->retry = clock_monotonic() + (wait < BACKOFF_MOST_MS ? wait : BACKOFF_MOST_MS);
}

/* The watcher and the exporter: they get the new world, and the log. */
static void
helpers_renew(struct master *master)
{
    for (size_t i = 0; i < master->count; i++)
        if (master->children[i].role != WORKER)
            child_tell(&master->children[i], WORKER_LEAVE);
}

/* Everyone of the new generation accepts: the others drain. */
static void
generation_settle(struct master *master)
{
    for (size_t i = 0; i < master->count; i++) {
        struct child *child = &master->children[i];
        if (child->role == WORKER && child->generation != master->trying && !child->leaving)
            child_tell(child, WORKER_DRAIN);
    }
    for (size_t slot = 0; slot < master->options->slots; slot++)
        master->slots[slot] = (struct post){ 0 };
    if (master->next_world != master->world) {
        master->options->unload(master->options->whom, master->world);
        master->world = master->next_world;
    }
    if (master->reloaded)
        helpers_renew(master);
    log_info("serving generation=%u workers=%zu", master->trying, master->options->slots);
    master->current = master->trying;
    if (master->ground.archive != master->next_ground.archive)
        master->damage_said = master->damaged = false; /* what was said is of the former one */
    master->ground = master->next_ground;
    master->trying = 0;
    master->tries = 0;
    master->reloaded = false;
    master->next_world = NULL;
    if (!master->served)
        master->options->ready(master->options->whom, master->world);
    master->served = true;
}

static void
generation_look(struct master *master)
{
    size_t ready = 0, alive = 0;
    for (size_t i = 0; i < master->count; i++) {
        const struct child *child = &master->children[i];
        if (child->role != WORKER || child->generation != master->trying)
            continue;
        alive++;
        ready += child->ready;
    }
    if (master->trying == 0)
        return;
    if (alive < master->options->slots)
        generation_fail(master);
    else if (ready == master->options->slots)
        generation_settle(master);
}

static void
on_child_end(struct master *master, pid_t pid, int status)
{
    size_t index = 0;
    while (index < master->count && master->children[index].pid != pid)
        index++;
    if (index == master->count)
        return;
    struct child child = master->children[index];
    const char *who = roles[child.role].name;
    child_forget(master, index);
    if (child.role == WORKER) {
        metrics_rise(master->options->metrics, child.seat);
        master->options->ended(master->options->whom, pid);
    }
    if (!child.leaving && !master->leaving)
        log_warn("%s ended pid=%d %s=%d", who, (int)pid, WIFSIGNALED(status) ? "signal" : "status",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    int64_t lived = clock_monotonic() - child.born;
    if (child.role == WATCHER && !child.leaving && !master->served && WIFEXITED(status) &&
        WEXITSTATUS(status) != 0) {
        log_error("nothing can be served: see the lines above");
        master->status = 1;
        kill(master->self, SIGTERM);
    } else if (child.role != WORKER) {
        post_vacate(child.role == WATCHER ? &master->watcher : &master->exporter,
                    child.leaving ? STEADY_MS : lived);
    } else if (child.generation == master->current && !child.leaving) {
        post_vacate(&master->slots[child.slot], lived);
    }
}

static void
reap(struct master *master)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        on_child_end(master, pid, status);
}

static void
leave(struct master *master)
{
    const struct master_options *options = master->options;
    int64_t wait = master->leaving ? 0 : (int64_t)options->drain_seconds * 1000;
    log_info(master->leaving ? "leaving at once" : "leaving");
    for (size_t i = 0; !master->leaving && i < options->slots * options->ports; i++) {
        socket_stop_incoming(options->sockets[i]);
        close(options->sockets[i]);
    }
    if (!master->leaving && options->tell != NULL)
        close(options->tell_socket);
    master->leaving = true;
    master->deadline = clock_monotonic() + wait;
    for (size_t i = 0; i < master->count; i++)
        child_tell(&master->children[i], WORKER_LEAVE);
}

static void
reload(struct master *master)
{
    if (master->trying != 0) { /* one at a time */
        master->reload_again = true;
        return;
    }
    void *world = master->options->load(master->options->whom, master->world);
    if (world == NULL) {
        log_warn("reload refused: everything stays as it was");
        return;
    }
    log_info("reloading");
    master->reloaded = true;
    generation_begin(master, world);
}

/* What was asked for while a generation was under trial. */
static void
catch_up(struct master *master)
{
    if (master->trying != 0 || !master->reload_again)
        return;
    master->reload_again = false;
    reload(master);
}

static void
reopen_log(struct master *master)
{
    if (log_reopen() != STATUS_OK) {
        log_error("can't open the log anew: %s", strerror(errno));
        return;
    }
    log_info("log reopened");
    master->logs++; /* so that new workers are due */
    helpers_renew(master);
}

static void
on_signal(struct master *master, int signal)
{
    if (signal == SIGCHLD)
        reap(master);
    else if (signal == SIGTERM || signal == SIGINT)
        leave(master);
    else if (!master->leaving && signal == SIGHUP)
        reload(master);
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

/* The watcher makes it anew, unless that happened already. */
static void
pass_on_damage(struct master *master)
{
    const struct master_options *options = master->options;
    if (!master->damaged || master->trying != 0)
        return;
    master->damaged = false;
    if (options->archive(options->whom, master->world) != master->ground.archive)
        return;
    for (size_t i = 0; i < master->count; i++)
        if (master->children[i].role == WATCHER && !master->children[i].leaving)
            kill(master->children[i].pid, SIGUSR1);
    if (!master->damage_said)
        log_warn("the archive is damaged: it is made anew");
    master->damage_said = true;
}

static void
look_at_ground(struct master *master)
{
    const struct master_options *options = master->options;
    bool first = master->current == 0;
    if (master->trying != 0 || clock_monotonic() < master->retry)
        return;
    struct ground now = ground_of(master, master->world);
    bool other_archive = now.archive != master->ground.archive;
    bool other_content = now.content != 0 && now.content != master->ground.content;
    bool other_log = now.log != master->ground.log;
    if (now.archive == 0 || (!first && !other_archive && !other_content && !other_log))
        return;
    if (first && master->tries >= FIRST_TRIES) {
        log_error("workers can't start: giving up");
        master->status = 1;
        leave(master);
        return;
    }
    if (!options->servable(options->whom, master->world))
        return;
    if (!first && other_archive)
        log_info("the archive was made anew");
    if (!first && other_content)
        log_info("the content folder is another one");
    generation_begin(master, master->world);
}

static void
fill_posts(struct master *master)
{
    int64_t now = clock_monotonic();
    struct post *watcher = &master->watcher, *exporter = &master->exporter;
    if (watcher->vacant && watcher->due <= now && helper_start(master, WATCHER))
        watcher->vacant = false;
    if (exporter->vacant && exporter->due <= now && helper_start(master, EXPORTER))
        exporter->vacant = false;
    for (size_t slot = 0; slot < master->options->slots; slot++) {
        struct post *post = &master->slots[slot];
        if (post->vacant && post->due <= now &&
            worker_start(master, slot, master->current, master->world))
            post->vacant = false;
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
    fill_posts(master);
    wait_for_news(master);
    write_counters(master);
    if (master->leaving)
        return;
    generation_look(master);
    catch_up(master);
    pass_on_damage(master);
    look_at_ground(master);
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
