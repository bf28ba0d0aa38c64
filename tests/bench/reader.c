/* SPDX-License-Identifier: ISC */
#include "reader.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int64_t
now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static void
end(const char *why)
{
    perror(why);
    exit(2);
}

static void
map_body(struct target *target, const char *path)
{
    struct stat facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &facts) != 0 || facts.st_size == 0)
        end(path);
    target->body_len = (size_t)facts.st_size;
    target->body = mmap(NULL, target->body_len, PROT_READ, MAP_PRIVATE, fd, 0);
    if (target->body == MAP_FAILED)
        end(path);
    close(fd);
}

void
target_init(struct target *target, int port, const char *path, const char *body, bool plain)
{
    *target = (struct target){ .at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) },
                               .plain = plain };
    target->at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (plain)
        target->request_len = snprintf(target->request, sizeof target->request, "%s\r\n", path);
    else
        target->request_len = snprintf(target->request, sizeof target->request,
                                       "gemini://localhost:%d%s\r\n", port, path);
    target->context = SSL_CTX_new(TLS_client_method());
    target->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (target->context == NULL || target->epoll < 0)
        end("load");
    if (body != NULL)
        map_body(target, body);
}

bool
target_from(struct target *target, const char *range)
{
    char first[INET_ADDRSTRLEN];
    struct in_addr from, to;
    const char *dash = strchrnul(range, '-');
    snprintf(first, sizeof first, "%.*s", (int)(dash - range), range);
    if (inet_pton(AF_INET, first, &from) != 1 ||
        inet_pton(AF_INET, *dash == '-' ? dash + 1 : first, &to) != 1)
        return false;
    target->first = target->next = ntohl(from.s_addr);
    target->last = ntohl(to.s_addr);
    return target->first <= target->last;
}

bool
target_paths(struct target *target, const char *file)
{
    char *line = NULL;
    size_t room = 0, most = 0;
    FILE *lines = fopen(file, "r");
    if (lines == NULL)
        return false;
    while (getline(&line, &room, lines) > 0) {
        if (target->path_count == most) {
            most = most == 0 ? 1024 : 2 * most;
            target->paths = realloc(target->paths, most * sizeof *target->paths);
            if (target->paths == NULL)
                abort();
        }
        line[strcspn(line, "\n")] = '\0';
        target->paths[target->path_count++] = strdup(line);
    }
    free(line);
    fclose(lines);
    return target->path_count > 0;
}

void
target_fini(struct target *target)
{
    for (size_t i = 0; i < target->path_count; i++)
        free(target->paths[i]);
    free(target->paths);
    if (target->body != NULL)
        munmap((void *)(uintptr_t)target->body, target->body_len);
    SSL_SESSION_free(target->session);
    SSL_CTX_free(target->context);
    close(target->epoll);
}

static void
come_from(struct target *target, int fd)
{
    struct sockaddr_in from = { .sin_family = AF_INET };
    const int yes = 1;
    if (target->next == 0)
        return;
    from.sin_addr.s_addr = htonl(target->next);
    target->next = target->next == target->last ? target->first : target->next + 1;
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&from, sizeof from) != 0)
        end("bind");
}

/* Half of the readers hold small words back until the last one is acknowledged (Nagle), as sockets
 * do; half do not, as those of Go and asyncio. */
static void
set_manners(struct target *target, int fd)
{
    int at_once = (int)(target->dialled++ % 2);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    if (target->receive_bytes > 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &target->receive_bytes, sizeof target->receive_bytes);
}

int
target_dial(struct target *target)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        end("socket");
    come_from(target, fd);
    set_manners(target, fd);
    if (connect(fd, (struct sockaddr *)&target->at, sizeof target->at) != 0 && errno != EINPROGRESS)
        end("connect");
    return fd;
}

static void
begin_tls(struct reader *reader)
{
    const struct target *target = reader->target;
    reader->ssl = SSL_new(target->context);
    if (reader->ssl == NULL || SSL_set_fd(reader->ssl, reader->fd) != 1)
        end("TLS");
    SSL_set_tlsext_host_name(reader->ssl, "localhost");
    SSL_set_connect_state(reader->ssl);
    if (target->session != NULL)
        SSL_set_session(reader->ssl, target->session);
}

void
reader_begin(struct reader *reader, struct target *target, int64_t since)
{
    struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = reader };
    *reader = (struct reader){ .target = target, .since = since, .seated = true };
    reader->fd = target_dial(target);
    if (target->plain) { /* there is no head */
        reader->in_body = true;
        memcpy(reader->status, "20", 2);
    } else {
        begin_tls(reader);
    }
    epoll_ctl(target->epoll, EPOLL_CTL_ADD, reader->fd, &event);
}

static bool
is_waiting(const struct reader *reader, int result)
{
    int why = SSL_get_error(reader->ssl, result);
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
}

int
reader_shake(struct reader *reader)
{
    ERR_clear_error();
    int result = SSL_do_handshake(reader->ssl);
    if (result == 1)
        return 1;
    return is_waiting(reader, result) ? 0 : -1;
}

