/* SPDX-License-Identifier: ISC */
/* protocols.h - the table of protocols: one row each, and whoever needs one of them by name, to
 * listen, to count or to log, reads it there. How a protocol is spoken is protocol/<name>.c.
 *
 *   TLS(name, port, request_max, listens, title)     one line asks, through TLS: net/connection
 *   PLAIN(name, port, request_max, listens, title)   likewise, without it
 *   HTTP(name, port, listens, title)                 as protocol/http.h says: TLS, if anything
 *
 * `listens`: where, unless the settings say otherwise; empty: nowhere. In settings, logs, counters
 * and ready lines it is called `name`; to people, `title`. */
#pragma once

/* clang-format off */
#define PROTOCOL_TABLE(TLS, PLAIN, HTTP)                \
    TLS(gemini, 1965, 1024 + 2, "[::]:1965", "Gemini")  \
    PLAIN(gopher, 70, 1024 + 2, "", "Gopher")           \
    HTTP(web, 80, "", "the web")                        \
    PLAIN(nex, 1900, 1024 + 2, "", "Nex")
/* clang-format on */

enum protocol_id {
#define PROTOCOL_ID(name, ...) PROTOCOL_##name,
    PROTOCOL_TABLE(PROTOCOL_ID, PROTOCOL_ID, PROTOCOL_ID) PROTOCOLS
#undef PROTOCOL_ID
};
