/* SPDX-License-Identifier: ISC */
#include "process/generation.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

enum { FIRST_TRIES = 5 }; /* generations that may fail before anything was ever served */

static struct ground
ground_of(const struct master *master, void *world)
{
    const struct master_options *options = master->options;
    return (struct ground){ options->archive(options->whom, world),
                            options->content(options->whom, world), master->logs };
}

static void
generation_begin(struct master *master, void *world)
{
    master->next_world = world;
    master->next_ground = ground_of(master, world);
    master->trying = ++master->counter;
    for (size_t slot = 0; slot < master->options->slots; slot++)
        if (!crew_start_worker(master, slot, master->trying, world))
            log_error("can't start a worker: %s", strerror(errno));
}

/* The generation under trial did not come up: what served before goes on. */
static void
generation_fail(struct master *master)
{
    const struct master_options *options = master->options;
    if (master->next_world != master->world)
        options->keep(options->whom, master->world, master->next_world);
    log_error("new workers did not come up%s", master->current != 0 ? ": the old ones stay" : "");
    for (size_t i = 0; i < master->count; i++)
        if (master->children[i].role == WORKER &&
            master->children[i].generation == master->trying && !master->children[i].leaving) {
            master->children[i].leaving = true;
            kill(master->children[i].pid, SIGKILL);
        }
    if (master->next_world != master->world)
        options->unload(options->whom, master->next_world);
    master->next_world = NULL;
    master->trying = 0;
    master->reloaded = false;
    master->tries++;
    int64_t wait = (int64_t)BACKOFF_MS * master->tries;
    master->retry = clock_monotonic() + (wait < BACKOFF_MOST_MS ? wait : BACKOFF_MOST_MS);
}

/* Everyone of the new generation accepts: the others drain. */
static void
generation_settle(struct master *master)
{
    for (size_t i = 0; i < master->count; i++) {
        struct child *child = &master->children[i];
        if (child->role == WORKER && child->generation != master->trying && !child->leaving)
            crew_tell(child, WORKER_DRAIN);
    }
    for (size_t slot = 0; slot < master->options->slots; slot++)
        master->slots[slot] = (struct post){ 0 };
    if (master->next_world != master->world) {
        master->options->unload(master->options->whom, master->world);
        master->world = master->next_world;
    }
    if (master->reloaded)
        crew_renew_helpers(master);
    log_info("serving generation=%u workers=%zu", master->trying, master->options->slots);
    master->current = master->trying;
    if (master->ground.archive != master->next_ground.archive)
        master->damage_said = master->damaged = false; /* what was said is of the former one */
    master->ground = master->next_ground;
    master->trying = 0;
    master->tries = 0;
    master->reloaded = false;
    master->next_world = NULL;
    if (!master->served)
        master->options->ready(master->options->whom, master->world);
    master->served = true;
}

void
generation_look(struct master *master)
{
    size_t ready = 0, alive = 0;
    for (size_t i = 0; i < master->count; i++) {
        const struct child *child = &master->children[i];
        if (child->role != WORKER || child->generation != master->trying)
            continue;
        alive++;
        ready += child->ready;
    }
    if (master->trying == 0)
        return;
    if (alive < master->options->slots)
        generation_fail(master);
    else if (ready == master->options->slots)
        generation_settle(master);
}

void
generation_reload(struct master *master)
{
    if (master->trying != 0 || master->upgrading) { /* one at a time */
        master->reload_again = true;
        return;
    }
    void *world = master->options->load(master->options->whom, master->world);
    if (world == NULL) {
        log_warn("reload refused: everything stays as it was");
        return;
    }
    log_info("reloading");
    master->reloaded = true;
    generation_begin(master, world);
}

/* What was asked for while a generation was under trial. */
void
generation_catch_up(struct master *master)
{
    if (master->trying != 0 || !master->reload_again)
        return;
    master->reload_again = false;
    generation_reload(master);
}

/* The watcher makes it anew, unless that happened already. */
void
generation_pass_on_damage(struct master *master)
{
    const struct master_options *options = master->options;
    if (!master->damaged || master->trying != 0)
        return;
    master->damaged = false;
    if (options->archive(options->whom, master->world) != master->ground.archive)
        return;
    for (size_t i = 0; i < master->count; i++)
        if (master->children[i].role == WATCHER && !master->children[i].leaving)
            kill(master->children[i].pid, SIGUSR1);
    if (!master->damage_said)
        log_warn("the archive is damaged: it is made anew");
    master->damage_said = true;
}

void
generation_look_at_ground(struct master *master)
{
    const struct master_options *options = master->options;
    bool first = master->current == 0;
    if (master->trying != 0 || clock_monotonic() < master->retry)
        return;
    struct ground now = ground_of(master, master->world);
    bool other_archive = now.archive != master->ground.archive;
    bool other_content = now.content != 0 && now.content != master->ground.content;
    bool other_log = now.log != master->ground.log;
    if (now.archive == 0 || (!first && !other_archive && !other_content && !other_log))
        return;
    if (first && master->tries >= FIRST_TRIES) {
        log_error("workers can't start: giving up");
        master->status = 1;
        crew_leave(master);
        return;
    }
    if (!options->servable(options->whom, master->world))
        return;
    if (!first && other_archive)
        log_info("the archive was made anew");
    if (!first && other_content)
        log_info("the content folder is another one");
    generation_begin(master, master->world);
}
