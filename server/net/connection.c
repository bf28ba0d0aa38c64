/* SPDX-License-Identifier: ISC */
#include "net/connection.h"

#include "base/clock.h"
#include "base/log.h"
#include "net/outgoing.h"
#include "net/peer.h"
#include "net/stream.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum state { HANDSHAKE, REQUEST, REPLY, GOODBYE };

enum {
    REQUEST_BYTES = 2048,    /* of a request, read at once */
    SILENT_SECONDS = 60,     /* one who goes on and on is told to wait so long */
    LINE_BYTES = 1100,       /* of it in the log */
    DOZE_MS = 200,           /* of silence */
    FIN_MS = 20,             /* of close_notify alone */
    AHEAD_BYTES = 64 * 1024, /* of a reader */
    CROWD = 64,              /* conversations */
    MOMENTS_MOST = 5,        /* of 1, 2, 4, 8, 16 ms */
    GREEDY_BYTES = 1 << 20,  /* of one answer */
    GREEDY_PAUSE_MS = 1,
    DISK_MS = 1,
    COMPANY_MS = 1000,       /* so long after somebody came there are others */
    DRAIN_BYTES = 64 * 1024, /* read away after the answer, so that no RST overtakes it */
};

struct connection {
    const struct listener_options *options;
    int socket; /* the stream's */
    struct stream *stream;
    enum state state;
    struct event event, deadline;
    struct event *turn;  /* the next one; NULL: none */
    int64_t born, since; /* and since when it is in its state: clock_monotonic */
    int64_t rest;        /* of its deadline once it dozes: milliseconds */
    struct seat seat;
    unsigned wait; /* seconds until it may ask again; 0: it may ask now */
    bool proxy;    /* it asks for others, each of whom has a seat while he is answered */
    bool leaves;   /* what is asked from now on is not answered */
    bool asked;    /* before, in this conversation */
    bool brief;    /* its question was one line, and no more is to come */
    bool pending;  /* more of what it asks is here already */
    size_t taken;  /* of the request, by the question that is answered */
    uint64_t went; /* of the stream, before its answer */
    char peer[PEER_TEXT];
    char reader[PEER_TEXT]; /* whom a proxy asks for; empty: nobody says, or it is the peer */

    struct buffer request; /* as far as it came */
    struct outgoing out;   /* the answer */
    bool dozes;            /* it was silent for DOZE_MS in its state */
    int moments;           /* it waited for its reader in a row; -1: the kernel does */
    bool listens;          /* to its socket */
    bool watched;          /* for room to write, too */
    bool unarmed;          /* its state's deadline is not yet set: it may not have to wait */
    bool blocked;          /* the peer does not take what is gathered */
    int code;
    char *line; /* the request, escaped, for the log */
    size_t drained;

    void (*ended)(void *whom, struct connection *connection);
    void *whom;
    struct connection *next, *previous;
};

static const struct {
    const char *name;
    size_t deadline;  /* which of struct deadlines: how long it may last */
    enum metric time; /* where it is counted how long it lasted */
} states[] = {
    [HANDSHAKE] = { "handshake", offsetof(struct deadlines, handshake), METRIC_TIME_HANDSHAKE },
    [REQUEST] = { "request", offsetof(struct deadlines, request), METRIC_TIME_REQUEST },
    [REPLY] = { "reply", offsetof(struct deadlines, reply), METRIC_TIME_REPLY },
    [GOODBYE] = { "goodbye", offsetof(struct deadlines, goodbye), METRIC_TIME_GOODBYE },
};

/* Of this process. */
static int64_t newest_born; /* when somebody last came */
static size_t living;       /* conversations */

const struct deadlines deadlines_default = { 10000, 10000, 30000, 2000, 1024, 1000 };

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

static void
end_turn(struct connection *connection)
{
    if (connection->turn != NULL)
        event_free(connection->turn);
    connection->turn = NULL;
}

void
connection_stop(struct connection *connection)
{
    if (connection->listens)
        event_del(&connection->event);
    event_del(&connection->deadline);
    end_turn(connection);
    stream_close(connection->stream);
    buffer_fini(&connection->request);
    outgoing_fini(&connection->out);
    free(connection->line);
    limit_leave(connection->options->limit, connection->seat);
    living--;
    free(connection);
}

/* The state is over. */
static void
lap(struct connection *connection)
{
    int64_t now = clock_monotonic();
    metrics_time(connection->options->metrics, states[connection->state].time,
                 now - connection->since);
    connection->since = now;
}

