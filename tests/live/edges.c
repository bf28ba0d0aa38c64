/* SPDX-License-Identifier: ISC */
/* Readers who are slow, rude, or gone, and what else a conversation may do wrong, against the real
 * daemon. */
#include "capsule.h"

#include "testing.h"

#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FILE_BYTES = 8 * 1024 * 1024 };

static struct capsule_run *run;

static void
set_up(void)
{
    run = capsule_start();
}

static void
tear_down(void)
{
    capsule_stop(run);
}

static struct span
request_for(const char *path)
{
    static char line[1200];
    int len = snprintf(line, sizeof line, "gemini://localhost:%d%s\r\n", run->port, path);
    return (struct span){ line, (size_t)len };
}

static void
assert_hears(struct talk *talk, const char *head)
{
    struct heard answer = talk_hear(talk);
    ck_assert_msg(span_starts(buffer_span(&answer.bytes), span_of(head)), "not %s but %s", head,
                  buffer_text(&answer.bytes));
    ck_assert(answer.whole);
    buffer_fini(&answer.bytes);
    talk_close(talk);
}

START_TEST(one_who_stops_halfway_holds_up_nobody)
{
    struct talk slow[8];
    struct span request = request_for("/");
    for (int i = 0; i < 8; i++) {
        slow[i] = talk_open(run, PLAINLY);
        ck_assert_ptr_nonnull(slow[i].ssl);
        talk_say(&slow[i], span_first(request, 10), PLAINLY);
    }
    for (int i = 0; i < 8; i++)
        ck_assert_int_eq(capsule_status(run, "/"), 20);
    for (int i = 0; i < 8; i++) {
        talk_say(&slow[i], span_skip(request_for("/"), 10), PLAINLY);
        assert_hears(&slow[i], "20 text/gemini");
    }
}
END_TEST

/* Its kernel may hold back the question until what it said before is acknowledged (RFC 896), and
 * ours acknowledges late (RFC 1122 4.2.3.2) what it has nothing to say to. */
START_TEST(a_ticket_does_not_wait_for_the_question)
{
    struct talk talk = talk_open(run, PLAINLY);
    ck_assert_ptr_nonnull(talk.ssl);
    struct pollfd socket = { .fd = SSL_get_fd(talk.ssl), .events = POLLIN };
    ck_assert_int_eq(poll(&socket, 1, 5000), 1);
    talk_say(&talk, request_for("/"), PLAINLY);
    assert_hears(&talk, "20 text/gemini");
}
END_TEST

START_TEST(a_line_end_split_over_two_records_is_a_line_end)
{
    struct talk talk = talk_open(run, PLAINLY);
    struct span request = request_for("/about");
    talk_say(&talk, span_first(request, request.len - 1), PLAINLY);
    talk_say(&talk, span_skip(request, request.len - 1), PLAINLY);
    assert_hears(&talk, "20 text/gemini");
}
END_TEST

START_TEST(what_follows_the_line_is_not_read_as_another)
{
    struct talk talk = talk_open(run, PLAINLY);
    char line[4096];
    memset(line, 'x', sizeof line);
    struct span request = request_for("/about");
    memcpy(line, request.at, request.len);
    talk_say(&talk, (struct span){ line, sizeof line }, PLAINLY);
    assert_hears(&talk, "20 text/gemini");
}
END_TEST

START_TEST(a_line_is_waited_for_until_it_can_only_be_too_long)
{
    char line[1026];
    memset(line, 'a', sizeof line);
    int begun = snprintf(line, sizeof line, "gemini://localhost:%d/", run->port);
    line[begun] = 'a';
    struct talk late = talk_open(run, PLAINLY), never = talk_open(run, PLAINLY);
    talk_say(&late, (struct span){ line, 1024 }, PLAINLY);
    talk_say(&never, (struct span){ line, 1026 }, PLAINLY);
    assert_hears(&never, "59");
    talk_say(&late, SPAN("\r\n"), PLAINLY);
    assert_hears(&late, "51");
}
END_TEST

/* More than the answer's end is read away: it must not be lost to a reset. */
START_TEST(a_flood_is_refused_and_hears_so)
{
    char flood[16384];
    memset(flood, 'a', sizeof flood);
    struct talk talk = talk_open(run, PLAINLY);
    talk_say(&talk, (struct span){ flood, sizeof flood }, PLAINLY);
    talk_say(&talk, (struct span){ flood, sizeof flood }, PLAINLY);
    assert_hears(&talk, "59");
}
END_TEST

