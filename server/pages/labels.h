/* SPDX-License-Identifier: ISC */
/* labels.h - the capsule's own words per language: built in for vi and en, changed by labels.yaml.
 */
#pragma once

#include "base/buffer.h"
#include "base/region.h"
#include "base/span.h"
#include "base/status.h"

struct labels;

/* The built-in words with those of `yaml` (may be empty) over them; lives in the region. */
enum status labels_parse(struct span yaml, struct region *region, struct labels **out,
                         struct fault *fault) MUST_CHECK;
/* The word for `key` in `lang`, else in the built-in fallback (en); never empty for a known key. An
 * unknown key is a bug. */
struct span label(const struct labels *labels, struct span lang, const char *key);
