/* SPDX-License-Identifier: ISC */
/* excerpt.h - what a story says of what was looked for. Pure. */
#pragma once

#include "archive/wanted.h"

/* The piece of the gemtext, of about so many bytes (never more than twice as many), that has the
 * most of what is wanted, each match as it stands there between two *: with the marks that were
 * typed, if as much is found with them. Empty: it has nothing of it. */
struct span
excerpt_make(struct span body, const struct wanted *wanted, size_t bytes, struct region *region);
