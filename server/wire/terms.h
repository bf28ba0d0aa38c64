/* SPDX-License-Identifier: ISC */
/* terms.h - the content folder's two taxonomies, for whoever files stories. */
#pragma once

#include "story/taxonomy.h"

struct terms {
    struct taxonomy *cities, *themes;
};

/* Reads cities.yaml and themes.yaml of the open folder; a missing one is an empty taxonomy.
 * STATUS_BAD, STATUS_FAILED: *fault says what, naming the file. */
enum status
terms_read(int content, struct region *region, struct terms *out, struct fault *fault) MUST_CHECK;

/* Every slug is one of the taxonomy's; else STATUS_BAD, with words about the first that is not.
 * `file` is where one would add it: "cities.yaml". */
enum status terms_check(const struct taxonomy *taxonomy, const char *file, struct spans slugs,
                        struct fault *fault) MUST_CHECK;
