/* SPDX-License-Identifier: ISC */
#include "net/tls.h"

#include "base/buffer.h"
#include "net/certificate.h"

#include <openssl/err.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <stdio.h>

struct tls {
    SSL_CTX *context;
};

/* Client certificates are identities, not something to verify (specs 1.10): every one is taken, and
 * no time is spent on who signed it, and who signed that. */
static int
on_certificates(X509_STORE_CTX *store, void *whom)
{
    (void)store, (void)whom;
    return 1;
}

static bool
set_up(SSL_CTX *context)
{
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(context, on_certificates, NULL);
    SSL_CTX_set_max_cert_list(context, TLS_CERTIFICATES_MAX);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF); /* who brings no ticket is new */
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
                                             "TLS_CHACHA20_POLY1305_SHA256") == 1 &&
           SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1 &&
           SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1 &&
           SSL_CTX_set_num_tickets(context, 1) == 1 && SSL_CTX_set_max_early_data(context, 0) == 1;
}

/* What was agreed upon under another host or certificate is not resumed: the reader would know us
 * by what we no longer are. */
static bool
set_session(SSL_CTX *context, struct span host, const struct certificate_facts *facts)
{
    unsigned char whole[SHA256_DIGEST_LENGTH];
    char text[FINGERPRINT_TEXT + 512];
    int len = snprintf(text, sizeof text, "%s %.*s", facts->certificate_hash, SPAN_ARG(host));
    SHA256((const unsigned char *)text, (size_t)len < sizeof text ? (size_t)len : sizeof text - 1,
           whole);
    return SSL_CTX_set_session_id_context(context, whole, sizeof whole) == 1;
}

enum status
tls_new(const char *folder, struct span host, struct tls **out, struct fault *fault)
{
    char certificate[4096], key[4096];
    struct region *region = region_new();
    struct certificate_facts facts;
    enum status status = certificate_inspect(folder, host, region, &facts, fault);
    region_free(region);
    if (status != STATUS_OK)
        return status;
    snprintf(certificate, sizeof certificate, "%s/%.*s/cert.pem", folder, SPAN_ARG(host));
    snprintf(key, sizeof key, "%s/%.*s/key.pem", folder, SPAN_ARG(host));
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (context == NULL)
        memory_end();
    if (!set_up(context) || !set_session(context, host, &facts) ||
        SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
        SSL_CTX_free(context);
        return fault_set(fault, 0, "%s: OpenSSL does not take it: %s", certificate,
                         ERR_reason_error_string(ERR_get_error()));
    }
    struct tls *tls = memory_new(sizeof *tls);
    tls->context = context;
    *out = tls;
    return STATUS_OK;
}

void
tls_ask_nobody(struct tls *tls)
{
    SSL_CTX_set_verify(tls->context, SSL_VERIFY_NONE, NULL);
}

void
tls_free(struct tls *tls)
{
    if (tls == NULL)
        return;
    SSL_CTX_free(tls->context);
    free(tls);
}

void
tls_use_tickets(struct tls *tls, struct tickets *tickets)
{
    tickets_use(tickets, tls->context);
}

struct ssl_st *
tls_accept(struct tls *tls)
{
    SSL *ssl = SSL_new(tls->context);
    if (ssl != NULL)
        SSL_set_accept_state(ssl);
    return ssl;
}
