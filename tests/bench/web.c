/* SPDX-License-Identifier: ISC */
/* bench_web PORT PATH BODY COUNT AT-ONCE [HEADER...] - browsers on connections that are kept: asks
 * for PATH so often, on so many connections at a time, and compares every answer's body with the
 * file BODY. Prints right= wrong=; exits with 0 where all were right. */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { AT_ONCE_MAX = 256, ANSWER_BYTES = 1 << 20, PATIENCE_MS = 10000 };

struct browser {
    int fd;
    size_t got;
    char answer[ANSWER_BYTES];
};

static char request[4096], *body;
static size_t request_len, body_len;
static long asked, right, wrong, count;
static struct browser *browsers;

static void
fail(const char *what)
{
    perror(what);
    exit(2);
}

static void
read_body(const char *path)
{
    FILE *file = fopen(path, "rb");
    body = malloc(ANSWER_BYTES);
    if (file == NULL || body == NULL)
        fail(path);
    body_len = fread(body, 1, ANSWER_BYTES, file);
    fclose(file);
}

static void
write_request(const char *path, char **headers)
{
    int len = snprintf(request, sizeof request,
                       "GET %s HTTP/1.1\r\nHost: localhost\r\n"
                       "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101\r\n"
                       "Accept: text/html,application/xhtml+xml,application/xml;q=0.9\r\n"
                       "Accept-Language: vi,en;q=0.5\r\n",
                       path);
    for (; *headers != NULL; headers++)
        len += snprintf(request + len, sizeof request - (size_t)len, "%s\r\n", *headers);
    len += snprintf(request + len, sizeof request - (size_t)len, "\r\n");
    request_len = (size_t)len;
}

static void
ask(struct browser *browser)
{
    if (asked == count)
        return;
    asked++;
    browser->got = 0;
    if (send(browser->fd, request, request_len, MSG_NOSIGNAL) != (ssize_t)request_len)
        fail("send");
}

static void
dial(struct browser *browser, int port, int epoll)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = browser };
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    browser->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(browser->fd, (struct sockaddr *)&at, sizeof at) != 0)
        fail("connect");
    epoll_ctl(epoll, EPOLL_CTL_ADD, browser->fd, &event);
    ask(browser);
}

/* Whether the answer is there; *is_right: and as it has to be. */
static bool
is_whole(struct browser *browser, bool *is_right)
{
    browser->answer[browser->got] = '\0';
    char *end = strstr(browser->answer, "\r\n\r\n");
    if (end == NULL)
        return false;
    char *length = strcasestr(browser->answer, "\r\nContent-Length: ");
    size_t head = (size_t)(end + 4 - browser->answer);
    size_t wanted = length != NULL && length < end ? (size_t)atol(length + 18) : 0;
    if (browser->got < head + wanted)
        return false;
    *is_right = strncmp(browser->answer, "HTTP/1.1 200 ", 13) == 0 && wanted == body_len &&
                browser->got == head + wanted && memcmp(end + 4, body, wanted) == 0;
    return true;
}

static void
hear(struct browser *browser)
{
    bool is_right;
    ssize_t got = recv(browser->fd, browser->answer + browser->got, ANSWER_BYTES - 1 - browser->got,
                       MSG_DONTWAIT);
    if (got <= 0)
        fail("recv: the connection was not kept");
    browser->got += (size_t)got;
    if (!is_whole(browser, &is_right))
        return;
    right += is_right;
    wrong += !is_right;
    ask(browser);
}

int
main(int argc, char **argv)
{
    struct epoll_event events[AT_ONCE_MAX];
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    long at_once = argc > 5 ? atol(argv[5]) : 0;
    if (at_once < 1 || at_once > AT_ONCE_MAX || (count = atol(argv[4])) < 1) {
        fprintf(stderr, "usage: bench_web PORT PATH BODY COUNT AT-ONCE [HEADER...]\n");
        return 2;
    }
    read_body(argv[3]);
    write_request(argv[2], argv + 6);
    browsers = calloc((size_t)at_once, sizeof *browsers);
    for (long i = 0; i < at_once; i++)
        dial(&browsers[i], atoi(argv[1]), epoll);
    while (right + wrong < count) {
        int ready = epoll_wait(epoll, events, AT_ONCE_MAX, PATIENCE_MS);
        if (ready <= 0)
            fail("epoll_wait: no answer");
        for (int i = 0; i < ready; i++)
            hear(events[i].data.ptr);
    }
    printf("right=%ld wrong=%ld\n", right, wrong);
    return wrong == 0 ? 0 : 1;
}
