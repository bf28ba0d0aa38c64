/* SPDX-License-Identifier: ISC */
/* gist.h - what a page says, whatever its clothes: where it leads to, and its words in their order.
 * Two printings of one page have the same gist. */
#pragma once

#include "base/region.h"

struct gist {
    struct spans links; /* targets, as they stand */
    struct span words;  /* one space between; what no font shows is left out */
};

/* Both lie in the region. */
struct gist gist_of_gemtext(struct span text, struct region *region);
/* Of what stands within <main>. Fails the test where it is no HTML. */
struct gist gist_of_html(struct span html, struct region *region);
/* Fails the test where they differ. */
void gist_compare(const char *address, const struct gist *one, const struct gist *other);
