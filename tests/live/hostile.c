/* SPDX-License-Identifier: ISC */
/* Strangers who abuse TLS itself, against the real daemon. */
#include "capsule.h"
#include "hand.h"

#include "base/clock.h"
#include "records.h"
#include "testing.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

enum { AT_ONCE_MS = 5000 /* deadlines are 10 s */, HEARD_BYTES = 64 * 1024 /* by TLS */ };

static struct capsule_run *run;
static SSL_CTX *clients;

static void
set_up(void)
{
    run = capsule_start();
    clients = SSL_CTX_new(TLS_client_method());
    records_listen(clients);
}

static void
tear_down(void)
{
    SSL_CTX_free(clients);
    capsule_stop(run);
}

static struct span
request_for(const char *path)
{
    static char line[200];
    int len = snprintf(line, sizeof line, "gemini://localhost:%d%s\r\n", run->port, path);
    return (struct span){ line, (size_t)len };
}

/* Whether a whole page comes; anything else is no answer at all. */
static bool
is_answered(struct talk *talk)
{
    struct heard answer = talk_hear(talk);
    bool fine = span_starts(buffer_span(&answer.bytes), SPAN("20 ")) && answer.whole;
    ck_assert(fine || answer.bytes.len == 0);
    buffer_fini(&answer.bytes);
    SSL_shutdown(talk->ssl); /* or its ticket would be worth nothing */
    talk_close(talk);
    return fine;
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

static void
send_all(const struct talk *talk, struct span bytes)
{
    while (bytes.len > 0) {
        ssize_t went = send(talk->fd, bytes.at, bytes.len, MSG_NOSIGNAL);
        if (went <= 0)
            return; /* it has had enough */
        bytes = span_skip(bytes, (size_t)went);
    }
}

START_TEST(a_handshake_in_records_of_one_byte_is_one)
{
    struct talk talk = talk_begin(run, clients);
    SSL_set_max_proto_version(talk.ssl, _i);
    hand_take(&talk);
    ck_assert_int_eq(SSL_connect(talk.ssl), -1);
    hand_cut();
    ck_assert(talk_shake(&talk));
    talk_say(&talk, request_for("/"), BYTE_BY_BYTE);
    ck_assert(is_answered(&talk));
}
END_TEST

/* The end of the handshake and a question in many records, as one segment. */
START_TEST(records_that_come_together_are_read_together)
{
    struct talk talk = talk_begin(run, clients);
    hand_take(&talk);
    SSL_connect(talk.ssl);
    hand_send(SIZE_MAX);
    ck_assert(talk_shake(&talk));
    talk_say(&talk, request_for("/"), BYTE_BY_BYTE);
    hand_send(SIZE_MAX);
    ck_assert(is_answered(&talk));
}
END_TEST

/* A stranger's own certificate, with so many bytes of comment, and itself again behind it. */
static void
take_certificate(size_t comment, int chain)
{
    char *text = memory_new(comment + 1);
    memset(text, 'a', comment);
    text[comment] = '\0';
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_netscape_comment, text);
    X509_set_version(certificate, 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_add_ext(certificate, extension, -1);
    ck_assert_int_gt(X509_sign(certificate, key, EVP_sha256()), 0);
    ck_assert_int_eq(SSL_CTX_use_certificate(clients, certificate), 1);
    ck_assert_int_eq(SSL_CTX_use_PrivateKey(clients, key), 1);
    while (chain-- > 0)
        ck_assert_int_eq((int)SSL_CTX_add1_chain_cert(clients, certificate), 1);
    X509_EXTENSION_free(extension);
    X509_free(certificate);
    EVP_PKEY_free(key);
    free(text);
}

static const struct {
    size_t comment;
    int chain;
    bool taken; /* up to 16 KB */
} certificates[] = {
    { 100, 0, true },    { 15000, 0, true },  { 16384, 0, false }, { 100, 40, true },
    { 100, 100, false }, { 15000, 1, false }, { 60000, 0, false }, { 15000, 100, false },
};

START_TEST(a_certificate_may_be_large_but_not_huge)
{
    static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
    take_certificate(certificates[_i].comment, certificates[_i].chain);
    for (int i = 0; i < 2; i++) {
        struct talk talk = talk_begin(run, clients);
        SSL_set_max_proto_version(talk.ssl, versions[i]);
        bool answered = false;
        if (talk_shake(&talk)) {
            talk_say(&talk, request_for("/"), PLAINLY);
            answered = is_answered(&talk);
        }
        talk_close(&talk);
        ck_assert_int_eq(answered, certificates[_i].taken);
    }
    ck_assert_int_eq(capsule_status(run, "/"), 20);
}
END_TEST

static SSL_SESSION *ticket;

static int
on_ticket(SSL *ssl, SSL_SESSION *session)
{
    (void)ssl;
    SSL_SESSION_free(ticket);
    ticket = session;
    return 1;
}

/* One who believes that early data is taken. */
static struct talk
begin_early(void)
{
    ticket = NULL;
    SSL_CTX_set_session_cache_mode(clients, SSL_SESS_CACHE_CLIENT);
    SSL_CTX_sess_set_new_cb(clients, on_ticket);
    struct talk talk = talk_begin(run, clients);
    ck_assert(talk_shake(&talk));
    talk_say(&talk, request_for("/"), PLAINLY);
    ck_assert(is_answered(&talk));
    ck_assert_ptr_nonnull(ticket);
    SSL_SESSION *session = SSL_SESSION_dup(ticket);
    SSL_SESSION_set_max_early_data(session, 1 << 20);
    talk = talk_begin(run, clients);
    SSL_set_session(talk.ssl, session);
    SSL_SESSION_free(session);
    return talk;
}

START_TEST(a_question_in_early_data_is_not_heard_and_may_be_asked_again)
{
    size_t went;
    struct span request = request_for("/");
    struct talk talk = begin_early();
    ck_assert_int_eq(SSL_write_early_data(talk.ssl, request.at, request.len, &went), 1);
    ck_assert(talk_shake(&talk));
    ck_assert_int_eq(SSL_get_early_data_status(talk.ssl), SSL_EARLY_DATA_REJECTED);
    ck_assert_int_eq(SSL_session_reused(talk.ssl), 1);
    talk_say(&talk, request, PLAINLY);
    ck_assert(is_answered(&talk));
    SSL_SESSION_free(ticket);
}
END_TEST

START_TEST(early_data_without_end_is_ended)
{
    static const char much[8192];
    size_t went;
    struct talk talk = begin_early();
    int said = 0;
    while (said < 64 && SSL_write_early_data(talk.ssl, much, sizeof much, &went) == 1)
        said++;
    ck_assert_int_gt(said, 2);
    if (talk_shake(&talk)) { /* our half of it may have been heard before the end */
        talk_say(&talk, request_for("/"), PLAINLY);
        ck_assert(!is_answered(&talk));
    }
    talk_close(&talk);
    SSL_SESSION_free(ticket);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
}
END_TEST

/* Behind the handshake, sealed as what they are; many times. */
static const struct {
    const char *name;
    int kind;
    struct span content;
    size_t padding;
} floods[] = {
    { "nothing", RECORD_DATA, { "", 0 }, 0 },
    { "nothing but padding", RECORD_DATA, { "", 0 }, 200 },
    { "no kind at all", 0, { "", 0 }, 0 },
    { "alerts of no weight", RECORD_ALERT, { "\1\x5a", 2 }, 0 },
    { "empty alerts", RECORD_ALERT, { "", 0 }, 0 },
    { "half alerts", RECORD_ALERT, { "\1", 1 }, 0 },
    { "empty messages", RECORD_HANDSHAKE, { "", 0 }, 0 },
    { "parts of a message", RECORD_HANDSHAKE, { "\x18", 1 }, 0 },
    { "tickets", RECORD_HANDSHAKE, { "\4\0\0\xd\0\0\0\0\0\0\0\0\0\0\0\0\0", 17 }, 0 },
    { "certificates", RECORD_HANDSHAKE, { "\xb\0\0\4\0\0\0\0", 8 }, 0 },
    { "hellos", RECORD_HANDSHAKE, { "\1\0\0\2\3\3", 6 }, 0 },
    { "wrong key updates", RECORD_HANDSHAKE, { "\x18\0\0\1\2", 5 }, 0 },
    { "huge key updates", RECORD_HANDSHAKE, { "\x18\xff\xff\xff\0", 5 }, 0 },
    { "unknown messages", RECORD_HANDSHAKE, { "\x63\0\0\0", 4 }, 0 },
    { "changes of cipher", 20, { "\1", 1 }, 0 },
    { "an unknown kind", 99, { "a", 1 }, 0 },
};

/* More than is heard of anybody; it must end before any deadline. */
static void
assert_flood_ends(struct talk *talk, const struct buffer *bytes, const char *name)
{
    int64_t start = clock_monotonic();
    ck_assert_uint_gt(bytes->len, HEARD_BYTES);
    send_all(talk, buffer_span(bytes));
    ck_assert_msg(!is_answered(talk), "%s", name);
    ck_assert_msg(clock_monotonic() - start < AT_ONCE_MS, "%s", name);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
}

static struct talk
open_sealed(struct records *records)
{
    struct talk talk = talk_begin(run, clients);
    ck_assert(talk_shake(&talk));
    ck_assert(records_begin(talk.ssl, records));
    return talk;
}

START_TEST(floods_behind_the_handshake_are_ended)
{
    struct records records;
    struct buffer bytes = BUFFER_EMPTY;
    struct talk talk = open_sealed(&records);
    while (bytes.len <= HEARD_BYTES)
        records_seal(&records, floods[_i].kind, floods[_i].content, floods[_i].padding, &bytes);
    assert_flood_ends(&talk, &bytes, floods[_i].name);
    buffer_fini(&bytes);
}
END_TEST

/* Each wants an answer, and none is read. */
START_TEST(key_updates_that_want_answers_are_ended)
{
    int few = 2048;
    struct records records;
    struct buffer bytes = BUFFER_EMPTY;
    struct talk talk = open_sealed(&records);
    setsockopt(talk.fd, SOL_SOCKET, SO_RCVBUF, &few, sizeof few);
    while (bytes.len <= HEARD_BYTES) {
        records_seal(&records, RECORD_HANDSHAKE, records_key_update_requested, 0, &bytes);
        records_update(&records);
    }
    assert_flood_ends(&talk, &bytes, "key updates");
    buffer_fini(&bytes);
}
END_TEST

/* What makes records by hand makes good ones, too. */
START_TEST(a_few_odd_records_do_no_harm)
{
    struct records records;
    struct buffer bytes = BUFFER_EMPTY;
    struct talk talk = open_sealed(&records);
    records_seal(&records, RECORD_DATA, SPAN("gemini://"), 300, &bytes);
    records_seal(&records, RECORD_DATA, SPAN(""), 0, &bytes);
    records_seal(&records, RECORD_HANDSHAKE, records_key_update_requested, 0, &bytes);
    records_update(&records);
    records_seal(&records, RECORD_DATA, SPAN("localhost/\r\n"), 0, &bytes);
    send_all(&talk, buffer_span(&bytes));
    ck_assert(is_answered(&talk));
    buffer_fini(&bytes);
}
END_TEST

/* In the clear, before or behind the hello. */
START_TEST(changes_of_cipher_without_end_are_ended)
{
    struct buffer bytes = BUFFER_EMPTY;
    while (bytes.len <= HEARD_BYTES)
        buffer_add(&bytes, (struct span){ "\x14\3\3\0\1\1", 6 });
    struct talk talk = talk_begin(run, clients);
    if (_i > 0) {
        hand_take(&talk);
        SSL_connect(talk.ssl);
        hand_send(SIZE_MAX);
    }
    int64_t start = clock_monotonic();
    char away[4096];
    send_all(&talk, buffer_span(&bytes));
    while (recv(talk.fd, away, sizeof away, 0) > 0)
        continue;
    ck_assert_int_lt(clock_monotonic() - start, AT_ONCE_MS);
    talk_close(&talk);
    buffer_fini(&bytes);
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
    tcase_add_loop_test(tests, a_handshake_in_records_of_one_byte_is_one, TLS1_2_VERSION,
                        TLS1_3_VERSION + 1);
    tcase_add_test(tests, records_that_come_together_are_read_together);
    tcase_add_loop_test(tests, a_certificate_may_be_large_but_not_huge, 0, COUNT(certificates));
    tcase_add_test(tests, a_question_in_early_data_is_not_heard_and_may_be_asked_again);
    tcase_add_test(tests, early_data_without_end_is_ended);
    tcase_add_loop_test(tests, floods_behind_the_handshake_are_ended, 0, COUNT(floods));
    tcase_add_test(tests, key_updates_that_want_answers_are_ended);
    tcase_add_test(tests, a_few_odd_records_do_no_harm);
    tcase_add_loop_test(tests, changes_of_cipher_without_end_are_ended, 0, 2);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
