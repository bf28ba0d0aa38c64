/* SPDX-License-Identifier: ISC */
/* reader.h - reads feeds, pages and texts in a cell (process/cell.h), so that what crashes, hangs
 * or blows up who reads it costs itself alone. */
#pragma once

#include "process/sandbox.h"
#include "wire/reading.h"

struct reader;

struct reader *reader_new(enum sandbox_wish sandbox);
void reader_free(struct reader *reader); /* NULL is fine */

/* As reading_make; everything is in the region. STATUS_FAILED: nobody can be locked in. *fault says
 * why, in words that go behind the document's name. */
enum status
reader_read(struct reader *reader, struct span bytes, const struct reading_options *options,
            struct region *region, struct reading *out, struct fault *fault) MUST_CHECK;
