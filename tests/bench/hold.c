/* SPDX-License-Identifier: ISC */
/* Readers who cost a server more than they ought to: connected and silent, idle behind the
 * handshake, with half a question asked, or deaf to the answer. They stay until the server hangs
 * up, or until standard input ends. */
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 256, SHAKING_AT_ONCE = 64, DEAF_BYTES = 4096 };

static const struct manner {
    const char *name;
    bool shakes;     /* hands */
    bool asks, half; /* all of the question, or a half */
    bool hears;
} manners[] = {
    { .name = "silent", .hears = true },
    { .name = "idle", .shakes = true, .hears = true },
    { .name = "half", .shakes = true, .half = true, .hears = true },
    { .name = "deaf", .shakes = true, .asks = true },
    { .name = NULL },
};

struct holding {
    const struct wishes *wishes;
    const struct manner *manner;
    struct reader *readers;
    long begun, shaking, held, refused, ended; /* held: who came that far, ended or not */
    bool told;
    int64_t start;
};

static const struct manner *
manner_find(const char *name)
{
    const struct manner *manner = manners;
    while (manner->name != NULL && strcmp(manner->name, name) != 0)
        manner++;
    return manner->name != NULL ? manner : NULL;
}

static void
tell(struct holding *holding)
{
    if (holding->told || holding->held + holding->refused < holding->wishes->count)
        return;
    holding->told = true;
    printf("held=%ld refused=%ld ended=%ld seconds=%.3f\n", holding->held, holding->refused,
           holding->ended, (double)(now() - holding->start) / 1e6);
    fflush(stdout);
}

/* He has come where he stays. */
static void
settle(struct holding *holding, struct reader *reader)
{
    const struct target *target = reader->target;
    const struct manner *manner = holding->manner;
    struct epoll_event event = { .events = manner->hears ? EPOLLIN : 0, .data.ptr = reader };
    int len = manner->asks ? target->request_len : manner->half ? target->request_len / 2 : 0;
    if (len > 0)
        SSL_write(reader->ssl, target->request, len);
    reader->shaken = true;
    epoll_ctl(target->epoll, EPOLL_CTL_MOD, reader->fd, &event);
    holding->shaking--;
    holding->held++;
}

static void
begin_some(struct holding *holding)
{
    const struct wishes *wishes = holding->wishes;
    while (holding->begun < wishes->count && holding->shaking < SHAKING_AT_ONCE) {
        struct reader *reader = &holding->readers[holding->begun++];
        reader_begin(reader, wishes->target, now());
        holding->shaking++;
        if (!holding->manner->shakes)
            settle(holding, reader);
    }
    tell(holding);
}

static void
shake(struct holding *holding, struct reader *reader)
{
    int shaken = reader_shake(reader);
    if (shaken > 0)
        settle(holding, reader);
    if (shaken >= 0)
        return;
    holding->shaking--;
    holding->refused++;
    reader_end(reader);
}

/* Tickets are no end; whatever ends the stream of bytes is. */
static bool
has_ended(struct reader *reader, const struct manner *manner)
{
    char text[4096];
    ssize_t got = 1;
    if (!manner->shakes) {
        got = recv(reader->fd, text, sizeof text, MSG_DONTWAIT);
        return got == 0 || (got < 0 && errno != EAGAIN);
    }
    while (got > 0)
        got = SSL_read(reader->ssl, text, sizeof text);
    return SSL_get_error(reader->ssl, (int)got) != SSL_ERROR_WANT_READ;
}

static void
go_on(struct holding *holding, struct reader *reader, uint32_t events)
{
    if (!reader->shaken) {
        shake(holding, reader);
        return;
    }
    bool gone = (events & (EPOLLHUP | EPOLLERR)) != 0;
    if (gone || (holding->manner->hears && has_ended(reader, holding->manner))) {
        holding->ended++;
        reader_end(reader);
    }
}

/* false: whoever started us wants us to end. */
static bool
step(struct holding *holding, int64_t until)
{
    struct epoll_event events[EVENTS];
    int64_t wait = (until - now()) / 1000;
    int count = epoll_wait(holding->wishes->target->epoll, events, EVENTS,
                           wait > 0 ? (int)wait : 0);
    for (int i = 0; i < count; i++) {
        char away;
        if (events[i].data.ptr == NULL && read(STDIN_FILENO, &away, 1) <= 0)
            return false;
        if (events[i].data.ptr != NULL)
            go_on(holding, events[i].data.ptr, events[i].events);
    }
    begin_some(holding);
    return true;
}

int
hold(const struct wishes *wishes)
{
    struct epoll_event input = { .events = EPOLLIN, .data.ptr = NULL };
    struct holding holding = { .wishes = wishes, .start = now() };
    holding.manner = manner_find(wishes->manner);
    holding.readers = calloc((size_t)wishes->count, sizeof *holding.readers);
    if (holding.manner == NULL || holding.readers == NULL)
        return 2;
    wishes->target->receive_bytes = holding.manner->hears ? 0 : DEAF_BYTES;
    int64_t until = holding.start + (int64_t)(wishes->limit * 1e6);
    epoll_ctl(wishes->target->epoll, EPOLL_CTL_ADD, STDIN_FILENO, &input);
    begin_some(&holding);
    while (now() < until && !(holding.told && holding.ended == holding.held) &&
           step(&holding, until))
        continue;
    printf("ended=%ld seconds=%.3f\n", holding.ended, (double)(now() - holding.start) / 1e6);
    for (long i = 0; i < holding.begun; i++)
        if (holding.readers[i].ssl != NULL)
            reader_end(&holding.readers[i]);
    free(holding.readers);
    return 0;
}
