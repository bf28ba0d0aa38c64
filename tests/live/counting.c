/* SPDX-License-Identifier: ISC */
/* What the daemon counts, to the unit: as `songtu status` shows it, and as it is told Prometheus.
 */
#include "capsule.h"

#include "numbers.h"
#include "testing.h"

#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static struct capsule_run *run;
static struct numbers shown, told;

static void
set_up(void)
{
    run = capsule_prepare();
    testing_write(run->folder, "songtu.yaml", "metrics: unix:metrics.sock\n");
    capsule_launch(run);
}

static void
tear_down(void)
{
    capsule_stop(run);
}

/* Reads `songtu status --json` into `shown`; its exit status. */
static int
look(void)
{
    char command[8192];
    snprintf(command, sizeof command, "cd '%s' && ./songtu status --json >json 2>>log",
             run->folder);
    int status = system(command);
    char *json = testing_read(run->folder, "json");
    shown = (struct numbers){ .count = 0 };
    if (WEXITSTATUS(status) == 0) {
        numbers_of_json(json, &shown);
        ck_assert_str_eq(shown.fault, "");
    }
    free(json);
    return WEXITSTATUS(status);
}

static void
wait_for(const char *name, double value)
{
    for (int i = 0; look() != 0 || numbers_get(&shown, name) != value; i++) {
        ck_assert_msg(i < 500, "%s is %g, not %g", name, numbers_get(&shown, name), value);
        poll(NULL, 0, 20);
    }
}

static void
assert_shown(const char *name, double value)
{
    ck_assert_msg(numbers_get(&shown, name) == value, "%s is %g, not %g", name,
                  numbers_get(&shown, name), value);
}

static int
dial_file(void)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    struct timeval wait = { 20, 0 };
    ck_assert_uint_lt(strlen(run->folder) + 14, sizeof at.sun_path);
    snprintf(at.sun_path, sizeof at.sun_path, "%.90s/metrics.sock", run->folder);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

/* Asks the exporter, as Prometheus does; into `told`. */
static void
scrape(int fd)
{
    static const char request[] = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
    struct buffer answer = BUFFER_EMPTY;
    size_t body;
    ssize_t got;
    ck_assert_int_eq(send(fd, request, sizeof request - 1, MSG_NOSIGNAL), sizeof request - 1);
    while ((got = recv(fd, buffer_reserve(&answer, 65536), 65536, 0)) > 0)
        buffer_grew(&answer, (size_t)got);
    close(fd);
    ck_assert(span_starts(buffer_span(&answer), SPAN("HTTP/1.1 200 OK\r\n")));
    ck_assert(span_find(buffer_span(&answer), SPAN("\r\n\r\n"), &body));
    numbers_of_text(buffer_text(&answer) + body + 4, &told);
    ck_assert_str_eq(told.fault, "");
    buffer_fini(&answer);
}

/* The name of a number that the two tell otherwise; NULL: none. Ages go on between two looks. */
static const char *
difference(void)
{
    for (size_t i = 0; i < told.count; i++)
        if (strstr(told.at[i].name, "age_seconds") == NULL &&
            strcmp(told.at[i].name, "uptime_seconds") != 0 &&
            numbers_get(&shown, told.at[i].name) != told.at[i].value)
            return told.at[i].name;
    return NULL;
}

/* Something may happen between the two looks, such as a watcher's first round: so more than once.
 */
static void
assert_both_say_the_same(void)
{
    const char *odd = "";
    for (int i = 0; i < 50 && odd != NULL; i++) {
        ck_assert_int_eq(look(), 0);
        scrape(dial_file());
        ck_assert_uint_eq(shown.count, told.count + 1); /* the daemon's process */
        odd = difference();
    }
    ck_assert_msg(odd == NULL, "%s is %g here, %g there", odd, numbers_get(&shown, odd),
                  numbers_get(&told, odd));
}

/* Asks for the front page, and keeps the session, or begins with it. */
static void
ask_with(SSL_SESSION **session)
{
    char page[8192], line[128];
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(context);
    int fd = capsule_dial(run), got, len;
    SSL_set_fd(ssl, fd);
    SSL_set_tlsext_host_name(ssl, "localhost");
    if (*session != NULL)
        ck_assert_int_eq(SSL_set_session(ssl, *session), 1);
    ck_assert_int_eq(SSL_connect(ssl), 1);
    ck_assert_int_eq(SSL_session_reused(ssl), *session != NULL);
    len = snprintf(line, sizeof line, "gemini://localhost:%d/\r\n", run->port);
    ck_assert_int_eq(SSL_write(ssl, line, len), len);
    while ((got = SSL_read(ssl, page, sizeof page)) > 0)
        continue;
    SSL_shutdown(ssl); /* or the session counts as a bad one */
    SSL_SESSION_free(*session);
    *session = SSL_get1_session(ssl);
    SSL_free(ssl);
    SSL_CTX_free(context);
    close(fd);
}

