/* SPDX-License-Identifier: ISC */
/* inheritance.h - what one songtud leaves open for the next (upgrade.h), told in the environment.
 *
 * The two may be of different versions: whoever reads passes over words it does not know, and does
 * without those that are missing. */
#pragma once

#include "base/buffer.h"
#include "base/protocols.h"
#include "base/status.h"

enum { INHERITED_SOCKETS_MAX = 64 }; /* of a protocol */
/* Kinds of memory (shared.h). */
enum { INHERITED_METRICS, INHERITED_LIMITS, INHERITED_TICKETS, INHERITED_MEMORIES };

/* Descriptors; -1: none. */
struct inheritance {
    int elder; /* to the master who leaves it; -1: nobody leaves us anything */
    int tell_socket;
    int memory[INHERITED_MEMORIES];
    int sockets[PROTOCOLS][INHERITED_SOCKETS_MAX]; /* in the order of workers' slots */
    size_t count[PROTOCOLS];                       /* Gemini's, or none */
};

#define INHERITANCE_NONE \
    ((struct inheritance){ .elder = -1, .tell_socket = -1, .memory = { -1, -1, -1 } })

/* Bytes to values and back: "elder=9 tell=5 limits=7 sockets=3,4 gopher=5,6". false: it is no such
 * thing. */
bool inheritance_parse(struct span text, struct inheritance *out);
void inheritance_print(const struct inheritance *inheritance, struct buffer *out);

/* What the environment tells, which forgets it; from then on it is closed when we execute somebody.
 * STATUS_ABSENT: nothing, and *out says so. STATUS_BAD: of what it tells, not all is there. */
enum status inheritance_take(struct inheritance *out) MUST_CHECK;
/* In a process that is about to become the heir: leaves it open, and tells of it. */
void inheritance_leave(const struct inheritance *inheritance);
/* In a child that is no heir: closes what only heirs need. */
void inheritance_forgo(const struct inheritance *inheritance);
