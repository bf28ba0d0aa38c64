/* SPDX-License-Identifier: ISC */
#include "process/pulse.h"

#include "base/clock.h"
#include "base/log.h"

#include <poll.h>
#include <sys/socket.h>

enum {
    EVERY_MS = COUNTERS_EVERY_MS,
    PATIENCES = 30, /* then whatever he held is past its deadlines, and he is killed */
};

static bool
somebody_waits(const struct master *master, size_t slot)
{
    const struct master_options *options = master->options;
    bool waits = false;
    for (size_t port = 0; port < PROTOCOLS; port++) {
        int socket = options->sockets[slot * PROTOCOLS + port];
        struct pollfd queue = { .fd = socket, .events = POLLIN };
        waits = waits || poll(&queue, 1, 0) == 1;
    }
    return waits;
}

static void
ask(struct master *master, struct child *child, int64_t now)
{
    const char word = WORKER_ASKED;
    if (send(child->control, &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1)
        return; /* he ends */
    child->asked = now;
    child->counted = metrics_counted(master->options->metrics, child->seat);
}

/* Of a slot, one at a time: where the next one is silent, too, it is the machine rather than they.
 */
static bool
is_another_silent(const struct master *master, size_t slot)
{
    bool silent = false;
    for (size_t i = 0; i < master->count; i++) {
        const struct child *child = &master->children[i];
        silent |= child->role == WORKER && child->slot == slot && child->silent;
    }
    return silent;
}

static void
replace(struct master *master, struct child *child)
{
    log_warn("worker does not answer: another takes its place pid=%d slot=%zu", (int)child->pid,
             child->slot);
    crew_tell(child, WORKER_DRAIN); /* should he ever hear it */
    child->silent = true;
    master->slots[child->slot].vacant = true;
    master->slots[child->slot].due = 0;
}

/* For how long the worker has owed an answer without a sign of life. */
static int64_t
silence(const struct master *master, struct child *child, int64_t now)
{
    uint64_t counted = metrics_counted(master->options->metrics, child->seat);
    if (child->asked != 0 && counted != child->counted)
        child->asked = now;
    child->counted = counted;
    return child->asked != 0 ? now - child->asked : 0;
}

/* Who hangs before he was ever ready holds up his generation, and every reload behind it. */
static void
feel_beginner(struct child *child, int64_t lived, int64_t most)
{
    if (lived < most)
        return;
    log_warn("worker has not begun to serve for %d s: it is killed pid=%d", (int)(lived / 1000),
             (int)child->pid);
    kill(child->pid, SIGKILL);
}

static void
feel(struct master *master, struct child *child, int64_t now)
{
    int64_t patience = master->options->patience_ms, silent = silence(master, child, now);
    if (!child->leaving && !child->ready) {
        feel_beginner(child, now - child->born, patience * PATIENCES);
        return;
    }
    if (child->leaving && silent >= patience * PATIENCES) {
        log_warn("worker has not answered for %d s: it is killed pid=%d", (int)(silent / 1000),
                 (int)child->pid);
        kill(child->pid, SIGKILL);
        child->asked = 0;
        child->silent = false;
    } else if (!child->leaving && child->generation != master->current) {
        return;
    } else if (child->asked == 0 && (child->leaving || somebody_waits(master, child->slot))) {
        ask(master, child, now);
    } else if (!child->leaving && silent >= patience && !is_another_silent(master, child->slot)) {
        replace(master, child);
    }
}

void
pulse_feel(struct master *master)
{
    int64_t now = clock_monotonic();
    if (master->options->patience_ms == 0 || now < master->felt + EVERY_MS)
        return;
    master->felt = now;
    for (size_t i = 0; i < master->count; i++)
        if (master->children[i].role == WORKER)
            feel(master, &master->children[i], now);
}

void
pulse_answer(struct child *child)
{
    child->ready = true;
    if (child->silent)
        log_info("worker answers again, and lets its readers finish pid=%d", (int)child->pid);
    child->asked = 0;
    child->silent = false;
}
