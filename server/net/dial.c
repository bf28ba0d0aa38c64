/* SPDX-License-Identifier: ISC */
#include "net/dial.h"

#include "base/clock.h"
#include "net/certificate.h"

#include <errno.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HOST_BYTES = 256 };

struct dial {
    int socket;
    SSL_CTX *context;
    SSL *ssl;
    int64_t until; /* clock_monotonic: no wait goes beyond */
};

/* What the resolver is asked; it may still write here when nobody waits any more. */
struct lookup {
    struct gaicb request;
    struct addrinfo hints;
    char host[HOST_BYTES], port[8];
};

static int64_t
deadline(int ms, int64_t latest)
{
    int64_t until = clock_monotonic() + ms;
    return until < latest ? until : latest;
}

static enum status
say(enum status status, struct fault *fault, const char *what, const char *why)
{
    fault_set(fault, 0, "%s%s%s", what, why != NULL ? ": " : "", why != NULL ? why : "");
    return status;
}

/* false: the time is up, or poll failed; errno says which. */
static bool
wait_for(int socket, short events, int64_t until)
{
    struct pollfd poller = { socket, events, 0 };
    int ready = -1;
    errno = EINTR;
    while (ready < 0 && errno == EINTR) {
        int64_t left = until - clock_monotonic();
        ready = left > 0 ? poll(&poller, 1, (int)left) : 0;
    }
    if (ready == 0)
        errno = ETIMEDOUT;
    return ready > 0;
}

/* The loopback addresses, whatever a resolver would say (RFC 6761 6.3). */
static bool
is_localhost(const char *host)
{
    struct span name = span_of(host), suffix = SPAN(".localhost");
    return span_equal_nocase(name, SPAN("localhost")) ||
           (name.len > suffix.len &&
            span_equal_nocase(span_skip(name, name.len - suffix.len), suffix));
}

static struct lookup *
lookup_new(const struct dial_options *options)
{
    struct lookup *lookup = memory_new(sizeof *lookup);
    *lookup = (struct lookup){
        .hints = { .ai_family = AF_UNSPEC,
                   .ai_socktype = SOCK_STREAM,
                   .ai_flags = AI_NUMERICSERV | (options->is_address ? AI_NUMERICHOST : 0) }
    };
    snprintf(lookup->host, sizeof lookup->host, "%s", options->host);
    snprintf(lookup->port, sizeof lookup->port, "%u", (unsigned)options->port);
    lookup->request = (struct gaicb){ .ar_name = is_localhost(lookup->host) ? NULL : lookup->host,
                                      .ar_service = lookup->port,
                                      .ar_request = &lookup->hints };
    return lookup;
}

/* The resolver knows no deadline: it works aside, and keeps its memory when the time is up. */
static enum status
look_up(const struct dial_options *options, int64_t until, struct addrinfo **out,
        struct fault *fault)
{
    struct lookup *lookup = lookup_new(options);
    struct gaicb *list[] = { &lookup->request };
    const struct gaicb *waited[] = { &lookup->request };
    int code = getaddrinfo_a(GAI_NOWAIT, list, 1, NULL);
    while (code == 0 && (code = gai_error(&lookup->request)) == EAI_INPROGRESS) {
        int64_t left = until - clock_monotonic();
        struct timespec wait = { left / 1000, left % 1000 * 1000000 };
        if (left <= 0)
            return say(STATUS_BUSY, fault, "its name is not looked up in time", NULL);
        gai_suspend(waited, 1, &wait);
        code = 0;
    }
    if (code == 0)
        *out = lookup->request.ar_result;
    else
        say(STATUS_FAILED, fault, "its name can't be found", gai_strerror(code));
    free(lookup);
    return code == 0 ? STATUS_OK : STATUS_FAILED;
}