static void
knock_in_clear(void)
{
    char away[64];
    int fd = capsule_dial(run);
    ck_assert_int_eq(send(fd, "GET / HTTP/1.0\r\n\r\n", 18, MSG_NOSIGNAL), 18);
    while (recv(fd, away, sizeof away, 0) > 0)
        continue;
    close(fd);
}

START_TEST(everything_is_counted_to_the_unit)
{
    enum { PAGES = 20, MISSING = 5 };
    SSL_SESSION *session = NULL;
    for (int i = 0; i < PAGES; i++)
        ck_assert_int_eq(capsule_status(run, "/about"), 20);
    for (int i = 0; i < MISSING; i++)
        ck_assert_int_eq(capsule_status(run, "/nowhere"), 51);
    ask_with(&session);
    ask_with(&session);
    SSL_SESSION_free(session);
    knock_in_clear();
    wait_for("connections_total", PAGES + MISSING + 3);
    wait_for("state_duration_seconds.goodbye.count", PAGES + MISSING + 3);
    assert_shown("connections", 0);
    assert_shown("answers_total.gemini.20", PAGES + 2);
    assert_shown("answers_total.gemini.51", MISSING);
    assert_shown("answers_total.gemini.59", 0);
    assert_shown("handshakes_total.full", PAGES + MISSING + 1);
    assert_shown("handshakes_total.resumed", 1);
    assert_shown("handshakes_total.failed", 1);
    assert_shown("state_duration_seconds.handshake.count", PAGES + MISSING + 3);
    assert_shown("state_duration_seconds.request.count", PAGES + MISSING + 2);
    assert_shown("state_duration_seconds.reply.count", PAGES + MISSING + 2);
    ck_assert(numbers_get(&shown, "cache_lookups_total.hit") +
                  numbers_get(&shown, "cache_lookups_total.miss") ==
              PAGES + MISSING + 2);
    ck_assert(numbers_get(&shown, "cache_lookups_total.hit") >= PAGES - 2); /* two workers */
    ck_assert(numbers_get(&shown, "bytes_total.out") > 25 * 100);
    assert_shown("workers.serving", 2);
    assert_shown("daemon", run->master);
    assert_both_say_the_same();
}
END_TEST

START_TEST(a_reload_keeps_the_counts_and_who_drains_is_still_there)
{
    struct talk talk;
    ck_assert_int_eq(capsule_status(run, "/"), 20);
    talk = talk_open(run, PLAINLY);
    ck_assert_ptr_nonnull(talk.ssl);
    wait_for("connections", 1);
    kill(run->master, SIGHUP);
    wait_for("generation", 2);
    wait_for("workers.draining", 1); /* the one that has nobody leaves */
    assert_shown("workers.serving", 2);
    assert_shown("connections", 1);
    assert_shown("connections_total", 2);
    assert_shown("answers_total.gemini.20", 1);
    talk_close(&talk);
    wait_for("workers.draining", 0);
    wait_for("connections", 0);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
    wait_for("answers_total.gemini.20", 2);
    assert_shown("connections_total", 3);
    scrape(dial_file()); /* the exporter is another one, too */
    ck_assert(numbers_get(&told, "generation") == 2);
}
END_TEST

START_TEST(an_upgrade_keeps_the_counts_and_who_drains_counts_on)
{
    struct talk talk;
    ck_assert_int_eq(capsule_status(run, "/"), 20);
    talk = talk_open(run, PLAINLY);
    ck_assert_ptr_nonnull(talk.ssl);
    wait_for("connections", 1);
    pid_t old = capsule_upgrade(run);
    wait_for("daemon", run->master);
    wait_for("workers.serving", 2);
    assert_shown("connections", 1);
    assert_shown("connections_total", 2);
    assert_shown("answers_total.gemini.20", 1);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
    wait_for("answers_total.gemini.20", 2);
    talk_close(&talk);
    ck_assert_int_eq(waitpid(old, NULL, 0), old);
    wait_for("connections", 0);
    assert_shown("connections_total", 3);
    scrape(dial_file());
    ck_assert(numbers_get(&told, "answers_total.gemini.20") == 2);
}
END_TEST