static void
note_handshake(const struct connection *connection, enum metric how)
{
    if (connection->options->tls != NULL)
        metrics_add(connection->options->metrics, how, 1);
}

static const char *
reader_of(const struct connection *connection)
{
    return connection->reader[0] != '\0' ? connection->reader : connection->peer;
}

/* Behind its last state but the goodbye. */
static void
note_answer(const struct connection *connection)
{
    struct metrics *metrics = connection->options->metrics;
    const char *protocol = connection->options->protocol->name;
    metrics_answer(metrics, protocol, connection->code);
    metrics_add(metrics, METRIC_BYTES_OUT, connection->out.bytes);
    log_access("%s peer=%s status=%d bytes=%llu ms=%lld request=\"%s\"", protocol,
               reader_of(connection), connection->code, (unsigned long long)connection->out.bytes,
               (long long)(connection->since - connection->born), connection->line);
}

static void
end(struct connection *connection)
{
    lap(connection);
    if (connection->state == HANDSHAKE)
        note_handshake(connection, METRIC_HANDSHAKE_FAILED);
    if (connection->state == REPLY) /* cut off */
        note_answer(connection);
    void (*ended)(void *, struct connection *) = connection->ended;
    ended(connection->whom, connection);
    connection_stop(connection);
}

static const struct deadlines *
deadlines_of(const struct connection *connection)
{
    const struct deadlines *deadlines = connection->options->deadlines;
    return deadlines != NULL ? deadlines : &deadlines_default;
}

static void
set_alarm(struct connection *connection, int64_t ms)
{
    struct timeval wait = { ms / 1000, ms % 1000 * 1000 };
    event_add(&connection->deadline, &wait);
}

/* Whoever is slow is looked at twice: first to save memory, or to say goodbye more clearly. */
static void
arm(struct connection *connection, int64_t ms)
{
    int64_t most = connection->state == GOODBYE ? FIN_MS : DOZE_MS, first = ms < most ? ms : most;
    connection->rest = ms - first;
    connection->unarmed = false;
    connection->dozes = connection->rest == 0;
    set_alarm(connection, first);
}

static void
arm_deadline(struct connection *connection)
{
    int ms;
    memcpy(&ms, (const char *)deadlines_of(connection) + states[connection->state].deadline,
           sizeof ms);
    arm(connection, ms);
}

/* Some of the answer was taken; `blocked`: there would have been more. */
static void
note_progress(struct connection *connection, bool blocked)
{
    const struct deadlines *deadlines = deadlines_of(connection);
    int64_t ms = deadlines->reply;
    if (blocked && deadlines->reply_rate > 0) {
        int64_t earned = (int64_t)(stream_sent(connection->stream) - connection->went) * 1000 /
                         deadlines->reply_rate;
        int64_t left = connection->since + deadlines->reply + earned - clock_monotonic();
        ms = left > ms ? ms : left > 0 ? left : 0;
    }
    arm(connection, ms);
}

static void on_event(evutil_socket_t socket, short what, void *whom);
static void on_turn(evutil_socket_t socket, short what, void *whom);

static void
listen_to(struct connection *connection, short more)
{
    event_assign(&connection->event, connection->options->base, connection->socket,
                 (short)(EV_READ | EV_CLOSED | EV_ET | EV_PERSIST | more), on_event, connection);
    event_add(&connection->event, NULL);
    connection->listens = true;
}

/* The socket says when there is something to read; when it takes more, from the first time on that
 * it was full. */
static void
watch(struct connection *connection, bool blocked)
{
    connection->blocked = blocked;
    if (!blocked || connection->watched)
        return;
    connection->watched = true;
    if (connection->listens)
        event_del(&connection->event);
    listen_to(connection, EV_WRITE);
}

static void
enter(struct connection *connection, enum state next)
{
    log_debug("%s: %s -> %s", connection->peer, states[connection->state].name, states[next].name);
    lap(connection);
    connection->state = next;
    connection->unarmed = true;
}

/* What a step came to. */
enum step { STEP_ON, STEP_WAIT, STEP_END };

static enum step
step_of(enum flow flow)
{
    return flow == STREAM_ON ? STEP_ON : flow == STREAM_WAIT ? STEP_WAIT : STEP_END;
}

/* To hang up is to end in good order: over plain TCP, behind a question that is all there is. */
static bool
is_through(const struct connection *connection)
{
    return connection->brief && stream_is_through(connection->stream);
}

/* What the peer still says is read away for a moment (specs 1.9). */
static enum step
say_goodbye(struct connection *connection)
{
    if (!is_through(connection))
        stream_leave(connection->stream);
    enter(connection, GOODBYE);
    return STEP_ON;
}

