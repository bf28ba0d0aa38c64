/* SPDX-License-Identifier: ISC */
#include "scripted.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ASKED_MAX = 512, HEAD_MAX = 16 * 1024, BACKLOG = 64, PATIENCE = 20 };

struct asked {
    char *head;
    int64_t came, left;
};

struct scripted {
    scripted_answer *answer;
    void *whom;
    SSL_CTX *tls;
    int listener;
    uint16_t port;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t quiet; /* a connection has ended */
    struct asked asked[ASKED_MAX];
    size_t count, connections;
    int now, crowd;
    bool stopping;
};

struct scripted_visit {
    struct scripted *scripted;
    int socket;
    SSL *tls;
    int64_t sent; /* when its last bytes were about to leave */
};

static bool
is_stopping(struct scripted *scripted)
{
    pthread_mutex_lock(&scripted->lock);
    bool stopping = scripted->stopping;
    pthread_mutex_unlock(&scripted->lock);
    return stopping;
}

/* Readable, or the end. */
static bool
await(struct scripted *scripted, int descriptor, int milliseconds)
{
    int64_t until = clock_monotonic() + milliseconds;
    struct pollfd one = { .fd = descriptor, .events = POLLIN };
    while (!is_stopping(scripted) && (milliseconds < 0 || clock_monotonic() < until))
        if (poll(&one, 1, PATIENCE) > 0)
            return true;
    return false;
}

bool
scripted_send(struct scripted_visit *visit, struct span bytes)
{
    visit->sent = clock_monotonic();
    while (bytes.len > 0) {
        int sent = visit->tls != NULL ? SSL_write(visit->tls, bytes.at, (int)bytes.len)
                                      : (int)send(visit->socket, bytes.at, bytes.len, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes = span_skip(bytes, (size_t)sent);
    }
    return true;
}

bool
scripted_say(struct scripted_visit *visit, const char *text)
{
    return scripted_send(visit, span_of(text));
}

bool
scripted_reply(struct scripted_visit *visit, const char *status, const char *headers,
               struct span body)
{
    struct buffer out = BUFFER_EMPTY;
    buffer_printf(&out, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n", status, headers, body.len);
    buffer_add(&out, body);
    bool sent = scripted_send(visit, buffer_span(&out));
    buffer_fini(&out);
    return sent;
}

bool
scripted_wait(struct scripted_visit *visit, int milliseconds)
{
    return !await(visit->scripted, visit->socket, milliseconds) && !is_stopping(visit->scripted);
}

static int
receive(struct scripted_visit *visit, char *into, size_t room)
{
    if (visit->tls != NULL)
        return SSL_read(visit->tls, into, (int)room);
    return await(visit->scripted, visit->socket, -1) ? (int)recv(visit->socket, into, room, 0) : 0;
}

/* Notes the request; how often its path was asked for before. */
static int
note(struct scripted *scripted, const char *head, size_t *which)
{
    int times = 0;
    size_t first = strcspn(head, "\r");
    pthread_mutex_lock(&scripted->lock);
    for (size_t i = 0; i < scripted->count; i++)
        times += strncmp(scripted->asked[i].head, head, first + 1) == 0;
    *which = scripted->count < ASKED_MAX ? scripted->count++ : ASKED_MAX - 1;
    free(scripted->asked[*which].head);
    scripted->asked[*which] = (struct asked){ memory_text(span_of(head)), clock_monotonic(), 0 };
    if (++scripted->now > scripted->crowd)
        scripted->crowd = scripted->now;
    pthread_mutex_unlock(&scripted->lock);
    return times;
}

static bool
answer_one(struct scripted_visit *visit, const char *head)
{
    struct scripted *scripted = visit->scripted;
    struct span rest = span_of(head);
    size_t which;
    visit->sent = clock_monotonic();
    span_cut(&rest, ' ');
    int times = note(scripted, head, &which);
    bool on = scripted->answer(visit, span_cut(&rest, ' '), times, scripted->whom);
    pthread_mutex_lock(&scripted->lock);
    scripted->now--;
    scripted->asked[which].left = visit->sent;
    pthread_mutex_unlock(&scripted->lock);
    return on;
}

static void
converse(struct scripted_visit *visit)
{
    char head[HEAD_MAX];
    size_t len = 0;
    int came;
    while ((came = receive(visit, head + len, sizeof head - 1 - len)) > 0) {
        len += (size_t)came;
        head[len] = '\0';
        if (strstr(head, "\r\n\r\n") == NULL)
            continue;
        if (!answer_one(visit, head))
            break;
        len = 0;
    }
}

static void *
on_connection(void *whom)
{
    struct scripted_visit *visit = whom;
    struct scripted *scripted = visit->scripted;
    if (visit->tls == NULL || SSL_accept(visit->tls) == 1)
        converse(visit);
    SSL_free(visit->tls);
    shutdown(visit->socket, SHUT_WR);
    close(visit->socket);
    free(visit);
    pthread_mutex_lock(&scripted->lock);
    scripted->connections--;
    pthread_cond_signal(&scripted->quiet);
    pthread_mutex_unlock(&scripted->lock);
    return NULL;
}

static void
welcome(struct scripted *scripted, int accepted)
{
    struct scripted_visit *visit = memory_new(sizeof *visit);
    pthread_t thread;
    *visit = (struct scripted_visit){ .scripted = scripted, .socket = accepted };
    if (scripted->tls != NULL) {
        visit->tls = SSL_new(scripted->tls);
        SSL_set_fd(visit->tls, accepted);
    }
    pthread_mutex_lock(&scripted->lock);
    scripted->connections++;
    pthread_mutex_unlock(&scripted->lock);
    if (pthread_create(&thread, NULL, on_connection, visit) != 0)
        abort();
    pthread_detach(thread);
}

static void *
on_listen(void *whom)
{
    struct scripted *scripted = whom;
    while (await(scripted, scripted->listener, -1)) {
        int accepted = accept4(scripted->listener, NULL, NULL, SOCK_CLOEXEC);
        if (accepted >= 0)
            welcome(scripted, accepted);
    }
    return NULL;
}

static void
open_tls(struct scripted *scripted, const char *certificate, const char *key)
{
    if (certificate == NULL)
        return;
    scripted->tls = SSL_CTX_new(TLS_server_method());
    if (scripted->tls == NULL ||
        SSL_CTX_use_certificate_chain_file(scripted->tls, certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(scripted->tls, key, SSL_FILETYPE_PEM) != 1)
        abort();
}

struct scripted *
scripted_start(scripted_answer *answer, void *whom, const char *certificate, const char *key)
{
    struct scripted *scripted = memory_new(sizeof *scripted);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY) };
    socklen_t len = sizeof address;
    *scripted = (struct scripted){ .answer = answer, .whom = whom };
    pthread_mutex_init(&scripted->lock, NULL);
    pthread_cond_init(&scripted->quiet, NULL);
    open_tls(scripted, certificate, key);
    scripted->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(scripted->listener, (struct sockaddr *)&address, len) != 0 ||
        listen(scripted->listener, BACKLOG) != 0 ||
        getsockname(scripted->listener, (struct sockaddr *)&address, &len) != 0 ||
        pthread_create(&scripted->thread, NULL, on_listen, scripted) != 0)
        abort();
    scripted->port = ntohs(address.sin_port);
    return scripted;
}

