/* SPDX-License-Identifier: ISC */
/* protocols.h - the table of protocols: one row each, and whoever needs one of them by name, to
 * listen, to count or to log, reads it there. How a protocol is spoken is protocol/<name>.c.
 *
 *   LINE(name, port, tls, request_max, listens, title)   one line asks, spoken by net/connection
 *   HTTP(name, port, listens, title)                     spoken by net/web
 *
 * `listens`: where, unless the settings say otherwise; empty: nowhere. In settings, logs, counters
 * and ready lines it is called `name`; to people, `title`. */
#pragma once

/* clang-format off */
#define PROTOCOL_TABLE(LINE, HTTP)                          \
    LINE(gemini, 1965, true, 1024 + 2, "[::]:1965", "Gemini") \
    HTTP(web, 80, "", "the web")
/* clang-format on */

enum protocol_id {
#define PROTOCOL_ID(name, ...) PROTOCOL_##name,
    PROTOCOL_TABLE(PROTOCOL_ID, PROTOCOL_ID) PROTOCOLS
#undef PROTOCOL_ID
};
