/* SPDX-License-Identifier: ISC */
/* worker.h - a worker's life: it opens the archive, locks itself in, and answers readers until the
 * master tells it to leave. */
#pragma once

#include <stddef.h>

/* `work` of struct master_options: `world` is a struct world. Where that is probing, it tries to
 * get out instead, and tells on standard output. */
int worker_live(void *world, size_t slot, const int *sockets, int control);
