/* SPDX-License-Identifier: ISC */
#include "net/certificate.h"

#include "base/clock.h"
#include "testing.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))
#define HOST "song-tu.example.org"
#define KEY HOST "/key.pem"
#define CERTIFICATE HOST "/cert.pem"

static char *folder;
static char key_path[4096], certificate_path[4096];
static struct region *region;
static struct certificate_facts facts;
static struct fault fault;

static void
set_up(void)
{
    folder = testing_folder();
    snprintf(key_path, sizeof key_path, "%s/%s", folder, KEY);
    snprintf(certificate_path, sizeof certificate_path, "%s/%s", folder, CERTIFICATE);
    region = region_new();
    fault = (struct fault){ 0, "" };
    memset(&facts, 0, sizeof facts);
}

static void
tear_down(void)
{
    region_free(region);
    testing_folder_remove(folder);
}

static const struct span hosts[] = { SPAN(HOST), SPAN("xn--h-ni-2lb.vn"), SPAN("192.0.2.1"),
                                     SPAN("2001:db8::1") };

static enum status
make(void)
{
    return certificate_make(folder, (struct spans){ hosts, COUNT(hosts) }, &fault);
}

static enum status
inspect(void)
{
    return certificate_inspect(folder, SPAN(HOST), region, &facts, &fault);
}

static void
make_one(void)
{
    ck_assert_msg(make() == STATUS_OK, "%s", fault.what);
}

/* Both the files, to see that nobody touched them. */
static char *
both(void)
{
    char *key = testing_read(folder, KEY), *certificate = testing_read(folder, CERTIFICATE);
    char *text = memory_text(region_printf(region, "%s\n%s", key != NULL ? key : "none",
                                           certificate != NULL ? certificate : "none"));
    free(key);
    free(certificate);
    return text;
}

static X509 *
read_certificate(void)
{
    FILE *file = fopen(certificate_path, "r");
    ck_assert_ptr_nonnull(file);
    X509 *certificate = PEM_read_X509(file, NULL, NULL, NULL);
    ck_assert_ptr_nonnull(certificate);
    fclose(file);
    return certificate;
}

static EVP_PKEY *
read_key(void)
{
    FILE *file = fopen(key_path, "r");
    ck_assert_ptr_nonnull(file);
    EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    ck_assert_ptr_nonnull(key);
    fclose(file);
    return key;
}

START_TEST(a_certificate_is_made_with_a_key_for_nobody_else)
{
    struct stat key, certificate;
    mode_t before = umask(0);
    make_one();
    umask(before);
    ck_assert_int_eq(stat(key_path, &key), 0);
    ck_assert_int_eq(stat(certificate_path, &certificate), 0);
    ck_assert_int_eq(key.st_mode & 07777, 0600);
    ck_assert_int_eq(certificate.st_mode & 07777, 0644);
}
END_TEST

START_TEST(its_key_is_ecdsa_p_256_and_it_signs_itself)
{
    char curve[32] = "";
    make_one();
    X509 *certificate = read_certificate();
    EVP_PKEY *key = X509_get0_pubkey(certificate);
    ck_assert_int_eq(EVP_PKEY_get_base_id(key), EVP_PKEY_EC);
    ck_assert_int_eq(EVP_PKEY_get_group_name(key, curve, sizeof curve, NULL), 1);
    ck_assert_str_eq(curve, "prime256v1");
    ck_assert_int_eq(X509_verify(certificate, key), 1);
    ck_assert_int_eq(X509_get_signature_nid(certificate), NID_ecdsa_with_SHA256);
    ck_assert_int_eq(X509_get_version(certificate), 2);
    X509_free(certificate);
}
END_TEST