/* Goes on in the next turn of the loop, or after a pause: others who are ready come before. */
static void
take_turns(struct connection *connection, int pause_ms)
{
    struct timeval pause = { 0, pause_ms * 1000 };
    if (connection->turn == NULL)
        connection->turn = event_new(connection->options->base, -1, 0, on_turn, connection);
    if (connection->turn == NULL)
        memory_end();
    event_add(connection->turn, &pause);
}

static enum step
do_handshake(struct connection *connection)
{
    enum flow flow = stream_handshake(connection->stream);
    if (flow == STREAM_CLOSED) {
        note_handshake(connection, METRIC_HANDSHAKE_FAILED);
        return say_goodbye(connection);
    }
    if (flow == STREAM_ON) {
        note_handshake(connection, stream_is_resumed(connection->stream) ? METRIC_HANDSHAKE_RESUMED
                                                                         : METRIC_HANDSHAKE_FULL);
        enter(connection, REQUEST);
    }
    return step_of(flow);
}

static struct block *
block_of(struct span bytes)
{
    struct block *block = block_new(bytes.len);
    if (block != NULL)
        memcpy(block->bytes, bytes.at, bytes.len);
    return block;
}

/* A page that is asked for again, in the same form, was printed already. */
static void
print(struct connection *connection, const struct question *question, const struct reply *reply)
{
    const struct listener_options *options = connection->options;
    struct outgoing *out = &connection->out;
    struct block **kept = NULL, *block = NULL;
    if (reply->clothes != NULL && question->form > 0 && options->keep != NULL)
        kept = &reply->clothes->printed[options->protocol - protocols][question->form - 1];
    if (kept != NULL && *kept != NULL) {
        out->block = block_hold(*kept);
        out->size = (off_t)out->block->len;
        return;
    }
    options->protocol->print(question, reply, options->origin, &out->head);
    outgoing_take(out, reply);
    if (kept != NULL)
        block = block_of(buffer_span(&out->head));
    if (block != NULL)
        options->keep(options->whom, kept, block);
    block_drop(block);
}

static void
answer(struct connection *connection, const struct question *question, struct reply reply)
{
    const struct listener_options *options = connection->options;
    char line[LINE_BYTES];
    end_turn(connection);
    reply.stays = question->request.wishes.stays && !connection->leaves;
    if (options->protocol->http)
        reply.at = clock_now();
    log_text(line, sizeof line, question->line);
    connection->line = memory_text(span_of(line));
    connection->code = options->protocol->code(&reply);
    print(connection, question, &reply);
    connection->out.stays = reply.stays;
    connection->taken = question->taken;
    connection->went = stream_sent(connection->stream);
    connection->asked = true;
    enter(connection, REPLY);
}

/* A further question costs what the first did; whom a proxy asks for is judged by himself. */
static void
judge(struct connection *connection, const struct question *question)
{
    const struct listener_options *options = connection->options;
    struct verdict verdict = { .by = LIMIT_NONE };
    struct sockaddr_in6 reader;
    if (connection->proxy && peer_forwarded(question->forwarded, options->proxies, &reader)) {
        const struct sockaddr *address = (const struct sockaddr *)&reader;
        verdict = limit_take(options->limit, address, clock_monotonic());
        connection->seat = verdict.seat;
        peer_print(address, options->whole_addresses, connection->reader);
    } else if (connection->asked) {
        verdict = limit_again(options->limit, connection->seat, clock_monotonic());
    } else {
        return; /* judged as it came */
    }
    peer_note_refusal(options->metrics, &verdict, reader_of(connection));
    connection->wait = verdict.seconds;
    if (verdict.by != LIMIT_NONE && verdict.seconds == 0)
        connection->wait = SILENT_SECONDS;
}

static struct reply
reply_to(const struct connection *connection, const struct question *question,
         struct region *region)
{
    const struct listener_options *options = connection->options;
    if (connection->wait > 0)
        return (struct reply){ .answer = ANSWER_SLOW,
                               .words = options->slow,
                               .seconds = connection->wait };
    if (question->refused)
        return (struct reply){ .answer = ANSWER_REFUSED, .words = options->refused };
    if (question->own == OWN_ALWAYS)
        return question->reply;
    struct reply reply = options->answer(options->whom, &question->request, region);
    bool else_own = question->own == OWN_ELSE && reply.answer == ANSWER_ABSENT;
    return else_own ? question->reply : reply;
}

