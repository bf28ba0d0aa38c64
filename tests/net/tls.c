/* SPDX-License-Identifier: ISC */
/* What our half of TLS takes and refuses. */
#include "net/tls.h"

#include "meeting.h"
#include "testing.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static const struct {
    int version;
    bool spoken;
} versions[] = {
    { TLS1_3_VERSION, true },
    { TLS1_2_VERSION, true },
    { TLS1_1_VERSION, false },
    { TLS1_VERSION, false },
};

START_TEST(tls_1_2_and_1_3_are_spoken_and_nothing_older)
{
    SSL_CTX_set_min_proto_version(clients, versions[_i].version);
    SSL_CTX_set_max_proto_version(clients, versions[_i].version);
    dial("song-tu.example.org");
    ck_assert(shake_hands() == versions[_i].spoken);
    if (!versions[_i].spoken)
        return;
    ck_assert_int_eq(SSL_version(client), versions[_i].version);
    assert_talks();
}
END_TEST

START_TEST(the_newest_is_preferred)
{
    dial("song-tu.example.org");
    ck_assert(shake_hands());
    ck_assert_str_eq(SSL_get_version(client), "TLSv1.3");
    ck_assert_str_eq(SSL_get_cipher_name(client), "TLS_AES_128_GCM_SHA256");
}
END_TEST

/* What a client of TLS 1.2 offers, and nothing else. */
static const struct {
    const char *ciphers;
    bool taken;
} ciphers[] = {
    { "ECDHE-ECDSA-AES128-GCM-SHA256", true }, { "ECDHE-ECDSA-CHACHA20-POLY1305", true },
    { "ECDHE-ECDSA-AES128-SHA256", false },    { "ECDHE-ECDSA-AES256-SHA", false },
    { "ECDHE-ECDSA-NULL-SHA", false },         { "AECDH-AES128-SHA", false },
    { "ADH-AES128-GCM-SHA256", false },
};

START_TEST(no_weak_cipher_is_taken)
{
    SSL_CTX_set_max_proto_version(clients, TLS1_2_VERSION);
    ck_assert_int_eq(SSL_CTX_set_cipher_list(clients, ciphers[_i].ciphers), 1);
    dial("song-tu.example.org");
    ck_assert(shake_hands() == ciphers[_i].taken);
}
END_TEST

/* SNI is a hint: NULL: none is sent. */
static const char *const names[] = { "song-tu.example.org", "elsewhere.example.org", "localhost",
                                     NULL };

START_TEST(any_name_or_none_gets_the_capsules_certificate)
{
    dial(names[_i]);
    ck_assert(shake_hands());
    X509 *certificate = SSL_get0_peer_certificate(client);
    ck_assert_int_eq(X509_check_host(certificate, host.at, host.len, 0, NULL), 1);
    assert_talks();
}
END_TEST

START_TEST(a_client_certificate_is_not_needed)
{
    dial("song-tu.example.org");
    ck_assert(shake_hands());
    ck_assert_ptr_null(SSL_get0_peer_certificate(server));
}
END_TEST

START_TEST(a_self_signed_client_certificate_is_taken)
{
    show_certificate();
    SSL_CTX_set_max_proto_version(clients, versions[_i].version);
    dial("song-tu.example.org");
    ck_assert(shake_hands());
    assert_talks();
    X509 *certificate = SSL_get0_peer_certificate(server);
    ck_assert_ptr_nonnull(certificate);
    ck_assert_int_eq(X509_check_host(certificate, "reader", 0, 0, NULL), 1);
    ck_assert_ptr_null(SSL_get0_verified_chain(server)); /* nor asked who signed it */
}
END_TEST

/* Each worker would keep 20,000 of them, with their certificates. */
START_TEST(who_takes_no_ticket_is_not_remembered)
{
    SSL_CTX_set_max_proto_version(clients, TLS1_2_VERSION);
    SSL_CTX_set_options(clients, SSL_OP_NO_TICKET);
    dial("song-tu.example.org");
    ck_assert(shake_hands());
    assert_talks();
    ck_assert_int_eq(SSL_CTX_sess_number(SSL_get_SSL_CTX(server)), 0);
}
END_TEST

START_TEST(alpn_is_ignored)
{
    static const unsigned char offers[] = "\x02h2\x08http/1.1";
    const unsigned char *chosen = NULL;
    unsigned len = 7;
    ck_assert_int_eq(SSL_CTX_set_alpn_protos(clients, offers, sizeof offers - 1), 0);
    dial("song-tu.example.org");
    ck_assert(shake_hands());
    SSL_get0_alpn_selected(client, &chosen, &len);
    ck_assert_uint_eq(len, 0);
    assert_talks();
}
END_TEST