/* 0, or an errno. */
static int
connect_within(int fd, const struct addrinfo *at, int64_t until)
{
    int error = 0;
    socklen_t len = sizeof error;
    if (connect(fd, at->ai_addr, at->ai_addrlen) == 0)
        return 0;
    if (errno != EINPROGRESS || !wait_for(fd, POLLOUT, until) ||
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
        return errno;
    return error;
}

/* -1, and errno. */
static int
connect_to(const struct addrinfo *at, int64_t until)
{
    int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int error = fd < 0 ? errno : connect_within(fd, at, until);
    if (error == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    errno = error;
    return -1;
}

/* One address after the other: none that keeps silent takes all the time of those behind it. */
static enum status
reach(struct dial *dial, const struct dial_options *options, struct fault *fault)
{
    int64_t until = deadline(options->connect, dial->until);
    struct addrinfo *found = NULL;
    enum status status = look_up(options, until, &found, fault);
    for (const struct addrinfo *at = found; at != NULL && dial->socket < 0; at = at->ai_next) {
        int64_t left = until - clock_monotonic();
        dial->socket = connect_to(at, at->ai_next != NULL ? until - left / 2 : until);
    }
    if (status == STATUS_OK && dial->socket < 0)
        status = say(errno == ETIMEDOUT ? STATUS_BUSY : STATUS_FAILED, fault, "it can't be reached",
                     strerror(errno));
    if (found != NULL)
        freeaddrinfo(found);
    return status;
}

/* After an SSL call that did not succeed. STATUS_OK: it may be called again. */
static enum status
carry_on(struct dial *dial, int result, int64_t until)
{
    switch (SSL_get_error(dial->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return wait_for(dial->socket, POLLIN, until) ? STATUS_OK : STATUS_BUSY;
    case SSL_ERROR_WANT_WRITE:
        return wait_for(dial->socket, POLLOUT, until) ? STATUS_OK : STATUS_BUSY;
    case SSL_ERROR_ZERO_RETURN:
        return STATUS_ABSENT;
    default:
        return STATUS_FAILED;
    }
}

static bool
set_up(struct dial *dial, const struct dial_options *options)
{
    dial->context = SSL_CTX_new(TLS_client_method());
    if (dial->context == NULL || SSL_CTX_set_min_proto_version(dial->context, TLS1_2_VERSION) != 1)
        return false;
    SSL_CTX_set_options(dial->context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    dial->ssl = SSL_new(dial->context);
    if (dial->ssl == NULL || SSL_set_fd(dial->ssl, dial->socket) != 1)
        return false;
    return options->is_address || SSL_set_tlsext_host_name(dial->ssl, options->host) == 1;
}

static enum status
shake_hands(struct dial *dial, const struct dial_options *options, struct fault *fault)
{
    int64_t until = deadline(options->handshake, dial->until);
    enum status status = STATUS_OK;
    int result = 0;
    if (!set_up(dial, options))
        return say(STATUS_FAILED, fault, "OpenSSL can't ask there", NULL);
    while (status == STATUS_OK && (result = SSL_connect(dial->ssl)) != 1)
        status = carry_on(dial, result, until);
    if (status == STATUS_BUSY)
        return say(status, fault, "its TLS handshake takes too long", NULL);
    if (status != STATUS_OK)
        return say(STATUS_FAILED, fault, "it speaks no TLS with us",
                   ERR_reason_error_string(ERR_get_error()));
    return STATUS_OK;
}

static enum status
check_pin(struct dial *dial, const char *pin, struct fault *fault)
{
    char whole[FINGERPRINT_TEXT + 1], key[FINGERPRINT_TEXT + 1];
    X509 *certificate = SSL_get0_peer_certificate(dial->ssl);
    if (pin == NULL)
        return STATUS_OK;
    if (certificate == NULL)
        return fault_set(fault, 0, "it shows no certificate");
    certificate_hash(certificate, whole, key);
    if (strcmp(pin, whole) == 0 || strcmp(pin, key) == 0)
        return STATUS_OK;
    return fault_set(fault, 0,
                     "it is not the one pinned: its certificate is SHA-256 %s, the key SHA-256 %s",
                     whole, key);
}

enum status
dial_open(const struct dial_options *options, struct dial **out, struct fault *fault)
{
    struct dial *dial = memory_new(sizeof *dial);
    *dial = (struct dial){ .socket = -1, .until = clock_monotonic() + options->whole };
    enum status status = reach(dial, options, fault);
    if (status == STATUS_OK && !options->plain)
        status = shake_hands(dial, options, fault);
    if (status == STATUS_OK && !options->plain)
        status = check_pin(dial, options->pin, fault);
    if (status == STATUS_OK)
        *out = dial;
    else
        dial_close(dial);
    return status;
}

void
dial_close(struct dial *dial)
{
    if (dial == NULL)
        return;
    if (dial->ssl != NULL && SSL_is_init_finished(dial->ssl))
        SSL_shutdown(dial->ssl);
    SSL_free(dial->ssl);
    SSL_CTX_free(dial->context);
    ERR_clear_error();
    if (dial->socket >= 0)
        close(dial->socket);
    free(dial);
}

static enum status
say_end(enum status status, struct fault *fault)
{
    ERR_clear_error();
    if (status == STATUS_BUSY)
        return say(status, fault, "the time is up", NULL);
    if (status == STATUS_FAILED)
        return say(status, fault, "the connection broke off", NULL);
    return status;
}

/* After a call of the kernel's that did not succeed. STATUS_OK: it may be called again. */
static enum status
carry_on_plainly(const struct dial *dial, short events)
{
    if (errno != EAGAIN && errno != EINTR)
        return STATUS_FAILED;
    return wait_for(dial->socket, events, dial->until) ? STATUS_OK : STATUS_BUSY;
}

/* One try; *wrote of them. */
static enum status
put(struct dial *dial, struct span bytes, size_t *wrote)
{
    if (dial->ssl != NULL) {
        int result = SSL_write_ex(dial->ssl, bytes.at, bytes.len, wrote);
        return result == 1 ? STATUS_OK : carry_on(dial, result, dial->until);
    }
    ssize_t went = send(dial->socket, bytes.at, bytes.len, MSG_NOSIGNAL);
    *wrote = went > 0 ? (size_t)went : 0;
    return went >= 0 ? STATUS_OK : carry_on_plainly(dial, POLLOUT);
}

static enum status
take(struct dial *dial, char *room, size_t most, size_t *got)
{
    if (dial->ssl != NULL) {
        int result = SSL_read_ex(dial->ssl, room, most, got);
        return result == 1 ? STATUS_OK : carry_on(dial, result, dial->until);
    }
    ssize_t came = recv(dial->socket, room, most, 0);
    *got = came > 0 ? (size_t)came : 0;
    return came > 0 ? STATUS_OK : came == 0 ? STATUS_ABSENT : carry_on_plainly(dial, POLLIN);
}

enum status
dial_write(struct dial *dial, struct span bytes, struct fault *fault)
{
    enum status status = STATUS_OK;
    while (status == STATUS_OK && bytes.len > 0) {
        size_t wrote = 0;
        status = put(dial, bytes, &wrote);
        bytes = span_skip(bytes, wrote);
    }
    return say_end(status == STATUS_ABSENT ? STATUS_FAILED : status, fault);
}

enum status
dial_read(struct dial *dial, size_t most, struct buffer *into, struct fault *fault)
{
    char *room = buffer_reserve(into, most);
    enum status status = clock_monotonic() < dial->until ? STATUS_OK : STATUS_BUSY;
    size_t got = 0;
    while (status == STATUS_OK && got == 0)
        status = take(dial, room, most, &got);
    buffer_grew(into, got);
    return say_end(status, fault);
}
