/* SPDX-License-Identifier: ISC */
/* gemini.h - how Gemini asks and answers (Gemini network protocol 0.24.1).
 *
 * Pure: nothing here touches a socket, a clock or a file, so every line can be reached by a unit
 * test and by the fuzzer. */
#pragma once

#include "protocol/protocol.h"

enum { GEMINI_URL_MAX = 1024, GEMINI_META_MAX = 1024 }; /* bytes, without CRLF */
enum { GEMINI_HEAD_MAX = 2 + 1 + GEMINI_META_MAX + 2 }; /* of an answer, with its CRLF */

/* The order of gemini_parse's checks decides the status (specs 1.3). */

/* The client's half: takes an answer's head ("20 text/gemini\r\n") off the bytes, to the letter of
 * specs 1.5: one space, no control byte, a media type behind 2x, a URI reference behind 3x, nothing
 * missing but the words of 4x to 6x. A second digit nobody defined is as good as any. PARSED_BAD:
 * it is no head. */
struct gemini_head {
    int status;       /* 10 to 69 */
    struct span meta; /* borrowed; UTF-8 */
    size_t len;       /* bytes of the head with its CRLF */
};
enum parsed gemini_parse_head(struct span bytes, struct gemini_head *out);
