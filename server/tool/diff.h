/* SPDX-License-Identifier: ISC */
/* diff.h - what makes one text of another, line by line. Pure. */
#pragma once

#include "base/buffer.h"

/* Appends the lines that go ("-…"), that come ("+…") and up to three around them that stay (" …"),
 * below "--- NAME" and "+++ NAME"; "@@" stands where some are left out. Nothing where both are the
 * same. Texts that differ in more than a few thousand lines are told as one that goes and one that
 * comes. */
void diff_print(const char *name, struct span before, struct span now, struct buffer *out);
