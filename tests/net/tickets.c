/* SPDX-License-Identifier: ISC */
/* Tickets, in the hands of a reader who comes again. */
#include "net/tickets.h"

#include "base/buffer.h"
#include "meeting.h"
#include "net/certificate.h"
#include "testing.h"

#include <openssl/asn1.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Two generations that share their keys, and a reader who comes to both. */
static struct tickets *keys;
static SSL_SESSION *ticket;

/* Every test is one of TLS 1.3 and one of 1.2. */
static const int versions[] = { TLS1_3_VERSION, TLS1_2_VERSION };

static void
keep_tickets(int version)
{
    ticket = NULL;
    keys = tickets_new(0, NULL);
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
    keep_tickets(versions[_i]);
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
    keep_tickets(versions[_i]);
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
    keep_tickets(versions[_i]);
    ck_assert(!come());
    tickets_renew(keys, 2 * TICKETS_PERIOD);
    ck_assert(!come());
    ck_assert(come());
    drop_tickets();
}
END_TEST

START_TEST(other_keys_resume_nothing)
{
    keep_tickets(versions[_i]);
    ck_assert(!come());
    struct tickets *before = keys;
    keys = tickets_new(0, NULL);
    next_generation();
    tickets_free(before);
    ck_assert(!come());
    drop_tickets();
}
END_TEST

