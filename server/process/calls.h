/* SPDX-License-Identifier: ISC */
/* calls.h - which system calls a process may make from now on. */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

/* As libseccomp numbers them: SCMP_SYS(read). One that this architecture lacks is passed over. */
struct call_list {
    const int *calls;
    size_t count;
};

/* Whether the kernel can filter calls. */
bool calls_can_be_filtered(void);

/* Refuses all calls but these (EPERM), to this process and all that it starts. Calls that are
 * harmless only with some arguments are allowed only with those, as calls.c says.
 * STATUS_FAILED: errno says why. */
enum status calls_enter(const struct call_list *lists, size_t count) MUST_CHECK;
