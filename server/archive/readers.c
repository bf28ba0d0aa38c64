/* SPDX-License-Identifier: ISC */
#include "archive/readers.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

enum {
    AHEAD = 64,
    AT_ONCE = 16, /* to be read before one is woken for it; the last few are read by who takes */
    AHEAD_BYTES = 4 * 1024 * 1024,
    THREADS_MAX = 8,
    STACK_BYTES = 1024 * 1024,
};

struct readers {
    const struct desk *desk;
    pthread_t threads[THREADS_MAX];
    size_t thread_count;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t asked, read;
    bool ended;
    /* A ring: asked counts what was asked for, and so on; taken <= begun <= asked. */
    struct slot {
        struct reading *reading;
        int64_t size;
        bool done;
    } ring[AHEAD];
    size_t asked_for, begun, taken;
    int64_t bytes; /* of those in the ring */
};

struct readers *
readers_new(const struct desk *desk)
{
    struct readers *readers = memory_new(sizeof *readers);
    *readers = (struct readers){ .desk = desk };
    pthread_mutex_init(&readers->lock, NULL);
    pthread_cond_init(&readers->asked, NULL);
    pthread_cond_init(&readers->read, NULL);
    return readers;
}

static struct slot *
slot_at(struct readers *readers, size_t number)
{
    return &readers->ring[number % AHEAD];
}

/* Reads the next one that nobody has begun; the lock is held, but not while it reads. */
static void
read_one(struct readers *readers)
{
    struct slot *slot = slot_at(readers, readers->begun++);
    pthread_mutex_unlock(&readers->lock);
    reading_do(slot->reading, readers->desk);
    pthread_mutex_lock(&readers->lock);
    slot->done = true;
    pthread_cond_signal(&readers->read);
}

static void *
on_thread(void *whom)
{
    struct readers *readers = whom;
    pthread_mutex_lock(&readers->lock);
    while (!readers->ended)
        if (readers->begun < readers->asked_for)
            read_one(readers);
        else
            pthread_cond_wait(&readers->asked, &readers->lock);
    pthread_mutex_unlock(&readers->lock);
    return NULL;
}

/* One for each core. Where the system has none to give, whoever takes reads. Signals are not for
 * them. */
static void
start_threads(struct readers *readers)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t most = cores < 1 ? 1 : cores > THREADS_MAX ? THREADS_MAX : (size_t)cores;
    pthread_attr_t attributes;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    while (readers->thread_count < most && pthread_create(&readers->threads[readers->thread_count],
                                                          &attributes, on_thread, readers) == 0)
        readers->thread_count++;
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

bool
readers_are_full(const struct readers *readers)
{
    size_t count = readers->asked_for - readers->taken;
    return count == AHEAD || (count > 0 && readers->bytes >= AHEAD_BYTES);
}

void
readers_ask(struct readers *readers, struct span path, struct span slug, int64_t size)
{
    struct slot *slot = slot_at(readers, readers->asked_for);
    *slot = (struct slot){ reading_new(path, slug), size, false };
    readers->bytes += size;
    if (readers->thread_count == 0 && readers->asked_for + 1 == AHEAD)
        start_threads(readers);
    pthread_mutex_lock(&readers->lock);
    readers->asked_for++;
    if (readers->asked_for - readers->begun >= AT_ONCE)
        pthread_cond_signal(&readers->asked);
    pthread_mutex_unlock(&readers->lock);
}

bool
readers_are_asked(const struct readers *readers)
{
    return readers->taken < readers->asked_for;
}

struct reading *
readers_take(struct readers *readers)
{
    struct slot *slot = slot_at(readers, readers->taken);
    pthread_mutex_lock(&readers->lock);
    while (!slot->done)
        if (readers->begun == readers->taken) /* nobody reads it yet */
            read_one(readers);
        else
            pthread_cond_wait(&readers->read, &readers->lock);
    pthread_mutex_unlock(&readers->lock);
    readers->taken++;
    readers->bytes -= slot->size;
    return slot->reading;
}

void
readers_free(struct readers *readers)
{
    if (readers == NULL)
        return;
    pthread_mutex_lock(&readers->lock);
    readers->ended = true;
    pthread_cond_broadcast(&readers->asked);
    pthread_mutex_unlock(&readers->lock);
    for (size_t i = 0; i < readers->thread_count; i++)
        pthread_join(readers->threads[i], NULL);
    for (size_t i = readers->taken; i < readers->asked_for; i++)
        reading_free(slot_at(readers, i)->reading);
    pthread_cond_destroy(&readers->read);
    pthread_cond_destroy(&readers->asked);
    pthread_mutex_destroy(&readers->lock);
    free(readers);
}