START_TEST(another_certificate_resumes_nothing)
{
    char path[4096];
    keep_tickets(versions[_i]);
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

/* Comes as one who never shows a ticket; whether he was given one. */
static bool
is_given(int64_t now)
{
    hang_up();
    dial("song-tu.example.org");
    tickets_settle(server, now);
    ck_assert(shake_hands());
    assert_talks();
    SSL_SESSION *session = SSL_get1_session(client);
    bool given = SSL_SESSION_is_resumable(session) == 1;
    SSL_shutdown(client);
    SSL_SESSION_free(session);
    return given;
}

START_TEST(where_nobody_shows_a_ticket_few_are_given)
{
    int given = 0;
    keep_tickets(TLS1_3_VERSION);
    ck_assert(is_given(100000));
    for (int i = 1; i < TICKETS_CREDIT; i++)
        ck_assert(is_given(100000));
    for (int i = 0; i < 100; i++) /* in half a second */
        given += is_given(100000 + 5 * i);
    ck_assert_int_eq(given, TICKETS_RATE * 495 / 1000);
    ck_assert(!is_given(100499));
    ck_assert(is_given(101000)); /* once there is time */
    drop_tickets();
}
END_TEST

START_TEST(where_one_shows_a_ticket_all_are_given)
{
    keep_tickets(TLS1_3_VERSION);
    ck_assert(!come());
    for (int i = 0; i < TICKETS_CREDIT; i++)
        ck_assert(is_given(100000));
    ck_assert(!is_given(100000));
    hang_up();
    dial("song-tu.example.org");
    SSL_set_session(client, ticket);
    ck_assert(shake_hands());
    ck_assert(SSL_session_reused(server));
    tickets_settle(server, 100000);
    for (int i = 0; i < TICKETS_CREDIT; i++)
        ck_assert(is_given(100000));
    ck_assert(!is_given(100000));
    drop_tickets();
}
END_TEST

static void
add_header(struct buffer *der, int tag, size_t len)
{
    const char bytes[] = { (char)tag, (char)0x82, (char)(len >> 8), (char)len };
    buffer_add(der, (struct span){ bytes, sizeof bytes });
}

/* As OpenSSL writes it. */
static size_t
header_len(size_t len)
{
    return len < 128 ? 2 : len < 256 ? 3 : 4;
}

/* The session, but with that ticket. In DER it is an OCTET STRING in an explicit [10]. */
static SSL_SESSION *
replace_ticket(SSL_SESSION *session, struct span bytes)
{
    enum { SEQUENCE = 0x30, TEN = 0xAA, OCTETS = 0x04, HEADER = 4 };
    unsigned char *der = NULL;
    const unsigned char *old;
    size_t len;
    long whole_len;
    int tag, class, size = i2d_SSL_SESSION(session, &der);
    const unsigned char *at = der;
    struct buffer made = BUFFER_EMPTY;
    SSL_SESSION_get0_ticket(session, &old, &len);
    ASN1_get_object(&at, &whole_len, &tag, &class, size);
    const unsigned char *octets = memmem(der, (size_t)size, old, len);
    ck_assert_ptr_nonnull(octets);
    size_t headers = header_len(len) + header_len(len + header_len(len));
    struct span before = { (const char *)at, (size_t)(octets - headers - at) };
    struct span behind = { (const char *)octets + len, (size_t)(der + size - octets) - len };
    add_header(&made, SEQUENCE, before.len + 2 * HEADER + bytes.len + behind.len);
    buffer_add(&made, before);
    add_header(&made, TEN, HEADER + bytes.len);
    add_header(&made, OCTETS, bytes.len);
    buffer_add(&made, bytes);
    buffer_add(&made, behind);
    at = (const unsigned char *)buffer_text(&made);
    SSL_SESSION *replaced = d2i_SSL_SESSION(NULL, &at, (long)made.len);
    ck_assert_ptr_nonnull(replaced);
    buffer_fini(&made);
    OPENSSL_free(der);
    return replaced;
}

/* Comes with that in place of its ticket, and keeps it. */
static bool
come_with(struct span bytes)
{
    SSL_SESSION *own = ticket;
    ticket = replace_ticket(own, bytes);
    bool resumed = come();
    SSL_SESSION_free(ticket);
    ticket = own;
    return resumed;
}

static char *
copy_ticket(size_t *len)
{
    const unsigned char *bytes;
    SSL_SESSION_get0_ticket(ticket, &bytes, len);
    char *copy = memory_new(*len + 1);
    memcpy(copy, bytes, *len);
    copy[*len] = 'x';
    return copy;
}

/* Name, vector, ciphertext and code: whatever is wrong costs no more than a whole handshake. */
START_TEST(a_garbled_ticket_is_none)
{
    size_t len;
    keep_tickets(versions[_i]);
    ck_assert(!come());
    char *bytes = copy_ticket(&len);
    ck_assert(come_with((struct span){ bytes, len })); /* it is not our way of asking */
    for (size_t i = 0; i < len; i += 5) {
        bytes[i] ^= 1;
        ck_assert_msg(!come_with((struct span){ bytes, len }), "byte %zu", i);
        bytes[i] ^= 1;
    }
    free(bytes);
    drop_tickets();
}
END_TEST

START_TEST(a_ticket_cut_short_or_drawn_out_is_none)
{
    size_t len;
    keep_tickets(versions[_i]);
    ck_assert(!come());
    char *bytes = copy_ticket(&len);
    for (size_t part = 1; part < len; part += 9)
        ck_assert_msg(!come_with((struct span){ bytes, part }), "%zu bytes", part);
    ck_assert(!come_with((struct span){ bytes, len - 1 }));
    ck_assert(!come_with((struct span){ bytes, len + 1 }));
    free(bytes);
    drop_tickets();
}
END_TEST

START_TEST(a_client_certificate_is_known_when_it_is_resumed)
{
    show_certificate();
    keep_tickets(versions[_i]);
    ck_assert(!come());
    next_generation();
    ck_assert(come());
    X509 *certificate = SSL_get0_peer_certificate(server);
    ck_assert_ptr_nonnull(certificate);
    ck_assert_int_eq(X509_check_host(certificate, "reader", 0, 0, NULL), 1);
    drop_tickets();
}
END_TEST

/* Clients are to have a certificate with a comment of that length. */
static void
show_long_certificate(size_t len)
{
    char *comment = memory_new(len + 1);
    memset(comment, 'x', len);
    comment[len] = '\0';
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_netscape_comment, comment);
    ck_assert_int_eq(X509_set_version(certificate, X509_VERSION_3), 1);
    ck_assert_int_eq(X509_set_pubkey(certificate, key), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    ck_assert_int_eq(X509_add_ext(certificate, extension, -1), 1);
    ck_assert_int_gt(X509_sign(certificate, key, EVP_sha256()), 0);
    ck_assert_int_eq(SSL_CTX_use_certificate(clients, certificate), 1);
    ck_assert_int_eq(SSL_CTX_use_PrivateKey(clients, key), 1);
    X509_EXTENSION_free(extension);
    X509_free(certificate);
    EVP_PKEY_free(key);
    free(comment);
}

/* What a ticket holds comes back with the first words, and must be read. */
START_TEST(a_certificate_too_long_for_a_ticket_is_refused)
{
    enum { MOST = TLS_CERTIFICATES_MAX + 1024 };
    size_t len;
    keep_tickets(versions[_i]);
    show_long_certificate(TLS_CERTIFICATES_MAX - 1024);
    ck_assert(!come());
    free(copy_ticket(&len));
    ck_assert_uint_lt(len, MOST);
    ck_assert(come());
    ck_assert_ptr_nonnull(SSL_get0_peer_certificate(server));
    hang_up();
    show_long_certificate(TLS_CERTIFICATES_MAX);
    dial("song-tu.example.org");
    ck_assert(!shake_hands());
    drop_tickets();
}
END_TEST

enum { FAULTED = 77 };

static void
on_fault(int signal)
{
    (void)signal;
    _exit(FAULTED);
}

static int
wait_for(pid_t child)
{
    int status = -1;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

START_TEST(a_worker_can_read_the_keys_and_not_write_them)
{
    keep_tickets(versions[_i]);
    pid_t worker = fork();
    if (worker == 0) {
        signal(SIGSEGV, on_fault);
        tickets_only_read(keys);
        if (come() || !come())
            _exit(1);
        tickets_own(keys, true); /* as if whoever took it over said so */
        tickets_renew(keys, TICKETS_PERIOD);
        _exit(2);
    }
    ck_assert_int_eq(wait_for(worker), FAULTED);
    tickets_renew(keys, TICKETS_PERIOD); /* the maker still can */
    ck_assert(!come());
    ck_assert(come());
    drop_tickets();
}
END_TEST

START_TEST(who_borrowed_the_keys_leaves_them_and_who_made_them_takes_them_away)
{
    int gone[2];
    char byte;
    ck_assert_int_eq(pipe(gone), 0);
    keep_tickets(versions[_i]);
    ck_assert(!come());
    pid_t helper = fork();
    if (helper == 0) {
        tickets_free(keys);
        _exit(0);
    }
    ck_assert_int_eq(wait_for(helper), 0);
    ck_assert(come());
    pid_t late = fork();
    if (late == 0) {
        close(gone[1]);
        _exit(read(gone[0], &byte, 1) == 0 && come() ? 1 : 0);
    }
    drop_tickets();
    close(gone[1]);
    ck_assert_int_eq(wait_for(late), 0);
    close(gone[0]);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("tickets");
    TCase *tests = tcase_create("tickets");
    tcase_add_checked_fixture(tests, meeting_set_up, meeting_tear_down);
    tcase_add_loop_test(tests, what_one_generation_began_the_next_one_resumes, 0, 2);
    tcase_add_loop_test(tests, a_key_encrypts_for_a_period_and_decrypts_for_another, 0, 2);
    tcase_add_loop_test(tests, who_slept_too_long_forgets_all_keys, 0, 2);
    tcase_add_loop_test(tests, other_keys_resume_nothing, 0, 2);
    tcase_add_loop_test(tests, another_certificate_resumes_nothing, 0, 2);
    tcase_add_test(tests, where_nobody_shows_a_ticket_few_are_given);
    tcase_add_test(tests, where_one_shows_a_ticket_all_are_given);
    tcase_add_loop_test(tests, a_garbled_ticket_is_none, 0, 2);
    tcase_add_loop_test(tests, a_ticket_cut_short_or_drawn_out_is_none, 0, 2);
    tcase_add_loop_test(tests, a_client_certificate_is_known_when_it_is_resumed, 0, 2);
    tcase_add_loop_test(tests, a_certificate_too_long_for_a_ticket_is_refused, 0, 2);
    tcase_add_loop_test(tests, a_worker_can_read_the_keys_and_not_write_them, 0, 2);
    tcase_add_loop_test(tests, who_borrowed_the_keys_leaves_them_and_who_made_them_takes_them_away,
                        0, 2);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
