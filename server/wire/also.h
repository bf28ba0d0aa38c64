/* SPDX-License-Identifier: ISC */
/* also.h - the lines at a story's end that say who else told it: "=> URL Cũng đăng tại Báo X".
 * Pure.
 */
#pragma once

#include "base/region.h"

/* The body with one more of them. */
struct span also_add(struct span body, struct span url, struct span site, struct span lang,
                     struct region *region);
/* The new body with those of the old one. */
struct span also_keep(struct span old, struct span body, struct region *region);
