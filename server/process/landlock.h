/* SPDX-License-Identifier: ISC */
/* landlock.h - what a process may open from now on; everything else is refused, EACCES. */
#pragma once

#include "base/status.h"

#include <linux/landlock.h>
#include <stddef.h>
#include <stdint.h>

/* The kernel's own words for what the headers of Debian 12 do not know yet. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15)
#endif
#ifndef LANDLOCK_ACCESS_NET_BIND_TCP
#define LANDLOCK_ACCESS_NET_BIND_TCP (1ULL << 0)
#define LANDLOCK_ACCESS_NET_CONNECT_TCP (1ULL << 1)
#endif
#ifndef LANDLOCK_SCOPE_SIGNAL
#define LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0)
#define LANDLOCK_SCOPE_SIGNAL (1ULL << 1)
#endif

/* The kernel's landlock: 1 and more; 0: it has none, or it is not on. */
int landlock_version(void);

/* What can be refused, a bit each. */
struct landlock_rights {
    uint64_t files, network, scope;
};

/* All that a kernel of that version can refuse; of later versions than we know, what we know. */
struct landlock_rights landlock_rights_of(int version);

/* What is allowed beneath a folder, or with a file. */
struct landlock_rule {
    const char *path; /* not there: allows nothing */
    uint64_t files;
};

/* Refuses all that this kernel can refuse, but for the rules, to this process and all that it
 * starts. Only where landlock_version is more than 0. STATUS_FAILED: errno says why. */
enum status landlock_enter(const struct landlock_rule *rules, size_t count) MUST_CHECK;