void
scripted_stop(struct scripted *scripted)
{
    pthread_mutex_lock(&scripted->lock);
    scripted->stopping = true;
    pthread_mutex_unlock(&scripted->lock);
    pthread_join(scripted->thread, NULL);
    pthread_mutex_lock(&scripted->lock);
    while (scripted->connections > 0)
        pthread_cond_wait(&scripted->quiet, &scripted->lock);
    pthread_mutex_unlock(&scripted->lock);
    close(scripted->listener);
    SSL_CTX_free(scripted->tls);
    for (size_t i = 0; i < scripted->count; i++)
        free(scripted->asked[i].head);
    free(scripted);
}

uint16_t
scripted_port(const struct scripted *scripted)
{
    return scripted->port;
}

static struct asked
asked_of(struct scripted *scripted, size_t which)
{
    struct asked asked = { NULL, 0, 0 };
    pthread_mutex_lock(&scripted->lock);
    if (which < scripted->count)
        asked = scripted->asked[which];
    pthread_mutex_unlock(&scripted->lock);
    return asked;
}

const char *
scripted_asked(struct scripted *scripted, size_t which)
{
    return asked_of(scripted, which).head;
}

int64_t
scripted_came(struct scripted *scripted, size_t which)
{
    return asked_of(scripted, which).came;
}

int64_t
scripted_left(struct scripted *scripted, size_t which)
{
    return asked_of(scripted, which).left;
}

size_t
scripted_count(struct scripted *scripted)
{
    pthread_mutex_lock(&scripted->lock);
    size_t count = scripted->count;
    pthread_mutex_unlock(&scripted->lock);
    return count;
}

int
scripted_crowd(struct scripted *scripted)
{
    pthread_mutex_lock(&scripted->lock);
    int crowd = scripted->crowd;
    pthread_mutex_unlock(&scripted->lock);
    return crowd;
}
