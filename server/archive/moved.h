/* SPDX-License-Identifier: ISC */
/* moved.h - moved.yaml: every address that moved or ended, `old: new` or `old: gone`. */
#pragma once

#include "base/span.h"
#include "base/status.h"

/* Adds one line, atomically; `to` empty: gone. `content` is the open content folder. STATUS_BAD:
 * the file there can't be read (*fault). */
enum status
moved_add(int content, struct span from, struct span to, struct fault *fault) MUST_CHECK;
