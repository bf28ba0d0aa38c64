/* SPDX-License-Identifier: ISC */
/* Strangers and readers who end their side, in every state of a conversation: with close_notify,
 * with FIN alone, or both. Who has asked hears the whole answer (specs 1.11); who has not is let go
 * at once, not at a deadline. */
#include "capsule.h"
#include "hand.h"

#include "base/clock.h"
#include "testing.h"

#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { LARGE_BYTES = 8 << 20, AT_ONCE_MS = 5000 /* deadlines are 10 s */, GOODBYE_MS = 2000 };

/* How a side is ended. */
enum end { NOTIFIED = 1, SHUT = 2, BOTH = NOTIFIED | SHUT, ENDS };

static struct capsule_run *run;
static SSL_CTX *clients;

static void
set_up(void)
{
    run = capsule_start();
    clients = SSL_CTX_new(TLS_client_method());
}

static void
tear_down(void)
{
    SSL_CTX_free(clients);
    capsule_stop(run);
}

static struct talk
open_talk(int version)
{
    SSL_CTX_set_max_proto_version(clients, version);
    struct talk talk = talk_begin(run, clients);
    ck_assert(talk_shake(&talk));
    return talk;
}

static void
end_side(const struct talk *talk, int end)
{
    if (end & NOTIFIED)
        SSL_shutdown(talk->ssl);
    if (end & SHUT)
        shutdown(talk->fd, SHUT_WR);
}

/* The end comes, and no reset; returns how much came before. */
static size_t
assert_let_go(struct talk *talk, char first[7])
{
    char bytes[16384];
    ssize_t got, all = 0;
    int64_t start = clock_monotonic();
    while ((got = recv(talk->fd, bytes, sizeof bytes, 0)) > 0) {
        if (all == 0)
            memcpy(first, bytes, got < 7 ? (size_t)got : 7);
        all += got;
    }
    ck_assert_int_eq(got, 0);
    ck_assert_int_lt(clock_monotonic() - start, AT_ONCE_MS);
    talk_close(talk);
    return (size_t)all;
}

/* An alert is all that is said to it. */
START_TEST(in_the_hello)
{
    static const char alert[] = "\x15\3\3\0\2\2";
    char first[7];
    size_t len = SIZE_MAX;
    for (size_t part = 0; part < len; part = part < 12 ? part + 1 : part + 40) {
        struct talk talk = talk_begin(run, clients);
        hand_take(&talk);
        SSL_connect(talk.ssl);
        len = hand_said().len;
        hand_send(part);
        shutdown(talk.fd, SHUT_WR);
        ck_assert_uint_eq(assert_let_go(&talk, first), part == 0 ? 0 : sizeof first);
        ck_assert(part == 0 || memcmp(first, alert, sizeof alert - 1) == 0);
    }
    ck_assert_uint_gt(len, 100);
    ck_assert_uint_lt(len, SIZE_MAX);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
}
END_TEST

/* Our half of the handshake is heard, and then the end. */
START_TEST(behind_the_hello)
{
    char first[7];
    struct talk talk = talk_begin(run, clients);
    SSL_set_max_proto_version(talk.ssl, _i);
    hand_take(&talk);
    SSL_connect(talk.ssl);
    hand_send(SIZE_MAX);
    shutdown(talk.fd, SHUT_WR);
    ck_assert_uint_gt(assert_let_go(&talk, first), 200);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
}
END_TEST

/* A good end is answered with one; an abrupt one is not: it may be somebody else's. */
static void
assert_ends_unanswered(struct talk *talk, int end)
{
    int64_t start = clock_monotonic();
    end_side(talk, end);
    struct heard answer = talk_hear(talk);
    ck_assert_uint_eq(answer.bytes.len, 0);
    ck_assert_int_eq(answer.whole, (end & NOTIFIED) != 0);
    ck_assert_int_lt(clock_monotonic() - start, AT_ONCE_MS);
    buffer_fini(&answer.bytes);
    talk_close(talk);
}

static const char *const begun[] = { "", "g", "gemini://localhost/", "gemini://localhost/\r" };

