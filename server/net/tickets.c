/* SPDX-License-Identifier: ISC */
#include "net/tickets.h"

#include "base/buffer.h"
#include "process/shared.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { NAME_BYTES = 16, KEY_BYTES = 32, SLOTS = 3 };
enum { LAYOUT = 1 }; /* another one whenever what lies in a ring means something else */

struct key {
    unsigned char name[NAME_BYTES], cipher[KEY_BYTES], mac[KEY_BYTES];
    bool made; /* one of zeros, which everybody knows, is none */
    int64_t birth;
};

/* Key `turn` encrypts, the one before decrypts, and the third place is wiped: there the next one is
 * written, while nobody looks. */
struct ring {
    _Atomic unsigned turn;
    struct key keys[SLOTS];
};

struct tickets {
    struct ring *ring;
    pid_t owner;
    EVP_CIPHER *cipher;
    int64_t credit, credited; /* of this process; and up to when: milliseconds */
};

static struct key *
key_of(struct ring *ring, unsigned turn)
{
    return &ring->keys[turn % SLOTS];
}

static bool
make_key(struct key *key, int64_t now)
{
    key->birth = now;
    key->made = RAND_bytes(key->name, NAME_BYTES) == 1 && RAND_bytes(key->cipher, KEY_BYTES) == 1 &&
                RAND_bytes(key->mac, KEY_BYTES) == 1;
    return key->made;
}

/* A reader who saw `turn` before and after he copied a key has a whole one. false: nothing random,
 * and all stays as it was. */
static bool
turn_ring(struct ring *ring, int64_t now)
{
    unsigned turn = atomic_load(&ring->turn) + 1;
    if (!make_key(key_of(ring, turn), now))
        return false;
    atomic_store(&ring->turn, turn);
    atomic_thread_fence(memory_order_seq_cst);
    OPENSSL_cleanse(key_of(ring, turn + 1), sizeof(struct key));
    return true;
}

static bool
read_key(struct ring *ring, unsigned age, struct key *key)
{
    unsigned turn = atomic_load(&ring->turn);
    *key = *key_of(ring, turn + SLOTS - age);
    atomic_thread_fence(memory_order_seq_cst);
    return atomic_load(&ring->turn) == turn && key->made;
}

struct tickets *
tickets_new(int64_t now, int *descriptor)
{
    bool taken;
    struct tickets *tickets = memory_new(sizeof *tickets);
    void *memory = shared_open(sizeof(struct ring), LAYOUT, descriptor, &taken);
    tickets->ring = memory;
    tickets_own(tickets, !taken);
    tickets->credit = TICKETS_CREDIT;
    tickets->credited = 0;
    tickets->cipher = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL);
    if (tickets->ring != NULL && tickets->cipher != NULL &&
        (taken || turn_ring(tickets->ring, now))) {
        (void)mlock(memory, sizeof(struct ring)); /* where it may not, it may be swapped out */
        (void)madvise(memory, sizeof(struct ring), MADV_DONTDUMP);
        return tickets;
    }
    tickets_free(tickets);
    return NULL;
}

void
tickets_own(struct tickets *tickets, bool own)
{
    tickets->owner = own ? getpid() : 0;
}

void
tickets_renew(struct tickets *tickets, int64_t now)
{
    struct ring *ring = tickets->ring;
    if (tickets->owner != getpid())
        return;
    int64_t age = now - key_of(ring, atomic_load(&ring->turn))->birth;
    if (age >= TICKETS_PERIOD)
        (void)turn_ring(ring, now);
    if (age >= 2 * TICKETS_PERIOD) /* we slept: both are too old */
        (void)turn_ring(ring, now);
}

void
tickets_only_read(struct tickets *tickets)
{
    if (tickets != NULL)
        (void)mprotect(tickets->ring, sizeof(struct ring), PROT_READ);
}

void
tickets_free(struct tickets *tickets)
{
    if (tickets == NULL)
        return;
    if (tickets->ring != NULL && tickets->owner == getpid())
        OPENSSL_cleanse(tickets->ring, sizeof(struct ring));
    if (tickets->ring != NULL)
        shared_close(tickets->ring, sizeof(struct ring));
    EVP_CIPHER_free(tickets->cipher);
    free(tickets);
}

static bool
set_mac(EVP_MAC_CTX *mac, const struct key *key)
{
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest,
                                                                   0),
                                  OSSL_PARAM_construct_end() };
    return EVP_MAC_init(mac, key->mac, KEY_BYTES, params) == 1;
}

/* 1: a ticket; 0: none. */
static int
seal(struct tickets *tickets, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
     EVP_MAC_CTX *mac)
{
    struct key key;
    bool fine = read_key(tickets->ring, 0, &key) && RAND_bytes(iv, 16) == 1 &&
                EVP_EncryptInit_ex2(cipher, tickets->cipher, key.cipher, iv, NULL) == 1 &&
                set_mac(mac, &key);
    memcpy(name, key.name, NAME_BYTES);
    OPENSSL_cleanse(&key, sizeof key);
    return fine;
}

/* 1: ours; 2: ours, and the client is to get another one; 0: not ours, all begins anew. A client of
 * TLS 1.3 gives each ticket but once (RFC 8446 C.4). */
static int
unseal(struct tickets *tickets, const SSL *ssl, const unsigned char *name, const unsigned char *iv,
       EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac)
{
    struct key key;
    int result = 0;
    for (unsigned age = 0; age < 2 && result == 0; age++)
        if (read_key(tickets->ring, age, &key) && memcmp(name, key.name, NAME_BYTES) == 0 &&
            set_mac(mac, &key) &&
            EVP_DecryptInit_ex2(cipher, tickets->cipher, key.cipher, iv, NULL) == 1)
            result = age > 0 || SSL_version(ssl) == TLS1_3_VERSION ? 2 : 1;
    OPENSSL_cleanse(&key, sizeof key);
    return result;
}

static int
on_ticket(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
          EVP_MAC_CTX *mac, int seals)
{
    struct tickets *tickets = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    return seals ? seal(tickets, name, iv, cipher, mac)
                 : unseal(tickets, ssl, name, iv, cipher, mac);
}

void
tickets_use(struct tickets *tickets, struct ssl_ctx_st *context)
{
    SSL_CTX_set_app_data(context, tickets);
    SSL_CTX_set_timeout(context, TICKETS_PERIOD);
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket);
}

static void
earn(struct tickets *tickets, int64_t now)
{
    int64_t earned = (now - tickets->credited) * TICKETS_RATE / 1000;
    tickets->credited += earned * 1000 / TICKETS_RATE;
    tickets->credit += earned;
    if (tickets->credit > TICKETS_CREDIT)
        tickets->credit = TICKETS_CREDIT;
}

void
tickets_settle(SSL *ssl, int64_t now)
{
    struct tickets *tickets = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    if (tickets == NULL || SSL_version(ssl) != TLS1_3_VERSION)
        return;
    earn(tickets, now);
    if (SSL_session_reused(ssl))
        tickets->credit = TICKETS_CREDIT;
    else if (tickets->credit > 0)
        tickets->credit--;
    else
        SSL_set_num_tickets(ssl, 0);
}
