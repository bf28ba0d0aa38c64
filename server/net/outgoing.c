/* SPDX-License-Identifier: ISC */
#include "net/outgoing.h"

#include <string.h>
#include <unistd.h>

void
outgoing_take(struct outgoing *outgoing, const struct reply *reply)
{
    if (reply->answer != ANSWER_FILE || (reply->file.descriptor < 0 && reply->file.block == NULL))
        return;
    outgoing->file = reply->file.descriptor;
    outgoing->block = reply->file.block;
    outgoing->size = reply->file.size;
}

void
outgoing_fini(struct outgoing *outgoing)
{
    if (outgoing->file >= 0)
        close(outgoing->file);
    block_drop(outgoing->block);
    buffer_fini(&outgoing->head);
    *outgoing = OUTGOING_EMPTY;
}

/* How much of the file comes next. */
static size_t
room_for(const struct outgoing *outgoing)
{
    off_t left = outgoing->size - outgoing->at;
    size_t room = outgoing->head.len < OUTGOING_PIECE ? OUTGOING_PIECE - outgoing->head.len : 0;
    return left < (off_t)room ? (size_t)left : room;
}

/* Puts it behind the head. false: the file is shorter than it was. */
static bool
fill(struct outgoing *outgoing, size_t room)
{
    char *into = buffer_reserve(&outgoing->head, room);
    ssize_t got = (ssize_t)room;
    if (outgoing->block != NULL)
        memcpy(into, outgoing->block->bytes + outgoing->at, room);
    else
        got = pread(outgoing->file, into, room, outgoing->at);
    if (got <= 0)
        return false;
    buffer_grew(&outgoing->head, (size_t)got);
    outgoing->at += got;
    return true;
}

bool
outgoing_gather(struct outgoing *outgoing, struct stream *stream)
{
    size_t room = room_for(outgoing);
    struct span piece;
    bool fine = true;
    if (outgoing->gathered)
        return false;
    if (outgoing->block != NULL && outgoing->head.len == 0) { /* from where it lies */
        piece = (struct span){ outgoing->block->bytes + outgoing->at, room };
        outgoing->at += (off_t)room;
    } else {
        fine = room == 0 || fill(outgoing, room);
        piece = buffer_span(&outgoing->head);
    }
    outgoing->bytes += piece.len;
    bool last = !fine || outgoing->at == outgoing->size;
    fine &= last ? stream_write(stream, piece) : stream_push(stream, piece);
    buffer_fini(&outgoing->head);
    outgoing->gathered = last || !fine;
    if (outgoing->gathered && fine)
        stream_finish(stream);
    return true;
}
