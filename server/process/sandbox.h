/* SPDX-License-Identifier: ISC */
/* sandbox.h - locking a process in: landlock for what it may open, seccomp for what it may ask the
 * kernel at all.
 *
 * For good, and for all that it starts. What each role may is one table in sandbox.c; who enters
 * one says only which folders and files are its own. What is open already stays open. */
#pragma once

#include "base/status.h"

#include <stddef.h>

enum sandbox_role {
    SANDBOX_WORKER,   /* reads what it may, and talks over sockets that others made */
    SANDBOX_WATCHER,  /* reads and writes what it may, and talks to nobody */
    SANDBOX_EXPORTER, /* opens nothing, and talks over the socket that others made */
    SANDBOX_PARSER,   /* hostile bytes in, values out, by descriptors that are open already */
};

enum sandbox_wish {
    SANDBOX_OFF,
    SANDBOX_ON,      /* as far as the kernel can */
    SANDBOX_REQUIRE, /* wholly or not at all */
};
extern const char *const sandbox_wishes[]; /* "off", "on", "require" */

struct sandbox_path {
    const char *path; /* a folder stands for all beneath it; one that is not there for nothing */
    enum { SANDBOX_READ, SANDBOX_WRITE } access; /* WRITE: reading, too */
};

/* Whether the kernel can do what is wished. STATUS_ABSENT: less than that, *fault says what is
 * missing and what to do; STATUS_BAD: likewise, and the wish is SANDBOX_REQUIRE. */
enum status sandbox_ask(enum sandbox_wish wish, struct fault *fault) MUST_CHECK;

/* Locks this process in. STATUS_OK: as far as the wish and the kernel go. Anything else: do not go
 * on, *fault says why. */
enum status
sandbox_enter(enum sandbox_wish wish, enum sandbox_role role, const struct sandbox_path *paths,
              size_t count, struct fault *fault) MUST_CHECK;
