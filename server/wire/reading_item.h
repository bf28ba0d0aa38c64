/* SPDX-License-Identifier: ISC */
/* reading_item.h - what the files of reading.h share. */
#pragma once

#include "wire/feed.h"
#include "wire/reading.h"

/* One item of a feed. */
void reading_of_item(const struct feed_item *item, const struct reading_options *options,
                     struct region *region, struct document *out);
/* Fills out->text's lead, paragraphs and body; a lead that is no part of the body goes before it.
 */
void reading_body(struct document *out, struct span lead, bool lead_in_body,
                  const struct conversion *body, struct region *region);
/* Absolute, or empty. */
struct span reading_resolve(struct span base, struct span reference, struct region *region);
