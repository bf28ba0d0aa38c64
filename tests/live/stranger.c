/* SPDX-License-Identifier: ISC */
#include "stranger.h"

#include "base/buffer.h"
#include "base/file.h"
#include "net/tls.h"
#include "testing.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_SECONDS = 60 };

static int
listen_somewhere(bool v6, int *port)
{
    struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    struct sockaddr_in four = { .sin_family = AF_INET,
                                .sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) } };
    struct sockaddr *at = v6 ? (struct sockaddr *)&six : (struct sockaddr *)&four;
    socklen_t len = v6 ? sizeof six : sizeof four;
    int fd = socket(at->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (v6 && (fd < 0 || bind(fd, at, len) != 0))
        return -1;
    ck_assert(v6 || bind(fd, at, len) == 0);
    ck_assert_int_eq(listen(fd, 8), 0);
    ck_assert_int_eq(getsockname(fd, at, &len), 0);
    *port = ntohs(v6 ? six.sin6_port : four.sin_port);
    return fd;
}

/* The request line, read byte by byte. */
static void
hear(SSL *ssl, struct buffer *into)
{
    char byte;
    while (!span_ends(buffer_span(into), SPAN("\r\n")) && SSL_read(ssl, &byte, 1) == 1)
        buffer_add_char(into, byte);
}

static void
say(SSL *ssl, struct span answer)
{
    for (size_t wrote = 0; answer.len > 0; answer = span_skip(answer, wrote))
        if (SSL_write_ex(ssl, answer.at, answer.len, &wrote) != 1)
            return;
}

static void
wait_for_the_end(SSL *ssl)
{
    char byte;
    while (SSL_read(ssl, &byte, 1) == 1)
        continue;
}

static void
serve_tls(int client, const char *folder, enum behaviour behaviour, struct span answer,
          struct buffer *told)
{
    struct buffer request = BUFFER_EMPTY;
    struct fault fault = { 0, "" };
    struct tls *tls = NULL;
    if (tls_new(folder, SPAN("localhost"), &tls, &fault) != STATUS_OK)
        _exit(2);
    SSL *ssl = tls_accept(tls);
    SSL_set_fd(ssl, client);
    if (SSL_accept(ssl) == 1) {
        const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
        buffer_printf(told, "%s ", name != NULL ? name : "-");
        hear(ssl, &request);
        buffer_add_text(told, request.len > 0 ? buffer_text(&request) : "-");
        if (request.len > 0 && behaviour != CLOSES_WHEN_ASKED)
            say(ssl, answer);
        if (behaviour == ANSWERS)
            SSL_shutdown(ssl);
        if (behaviour == ANSWERS || behaviour == ANSWERS_AND_WAITS)
            wait_for_the_end(ssl);
    }
    SSL_free(ssl);
    tls_free(tls);
    buffer_fini(&request);
}

static void
serve(int listener, const char *folder, enum behaviour behaviour, struct span answer,
      struct buffer *told)
{
    char bytes[512];
    int client = accept(listener, NULL, NULL);
    if (client < 0)
        _exit(2);
    if (behaviour == SPEAKS_NO_TLS && read(client, bytes, sizeof bytes) > 0 &&
        file_write_all(client, answer) == STATUS_OK)
        shutdown(client, SHUT_WR);
    if (behaviour == SPEAKS_NO_TLS || behaviour == SILENT_AT_ONCE)
        while (read(client, bytes, sizeof bytes) > 0)
            continue;
    else if (behaviour != CLOSES_AT_ONCE)
        serve_tls(client, folder, behaviour, answer, told);
    close(client);
}

struct stranger
stranger_start(const char *folder, enum behaviour behaviour, struct span answer, bool v6)
{
    struct stranger stranger = { 0 };
    struct buffer told = BUFFER_EMPTY;
    int pipes[2], listener = listen_somewhere(v6, &stranger.port);
    if (listener < 0)
        return stranger;
    ck_assert_int_eq(pipe(pipes), 0);
    stranger.pid = fork();
    if (stranger.pid == 0) {
        signal(SIGPIPE, SIG_IGN);
        alarm(PATIENCE_SECONDS);
        serve(listener, folder, behaviour, answer, &told);
        _exit(file_write_all(pipes[1], buffer_span(&told)) == STATUS_OK ? 0 : 2);
    }
    close(listener);
    close(pipes[1]);
    stranger.heard = pipes[0];
    return stranger;
}

char *
stranger_end(struct stranger *stranger)
{
    struct buffer told = BUFFER_EMPTY;
    ssize_t got;
    int status = -1;
    while ((got = read(stranger->heard, buffer_reserve(&told, 4096), 4096)) > 0)
        buffer_grew(&told, (size_t)got);
    close(stranger->heard);
    ck_assert_int_eq(waitpid(stranger->pid, &status, 0), stranger->pid);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the stranger: %d", status);
    char *copy = memory_text(told.len > 0 ? buffer_span(&told) : SPAN("-"));
    buffer_fini(&told);
    return copy;
}
