/* SPDX-License-Identifier: ISC */
#include "wire/unpack.h"

#include "testing.h"

#include <string.h>
#include <zlib.h>

enum { MIB = 1024 * 1024, RATIO = 100, GZIP = 15 + 16, ZLIB = 15, RAW = -15 };

static struct buffer packed, out;

static void
begin(void)
{
    packed = out = BUFFER_EMPTY;
}

static void
end(void)
{
    buffer_fini(&packed);
    buffer_fini(&out);
}

/* Appends `text` packed, in zlib's way of saying which form. */
static void
pack(struct span text, int window)
{
    z_stream stream = { .next_in = (unsigned char *)(uintptr_t)text.at };
    stream.avail_in = (unsigned)text.len;
    ck_assert_int_eq(deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t bound = deflateBound(&stream, text.len);
    stream.next_out = (unsigned char *)buffer_reserve(&packed, bound);
    stream.avail_out = (unsigned)bound;
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    buffer_grew(&packed, stream.total_out);
    deflateEnd(&stream);
}

/* In pieces of so many bytes. */
static enum status
unpack(enum unpack_kind kind, size_t most, size_t piece)
{
    struct unpack *unpack = unpack_new(kind, most, RATIO);
    struct span rest = buffer_span(&packed);
    enum status status = STATUS_OK;
    buffer_clear(&out);
    while (rest.len > 0 && status == STATUS_OK) {
        status = unpack_add(unpack, span_first(rest, piece), &out);
        rest = span_skip(rest, piece);
    }
    if (status == STATUS_OK)
        status = unpack_end(unpack);
    unpack_free(unpack);
    return status;
}

static const struct {
    enum unpack_kind kind;
    int window;
} forms[] = { { UNPACK_GZIP, GZIP }, { UNPACK_DEFLATE, ZLIB }, { UNPACK_DEFLATE, RAW } };

static const size_t pieces[] = { 1, 2, 7, 1000, MIB };

START_TEST(every_form_comes_out_as_it_was_in_any_pieces)
{
    struct buffer text = BUFFER_EMPTY;
    for (int i = 0; i < 20000; i++)
        buffer_printf(&text, "%d ", i * i);
    pack(buffer_span(&text), forms[_i].window);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        ck_assert_int_eq(unpack(forms[_i].kind, MIB, pieces[i]), STATUS_OK);
        ck_assert(span_equal(buffer_span(&out), buffer_span(&text)));
    }
    buffer_fini(&text);
}
END_TEST

START_TEST(one_cut_anywhere_ends_in_the_middle)
{
    pack(SPAN("Hà Nội, Hải Phòng, Huế, Đà Nẵng"), forms[_i].window);
    size_t len = packed.len;
    while (--len > 0) {
        packed.len = len;
        ck_assert_int_eq(unpack(forms[_i].kind, MIB, 3), STATUS_BAD);
    }
}
END_TEST

START_TEST(what_is_broken_is_told)
{
    pack(SPAN("Hà Nội, Hải Phòng, Huế, Đà Nẵng"), GZIP);
    packed.at[packed.len - 6] ^= 1; /* its own sum */
    ck_assert_int_eq(unpack(UNPACK_GZIP, MIB, MIB), STATUS_BAD);
    packed.at[0] = '<';
    ck_assert_int_eq(unpack(UNPACK_GZIP, MIB, MIB), STATUS_BAD);
}
END_TEST

START_TEST(members_follow_each_other_and_rubbish_behind_them_is_left)
{
    pack(SPAN("a"), GZIP);
    pack(SPAN("b"), GZIP);
    buffer_add(&packed, SPAN("\0\0\0\0"));
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        ck_assert_int_eq(unpack(UNPACK_GZIP, MIB, pieces[i]), STATUS_OK);
        ck_assert(span_equal(buffer_span(&out), SPAN("ab")));
    }
}
END_TEST

