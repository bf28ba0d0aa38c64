/* SPDX-License-Identifier: ISC */
#include "net/outgoing.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
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

/* What lies in the page cache. For the rest the kernel begins to read ahead, and the disk would
 * have everybody wait: so it is asked for again, but not for ever. */
static ssize_t
read_file(struct outgoing *outgoing, char *into, size_t room)
{
    struct iovec piece = { into, room };
    ssize_t got = preadv2(outgoing->file, &piece, 1, outgoing->at, RWF_NOWAIT);
    if (got < 0 && errno == EAGAIN && outgoing->waits < OUTGOING_WAITS)
        outgoing->waits++;
    else if (got < 0) /* or the file system can do no such thing */
        got = pread(outgoing->file, into, room, outgoing->at);
    if (got >= 0)
        outgoing->waits = 0;
    return got;
}

/* Puts it behind the head. */
static enum outgoing_flow
fill(struct outgoing *outgoing, size_t room)
{
    char *into = buffer_reserve(&outgoing->head, room);
    ssize_t got = (ssize_t)room;
    if (outgoing->block != NULL)
        memcpy(into, outgoing->block->bytes + outgoing->at, room);
    else
        got = read_file(outgoing, into, room);
    if (got < 0 && outgoing->waits > 0)
        return OUTGOING_LATER;
    if (got <= 0)
        return OUTGOING_OVER;
    buffer_grew(&outgoing->head, (size_t)got);
    outgoing->at += got;
    return OUTGOING_ON;
}

/* The head and the rest of a block, which need not be put together where no record has to hold
 * them. */
static void
gather_both(struct outgoing *outgoing, struct stream *stream, size_t room)
{
    struct span rest = { outgoing->block->bytes + outgoing->at, room };
    outgoing->bytes += outgoing->head.len + room;
    outgoing->at += (off_t)room;
    outgoing->broken = !stream_write_both(stream, buffer_span(&outgoing->head), rest);
    outgoing->gathered = true;
    buffer_fini(&outgoing->head);
}

enum outgoing_flow
outgoing_gather(struct outgoing *outgoing, struct stream *stream)
{
    size_t room = room_for(outgoing);
    struct span piece;
    enum outgoing_flow flow = OUTGOING_ON;
    if (outgoing->gathered)
        return OUTGOING_OVER;
    if (outgoing->block != NULL && outgoing->head.len > 0 && stream_is_plain(stream) &&
        outgoing->at + (off_t)room == outgoing->size) {
        gather_both(outgoing, stream, room);
        return OUTGOING_ON;
    }
    if (outgoing->block != NULL && outgoing->head.len == 0) { /* from where it lies */
        piece = (struct span){ outgoing->block->bytes + outgoing->at, room };
        outgoing->at += (off_t)room;
    } else {
        flow = room == 0 ? OUTGOING_ON : fill(outgoing, room);
        piece = buffer_span(&outgoing->head);
    }
    if (flow == OUTGOING_LATER)
        return flow;
    outgoing->bytes += piece.len;
    bool fine = flow == OUTGOING_ON, last = !fine || outgoing->at == outgoing->size;
    fine &= last ? stream_write(stream, piece) : stream_push(stream, piece);
    buffer_fini(&outgoing->head);
    outgoing->gathered = last || !fine;
    outgoing->broken = !fine;
    if (outgoing->gathered && fine && !outgoing->stays)
        stream_finish(stream);
    return OUTGOING_ON;
}
