/* SPDX-License-Identifier: ISC */
#include "net/listener.h"

#include "base/clock.h"
#include "base/log.h"
#include "net/connection.h"
#include "net/peer.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ACCEPTS_AT_ONCE = 64, PAUSE_MS = 100 };
static const struct timeval PAUSE = { 0, PAUSE_MS * 1000 };

/* One of its sockets. */
struct door {
    struct listener *listener;
    struct listener_options options;
    struct event *event;
};

struct listener {
    struct listener_options options; /* the first door's */
    struct door doors[PROTOCOLS];
    size_t count;
    bool open; /* the doors' events wait for somebody */
    struct event *pause;
    struct event *again;             /* to see whether somebody waits though there is no place */
    struct connection *first, *last; /* the newest, the oldest */
    size_t busy;
    bool draining;
    bool full;         /* and the log knows */
    bool starved;      /* of descriptors or memory, and the log knows */
    size_t starved_at; /* so many were busy then */
};

static void
note_full(struct listener *listener)
{
    if (listener->full)
        return;
    log_warn("full: further readers wait connections=%zu", listener->options.connections_max);
    metrics_add(listener->options.metrics, METRIC_REFUSED_WORKER, 1);
    listener->full = true;
}

/* It is over when a quarter is free and nobody waits; one who leaves and one who comes are not. */
static bool
is_roomy(const struct listener *listener)
{
    return listener->busy <
           listener->options.connections_max - listener->options.connections_max / 4;
}

static bool
is_paused(const struct listener *listener)
{
    return event_pending(listener->pause, EV_TIMEOUT, NULL);
}

static void
set_open(struct listener *listener, bool open)
{
    for (size_t i = 0; open != listener->open && i < listener->count; i++)
        (open ? event_add(listener->doors[i].event, NULL) : event_del(listener->doors[i].event));
    listener->open = open;
}

static void
settle(struct listener *listener)
{
    bool room = listener->busy < listener->options.connections_max;
    if (!room)
        note_full(listener);
    if (!room && !listener->draining && !event_pending(listener->again, EV_TIMEOUT, NULL))
        event_add(listener->again, &PAUSE);
    if (listener->draining || !room)
        set_open(listener, false);
    else if (!is_paused(listener))
        set_open(listener, true);
}

/* Is it over, or does anybody wait? */
static void
ask_whether_over(struct listener *listener)
{
    settle(listener);
    if ((listener->full || listener->starved) && !listener->draining && !is_paused(listener) &&
        is_roomy(listener))
        for (size_t i = 0; i < listener->count; i++)
            event_active(listener->doors[i].event, EV_READ, 0);
}

static void
on_ended(void *whom, struct connection *connection)
{
    struct listener *listener = whom;
    struct connection *next = *connection_next(connection);
    struct connection *previous = *connection_previous(connection);
    if (previous != NULL)
        *connection_next(previous) = next;
    else
        listener->first = next;
    if (next != NULL)
        *connection_previous(next) = previous;
    else
        listener->last = previous;
    listener->busy--;
    metrics_less(listener->options.metrics, METRIC_CONNECTIONS);
    ask_whether_over(listener);
}

/* A proxy is no reader: whom it asks for is told by each question. */
static struct verdict
judge(const struct door *door, const struct sockaddr *peer)
{
    if (networks_have(door->options.proxies, network_of(peer)))
        return (struct verdict){ .proxy = true };
    return limit_take(door->listener->options.limit, peer, clock_monotonic());
}

static void
take(struct door *door, int socket, const struct sockaddr_storage *peer)
{
    struct listener *listener = door->listener;
    char text[PEER_TEXT] = "?";
    const struct sockaddr *address = (const struct sockaddr *)peer;
    struct verdict verdict = judge(door, address);
    bool silent = verdict.by != LIMIT_NONE && verdict.seconds == 0;
    if (!silent || verdict.news)
        peer_print(address, listener->options.whole_addresses, text);
    metrics_add(listener->options.metrics, METRIC_ACCEPTED, 1);
    peer_note_refusal(listener->options.metrics, &verdict, text);
    if (silent) {
        close(socket);
        return;
    }
    struct connection *connection = connection_start(&door->options, socket, text, &verdict,
                                                     on_ended, listener);
    if (connection == NULL)
        return;
    *connection_next(connection) = listener->first;
    if (listener->first != NULL)
        *connection_previous(listener->first) = connection;
    else
        listener->last = connection;
    listener->first = connection;
    listener->busy++;
    metrics_add(listener->options.metrics, METRIC_CONNECTIONS, 1);
    connection_begin(connection); /* its first words may have come already */
}

/* Rather than spin while the system has nothing to give; told of once until it is over. */
static void
pause_a_little(struct listener *listener, int why)
{
    if (!listener->starved) {
        log_warn("can't accept: %s: further readers wait connections=%zu", strerror(why),
                 listener->busy);
        listener->starved_at = listener->busy;
    }
    listener->starved = true;
    set_open(listener, false);
    event_add(listener->pause, &PAUSE);
}

