/* SPDX-License-Identifier: ISC */
#include "net/pool.h"

#include "testing.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

START_TEST(nothing_is_no_piece)
{
    ck_assert_ptr_null(pool_take(0));
    ck_assert_ptr_null(pool_take(SIZE_MAX));
    ck_assert_ptr_null(pool_take(SIZE_MAX / 2));
    pool_give(NULL);
}
END_TEST

START_TEST(more_than_an_honest_message_needs_is_not_given)
{
    char *piece = pool_take(POOL_PIECE_MAX);
    ck_assert_ptr_nonnull(piece);
    piece[0] = 'a';
    ck_assert_ptr_null(pool_take(POOL_PIECE_MAX + 1));
    ck_assert_ptr_null(pool_retake(piece, POOL_PIECE_MAX + 1));
    ck_assert_int_eq(piece[0], 'a'); /* as with realloc, it is still ours */
    pool_give(piece);
}
END_TEST

static const size_t sizes[] = { 1,    15,   16,   17,   1023,  1024,  1025,
                                1152, 7608, 8192, 8193, 17000, 65535, 65536 };

START_TEST(a_piece_is_as_large_as_asked_for_and_aligned)
{
    char *piece = pool_take(sizes[_i]), *other = pool_take(sizes[_i]);
    ck_assert_uint_eq((uintptr_t)piece % 16, 0);
    memset(piece, 'a', sizes[_i]);
    memset(other, 'b', sizes[_i]);
    ck_assert_int_eq(piece[0], 'a');
    ck_assert_int_eq(piece[sizes[_i] - 1], 'a');
    pool_give(piece);
    ck_assert_int_eq(other[sizes[_i] - 1], 'b');
    pool_give(other);
}
END_TEST

START_TEST(what_was_given_back_last_is_taken_first)
{
    void *piece = pool_take(7608), *other = pool_take(7608);
    pool_give(other);
    pool_give(piece);
    ck_assert_ptr_eq(pool_take(7600), piece);
    ck_assert_ptr_eq(pool_take(7608), other);
    pool_give(piece);
    pool_give(other);
}
END_TEST

/* Words of `percent` zeros in a hundred, in runs of any length. */
static void
fill(uint64_t *words, size_t count, unsigned percent)
{
    for (size_t at = 0; at < count;) {
        bool zeros = (unsigned)rand() % 100 < percent;
        for (size_t run = 1 + (size_t)rand() % 300; run > 0 && at < count; run--)
            words[at++] = zeros ? 0 : (uint64_t)rand() + 1;
    }
}

START_TEST(a_packed_piece_is_put_back_to_the_byte)
{
    enum { BYTES = 8192, TIMES = 200 };
    static const unsigned percents[] = { 70, 90, 100 };
    static uint64_t before[BYTES / sizeof(uint64_t)];
    int packed_times = 0;
    for (int i = 0; i < TIMES; i++) {
        char *piece = pool_take(7608);
        fill(before, BYTES / sizeof(uint64_t), percents[_i]);
        memcpy(piece, before, BYTES);
        struct packed *packed = pool_pack(piece);
        if (packed != NULL) {
            packed_times++;
            ck_assert_int_eq(piece[0] | piece[BYTES - 1], 0); /* it is not there any more */
            pool_unpack(piece, packed);
        }
        ck_assert_int_eq(memcmp(piece, before, BYTES), 0);
        pool_give(piece);
    }
    ck_assert_int_gt(packed_times, TIMES / 3);
}
END_TEST

START_TEST(what_is_small_or_full_is_not_packed)
{
    char *small = pool_take(4096), *full = pool_take(8192);
    memset(small, 0, 4096);
    memset(full, 'a', 8192);
    ck_assert_ptr_null(pool_pack(small));
    ck_assert_ptr_null(pool_pack(full));
    for (int i = 0; i < 8192; i++)
        if (full[i] != 'a')
            ck_abort_msg("changed at %d", i);
    pool_give(small);
    pool_give(full);
}
END_TEST

START_TEST(a_piece_keeps_its_bytes_when_it_grows)
{
    char *piece = NULL;
    size_t had = 0;
    for (size_t bytes = 1; bytes <= POOL_PIECE_MAX; bytes = bytes * 3 / 2 + 1) {
        piece = pool_retake(piece, bytes);
        for (size_t i = 0; i < had; i++)
            ck_assert_int_eq(piece[i], (char)(i * 7));
        for (had = 0; had < bytes; had++)
            piece[had] = (char)(had * 7);
    }
    ck_assert_ptr_null(pool_retake(piece, 0));
}
END_TEST

/* Each piece is filled with its own number, and holds nothing else when it goes. */
START_TEST(no_two_pieces_share_a_byte)
{
    enum { PIECES = 500, STEPS = 20000 };
    static struct {
        unsigned char *at;
        size_t bytes;
    } pieces[PIECES];
    srand(7);
    for (int step = 0; step < STEPS; step++) {
        size_t which = (size_t)rand() % PIECES;
        for (size_t i = 0; i < pieces[which].bytes; i += 1 + pieces[which].bytes / 8)
            ck_assert_int_eq(pieces[which].at[i], (unsigned char)which);
        pool_give(pieces[which].at);
        pieces[which].bytes = (size_t)rand() % (rand() % 50 == 0 ? POOL_PIECE_MAX : 3000);
        pieces[which].at = pool_take(pieces[which].bytes);
        if (pieces[which].bytes > 0)
            memset(pieces[which].at, (int)which, pieces[which].bytes);
    }
    for (size_t i = 0; i < PIECES; i++)
        pool_give(pieces[i].at);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("pool");
    TCase *tests = tcase_create("pool");
    tcase_add_test(tests, nothing_is_no_piece);
    tcase_add_test(tests, more_than_an_honest_message_needs_is_not_given);
    tcase_add_loop_test(tests, a_piece_is_as_large_as_asked_for_and_aligned, 0,
                        sizeof sizes / sizeof *sizes);
    tcase_add_test(tests, what_was_given_back_last_is_taken_first);
    tcase_add_test(tests, a_piece_keeps_its_bytes_when_it_grows);
    tcase_add_loop_test(tests, a_packed_piece_is_put_back_to_the_byte, 0, 3);
    tcase_add_test(tests, what_is_small_or_full_is_not_packed);
    tcase_add_test(tests, no_two_pieces_share_a_byte);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
