/* SPDX-License-Identifier: ISC */
/* searchable.h - the texts a story is found by, taken apart. Pure. */
#pragma once

#include "base/region.h"
#include "base/span.h"

/* Columns of the table search. */
enum {
    SEARCHABLE_TITLE,
    SEARCHABLE_SUMMARY,
    SEARCHABLE_AUTHOR,
    SEARCHABLE_BODY,  /* gemtext */
    SEARCHABLE_FILED, /* tokens as they are, see tokenizer.h */
    SEARCHABLE_TEXTS
};

/* What the index is handed instead of a story's text, so that whoever writes it need not look for
 * words any more. */
struct span searchable_words(int which, struct span text, struct region *region);
