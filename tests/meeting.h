/* SPDX-License-Identifier: ISC */
/* meeting.h - a client of OpenSSL's and our half of TLS, over a socketpair, in turns: no threads,
 * no waiting. */
#pragma once

#include "net/tls.h"

#include <openssl/ssl.h>

/* Whom the certificate names, and the folder of certificates; until meeting_tear_down. */
extern const struct span host;
extern char *folder;
extern struct fault fault;
extern struct tls *tls; /* of that host */
extern SSL_CTX *clients;
extern SSL *client, *server; /* of the conversation there is; NULL: none */
extern int ends[2];          /* the server's socket, the client's */

void meeting_set_up(void);
void meeting_tear_down(void);

/* Begins a conversation; SNI is `name`, or none where it is NULL. */
void dial(const char *name);
/* Until both are through (true), or one has had enough. */
bool shake_hands(void);
bool waits(SSL *ssl, int result); /* for the other one's words, says the result */
void assert_talks(void);
void hang_up(void);
/* Clients are to have a certificate of "reader". */
void show_certificate(void);
