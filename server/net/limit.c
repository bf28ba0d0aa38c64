/* SPDX-License-Identifier: ISC */
#include "net/limit.h"

#include "base/buffer.h"
#include "process/shared.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>

enum {
    WAYS = 8, /* entries one address may have, by its hash */
    LINE_BYTES = 64,
    ENTRIES_MIN = 1 << 14,
    ENTRIES_MAX = 1 << 18,
    ENTRIES_PER_CONVERSATION = 8,
    GENERATIONS = 4,    /* that may overlap: more, and their conversations are not counted */
    QUIET_SECONDS = 60, /* without a refusal, and the next one is news */
    DEBT_PART = 10,
    BLOCK = 2048, /* entries; their counts fill a page of memory */
    BLOCKS = ENTRIES_MAX / BLOCK,
    LAYOUT = 2, /* another one whenever what lies in a table means something else */
};
static const uint64_t SECOND = 1000000000;

/* What an address has spent is one instant, when it will have all of its rate again: in the past,
 * and the entry says nothing that a fresh one would not. So an old entry gives way at no loss. */
struct entry {
    _Atomic uint64_t tag;      /* the address's hash; 0: nobody's yet */
    _Atomic uint64_t full;     /* nanoseconds */
    _Atomic uint32_t held;     /* conversations now, of all workers */
    _Atomic uint32_t refusals; /* in a row */
    _Atomic uint32_t refused;  /* when last: seconds; 0: never */
};

/* How much of each entry's `held` is one process's. */
struct life {
    _Atomic int32_t process;         /* 0: nobody's */
    _Atomic uint8_t touched[BLOCKS]; /* where it ever counted: the rest is no memory yet */
};

/* Behind it lie its entries, its lives, and of each life a count per entry: found by arithmetic, as
 * an heir has it at another address. */
struct limit_table {
    struct limit_size size;
    unsigned char secret[HASH_SECRET];
};

/* A rate, and the most conversations, as an address or its network has them. */
struct pace {
    uint64_t token;  /* nanoseconds until there is one more; 0: no end of them */
    uint64_t window; /* of all of them */
    uint64_t debt;   /* behind which whoever is shut out must stay quiet */
    uint64_t held;
};

struct limit {
    struct limit_table *table;
    struct entry *entries;  /* the table's */
    struct life *life;      /* NULL: there was none left */
    _Atomic uint16_t *held; /* our own count of each */
    pid_t process;
    struct networks allow;
    struct pace address, network;
};