/* false: nobody waits, or nothing can be done for him now. The system says so of descriptors before
 * it looks whether there is somebody; `sure`: there is. */
static bool
accept_one(struct door *door, bool sure)
{
    struct listener *listener = door->listener;
    struct sockaddr_storage peer;
    socklen_t len = sizeof peer;
    int socket = accept4(door->options.socket, (struct sockaddr *)&peer, &len,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket >= 0) {
        take(door, socket, &peer);
        return true;
    }
    bool lacks = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    if (lacks && sure)
        pause_a_little(listener, errno);
    else if (errno == EAGAIN && listener->busy * 4 <= listener->starved_at * 3)
        listener->starved = false; /* as with `full`: a quarter left, and nobody waits */
    return errno == ECONNABORTED || errno == EINTR;
}

/* The oldest of those who only wait; NULL: none. */
static struct connection *
find_idle(const struct listener *listener)
{
    int64_t now = clock_monotonic();
    struct connection *connection = listener->last;
    while (connection != NULL && !connection_is_idle(connection, now))
        connection = *connection_previous(connection);
    return connection;
}

/* The system has nothing for one who comes, but for what is given back by one who only waits. */
static bool
make_room(struct listener *listener)
{
    struct connection *idle = is_paused(listener) ? find_idle(listener) : NULL;
    if (idle == NULL)
        return false;
    event_del(listener->pause);
    connection_give_way(idle);
    return true;
}

/* As accept_one; where there is no place left, in that of one who only waits. */
static bool
accept_next(struct door *door, bool sure)
{
    struct listener *listener = door->listener;
    size_t most = listener->options.connections_max;
    struct connection *idle = listener->busy < most ? NULL : find_idle(listener);
    if (listener->busy >= most && idle == NULL)
        return false;
    bool waits = accept_one(door, sure);
    if (listener->busy > most)
        connection_give_way(idle);
    return waits || (sure && make_room(listener));
}

static void
on_accept(evutil_socket_t socket, short what, void *whom)
{
    struct door *door = whom;
    struct listener *listener = door->listener;
    bool waits = true, alone = false;
    (void)socket, (void)what;
    for (int i = 0; waits && !alone && i < ACCEPTS_AT_ONCE; i++) {
        waits = accept_next(door, i == 0);
        alone = waits && listener->busy == 1; /* so probably nobody stands behind him */
    }
    if (listener->full && !waits && !listener->starved && is_roomy(listener)) {
        log_info("no longer full connections=%zu", listener->busy);
        listener->full = false;
    }
    settle(listener);
}

static void
on_pause_over(evutil_socket_t socket, short what, void *whom)
{
    (void)socket, (void)what;
    ask_whether_over(whom);
}

static void
on_again(evutil_socket_t socket, short what, void *whom)
{
    struct listener *listener = whom;
    (void)socket, (void)what;
    if (!listener->draining && !is_paused(listener))
        set_open(listener, true);
}

struct listener *
listener_start(const struct listener_options *options)
{
    struct listener *listener = memory_new(sizeof *listener);
    *listener = (struct listener){ .options = *options };
    signal(SIGPIPE, SIG_IGN); /* a reader who leaves is no reason to die */
    listener->pause = event_new(options->base, -1, 0, on_pause_over, listener);
    listener->again = event_new(options->base, -1, 0, on_again, listener);
    if (listener->pause == NULL || listener->again == NULL)
        memory_end();
    listener->open = true;
    listener_add(listener, options);
    return listener;
}

void
listener_add(struct listener *listener, const struct listener_options *options)
{
    assert(listener->count < PROTOCOLS);
    struct door *door = &listener->doors[listener->count++];
    *door = (struct door){ .listener = listener, .options = *options };
    door->event = event_new(options->base, options->socket, EV_READ | EV_PERSIST, on_accept, door);
    if (door->event == NULL)
        memory_end();
    if (listener->open)
        event_add(door->event, NULL);
}

void
listener_drain(struct listener *listener)
{
    listener->draining = true;
    event_del(listener->pause);
    event_del(listener->again);
    for (struct connection *one = listener->first, *next; one != NULL; one = next) {
        next = *connection_next(one);
        connection_drain(one);
    }
    settle(listener);
}

size_t
listener_busy(const struct listener *listener)
{
    return listener->busy;
}

void
listener_stop(struct listener *listener)
{
    if (listener == NULL)
        return;
    while (listener->first != NULL) {
        struct connection *next = *connection_next(listener->first);
        connection_stop(listener->first);
        listener->first = next;
    }
    for (size_t i = 0; i < listener->count; i++)
        event_free(listener->doors[i].event);
    event_free(listener->pause);
    event_free(listener->again);
    free(listener);
}
