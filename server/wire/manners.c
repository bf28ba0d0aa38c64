/* SPDX-License-Identifier: ISC */
#include "wire/manners.h"

#include "base/buffer.h"

struct turn {
    void *job;
    struct turn *next;
};

struct host {
    char *name;
    int64_t ready; /* not before */
    int64_t pause;
    struct turn *first, **last;
    bool busy;
    struct host *next;
};

struct manners {
    size_t most, busy;
    int64_t pause;
    struct host *hosts, **last; /* who was served goes to the end */
};

struct manners *
manners_new(size_t hosts_at_once, int64_t pause)
{
    struct manners *manners = memory_new(sizeof *manners);
    *manners = (struct manners){ .most = hosts_at_once, .pause = pause };
    manners->last = &manners->hosts;
    return manners;
}

static void *
take_turn(struct host *host)
{
    struct turn *turn = host->first;
    void *job = turn->job;
    host->first = turn->next;
    if (host->first == NULL)
        host->last = &host->first;
    free(turn);
    return job;
}

void
manners_free(struct manners *manners)
{
    while (manners != NULL && manners->hosts != NULL) {
        struct host *host = manners->hosts;
        manners->hosts = host->next;
        while (host->first != NULL)
            take_turn(host);
        free(host->name);
        free(host);
    }
    free(manners);
}

static struct host *
host_of(struct manners *manners, struct span name)
{
    for (struct host *host = manners->hosts; host != NULL; host = host->next)
        if (span_equal_nocase(span_of(host->name), name))
            return host;
    struct host *host = memory_new(sizeof *host);
    *host = (struct host){ .name = memory_text(name), .ready = INT64_MIN, .pause = manners->pause };
    host->last = &host->first;
    *manners->last = host;
    manners->last = &host->next;
    return host;
}

void
manners_add(struct manners *manners, struct span name, bool first, void *job)
{
    struct host *host = host_of(manners, name);
    struct turn *turn = memory_new(sizeof *turn);
    *turn = (struct turn){ job, NULL };
    if (first) {
        turn->next = host->first;
        host->first = turn;
        if (turn->next == NULL)
            host->last = &turn->next;
    } else {
        *host->last = turn;
        host->last = &turn->next;
    }
}

void
manners_slow(struct manners *manners, struct span name, int64_t pause)
{
    struct host *host = host_of(manners, name);
    if (pause > host->pause) {
        if (host->ready > INT64_MIN)
            host->ready += pause - host->pause;
        host->pause = pause;
    }
}

static void
move_to_end(struct manners *manners, struct host **at)
{
    struct host *host = *at;
    if (host->next == NULL)
        return;
    *at = host->next;
    host->next = NULL;
    *manners->last = host;
    manners->last = &host->next;
}

void *
manners_next(struct manners *manners, int64_t now, int64_t *wait)
{
    int64_t soonest = -1;
    if (manners->busy < manners->most)
        for (struct host **at = &manners->hosts; *at != NULL; at = &(*at)->next) {
            struct host *host = *at;
            if (host->busy || host->first == NULL)
                continue;
            if (host->ready <= now) {
                host->busy = true;
                manners->busy++;
                move_to_end(manners, at);
                return take_turn(host);
            }
            if (soonest < 0 || host->ready - now < soonest)
                soonest = host->ready - now;
        }
    *wait = soonest;
    return NULL;
}

void
manners_done(struct manners *manners, struct span name, int64_t now)
{
    struct host *host = host_of(manners, name);
    host->busy = false;
    host->ready = now + host->pause;
    manners->busy--;
}

void *
manners_drop(struct manners *manners)
{
    for (struct host *host = manners->hosts; host != NULL; host = host->next)
        if (host->first != NULL)
            return take_turn(host);
    return NULL;
}
