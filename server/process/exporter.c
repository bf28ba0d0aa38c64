/* SPDX-License-Identifier: ISC */
#include "process/exporter.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/log.h"
#include "process/metrics_print.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAUSE_MS = 100 };

static const struct {
    const char *status, *type, *words; /* words NULL: the numbers */
} answers[] = {
    [ASKED_METRICS] = { "200 OK", "text/plain; version=0.0.4; charset=utf-8", NULL },
    [ASKED_BAD] = { "400 Bad Request", "text/plain", "This speaks HTTP/1 alone.\n" },
    [ASKED_ELSEWHERE] = { "404 Not Found", "text/plain", "The metrics are at /metrics.\n" },
    [ASKED_OTHERWISE] = { "405 Method Not Allowed", "text/plain", "GET and HEAD only.\n" },
    [ASKED_TOO_MUCH] = { "431 Request Header Fields Too Large", "text/plain",
                         "That is too much to ask.\n" },
};

/* Both line ends are taken (RFC 9112, 2.2). */
static bool
is_whole(struct span bytes)
{
    size_t at;
    return span_find(bytes, SPAN("\n\r\n"), &at) || span_find(bytes, SPAN("\n\n"), &at);
}

/* The path of "/metrics?x" and of "http://host/metrics". */
static struct span
path_of(struct span target)
{
    size_t at;
    if (span_find(target, SPAN("://"), &at)) {
        target = span_skip(target, at + 3);
        target = span_find_char(target, '/', &at) ? span_skip(target, at) : SPAN("/");
    }
    return span_cut(&target, '?');
}

struct exporter_question
exporter_parse(struct span bytes)
{
    struct exporter_question question = { ASKED_PART, false };
    struct span rest = span_first(bytes, EXPORTER_REQUEST_MAX), line;
    if (!span_has_char(rest, '\n')) {
        question.asked = bytes.len < EXPORTER_REQUEST_MAX ? ASKED_PART : ASKED_TOO_MUCH;
        return question;
    }
    line = span_line(&rest);
    struct span method = span_cut(&line, ' '), target = span_cut(&line, ' ');
    question.head = span_equal(method, SPAN("HEAD"));
    if (!span_starts(line, SPAN("HTTP/1.")) || line.len != 8 || target.len == 0)
        question.asked = ASKED_BAD;
    else if (!is_whole(span_first(bytes, EXPORTER_REQUEST_MAX)))
        question.asked = bytes.len < EXPORTER_REQUEST_MAX ? ASKED_PART : ASKED_TOO_MUCH;
    else if (!question.head && !span_equal(method, SPAN("GET")))
        question.asked = ASKED_OTHERWISE;
    else
        question.asked = span_equal(path_of(target), SPAN("/metrics")) ? ASKED_METRICS
                                                                       : ASKED_ELSEWHERE;
    return question;
}

/* false: the time is up. */
static bool
wait_for(int socket, short what, int64_t deadline)
{
    struct pollfd fd = { .fd = socket, .events = what };
    for (;;) {
        int64_t left = deadline - clock_monotonic();
        int ready = left > 0 ? poll(&fd, 1, (int)left) : 0;
        if (ready >= 0 || errno != EINTR)
            return ready > 0;
    }
}

/* The whole question; ASKED_PART: he left, or was too slow. */
static struct exporter_question
hear(int socket, int64_t deadline)
{
    char bytes[EXPORTER_REQUEST_MAX];
    struct exporter_question question = { ASKED_PART, false };
    for (size_t len = 0; question.asked == ASKED_PART && wait_for(socket, POLLIN, deadline);) {
        ssize_t got = recv(socket, bytes + len, sizeof bytes - len, 0);
        if (got <= 0)
            break;
        len += (size_t)got;
        question = exporter_parse((struct span){ bytes, len });
    }
    return question;
}

static void
say(int socket, struct span bytes, int64_t deadline)
{
    while (bytes.len > 0 && wait_for(socket, POLLOUT, deadline)) {
        ssize_t went = send(socket, bytes.at, bytes.len, MSG_NOSIGNAL);
        if (went < 0)
            return;
        bytes = span_skip(bytes, (size_t)went);
    }
}

static void
print_answer(const struct metrics *metrics, struct exporter_question question, struct buffer *out)
{
    struct buffer body = BUFFER_EMPTY;
    struct metric_values values;
    if (question.asked == ASKED_METRICS) {
        metrics_sum(metrics, &values);
        metrics_print_text(&values, clock_now(), &body);
    } else {
        buffer_add_text(&body, answers[question.asked].words);
    }
    buffer_printf(out,
                  "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s"
                  "Connection: close\r\n\r\n",
                  answers[question.asked].status, answers[question.asked].type, body.len,
                  question.asked == ASKED_OTHERWISE ? "Allow: GET, HEAD\r\n" : "");
    if (!question.head)
        buffer_add(out, buffer_span(&body));
    buffer_fini(&body);
}

/* Reads away what he still says, so that no RST overtakes the answer. */
static void
part(int socket, int64_t deadline)
{
    char away[4096];
    shutdown(socket, SHUT_WR);
    while (wait_for(socket, POLLIN, deadline) && recv(socket, away, sizeof away, 0) > 0)
        continue;
}

static void
converse(const struct metrics *metrics, int socket)
{
    int64_t deadline = clock_monotonic() + EXPORTER_DEADLINE_MS;
    struct buffer answer = BUFFER_EMPTY;
    struct exporter_question question = hear(socket, deadline);
    if (question.asked != ASKED_PART) {
        print_answer(metrics, question, &answer);
        say(socket, buffer_span(&answer), deadline);
        part(socket, deadline);
    }
    buffer_fini(&answer);
    close(socket);
}

int
exporter_run(const struct metrics *metrics, int socket)
{
    struct pollfd fd = { .fd = socket, .events = POLLIN };
    while (poll(&fd, 1, -1) >= 0 || errno == EINTR) {
        int one = accept4(socket, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (one >= 0)
            converse(metrics, one);
        else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            poll(NULL, 0, PAUSE_MS); /* rather than spin */
        else if (errno == EBADF || errno == EINVAL || errno == ENOTSOCK)
            break;
    }
    log_error("the metrics can't be told any more: %s", strerror(errno));
    return 1;
}