START_TEST(a_bomb_goes_off_outside)
{
    struct buffer zeros = BUFFER_EMPTY;
    memset(buffer_reserve(&zeros, 8 * MIB), 0, 8 * MIB);
    buffer_grew(&zeros, 8 * MIB);
    pack(buffer_span(&zeros), forms[_i].window);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        ck_assert_int_eq(unpack(forms[_i].kind, 4 * MIB, pieces[i]), STATUS_LIMIT);
        ck_assert_uint_le(out.len, packed.len * RATIO + 128 * 1024);
        ck_assert_uint_lt(out.room, 2 * MIB + MIB);
    }
    buffer_fini(&zeros);
}
END_TEST

START_TEST(the_limit_is_to_the_byte)
{
    pack(SPAN("0123456789"), GZIP);
    ck_assert_int_eq(unpack(UNPACK_GZIP, 10, 1), STATUS_OK);
    ck_assert_int_eq(unpack(UNPACK_GZIP, 9, 1), STATUS_LIMIT);
    ck_assert(span_equal(buffer_span(&out), SPAN("012345678")));
    buffer_clear(&packed);
    buffer_add(&packed, SPAN("0123456789"));
    ck_assert_int_eq(unpack(UNPACK_AS_IS, 10, 3), STATUS_OK);
    ck_assert(span_equal(buffer_span(&out), SPAN("0123456789")));
    ck_assert_int_eq(unpack(UNPACK_AS_IS, 9, 3), STATUS_LIMIT);
    ck_assert(span_equal(buffer_span(&out), SPAN("012345678")));
}
END_TEST

START_TEST(a_small_page_of_spaces_is_no_bomb)
{
    char spaces[60 * 1024];
    memset(spaces, ' ', sizeof spaces);
    pack((struct span){ spaces, sizeof spaces }, GZIP);
    ck_assert_uint_gt(sizeof spaces / packed.len, RATIO);
    ck_assert_int_eq(unpack(UNPACK_GZIP, MIB, MIB), STATUS_OK);
}
END_TEST

static const struct {
    const char *encoding;
    int kind; /* -1: refused */
} encodings[] = {
    { "", UNPACK_AS_IS },      { "identity", UNPACK_AS_IS },  { " GZIP ", UNPACK_GZIP },
    { "x-gzip", UNPACK_GZIP }, { "deflate", UNPACK_DEFLATE }, { "br", -1 },
    { "gzip, gzip", -1 },      { "gzip,identity", -1 },       { "zstd", -1 },
};

START_TEST(one_encoding_is_understood_and_none_within_another)
{
    enum unpack_kind kind = UNPACK_AS_IS;
    bool known = unpack_kind_of(span_of(encodings[_i].encoding), &kind);
    ck_assert_int_eq(known ? (int)kind : -1, encodings[_i].kind);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

int
main(void)
{
    Suite *suite = suite_create("unpack");
    TCase *unpacking = tcase_create("unpacking");
    tcase_add_checked_fixture(unpacking, begin, end);
    tcase_add_loop_test(unpacking, every_form_comes_out_as_it_was_in_any_pieces, 0, COUNT(forms));
    tcase_add_loop_test(unpacking, one_cut_anywhere_ends_in_the_middle, 0, COUNT(forms));
    tcase_add_test(unpacking, what_is_broken_is_told);
    tcase_add_test(unpacking, members_follow_each_other_and_rubbish_behind_them_is_left);
    tcase_add_loop_test(unpacking, a_bomb_goes_off_outside, 0, COUNT(forms));
    tcase_add_test(unpacking, the_limit_is_to_the_byte);
    tcase_add_test(unpacking, a_small_page_of_spaces_is_no_bomb);
    tcase_add_loop_test(unpacking, one_encoding_is_understood_and_none_within_another, 0,
                        COUNT(encodings));
    suite_add_tcase(suite, unpacking);
    return testing_run(suite);
}
