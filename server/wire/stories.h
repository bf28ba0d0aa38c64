/* SPDX-License-Identifier: ISC */
/* stories.h - the files of a content folder's stories, one after the other. */
#pragma once

#include "base/span.h"
#include "base/status.h"

/* `path` is a C string below the content folder; the bytes are there for the call. A file that is
 * too large for a story, or gone meanwhile, has its name, and no bytes (at == NULL). */
typedef void stories_on(void *whom, struct span path, struct span slug, struct span bytes);

/* Calls `on` for each file below stories/ of the open content folder, in no order; none there is
 * none. STATUS_FAILED with errno: something there can't be read. */
enum status stories_read(int content, stories_on *on, void *whom) MUST_CHECK;
