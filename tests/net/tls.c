/* SPDX-License-Identifier: ISC */
/* A client of OpenSSL's and our half of TLS, over a socketpair, in turns: no threads, no waiting.
 */
#include "net/tls.h"

#include "net/certificate.h"
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

static const struct span host = SPAN("song-tu.example.org");

static char *folder;
static struct fault fault;
static struct tls *tls;
static SSL_CTX *clients;
static SSL *client, *server;
static int ends[2];

static void
set_up(void)
{
    folder = testing_folder();
    fault = (struct fault){ 0, "" };
    client = server = NULL;
    ck_assert_int_eq(certificate_make(folder, (struct spans){ &host, 1 }, &fault), STATUS_OK);
    ck_assert_msg(tls_new(folder, host, &tls, &fault) == STATUS_OK, "%s", fault.what);
    clients = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(clients, 0); /* what is refused, the server refuses */
}

static void
hang_up(void)
{
    if (client == NULL)
        return;
    SSL_free(client);
    SSL_free(server);
    close(ends[0]);
    close(ends[1]);
    client = server = NULL;
}

static void
tear_down(void)
{
    hang_up();
    SSL_CTX_free(clients);
    tls_free(tls);
    testing_folder_remove(folder);
    ERR_clear_error();
}

static void
dial(const char *name)
{
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    server = tls_accept(tls);
    SSL_set_fd(server, ends[0]);
    ck_assert_ptr_nonnull(server);
    client = SSL_new(clients);
    ck_assert_int_eq(SSL_set_fd(client, ends[1]), 1);
    SSL_set_connect_state(client);
    if (name != NULL)
        ck_assert_int_eq((int)SSL_set_tlsext_host_name(client, name), 1);
}

static bool
waits(SSL *ssl, int result)
{
    return SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ;
}

/* Until both are through, or one has had enough. */
static bool
shake_hands(void)
{
    for (int turn = 0; turn < 20; turn++) {
        int one = SSL_do_handshake(client);
        if (one != 1 && !waits(client, one))
            return false;
        int other = SSL_do_handshake(server);
        if (other != 1 && !waits(server, other))
            return false;
        if (one == 1 && other == 1)
            return true;
    }
    return false;
}

static void
assert_talks(void)
{
    char heard[8] = "";
    ck_assert_int_eq(SSL_write(client, "hello", 5), 5);
    ck_assert_int_eq(SSL_read(server, heard, sizeof heard), 5);
    ck_assert_int_eq(SSL_write(server, "there", 5), 5);
    ck_assert_int_eq(SSL_read(client, heard, sizeof heard), 5);
    ck_assert_str_eq(heard, "there");
}

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
    char path[4096];
    struct span reader = SPAN("reader");
    ck_assert_int_eq(certificate_make(folder, (struct spans){ &reader, 1 }, &fault), STATUS_OK);
    snprintf(path, sizeof path, "%s/reader/cert.pem", folder);
    ck_assert_int_eq(SSL_CTX_use_certificate_file(clients, path, SSL_FILETYPE_PEM), 1);
    snprintf(path, sizeof path, "%s/reader/key.pem", folder);
    ck_assert_int_eq(SSL_CTX_use_PrivateKey_file(clients, path, SSL_FILETYPE_PEM), 1);
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

/* Two generations that share their keys, and a reader who comes to both. */
static struct tickets *keys;

static void
keep_tickets(int version)
{
    ticket = NULL;
    keys = tickets_new(0);
    ck_assert_ptr_nonnull(keys);
    tls_use_tickets(tls, keys);
    SSL_CTX_set_max_proto_version(clients, version);
}

static void
next_generation(void)
{
    hang_up();
    tls_free(tls);
    ck_assert_int_eq(tls_new(folder, host, &tls, &fault), STATUS_OK);
    tls_use_tickets(tls, keys);
}

/* Comes with the ticket there is, if any, and keeps what comes; whether it was resumed. */
static bool
come(void)
{
    hang_up();
    dial("song-tu.example.org");
    if (ticket != NULL)
        ck_assert_int_eq(SSL_set_session(client, ticket), 1);
    ck_assert(shake_hands());
    assert_talks();
    bool resumed = SSL_session_reused(server) == 1;
    ck_assert_int_eq(SSL_session_reused(client), resumed);
    SSL_shutdown(client);
    SSL_SESSION_free(ticket);
    ticket = SSL_get1_session(client);
    return resumed;
}

static void
drop_tickets(void)
{
    hang_up();
    SSL_SESSION_free(ticket);
    tls_free(tls);
    tls = NULL;
    tickets_free(keys);
}

START_TEST(what_one_generation_began_the_next_one_resumes)
{
    keep_tickets(versions[_i].version);
    ck_assert(!come());
    ck_assert_uint_eq(SSL_SESSION_get_ticket_lifetime_hint(ticket), TICKETS_PERIOD);
    next_generation();
    ck_assert(come());
    drop_tickets();
}
END_TEST

static bool
is_same_key(SSL_SESSION *one, SSL_SESSION *other)
{
    const unsigned char *name, *other_name;
    size_t len;
    SSL_SESSION_get0_ticket(one, &name, &len);
    SSL_SESSION_get0_ticket(other, &other_name, &len);
    return memcmp(name, other_name, 16) == 0;
}

