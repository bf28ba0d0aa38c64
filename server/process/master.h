/* SPDX-License-Identifier: ISC */
/* master.h - the parent process: keeps one worker per slot, one watcher and one exporter alive,
 * starts a new generation of workers on a reload, and ends them all in good order (DESIGN 4).
 *
 * It owns the listening sockets for its whole life, so that neither a crash nor a reload drops a
 * waiting connection. It knows nothing of protocols but how many there are, nor of pages: a world
 * is whatever `load` makes. */
#pragma once

#include "base/status.h"
#include "process/counters.h"
#include "process/inheritance.h"
#include "process/privilege.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What a worker hears on its control descriptor: it is to say that it is there; others accept in
 * its place; or nobody new comes, and it accepts who is still on the way, for WORKER_LAST_LOOK_MS.
 * End of file means: the master is gone, leave now. */
enum { WORKER_ASKED = 'a', WORKER_DRAIN = 'd', WORKER_LEAVE = 'l', WORKER_LAST_LOOK_MS = 200 };
/* What it says there: once it accepts, and when it is asked; and that the archive is damaged, as
 * often as it likes. */
enum { WORKER_READY = 'r', WORKER_DAMAGED = 'b' };

struct master_options {
    size_t slots;                    /* workers */
    const int *sockets;              /* [slot * PROTOCOLS + protocol]; -1: it is not spoken */
    const struct identity *identity; /* children become this; NULL: they stay who we are */
    int drain_seconds;               /* how long a leaving worker may take */
    int patience_ms;           /* for one who lets readers wait and gives no sign; 0: endless */
    struct metrics *metrics;   /* workers sit down there; NULL: nothing is counted */
    struct counters *counters; /* where the master writes them; NULL: nowhere */

    /* Reads settings, certificates and labels anew: a world that new workers get, or NULL (the
     * fault is logged already), and the old one, `now`, stays. */
    void *(*load)(void *whom, const void *now);
    void (*unload)(void *whom, void *world);
    /* The workers of a world that was loaded did not come up: `now` stays, and with it whatever
     * else `load` changed. `failed` is unloaded next. */
    void (*keep)(void *whom, const void *now, const void *failed);
    /* Called every COUNTERS_EVERY_MS or sooner, until the end begins. NULL: nothing is to do. */
    void (*tick)(void *whom, void *world);
    /* Something can be served from this world now (the archive opens). */
    bool (*servable)(void *whom, void *world);
    /* A number that changes when the archive's file is another one; 0: none there. */
    unsigned long long (*archive)(void *whom, void *world);
    /* Likewise for the content folder, which workers hold open; 0: none there, and who serves
     * stays. */
    unsigned long long (*content)(void *whom, void *world);
    /* A worker's life, in the child, its privileges dropped; what it returns is its exit status. */
    int (*work)(void *world, size_t slot, const int *sockets, int control);
    /* The watcher's, likewise: executes it, or returns an exit status. It gets SIGUSR1, blocked
     * till it wants it, where a worker met a damaged archive. */
    int (*watch)(void *world);
    /* Likewise of who tells the metrics to those that connect to `tell_socket`. NULL: nobody. */
    int (*tell)(void *world);
    int tell_socket;
    /* A worker has ended, in good order or not. */
    void (*ended)(void *whom, pid_t worker);
    /* On SIGUSR2, what to run, and what to leave open for it but the listening sockets; NULL:
     * SIGUSR2 is refused. */
    char *const *program;
    struct inheritance bequest;
    int upgrade_seconds; /* how long it may take till it serves */
    /* It serves, and we don't any more. */
    void (*succeeded)(void *whom, pid_t heir);
    int elder; /* to the master whose heir we are, until he has ended; -1: nobody's */
    /* Called once, when the first generation accepts. */
    void (*ready)(void *whom, void *world);
    void *whom;
};

/* Runs until SIGTERM or SIGINT. Takes `world`. SIGHUP: load anew; SIGUSR1: reopen the log; SIGUSR2:
 * another one takes over, and we end once our readers are done. Returns the exit status: 0 after a
 * clean end, 1 where nothing can be served. */
int master_run(const struct master_options *options, void *world);