START_TEST(nobody_renegotiates)
{
    char byte;
    SSL_CTX_set_max_proto_version(clients, TLS1_2_VERSION);
    dial("song-tu.example.org");
    ck_assert(shake_hands());
    ck_assert_int_eq(SSL_renegotiate(client), 1);
    ck_assert(waits(client, SSL_do_handshake(client)));
    ck_assert_int_le(SSL_read(server, &byte, 1), 0);
    ck_assert_int_le(SSL_do_handshake(client), 0);
    ck_assert_int_eq(ERR_GET_REASON(ERR_peek_last_error()), SSL_R_NO_RENEGOTIATION);
}
END_TEST

static SSL_SESSION *ticket;
static int tickets;

static int
on_ticket(SSL *ssl, SSL_SESSION *session)
{
    (void)ssl;
    SSL_SESSION_free(ticket);
    ticket = session;
    tickets++;
    return 1;
}

START_TEST(a_reader_who_comes_back_resumes_but_sends_no_early_data)
{
    ticket = NULL;
    tickets = 0;
    SSL_CTX_set_session_cache_mode(clients, SSL_SESS_CACHE_CLIENT);
    SSL_CTX_sess_set_new_cb(clients, on_ticket);
    dial("song-tu.example.org");
    ck_assert(shake_hands());
    assert_talks();
    ck_assert_int_eq(tickets, 1);
    ck_assert_uint_eq(SSL_SESSION_get_max_early_data(ticket), 0);
    SSL_shutdown(client);
    hang_up();
    dial("song-tu.example.org");
    ck_assert_int_eq(SSL_set_session(client, ticket), 1);
    ck_assert(shake_hands());
    ck_assert_int_eq(SSL_session_reused(server), 1);
    assert_talks();
    hang_up();
    SSL_SESSION_free(ticket);
}
END_TEST

START_TEST(what_is_no_tls_is_no_conversation)
{
    dial(NULL);
    ck_assert_int_eq(write(ends[1], "gemini://song-tu.example.org/\r\n", 31), 31);
    int result = SSL_do_handshake(server);
    ck_assert_int_le(result, 0);
    ck_assert(!waits(server, result));
}
END_TEST

START_TEST(without_a_good_pair_there_is_no_tls)
{
    struct tls *other = NULL;
    ck_assert_int_eq(tls_new(folder, SPAN("other.example.org"), &other, &fault), STATUS_ABSENT);
    testing_write(folder, "song-tu.example.org/cert.pem", "damaged\n");
    ck_assert_int_eq(tls_new(folder, host, &other, &fault), STATUS_BAD);
    ck_assert_ptr_nonnull(strstr(fault.what, "cert.pem is damaged"));
    ck_assert_ptr_null(other);
    tls_free(other);
}
END_TEST

/* OpenSSL asks for more than we do: 512 bits of RSA are a pair, and no security. */
START_TEST(a_pair_that_is_too_weak_is_told)
{
    struct tls *other = NULL;
    char path[4096];
    EVP_PKEY *key = EVP_RSA_gen(512);
    X509 *certificate = X509_new();
    ck_assert_int_eq(X509_set_pubkey(certificate, key), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    ck_assert_int_gt(X509_sign(certificate, key, EVP_sha256()), 0);
    snprintf(path, sizeof path, "%s/song-tu.example.org/cert.pem", folder);
    FILE *file = fopen(path, "w");
    ck_assert_int_eq(PEM_write_X509(file, certificate), 1);
    fclose(file);
    snprintf(path, sizeof path, "%s/song-tu.example.org/key.pem", folder);
    file = fopen(path, "w");
    ck_assert_int_eq(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    fclose(file);
    ck_assert_int_eq(tls_new(folder, host, &other, &fault), STATUS_BAD);
    ck_assert_msg(strstr(fault.what, "cert.pem: OpenSSL does not take it: ee key too small") !=
                      NULL,
                  "%s", fault.what);
    X509_free(certificate);
    EVP_PKEY_free(key);
}
END_TEST

static void
add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, tls_1_2_and_1_3_are_spoken_and_nothing_older, 0, COUNT(versions));
    tcase_add_test(tests, the_newest_is_preferred);
    tcase_add_loop_test(tests, no_weak_cipher_is_taken, 0, COUNT(ciphers));
    tcase_add_loop_test(tests, any_name_or_none_gets_the_capsules_certificate, 0, COUNT(names));
    tcase_add_test(tests, a_client_certificate_is_not_needed);
    tcase_add_loop_test(tests, a_self_signed_client_certificate_is_taken, 0, 2);
    tcase_add_test(tests, who_takes_no_ticket_is_not_remembered);
    tcase_add_test(tests, alpn_is_ignored);
    tcase_add_test(tests, nobody_renegotiates);
    tcase_add_test(tests, a_reader_who_comes_back_resumes_but_sends_no_early_data);
    tcase_add_test(tests, what_is_no_tls_is_no_conversation);
    tcase_add_test(tests, without_a_good_pair_there_is_no_tls);
    tcase_add_test(tests, a_pair_that_is_too_weak_is_told);
}

int
main(void)
{
    Suite *suite = suite_create("tls");
    TCase *tests = tcase_create("tls");
    tcase_add_checked_fixture(tests, meeting_set_up, meeting_tear_down);
    add_tests(tests);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
