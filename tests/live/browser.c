/* SPDX-License-Identifier: ISC */
#include "browser.h"

#include "testing.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_SECONDS = 30 };

void
browser_settings(const struct capsule_run *run, const char *more)
{
    char yaml[4096];
    snprintf(yaml, sizeof yaml, "web: 127.0.0.1:0\n%s", more);
    testing_write(run->folder, "songtu.yaml", yaml);
}

int
browser_port(const struct capsule_run *run)
{
    int port = 0;
    const char *line = strstr(run->ready, "web ");
    ck_assert_msg(line != NULL && sscanf(line, "web %*[0-9.]:%d", &port) == 1, "%s", run->ready);
    return port;
}

struct visit
visit_open(const struct capsule_run *run)
{
    struct timeval wait = { ANSWER_SECONDS, 0 };
    struct visit visit = { socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), NULL, BUFFER_EMPTY };
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)browser_port(run)) };
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    signal(SIGPIPE, SIG_IGN);
    setsockopt(visit.fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    ck_assert_int_eq(connect(visit.fd, (struct sockaddr *)&at, sizeof at), 0);
    return visit;
}

struct visit
visit_open_tls(const struct capsule_run *run, const char *name)
{
    struct visit visit = visit_open(run);
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    visit.ssl = SSL_new(context);
    SSL_CTX_free(context);
    SSL_set_fd(visit.ssl, visit.fd);
    SSL_set_tlsext_host_name(visit.ssl, name);
    ck_assert_int_eq(SSL_connect(visit.ssl), 1);
    return visit;
}

void
visit_say(struct visit *visit, struct span bytes)
{
    if (visit->ssl != NULL)
        SSL_write(visit->ssl, bytes.at, (int)bytes.len);
    else
        (void)!send(visit->fd, bytes.at, bytes.len, MSG_NOSIGNAL);
}

void
visit_ask(struct visit *visit, const char *path, const char *headers)
{
    struct buffer request = BUFFER_EMPTY;
    buffer_printf(&request, "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", path, headers);
    visit_say(visit, buffer_span(&request));
    buffer_fini(&request);
}

/* Some more; false: that was all. */
static bool
hear_more(struct visit *visit)
{
    char *into = buffer_reserve(&visit->pending, 65536);
    ssize_t got = visit->ssl != NULL ? SSL_read(visit->ssl, into, 65536)
                                     : recv(visit->fd, into, 65536, 0);
    if (got > 0)
        buffer_grew(&visit->pending, (size_t)got);
    return got > 0;
}

struct page_heard
visit_hear(struct visit *visit, bool bare)
{
    struct page_heard heard = { 0, NULL, NULL, 0 };
    size_t end;
    while (!span_find(buffer_span(&visit->pending), SPAN("\r\n\r\n"), &end))
        if (!hear_more(visit))
            return heard;
    heard.head = memory_text(span_first(buffer_span(&visit->pending), end + 4));
    ck_assert_msg(sscanf(heard.head, "HTTP/1.1 %d ", &heard.status) == 1, "%s", heard.head);
    const char *length = strstr(heard.head, "Content-Length: ");
    heard.len = length != NULL && !bare ? (size_t)atol(length + 16) : 0;
    while (visit->pending.len < end + 4 + heard.len)
        ck_assert(hear_more(visit));
    heard.body = memory_text((struct span){ visit->pending.at + end + 4, heard.len });
    buffer_drop(&visit->pending, end + 4 + heard.len);
    return heard;
}

void
heard_fini(struct page_heard *heard)
{
    free(heard->head);
    free(heard->body);
    *heard = (struct page_heard){ 0, NULL, NULL, 0 };
}

size_t
visit_end(struct visit *visit)
{
    while (hear_more(visit))
        continue;
    return visit->pending.len;
}

void
visit_close(struct visit *visit)
{
    SSL_free(visit->ssl);
    close(visit->fd);
    buffer_fini(&visit->pending);
    *visit = (struct visit){ -1, NULL, BUFFER_EMPTY };
}
