/* SPDX-License-Identifier: ISC */
/* privilege.h - becoming somebody with fewer rights, for good. */
#pragma once

#include "base/status.h"

#include <sys/types.h>

struct identity {
    uid_t user;
    gid_t group;
    char name[64];
};

/* Who `name` is. STATUS_ABSENT: no such user. */
enum status identity_find(const char *name, struct identity *out) MUST_CHECK;
/* Drops groups, then user, for good, and verifies both. STATUS_FAILED: do not go on. */
enum status privilege_drop(const struct identity *identity) MUST_CHECK;
/* This process gets `signal` when its parent dies; STATUS_FAILED when the parent is dead already.
 * Call after privilege_drop, which the kernel lets clear it. */
enum status privilege_die_with(pid_t parent, int signal) MUST_CHECK;
/* No new privileges through exec, and no core files that would hold keys. */
enum status privilege_never_more(void) MUST_CHECK;
