/* SPDX-License-Identifier: ISC */
#include "hand.h"

#include "testing.h"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

enum { CONTENT_CIPHER = 20, CONTENT_HANDSHAKE = 22, HEAD_BYTES = 5 };

static struct {
    int fd;
    bool cut, encrypted;
    struct buffer said;
} hand;

static void
send_all(struct span bytes)
{
    while (bytes.len > 0) {
        ssize_t went = send(hand.fd, bytes.at, bytes.len, MSG_NOSIGNAL);
        if (went <= 0)
            return;
        bytes = span_skip(bytes, (size_t)went);
    }
}

/* One record. */
static void
add_cut(struct span record, struct buffer *out)
{
    hand.encrypted |= record.at[0] == CONTENT_CIPHER;
    if (hand.encrypted || record.at[0] != CONTENT_HANDSHAKE) {
        buffer_add(out, record);
        return;
    }
    for (size_t i = HEAD_BYTES; i < record.len; i++) {
        buffer_add(out, span_first(record, 3));
        buffer_add(out, (struct span){ "\0\1", 2 });
        buffer_add_char(out, record.at[i]);
    }
}

static void
send_cut(void)
{
    struct buffer out = BUFFER_EMPTY;
    struct span rest = buffer_span(&hand.said);
    while (rest.len >= HEAD_BYTES) {
        size_t len = (size_t)(unsigned char)rest.at[3] << 8 | (unsigned char)rest.at[4];
        add_cut(span_first(rest, HEAD_BYTES + len), &out);
        rest = span_skip(rest, HEAD_BYTES + len);
    }
    ck_assert_uint_eq(rest.len, 0);
    send_all(buffer_span(&out));
    buffer_fini(&out);
    buffer_clear(&hand.said);
}

static int
on_write(BIO *bio, const char *bytes, size_t len, size_t *written)
{
    (void)bio;
    buffer_add(&hand.said, (struct span){ bytes, len });
    if (hand.cut && hand.encrypted) /* who does not flush any more */
        send_cut();
    *written = len;
    return 1;
}

static long
on_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio, (void)number, (void)pointer;
    if (command == BIO_CTRL_FLUSH && hand.cut)
        send_cut();
    return command == BIO_CTRL_FLUSH;
}

static void
set_waiting(bool waiting)
{
    int flags = fcntl(hand.fd, F_GETFL);
    ck_assert_int_eq(fcntl(hand.fd, F_SETFL, waiting ? flags & ~O_NONBLOCK : flags | O_NONBLOCK),
                     0);
}

void
hand_take(struct talk *talk)
{
    static BIO_METHOD *method;
    if (method == NULL) {
        method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "hand");
        BIO_meth_set_write_ex(method, on_write);
        BIO_meth_set_ctrl(method, on_control);
    }
    BIO *bio = BIO_new(method);
    BIO_set_init(bio, 1);
    buffer_fini(&hand.said);
    hand.fd = talk->fd;
    hand.cut = hand.encrypted = false;
    set_waiting(false);
    SSL_set0_wbio(talk->ssl, bio);
}

struct span
hand_said(void)
{
    return buffer_span(&hand.said);
}

void
hand_send(size_t most)
{
    set_waiting(true);
    send_all(span_first(buffer_span(&hand.said), most));
    buffer_clear(&hand.said);
}

void
hand_cut(void)
{
    hand.cut = true;
    set_waiting(true);
    send_cut();
}
