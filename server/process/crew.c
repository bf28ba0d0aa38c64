/* SPDX-License-Identifier: ISC */
#include "process/crew.h"

#include "base/clock.h"
#include "base/log.h"
#include "process/socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STEADY_MS = 1000 };      /* who lived this long did not fail at once */
enum { HEIR_LEAVES_MS = 5000 }; /* it may be deaf, and holds nobody up */

static const struct {
    const char *name, *log_name;
} roles[] = {
    [WORKER] = { "worker", "songtud worker" },
    [WATCHER] = { "watcher", "songtud watcher" },
    [EXPORTER] = { "exporter", "songtud exporter" },
    [HEIR] = { "new songtud", "songtud" },
};

static void
child_forget(struct master *master, size_t index)
{
    if (master->children[index].control >= 0)
        close(master->children[index].control);
    master->children[index] = master->children[--master->count];
}

void
crew_tell(struct child *child, char word)
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
    static const int defaults[] = { SIGTERM, SIGHUP, SIGCHLD, SIGUSR1, SIGUSR2, SIGINT };
    pid_t parent = master->self;
    for (size_t i = 0; i < master->count; i++)
        if (master->children[i].control >= 0)
            close(master->children[i].control);
    if (master->elder >= 0)
        close(master->elder);
    inheritance_forgo(&master->options->bequest);
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

static int
worker_run(struct master *master, void *world, size_t slot, size_t seat, int control)
{
    const struct master_options *options = master->options;
    if (!child_settle(master, WORKER))
        return 1;
    metrics_sit(options->metrics, seat);
    if (options->tell != NULL)
        close(options->tell_socket);
    for (size_t i = 0; i < options->slots * PROTOCOLS; i++)
        if (i / PROTOCOLS != slot && options->sockets[i] >= 0)
            close(options->sockets[i]);
    return options->work(world, slot, options->sockets + slot * PROTOCOLS, control);
}

static struct child *
child_add(struct master *master, pid_t pid, enum role role)
{
    struct child *child = &master->children[master->count++];
    *child = (struct child){ .pid = pid, .role = role, .control = -1, .born = clock_monotonic() };
    return child;
}

/* errno says so, too. */
static bool
is_crowded(const struct master *master)
{
    if (master->count < CHILDREN_MAX)
        return false;
    errno = EAGAIN;
    return true;
}

pid_t
crew_fork(struct master *master, enum role role, int *own)
{
    int pair[2];
    if (is_crowded(master) || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return -1;
    pid_t pid = fork();
    int why = errno;
    close(pair[pid == 0 ? 0 : 1]);
    if (pid == 0)
        *own = pair[1];
    else if (pid < 0)
        close(pair[0]);
    else
        child_add(master, pid, role)->control = pair[0];
    errno = why;
    return pid;
}

bool
crew_start_worker(struct master *master, size_t slot, unsigned generation, void *world)
{
    int own;
    if (is_crowded(master))
        return false;
    size_t seat = metrics_claim(master->options->metrics);
    pid_t pid = crew_fork(master, WORKER, &own);
    if (pid == 0)
        _exit(worker_run(master, world, slot, seat, own));
    if (pid < 0) {
        metrics_rise(master->options->metrics, seat);
        return false;
    }
    struct child *child = &master->children[master->count - 1];
    child->slot = slot;
    child->seat = seat;
    child->generation = generation;
    log_debug("worker started slot=%zu generation=%u pid=%d", slot, generation, (int)pid);
    return true;
}

/* The watcher or the exporter. */
static bool
helper_start(struct master *master, enum role role)
{
    const struct master_options *options = master->options;
    pid_t pid = is_crowded(master) ? -1 : fork();
    if (pid == 0) {
        for (size_t i = 0; i < options->slots * PROTOCOLS; i++)
            if (options->sockets[i] >= 0)
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

static void
post_fill(struct master *master, struct post *post, enum role role, size_t slot)
{
    if (!post->vacant || clock_monotonic() < post->due)
        return;
    bool filled = role == WORKER ? crew_start_worker(master, slot, master->current, master->world)
                                 : helper_start(master, role);
    if (filled) {
        post->vacant = false;
        return;
    }
    log_error("can't start the %s: %s", roles[role].name, strerror(errno));
    post_vacate(post, 0);
}

void
crew_fill_posts(struct master *master)
{
    if (!master->upgrading) /* the heir's writes the archive, in a form of its own maybe */
        post_fill(master, &master->watcher, WATCHER, 0);
    post_fill(master, &master->exporter, EXPORTER, 0);
    for (size_t slot = 0; slot < master->options->slots; slot++)
        post_fill(master, &master->slots[slot], WORKER, slot);
}

/* The watcher and the exporter: they get the new world, and the log. */
void
crew_renew_helpers(struct master *master)
{
    for (size_t i = 0; i < master->count; i++)
        if (master->children[i].role == WATCHER || master->children[i].role == EXPORTER)
            crew_tell(&master->children[i], WORKER_LEAVE);
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
    } else if (child.role == HEIR) {
        master->heir.ended = true;
    } else if (child.role != WORKER) {
        post_vacate(child.role == WATCHER ? &master->watcher : &master->exporter,
                    child.leaving ? STEADY_MS : lived);
    } else if (child.generation == master->current && !child.leaving) {
        post_vacate(&master->slots[child.slot], lived);
    }
}

void
crew_reap(struct master *master)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        on_child_end(master, pid, status);
}

/* We let go of all that listens; nobody else accepts there unless `shared`. */
static void
close_doors(struct master *master, bool shared)
{
    const struct master_options *options = master->options;
    for (size_t i = 0; i < options->slots * PROTOCOLS; i++) {
        if (options->sockets[i] < 0)
            continue;
        if (!shared)
            socket_stop_incoming(options->sockets[i]);
        close(options->sockets[i]);
    }
    if (options->tell != NULL)
        close(options->tell_socket);
    master->leaving = true;
}

void
crew_leave(struct master *master)
{
    bool again = master->hurried;
    log_info(again ? "leaving at once" : "leaving");
    if (!master->leaving)
        close_doors(master, master->minor); /* his elder's, until he gives them up */
    if (master->elder >= 0)
        close(master->elder); /* he leaves, too */
    master->elder = -1;
    master->hurried = true;
    master->heir.deadline = clock_monotonic() + HEIR_LEAVES_MS;
    master->deadline = clock_monotonic() +
                       (again ? 0 : (int64_t)master->options->drain_seconds * 1000);
    for (size_t i = 0; i < master->count; i++)
        crew_tell(&master->children[i], WORKER_LEAVE);
}

void
crew_retire(struct master *master)
{
    close_doors(master, true);
    master->retired = true;
    master->deadline = INT64_MAX;
    for (size_t i = 0; i < master->count; i++)
        crew_tell(&master->children[i], WORKER_DRAIN);
}

void
crew_release(struct master *master, struct child *child)
{
    child->control = -1; /* or it would be closed */
    child_forget(master, (size_t)(child - master->children));
}
