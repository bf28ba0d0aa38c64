/* SPDX-License-Identifier: ISC */
#include "net/connection.h"

#include "base/clock.h"
#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum state { HANDSHAKE, REQUEST, REPLY, GOODBYE };

enum {
    REQUEST_BYTES = 2048,    /* more than any protocol's request_max */
    CHUNK_BYTES = 16 * 1024, /* of a file: one TLS record */
    DRAIN_BYTES = 64 * 1024, /* read away after the answer, so that no RST overtakes it */
    CHUNKS_AT_ONCE = 16,     /* then others get their turn */
    PEER_TEXT = 48,
};

struct connection {
    const struct listener_options *options;
    int socket;
    SSL *ssl; /* NULL: plain */
    enum state state;
    struct event *event, *deadline;
    short wants; /* what the event waits for */
    int64_t born;
    char peer[PEER_TEXT];

    char request[REQUEST_BYTES];
    size_t request_len;

    struct buffer out; /* what is still to be written: head and page, or a chunk */
    size_t sent;       /* of it */
    int file;          /* being streamed; -1 */
    off_t file_at, file_size;
    uint64_t bytes; /* written in all */
    int code;
    char line[1100]; /* the request, escaped, for the log */
    bool cut;        /* it ends without close_notify: the file fell short, or it was no TLS */
    size_t drained;

    void (*ended)(void *whom, struct connection *connection);
    void *whom;
    struct connection *next, *previous;
};

/* What each state waits for, and how long it may last. */
static const struct {
    const char *name;
    short wants;
    size_t deadline; /* which of struct deadlines */
} states[] = {
    [HANDSHAKE] = { "handshake", EV_READ, offsetof(struct deadlines, handshake) },
    [REQUEST] = { "request", EV_READ, offsetof(struct deadlines, request) },
    [REPLY] = { "reply", EV_WRITE, offsetof(struct deadlines, reply) },
    [GOODBYE] = { "goodbye", EV_READ, offsetof(struct deadlines, goodbye) },
};

const struct deadlines deadlines_default = { 10000, 10000, 30000, 2000 };

struct connection **
connection_next(struct connection *connection)
{
    return &connection->next;
}

struct connection **
connection_previous(struct connection *connection)
{
    return &connection->previous;
}

void
connection_stop(struct connection *connection)
{
    if (connection->event != NULL)
        event_free(connection->event);
    if (connection->deadline != NULL)
        event_free(connection->deadline);
    if (connection->file >= 0)
        close(connection->file);
    SSL_free(connection->ssl);
    close(connection->socket);
    buffer_fini(&connection->out);
    free(connection);
}

static void
end(struct connection *connection)
{
    void (*ended)(void *, struct connection *) = connection->ended;
    ended(connection->whom, connection);
    connection_stop(connection);
}

static void
arm_deadline(struct connection *connection)
{
    const struct deadlines *deadlines = connection->options->deadlines != NULL
                                            ? connection->options->deadlines
                                            : &deadlines_default;
    int ms;
    memcpy(&ms, (const char *)deadlines + states[connection->state].deadline, sizeof ms);
    struct timeval wait = { ms / 1000, ms % 1000 * 1000 };
    event_add(connection->deadline, &wait);
}

static void on_event(evutil_socket_t socket, short what, void *whom);

static void
want(struct connection *connection, short wants)
{
    if (connection->wants == wants)
        return;
    connection->wants = wants;
    event_del(connection->event);
    event_assign(connection->event, connection->options->base, connection->socket,
                 (short)(wants | EV_PERSIST), on_event, connection);
    event_add(connection->event, NULL);
}

static void
enter(struct connection *connection, enum state next)
{
    log_debug("%s: %s -> %s", connection->peer, states[connection->state].name, states[next].name);
    connection->state = next;
    arm_deadline(connection);
    want(connection, states[next].wants);
}

/* What a step came to. */
enum step { STEP_ON, STEP_WAIT, STEP_END };

/* After an SSL call that did not succeed. */
static enum step
tls_step(struct connection *connection, int result)
{
    int why = SSL_get_error(connection->ssl, result);
    ERR_clear_error();
    if (why == SSL_ERROR_WANT_READ) {
        want(connection, EV_READ);
        return STEP_WAIT;
    }
    if (why == SSL_ERROR_WANT_WRITE) {
        want(connection, EV_WRITE);
        return STEP_WAIT;
    }
    return STEP_END;
}

static void say_goodbye(struct connection *connection);

