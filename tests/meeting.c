/* SPDX-License-Identifier: ISC */
#include "meeting.h"

#include "net/certificate.h"
#include "testing.h"

#include <openssl/err.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

const struct span host = SPAN("song-tu.example.org");
char *folder;
struct fault fault;
struct tls *tls;
SSL_CTX *clients;
SSL *client, *server;
int ends[2];

void
meeting_set_up(void)
{
    folder = testing_folder();
    fault = (struct fault){ 0, "" };
    client = server = NULL;
    ck_assert_int_eq(certificate_make(folder, (struct spans){ &host, 1 }, &fault), STATUS_OK);
    ck_assert_msg(tls_new(folder, host, &tls, &fault) == STATUS_OK, "%s", fault.what);
    clients = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(clients, 0); /* what is refused, the server refuses */
}

void
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

void
meeting_tear_down(void)
{
    hang_up();
    SSL_CTX_free(clients);
    tls_free(tls);
    testing_folder_remove(folder);
    ERR_clear_error();
}

void
dial(const char *name)
{
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    server = tls_accept(tls);
    ck_assert_ptr_nonnull(server);
    ck_assert_int_eq(SSL_set_fd(server, ends[0]), 1);
    client = SSL_new(clients);
    ck_assert_int_eq(SSL_set_fd(client, ends[1]), 1);
    SSL_set_connect_state(client);
    if (name != NULL)
        ck_assert_int_eq((int)SSL_set_tlsext_host_name(client, name), 1);
}

bool
waits(SSL *ssl, int result)
{
    return SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ;
}

bool
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

void
assert_talks(void)
{
    char heard[8] = "";
    ck_assert_int_eq(SSL_write(client, "hello", 5), 5);
    ck_assert_int_eq(SSL_read(server, heard, sizeof heard), 5);
    ck_assert_int_eq(SSL_write(server, "there", 5), 5);
    ck_assert_int_eq(SSL_read(client, heard, sizeof heard), 5);
    ck_assert_str_eq(heard, "there");
}

void
show_certificate(void)
{
    char path[4096];
    struct span reader = SPAN("reader");
    ck_assert_int_eq(certificate_make(folder, (struct spans){ &reader, 1 }, &fault), STATUS_OK);
    snprintf(path, sizeof path, "%s/reader/cert.pem", folder);
    ck_assert_int_eq(SSL_CTX_use_certificate_file(clients, path, SSL_FILETYPE_PEM), 1);
    snprintf(path, sizeof path, "%s/reader/key.pem", folder);
    ck_assert_int_eq(SSL_CTX_use_PrivateKey_file(clients, path, SSL_FILETYPE_PEM), 1);
}
