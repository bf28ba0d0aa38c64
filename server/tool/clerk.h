/* SPDX-License-Identifier: ISC */
/* clerk.h - who sees to it that sources are refreshed when they are due.
 *
 * The watcher locks itself in, and can neither talk to anybody nor start a program; so before that
 * it gets a clerk, a process that does nothing but run `songtu refresh`, wait, and run it again. A
 * refresh that takes too long is ended with all it started. Nobody ever waits for the clerk. */
#pragma once

#include "tool/tool.h"

/* `settings` is the file that lists the sources. The clerk ends with whoever calls this: the
 * end of a pipe tells it, as who is locked in may not even have signals sent for him. false:
 * there is none, errno says why. */
bool clerk_start(const struct tool_options *options, const char *settings);

/* What `refresh --json` said of when to come again, at `now`: an instant, within bounds. Pure. */
int64_t clerk_next(const char *json, int64_t now);
