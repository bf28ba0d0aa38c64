/* SPDX-License-Identifier: ISC */
/* term.h - one entry of a taxonomy's file, as a value. Pure. */
#pragma once

#include "base/yaml.h"
#include "story/taxonomy.h"

/* Everything but `into`, which only the whole taxonomy can tell. */
enum status term_parse(const struct yaml *node, struct region *region, struct term *out,
                       struct fault *fault) MUST_CHECK;
