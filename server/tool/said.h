/* SPDX-License-Identifier: ISC */
/* said.h - what was said of a state that lasts, so that it is said once, and again when it is back.
 */
#pragma once

#include "base/span.h"

#include <stdint.h>

struct said {
    struct said_lines {
        uint64_t *at; /* hashes */
        size_t count, room;
    } before, now; /* rounds; the one before is in order */
};

/* A line of this round. false: the one before said it. */
bool said_is_new(struct said *said, struct span line);
/* The round is over: the next one is compared with it. A round that was broken off did not say
 * everything, and so what the one before said counts, too. */
void said_turn(struct said *said, bool whole);
void said_fini(struct said *said);
