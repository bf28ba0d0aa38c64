/* SPDX-License-Identifier: ISC */
/* tls.h - the server's half of TLS: certificates and settings, loaded once per generation. */
#pragma once

#include "base/span.h"
#include "base/status.h"

struct tls;
struct ssl_st;

/* Loads FOLDER/HOST/{cert,key}.pem. TLS 1.2 and 1.3; client certificates asked for, never required,
 * self-signed ones taken; no renegotiation, no compression, no early data, ALPN ignored. An unknown
 * or missing SNI gets this certificate (specs 1.9). */
enum status
tls_new(const char *folder, struct span host, struct tls **out, struct fault *fault) MUST_CHECK;
void tls_free(struct tls *tls); /* NULL is fine */

/* A new conversation, the server's half; the caller's to SSL_free. NULL: OpenSSL is out of memory.
 */
struct ssl_st *tls_accept(struct tls *tls);