START_TEST(before_the_line_is_whole)
{
    for (int end = NOTIFIED; end < ENDS; end++)
        for (size_t i = 0; i < sizeof begun / sizeof *begun; i++) {
            struct talk talk = open_talk(_i);
            if (begun[i][0] != '\0')
                talk_say(&talk, span_of(begun[i]), PLAINLY);
            assert_ends_unanswered(&talk, end);
        }
    ck_assert_int_eq(capsule_status(run, "/"), 20);
}
END_TEST

static void
ask(const struct talk *talk, const char *path)
{
    char line[200];
    snprintf(line, sizeof line, "gemini://localhost:%d%s\r\n", run->port, path);
    talk_say(talk, span_of(line), PLAINLY);
}

static void
assert_answered(struct talk *talk, size_t least)
{
    struct heard answer = talk_hear(talk);
    ck_assert(span_starts(buffer_span(&answer.bytes), SPAN("20 ")));
    ck_assert_uint_ge(answer.bytes.len, least);
    ck_assert(answer.whole);
    buffer_fini(&answer.bytes);
    talk_close(talk);
}

START_TEST(behind_the_line)
{
    for (int end = NOTIFIED; end < ENDS; end++) {
        struct talk talk = open_talk(_i);
        ask(&talk, "/");
        end_side(&talk, end);
        assert_answered(&talk, 1000);
    }
}
END_TEST

/* One segment: the end of the handshake, the question, the end. */
START_TEST(with_the_first_words)
{
    for (int end = NOTIFIED; end < ENDS; end++) {
        struct talk talk = talk_begin(run, clients);
        hand_take(&talk);
        SSL_connect(talk.ssl);
        hand_send(SIZE_MAX);
        ck_assert(talk_shake(&talk));
        ask(&talk, "/");
        if (end & NOTIFIED)
            SSL_shutdown(talk.ssl);
        hand_send(SIZE_MAX);
        end_side(&talk, end & SHUT);
        assert_answered(&talk, 1000);
    }
}
END_TEST

static void
make_large(void)
{
    char path[4096], *bytes = calloc(1, LARGE_BYTES);
    snprintf(path, sizeof path, "%s/content/files/large.bin", run->folder);
    FILE *file = fopen(path, "w");
    ck_assert_uint_eq(fwrite(bytes, 1, LARGE_BYTES, file), LARGE_BYTES);
    fclose(file);
    free(bytes);
}

/* The answer is larger than what may lie between us, so it is under way. */
START_TEST(while_the_answer_comes)
{
    make_large();
    for (int end = NOTIFIED; end < ENDS; end++) {
        char head[3];
        struct talk talk = open_talk(_i);
        ask(&talk, "/files/large.bin");
        ck_assert_int_eq(SSL_read(talk.ssl, head, sizeof head), sizeof head);
        end_side(&talk, end);
        struct heard answer = talk_hear(&talk);
        ck_assert_uint_gt(answer.bytes.len, LARGE_BYTES);
        ck_assert(answer.whole);
        buffer_fini(&answer.bytes);
        talk_close(&talk);
    }
}
END_TEST

/* Nothing more is said to one who has heard all, and he is not held until a deadline;
 * nor is he who only waits for the end of it all. */
START_TEST(behind_the_answer)
{
    char first[7];
    for (int end = 0; end < ENDS; end++) {
        struct talk talk = open_talk(_i);
        ask(&talk, "/");
        struct heard answer = talk_hear(&talk);
        ck_assert(answer.whole);
        buffer_fini(&answer.bytes);
        end_side(&talk, end);
        int64_t start = clock_monotonic();
        ck_assert_uint_eq(assert_let_go(&talk, first), 0);
        ck_assert_int_lt(clock_monotonic() - start, GOODBYE_MS);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("leaving");
    TCase *tests = tcase_create("leaving");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, in_the_hello);
    tcase_add_loop_test(tests, behind_the_hello, TLS1_2_VERSION, TLS1_3_VERSION + 1);
    tcase_add_loop_test(tests, before_the_line_is_whole, TLS1_2_VERSION, TLS1_3_VERSION + 1);
    tcase_add_loop_test(tests, behind_the_line, TLS1_2_VERSION, TLS1_3_VERSION + 1);
    tcase_add_test(tests, with_the_first_words);
    tcase_add_loop_test(tests, while_the_answer_comes, TLS1_2_VERSION, TLS1_3_VERSION + 1);
    tcase_add_loop_test(tests, behind_the_answer, TLS1_2_VERSION, TLS1_3_VERSION + 1);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
