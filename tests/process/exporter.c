/* SPDX-License-Identifier: ISC */
/* How the numbers are asked for over HTTP, by good and by bad clients. */
#include "process/exporter.h"

#include "base/buffer.h"
#include "numbers.h"
#include "process/socket.h"
#include "testing.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
    const char *bytes;
    enum exporter_asked asked;
    bool head;
} asked[] = {
    { "GET /metrics HTTP/1.1\r\n\r\n", ASKED_METRICS, false },
    { "GET /metrics HTTP/1.0\r\nHost: x\r\nAccept: */*\r\n\r\n", ASKED_METRICS, false },
    { "GET /metrics HTTP/1.1\n\n", ASKED_METRICS, false },
    { "HEAD /metrics HTTP/1.1\r\n\r\n", ASKED_METRICS, true },
    { "GET /metrics?name[]=x HTTP/1.1\r\n\r\n", ASKED_METRICS, false },
    { "GET http://127.0.0.1:9100/metrics HTTP/1.1\r\n\r\n", ASKED_METRICS, false },
    { "GET http://127.0.0.1:9100 HTTP/1.1\r\n\r\n", ASKED_ELSEWHERE, false },
    { "GET / HTTP/1.1\r\n\r\n", ASKED_ELSEWHERE, false },
    { "GET /metrics/ HTTP/1.1\r\n\r\n", ASKED_ELSEWHERE, false },
    { "GET /metricsx HTTP/1.1\r\n\r\n", ASKED_ELSEWHERE, false },
    { "POST /metrics HTTP/1.1\r\n\r\n", ASKED_OTHERWISE, false },
    { "get /metrics HTTP/1.1\r\n\r\n", ASKED_OTHERWISE, false },
    { "GET /metrics HTTP/2.0\r\n\r\n", ASKED_BAD, false },
    { "GET /metrics\r\n", ASKED_BAD, false },
    { "GET  /metrics HTTP/1.1\r\n\r\n", ASKED_BAD, false },
    { "GET /metrics HTTP/1.1 \r\n\r\n", ASKED_BAD, false },
    { "\r\n", ASKED_BAD, false },
    { "\x16\x03\x01\n", ASKED_BAD, false },
    { "", ASKED_PART, false },
    { "GET /metrics HTTP/1.1", ASKED_PART, false },
    { "GET /metrics HTTP/1.1\r\n", ASKED_PART, false },
    { "GET /metrics HTTP/1.1\r\nHost: x\r\n", ASKED_PART, false },
    { "GET /metrics HTTP/1.1\r\nHost: x\r\n\r", ASKED_PART, false },
};

START_TEST(a_request_is_understood)
{
    struct exporter_question question = exporter_parse(span_of(asked[_i].bytes));
    ck_assert_int_eq(question.asked, asked[_i].asked);
    ck_assert(question.head == asked[_i].head);
}
END_TEST

START_TEST(no_request_is_longer_than_its_most)
{
    char bytes[EXPORTER_REQUEST_MAX + 1];
    memset(bytes, 'a', sizeof bytes);
    struct span all = { bytes, EXPORTER_REQUEST_MAX };
    ck_assert_int_eq(exporter_parse(span_first(all, all.len - 1)).asked, ASKED_PART);
    ck_assert_int_eq(exporter_parse(all).asked, ASKED_TOO_MUCH);
    memcpy(bytes, "GET /metrics HTTP/1.1\r\n", 23);
    ck_assert_int_eq(exporter_parse(span_first(all, all.len - 1)).asked, ASKED_PART);
    ck_assert_int_eq(exporter_parse(all).asked, ASKED_TOO_MUCH);
    memcpy(bytes + EXPORTER_REQUEST_MAX - 4, "\r\n\r\n", 4);
    ck_assert_int_eq(exporter_parse(all).asked, ASKED_METRICS);
}
END_TEST

static struct metrics *metrics;
static pid_t pid;
static struct address address;

static void
set_up(void)
{
    int socket;
    bool fell_back;
    ck_assert_int_eq(metrics_new(NULL, &metrics), STATUS_OK);
    ck_assert(address_parse(SPAN("127.0.0.1:0"), &address));
    ck_assert_int_eq(socket_listen(&address, 1, &socket, &fell_back), STATUS_OK);
    pid = fork();
    if (pid == 0) {
        signal(SIGTERM, SIG_DFL); /* the suite has its own ways */
        _exit(exporter_run(metrics, socket));
    }
    close(socket);
}

static void
tear_down(void)
{
    int status;
    kill(pid, SIGTERM);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM); /* it lived to the end */
    metrics_free(metrics);
}

static int
dial(void)
{
    struct timeval wait = { 20, 0 };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address.at, address.len), 0);
    return fd;
}

