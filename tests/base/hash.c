/* SPDX-License-Identifier: ISC */
#include "base/hash.h"

#include "testing.h"

/* FIPS 180-2, appendix B, and what everybody knows of the empty text. */
static const struct {
    struct span bytes;
    const char *hash;
} known[] = {
    { { NULL, 0 }, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    { SPAN("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    { SPAN("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    { SPAN("\0"), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" },
};

START_TEST(known_bytes_have_their_known_hash)
{
    char text[HASH_TEXT + 1];
    hash_text(known[_i].bytes, text);
    ck_assert_str_eq(text, known[_i].hash);
}
END_TEST

START_TEST(the_bytes_of_a_hash_are_those_of_its_text)
{
    unsigned char hash[HASH_BYTES];
    hash_bytes(SPAN("abc"), hash);
    ck_assert_uint_eq(hash[0], 0xba);
    ck_assert_uint_eq(hash[HASH_BYTES - 1], 0xad);
}
END_TEST

/* What the paper's authors say for the key 00 … 0f and the text 00, 01, 02 … of so many bytes. */
static const struct {
    size_t len;
    uint64_t hash;
} keyed[] = {
    { 0, 0x726fdb47dd0e0e31 }, { 1, 0x74f839c593dc67fd },  { 7, 0xab0200f58b01d137 },
    { 8, 0x93f5f5799a932462 }, { 15, 0xa129ca6149be45e5 },
};

START_TEST(known_bytes_have_their_known_keyed_hash)
{
    unsigned char secret[HASH_SECRET];
    char text[16];
    for (size_t i = 0; i < sizeof secret; i++) {
        secret[i] = (unsigned char)i;
        text[i] = (char)i;
    }
    ck_assert_uint_eq(hash_keyed(secret, (struct span){ text, keyed[_i].len }), keyed[_i].hash);
    secret[15] ^= 1;
    ck_assert_uint_ne(hash_keyed(secret, (struct span){ text, keyed[_i].len }), keyed[_i].hash);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("hash");
    TCase *tests = tcase_create("hash");
    tcase_add_loop_test(tests, known_bytes_have_their_known_hash, 0, sizeof known / sizeof *known);
    tcase_add_test(tests, the_bytes_of_a_hash_are_those_of_its_text);
    tcase_add_loop_test(tests, known_bytes_have_their_known_keyed_hash, 0,
                        sizeof keyed / sizeof *keyed);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