/* Reads the request as far as it came; answers it once it is whole or beyond saving. */
static enum step
parse(struct connection *connection)
{
    const struct listener_options *options = connection->options;
    struct region *region = region_new();
    struct question question = { .refused = false };
    struct span bytes = buffer_span(&connection->request);
    enum step step = STEP_ON;
    switch (options->protocol->parse(bytes, stream_server_name(connection->stream), options->origin,
                                     region, &question)) {
    case PARSED_PART:
        step = STEP_WAIT;
        break;
    case PARSED_BAD:
        answer(connection, &question,
               (struct reply){
                   .answer = ANSWER_BAD, .words = options->bad, .code = question.reply.code });
        break;
    case PARSED_WHOLE:
        if (connection->asked || connection->proxy)
            judge(connection, &question);
        connection->brief = !options->protocol->tls && !options->protocol->http;
        answer(connection, &question, reply_to(connection, &question, region));
        break;
    case PARSED_ALIEN:
        step = say_goodbye(connection);
        break;
    }
    region_free(region);
    return step;
}

/* close_notify, too, for one who ends before having asked. */
static enum step
take_leave(struct connection *connection)
{
    stream_finish(connection->stream);
    return stream_flush(connection->stream) == STREAM_BROKEN ? STEP_END : say_goodbye(connection);
}

static enum step
do_request(struct connection *connection)
{
    char bytes[REQUEST_BYTES];
    size_t got, room = connection->options->protocol->request_max + 1 - connection->request.len;
    if (connection->pending) {
        connection->pending = false;
        if (parse(connection) == STEP_ON)
            return STEP_ON;
    }
    if (room > sizeof bytes)
        room = sizeof bytes;
    enum flow flow = stream_read(connection->stream, bytes, room, &got);
    if (flow == STREAM_CLOSED)
        return take_leave(connection);
    if (flow != STREAM_ON)
        return step_of(flow);
    if (connection->asked && connection->request.len == 0)
        connection->born = clock_monotonic();
    buffer_add(&connection->request, (struct span){ bytes, got });
    metrics_add(connection->options->metrics, METRIC_BYTES_IN, got);
    enum step step = parse(connection);
    return step == STEP_WAIT ? STEP_ON : step; /* TLS may hold more of it already */
}

/* Who takes much while others come has some 30 MB a second and no more: at full speed it would have
 * a processor here, and its own end another. */
static bool
is_greedy(const struct connection *connection)
{
    return connection->out.bytes > GREEDY_BYTES && newest_born > connection->born &&
           clock_monotonic() - newest_born < COMPANY_MS;
}

/* The kernel keeps a MiB for a reader who reads nothing; for thousands it has no room, and others'
 * segments get lost. So in a crowd who is behind is given a moment, and then no more of that. */
static bool
waits_for_reader(struct connection *connection)
{
    if (living < CROWD || connection->out.gathered || connection->out.bytes < AHEAD_BYTES ||
        connection->moments < 0 || stream_unsent(connection->stream) <= AHEAD_BYTES) {
        connection->moments = connection->moments < 0 ? -1 : 0;
        return false;
    }
    if (connection->moments == MOMENTS_MOST) {
        stream_bound(connection->stream, AHEAD_BYTES);
        connection->moments = -1; /* from now on the socket says when */
        return false;
    }
    take_turns(connection, 1 << connection->moments++);
    return true;
}

/* In the same conversation. What was asked ahead is looked at when others had their turn. */
static enum step
ask_again(struct connection *connection)
{
    enter(connection, REQUEST);
    note_answer(connection);
    outgoing_fini(&connection->out);
    free(connection->line);
    connection->line = NULL;
    connection->born = connection->since;
    connection->moments = 0;
    if (connection->proxy) {
        limit_leave(connection->options->limit, connection->seat);
        connection->seat = (struct seat){ 0, 0 };
        connection->reader[0] = '\0';
    }
    buffer_drop(&connection->request, connection->taken);
    connection->pending = connection->request.len > 0;
    if (!connection->pending)
        return STEP_ON;
    take_turns(connection, 0);
    return STEP_WAIT;
}

static enum step
end_reply(struct connection *connection)
{
    if (connection->out.stays && !connection->out.broken && !connection->leaves)
        return ask_again(connection);
    enum step step = say_goodbye(connection);
    note_answer(connection);
    return step;
}