START_TEST(a_knock_that_is_no_tls_hears_nothing)
{
    static const char *const knocks[] = { "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "\r\n",
                                          "gemini://localhost/\r\n", "\x80\x2e\x01\x00\x02" };
    for (size_t i = 0; i < sizeof knocks / sizeof *knocks; i++) {
        char answer[64];
        int fd = capsule_dial(run);
        ck_assert_int_ge(fd, 0);
        ck_assert_int_gt(send(fd, knocks[i], strlen(knocks[i]), MSG_NOSIGNAL), 0);
        ck_assert_int_eq(recv(fd, answer, sizeof answer, 0), 0); /* closed, and cleanly */
        close(fd);
    }
    ck_assert_int_eq(capsule_status(run, "/"), 20);
}
END_TEST

/* A shake of hands with the client's options set by `prepare`; what version came of it, 0: none. */
static int
shake(void (*prepare)(SSL *ssl), SSL_SESSION *resumed, SSL_SESSION **session)
{
    int fd = capsule_dial(run), version = 0;
    char text[65536];
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(context);
    SSL_set_fd(ssl, fd);
    SSL_set_tlsext_host_name(ssl, "localhost");
    if (prepare != NULL)
        prepare(ssl);
    if (resumed != NULL)
        SSL_set_session(ssl, resumed);
    if (SSL_connect(ssl) == 1) {
        version = SSL_version(ssl);
        ck_assert_int_eq(SSL_session_reused(ssl), resumed != NULL);
        ck_assert_uint_eq(SSL_SESSION_get_max_early_data(SSL_get_session(ssl)), 0);
        struct span request = request_for("/about");
        ck_assert_int_gt(SSL_write(ssl, request.at, (int)request.len), 0);
        int got = SSL_read(ssl, text, sizeof text);
        ck_assert_int_gt(got, 2);
        ck_assert_int_eq(memcmp(text, "20 ", 3), 0);
        while (SSL_read(ssl, text, sizeof text) > 0)
            continue;
        if (session != NULL)
            *session = SSL_get1_session(ssl);
        SSL_shutdown(ssl);
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
    close(fd);
    return version;
}

static void
want_1_1(SSL *ssl)
{
    SSL_set_security_level(ssl, 0);
    SSL_set_min_proto_version(ssl, TLS1_VERSION);
    SSL_set_max_proto_version(ssl, TLS1_1_VERSION);
}

static void
want_1_2(SSL *ssl)
{
    SSL_set_max_proto_version(ssl, TLS1_2_VERSION);
}

static void
want_alpn(SSL *ssl)
{
    static const unsigned char names[] = "\x02h2\x08http/1.1";
    SSL_set_alpn_protos(ssl, names, sizeof names - 1);
}

START_TEST(tls_1_2_and_1_3_are_spoken_and_nothing_older)
{
    ck_assert_int_eq(shake(NULL, NULL, NULL), TLS1_3_VERSION);
    ck_assert_int_eq(shake(want_1_2, NULL, NULL), TLS1_2_VERSION);
    ck_assert_int_eq(shake(want_1_1, NULL, NULL), 0);
    ck_assert_int_eq(shake(want_alpn, NULL, NULL), TLS1_3_VERSION);
}
END_TEST

/* Whichever worker gave the ticket, and whichever takes it. */
START_TEST(a_reader_who_comes_again_resumes)
{
    for (int i = 0; i < 8; i++) {
        SSL_SESSION *session = NULL;
        ck_assert_int_eq(shake(NULL, NULL, &session), TLS1_3_VERSION);
        ck_assert_int_eq(shake(NULL, session, NULL), TLS1_3_VERSION);
        SSL_SESSION_free(session);
    }
}
END_TEST

static void
await_log(const char *words)
{
    for (int i = 0;; i++) {
        char *log = testing_read(run->folder, "log");
        bool found = log != NULL && strstr(log, words) != NULL;
        free(log);
        if (found)
            return;
        ck_assert_msg(i < 1000, "the log never says: %s", words);
        poll(NULL, 0, 10);
    }
}

/* The master has the keys. */
START_TEST(sessions_outlive_a_reload_and_workers)
{
    void (*prepare)(SSL * ssl) = _i == 0 ? NULL : want_1_2;
    SSL_SESSION *session = NULL, *later = NULL;
    pid_t children[16];
    ck_assert_int_ne(shake(prepare, NULL, &session), 0);
    kill(run->master, SIGHUP);
    await_log("serving generation=2");
    ck_assert_int_ne(shake(prepare, session, &later), 0);
    size_t count = capsule_children(run, children, 16);
    for (size_t i = 0; i < count; i++)
        kill(children[i], SIGKILL);
    capsule_wait(run, "/", 20);
    ck_assert_int_ne(shake(prepare, later, NULL), 0);
    SSL_SESSION_free(session);
    SSL_SESSION_free(later);
}
END_TEST

static void
make_big(void)
{
    char path[4096], *bytes = calloc(1, FILE_BYTES);
    snprintf(path, sizeof path, "%s/content/files/big.bin", run->folder);
    FILE *file = fopen(path, "w");
    ck_assert_uint_eq(fwrite(bytes, 1, FILE_BYTES, file), FILE_BYTES);
    fclose(file);
    free(bytes);
}

/* A talk that has asked for the big file and read only its beginning. */
static struct talk
begin_big(void)
{
    char text[4096];
    struct talk talk = talk_open(run, PLAINLY);
    ck_assert_ptr_nonnull(talk.ssl);
    talk_say(&talk, request_for("/files/big.bin"), PLAINLY);
    ck_assert_int_gt(SSL_read(talk.ssl, text, sizeof text), 0);
    return talk;
}

START_TEST(readers_who_vanish_mid_body_leave_nothing_behind)
{
    make_big();
    pid_t before[16], after[16];
    size_t count = capsule_children(run, before, 16);
    for (int i = 0; i < 30; i++) {
        struct linger at_once = { 1, 0 };
        struct talk talk = begin_big();
        if (i % 2 == 0) /* a reset, not an end */
            setsockopt(talk.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close(talk.fd);
        talk.fd = -1;
        talk_close(&talk);
    }
    ck_assert_int_eq(capsule_status(run, "/"), 20);
    ck_assert_uint_eq(capsule_children(run, after, 16), count);
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(before[i], after[i]);
}
END_TEST

START_TEST(a_file_that_shrinks_ends_in_a_way_that_shows)
{
    char path[4096];
    make_big();
    struct talk talk = begin_big();
    snprintf(path, sizeof path, "%s/content/files/big.bin", run->folder);
    ck_assert_int_eq(truncate(path, 100), 0);
    struct heard answer = talk_hear(&talk);
    ck_assert(!answer.whole); /* no close_notify: a client says "cut off" */
    ck_assert_uint_lt(answer.bytes.len, FILE_BYTES);
    buffer_fini(&answer.bytes);
    talk_close(&talk);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
}
END_TEST

START_TEST(a_file_that_is_replaced_comes_as_it_was)
{
    char path[4096], other[4096];
    make_big();
    struct talk talk = begin_big();
    snprintf(path, sizeof path, "%s/content/files/big.bin", run->folder);
    snprintf(other, sizeof other, "%s/content/files/new.bin", run->folder);
    testing_write(run->folder, "content/files/new.bin", "new\n");
    ck_assert_int_eq(rename(other, path), 0);
    struct heard answer = talk_hear(&talk);
    ck_assert(answer.whole);
    ck_assert_uint_gt(answer.bytes.len, FILE_BYTES - 8192);
    buffer_fini(&answer.bytes);
    talk_close(&talk);
}
END_TEST

/* What one says and another does not is no business of the log's line. */
START_TEST(the_log_has_one_line_an_answer_escaped_and_without_the_whole_address)
{
    capsule_status(run, "/nope?\xC2\x9B[31m");
    capsule_status(run, "/about");
    char *log = testing_read(run->folder, "log");
    for (int i = 0; i < 500 && strstr(log, "status=20") == NULL; i++) { /* behind the answer */
        free(log);
        poll(NULL, 0, 10);
        log = testing_read(run->folder, "log");
    }
    ck_assert_ptr_nonnull(strstr(log, "status=20"));
    ck_assert_ptr_nonnull(strstr(log, "status=59"));
    ck_assert_ptr_null(strstr(log, "\xC2\x9B"));
    ck_assert_ptr_nonnull(strstr(log, "peer=127.0.0.0 "));
    ck_assert_ptr_null(strstr(log, "peer=127.0.0.1"));
    free(log);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("edges");
    TCase *tests = tcase_create("edges");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, one_who_stops_halfway_holds_up_nobody);
    tcase_add_test(tests, a_ticket_does_not_wait_for_the_question);
    tcase_add_test(tests, a_line_end_split_over_two_records_is_a_line_end);
    tcase_add_test(tests, what_follows_the_line_is_not_read_as_another);
    tcase_add_test(tests, a_line_is_waited_for_until_it_can_only_be_too_long);
    tcase_add_test(tests, a_flood_is_refused_and_hears_so);
    tcase_add_test(tests, a_knock_that_is_no_tls_hears_nothing);
    tcase_add_test(tests, tls_1_2_and_1_3_are_spoken_and_nothing_older);
    tcase_add_test(tests, a_reader_who_comes_again_resumes);
    tcase_add_loop_test(tests, sessions_outlive_a_reload_and_workers, 0, 2);
    tcase_add_test(tests, readers_who_vanish_mid_body_leave_nothing_behind);
    tcase_add_test(tests, a_file_that_shrinks_ends_in_a_way_that_shows);
    tcase_add_test(tests, a_file_that_is_replaced_comes_as_it_was);
    tcase_add_test(tests, the_log_has_one_line_an_answer_escaped_and_without_the_whole_address);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