START_TEST(a_key_encrypts_for_a_period_and_decrypts_for_another)
{
    keep_tickets(versions[_i].version);
    ck_assert(!come());
    SSL_SESSION *first = SSL_SESSION_dup(ticket);
    tickets_renew(keys, TICKETS_PERIOD - 1);
    ck_assert(come());
    ck_assert(is_same_key(first, ticket));
    tickets_renew(keys, TICKETS_PERIOD);
    ck_assert(come());
    ck_assert(!is_same_key(first, ticket));
    tickets_renew(keys, 2 * TICKETS_PERIOD);
    ck_assert(come());
    SSL_SESSION_free(ticket);
    ticket = first;
    ck_assert(!come());
    drop_tickets();
}
END_TEST

START_TEST(who_slept_too_long_forgets_all_keys)
{
    keep_tickets(versions[_i].version);
    ck_assert(!come());
    tickets_renew(keys, 2 * TICKETS_PERIOD);
    ck_assert(!come());
    ck_assert(come());
    drop_tickets();
}
END_TEST

START_TEST(other_keys_resume_nothing)
{
    keep_tickets(versions[_i].version);
    ck_assert(!come());
    struct tickets *before = keys;
    keys = tickets_new(0);
    next_generation();
    tickets_free(before);
    ck_assert(!come());
    drop_tickets();
}
END_TEST

START_TEST(another_certificate_resumes_nothing)
{
    char path[4096];
    keep_tickets(versions[_i].version);
    ck_assert(!come());
    snprintf(path, sizeof path, "%s/song-tu.example.org/cert.pem", folder);
    ck_assert_int_eq(remove(path), 0);
    snprintf(path, sizeof path, "%s/song-tu.example.org/key.pem", folder);
    ck_assert_int_eq(remove(path), 0);
    ck_assert_int_eq(certificate_make(folder, (struct spans){ &host, 1 }, &fault), STATUS_OK);
    next_generation();
    ck_assert(!come());
    ck_assert(come());
    drop_tickets();
}
END_TEST

/* The ticket's bytes lie in the session's DER as they are: each flipped bit must cost no more than
 * a whole handshake. */
START_TEST(a_garbled_ticket_is_none)
{
    const unsigned char *bytes;
    size_t len;
    keep_tickets(versions[_i].version);
    ck_assert(!come());
    SSL_SESSION *whole = ticket;
    SSL_SESSION_get0_ticket(whole, &bytes, &len);
    for (size_t i = 0; i < len; i += 5) {
        unsigned char *der = NULL;
        int size = i2d_SSL_SESSION(whole, &der);
        unsigned char *at = memmem(der, (size_t)size, bytes, len);
        const unsigned char *from = der;
        ck_assert_ptr_nonnull(at);
        at[i] ^= 1;
        ticket = d2i_SSL_SESSION(NULL, &from, size);
        OPENSSL_free(der);
        ck_assert_ptr_nonnull(ticket);
        ck_assert_msg(!come(), "byte %zu", i);
        SSL_SESSION_free(ticket);
    }
    ticket = whole;
    ck_assert(come());
    drop_tickets();
}
END_TEST

START_TEST(a_client_certificate_is_known_when_it_is_resumed)
{
    char path[4096];
    struct span reader = SPAN("reader");
    ck_assert_int_eq(certificate_make(folder, (struct spans){ &reader, 1 }, &fault), STATUS_OK);
    snprintf(path, sizeof path, "%s/reader/cert.pem", folder);
    ck_assert_int_eq(SSL_CTX_use_certificate_file(clients, path, SSL_FILETYPE_PEM), 1);
    snprintf(path, sizeof path, "%s/reader/key.pem", folder);
    ck_assert_int_eq(SSL_CTX_use_PrivateKey_file(clients, path, SSL_FILETYPE_PEM), 1);
    keep_tickets(versions[_i].version);
    ck_assert(!come());
    next_generation();
    ck_assert(come());
    X509 *certificate = SSL_get0_peer_certificate(server);
    ck_assert_ptr_nonnull(certificate);
    ck_assert_int_eq(X509_check_host(certificate, "reader", 0, 0, NULL), 1);
    drop_tickets();
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

/* Each in TLS 1.3 and in 1.2. */
static void
add_ticket_tests(TCase *tests)
{
    tcase_add_loop_test(tests, what_one_generation_began_the_next_one_resumes, 0, 2);
    tcase_add_loop_test(tests, a_key_encrypts_for_a_period_and_decrypts_for_another, 0, 2);
    tcase_add_loop_test(tests, who_slept_too_long_forgets_all_keys, 0, 2);
    tcase_add_loop_test(tests, other_keys_resume_nothing, 0, 2);
    tcase_add_loop_test(tests, another_certificate_resumes_nothing, 0, 2);
    tcase_add_loop_test(tests, a_garbled_ticket_is_none, 0, 2);
    tcase_add_loop_test(tests, a_client_certificate_is_known_when_it_is_resumed, 0, 2);
}

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
    tcase_add_checked_fixture(tests, set_up, tear_down);
    add_tests(tests);
    add_ticket_tests(tests);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
