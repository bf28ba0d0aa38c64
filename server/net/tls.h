/* SPDX-License-Identifier: ISC */
/* tls.h - the server's half of TLS: certificates and settings, loaded once per generation. */
#pragma once

#include "base/span.h"
#include "base/status.h"
#include "net/tickets.h"

struct tls;
struct ssl_st;

enum { TLS_CERTIFICATES_MAX = 16 * 1024 }; /* bytes of a client's certificate and its chain */

/* Loads FOLDER/HOST/{cert,key}.pem. TLS 1.2 and 1.3; client certificates asked for, never required,
 * self-signed ones taken, up to TLS_CERTIFICATES_MAX; no renegotiation, no compression, no early
 * data, ALPN ignored. An unknown or missing SNI gets this certificate (specs 1.9). */
enum status
tls_new(const char *folder, struct span host, struct tls **out, struct fault *fault) MUST_CHECK;
/* Clients are not asked for certificates: browsers would show people a choice of them. */
void tls_ask_nobody(struct tls *tls);
void tls_free(struct tls *tls); /* NULL is fine */

/* Sessions are resumed by these keys, which must outlive it, rather than by keys of its own; never
 * those of another host or certificate. */
void tls_use_tickets(struct tls *tls, struct tickets *tickets);

/* A new conversation, the server's half; the caller's to SSL_free. NULL: OpenSSL is out of memory.
 */
struct ssl_st *tls_accept(struct tls *tls);
