/* SPDX-License-Identifier: ISC */
/* licence.h - what of a document may be shown: all, its beginning, or that it is there. Pure. */
#pragma once

#include "wire/reading.h"

/* Shortens the document's text to what the source's licence allows, and to what there is of it:
 * what is not whole becomes headline, summary and link, or, where there is a beginning, that.
 * `url` is where the rest stands (empty: nowhere one could ask), `site` what that is called. */
void licence_apply(struct document *document, const struct source *source, struct span url,
                   struct span site, struct region *region);