static enum step
do_reply(struct connection *connection)
{
    uint64_t before = stream_sent(connection->stream);
    enum outgoing_flow more = OUTGOING_ON;
    if (connection->turn != NULL) /* which comes */
        return STEP_WAIT;
    if (!connection->blocked && waits_for_reader(connection))
        return STEP_WAIT;
    if (!connection->blocked)
        more = outgoing_gather(&connection->out, connection->stream);
    if (more == OUTGOING_OVER)
        return end_reply(connection);
    if (more == OUTGOING_LATER) {
        take_turns(connection, DISK_MS);
        return STEP_WAIT;
    }
    enum flow flow = stream_flush(connection->stream);
    bool done = flow == STREAM_ON && connection->out.gathered;
    if (stream_sent(connection->stream) > before && !done)
        note_progress(connection, flow == STREAM_WAIT);
    watch(connection, flow == STREAM_WAIT);
    if (flow == STREAM_ON && !connection->out.gathered) {
        take_turns(connection, is_greedy(connection) ? GREEDY_PAUSE_MS : 0);
        return STEP_WAIT;
    }
    return step_of(flow);
}

static enum step
do_goodbye(struct connection *connection)
{
    if (is_through(connection))
        return STEP_END;
    enum flow flow = stream_drain(connection->stream, &connection->drained);
    if (flow == STREAM_ON)
        stream_shut(connection->stream);
    return connection->drained > DRAIN_BYTES ? STEP_END : step_of(flow);
}

/* It waits: for its socket, and no longer than its state may last. */
static void
await(struct connection *connection)
{
    if (!connection->listens)
        listen_to(connection, 0);
    if (connection->unarmed)
        arm_deadline(connection);
}

/* false: it has ended, and is freed. */
static bool
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
    else
        await(connection);
    return step != STEP_END;
}

static void
on_event(evutil_socket_t socket, short what, void *whom)
{
    struct connection *connection = whom;
    (void)socket;
    stream_wake(connection->stream, what & EV_CLOSED);
    go_on(connection);
}

static void
on_turn(evutil_socket_t socket, short what, void *whom)
{
    struct connection *connection = whom;
    (void)socket, (void)what;
    end_turn(connection);
    go_on(connection);
}

/* A reset that comes together with bytes is told as bytes only (libevent), and they are all that is
 * read then: whoever seems to be silent is asked once whether he is there. */
static void
look_again(struct connection *connection)
{
    connection->dozes = true;
    set_alarm(connection, connection->rest);
    if (connection->state == GOODBYE)
        stream_shut(connection->stream);
    stream_wake(connection->stream, false);
    if (go_on(connection) && connection->dozes)
        stream_doze(connection->stream);
}

/* A request that is never whole gets no answer, but an end that says it is one. */
static void
on_deadline(evutil_socket_t socket, short what, void *whom)
{
    struct connection *connection = whom;
    (void)socket, (void)what;
    if (!connection->dozes) {
        look_again(connection);
        return;
    }
    log_debug("%s: out of time in %s", connection->peer, states[connection->state].name);
    if (connection->state != REQUEST || take_leave(connection) == STEP_END)
        end(connection);
    else
        go_on(connection);
}

struct connection *
connection_start(const struct listener_options *options, int socket, const char *peer,
                 const struct verdict *verdict, void (*ended)(void *whom, struct connection *),
                 void *whom)
{
    struct stream *stream = stream_open(socket, options->tls);
    if (stream == NULL) {
        limit_leave(options->limit, verdict->seat);
        return NULL;
    }
    struct connection *connection = memory_new(sizeof *connection);
    memset(connection, 0, sizeof *connection);
    connection->options = options;
    connection->socket = socket;
    connection->stream = stream;
    connection->out = OUTGOING_EMPTY;
    living++;
    newest_born = connection->born = connection->since = clock_monotonic();
    connection->seat = verdict->seat;
    connection->wait = verdict->seconds;
    connection->proxy = verdict->proxy;
    connection->ended = ended;
    connection->whom = whom;
    memcpy(connection->peer, peer, strnlen(peer, sizeof connection->peer - 1));
    connection->unarmed = true;
    event_assign(&connection->deadline, options->base, -1, 0, on_deadline, connection);
    return connection;
}

void
connection_begin(struct connection *connection)
{
    go_on(connection);
}

bool
connection_is_idle(const struct connection *connection, int64_t now)
{
    return connection->state != REPLY &&
           now - connection->since >= deadlines_of(connection)->patience;
}

void
connection_drain(struct connection *connection)
{
    connection->leaves = true;
    if (connection->state == REQUEST && connection->asked && connection->request.len == 0)
        connection_give_way(connection);
}

void
connection_give_way(struct connection *connection)
{
    log_debug("%s: gives way in %s", connection->peer, states[connection->state].name);
    if (connection->state == REQUEST) {
        stream_finish(connection->stream);
        (void)stream_flush(connection->stream);
    }
    end(connection);
}
