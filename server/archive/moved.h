/* SPDX-License-Identifier: ISC */
/* moved.h - moved.yaml: every address that moved or ended, `old: new` or `old: gone`.
 *
 * People keep the file too: comments, order and every line that no move is about stay as they are.
 */
#pragma once

#include "base/buffer.h"
#include "base/region.h"
#include "base/yaml.h"

struct move {
    struct span from, to; /* slugs; to empty: gone */
};

/* Notes the moves, one after another, in the file's text, and appends that to *out. A slug has one
 * line: an older one is changed where it stands. Whatever led to `from` leads to `to` now, so that
 * nobody is led on twice; and `to`, a story's address again, has no line. Pure. STATUS_BAD: *fault
 * names the line. */
enum status moved_edit(struct span text, const struct move *moves, size_t count, struct buffer *out,
                       struct fault *fault) MUST_CHECK;

/* The file of the open content folder as a mapping; none there is an empty one. STATUS_BAD (*fault
 * names the line): it can't be read. */
enum status
moved_read(int content, struct region *region, struct yaml **out, struct fault *fault) MUST_CHECK;
/* The slugs it says are gone. Otherwise as moved_read. */
enum status
moved_gone(int content, struct region *region, struct spans *out, struct fault *fault) MUST_CHECK;
/* Notes the moves in the file, atomically. STATUS_BAD: it can't be read; STATUS_FAILED: it can't be
 * written; *fault says. */
enum status
moved_add(int content, const struct move *moves, size_t count, struct fault *fault) MUST_CHECK;
