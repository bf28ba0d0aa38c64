/* SPDX-License-Identifier: ISC */
/* table.h - a table of an HTML document: one that only puts things side by side, or one of data.
 * Pure. */
#pragma once

#include "wire/galley.h"

/* It has rows and columns of short texts: not one cell alone, and no figures, lists or paragraphs
 * within. */
bool table_is_data(const struct _xmlNode *table, size_t *steps);

/* Sets a table of data: as columns where it is narrow, with `caption` as their alt text; else as
 * one list per row, "head: value". `scratch` is for its cells, and empty afterwards. */
void table_set(struct galley *galley, const struct _xmlNode *table, struct span caption,
               struct prose *scratch, size_t *steps);
