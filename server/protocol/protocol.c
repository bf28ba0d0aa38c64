/* SPDX-License-Identifier: ISC */
#include "protocol/protocol.h"

#define NOTHING(...)
#define DECLARED(name, ...)                                                                    \
    enum parsed name##_parse(struct span, struct span, const struct origin *, struct region *, \
                             struct question *);                                               \
    void name##_print(const struct reply *, const struct origin *, struct buffer *);           \
    int name##_code(const struct reply *);
PROTOCOL_TABLE(DECLARED, NOTHING)

#define ROW(id, own_port, has_tls, most, listens, called) \
    [PROTOCOL_##id] = { .name = #id,                      \
                        .title = called,                  \
                        .port = own_port,                 \
                        .tls = has_tls,                   \
                        .request_max = most,              \
                        .parse = id##_parse,              \
                        .print = id##_print,              \
                        .code = id##_code },
#define HTTP_ROW(id, own_port, listens, called) \
    [PROTOCOL_##id] = { .name = #id, .title = called, .port = own_port, .http = true },

const struct protocol protocols[PROTOCOLS] = { PROTOCOL_TABLE(ROW, HTTP_ROW) };
