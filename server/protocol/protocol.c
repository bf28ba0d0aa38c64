/* SPDX-License-Identifier: ISC */
#include "protocol/protocol.h"

#include "protocol/http.h"

#define ROW(id, own_port, has_tls, most, called) \
    [PROTOCOL_##id] = { .name = #id,             \
                        .title = (called),       \
                        .port = (own_port),      \
                        .tls = (has_tls),        \
                        .request_max = (most),   \
                        .parse = id##_parse,     \
                        .print = id##_print,     \
                        .code = reply_code },
#define TLS(id, port, most, listens, called) ROW(id, port, true, most, called)
#define PLAIN(id, port, most, listens, called) ROW(id, port, false, most, called)
#define HTTP(id, own_port, listens, called)           \
    [PROTOCOL_##id] = { .name = #id,                  \
                        .title = (called),            \
                        .port = (own_port),           \
                        .http = true,                 \
                        .request_max = HTTP_HEAD_MAX, \
                        .parse = http_parse,          \
                        .print = http_print,          \
                        .code = http_code },

const struct protocol protocols[PROTOCOLS] = { PROTOCOL_TABLE(TLS, PLAIN, HTTP) };
