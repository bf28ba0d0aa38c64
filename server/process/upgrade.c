/* SPDX-License-Identifier: ISC */
#include "process/upgrade.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ELDER_YOURS = 'y' }; /* an elder says that, or WORKER_LEAVE */

void
upgrade_ask(struct master *master)
{
    if (master->options->program == NULL)
        log_warn("upgrade refused: there is no program to run");
    else if (master->upgrading || master->upgrade_wanted)
        log_warn("upgrade refused: one is under way");
    else
        master->upgrade_wanted = true;
}

/* Signals stay blocked, so that none is lost till it wants them. */
static _Noreturn void
become_heir(const struct master_options *options, int elder)
{
    struct inheritance bequest = options->bequest;
    bequest.elder = elder;
    for (size_t port = 0; port < PROTOCOLS; port++) {
        bequest.count[port] = options->sockets[port] >= 0 ? options->slots : 0;
        for (size_t i = 0; i < bequest.count[port]; i++)
            bequest.sockets[port][i] = options->sockets[i * PROTOCOLS + port];
    }
    setpgid(0, 0); /* so that it can be ended with all it started */
    inheritance_leave(&bequest);
    execvp(options->program[0], options->program);
    log_error("%s can't be run: %s", options->program[0], strerror(errno));
    _exit(127);
}

static void
begin(struct master *master)
{
    const struct master_options *options = master->options;
    int own;
    master->upgrade_wanted = false;
    pid_t pid = crew_fork(master, HEIR, &own);
    if (pid == 0)
        become_heir(options, own);
    if (pid < 0) {
        log_error("upgrade failed: no process can be started: %s", strerror(errno));
        return;
    }
    master->upgrading = true;
    master->heir.pid = pid;
    master->heir.logs = master->logs;
    master->heir.deadline = clock_monotonic() + (int64_t)options->upgrade_seconds * 1000;
    log_info("upgrading: %s pid=%d", options->program[0], (int)pid);
    for (size_t i = 0; i < master->count; i++)
        if (master->children[i].role == WATCHER)
            crew_tell(&master->children[i], WORKER_LEAVE);
}

static void
fail(struct master *master)
{
    kill(-master->heir.pid, SIGKILL); /* what it left behind */
    master->upgrading = master->heir.ended = false;
    if (!master->leaving)
        log_error("upgrade failed: the new songtud ended before it served, see the lines above; "
                  "the old one serves on");
}

static void
end_late(struct master *master)
{
    if (clock_monotonic() < master->heir.deadline)
        return;
    log_error("the new songtud does not %s: killed pid=%d", master->leaving ? "leave" : "serve",
              (int)master->heir.pid);
    kill(-master->heir.pid, SIGKILL);
    master->heir.deadline = INT64_MAX;
}

/* The heir serves, unless it ends this very moment: then we hear of that next. */
static void
succeed(struct master *master, struct child *heir)
{
    const struct master_options *options = master->options;
    const char yours = ELDER_YOURS;
    counters_let_go(options->counters); /* first: it writes there at once */
    if (send(heir->control, &yours, 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1) {
        heir->ready = false;
        return;
    }
    log_info("upgraded: the new songtud serves pid=%d, this one ends when its readers are done",
             (int)heir->pid);
    master->heir.control = heir->control;
    crew_release(master, heir);
    master->upgrading = false;
    crew_retire(master);
    options->succeeded(options->whom, master->heir.pid);
    if (master->reload_again) /* what it was too young to hear */
        kill(master->heir.pid, SIGHUP);
    if (master->logs != master->heir.logs)
        kill(master->heir.pid, SIGUSR1);
}

static struct child *
find_heir(struct master *master)
{
    for (size_t i = 0; i < master->count; i++)
        if (master->children[i].role == HEIR)
            return &master->children[i];
    return NULL;
}

static void
look_at_heir(struct master *master)
{
    struct child *heir = find_heir(master);
    if (master->heir.ended)
        fail(master);
    else if (heir != NULL && heir->ready && !master->leaving)
        succeed(master, heir);
    else
        end_late(master);
}

void
upgrade_look(struct master *master)
{
    const char ready = WORKER_READY;
    if (master->upgrading)
        look_at_heir(master);
    else if (master->minor && master->served && !master->told && !master->leaving)
        master->told = send(master->elder, &ready, 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
    else if (master->upgrade_wanted && master->served && !master->minor && !master->leaving &&
             master->trying == 0)
        begin(master);
}

void
upgrade_hear_elder(struct master *master)
{
    char word;
    ssize_t got = recv(master->elder, &word, 1, MSG_DONTWAIT);
    if (got == 1 && word == ELDER_YOURS) {
        master->minor = false;
    } else if (got == 1 && word == WORKER_LEAVE && !master->leaving) {
        crew_leave(master);
    } else if (got == 0) {
        close(master->elder);
        master->elder = -1;
        if (!master->minor || master->leaving)
            return;
        log_error("the songtud before has ended, and left nothing to this one");
        master->status = 1;
        crew_leave(master);
    }
}

void
upgrade_hear_heir(struct master *master)
{
    char word;
    if (recv(master->heir.control, &word, 1, MSG_DONTWAIT) != 0)
        return;
    close(master->heir.control);
    master->heir.control = -1;
    if (!master->hurried)
        crew_leave(master);
}
