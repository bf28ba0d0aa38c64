/* SPDX-License-Identifier: ISC */
/* outgoing.h - an answer on its way: the head and a page, then a file, piece by piece. */
#pragma once

#include "base/buffer.h"
#include "net/stream.h"
#include "protocol/reply.h"

enum {
    OUTGOING_PIECE = 64 * 1024, /* bytes: as much of a file as is gathered at once */
    OUTGOING_WAITS = 100,       /* so often the disk is asked before it is waited for */
};

enum outgoing_flow {
    OUTGOING_ON,    /* something is gathered */
    OUTGOING_LATER, /* the disk is asked: try again in a moment */
    OUTGOING_OVER,  /* nothing was left */
};

struct outgoing {
    struct buffer head;  /* and a page: what stands before the file */
    int file;            /* -1 */
    struct block *block; /* or it is in memory; NULL */
    off_t at, size;      /* of the file */
    uint64_t bytes;      /* of the answer, as far as TLS has them */
    bool gathered;       /* all of it */
    bool broken;         /* or not all, and no more will be */
    bool stays;          /* the conversation goes on behind it: no goodbye */
    int waits;           /* for the disk, in a row */
};

#define OUTGOING_EMPTY ((struct outgoing){ .head = BUFFER_EMPTY, .file = -1 })

/* Takes over the file that the reply has, if it has one. */
void outgoing_take(struct outgoing *outgoing, const struct reply *reply);
void outgoing_fini(struct outgoing *outgoing);
/* Gathers what is to be sent next, the head and the beginning of a file as one record; behind the
 * last of it the goodbye, so that they leave together. A file that falls short gets none: the
 * reader must see that it is cut off. */
enum outgoing_flow outgoing_gather(struct outgoing *outgoing, struct stream *stream);