START_TEST(it_names_the_host_and_all_its_aliases)
{
    make_one();
    X509 *certificate = read_certificate();
    ck_assert_int_eq(X509_check_host(certificate, HOST, 0, 0, NULL), 1);
    ck_assert_int_eq(X509_check_host(certificate, "xn--h-ni-2lb.vn", 0, 0, NULL), 1);
    ck_assert_int_eq(X509_check_ip_asc(certificate, "192.0.2.1", 0), 1);
    ck_assert_int_eq(X509_check_ip_asc(certificate, "2001:db8::1", 0), 1);
    ck_assert_int_eq(X509_check_host(certificate, "example.org", 0, 0, NULL), 0);
    X509_free(certificate);
    ck_assert_int_eq(inspect(), STATUS_OK);
    ck_assert_uint_eq(facts.hosts.count, COUNT(hosts));
    for (int i = 0; i < COUNT(hosts); i++)
        ck_assert_msg(span_equal(facts.hosts.at[i], hosts[i]), "%.*s", SPAN_ARG(facts.hosts.at[i]));
}
END_TEST

/* A common name holds 64 bytes at most (RFC 5280, A.1), a host name 253. */
START_TEST(a_host_with_a_long_name_gets_one_too)
{
    struct buffer name = BUFFER_EMPTY;
    for (int i = 0; i < 4; i++)
        buffer_printf(&name, "%s%060d", i > 0 ? "." : "", i);
    struct span host = buffer_span(&name);
    ck_assert_msg(certificate_make(folder, (struct spans){ &host, 1 }, &fault) == STATUS_OK, "%s",
                  fault.what);
    ck_assert_int_eq(certificate_inspect(folder, host, region, &facts, &fault), STATUS_OK);
    ck_assert_uint_eq(facts.hosts.count, 1);
    ck_assert(span_equal(facts.hosts.at[0], host));
    buffer_fini(&name);
}
END_TEST

START_TEST(two_are_never_the_same)
{
    struct certificate_facts other;
    struct span second = SPAN("b.example.org");
    make_one();
    ck_assert_int_eq(inspect(), STATUS_OK);
    ck_assert_int_eq(certificate_make(folder, (struct spans){ &second, 1 }, &fault), STATUS_OK);
    ck_assert_int_eq(certificate_inspect(folder, second, region, &other, &fault), STATUS_OK);
    ck_assert_str_ne(facts.key_hash, other.key_hash);
    ck_assert_str_ne(facts.certificate_hash, other.certificate_hash);
}
END_TEST

static void
assert_hash(unsigned char *der, int len, const char *expected)
{
    unsigned char hash[32];
    char text[65];
    ck_assert_int_gt(len, 0);
    ck_assert_int_eq(EVP_Digest(der, (size_t)len, hash, NULL, EVP_sha256(), NULL), 1);
    for (int i = 0; i < 32; i++)
        snprintf(text + (ptrdiff_t)2 * i, 3, "%02x", hash[i]);
    ck_assert_str_eq(text, expected);
    OPENSSL_free(der);
}

START_TEST(its_fingerprints_are_those_of_the_certificate_and_of_the_key)
{
    unsigned char *der = NULL;
    make_one();
    ck_assert_int_eq(inspect(), STATUS_OK);
    X509 *certificate = read_certificate();
    EVP_PKEY *key = read_key();
    int len = i2d_X509(certificate, &der);
    assert_hash(der, len, facts.certificate_hash);
    der = NULL;
    len = i2d_PUBKEY(key, &der);
    assert_hash(der, len, facts.key_hash);
    EVP_PKEY_free(key);
    X509_free(certificate);
}
END_TEST

START_TEST(it_is_good_from_yesterday_until_4096)
{
    int64_t now = clock_now();
    make_one();
    ck_assert_int_eq(inspect(), STATUS_OK);
    ck_assert_int_ge(facts.from, now - 86400 - 1); /* time() lags a tick behind the clock */
    ck_assert_int_le(facts.from, clock_now() - 86400);
    ck_assert_int_eq(facts.until, 67090118400);
}
END_TEST

