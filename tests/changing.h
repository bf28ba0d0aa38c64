/* SPDX-License-Identifier: ISC */
/* changing.h - a content folder in which anything may happen, from a seed: the same seed, the same
 * changes. */
#pragma once

#include "archiving.h"

/* Writes taxonomies and so many stories into archiving's content folder. */
void changing_begin(uint64_t seed, size_t stories);
/* So many changes: stories come, go, are edited, dated, filed, drafted, withdrawn, renamed, moved
 * to another folder, broken and mended. */
void changing_go(size_t changes);
/* Mends what is broken. */
void changing_mend(void);
void changing_end(void);
/* How many slugs there ever were: "tin-0" and on. */
unsigned changing_names(void);
/* How many stories and changes a test is about: so many, or as STORIES and CHANGES in the
 * environment say. */
size_t changing_stories(size_t usual);
size_t changing_count(size_t usual);
