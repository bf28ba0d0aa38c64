/* SPDX-License-Identifier: ISC */
/* crew.h - the master as its own files know it: its children, the posts they fill, and what it has
 * on hand. Only master.c, generation.c and crew.c include it. */
#pragma once

#include "process/master.h"
#include "process/metrics.h"

#include <signal.h>

enum { CHILDREN_MAX = METRIC_SEATS };
enum { BACKOFF_MS = 50, BACKOFF_MOST_MS = 3000 }; /* the first wait, and the longest */

enum role { WORKER, WATCHER, EXPORTER };

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
