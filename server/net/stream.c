/* SPDX-License-Identifier: ISC */
#include "net/stream.h"

#include "base/clock.h"
#include "net/pool.h"
#include "net/tickets.h"

#include <assert.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    READ_BYTES = 4096,        /* at once: a ClientHello, or its Finished and a request */
    RECORD_BYTES = 16 * 1024, /* of TLS, at most */
    HEARD_BYTES = 64 * 1024,  /* by TLS: twice what a handshake and a request, byte by byte, are */
};

/* When what TLS writes is sent. */
enum urge {
    URGE_LATER,     /* it is gathered */
    URGE_NOW,       /* as far as the socket takes it */
    URGE_WITH_MORE, /* likewise, but the kernel may wait for more of it */
};

struct stream {
    int socket;
    SSL *ssl;              /* NULL: plain; for whoever is awake */
    struct packed *packed; /* what ssl holds, while it dozes; NULL: it is awake */
    bool dozed;            /* ever */
    struct buffer in;      /* read from the socket, not yet by TLS */
    size_t taken;          /* of it */
    size_t heard;          /* read into it, ever */
    struct buffer out;
    size_t sent;   /* of it */
    uint64_t went; /* all that was ever sent */
    enum urge urge;
    bool dry;     /* the socket had no more than it gave: nothing is there before it says so */
    bool closing; /* ... but the peer's FIN */
    bool ended;   /* which was read */
    bool shut;    /* ours is sent */
    bool plain;
};

/* Reads what the socket has, without asking it for what is known not to be there. */
static enum flow
take(struct stream *stream, char *into, size_t room, size_t *got)
{
    ssize_t came = 0;
    stream->ended |= stream->dry && stream->closing;
    if (!stream->ended && stream->dry)
        return STREAM_WAIT;
    if (!stream->ended)
        came = recv(stream->socket, into, room, 0);
    if (came < 0)
        return errno == EAGAIN || errno == EINTR ? STREAM_WAIT : STREAM_BROKEN;
    stream->ended |= came == 0;
    stream->dry = (size_t)came < room;
    *got = (size_t)came;
    return came > 0 ? STREAM_ON : STREAM_CLOSED;
}

/* More of what the peer said, behind what is left of it. There is an end: OpenSSL goes through key
 * updates for as long as they come, within one call, and no deadline is looked at meanwhile. */
static enum flow
fill(struct stream *stream)
{
    size_t got;
    if (stream->heard >= HEARD_BYTES)
        return STREAM_BROKEN;
    buffer_drop(&stream->in, stream->taken);
    stream->taken = 0;
    char *into = buffer_reserve(&stream->in, READ_BYTES);
    enum flow flow = take(stream, into, READ_BYTES, &got);
    if (flow == STREAM_ON)
        buffer_grew(&stream->in, got);
    stream->heard += flow == STREAM_ON ? got : 0;
    return flow;
}

/* Its TLS, fit to be used. NULL: plain. */
static SSL *
awake(struct stream *stream)
{
    if (stream->packed != NULL)
        pool_unpack(stream->ssl, stream->packed);
    stream->packed = NULL;
    return stream->ssl;
}

void
stream_doze(struct stream *stream)
{
    if (stream->ssl != NULL && stream->packed == NULL && pool_serves())
        stream->packed = pool_pack(stream->ssl);
    stream->dozed |= stream->packed != NULL;
}

/* What OpenSSL calls to read and to write. */
static int
on_read(BIO *bio, char *into, size_t room, size_t *got)
{
    struct stream *stream = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (stream->taken == stream->in.len) {
        enum flow flow = fill(stream);
        if (flow == STREAM_WAIT)
            BIO_set_retry_read(bio);
        if (flow != STREAM_ON)
            return 0;
    }
    struct span rest = span_skip(buffer_span(&stream->in), stream->taken);
    *got = rest.len < room ? rest.len : room;
    memcpy(into, rest.at, *got);
    stream->taken += *got;
    return 1;
}

/* *went of the bytes. */
static enum flow
put(struct stream *stream, struct span bytes, int flags, size_t *went)
{
    ssize_t sent;
    do
        sent = send(stream->socket, bytes.at, bytes.len, MSG_NOSIGNAL | flags);
    while (sent < 0 && errno == EINTR);
    *went = sent > 0 ? (size_t)sent : 0;
    stream->went += *went;
    if (sent < 0)
        return errno == EAGAIN ? STREAM_WAIT : STREAM_BROKEN;
    return STREAM_ON;
}

static void
gather(struct stream *stream, struct span bytes)
{
    size_t went = 0;
    if (stream->urge != URGE_LATER && !stream_owes(stream))
        put(stream, bytes, stream->urge == URGE_NOW ? 0 : MSG_MORE, &went);
    buffer_add(&stream->out, span_skip(bytes, went)); /* stream_flush hears why it was not all */
}

