/* SPDX-License-Identifier: ISC */
/* Ten thousand strangers of all kinds, one after the other: a worker's memory is what it was. */
#include "capsule.h"
#include "hand.h"

#include "records.h"
#include "testing.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    FIRST = 2000,
    STRANGERS = 10000,
    MORE_KB = 4096, /* two workers' high-water marks are reached slowly; then nothing is added */
    LARGE_BYTES = 1 << 20,
};

static struct capsule_run *run;
static SSL_CTX *clients;
static struct buffer flood;

static void
ask(struct talk *talk, const char *path)
{
    char line[200];
    snprintf(line, sizeof line, "gemini://localhost:%d%s\r\n", run->port, path);
    talk_say(talk, span_of(line), PLAINLY);
}

static void
hear(struct talk *talk)
{
    struct heard answer = talk_hear(talk);
    buffer_fini(&answer.bytes);
}

static void
leave_at_once(struct talk *talk)
{
    struct linger at_once = { 1, 0 };
    setsockopt(talk->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

/* Kinds of strangers. */

static void
say_nothing(struct talk *talk)
{
    shutdown(talk->fd, SHUT_WR);
}

static void
say_garbage(struct talk *talk)
{
    char bytes[1000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)rand();
    bytes[0] = rand() % 2 ? 22 : bytes[0];
    (void)send(talk->fd, bytes, sizeof bytes, MSG_NOSIGNAL);
    shutdown(talk->fd, SHUT_WR);
}

static void
promise_a_long_hello(struct talk *talk)
{
    (void)send(talk->fd, "\x16\3\1\0\4\1\2\0\0", 9, MSG_NOSIGNAL);
    shutdown(talk->fd, SHUT_WR);
}

static void
leave_in_the_handshake(struct talk *talk)
{
    hand_take(talk);
    SSL_connect(talk->ssl);
    hand_send(rand() % 2 ? SIZE_MAX : 100);
    leave_at_once(talk);
}

static void
leave_behind_the_handshake(struct talk *talk)
{
    ck_assert(talk_shake(talk));
    if (rand() % 2)
        leave_at_once(talk);
}

static void
ask_without_ticket(struct talk *talk)
{
    SSL_set_max_proto_version(talk->ssl, TLS1_2_VERSION);
    SSL_set_options(talk->ssl, SSL_OP_NO_TICKET);
    ck_assert(talk_shake(talk));
    ask(talk, "/");
    hear(talk);
}

static void
ask_well(struct talk *talk)
{
    ck_assert(talk_shake(talk));
    ask(talk, "/about");
    hear(talk);
}

static void
ask_badly(struct talk *talk)
{
    ck_assert(talk_shake(talk));
    ask(talk, "/%00");
    hear(talk);
}

static void
leave_in_the_answer(struct talk *talk)
{
    char head[3];
    ck_assert(talk_shake(talk));
    ask(talk, "/files/large.bin");
    SSL_read(talk->ssl, head, sizeof head);
    leave_at_once(talk);
}

static void
flood_with_records(struct talk *talk)
{
    struct records records;
    ck_assert(talk_shake(talk) && records_begin(talk->ssl, &records));
    buffer_clear(&flood);
    for (int i = 0; i < 100; i++)
        records_seal(&records, RECORD_DATA, SPAN(""), 0, &flood);
    (void)send(talk->fd, flood.at, flood.len, MSG_NOSIGNAL);
    hear(talk);
}

static void (*const kinds[])(struct talk *talk) = {
    say_nothing,
    say_garbage,
    promise_a_long_hello,
    leave_in_the_handshake,
    leave_behind_the_handshake,
    ask_without_ticket,
    ask_well,
    ask_badly,
    leave_in_the_answer,
    flood_with_records,
};

static void
come(int strangers)
{
    const int yes = 1;
    for (int i = 0; i < strangers; i++) {
        struct talk talk = talk_begin(run, clients);
        ck_assert_int_ge(talk.fd, 0);
        setsockopt(talk.fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        kinds[(size_t)i % (sizeof kinds / sizeof *kinds)](&talk);
        talk_close(&talk);
    }
    ck_assert_int_eq(capsule_status(run, "/"), 20);
}

/* KiB that the master's children have to themselves. */
static long
memory(void)
{
    pid_t children[16];
    long sum = 0, some;
    size_t count = capsule_children(run, children, 16);
    for (size_t i = 0; i < count; i++) {
        char path[64], line[256];
        snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)children[i]);
        FILE *file = fopen(path, "r");
        ck_assert_ptr_nonnull(file);
        while (fgets(line, sizeof line, file) != NULL)
            if (sscanf(line, "Private_%*[^:]: %ld", &some) == 1)
                sum += some;
        fclose(file);
    }
    ck_assert_int_gt(sum, 0);
    return sum;
}

/* Each comes with a certificate of some size. */
static void
take_certificate(void)
{
    char text[8192];
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_netscape_comment, text);
    X509_set_version(certificate, 2);
    X509_set_pubkey(certificate, key);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_add_ext(certificate, extension, -1);
    ck_assert_int_gt(X509_sign(certificate, key, EVP_sha256()), 0);
    ck_assert_int_eq(SSL_CTX_use_certificate(clients, certificate), 1);
    ck_assert_int_eq(SSL_CTX_use_PrivateKey(clients, key), 1);
    X509_EXTENSION_free(extension);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

/* AddressSanitizer keeps what is freed, to see it used. */
static void
forget_at_once(void)
{
    setenv("ASAN_OPTIONS", "quarantine_size_mb=0:thread_local_quarantine_size_kb=0", 1);
}

START_TEST(ten_thousand_strangers_leave_nothing)
{
    char *large = malloc(LARGE_BYTES + 1);
    memset(large, 'a', LARGE_BYTES);
    large[LARGE_BYTES] = '\0';
    run = capsule_prepare();
    run->prepare = forget_at_once;
    testing_write(run->folder, "content/files/large.bin", large);
    free(large);
    capsule_launch(run);
    clients = SSL_CTX_new(TLS_client_method());
    records_listen(clients);
    take_certificate();
    come(FIRST);
    long before = memory();
    come(STRANGERS);
    long after = memory();
    printf("private KiB after %d strangers: %ld, after %d more: %ld\n", FIRST, before, STRANGERS,
           after);
    ck_assert_int_lt(after - before, MORE_KB);
    SSL_CTX_free(clients);
    buffer_fini(&flood);
    capsule_stop(run);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("crowd");
    TCase *tests = tcase_create("crowd");
    tcase_set_timeout(tests, 280);
    tcase_add_test(tests, ten_thousand_strangers_leave_nothing);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
