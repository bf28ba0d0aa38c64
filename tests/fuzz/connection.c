/* SPDX-License-Identifier: ISC */
/* One conversation: all of ours is real, and its peer is an honest client of OpenSSL's, in this
 * process, between two memory BIOs, whose bytes the input delivers, spoils and makes up.
 *
 * The first byte says what kind of conversation it is. Then come deeds: which one, how many bytes
 * it takes, and the bytes. Chance is the same for each input, and nobody waits for a clock. Once
 * the peer has left, the conversation ends; meanwhile it takes no more memory than MOST_BYTES, and
 * what it answers is an answer. */
#include "net/connection.h"

#include "base/log.h"
#include "net/certificate.h"
#include "records.h"

#define OPENSSL_SUPPRESS_DEPRECATED /* there is no newer way for a program to be its own chance */
#include <assert.h>
#include <event2/event.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

enum {
    LARGE_BYTES = 200 * 1024,
    MOST_BYTES = 1024 * 1024, /* ours and the peer's */
    MOST_TURNS = 200,         /* until it has ended */
    FAR_MS = 3600 * 1000,
};

enum kind { TLS_1_2 = 1, TLS_NONE = 2, NARROW = 4, NAMELESS = 8, SLOW = 16 };

static const struct span host = SPAN("localhost");
static struct event_base *base;
static struct tls *tls;
static SSL_CTX *clients;
static struct deadlines deadlines;
static char *large;
static int file;
static uint64_t chance;

static struct {
    int fd; /* -1: it has left */
    SSL *ssl;
    BIO *in, *out;
    bool sealed; /* what it says is made by hand from now on */
    struct records records;
    struct buffer wire; /* said, and not delivered yet */
    struct buffer heard;
} peer;
static struct connection *conversation;
static bool over; /* and freed */

static int
on_chance(unsigned char *into, int len)
{
    for (int i = 0; i < len; i++) {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        into[i] = (unsigned char)(chance >> 32);
    }
    return 1;
}

static int
on_status(void)
{
    return 1;
}

/* The world: "/" is small, "/large" large, "/file" a file, and "/short" one that is not all there.
 */
static struct reply
on_question(void *whom, const struct request *request, struct region *region)
{
    (void)whom, (void)region;
    struct span name = request->segments.count > 0 ? request->segments.at[0] : SPAN("");
    bool is_short = span_equal(name, SPAN("short"));
    if (is_short || span_equal(name, SPAN("file")))
        return (struct reply){ .answer = ANSWER_FILE,
                               .file = { .descriptor = dup(file),
                                         .size = LARGE_BYTES + is_short,
                                         .mime = SPAN("image/png") } };
    struct span text = { large, span_equal(name, SPAN("large")) ? LARGE_BYTES : 16 };
    return (struct reply){ .answer = ANSWER_PAGE, .page = { .lang = SPAN("vi"), .text = text } };
}

static void
make_tls(void)
{
    static const char *const made[] = { "localhost/cert.pem", "localhost/key.pem", "localhost" };
    struct fault fault;
    char folder[] = "/tmp/fuzz-XXXXXX";
    bool fine = mkdtemp(folder) != NULL &&
                certificate_make(folder, (struct spans){ &host, 1 }, &fault) == STATUS_OK &&
                tls_new(folder, host, &tls, &fault) == STATUS_OK;
    assert(fine);
    int at = open(folder, O_PATH | O_CLOEXEC);
    for (int i = 0; i < 3; i++)
        unlinkat(at, made[i], i == 2 ? AT_REMOVEDIR : 0);
    close(at);
    rmdir(folder);
}

static void
begin_once(void)
{
    static const RAND_METHOD method = { .bytes = on_chance,
                                        .pseudorand = on_chance,
                                        .status = on_status };
    chance = 1;
    RAND_set_rand_method(&method);
    bool fine = log_open("fuzz", "/dev/null", LOG_ERROR) == STATUS_OK;
    make_tls();
    base = event_base_new();
    clients = SSL_CTX_new(TLS_client_method());
    records_listen(clients);
    large = memory_new(LARGE_BYTES);
    memset(large, 'a', LARGE_BYTES);
    file = memfd_create("file", MFD_CLOEXEC);
    fine = fine && write(file, large, LARGE_BYTES) == LARGE_BYTES;
    assert(fine);
}

static void
serve(void)
{
    event_base_loop(base, EVLOOP_NONBLOCK);
}

static void
on_ended(void *whom, struct connection *connection)
{
    (void)whom, (void)connection;
    over = true;
}

/* What the peer's TLS has to say goes behind what it said. */
static void
gather(void)
{
    char *bytes;
    long len = BIO_get_mem_data(peer.out, &bytes);
    if (!peer.sealed)
        buffer_add(&peer.wire, (struct span){ bytes, (size_t)len });
    (void)BIO_reset(peer.out);
}