static size_t
rounded(size_t bytes)
{
    return (bytes + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;
}

struct limit_size
limit_size(size_t workers, size_t conversations)
{
    size_t wanted = workers * conversations * ENTRIES_PER_CONVERSATION;
    struct limit_size size = { ENTRIES_MIN, workers * GENERATIONS };
    while (size.entries < wanted && size.entries < ENTRIES_MAX)
        size.entries *= 2;
    return size;
}

static size_t
lives_at(struct limit_size size)
{
    return rounded(sizeof(struct limit_table)) + rounded(size.entries * sizeof(struct entry));
}

static size_t
counts_at(struct limit_size size)
{
    size_t block = BLOCK * sizeof(uint16_t); /* each in a page of its own */
    return (lives_at(size) + size.lives * sizeof(struct life) + block - 1) / block * block;
}

size_t
limit_bytes(struct limit_size size)
{
    return counts_at(size) + size.lives * size.entries * sizeof(uint16_t);
}

static struct entry *
entries_of(struct limit_table *table)
{
    return (struct entry *)(void *)((char *)table + rounded(sizeof *table));
}

static struct life *
lives_of(struct limit_table *table)
{
    return (struct life *)(void *)((char *)table + lives_at(table->size));
}

static _Atomic uint16_t *
held_of(struct limit_table *table, const struct life *life)
{
    _Atomic uint16_t *counts = (_Atomic uint16_t *)(void *)((char *)table + counts_at(table->size));
    return counts + (size_t)(life - lives_of(table)) * table->size.entries;
}

struct limit_table *
limit_table_init(void *memory, struct limit_size size, const unsigned char secret[HASH_SECRET])
{
    struct limit_table *table = memory;
    assert(size.entries >= WAYS && (size.entries & (size.entries - 1)) == 0);
    assert(size.entries <= ENTRIES_MAX);
    table->size = size;
    memcpy(table->secret, secret, sizeof table->secret);
    return table;
}

/* Never below none: one who was killed between his two counts made it one less than it is. */
static void
give_up(struct entry *entry, uint32_t count)
{
    uint32_t held = atomic_load_explicit(&entry->held, memory_order_relaxed);
    while (held > 0 &&
           !atomic_compare_exchange_weak(&entry->held, &held, held > count ? held - count : 0))
        continue;
}

void
limit_table_forget(struct limit_table *table, pid_t process)
{
    struct life *life = lives_of(table), *end = life + table->size.lives;
    while (life < end && atomic_load(&life->process) != process)
        life++;
    if (life == end)
        return;
    struct entry *entries = entries_of(table);
    _Atomic uint16_t *held = held_of(table, life);
    for (size_t i = 0; i < table->size.entries; i++) {
        if (i % BLOCK == 0 && atomic_exchange(&life->touched[i / BLOCK], 0) == 0)
            i += BLOCK - 1;
        else if (atomic_load_explicit(&held[i], memory_order_relaxed) != 0)
            give_up(&entries[i], atomic_exchange(&held[i], 0));
    }
    atomic_store(&life->process, 0);
}

/* Those of a master that was killed when it had left all to an heir. */
static void
bury(struct limit_table *table)
{
    for (size_t i = 0; i < table->size.lives; i++) {
        int32_t process = atomic_load(&lives_of(table)[i].process);
        if (process != 0 && kill(process, 0) != 0 && errno == ESRCH)
            limit_table_forget(table, process);
    }
}

struct limit_table *
limit_table_new(struct limit_size size, int *descriptor)
{
    unsigned char secret[HASH_SECRET];
    bool taken;
    if (getrandom(secret, sizeof secret, 0) != sizeof secret)
        return NULL;
    uint64_t layout = (uint64_t)size.entries << 32 | size.lives << 8 | LAYOUT;
    void *memory = shared_open(limit_bytes(size), layout, descriptor, &taken);
    if (memory == NULL)
        return NULL;
    if (!taken)
        return limit_table_init(memory, size, secret);
    bury(memory);
    return memory;
}

static struct pace
pace_of(const struct limit_options *options, uint64_t wider)
{
    struct pace pace = { .held = options->held * wider };
    if (options->rate.count == 0)
        return pace;
    uint64_t count = options->rate.count * wider;
    pace.token = options->rate.seconds * SECOND / count;
    pace.window = pace.token * count;
    pace.debt = pace.window / DEBT_PART;
    return pace;
}

static struct life *
find_life(struct limit_table *table, pid_t process)
{
    for (size_t i = 0; i < table->size.lives; i++) {
        int32_t nobody = 0;
        if (atomic_compare_exchange_strong(&lives_of(table)[i].process, &nobody, process))
            return &lives_of(table)[i];
    }
    return NULL;
}

struct limit *
limit_new(struct limit_table *table, const struct limit_options *options, pid_t process)
{
    struct limit *limit = memory_new(sizeof *limit);
    assert(options->held <= LIMIT_PER_ADDRESS_MAX);
    struct life *life = find_life(table, process);
    *limit = (struct limit){ .table = table,
                             .entries = entries_of(table),
                             .life = life,
                             .held = life != NULL ? held_of(table, life) : NULL,
                             .process = process,
                             .allow = options->allow,
                             .address = pace_of(options, 1),
                             .network = pace_of(options, LIMIT_WIDER) };
    return limit;
}

void
limit_free(struct limit *limit)
{
    if (limit != NULL && limit->life != NULL)
        limit_table_forget(limit->table, limit->process);
    free(limit);
}

/* Of those that could give way: who holds nothing, and will have its rate back the soonest. */
static struct entry *
find_idle(struct entry *bucket)
{
    struct entry *found = NULL;
    uint64_t soonest = UINT64_MAX;
    for (size_t i = 0; i < WAYS; i++) {
        uint64_t full = atomic_load_explicit(&bucket[i].full, memory_order_relaxed);
        if (full < soonest && atomic_load_explicit(&bucket[i].held, memory_order_relaxed) == 0) {
            found = &bucket[i];
            soonest = full;
        }
    }
    return found;
}

/* NULL: all that it could have are held by others. */
static struct entry *
find_entry(struct limit_table *table, struct network network)
{
    unsigned char key[sizeof network.at + 1];
    memcpy(key, network.at, sizeof network.at);
    key[sizeof network.at] = (unsigned char)network.bits;
    uint64_t tag = hash_keyed(table->secret, (struct span){ (const char *)key, sizeof key });
    tag += tag == 0;
    struct entry *bucket = entries_of(table) + (tag & (table->size.entries / WAYS - 1)) * WAYS;
    for (size_t i = 0; i < WAYS; i++)
        if (atomic_load_explicit(&bucket[i].tag, memory_order_relaxed) == tag)
            return &bucket[i];
    struct entry *entry = find_idle(bucket);
    if (entry == NULL)
        return NULL;
    atomic_store(&entry->full, 0);
    atomic_store(&entry->refusals, 0);
    atomic_store(&entry->refused, 0);
    atomic_store(&entry->tag, tag);
    return entry;
}

static void
count_own(struct limit *limit, const struct entry *entry, int more)
{
    _Atomic uint16_t *own = &limit->held[entry - limit->entries];
    _Atomic uint8_t *touched = &limit->life->touched[(entry - limit->entries) / BLOCK];
    if (atomic_load_explicit(touched, memory_order_relaxed) == 0)
        atomic_store(touched, 1);
    int count = atomic_load_explicit(own, memory_order_relaxed) + more;
    atomic_store_explicit(own, (uint16_t)count, memory_order_relaxed); /* nobody else's to write */
}

/* First one's own count, then everyone's, and back in the other order: so a death in between never
 * leaves an address with a conversation too many. */
static bool
hold(struct limit *limit, struct entry *entry, uint64_t most)
{
    if (entry == NULL || limit->life == NULL)
        return true;
    count_own(limit, entry, 1);
    return atomic_fetch_add(&entry->held, 1) < most;
}

static void
let_go(struct limit *limit, struct entry *entry)
{
    if (entry == NULL || limit->life == NULL)
        return;
    give_up(entry, 1);
    count_own(limit, entry, -1);
}

/* Takes a token. 0: there was one; else nanoseconds until there is. */
static uint64_t
spend(struct entry *entry, const struct pace *pace, uint64_t now)
{
    if (entry == NULL || pace->token == 0)
        return 0;
    uint64_t full = atomic_load_explicit(&entry->full, memory_order_relaxed), from;
    do {
        uint64_t most = now + pace->window + pace->debt; /* else it spent by a slower rate */
        from = full < now ? now : full > most ? most : full;
        if (from + pace->token > now + pace->window)
            return from + pace->token - (now + pace->window);
    } while (!atomic_compare_exchange_weak(&entry->full, &full, from + pace->token));
    atomic_store_explicit(&entry->refusals, 0, memory_order_relaxed);
    return 0;
}

static void
give_back(struct entry *entry, const struct pace *pace)
{
    if (entry == NULL)
        return;
    uint64_t full = atomic_load_explicit(&entry->full, memory_order_relaxed);
    while (full >= pace->token &&
           !atomic_compare_exchange_weak(&entry->full, &full, full - pace->token))
        continue;
}

/* What one who must wait is told: seconds, or nothing any more. */
static unsigned
tell(struct entry *entry, const struct pace *pace, uint64_t now, uint64_t wait)
{
    if (atomic_fetch_add(&entry->refusals, 1) < LIMIT_PATIENCE)
        return (unsigned)((wait + SECOND - 1) / SECOND);
    atomic_store(&entry->refusals, LIMIT_PATIENCE);
    atomic_store(&entry->full, now + pace->window + pace->debt);
    return 0;
}

static bool
is_news(struct entry *entry, uint64_t now)
{
    uint32_t second = (uint32_t)(now / SECOND) + 1;
    uint32_t last = atomic_exchange(&entry->refused, second);
    return last == 0 || second - last >= QUIET_SECONDS;
}

/* One of the two an address answers to: itself, and its network. */
struct side {
    struct entry *entry;
    const struct pace *pace;
    enum limit_by rate, held;
};

static struct verdict
refuse(const struct side *side, enum limit_by by, uint64_t now, uint64_t wait)
{
    struct verdict verdict = { .by = by, .news = is_news(side->entry, now) };
    if (by == side->rate)
        verdict.seconds = tell(side->entry, side->pace, now, wait);
    return verdict;
}

/* Takes a token of each, or of none. */
static struct verdict
charge(const struct side sides[2], uint64_t now)
{
    for (size_t i = 0; i < 2; i++) {
        uint64_t wait = spend(sides[i].entry, sides[i].pace, now);
        if (wait > 0 && i > 0)
            give_back(sides[0].entry, sides[0].pace);
        if (wait > 0)
            return refuse(&sides[i], sides[i].rate, now, wait);
    }
    return (struct verdict){ .by = LIMIT_NONE };
}

static uint32_t
place_of(const struct limit *limit, const struct entry *entry)
{
    return entry != NULL && limit->life != NULL ? (uint32_t)(entry - limit->entries) + 1 : 0;
}

static struct entry *
entry_at(const struct limit *limit, uint32_t place)
{
    return place > 0 ? &limit->entries[place - 1] : NULL;
}

struct verdict
limit_take(struct limit *limit, const struct sockaddr *address, int64_t now_ms)
{
    struct verdict verdict = { .by = LIMIT_NONE };
    struct network network = network_of(address);
    if (limit == NULL || networks_have(limit->allow, network))
        return verdict;
    bool four = network_is_ipv4(network);
    struct network self = network_widen(network, four ? 128 : 64);
    struct network wide = network_widen(network, four ? 120 : 48);
    struct side sides[] = {
        { find_entry(limit->table, self), &limit->address, LIMIT_RATE, LIMIT_HELD },
        { find_entry(limit->table, wide), &limit->network, LIMIT_NETWORK_RATE, LIMIT_NETWORK_HELD },
    };
    uint64_t now = (uint64_t)now_ms * 1000000;
    size_t held = 0;
    for (; held < 2 && verdict.by == LIMIT_NONE; held++)
        if (!hold(limit, sides[held].entry, sides[held].pace->held))
            verdict = refuse(&sides[held], sides[held].held, now, 0);
    if (verdict.by == LIMIT_NONE)
        verdict = charge(sides, now);
    verdict.seat = (struct seat){ place_of(limit, sides[0].entry),
                                  place_of(limit, sides[1].entry) };
    if (verdict.by != LIMIT_NONE && verdict.seconds == 0) {
        while (held > 0)
            let_go(limit, sides[--held].entry);
        verdict.seat = (struct seat){ 0, 0 };
    }
    return verdict;
}

struct verdict
limit_again(struct limit *limit, struct seat seat, int64_t now_ms)
{
    if (limit == NULL || seat.address == 0 || seat.network == 0)
        return (struct verdict){ .by = LIMIT_NONE };
    const struct side sides[] = {
        { entry_at(limit, seat.address), &limit->address, LIMIT_RATE, LIMIT_HELD },
        { entry_at(limit, seat.network), &limit->network, LIMIT_NETWORK_RATE, LIMIT_NETWORK_HELD },
    };
    return charge(sides, (uint64_t)now_ms * 1000000);
}

void
limit_leave(struct limit *limit, struct seat seat)
{
    if (limit == NULL)
        return;
    let_go(limit, entry_at(limit, seat.address));
    let_go(limit, entry_at(limit, seat.network));
}

const char *
limit_name(enum limit_by by)
{
    static const char *const names[LIMIT_KINDS] = {
        [LIMIT_NONE] = "none",
        [LIMIT_RATE] = "rate",
        [LIMIT_NETWORK_RATE] = "network-rate",
        [LIMIT_HELD] = "connections",
        [LIMIT_NETWORK_HELD] = "network-connections",
    };
    return names[by];
}
