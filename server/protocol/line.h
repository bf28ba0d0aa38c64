/* SPDX-License-Identifier: ISC */
/* line.h - what protocols have in common whose question is one plain line: Gopher, Nex. Pure. */
#pragma once

#include "protocol/protocol.h"

enum { LINE_MAX_BYTES = 1024 }; /* without its end */

/* Takes the line off the bytes, without the LF or CRLF it ends with. PARSED_BAD: it is longer than
 * LINE_MAX_BYTES, or has a control byte but TAB; *out is the beginning of it. PARSED_ALIEN: TLS or
 * HTTP knocks. */
enum parsed line_take(struct span bytes, struct span *out);

/* A question for the path, and for what stands behind a "?" in it; where they are `opaque`, "%" is
 * no escape. false: nothing can have that name, as where a segment is "..". */
bool line_request(struct span path, bool opaque, struct region *region, struct request *out);
