/* SPDX-License-Identifier: ISC */
/* weight.h - how well a story fits what is wanted. Only archive/ includes it.
 *
 * FTS5's own rank would walk all of a word's stories before it told of the first. */
#pragma once

#include "archive/wanted.h"
#include "base/buffer.h"
#include "base/status.h"

#include <sqlite3.h>

#define WEIGHT_POINTER "weight_plan" /* the type SQLite knows a plan by */

/* Which phrase of a MATCH belongs to which part of what is wanted. */
struct weight_plan {
    struct {
        size_t part;
        bool marked;
    } phrases[2 * WANTED_PARTS_MAX];
    size_t words[WANTED_PARTS_MAX]; /* of each part */
    size_t phrase_count, part_count, marked_count /* parts that were typed with marks */;
};

/* Appends a part in FTS5's words, with its marks or without, to MATCH and plan. */
void
weight_plan_add(struct weight_plan *plan, const struct wanted_part *part, struct buffer *match);

/* Makes weight(search, PLAN) known: larger is better. Marks as typed come before all else; then
 * where the words stand (the title before all), whether they stand side by side, how often. */
enum status weight_install(fts5_api *api) MUST_CHECK;
