/* SPDX-License-Identifier: ISC */
/* start.h - what songtud does once, before anybody is served. Whatever returns false has logged
 * what is wrong and what to do. */
#pragma once

#include "world.h"

/* What of the state folder root gives away, beginning with the folder itself; NULL ends it. */
extern const char *const start_state_files[];
/* Its name without slashes behind it; returns `into`. */
const char *start_state_name(const struct settings *settings, char into[PATH_BYTES]);
/* To be closed; -1: errno says why. Root follows no link there: whoever can write in the folder
 * above would choose what root gives away. */
int start_open_state(const struct daemon *daemon, const struct settings *settings);
/* The state folder; where we become somebody else, it is his. */
bool start_make_state(const struct daemon *daemon, const struct settings *settings);
/* Anew, where somebody deleted it while we serve: the watcher, who is somebody else, can't. */
void start_mend_state(const struct daemon *daemon, const struct settings *settings);
/* For each worker one of each protocol, [slot * PROTOCOLS + protocol], -1 where it is not spoken;
 * *slots: workers. NULL: it can't be. The caller's to free. */
int *start_bind(struct daemon *daemon, const struct settings *settings, size_t *slots);
/* To count in, and where the settings say so a socket to tell of it. */
bool start_metrics(struct daemon *daemon, const struct settings *settings);
/* What addresses have spent is kept as long as we live. */
bool start_limits(struct daemon *daemon, const struct settings *settings, size_t slots);
/* Keys that resume what readers began before a reload. */
bool start_tickets(struct daemon *daemon);