static int
on_write(BIO *bio, const char *bytes, size_t len, size_t *written)
{
    BIO_clear_retry_flags(bio);
    gather(BIO_get_data(bio), (struct span){ bytes, len });
    *written = len;
    return 1;
}

static long
on_control(BIO *bio, int command, long number, void *pointer)
{
    const struct stream *stream = BIO_get_data(bio);
    (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH ? 1 : command == BIO_CTRL_EOF ? stream->ended : 0;
}

static BIO *
bio_new(struct stream *stream)
{
    static BIO_METHOD *method; /* one for all, for as long as the process lives */
    if (method == NULL) {
        method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "songtu stream");
        if (method == NULL)
            memory_end();
        BIO_meth_set_read_ex(method, on_read);
        BIO_meth_set_write_ex(method, on_write);
        BIO_meth_set_ctrl(method, on_control);
    }
    BIO *bio = BIO_new(method);
    if (bio == NULL)
        memory_end();
    BIO_set_data(bio, stream);
    BIO_set_init(bio, 1);
    return bio;
}

struct stream *
stream_open(int socket, struct tls *tls)
{
    struct stream *stream = memory_new(sizeof *stream);
    *stream = (struct stream){
        .socket = socket, .in = BUFFER_EMPTY, .out = BUFFER_EMPTY, .plain = tls == NULL
    };
    if (tls == NULL)
        return stream;
    stream->ssl = tls_accept(tls);
    if (stream->ssl == NULL) {
        stream_close(stream);
        return NULL;
    }
    BIO *bio = bio_new(stream);
    SSL_set_bio(stream->ssl, bio, bio);
    return stream;
}

void
stream_wake(struct stream *stream, bool closing)
{
    stream->dry = false;
    stream->closing |= closing;
}

static void
end_tls(struct stream *stream)
{
    SSL_free(awake(stream));
    if (stream->dozed) /* a crowd of idlers is gone */
        pool_trim(stream->ssl);
    stream->ssl = NULL;
    stream->dozed = false;
}

void
stream_close(struct stream *stream)
{
    if (stream == NULL)
        return;
    end_tls(stream);
    close(stream->socket);
    buffer_fini(&stream->in);
    buffer_fini(&stream->out);
    free(stream);
}

/* After an SSL call that did not succeed. */
static enum flow
flow_of(struct stream *stream, int result)
{
    int why = SSL_get_error(stream->ssl, result);
    ERR_clear_error();
    return why == SSL_ERROR_WANT_READ     ? STREAM_WAIT
           : why == SSL_ERROR_ZERO_RETURN ? STREAM_CLOSED
                                          : STREAM_BROKEN;
}

/* Between bursts an idle peer costs no buffer. */
static void
release(struct stream *stream)
{
    if (stream->taken == stream->in.len && stream->in.room > 0) {
        buffer_fini(&stream->in);
        stream->taken = 0;
    }
}

/* A knock that is no TLS (HTTP, a scanner) hears nothing, not even an alert (specs 1.9). */
static enum flow
meet(struct stream *stream)
{
    enum { CONTENT_HANDSHAKE = 22 }; /* RFC 8446 5.1 */
    enum flow flow = stream->in.len > 0 ? STREAM_ON : fill(stream);
    if (flow == STREAM_ON && (unsigned char)stream->in.at[0] != CONTENT_HANDSHAKE)
        return STREAM_CLOSED;
    return flow == STREAM_CLOSED ? STREAM_BROKEN : flow;
}

/* The peer's question may wait, in its kernel (Nagle), for ours to acknowledge the word before it:
 * that is not put off (tcp(7), TCP_QUICKACK). */
static void
acknowledge(const struct stream *stream)
{
    const int at_once = 1;
    setsockopt(stream->socket, IPPROTO_TCP, TCP_QUICKACK, &at_once, sizeof at_once);
}

enum flow
stream_handshake(struct stream *stream)
{
    if (stream->ssl == NULL)
        return STREAM_ON;
    enum flow flow = SSL_in_before(awake(stream)) ? meet(stream) : STREAM_ON;
    if (flow == STREAM_ON) {
        int result = SSL_accept(stream->ssl);
        flow = result == 1 ? STREAM_ON : flow_of(stream, result);
        release(stream);
    } else {
        return flow;
    }
    /* What is left behind a handshake of TLS 1.3 is tickets: they leave with the answer. */
    if (flow == STREAM_ON && SSL_version(stream->ssl) == TLS1_3_VERSION)
        return flow;
    bool answered = stream_owes(stream);
    enum flow flushed = stream_flush(stream);
    if (answered && flow == STREAM_WAIT) {
        tickets_settle(stream->ssl, clock_monotonic());
        acknowledge(stream);
    }
    return flushed == STREAM_BROKEN ? flushed : flow;
}

