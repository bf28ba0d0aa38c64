/* SPDX-License-Identifier: ISC */
/* pulse.h - whether the workers are there: one who leaves readers waiting is asked, and where he
 * does not answer, nor counts anything, another takes his place. Who drains is asked, too, or one
 * that hangs would stay for ever.
 *
 * Each slot has a queue of its own in the kernel: a worker who is stopped, or goes round in
 * circles, would keep his share of all new readers waiting for as long as that lasts. Nobody who is
 * idle, full or busy is touched, and a worker's turn costs nothing. */
#pragma once

#include "process/crew.h"

/* Now and then, as often as one likes. */
void pulse_feel(struct master *master);
/* The worker has said WORKER_READY. */
void pulse_answer(struct child *child);