/* The head ends with the first line. */
static size_t
hear_head(struct reader *reader, const char *text, size_t len)
{
    size_t at = 0;
    while (at < len && !reader->in_body) {
        if (reader->head_len < sizeof reader->status)
            reader->status[reader->head_len] = text[at];
        reader->head_len++;
        reader->in_body = text[at++] == '\n';
    }
    return at;
}

static void
hear(struct reader *reader, const char *text, size_t len)
{
    const struct target *target = reader->target;
    size_t head = hear_head(reader, text, len);
    text += head, len -= head;
    if (target->path_count > 0)
        reader->heard += len;
    else if (len > target->body_len - reader->heard)
        reader->differs = true;
    else if (len > 0) {
        reader->differs |= memcmp(target->body + reader->heard, text, len) != 0;
        reader->heard += len;
    }
}

static enum outcome
judge(const struct reader *reader, bool whole)
{
    const struct target *target = reader->target;
    if (reader->head_len + reader->heard == 0)
        return OUTCOME_TURNED;
    if (whole && reader->in_body && memcmp(reader->status, "44", 2) == 0)
        return OUTCOME_SLOWED;
    if (target->path_count > 0)
        return whole && reader->in_body && reader->status[0] != '4' ? OUTCOME_RIGHT : OUTCOME_WRONG;
    bool right = whole && memcmp(reader->status, "20", 2) == 0 && !reader->differs &&
                 reader->heard == target->body_len;
    return right ? OUTCOME_RIGHT : OUTCOME_WRONG;
}

/* A ticket that was not taken is as good as none: after a reload, the server has new keys. */
static void
keep_session(const struct reader *reader)
{
    struct target *target = reader->target;
    if (!target->resumes || SSL_session_reused(reader->ssl))
        return;
    SSL_SESSION *session = SSL_get1_session(reader->ssl);
    if (session == NULL || !SSL_SESSION_is_resumable(session)) {
        SSL_SESSION_free(session);
        return;
    }
    SSL_SESSION_free(target->session);
    target->session = session;
}

static void
write_question(struct reader *reader)
{
    struct target *target = reader->target;
    if (target->path_count > 0)
        target->request_len = snprintf(target->request, sizeof target->request,
                                       "gemini://localhost:%d%s\r\n", ntohs(target->at.sin_port),
                                       target->paths[target->asked++ % target->path_count]);
    SSL_write(reader->ssl, target->request, target->request_len);
}

static enum outcome
go_on_plainly(struct reader *reader)
{
    static char text[65536];
    const struct target *target = reader->target;
    ssize_t got;
    if (!reader->shaken) {
        ssize_t went = send(reader->fd, target->request, (size_t)target->request_len, 0);
        if (went != target->request_len)
            return went < 0 && (errno == EAGAIN || errno == ENOTCONN) ? OUTCOME_NONE
                                                                      : OUTCOME_TURNED;
        reader->shaken = true;
    }
    while ((got = recv(reader->fd, text, sizeof text, 0)) > 0)
        hear(reader, text, (size_t)got);
    return got < 0 && errno == EAGAIN ? OUTCOME_NONE : judge(reader, got == 0);
}

enum outcome
reader_go_on(struct reader *reader)
{
    static char text[65536];
    if (reader->target->plain)
        return go_on_plainly(reader);
    if (!reader->shaken) {
        int shaken = reader_shake(reader);
        if (shaken <= 0)
            return shaken == 0 ? OUTCOME_NONE : OUTCOME_TURNED;
        reader->shaken = true;
        /* Who answers before he is asked may have hung up: his answer counts all the same. */
        write_question(reader);
    }
    int result;
    ERR_clear_error();
    while ((result = SSL_read(reader->ssl, text, sizeof text)) > 0)
        hear(reader, text, (size_t)result);
    if (is_waiting(reader, result))
        return OUTCOME_NONE;
    keep_session(reader);
    return judge(reader, SSL_get_error(reader->ssl, result) == SSL_ERROR_ZERO_RETURN);
}

bool
reader_resumed(const struct reader *reader)
{
    return reader->ssl != NULL && SSL_session_reused(reader->ssl);
}

unsigned
reader_port(const struct reader *reader)
{
    struct sockaddr_in at = { .sin_port = 0 };
    socklen_t len = sizeof at;
    getsockname(reader->fd, (struct sockaddr *)&at, &len);
    return ntohs(at.sin_port);
}

void
reader_end(struct reader *reader)
{
    if (reader->ssl != NULL) {
        SSL_set_quiet_shutdown(reader->ssl, 1); /* else OpenSSL drops the session it ended in */
        SSL_shutdown(reader->ssl);
    }
    SSL_free(reader->ssl);
    reader->ssl = NULL;
    reader->seated = false;
    close(reader->fd);
}

bool
target_ticket(struct target *target)
{
    enum { WAIT_MS = 20000 };
    struct epoll_event event;
    struct reader reader;
    enum outcome outcome = OUTCOME_NONE;
    target->resumes = true;
    reader_begin(&reader, target, now());
    while (outcome == OUTCOME_NONE && epoll_wait(target->epoll, &event, 1, WAIT_MS) == 1)
        outcome = reader_go_on(&reader);
    reader_end(&reader);
    return target->session != NULL;
}
