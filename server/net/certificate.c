/* SPDX-License-Identifier: ISC */
#include "net/certificate.h"

#include "base/file.h"
#include "base/hash.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PATH_BYTES = 4096,
    PEM_BYTES_MAX = 256 * 1024,
    COMMON_NAME_MAX = 64, /* RFC 5280, A.1 */
};

struct paths {
    char folder[PATH_BYTES], certificate[PATH_BYTES + 16], key[PATH_BYTES + 16];
};

static void
paths_of(const char *folder, struct span host, struct paths *out)
{
    snprintf(out->folder, sizeof out->folder, "%s/%.*s", folder, SPAN_ARG(host));
    snprintf(out->certificate, sizeof out->certificate, "%s/cert.pem", out->folder);
    snprintf(out->key, sizeof out->key, "%s/key.pem", out->folder);
}

static bool
is_address(const char *host)
{
    unsigned char bytes[16];
    return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

static bool
add_names(X509 *certificate, struct spans hosts)
{
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    bool fine = names != NULL;
    for (size_t i = 0; fine && i < hosts.count; i++) {
        char *host = memory_text(hosts.at[i]);
        GENERAL_NAME *name = a2i_GENERAL_NAME(NULL, NULL, NULL,
                                              is_address(host) ? GEN_IPADD : GEN_DNS, host, 0);
        fine = name != NULL && sk_GENERAL_NAME_push(names, name) > 0;
        free(host);
    }
    /* Critical where there is no other name (RFC 5280, 4.2.1.6). */
    int critical = hosts.at[0].len > COMMON_NAME_MAX;
    fine = fine && X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, critical, 0) == 1;
    GENERAL_NAMES_free(names);
    return fine;
}

static bool
set_serial(X509 *certificate)
{
    BIGNUM *number = BN_new();
    bool fine = number != NULL && BN_rand(number, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
                BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return fine;
}

/* A name too long for a common name stands among the alternative ones alone. */
static bool
set_subject(X509 *certificate, struct span host)
{
    X509_NAME *name = X509_get_subject_name(certificate);
    bool fine = host.len > COMMON_NAME_MAX ||
                X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                                           (const unsigned char *)host.at, (int)host.len, -1,
                                           0) == 1;
    return fine && X509_set_issuer_name(certificate, name) == 1;
}

static X509 *
sign(EVP_PKEY *key, struct spans hosts)
{
    X509 *certificate = X509_new();
    bool fine = certificate != NULL && X509_set_version(certificate, 2) == 1 &&
                set_serial(certificate) &&
                X509_gmtime_adj(X509_getm_notBefore(certificate), -86400) != NULL &&
                ASN1_TIME_set_string(X509_getm_notAfter(certificate), "40960101000000Z") == 1 &&
                set_subject(certificate, hosts.at[0]) && X509_set_pubkey(certificate, key) == 1 &&
                add_names(certificate, hosts) && X509_sign(certificate, key, EVP_sha256()) > 0;
    if (fine)
        return certificate;
    X509_free(certificate);
    return NULL;
}

static enum status
write_pem(BIO *bio, const char *path, mode_t mode, struct fault *fault)
{
    char *bytes = NULL;
    long len = BIO_get_mem_data(bio, &bytes);
    enum status status = file_create(AT_FDCWD, path, (struct span){ bytes, (size_t)len }, mode);
    if (status != STATUS_OK)
        fault_set(fault, 0, "%s can't be written: %s", path, strerror(errno));
    return status;
}

/* The key first: a crash in between leaves a key alone, which is told, and never replaced. */
static enum status
write_pair(const struct paths *paths, EVP_PKEY *key, X509 *certificate, struct fault *fault)
{
    BIO *first = BIO_new(BIO_s_mem()), *second = BIO_new(BIO_s_mem());
    enum status status = STATUS_FAILED;
    if (first != NULL && second != NULL &&
        PEM_write_bio_PrivateKey(first, key, NULL, NULL, 0, NULL, NULL) == 1 &&
        PEM_write_bio_X509(second, certificate) == 1) {
        status = write_pem(first, paths->key, 0600, fault);
        if (status == STATUS_OK)
            status = write_pem(second, paths->certificate, 0644, fault);
    }
    BIO_free(first);
    BIO_free(second);
    return status;
}