enum flow
stream_read(struct stream *stream, char *into, size_t room, size_t *got)
{
    *got = 0;
    if (stream->ssl == NULL)
        return take(stream, into, room, got);
    int result = SSL_read_ex(awake(stream), into, room, got);
    enum flow flow = result == 1 ? STREAM_ON : flow_of(stream, result);
    if (flow == STREAM_ON)
        stream->heard = 0; /* of what is said behind it */
    release(stream);
    return flow;
}

bool
stream_owes(const struct stream *stream)
{
    return stream->sent < stream->out.len;
}

/* false: TLS does not take them any more. */
static bool
pass(struct stream *stream, struct span bytes)
{
    size_t written;
    if (stream->ssl != NULL)
        return bytes.len == 0 || SSL_write_ex(awake(stream), bytes.at, bytes.len, &written) == 1;
    gather(stream, bytes);
    return true;
}

bool
stream_write(struct stream *stream, struct span bytes)
{
    enum { RECORDS_ROOM = 512 }; /* what TLS adds, the goodbye too: one allocation for it all */
    if (bytes.len > 0 && stream->ssl != NULL)
        buffer_reserve(&stream->out, bytes.len + RECORDS_ROOM);
    stream->urge = stream->ssl == NULL ? URGE_NOW : URGE_LATER; /* there is nothing to add */
    bool fine = pass(stream, bytes);
    stream->urge = URGE_LATER;
    return fine;
}

bool
stream_is_plain(const struct stream *stream)
{
    return stream->ssl == NULL;
}

bool
stream_write_both(struct stream *stream, struct span first, struct span second)
{
    if (stream->ssl != NULL || stream_owes(stream))
        return pass(stream, first) && pass(stream, second);
    struct iovec pieces[] = { { (void *)(uintptr_t)first.at, first.len },
                              { (void *)(uintptr_t)second.at, second.len } };
    struct msghdr message = { .msg_iov = pieces, .msg_iovlen = 2 };
    ssize_t sent = sendmsg(stream->socket, &message, MSG_NOSIGNAL);
    size_t went = sent > 0 ? (size_t)sent : 0;
    stream->went += went;
    buffer_add(&stream->out, span_skip(first, went));
    buffer_add(&stream->out, span_skip(second, went > first.len ? went - first.len : 0));
    return true; /* stream_flush hears why it was not all */
}

bool
stream_push(struct stream *stream, struct span bytes)
{
    size_t last = bytes.len < RECORD_BYTES ? bytes.len : RECORD_BYTES;
    stream->urge = URGE_WITH_MORE;
    bool fine = pass(stream, span_first(bytes, bytes.len - last));
    stream->urge = URGE_NOW;
    fine = fine && pass(stream, span_skip(bytes, bytes.len - last));
    stream->urge = URGE_LATER;
    return fine;
}

void
stream_finish(struct stream *stream)
{
    if (stream->ssl == NULL)
        return;
    SSL_shutdown(awake(stream));
    ERR_clear_error();
}

enum flow
stream_flush(struct stream *stream)
{
    while (stream_owes(stream)) {
        size_t went;
        enum flow flow = put(stream, span_skip(buffer_span(&stream->out), stream->sent), 0, &went);
        if (flow != STREAM_ON)
            return flow;
        stream->sent += went;
    }
    buffer_fini(&stream->out); /* an idle peer costs no buffer */
    stream->sent = 0;
    return STREAM_ON;
}

size_t
stream_unsent(const struct stream *stream)
{
    int bytes = 0;
    return ioctl(stream->socket, SIOCOUTQNSD, &bytes) == 0 && bytes > 0 ? (size_t)bytes : 0;
}

void
stream_bound(struct stream *stream, int bytes)
{
    setsockopt(stream->socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof bytes);
}

uint64_t
stream_sent(const struct stream *stream)
{
    return stream->went;
}

void
stream_leave(struct stream *stream)
{
    bool told = stream->ssl != NULL && SSL_get_shutdown(awake(stream)) & SSL_SENT_SHUTDOWN;
    if (!told || stream_owes(stream))
        stream_shut(stream);
    end_tls(stream);
    buffer_fini(&stream->out);
    stream->sent = 0;
}

bool
stream_is_through(const struct stream *stream)
{
    return stream->plain && (stream->dry || stream->ended) && !stream_owes(stream);
}

void
stream_shut(struct stream *stream)
{
    if (!stream->shut)
        shutdown(stream->socket, SHUT_WR);
    stream->shut = true;
}

enum flow
stream_drain(struct stream *stream, size_t *drained)
{
    char away[4096];
    size_t got = 0;
    enum flow flow = take(stream, away, sizeof away, &got);
    *drained += got;
    return flow;
}

bool
stream_is_resumed(struct stream *stream)
{
    return stream->ssl != NULL && SSL_session_reused(awake(stream)) == 1;
}

struct span
stream_server_name(struct stream *stream)
{
    if (stream->ssl == NULL)
        return SPAN("");
    return span_of(SSL_get_servername(awake(stream), TLSEXT_NAMETYPE_host_name));
}
