/* SPDX-License-Identifier: ISC */
/* How readers and the real daemon shake hands, and who is known when he comes again. */
#include "capsule.h"

#include "testing.h"

#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct capsule_run *run;
static const char *host; /* whom a reader asks for */

static void
set_up(void)
{
    run = capsule_start();
    host = "localhost";
}

static void
tear_down(void)
{
    capsule_stop(run);
}

struct greeting {
    int version; /* 0: it came to nothing */
    bool resumed;
};

/* The page comes, to the end. */
static void
assert_answers(SSL *ssl)
{
    char text[65536];
    int len = snprintf(text, sizeof text, "gemini://%s:%d/about\r\n", host, run->port);
    ck_assert_int_gt(SSL_write(ssl, text, len), 0);
    ck_assert_int_gt(SSL_read(ssl, text, sizeof text), 2);
    ck_assert_int_eq(memcmp(text, "20 ", 3), 0);
    while (SSL_read(ssl, text, sizeof text) > 0)
        continue;
}

/* A whole conversation, its options set by `prepare`, if any. Comes with *session, if there is one,
 * and keeps there what it got; NULL: neither. */
static struct greeting
greet(void (*prepare)(SSL *ssl), SSL_SESSION **session)
{
    struct greeting greeting = { 0, false };
    int fd = capsule_dial(run);
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(context);
    SSL_set_fd(ssl, fd);
    SSL_set_tlsext_host_name(ssl, host);
    if (prepare != NULL)
        prepare(ssl);
    if (session != NULL && *session != NULL)
        SSL_set_session(ssl, *session);
    if (SSL_connect(ssl) == 1) {
        greeting = (struct greeting){ SSL_version(ssl), SSL_session_reused(ssl) == 1 };
        ck_assert_uint_eq(SSL_SESSION_get_max_early_data(SSL_get_session(ssl)), 0);
        assert_answers(ssl);
        if (session != NULL) {
            SSL_SESSION_free(*session);
            *session = SSL_get1_session(ssl);
        }
        SSL_shutdown(ssl);
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
    close(fd);
    return greeting;
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
want_1_3(SSL *ssl)
{
    SSL_set_min_proto_version(ssl, TLS1_3_VERSION);
}

static void
want_alpn(SSL *ssl)
{
    static const unsigned char names[] = "\x02h2\x08http/1.1";
    SSL_set_alpn_protos(ssl, names, sizeof names - 1);
}

START_TEST(tls_1_2_and_1_3_are_spoken_and_nothing_older)
{
    ck_assert_int_eq(greet(NULL, NULL).version, TLS1_3_VERSION);
    ck_assert_int_eq(greet(want_1_2, NULL).version, TLS1_2_VERSION);
    ck_assert_int_eq(greet(want_1_1, NULL).version, 0);
    ck_assert_int_eq(greet(want_alpn, NULL).version, TLS1_3_VERSION);
}
END_TEST

/* The tests that follow are of one reader, of each version. */
static void (*const versions[])(SSL *ssl) = { want_1_3, want_1_2 };
static SSL_SESSION *session;

/* He comes, and again; whether he is known. */
static bool
comes(int version)
{
    struct greeting greeting = greet(versions[version], &session);
    ck_assert_int_ne(greeting.version, 0);
    return greeting.resumed;
}

static void
forget(void)
{
    SSL_SESSION_free(session);
    session = NULL;
}

/* Whichever worker gave the ticket, and whichever takes it: 24 times the same is no chance. */
START_TEST(a_reader_who_comes_again_is_known)
{
    ck_assert(!comes(_i));
    for (int i = 0; i < 24; i++)
        ck_assert(comes(_i));
    forget();
}
END_TEST

START_TEST(a_reload_forgets_nobody)
{
    ck_assert(!comes(_i));
    for (int i = 2; i < 5; i++) {
        char words[64];
        kill(run->master, SIGHUP);
        snprintf(words, sizeof words, "serving generation=%d", i);
        capsule_await(run, "log", words, 1);
        ck_assert(comes(_i));
    }
    forget();
}
END_TEST

START_TEST(an_upgrade_forgets_nobody)
{
    ck_assert(!comes(_i));
    for (int i = 0; i < 3; i++) {
        pid_t old = capsule_upgrade(run);
        ck_assert(comes(_i));
        ck_assert_int_eq(waitpid(old, NULL, 0), old);
        ck_assert(comes(_i));
    }
    forget();
}
END_TEST

START_TEST(the_end_of_all_workers_forgets_nobody)
{
    pid_t children[16];
    ck_assert(!comes(_i));
    size_t count = capsule_children(run, children, 16);
    for (size_t i = 0; i < count; i++)
        kill(children[i], SIGKILL);
    capsule_wait(run, "/", 20);
    ck_assert(comes(_i));
    forget();
}
END_TEST

START_TEST(a_restart_forgets_everybody_and_serves_them)
{
    ck_assert(!comes(_i));
    ck_assert(comes(_i));
    ck_assert_int_eq(capsule_end(run), 0);
    capsule_launch(run);
    ck_assert(!comes(_i));
    ck_assert(comes(_i));
    forget();
}
END_TEST

static void
reload_with(const char *settings, const char *until)
{
    testing_write(run->folder, "songtu.yaml", settings);
    kill(run->master, SIGHUP);
    capsule_await(run, "log", until, 1);
}

START_TEST(nobody_is_known_by_another_host)
{
    ck_assert(!comes(_i));
    SSL_SESSION *former = SSL_SESSION_dup(session);
    reload_with("host: other.example\n", "serving generation=2");
    host = "other.example";
    ck_assert(!comes(_i));
    ck_assert(comes(_i));
    reload_with("", "serving generation=3");
    host = "localhost";
    ck_assert(!comes(_i));
    forget();
    session = former; /* that one is served again, as it was */
    ck_assert(comes(_i));
    forget();
}
END_TEST

START_TEST(nobody_is_known_under_another_certificate)
{
    char path[4096];
    ck_assert(!comes(_i));
    snprintf(path, sizeof path, "%s/certs/localhost/cert.pem", run->folder);
    ck_assert_int_eq(remove(path), 0);
    snprintf(path, sizeof path, "%s/certs/localhost/key.pem", run->folder);
    ck_assert_int_eq(remove(path), 0);
    reload_with("", "serving generation=2");
    ck_assert(!comes(_i));
    ck_assert(comes(_i));
    forget();
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("greeting");
    TCase *tests = tcase_create("greeting");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, tls_1_2_and_1_3_are_spoken_and_nothing_older);
    tcase_add_loop_test(tests, a_reader_who_comes_again_is_known, 0, 2);
    tcase_add_loop_test(tests, a_reload_forgets_nobody, 0, 2);
    tcase_add_loop_test(tests, an_upgrade_forgets_nobody, 0, 2);
    tcase_add_loop_test(tests, the_end_of_all_workers_forgets_nobody, 0, 2);
    tcase_add_loop_test(tests, a_restart_forgets_everybody_and_serves_them, 0, 2);
    tcase_add_loop_test(tests, nobody_is_known_by_another_host, 0, 2);
    tcase_add_loop_test(tests, nobody_is_known_under_another_certificate, 0, 2);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
