/* SPDX-License-Identifier: ISC */
#include "protocol/protocol.h"

#define ROW(id, own_port, has_tls, most, called) \
    [PROTOCOL_##id] = { .name = #id,             \
                        .title = called,         \
                        .port = own_port,        \
                        .tls = has_tls,          \
                        .request_max = most,     \
                        .parse = id##_parse,     \
                        .print = id##_print },
#define TLS(id, port, most, listens, called) ROW(id, port, true, most, called)
#define PLAIN(id, port, most, listens, called) ROW(id, port, false, most, called)
#define HTTP(id, own_port, listens, called) \
    [PROTOCOL_##id] = { .name = #id, .title = called, .port = own_port, .http = true },

const struct protocol protocols[PROTOCOLS] = { PROTOCOL_TABLE(TLS, PLAIN, HTTP) };