/* At most so many bytes, as long as somebody takes them. */
static void
deliver(size_t most)
{
    size_t at = 0;
    if (most > peer.wire.len)
        most = peer.wire.len;
    for (int turn = 0; peer.fd >= 0 && at < most && turn < MOST_TURNS; turn++) {
        ssize_t went = send(peer.fd, peer.wire.at + at, most - at, MSG_NOSIGNAL);
        at += went > 0 ? (size_t)went : 0;
        serve();
    }
    buffer_drop(&peer.wire, most);
}

/* Whatever is understood of an answer begins as one. */
static void
check_heard(void)
{
    const char *at = peer.heard.at;
    if (peer.heard.len >= 3)
        assert(at[0] >= '1' && at[0] <= '6' && at[1] >= '0' && at[1] <= '9' && at[2] == ' ');
    buffer_shorten(&peer.heard, peer.heard.len < 3 ? peer.heard.len : 3);
}

static void
understand(struct span bytes)
{
    char plain[4096];
    size_t got;
    if (peer.ssl == NULL) {
        buffer_add(&peer.heard, bytes);
        check_heard();
        return;
    }
    if (bytes.len > 0)
        BIO_write(peer.in, bytes.at, (int)bytes.len);
    while (SSL_is_init_finished(peer.ssl) &&
           SSL_read_ex(peer.ssl, plain, sizeof plain, &got) == 1) {
        buffer_add(&peer.heard, (struct span){ plain, got });
        check_heard();
    }
    ERR_clear_error();
}

static void
hear(size_t most)
{
    char bytes[4096];
    ssize_t got = 1;
    while (peer.fd >= 0 && most > 0 && got > 0) {
        got = recv(peer.fd, bytes, most < sizeof bytes ? most : sizeof bytes, 0);
        if (got > 0) {
            understand((struct span){ bytes, (size_t)got });
            most -= (size_t)got;
        }
        serve();
    }
}

static size_t
number(struct span bytes)
{
    size_t number = 0;
    for (size_t i = 0; i < bytes.len && i < 3; i++)
        number = number << 8 | (unsigned char)bytes.at[i];
    return number;
}

/* The deeds. */

static void
say_raw(struct span bytes)
{
    buffer_add(&peer.wire, bytes);
    deliver(peer.wire.len);
}

static void
step(struct span bytes)
{
    if (peer.ssl == NULL)
        return;
    hear(SIZE_MAX);
    if (!SSL_is_init_finished(peer.ssl))
        SSL_do_handshake(peer.ssl);
    ERR_clear_error();
    gather();
    for (; bytes.len >= 2 && peer.wire.len > 0; bytes = span_skip(bytes, 2))
        peer.wire.at[(unsigned char)bytes.at[0] % peer.wire.len] ^= bytes.at[1];
}

/* In pieces of so many bytes. */
static void
shake_hands(struct span bytes)
{
    size_t piece = number(span_first(bytes, 1));
    for (int i = 0; i < 3; i++) {
        step(SPAN(""));
        while (peer.wire.len > 0)
            deliver(piece > 0 ? piece : SIZE_MAX);
    }
}

static bool
can_seal(void)
{
    if (peer.ssl != NULL && !peer.sealed && SSL_is_init_finished(peer.ssl)) {
        gather();
        peer.sealed = records_begin(peer.ssl, &peer.records);
    }
    return peer.sealed;
}

/* Application data, one record. */
static void
say(struct span bytes)
{
    size_t went;
    if (peer.ssl == NULL)
        buffer_add(&peer.wire, bytes);
    else if (can_seal())
        records_seal(&peer.records, RECORD_DATA, bytes, 0, &peer.wire);
    else if (bytes.len > 0)
        SSL_write_ex(peer.ssl, bytes.at, bytes.len, &went);
    ERR_clear_error();
    if (peer.ssl != NULL)
        gather();
}

/* A record of any kind, with any content, some of it a pad. */
static void
say_sealed(struct span bytes)
{
    if (bytes.len >= 2 && can_seal())
        records_seal(&peer.records, bytes.at[0], span_skip(bytes, 2), (unsigned char)bytes.at[1],
                     &peer.wire);
}

/* The same, many times. */
static void
flood(struct span bytes)
{
    size_t times = number(span_first(bytes, 1)) * 8;
    for (; times > 0 && !over; times--) {
        say_sealed(span_skip(bytes, 1));
        deliver(SIZE_MAX);
    }
}

static void
update(struct span bytes)
{
    if (!can_seal())
        return;
    records_seal(&peer.records, RECORD_HANDSHAKE,
                 bytes.len > 0 ? records_key_update_requested : records_key_update, 0, &peer.wire);
    records_update(&peer.records);
}

