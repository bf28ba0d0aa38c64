/* SPDX-License-Identifier: ISC */
/* start.h - what songtud does once, before anybody is served. Whatever returns false has logged
 * what is wrong and what to do. */
#pragma once

#include "world.h"

/* songtu, beside our own executable. */
bool start_find_tool(struct daemon *daemon);
/* As root we become somebody else; the state folder is made, and his. */
bool start_settle_identity(struct daemon *daemon, const struct settings *settings);
/* Makes the certificate on the first start. */
bool start_settle_certificate(const struct settings *settings);
size_t start_count_workers(const struct settings *settings);
/* One for each worker; NULL: it can't be. The caller's to free. */
int *start_bind(struct daemon *daemon, size_t slots);
/* To count in, and where the settings say so a socket to tell of it. */
bool start_metrics(struct daemon *daemon, const struct settings *settings);
/* What addresses have spent is kept as long as we live. */
bool start_limits(struct daemon *daemon, const struct settings *settings, size_t slots);