/* A knock that is no TLS (HTTP, a scanner) hears nothing, not even an alert (specs 1.9). */
static bool
is_tls(const struct connection *connection)
{
    enum { CONTENT_HANDSHAKE = 22 }; /* RFC 8446 5.1 */
    unsigned char first;
    return recv(connection->socket, &first, 1, MSG_PEEK) != 1 || first == CONTENT_HANDSHAKE;
}

static enum step
do_handshake(struct connection *connection)
{
    if (connection->ssl != NULL) {
        if (SSL_in_before(connection->ssl) && !is_tls(connection)) {
            connection->cut = true;
            say_goodbye(connection);
            return STEP_WAIT;
        }
        int result = SSL_accept(connection->ssl);
        if (result != 1)
            return tls_step(connection, result);
    }
    enter(connection, REQUEST);
    return STEP_ON;
}

/* Bytes read into the request, or why not. `closed`: the peer will say no more. */
static enum step
read_some(struct connection *connection, bool *closed)
{
    size_t room = connection->options->protocol->request_max + 1 - connection->request_len;
    char *into = connection->request + connection->request_len;
    ssize_t got;
    *closed = false;
    if (connection->ssl != NULL) {
        int result = SSL_read(connection->ssl, into, (int)room);
        if (result <= 0) {
            *closed = SSL_get_error(connection->ssl, result) == SSL_ERROR_ZERO_RETURN;
            return *closed ? STEP_END : tls_step(connection, result);
        }
        got = result;
    } else {
        got = recv(connection->socket, into, room, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return STEP_WAIT;
        if (got <= 0)
            return STEP_END;
    }
    connection->request_len += (size_t)got;
    return STEP_ON;
}

static void
answer(struct connection *connection, const struct question *question, struct reply reply,
       struct region *region)
{
    const struct listener_options *options = connection->options;
    (void)region;
    log_text(connection->line, sizeof connection->line, question->line);
    connection->code = options->protocol->code(&reply);
    options->protocol->print(&reply, options->origin, &connection->out);
    if (reply.answer == ANSWER_FILE && reply.file.descriptor >= 0) {
        connection->file = reply.file.descriptor;
        connection->file_size = reply.file.size;
    }
    enter(connection, REPLY);
}

static struct span
server_name(const struct connection *connection)
{
    if (connection->ssl == NULL)
        return SPAN("");
    return span_of(SSL_get_servername(connection->ssl, TLSEXT_NAMETYPE_host_name));
}

/* Reads the request as far as it came; answers it once it is whole or beyond saving. */
static enum step
parse(struct connection *connection)
{
    const struct listener_options *options = connection->options;
    struct region *region = region_new();
    struct question question = { .refused = false };
    struct span bytes = { connection->request, connection->request_len };
    enum step step = STEP_ON;
    switch (options->protocol->parse(bytes, server_name(connection), options->origin, region,
                                     &question)) {
    case PARSED_PART:
        step = STEP_WAIT;
        break;
    case PARSED_BAD:
        answer(connection, &question,
               (struct reply){ .answer = ANSWER_BAD, .words = SPAN("Bad request") }, region);
        break;
    case PARSED_WHOLE:
        answer(connection, &question,
               question.refused ? (struct reply){ .answer = ANSWER_REFUSED,
                                                  .words = SPAN("Not a name of this capsule") }
                                : options->answer(options->whom, &question.request, region),
               region);
        break;
    }
    region_free(region);
    return step;
}

static enum step
do_request(struct connection *connection)
{
    bool closed;
    enum step step = read_some(connection, &closed);
    if (step == STEP_ON) {
        step = parse(connection);
        return step == STEP_WAIT ? STEP_ON : step; /* TLS may hold more of it already */
    }
    if (closed) { /* the peer ends before it asked */
        say_goodbye(connection);
        return STEP_WAIT;
    }
    return step;
}

/* Fills `out` with the next piece of the file; false: all is sent. */
static bool
next_chunk(struct connection *connection)
{
    off_t left = connection->file_size - connection->file_at;
    size_t bytes = left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES;
    if (connection->file < 0 || left <= 0)
        return false;
    buffer_clear(&connection->out);
    connection->sent = 0;
    ssize_t got = pread(connection->file, buffer_reserve(&connection->out, bytes), bytes,
                        connection->file_at);
    if (got <= 0) {
        connection->cut = true;
        return false;
    }
    buffer_grew(&connection->out, (size_t)got);
    connection->file_at += got;
    return true;
}

static enum step
write_some(struct connection *connection)
{
    struct span rest = span_skip(buffer_span(&connection->out), connection->sent);
    ssize_t written;
    if (connection->ssl != NULL) {
        int result = SSL_write(connection->ssl, rest.at, (int)rest.len);
        if (result <= 0)
            return tls_step(connection, result);
        written = result;
    } else {
        written = send(connection->socket, rest.at, rest.len, MSG_NOSIGNAL);
        if (written < 0)
            return errno == EAGAIN || errno == EINTR ? STEP_WAIT : STEP_END;
    }
    connection->sent += (size_t)written;
    connection->bytes += (uint64_t)written;
    arm_deadline(connection); /* progress */
    return STEP_ON;
}

static void
log_answer(const struct connection *connection)
{
    log_access("%s peer=%s status=%d bytes=%llu ms=%lld request=\"%s\"",
               connection->options->protocol->name, connection->peer, connection->code,
               (unsigned long long)connection->bytes,
               (long long)(clock_monotonic() - connection->born), connection->line);
}

/* close_notify, then FIN; what the peer still says is read away for a moment (specs 1.9). */
static void
say_goodbye(struct connection *connection)
{
    if (connection->ssl != NULL && !connection->cut) {
        SSL_shutdown(connection->ssl);
        ERR_clear_error();
    }
    shutdown(connection->socket, SHUT_WR);
    buffer_fini(&connection->out);
    enter(connection, GOODBYE);
}

static enum step
do_reply(struct connection *connection)
{
    for (int i = 0; i < CHUNKS_AT_ONCE; i++) {
        if (connection->sent == connection->out.len && !next_chunk(connection)) {
            log_answer(connection);
            say_goodbye(connection);
            return STEP_ON;
        }
        enum step step = write_some(connection);
        if (step != STEP_ON) {
            if (step == STEP_END)
                log_answer(connection);
            return step;
        }
    }
    want(connection, EV_WRITE);
    return STEP_WAIT; /* others get their turn */
}

static enum step
do_goodbye(struct connection *connection)
{
    char away[4096];
    ssize_t got = recv(connection->socket, away, sizeof away, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return STEP_WAIT;
    connection->drained += got > 0 ? (size_t)got : 0;
    return got <= 0 || connection->drained > DRAIN_BYTES ? STEP_END : STEP_ON;
}

static void
go_on(struct connection *connection)
{
    static enum step (*const steps[])(struct connection *) = {
        [HANDSHAKE] = do_handshake,
        [REQUEST] = do_request,
        [REPLY] = do_reply,
        [GOODBYE] = do_goodbye,
    };
    enum step step;
    do
        step = steps[connection->state](connection);
    while (step == STEP_ON);
    if (step == STEP_END)
        end(connection);
}

static void
on_event(evutil_socket_t socket, short what, void *whom)
{
    (void)socket, (void)what;
    go_on(whom);
}

/* A request that is never whole gets no answer, but an end that says it is one. */
static void
on_deadline(evutil_socket_t socket, short what, void *whom)
{
    struct connection *connection = whom;
    (void)socket, (void)what;
    log_debug("%s: out of time in %s", connection->peer, states[connection->state].name);
    if (connection->state == REQUEST)
        say_goodbye(connection);
    else
        end(connection);
}

struct connection *
connection_start(const struct listener_options *options, int socket, const char *peer,
                 void (*ended)(void *whom, struct connection *), void *whom)
{
    assert(options->protocol->request_max < REQUEST_BYTES);
    struct connection *connection = memory_new(sizeof *connection);
    memset(connection, 0, sizeof *connection);
    connection->options = options;
    connection->socket = socket;
    connection->file = -1;
    connection->born = clock_monotonic();
    connection->ended = ended;
    connection->whom = whom;
    connection->wants = EV_READ;
    snprintf(connection->peer, sizeof connection->peer, "%s", peer);
    if (options->tls != NULL && (connection->ssl = tls_accept(options->tls, socket)) == NULL) {
        connection_stop(connection);
        return NULL;
    }
    connection->event = event_new(options->base, socket, EV_READ | EV_PERSIST, on_event,
                                  connection);
    connection->deadline = event_new(options->base, -1, 0, on_deadline, connection);
    if (connection->event == NULL || connection->deadline == NULL) {
        connection_stop(connection);
        return NULL;
    }
    event_add(connection->event, NULL);
    arm_deadline(connection);
    return connection;
}