static void
finish(struct span bytes)
{
    (void)bytes;
    if (can_seal())
        records_seal(&peer.records, RECORD_ALERT, records_close_notify, 0, &peer.wire);
    else if (peer.ssl != NULL)
        SSL_shutdown(peer.ssl);
    ERR_clear_error();
    if (peer.ssl != NULL)
        gather();
}

static void
deliver_some(struct span bytes)
{
    deliver(bytes.len > 0 ? number(bytes) : SIZE_MAX);
}

static void
deliver_byte_by_byte(struct span bytes)
{
    (void)bytes;
    for (size_t len = peer.wire.len; len > 0; len--)
        deliver(1);
}

static void
hear_some(struct span bytes)
{
    hear(bytes.len > 0 ? number(bytes) : SIZE_MAX);
}

static void
shut(struct span bytes)
{
    (void)bytes;
    if (peer.fd >= 0)
        shutdown(peer.fd, SHUT_WR);
}

static void
leave(struct span bytes)
{
    (void)bytes;
    if (peer.fd >= 0)
        close(peer.fd);
    peer.fd = -1;
}

/* Which states' time is over as soon as they begin, from now on; whether an answer must be taken
 * faster than can be, and whether somebody else wants the place. */
static void
hurry(struct span bytes)
{
    size_t which = number(span_first(bytes, 1));
    deadlines = (struct deadlines){ .handshake = which & 1 ? 0 : FAR_MS,
                                    .request = which & 2 ? 0 : FAR_MS,
                                    .reply = which & 4 ? 0 : FAR_MS,
                                    .goodbye = which & 8 ? 0 : FAR_MS,
                                    .reply_rate = which & 16 ? INT_MAX : 0 };
    if (which & 32 && !over && connection_is_idle(conversation, INT64_MAX))
        connection_give_way(conversation);
}

static void (*const deeds[])(struct span bytes) = {
    say_raw, step,         shake_hands,          say,       say_sealed, flood, update,
    finish,  deliver_some, deliver_byte_by_byte, hear_some, shut,       leave, hurry,
};

static void
act(struct span input)
{
    size_t before = __sanitizer_get_current_allocated_bytes != NULL
                        ? __sanitizer_get_current_allocated_bytes()
                        : 0;
    while (input.len >= 2 && peer.fd >= 0) {
        size_t deed = (unsigned char)input.at[0] % (sizeof deeds / sizeof *deeds);
        size_t len = (unsigned char)input.at[1];
        deeds[deed](span_first(span_skip(input, 2), len));
        input = span_skip(input, 2 + len);
        serve();
        if (before > 0)
            assert(__sanitizer_get_current_allocated_bytes() < before + MOST_BYTES);
    }
}

static void
peer_come(enum kind kind, int fd)
{
    peer.fd = fd;
    peer.wire = peer.heard = BUFFER_EMPTY;
    peer.sealed = false;
    peer.ssl = NULL;
    if (kind & TLS_NONE)
        return;
    peer.ssl = SSL_new(clients);
    peer.in = BIO_new(BIO_s_mem());
    peer.out = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(peer.in, -1);
    SSL_set_bio(peer.ssl, peer.in, peer.out);
    SSL_set_connect_state(peer.ssl);
    if (kind & TLS_1_2)
        SSL_set_max_proto_version(peer.ssl, TLS1_2_VERSION);
    if (!(kind & NAMELESS))
        SSL_set_tlsext_host_name(peer.ssl, host.at);
}

static void
peer_go(void)
{
    leave(SPAN(""));
    SSL_free(peer.ssl);
    buffer_fini(&peer.wire);
    buffer_fini(&peer.heard);
}

static int
next_descriptor(void)
{
    int next = dup(file);
    close(next);
    return next;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int ends[2], few = 4096;
    if (size == 0)
        return 0;
    if (base == NULL)
        begin_once();
    enum kind kind = data[0];
    chance = 88172645463325252;
    over = true;
    hurry(SPAN(""));
    over = false;
    struct origin origin = { { &host, 1 }, 1965, true, false };
    struct listener_options options = { .base = base,
                                        .protocol = &protocols[PROTOCOL_gemini],
                                        .tls = kind & TLS_NONE ? NULL : tls,
                                        .origin = &origin,
                                        .answer = on_question,
                                        .bad = SPAN("?"),
                                        .refused = SPAN("no"),
                                        .deadlines = &deadlines };
    struct verdict verdict = { .seconds = kind & SLOW ? 7 : 0 };
    int next = next_descriptor();
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
        return 0;
    if (kind & NARROW)
        setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &few, sizeof few);
    peer_come(kind, ends[1]);
    conversation = connection_start(&options, ends[0], "peer", &verdict, on_ended, NULL);
    connection_begin(conversation);
    act((struct span){ (const char *)data + 1, size - 1 });
    peer_go();
    for (int turn = 0; !over; turn++) {
        assert(turn < MOST_TURNS);
        serve();
    }
    assert(next_descriptor() == next);
    return 0;
}