/* An operator's own: signed anew with other dates, and saved over what was made. */
static void
sign_anew(const char *from, const char *until)
{
    X509 *certificate = read_certificate();
    EVP_PKEY *key = read_key();
    ck_assert_int_eq(ASN1_TIME_set_string(X509_getm_notBefore(certificate), from), 1);
    ck_assert_int_eq(ASN1_TIME_set_string(X509_getm_notAfter(certificate), until), 1);
    ck_assert_int_gt(X509_sign(certificate, key, EVP_sha256()), 0);
    FILE *file = fopen(certificate_path, "w");
    ck_assert_int_eq(PEM_write_X509(file, certificate), 1);
    ck_assert_int_eq(fclose(file), 0);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

START_TEST(an_operators_own_is_read_with_its_dates_expired_or_not)
{
    make_one();
    ck_assert_int_eq(inspect(), STATUS_OK);
    struct certificate_facts before = facts;
    sign_anew("19991231235959Z", "20240229120000Z");
    ck_assert_int_eq(inspect(), STATUS_OK);
    ck_assert_int_eq(facts.from, 946684799);
    ck_assert_int_eq(facts.until, 1709208000);
    ck_assert_str_eq(facts.key_hash, before.key_hash);
    ck_assert_str_ne(facts.certificate_hash, before.certificate_hash);
}
END_TEST

START_TEST(what_was_made_once_is_never_made_again)
{
    make_one();
    char *before = both();
    ck_assert_int_eq(make(), STATUS_BUSY);
    struct span other[] = { SPAN(HOST), SPAN("new.example.org") };
    ck_assert_int_eq(certificate_make(folder, (struct spans){ other, 2 }, &fault), STATUS_BUSY);
    char *after = both();
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
}
END_TEST

START_TEST(where_there_is_none_it_is_told_who_makes_one)
{
    ck_assert_int_eq(inspect(), STATUS_ABSENT);
    ck_assert_ptr_nonnull(strstr(fault.what, HOST ": no certificate yet (songtud makes one)"));
}
END_TEST

/* Ways to lose one's key, and what an operator is told. */
static void
truncate_key(void)
{
    ck_assert_int_eq(truncate(key_path, 100), 0);
}

static void
empty_key(void)
{
    ck_assert_int_eq(truncate(key_path, 0), 0);
}

static void
garble_key(void)
{
    testing_write(folder, KEY,
                  "-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\n-----END PRIVATE "
                  "KEY-----\n");
}

static void
lock_key(void)
{
    EVP_PKEY *key = read_key();
    FILE *file = fopen(key_path, "w");
    ck_assert_int_eq(PEM_write_PrivateKey(file, key, EVP_aes_128_cbc(),
                                          (const unsigned char *)"secret", 6, NULL, NULL),
                     1);
    ck_assert_int_eq(fclose(file), 0);
    EVP_PKEY_free(key);
}

static void
open_key(void)
{
    ck_assert_int_eq(chmod(key_path, 0640), 0);
}

static void
make_key_a_folder(void)
{
    ck_assert_int_eq(unlink(key_path), 0);
    ck_assert_int_eq(mkdir(key_path, 0700), 0);
}

static void
swell_key(void)
{
    ck_assert_int_eq(truncate(key_path, 1 << 20), 0);
}

static void
exchange_key(void)
{
    struct span other = SPAN("other.example.org");
    ck_assert_int_eq(certificate_make(folder, (struct spans){ &other, 1 }, &fault), STATUS_OK);
    ck_assert_int_eq(
        rename(region_printf(region, "%s/other.example.org/key.pem", folder).at, key_path), 0);
}

static void
truncate_certificate(void)
{
    ck_assert_int_eq(truncate(certificate_path, 200), 0);
}

static void
garble_certificate(void)
{
    testing_write(folder, CERTIFICATE, "no certificate\n");
}

static const struct {
    void (*spoil)(void);
    const char *says;
} spoilt[] = {
    { truncate_key, "/key.pem is damaged or can't be read: restore it from your backup; it is "
                    "never replaced" },
    { empty_key, "/key.pem is damaged or can't be read: restore it from your backup" },
    { garble_key, "/key.pem is damaged or can't be read: restore it from your backup" },
    { lock_key, "/key.pem is damaged or can't be read: restore it from your backup" },
    { make_key_a_folder, "/key.pem is damaged or can't be read: restore it from your backup" },
    { swell_key, "/key.pem is damaged or can't be read: restore it from your backup" },
    { open_key, "/key.pem can be read by others: chmod 600 " },
    { exchange_key, "/cert.pem" },
    { truncate_certificate, "/cert.pem is damaged or can't be read: restore it from your backup" },
    { garble_certificate, "/cert.pem is damaged or can't be read: restore it from your backup" },
};

START_TEST(what_is_spoilt_is_told_and_never_replaced)
{
    make_one();
    spoilt[_i].spoil();
    char *before = both();
    ck_assert_int_eq(inspect(), STATUS_BAD);
    ck_assert_msg(strstr(fault.what, spoilt[_i].says) != NULL, "%s", fault.what);
    ck_assert_uint_eq(facts.hosts.count, 0);
    ck_assert_int_eq(make(), STATUS_BUSY);
    char *after = both();
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
}
END_TEST

static const struct {
    const char *lost, *left;
} halves[] = { { KEY, CERTIFICATE }, { CERTIFICATE, KEY } };

START_TEST(half_a_pair_is_told_and_not_completed)
{
    make_one();
    ck_assert_int_eq(unlink(region_printf(region, "%s/%s", folder, halves[_i].lost).at), 0);
    char *before = both();
    ck_assert_int_eq(make(), STATUS_BAD);
    ck_assert_ptr_nonnull(
        strstr(fault.what, region_printf(region, "%s is there, and", halves[_i].left).at));
    ck_assert_ptr_nonnull(strstr(fault.what, "restore the missing one from your backup"));
    ck_assert_int_ne(inspect(), STATUS_OK);
    ck_assert_ptr_nonnull(strstr(fault.what, halves[_i].lost));
    char *after = both();
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
}
END_TEST

START_TEST(a_folder_that_can_not_be_made_is_told)
{
    testing_write(folder, HOST, "in the way");
    ck_assert_int_eq(make(), STATUS_FAILED);
    ck_assert_ptr_nonnull(strstr(fault.what, HOST " can't be made: Not a directory"));
}
END_TEST

static void
add_tests(TCase *tests)
{
    tcase_add_test(tests, a_certificate_is_made_with_a_key_for_nobody_else);
    tcase_add_test(tests, its_key_is_ecdsa_p_256_and_it_signs_itself);
    tcase_add_test(tests, it_names_the_host_and_all_its_aliases);
    tcase_add_test(tests, a_host_with_a_long_name_gets_one_too);
    tcase_add_test(tests, two_are_never_the_same);
    tcase_add_test(tests, its_fingerprints_are_those_of_the_certificate_and_of_the_key);
    tcase_add_test(tests, it_is_good_from_yesterday_until_4096);
    tcase_add_test(tests, an_operators_own_is_read_with_its_dates_expired_or_not);
    tcase_add_test(tests, what_was_made_once_is_never_made_again);
    tcase_add_test(tests, where_there_is_none_it_is_told_who_makes_one);
    tcase_add_loop_test(tests, what_is_spoilt_is_told_and_never_replaced, 0, COUNT(spoilt));
    tcase_add_loop_test(tests, half_a_pair_is_told_and_not_completed, 0, COUNT(halves));
    tcase_add_test(tests, a_folder_that_can_not_be_made_is_told);
}

int
main(void)
{
    Suite *suite = suite_create("certificate");
    TCase *tests = tcase_create("certificate");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    add_tests(tests);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
