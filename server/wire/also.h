/* SPDX-License-Identifier: ISC */
/* also.h - what stands below an imported story's text: when its source changed it, and who else
 * told it: "Cập nhật 14:05 24/11/2026", "=> URL Cũng đăng tại Báo X". Pure. */
#pragma once

#include "base/region.h"

#include <stdint.h>

/* The body with one more place that told it. */
struct span also_add(struct span body, struct span url, struct span site, struct span lang,
                     struct region *region);
/* The new body with what stood below the old one. If its text is another one, and its source says
 * when that came about (`updated`, as date_parse reads it; empty: it does not), it says so, too. */
struct span also_keep(struct span old, struct span body, struct span updated, struct span lang,
                      struct region *region);
