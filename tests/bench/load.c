/* SPDX-License-Identifier: ISC */
/* load - readers for a Gemini server, as many at a time as asked: each shakes hands, asks, reads to
 * the close_notify, and another begins.
 *
 * load PORT PATH REQUESTS AT_ONCE full|resumed: prints "answers resumed failed bytes". */
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { AT_ONCE_MAX = 1024, WAIT_MS = 20000 };

struct reader {
    int fd;
    SSL *ssl;
    bool asked, right; /* the answer begins with 20 */
    uint32_t wants;
};

static struct {
    SSL_CTX *context;
    SSL_SESSION *session;
    bool resumes;
    int port, epoll;
    char request[1100];
    int request_len;
    long begun, wanted, answers, resumed, failed;
    unsigned long long bytes;
} load;

static void
begin(struct reader *reader)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)load.port) };
    struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = reader };
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *reader = (struct reader){ .fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0) };
    if (connect(reader->fd, (struct sockaddr *)&at, sizeof at) != 0 && errno != EINPROGRESS) {
        perror("connect");
        exit(1);
    }
    reader->ssl = SSL_new(load.context);
    SSL_set_fd(reader->ssl, reader->fd);
    SSL_set_tlsext_host_name(reader->ssl, "localhost");
    SSL_set_connect_state(reader->ssl);
    if (load.resumes && load.session != NULL)
        SSL_set_session(reader->ssl, load.session);
    epoll_ctl(load.epoll, EPOLL_CTL_ADD, reader->fd, &event);
    load.begun++;
}

/* One ticket serves all, as many readers would have it. */
static void
keep_session(const struct reader *reader)
{
    if (!load.resumes || load.session != NULL)
        return;
    SSL_SESSION *session = SSL_get1_session(reader->ssl);
    if (SSL_SESSION_is_resumable(session))
        load.session = session;
    else
        SSL_SESSION_free(session);
}

static void
finish(struct reader *reader, bool whole)
{
    load.answers += whole && reader->right;
    load.failed += !(whole && reader->right);
    load.resumed += SSL_session_reused(reader->ssl);
    keep_session(reader);
    SSL_set_quiet_shutdown(reader->ssl, 1); /* else OpenSSL drops the session it ended in */
    SSL_shutdown(reader->ssl);
    SSL_free(reader->ssl);
    close(reader->fd);
    if (load.begun < load.wanted)
        begin(reader);
    else
        reader->ssl = NULL;
}

static bool
is_waiting(const struct reader *reader, int result)
{
    int why = SSL_get_error(reader->ssl, result);
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
}

static void
go_on(struct reader *reader)
{
    static char text[65536];
    int result;
    if (!reader->asked) {
        if ((result = SSL_do_handshake(reader->ssl)) != 1) {
            if (!is_waiting(reader, result))
                finish(reader, false);
            return;
        }
        SSL_write(reader->ssl, load.request, load.request_len);
        reader->asked = true;
    }
    while ((result = SSL_read(reader->ssl, text, sizeof text)) > 0) {
        reader->right |= memcmp(text, "20", 2) == 0;
        load.bytes += (unsigned)result;
    }
    if (!is_waiting(reader, result))
        finish(reader, SSL_get_error(reader->ssl, result) == SSL_ERROR_ZERO_RETURN);
}

static bool
run(struct reader *readers, long wanted, int at_once)
{
    struct epoll_event events[AT_ONCE_MAX];
    load.begun = load.answers = load.resumed = load.failed = 0;
    load.bytes = 0;
    load.wanted = wanted;
    for (int i = 0; i < at_once && load.begun < load.wanted; i++)
        begin(&readers[i]);
    while (load.answers + load.failed < load.wanted) {
        int count = epoll_wait(load.epoll, events, at_once, WAIT_MS);
        if (count <= 0) {
            fprintf(stderr, "load: no answer in %d s\n", WAIT_MS / 1000);
            return false;
        }
        for (int i = 0; i < count; i++)
            go_on(events[i].data.ptr);
    }
    return load.failed == 0;
}

int
main(int argc, char **argv)
{
    static struct reader readers[AT_ONCE_MAX];
    if (argc != 6 || atoi(argv[4]) > AT_ONCE_MAX)
        return 2;
    signal(SIGPIPE, SIG_IGN);
    load.port = atoi(argv[1]);
    load.resumes = strcmp(argv[5], "resumed") == 0;
    load.request_len = snprintf(load.request, sizeof load.request, "gemini://localhost:%d%s\r\n",
                                load.port, argv[2]);
    load.context = SSL_CTX_new(TLS_client_method());
    load.epoll = epoll_create1(0);
    bool fine = (!load.resumes || run(readers, 1, 1)) && /* for a ticket */
                run(readers, atol(argv[3]), atoi(argv[4]));
    printf("%ld %ld %ld %llu\n", load.answers, load.resumed, load.failed, load.bytes);
    return fine ? 0 : 1;
}
