/* SPDX-License-Identifier: ISC */
/* Strangers who abuse TLS itself, against the real daemon. */
#include "capsule.h"

#include "testing.h"

#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

/* OpenSSL itself would go through them for ever. */
START_TEST(key_updates_without_end_are_ended)
{
    enum { MANY = 400000 };
    struct talk talk = talk_open(run, PLAINLY);
    ck_assert_ptr_nonnull(talk.ssl);
    int said = 0;
    while (said < MANY && SSL_key_update(talk.ssl, SSL_KEY_UPDATE_NOT_REQUESTED) == 1 &&
           SSL_do_handshake(talk.ssl) == 1)
        said++;
    ck_assert_int_gt(said, 0);
    ck_assert_int_lt(said, MANY);
    talk_close(&talk);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
}
END_TEST

START_TEST(a_second_handshake_is_refused)
{
    struct talk talk = talk_open(run, TLS_1_2);
    ck_assert_ptr_nonnull(talk.ssl);
    ck_assert_int_eq(SSL_renegotiate(talk.ssl), 1);
    ck_assert_int_ne(SSL_do_handshake(talk.ssl), 1);
    talk_close(&talk);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
}
END_TEST

/* What comes in answer to the bytes, until the other side ends it. */
static void
assert_ended(const void *bytes, size_t len, bool half_closed)
{
    char answer[512];
    ssize_t got;
    int fd = capsule_dial(run);
    ck_assert_int_ge(fd, 0);
    if (len > 0)
        ck_assert_int_gt(send(fd, bytes, len, MSG_NOSIGNAL), 0);
    if (half_closed)
        shutdown(fd, SHUT_WR);
    while ((got = recv(fd, answer, sizeof answer, 0)) > 0)
        continue;
    ck_assert_int_eq(got, 0);
    close(fd);
}

START_TEST(a_hello_of_sixteen_megabytes_is_not_waited_for)
{
    static const char hello[] = "\x16\x03\x01\x00\x04\x01\xff\xff\xff";
    assert_ended(hello, sizeof hello - 1, false);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
}
END_TEST

START_TEST(who_ends_its_side_in_the_handshake_is_let_go)
{
    static const char begun[] = "\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03";
    for (size_t len = 0; len < sizeof begun; len++)
        assert_ended(begun, len, true);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
}
END_TEST

START_TEST(who_ends_its_side_before_the_line_is_whole_is_let_go)
{
    static const char *const begun[] = { "", "g", "gemini://localhost/", "gemini://localhost/\r" };
    for (size_t i = 0; i < sizeof begun / sizeof *begun; i++) {
        struct talk talk = talk_open(run, PLAINLY);
        ck_assert_ptr_nonnull(talk.ssl);
        if (begun[i][0] != '\0')
            talk_say(&talk, span_of(begun[i]), PLAINLY);
        shutdown(talk.fd, SHUT_WR);
        struct heard answer = talk_hear(&talk);
        ck_assert(answer.bytes.len == 0 || span_starts(buffer_span(&answer.bytes), SPAN("59")));
        buffer_fini(&answer.bytes);
        talk_close(&talk);
    }
    ck_assert_int_eq(capsule_status(run, "/"), 20);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("hostile");
    TCase *tests = tcase_create("hostile");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, key_updates_without_end_are_ended);
    tcase_add_test(tests, a_second_handshake_is_refused);
    tcase_add_test(tests, a_hello_of_sixteen_megabytes_is_not_waited_for);
    tcase_add_test(tests, who_ends_its_side_in_the_handshake_is_let_go);
    tcase_add_test(tests, who_ends_its_side_before_the_line_is_whole_is_let_go);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
