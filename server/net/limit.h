/* SPDX-License-Identifier: ISC */
/* limit.h - how much one address may ask for: arithmetic on a table that all workers share.
 *
 * The master makes the table before it forks, so what an address has spent outlives reloads and the
 * workers themselves. Time comes in as a parameter. No step waits for another process, and one that
 * is killed in the middle of any leaves nothing locked: at most a conversation less is counted.
 *
 * An address is an IPv4 address or an IPv6 /64, and has a rate and a number of conversations it may
 * hold at once; so has, LIMIT_WIDER times as large, its network: an IPv4 /24, an IPv6 /48. Whoever
 * asks too often is told when to ask again, LIMIT_PATIENCE times in a row. From then on it is shut
 * out without a word, until it has kept quiet for a tenth of the rate's time. */
#pragma once

#include "base/hash.h"
#include "net/budget.h"

#include <sys/types.h>

struct limit_table;
struct limit;

enum { LIMIT_WIDER = 16, LIMIT_PATIENCE = 10, LIMIT_PER_ADDRESS_MAX = 4000 };

/* What turned somebody away. */
enum limit_by {
    LIMIT_NONE,
    LIMIT_RATE,         /* its address asked too often */
    LIMIT_NETWORK_RATE, /* its network did */
    LIMIT_HELD,         /* its address holds too many conversations */
    LIMIT_NETWORK_HELD, /* its network does */
    LIMIT_KINDS,
};

/* Where conversations are counted: whoever was let in holds it until limit_leave. Zero: nowhere. */
struct seat {
    uint32_t address, network;
};

struct verdict {
    enum limit_by by;
    unsigned seconds; /* LIMIT_NONE: welcome where 0. Else: to be told to ask again so much later */
    bool news;        /* turned away for the first time since it last had all of its rate */
    struct seat seat; /* to be given back; also of one who is told to ask later */
    bool proxy;       /* it is nobody himself, and asks for others; never set by limit_take */
};

/* Bytes of a table for so many workers with so many conversations each; `lives`: how many workers
 * there may be at once, old generations with them. */
struct limit_size {
    size_t entries; /* a power of two */
    size_t lives;
};
struct limit_size limit_size(size_t workers, size_t conversations);
size_t limit_bytes(struct limit_size size);
/* Makes a table of zeroed memory that all who use it share. */
struct limit_table *
limit_table_init(void *memory, struct limit_size size, const unsigned char secret[HASH_SECRET]);
/* Makes one for this process and those it will fork, and an heir, with a secret nobody knows:
 * *descriptor as shared.h says. NULL: errno. */
struct limit_table *limit_table_new(struct limit_size size, int *descriptor);
/* What the process held is given back: for whoever hears of its end. */
void limit_table_forget(struct limit_table *table, pid_t process);

struct limit_options {
    struct rate rate;      /* of an address */
    uint64_t held;         /* conversations of an address at once, at most LIMIT_PER_ADDRESS_MAX */
    struct networks allow; /* never limited; borrowed */
};

/* One worker's hold on the table. NULL is fine for all that follow: nobody is limited. */
struct limit *
limit_new(struct limit_table *table, const struct limit_options *options, pid_t process);
void limit_free(struct limit *limit);

/* Somebody has come; `now` in milliseconds on a clock that never steps back. */
struct verdict limit_take(struct limit *limit, const struct sockaddr *address, int64_t now);
/* The one who sits there asks once more, in the same conversation. */
struct verdict limit_again(struct limit *limit, struct seat seat, int64_t now);
/* Its conversation is over. */
void limit_leave(struct limit *limit, struct seat seat);
const char *limit_name(enum limit_by by); /* "rate", for logs and counters */
