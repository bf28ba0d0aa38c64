/* SPDX-License-Identifier: ISC */
/* crew.h - the master as its own files know it: its children, the posts they fill, and what it has
 * on hand. Only master.c, generation.c, upgrade.c, pulse.c and crew.c include it. */
#pragma once

#include "process/master.h"
#include "process/metrics.h"

#include <signal.h>

enum { CHILDREN_MAX = METRIC_SEATS };
enum { BACKOFF_MS = 50, BACKOFF_MOST_MS = 3000 }; /* the first wait, and the longest */

enum role { WORKER, WATCHER, EXPORTER, HEIR };

struct child {
    pid_t pid;
    enum role role;
    size_t slot, seat;
    unsigned generation;
    int control; /* the master's end; -1 for the watcher and the exporter */
    bool ready, leaving;
    bool silent;      /* another took its place for that */
    int64_t born;     /* clock_monotonic */
    int64_t asked;    /* likewise: since when it owes an answer; 0: it owes none */
    uint64_t counted; /* metrics_counted, when it was last looked at */
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

/* Another songtud, until it fails or serves. */
struct heir {
    pid_t pid;
    bool ended;       /* before it served */
    unsigned logs;    /* how often the log had been opened anew when it began */
    int64_t deadline; /* to serve, or to leave with us */
    int control;      /* once it serves: when it ends, we end; -1: none */
};

struct master {
    const struct master_options *options;
    pid_t self;
    int64_t started; /* clock_now */
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
    int64_t felt;                      /* when the workers' pulse was */
    int64_t retry;                     /* none is begun before: the last one failed */
    bool leaving;
    int64_t deadline; /* of leaving */
    bool hurried;     /* there is a deadline */
    bool retired;     /* an heir serves */
    bool upgrade_wanted, upgrading;
    struct heir heir;
    int elder;        /* -1: none, or he has ended */
    bool minor, told; /* he has not left us all yet; he knows that we serve */
    int status;
    int signals;
    sigset_t before;
    struct post watcher, exporter, *slots;
    struct child children[CHILDREN_MAX];
    size_t count;
};

/* false: it can't be started, errno says why. */
bool crew_start_worker(struct master *master, size_t slot, unsigned generation, void *world);
/* Starts whoever is due. */
void crew_fill_posts(struct master *master);
/* One of the WORKER_ words. */
void crew_tell(struct child *child, char word);
/* The watcher and the exporter: they get the new world, and the log. */
void crew_renew_helpers(struct master *master);
/* Who has ended is missed no longer; his post is vacant. */
void crew_reap(struct master *master);
/* Everybody leaves, and nobody new comes in; told again, at once. */
void crew_leave(struct master *master);
/* Everybody leaves, without haste: others accept. */
void crew_retire(struct master *master);
/* A child whose `control` is the other end of a new pair; in it, the pair's end is *own. Returns as
 * fork does; errno. */
pid_t crew_fork(struct master *master, enum role role, int *own);
/* Who was one of us is somebody of his own; his `control` stays open. */
void crew_release(struct master *master, struct child *child);