/* What comes until the end; the caller's to free. */
static char *
hear(int fd)
{
    struct buffer heard = BUFFER_EMPTY;
    ssize_t got;
    while ((got = recv(fd, buffer_reserve(&heard, 65536), 65536, 0)) > 0)
        buffer_grew(&heard, (size_t)got);
    ck_assert_int_eq(got, 0);
    close(fd);
    char *text = memory_text(buffer_span(&heard));
    buffer_fini(&heard);
    return text;
}

static char *
ask(const char *request)
{
    int fd = dial();
    ck_assert_int_eq(send(fd, request, strlen(request), MSG_NOSIGNAL), (ssize_t)strlen(request));
    return hear(fd);
}

START_TEST(the_numbers_are_told_as_they_are_now)
{
    for (int i = 1; i <= 3; i++) {
        struct numbers numbers;
        metrics_add(metrics, METRIC_ACCEPTED, 1);
        char *answer = ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
        char *body = strstr(answer, "\r\n\r\n"), *length = strstr(answer, "Content-Length: ");
        ck_assert(strncmp(answer, "HTTP/1.1 200 OK\r\n", 17) == 0);
        ck_assert_ptr_nonnull(
            strstr(answer, "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
        ck_assert_uint_eq(strlen(body + 4), strtoul(length + 16, NULL, 10));
        numbers_of_text(body + 4, &numbers);
        ck_assert_str_eq(numbers.fault, "");
        ck_assert(numbers_get(&numbers, "connections_total") == i);
        free(answer);
    }
}
END_TEST

START_TEST(head_tells_the_length_alone)
{
    char *answer = ask("HEAD /metrics HTTP/1.1\r\n\r\n");
    ck_assert_ptr_null(strstr(answer, "Content-Length: 0\r\n"));
    ck_assert_str_eq(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
    free(answer);
}
END_TEST

static const struct {
    const char *request, *status;
} refused[] = {
    { "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 404 " },
    { "DELETE /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 405 " },
    { "hello\n", "HTTP/1.1 400 " },
};

START_TEST(what_is_no_question_is_told_so)
{
    char *answer = ask(refused[_i].request);
    ck_assert(strncmp(answer, refused[_i].status, strlen(refused[_i].status)) == 0);
    free(answer);
}
END_TEST

START_TEST(too_long_a_request_is_told_so)
{
    char request[EXPORTER_REQUEST_MAX + 1000];
    memset(request, 'a', sizeof request - 1);
    request[sizeof request - 1] = '\0';
    char *answer = ask(request);
    ck_assert(strncmp(answer, "HTTP/1.1 431 ", 13) == 0);
    free(answer);
}
END_TEST

START_TEST(one_who_keeps_silent_keeps_others_waiting_for_a_moment_only)
{
    int silent = dial(), half = dial(), gone = dial();
    ck_assert_int_eq(send(half, "GET /metrics", 12, MSG_NOSIGNAL), 12);
    struct linger rudely = { 1, 0 };
    setsockopt(gone, SOL_SOCKET, SO_LINGER, &rudely, sizeof rudely);
    close(gone);
    char *answer = ask("GET /metrics HTTP/1.1\r\n\r\n");
    ck_assert(strncmp(answer, "HTTP/1.1 200 ", 13) == 0);
    free(answer);
    for (int i = 0; i < 2; i++) {
        char *nothing = hear(i == 0 ? silent : half);
        ck_assert_str_eq(nothing, "");
        free(nothing);
    }
}
END_TEST

START_TEST(a_request_in_pieces_is_put_together)
{
    static const char request[] = "GET /metrics HTTP/1.1\r\n\r\n";
    int on = 1, fd = dial();
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (size_t i = 0; request[i] != '\0'; i++)
        ck_assert_int_eq(send(fd, request + i, 1, MSG_NOSIGNAL), 1);
    char *answer = hear(fd);
    ck_assert(strncmp(answer, "HTTP/1.1 200 ", 13) == 0);
    free(answer);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("exporter");
    TCase *pure = tcase_create("pure"), *tests = tcase_create("exporter");
    tcase_add_loop_test(pure, a_request_is_understood, 0, sizeof asked / sizeof *asked);
    tcase_add_test(pure, no_request_is_longer_than_its_most);
    suite_add_tcase(suite, pure);
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, the_numbers_are_told_as_they_are_now);
    tcase_add_test(tests, head_tells_the_length_alone);
    tcase_add_loop_test(tests, what_is_no_question_is_told_so, 0, sizeof refused / sizeof *refused);
    tcase_add_test(tests, too_long_a_request_is_told_so);
    tcase_add_test(tests, one_who_keeps_silent_keeps_others_waiting_for_a_moment_only);
    tcase_add_test(tests, a_request_in_pieces_is_put_together);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
