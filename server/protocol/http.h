/* SPDX-License-Identifier: ISC */
/* http.h - how the web asks and answers: HTTP/1.1 (RFC 9110, 9112), GET and HEAD.
 *
 * Pure, as all of protocol/. What two servers in a row could read in two ways is refused, and the
 * conversation ended: a line that ends in LF alone, a line that goes on in the next, a header with
 * a space before its colon, two lengths, a length and chunks, two hosts. Bodies are never read. */
#pragma once

#include "protocol/protocol.h"

enum {
    HTTP_HEAD_MAX = 8192,   /* bytes of a request: there is no body */
    HTTP_TARGET_MAX = 2048, /* of them, what is asked for */
    HTTP_HEADERS_MAX = 64,  /* lines */
};

/* The row of the table of protocols. What is understood, and can't be done here, is answered with a
 * status of its own: 405, 413, 501; what is not understood leaves one in the question's reply. */
enum parsed http_parse(struct span bytes, struct span server_name, const struct origin *origin,
                       struct region *region, struct question *out);
/* An answer's head, and its body but for one that lies in a file or a block. A page is printed as
 * it is: whoever has clothes for it brings a file. */
void http_print(const struct question *question, const struct reply *reply,
                const struct origin *origin, struct buffer *out);
int http_code(const struct reply *reply);

/* Whether what the reader has is what the reply would give him (RFC 9110, 13.2.2). */
bool http_has(const struct wishes *wishes, const struct reply *reply);

/* Takes the last address off a list of those a request was forwarded for: "a, b", or, of
 * Forwarded (RFC 7239), "for=a;by=x, for=\"[b]:1\"". Without brackets and port; empty: nothing is
 * left, or nothing that is an address. */
struct span http_forwarded_last(struct span *list);
