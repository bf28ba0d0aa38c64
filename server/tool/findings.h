/* SPDX-License-Identifier: ISC */
/* findings.h - what a command that looks at many files has to say about them, in good order. Only
 * tool/ includes it. */
#pragma once

#include "base/region.h"
#include "base/span.h"
#include "base/status.h"

#include <stdio.h>

enum weight {
    FINDING_FAULT, /* a reader meets it, or will */
    FINDING_HINT,  /* it works, and could be better */
};

struct findings {
    struct finding {
        struct span path, what;
        size_t line; /* 0: none is to blame */
        enum weight weight;
    } * at;
    size_t count, room;
    struct region *region; /* what it says lies there */
};

void findings_add(struct findings *findings, enum weight weight, struct span path, size_t line,
                  const char *format, ...) PRINTF(5, 6);
/* Sorts them by path and line and leaves each there once. */
void findings_settle(struct findings *findings);
size_t findings_count(const struct findings *findings, enum weight weight);
/* "PATH:LINE: what", a hint with that word before it. */
void findings_print(const struct findings *findings, FILE *to);
void findings_fini(struct findings *findings); /* leaves the region */
