/* SPDX-License-Identifier: ISC */
#include "records.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

enum { KEY_BYTES = 16, NONCE_BYTES = 12, TAG_BYTES = 16, HEAD_BYTES = 5 };

const struct span records_key_update = { "\x18\0\0\1\0", 5 };
const struct span records_key_update_requested = { "\x18\0\0\1\1", 5 };
const struct span records_close_notify = { "\1\0", 2 };

/* One client at a time is listened to. */
static struct {
    const SSL *client;
    unsigned char secret[RECORDS_SECRET];
} told;

static void
on_secret(const SSL *client, const char *line)
{
    static const struct span label = SPAN("CLIENT_TRAFFIC_SECRET_0 ");
    struct span text = span_of(line);
    if (!span_starts(text, label))
        return;
    text = span_skip(text, label.len);
    span_cut(&text, ' ');
    if (text.len != 2 * (size_t)RECORDS_SECRET)
        return;
    for (size_t i = 0; i < RECORDS_SECRET; i++) {
        unsigned byte;
        assert(sscanf(text.at + 2 * i, "%2x", &byte) == 1);
        told.secret[i] = (unsigned char)byte;
    }
    told.client = client;
}

void
records_listen(SSL_CTX *clients)
{
    SSL_CTX_set_keylog_callback(clients, on_secret);
}

bool
records_begin(const SSL *client, struct records *out)
{
    const SSL_CIPHER *cipher = SSL_get_current_cipher(client);
    if (told.client != client || cipher == NULL ||
        SSL_CIPHER_get_protocol_id(cipher) != 0x1301) /* RFC 8446 B.4 */
        return false;
    memcpy(out->secret, told.secret, sizeof out->secret);
    out->sequence = 0;
    return true;
}

/* RFC 8446 7.1, HKDF-Expand-Label with no context. */
static void
expand(const struct records *records, const char *label, unsigned char *into, size_t len)
{
    unsigned char info[32], whole[EVP_MAX_MD_SIZE];
    unsigned made;
    int text = snprintf((char *)info + 3, sizeof info - 3, "tls13 %s", label);
    info[0] = 0;
    info[1] = (unsigned char)len;
    info[2] = (unsigned char)text;
    info[3 + text] = 0;
    info[4 + text] = 1;
    HMAC(EVP_sha256(), records->secret, RECORDS_SECRET, info, (size_t)text + 5, whole, &made);
    assert(len <= made);
    memcpy(into, whole, len);
}

void
records_update(struct records *records)
{
    struct records next = { .sequence = 0 };
    expand(records, "traffic upd", next.secret, sizeof next.secret);
    *records = next;
}

static void
seal(struct records *records, struct span head, struct span plain, unsigned char *into)
{
    unsigned char key[KEY_BYTES], nonce[NONCE_BYTES];
    int len;
    expand(records, "key", key, sizeof key);
    expand(records, "iv", nonce, sizeof nonce);
    for (size_t i = 0; i < 8; i++)
        nonce[NONCE_BYTES - 1 - i] ^= (unsigned char)(records->sequence >> 8 * i);
    records->sequence++;
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    EVP_EncryptInit_ex(cipher, EVP_aes_128_gcm(), NULL, key, nonce);
    EVP_EncryptUpdate(cipher, NULL, &len, (const unsigned char *)head.at, (int)head.len);
    EVP_EncryptUpdate(cipher, into, &len, (const unsigned char *)plain.at, (int)plain.len);
    EVP_EncryptFinal_ex(cipher, into + len, &len);
    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, into + plain.len);
    EVP_CIPHER_CTX_free(cipher);
}

void
records_seal(struct records *records, int kind, struct span content, size_t padding,
             struct buffer *out)
{
    struct buffer plain = BUFFER_EMPTY;
    buffer_add(&plain, content);
    buffer_add_char(&plain, (char)kind);
    memset(buffer_reserve(&plain, padding), 0, padding);
    buffer_grew(&plain, padding);
    size_t len = plain.len + TAG_BYTES;
    char head[HEAD_BYTES] = { RECORD_DATA, 3, 3, (char)(len >> 8), (char)len };
    buffer_add(out, (struct span){ head, sizeof head });
    unsigned char *into = (unsigned char *)buffer_reserve(out, len);
    seal(records, (struct span){ head, sizeof head }, buffer_span(&plain), into);
    buffer_grew(out, len);
    buffer_fini(&plain);
}
