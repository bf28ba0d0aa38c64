/* SPDX-License-Identifier: ISC */
/* log.h - what the program tells its operator: one line per event, a fixed phrase, then key=value.
 *
 * Error: a person must act. Warn: we coped. Low rooms return; the room that knows what a failure
 * means logs it, once. Peers' bytes go through log_text, which leaves no control byte in a line. */
#pragma once

#include "base/span.h"
#include "base/status.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Lines up to and with `level` go to `path`, or to standard error where it is NULL. `name` (kept,
 * not copied) stands in front: "songtud[123]: ". STATUS_FAILED leaves the old log in place. */
enum status log_open(const char *name, const char *path, enum log_level level) MUST_CHECK;
/* Opens the file at the same path anew, after logrotate moved it away. */
enum status log_reopen(void) MUST_CHECK;
/* From now on access lines are gathered until log_flush, another line, or the end of the room: for
 * a loop that writes those of a moment together. */
void log_gather(void);
bool log_waits(void); /* something is gathered */
void log_flush(void);
void log_level_set(enum log_level level);
const char *log_level_name(enum log_level level); /* "warn" */
void log_name_set(const char *name);
/* The descriptor lines go to (2 before log_open): for a sandbox to leave open. */
int log_descriptor(void);

void log_error(const char *format, ...) PRINTF(1, 2);
void log_warn(const char *format, ...) PRINTF(1, 2);
void log_info(const char *format, ...) PRINTF(1, 2);
void log_debug(const char *format, ...) PRINTF(1, 2);
/* An access line: always written, whatever the level. */
void log_access(const char *format, ...) PRINTF(1, 2);

/* `text` with control bytes, quotes, backslashes and broken UTF-8 as \xNN, cut to what fits in
 * `room` bytes with its NUL; returns `into`. */
const char *log_text(char *into, size_t room, struct span text);
