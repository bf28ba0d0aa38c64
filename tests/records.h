/* SPDX-License-Identifier: ISC */
/* records.h - records as no library writes them: a client's half of TLS 1.3 behind its handshake,
 * with any content of any kind. Only for TLS_AES_128_GCM_SHA256, our server's first choice. */
#pragma once

#include "base/buffer.h"

struct ssl_st;
struct ssl_ctx_st;

enum { RECORD_ALERT = 21, RECORD_HANDSHAKE = 22, RECORD_DATA = 23, RECORDS_SECRET = 32 };

struct records {
    unsigned char secret[RECORDS_SECRET];
    uint64_t sequence;
};

/* Clients made of this context tell their secrets to records_begin: before their handshake. */
void records_listen(struct ssl_ctx_st *clients);
/* From now on the client says nothing by itself. false: it has no secret of that cipher's. */
bool records_begin(const struct ssl_st *client, struct records *out);
/* Appends a record of that kind, with so many zeros behind its content. */
void records_seal(struct records *records, int kind, struct span content, size_t padding,
                  struct buffer *out);
/* The next secret: behind a KeyUpdate that was sealed. */
void records_update(struct records *records);

extern const struct span records_key_update, records_key_update_requested, records_close_notify;
