/* SPDX-License-Identifier: ISC */
/* certificate.h - a capsule's certificate: made once, kept for ever after (specs 1.10).
 *
 * ECDSA P-256, self-signed, valid until 4096, SANs for the host and its aliases; the key file has
 * mode 0600. An unreadable or damaged key is never replaced: a new key breaks every reader's trust.
 */
#pragma once

#include "base/buffer.h"
#include "base/region.h"
#include "base/span.h"
#include "base/status.h"

enum { FINGERPRINT_TEXT = 64 };

struct x509_st;

struct certificate_facts {
    char certificate_hash[FINGERPRINT_TEXT + 1]; /* SHA-256 of the DER, lower-case hexadecimal */
    char key_hash[FINGERPRINT_TEXT + 1];         /* SHA-256 of the SubjectPublicKeyInfo */
    int64_t from, until;                         /* instants */
    struct spans hosts;                          /* SAN's DNS names and addresses */
};

/* Whether the pair is there: STATUS_OK, STATUS_ABSENT; STATUS_BAD: one without the other. */
enum status certificate_find(const char *folder, struct span host, struct fault *fault) MUST_CHECK;
/* Makes FOLDER/HOST/cert.pem and key.pem where neither is there. STATUS_BUSY: they are there
 * already (and stay). STATUS_BAD: one without the other. `hosts`: the capsule's name first. */
enum status
certificate_make(const char *folder, struct spans hosts, struct fault *fault) MUST_CHECK;

/* Reads and checks the pair: readable, fitting each other, key not open to others. STATUS_ABSENT:
 * none there. STATUS_BAD, STATUS_FAILED: *fault says what and how to mend it, naming the file. */
enum status certificate_inspect(const char *folder, struct span host, struct region *region,
                                struct certificate_facts *out, struct fault *fault) MUST_CHECK;

/* The two fingerprints of struct certificate_facts, of any certificate. */
void certificate_hash(struct x509_st *certificate, char whole[FINGERPRINT_TEXT + 1],
                      char key[FINGERPRINT_TEXT + 1]);
