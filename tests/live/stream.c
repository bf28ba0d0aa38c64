/* SPDX-License-Identifier: ISC */
#include "stream.h"

#include "testing.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { READERS_MAX = 16, PATIENCE_MS = 30000 };

struct stream {
    const struct capsule_run *run;
    pthread_t readers[READERS_MAX];
    size_t count;
    atomic_bool ending;
    atomic_size_t answered, refused, lost;
    char how[200];
};

static void
note_loss(struct stream *stream, const char *path, const struct heard *answer)
{
    if (atomic_fetch_add(&stream->lost, 1) == 0)
        snprintf(stream->how, sizeof stream->how, "%s: handshake %d, whole %d, %zu bytes: %.20s",
                 path, answer->connected, answer->whole, answer->bytes.len,
                 answer->bytes.len > 0 ? answer->bytes.at : "");
}

static void *
read_on(void *whom)
{
    static const char *const paths[] = { "/", "/city/ha-noi", "/archive/", "/about" };
    struct stream *stream = whom;
    for (size_t i = 0; !atomic_load(&stream->ending); i++) {
        struct heard answer = capsule_ask(stream->run, paths[i % 4]);
        bool fine = answer.whole && span_starts(buffer_span(&answer.bytes), SPAN("20 "));
        if (fine)
            atomic_fetch_add(&stream->answered, 1);
        else if (!answer.reached)
            atomic_fetch_add(&stream->refused, 1);
        else
            note_loss(stream, paths[i % 4], &answer);
        buffer_fini(&answer.bytes);
        if (!fine)
            poll(NULL, 0, 5); /* not a flood of knocks at a closed door */
    }
    return NULL;
}

struct stream *
stream_start(const struct capsule_run *run, size_t readers)
{
    struct stream *stream = calloc(1, sizeof *stream);
    stream->run = run;
    ck_assert_uint_le(readers, READERS_MAX);
    while (stream->count < readers)
        ck_assert_int_eq(pthread_create(&stream->readers[stream->count++], NULL, read_on, stream),
                         0);
    return stream;
}

void
stream_flow(struct stream *stream, size_t answers)
{
    size_t goal = atomic_load(&stream->answered) + answers;
    for (int waited = 0; atomic_load(&stream->answered) < goal; waited += 5) {
        ck_assert_msg(waited < PATIENCE_MS, "the stream ran dry");
        poll(NULL, 0, 5);
    }
}

struct stream_count
stream_stop(struct stream *stream)
{
    atomic_store(&stream->ending, true);
    for (size_t i = 0; i < stream->count; i++)
        pthread_join(stream->readers[i], NULL);
    struct stream_count count = { stream->answered, stream->refused, stream->lost, "" };
    memcpy(count.how, stream->how, sizeof count.how);
    free(stream);
    return count;
}
