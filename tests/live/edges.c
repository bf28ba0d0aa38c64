/* SPDX-License-Identifier: ISC */
/* Readers who are slow, rude, or gone, and what else a conversation may do wrong, against the real
 * daemon. */
#include "base/clock.h"
#include "capsule.h"
#include "stream.h"

#include "testing.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
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

/* How long its last word is unacknowledged: milliseconds. */
static int64_t
unheard_for(struct talk *talk)
{
    int64_t start = clock_monotonic();
    struct tcp_info info = { .tcpi_unacked = 1 };
    while (info.tcpi_unacked > 0 && clock_monotonic() < start + 5000) {
        socklen_t len = sizeof info;
        ck_assert_int_eq(getsockopt(SSL_get_fd(talk->ssl), IPPROTO_TCP, TCP_INFO, &info, &len), 0);
    }
    return clock_monotonic() - start;
}

/* Its kernel may hold back the question until what it said before is acknowledged (RFC 896), and
 * ours acknowledges late (RFC 1122 4.2.3.2; on Linux 40 ms) what it has nothing to say to. */
START_TEST(no_question_waits_for_an_acknowledgement)
{
    int64_t least = INT64_MAX;
    for (int i = 0; i < 10 && least > 20; i++) {
        struct talk talk = talk_open(run, PLAINLY);
        ck_assert_ptr_nonnull(talk.ssl);
        int64_t unheard = unheard_for(&talk);
        least = unheard < least ? unheard : least;
        talk_say(&talk, request_for("/"), PLAINLY);
        assert_hears(&talk, "20 text/gemini");
    }
    ck_assert_int_le(least, 20);
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

/* He who reads as fast as he can while others ask gets his pieces at their pace. */
START_TEST(who_takes_much_leaves_room_for_others)
{
    enum { PIECE = 64 * 1024, UNDERWAY = 8 << 20, FOR_MS = 1000 };
    static char bytes[PIECE];
    char path[4096];
    snprintf(path, sizeof path, "%s/content/files/huge.bin", run->folder);
    testing_write(run->folder, "content/files/huge.bin", "");
    ck_assert_int_eq(truncate(path, (off_t)4 << 30), 0); /* a hole takes no disk */
    struct stream *others = stream_start(run, 2);
    stream_flow(others, 20);
    struct talk talk = talk_open(run, PLAINLY);
    ck_assert_ptr_nonnull(talk.ssl);
    talk_say(&talk, request_for("/files/huge.bin"), PLAINLY);
    int64_t begun = clock_monotonic(), took = 0;
    uint64_t sum = 0;
    for (int got = 1; got > 0 && took < FOR_MS; took = clock_monotonic() - begun) {
        got = SSL_read(talk.ssl, bytes, sizeof bytes);
        ck_assert_int_gt(got, 0);
        sum += (uint64_t)got;
    }
    ck_assert_uint_gt(sum, 2 << 20);
    ck_assert_uint_lt(sum, UNDERWAY + (uint64_t)took * PIECE);
    talk_close(&talk);
    ck_assert_uint_eq(stream_stop(others).lost, 0);
}
END_TEST

/* What one says and another does not is no business of the log's line. */
START_TEST(the_log_has_one_line_an_answer_escaped_and_without_the_whole_address)
{
    capsule_status(run, "/nope?\xC2\x9B[31m");
    capsule_status(run, "/about");
    capsule_await(run, "log", "status=20", 1);
    capsule_await(run, "log", "status=59", 1);
    char *log = testing_read(run->folder, "log");
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
    tcase_add_test(tests, no_question_waits_for_an_acknowledgement);
    tcase_add_test(tests, a_line_end_split_over_two_records_is_a_line_end);
    tcase_add_test(tests, what_follows_the_line_is_not_read_as_another);
    tcase_add_test(tests, a_line_is_waited_for_until_it_can_only_be_too_long);
    tcase_add_test(tests, a_flood_is_refused_and_hears_so);
    tcase_add_test(tests, a_knock_that_is_no_tls_hears_nothing);
    tcase_add_test(tests, readers_who_vanish_mid_body_leave_nothing_behind);
    tcase_add_test(tests, a_file_that_shrinks_ends_in_a_way_that_shows);
    tcase_add_test(tests, a_file_that_is_replaced_comes_as_it_was);
    tcase_add_test(tests, who_takes_much_leaves_room_for_others);
    tcase_add_test(tests, the_log_has_one_line_an_answer_escaped_and_without_the_whole_address);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
