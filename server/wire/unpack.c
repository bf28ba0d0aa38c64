/* SPDX-License-Identifier: ISC */
#include "wire/unpack.h"

#define ZLIB_CONST
#include <zlib.h>

enum {
    PIECE_BYTES = 16 * 1024,
    WORTH_COUNTING = 64 * 1024, /* a few bytes may well mean a page of spaces */
    WINDOW_ZLIB = 15,
    WINDOW_GZIP = 15 + 16,
    WINDOW_RAW = -15,
    GZIP_FIRST = 0x1f,
    METHOD_MASK = 0x0f,
    METHOD_DEFLATE = 8,
    WINDOW_MOST = 0x78,
};

struct unpack {
    enum unpack_kind kind;
    size_t most, ratio, in, out;
    z_stream stream;
    bool begun, ended, between; /* the first byte was seen; all has come; behind a gzip member */
};

bool
unpack_kind_of(struct span encoding, enum unpack_kind *out)
{
    static const struct {
        struct span name;
        enum unpack_kind kind;
    } names[] = {
        { SPAN(""), UNPACK_AS_IS },          { SPAN("identity"), UNPACK_AS_IS },
        { SPAN("gzip"), UNPACK_GZIP },       { SPAN("x-gzip"), UNPACK_GZIP },
        { SPAN("deflate"), UNPACK_DEFLATE },
    };
    encoding = span_trim(encoding);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (span_equal_nocase(encoding, names[i].name)) {
            *out = names[i].kind;
            return true;
        }
    return false;
}

struct unpack *
unpack_new(enum unpack_kind kind, size_t most, size_t ratio)
{
    struct unpack *unpack = memory_new(sizeof *unpack);
    *unpack = (struct unpack){ .kind = kind, .most = most, .ratio = ratio };
    return unpack;
}

void
unpack_free(struct unpack *unpack)
{
    if (unpack != NULL && unpack->begun && unpack->kind != UNPACK_AS_IS)
        inflateEnd(&unpack->stream);
    free(unpack);
}

/* "deflate" should be zlib's form; some servers send what is within it. The first byte tells. */
static int
window_of(enum unpack_kind kind, unsigned char first)
{
    if (kind == UNPACK_GZIP)
        return WINDOW_GZIP;
    return (first & METHOD_MASK) == METHOD_DEFLATE && first <= WINDOW_MOST ? WINDOW_ZLIB
                                                                           : WINDOW_RAW;
}

static void
begin(struct unpack *unpack, unsigned char first)
{
    if (!unpack->begun && inflateInit2(&unpack->stream, window_of(unpack->kind, first)) != Z_OK)
        memory_end();
    unpack->begun = true;
}

/* Counts what came out; what is beyond the limit is cut off again. */
static enum status
count(struct unpack *unpack, size_t bytes, struct buffer *out)
{
    size_t left = unpack->most - unpack->out;
    if (bytes > left) {
        buffer_shorten(out, out->len - (bytes - left));
        unpack->out = unpack->most;
        return STATUS_LIMIT;
    }
    unpack->out += bytes;
    return unpack->out > WORTH_COUNTING && unpack->out / unpack->ratio > unpack->in ? STATUS_LIMIT
                                                                                    : STATUS_OK;
}

static enum status
add_as_is(struct unpack *unpack, struct span bytes, struct buffer *out)
{
    buffer_add(out, span_first(bytes, unpack->most - unpack->out + 1));
    return count(unpack, span_first(bytes, unpack->most - unpack->out + 1).len, out);
}

/* Behind one gzip member comes another, or something nobody reads. */
static void
look_behind(struct unpack *unpack)
{
    if (!unpack->between || unpack->stream.avail_in == 0)
        return;
    unpack->between = false;
    unpack->ended = unpack->stream.next_in[0] != GZIP_FIRST;
    if (!unpack->ended)
        inflateReset(&unpack->stream);
}

static enum status
inflate_piece(struct unpack *unpack, struct buffer *out)
{
    z_stream *stream = &unpack->stream;
    stream->next_out = (unsigned char *)buffer_reserve(out, PIECE_BYTES);
    stream->avail_out = PIECE_BYTES;
    int told = inflate(stream, Z_NO_FLUSH);
    size_t came = PIECE_BYTES - stream->avail_out;
    buffer_grew(out, came);
    enum status status = count(unpack, came, out);
    if (status != STATUS_OK)
        return status;
    unpack->between = told == Z_STREAM_END && unpack->kind == UNPACK_GZIP;
    unpack->ended = told == Z_STREAM_END && unpack->kind != UNPACK_GZIP;
    return told == Z_OK || told == Z_STREAM_END || told == Z_BUF_ERROR ? STATUS_OK : STATUS_BAD;
}

enum status
unpack_add(struct unpack *unpack, struct span bytes, struct buffer *out)
{
    enum status status = STATUS_OK;
    bool full = true; /* there may be more within zlib than fitted into the last piece */
    if (bytes.len == 0 || unpack->ended)
        return STATUS_OK;
    unpack->in += bytes.len;
    if (unpack->kind == UNPACK_AS_IS)
        return add_as_is(unpack, bytes, out);
    begin(unpack, (unsigned char)bytes.at[0]);
    unpack->stream.next_in = (const unsigned char *)bytes.at;
    unpack->stream.avail_in = (unsigned)bytes.len;
    while (status == STATUS_OK && !unpack->ended && (unpack->stream.avail_in > 0 || full)) {
        look_behind(unpack);
        if (unpack->ended || unpack->between)
            break;
        status = inflate_piece(unpack, out);
        full = unpack->stream.avail_out == 0;
    }
    return status;
}

enum status
unpack_end(const struct unpack *unpack)
{
    bool whole = unpack->kind == UNPACK_AS_IS || unpack->ended || unpack->between;
    return whole ? STATUS_OK : STATUS_BAD;
}