/* false: there is none for sure. */
static bool
may_be_there(const char *path)
{
    return access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

static enum status
find_pair(const struct paths *paths, struct fault *fault)
{
    bool has_key = may_be_there(paths->key), has = may_be_there(paths->certificate);
    if (has_key && has)
        return STATUS_OK;
    if (has_key || has)
        return fault_set(fault, 0,
                         "%s is there, and %s is not: restore the missing one from your backup; "
                         "only if readers may lose their trust, remove the other",
                         has_key ? paths->key : paths->certificate,
                         has_key ? paths->certificate : paths->key);
    fault_set(fault, 0, "%s: no certificate yet (songtud makes one)", paths->folder);
    return STATUS_ABSENT;
}

enum status
certificate_find(const char *folder, struct span host, struct fault *fault)
{
    struct paths paths;
    paths_of(folder, host, &paths);
    return find_pair(&paths, fault);
}

enum status
certificate_make(const char *folder, struct spans hosts, struct fault *fault)
{
    struct paths paths;
    paths_of(folder, hosts.at[0], &paths);
    enum status found = find_pair(&paths, fault);
    if (found != STATUS_ABSENT)
        return found == STATUS_OK ? STATUS_BUSY : found;
    if (file_make_folder(AT_FDCWD, paths.folder, 0755) != STATUS_OK) {
        fault_set(fault, 0, "%s can't be made: %s", paths.folder, strerror(errno));
        return STATUS_FAILED;
    }
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = key != NULL ? sign(key, hosts) : NULL;
    enum status status = STATUS_FAILED;
    if (certificate != NULL)
        status = write_pair(&paths, key, certificate, fault);
    else
        fault_set(fault, 0, "OpenSSL makes no certificate: %s",
                  ERR_reason_error_string(ERR_get_error()));
    X509_free(certificate);
    EVP_PKEY_free(key);
    return status;
}

static void
hash_der(unsigned char *der, int len, char out[FINGERPRINT_TEXT + 1])
{
    hash_text((struct span){ (const char *)der, len > 0 ? (size_t)len : 0 }, out);
    OPENSSL_free(der);
}

void
certificate_hash(struct x509_st *certificate, char whole[FINGERPRINT_TEXT + 1],
                 char key[FINGERPRINT_TEXT + 1])
{
    unsigned char *der = NULL;
    int len = i2d_X509(certificate, &der);
    hash_der(der, len, whole);
    der = NULL;
    len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    hash_der(der, len, key);
}

static int64_t
instant_of(const ASN1_TIME *time)
{
    struct tm civil;
    return ASN1_TIME_to_tm(time, &civil) == 1 ? (int64_t)timegm(&civil) : 0;
}

/* A DNS name or an address as people write it; at == NULL: another kind of name. */
static struct span
host_of(const GENERAL_NAME *name, struct region *region)
{
    char text[INET6_ADDRSTRLEN];
    if (name->type != GEN_DNS && name->type != GEN_IPADD)
        return (struct span){ NULL, 0 };
    const ASN1_STRING *value = name->type == GEN_DNS ? name->d.dNSName : name->d.iPAddress;
    const char *bytes = (const char *)ASN1_STRING_get0_data(value);
    size_t len = (size_t)ASN1_STRING_length(value);
    if (name->type == GEN_DNS)
        return region_copy(region, (struct span){ bytes, len });
    if ((len != 4 && len != 16) ||
        inet_ntop(len == 4 ? AF_INET : AF_INET6, bytes, text, sizeof text) == NULL)
        return (struct span){ NULL, 0 };
    return region_copy(region, span_of(text));
}

static void
read_facts(X509 *certificate, struct region *region, struct certificate_facts *out)
{
    struct span_list hosts = { { NULL, 0 }, 0 };
    certificate_hash(certificate, out->certificate_hash, out->key_hash);
    out->from = instant_of(X509_get0_notBefore(certificate));
    out->until = instant_of(X509_get0_notAfter(certificate));
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; names != NULL && i < sk_GENERAL_NAME_num(names); i++) {
        struct span host = host_of(sk_GENERAL_NAME_value(names, i), region);
        if (host.at != NULL)
            span_list_add(&hosts, region, host);
    }
    GENERAL_NAMES_free(names);
    out->hosts = hosts.spans;
}

static BIO *
read_pem(const char *path, struct buffer *text)
{
    if (file_read(AT_FDCWD, path, PEM_BYTES_MAX, text) != STATUS_OK)
        return NULL;
    return BIO_new_mem_buf(text->at, (int)text->len);
}

static enum status
check_key_file(const char *path, struct fault *fault)
{
    struct stat facts;
    if (stat(path, &facts) != 0) {
        fault_set(fault, 0, "%s can't be read: %s", path, strerror(errno));
        return STATUS_FAILED;
    }
    if ((facts.st_mode & 077) != 0)
        return fault_set(fault, 0, "%s can be read by others: chmod 600 %s", path, path);
    return STATUS_OK;
}

static enum status
inspect(const struct paths *paths, struct region *region, struct certificate_facts *out,
        struct fault *fault)
{
    struct buffer first = BUFFER_EMPTY, second = BUFFER_EMPTY;
    BIO *key_bio = read_pem(paths->key, &first), *bio = read_pem(paths->certificate, &second);
    EVP_PKEY *key = key_bio != NULL
                        ? PEM_read_bio_PrivateKey(key_bio, NULL, NULL, (char *)(uintptr_t) "")
                        : NULL;
    X509 *certificate = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    enum status status = STATUS_OK;
    if (key == NULL)
        status = fault_set(fault, 0,
                           "%s is damaged or can't be read: restore it from your backup; it is "
                           "never replaced, because a new key breaks every reader's trust",
                           paths->key);
    else if (certificate == NULL)
        status = fault_set(fault, 0, "%s is damaged or can't be read: restore it from your backup",
                           paths->certificate);
    else if (X509_check_private_key(certificate, key) != 1)
        status = fault_set(fault, 0, "%s does not belong to %s", paths->key, paths->certificate);
    else
        read_facts(certificate, region, out);
    ERR_clear_error();
    EVP_PKEY_free(key);
    X509_free(certificate);
    BIO_free(key_bio);
    BIO_free(bio);
    OPENSSL_cleanse(first.at, first.len);
    buffer_fini(&first);
    buffer_fini(&second);
    return status;
}

enum status
certificate_inspect(const char *folder, struct span host, struct region *region,
                    struct certificate_facts *out, struct fault *fault)
{
    struct paths paths;
    paths_of(folder, host, &paths);
    enum status status = find_pair(&paths, fault);
    if (status == STATUS_OK)
        status = check_key_file(paths.key, fault);
    return status == STATUS_OK ? inspect(&paths, region, out, fault) : status;
}
