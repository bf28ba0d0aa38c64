/* SPDX-License-Identifier: ISC */
/* cell.h - hostile bytes are read in a process of their own, which can do nothing else.
 *
 * Whoever sits in a cell opens nothing, talks to nobody, and has a bound to his memory, his
 * processor time and the clock: bytes come in and bytes go out by one socket. What crashes him, or
 * keeps him too long, costs that piece of work and him; the next one gets another. Nothing that
 * comes out is to be trusted more than what went in. */
#pragma once

#include "base/buffer.h"
#include "process/sandbox.h"

#include <stdint.h>

/* Reads `in`, appends its answer to *out. Runs in the cell: it sees what there was when the cell
 * was made, and nobody sees what it changes. */
typedef void cell_work(const void *whom, struct span in, struct buffer *out);

struct cell_options {
    cell_work *work;
    const void *whom;
    enum sandbox_wish sandbox;
    size_t memory;        /* bytes beyond what the process has when it begins; 0: CELL_MEMORY */
    int64_t deadline;     /* milliseconds for one piece of work; 0: CELL_DEADLINE */
    size_t answer_max;    /* bytes; 0: CELL_ANSWER_MAX */
    unsigned pieces_most; /* till a fresh process takes over; 0: CELL_PIECES */
};

enum {
    CELL_MEMORY = 384 * 1024 * 1024,
    CELL_DEADLINE = 20 * 1000,
    CELL_CPU_SECONDS = 60, /* of one process */
    CELL_ANSWER_MAX = 16 * 1024 * 1024,
    CELL_PIECES = 64,
};

struct cell;

/* No process is there before the first piece of work. The options are copied. */
struct cell *cell_new(const struct cell_options *options);
void cell_free(struct cell *cell); /* NULL is fine; ends the process */

/* Appends the answer to *out. STATUS_BAD: there is none, *fault says why in words that go behind
 * the document's name: "reading it took more than 20 s"; STATUS_FAILED: no process could be made or
 * locked in, *fault says why. */
enum status
cell_ask(struct cell *cell, struct span in, struct buffer *out, struct fault *fault) MUST_CHECK;
