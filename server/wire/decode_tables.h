/* SPDX-License-Identifier: ISC */
/* decode_tables.h - what the bytes from 0x80 on are in encodings of one byte a letter. For decode.c
 * alone. */
#pragma once

#include <stddef.h>

struct decode_table {
    const char *name;
    /* 128 characters in UTF-8, a space between two: U+FFFD where there is none, and two marks where
     * a byte stands for two. */
    const char *high;
};

extern const struct decode_table decode_tables[]; /* the last has no name */