/* Workers and the exporter, one after the other. */
START_TEST(whoever_is_killed_leaves_no_connection_behind)
{
    enum { TALKS = 8 };
    struct talk talks[TALKS];
    pid_t children[16];
    for (int i = 0; i < TALKS; i++) {
        talks[i] = talk_open(run, PLAINLY);
        ck_assert_ptr_nonnull(talks[i].ssl);
    }
    wait_for("connections", TALKS);
    size_t count = capsule_children(run, children, 16);
    ck_assert_uint_eq(count, 4);
    for (size_t i = 0; i < count; i++)
        kill(children[i], SIGKILL);
    wait_for("connections", 0);
    wait_for("workers.serving", 2);
    assert_shown("connections_total", TALKS);
    assert_shown("handshakes_total.full", TALKS);
    for (int i = 0; i < TALKS; i++)
        talk_close(&talks[i]);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
    wait_for("answers_total.gemini.20", 1);
    assert_shown("connections_total", TALKS + 1);
    wait_for("connections", 0);
    assert_both_say_the_same();
}
END_TEST

START_TEST(a_change_of_the_content_is_another_round)
{
    wait_for("workers.serving", 2);
    double round = numbers_get(&shown, "archive_round");
    ck_assert(round >= 1);
    ck_assert(numbers_get(&shown, "archive_age_seconds") < 60);
    testing_write(run->folder, "content/stories/2026/moi.gmi", "---\ntitle: Mới\n---\n");
    wait_for("archive_round", round + 1);
}
END_TEST

START_TEST(counters_come_back_where_they_were_deleted_and_end_with_the_daemon)
{
    char path[4096];
    wait_for("workers.serving", 2);
    snprintf(path, sizeof path, "%s/var/counters", run->folder);
    ck_assert_int_eq(unlink(path), 0);
    wait_for("workers.serving", 2);
    ck_assert_int_eq(capsule_end(run), 0);
    ck_assert_int_eq(look(), 1);
    capsule_launch(run); /* its socket file is still there, and nobody listens */
    wait_for("workers.serving", 2);
    assert_shown("connections_total", 0);
    scrape(dial_file());
}
END_TEST

START_TEST(whoever_is_refused_is_counted_by_his_limit)
{
    enum { SERVED = 2, TOLD = 10, SILENT = 3 };
    ck_assert_int_eq(capsule_end(run), 0);
    testing_write(run->folder, "songtu.yaml", "rate: 2/5m\n");
    run->allow = "";
    capsule_launch(run);
    for (int i = 0; i < SERVED + TOLD + SILENT; i++)
        ck_assert_int_eq(capsule_status(run, "/about"), i < SERVED          ? 20
                                                        : i < SERVED + TOLD ? 44
                                                                            : 0);
    wait_for("connections_total", SERVED + TOLD + SILENT);
    wait_for("answers_total.gemini.44", TOLD);
    assert_shown("refused_total.rate.44", TOLD);
    assert_shown("refused_total.rate.none", SILENT);
    assert_shown("refused_total.connections.none", 0);
    wait_for("connections", 0);
}
END_TEST

START_TEST(the_ready_line_says_where_the_metrics_are)
{
    struct capsule_run there = *run;
    ck_assert_int_eq(capsule_end(run), 0);
    testing_write(run->folder, "songtu.yaml", "metrics: 127.0.0.1:0\n");
    capsule_launch(run);
    ck_assert_int_eq(sscanf(run->ready, "gemini %*s metrics 127.0.0.1:%d\n", &there.port), 1);
    ck_assert_int_gt(there.port, 0);
    scrape(capsule_dial(&there));
    ck_assert(numbers_get(&told, "connections_total") == 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("counting");
    TCase *tests = tcase_create("counting");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, everything_is_counted_to_the_unit);
    tcase_add_test(tests, a_reload_keeps_the_counts_and_who_drains_is_still_there);
    tcase_add_test(tests, an_upgrade_keeps_the_counts_and_who_drains_counts_on);
    tcase_add_test(tests, whoever_is_killed_leaves_no_connection_behind);
    tcase_add_test(tests, a_change_of_the_content_is_another_round);
    tcase_add_test(tests, counters_come_back_where_they_were_deleted_and_end_with_the_daemon);
    tcase_add_test(tests, whoever_is_refused_is_counted_by_his_limit);
    tcase_add_test(tests, the_ready_line_says_where_the_metrics_are);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
