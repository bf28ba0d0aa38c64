/* SPDX-License-Identifier: ISC */
/* furniture_table.h - the words of furniture.h, as rows. For furniture*.c alone. */
#pragma once

#include "wire/furniture.h"

enum { FURNITURE_PHRASES = 268, FURNITURE_BEGINNINGS = 70 };

extern const struct furniture_phrase {
    enum furniture kind;
    const char *words;
} furniture_phrases[FURNITURE_PHRASES],         /* what a line says */
    furniture_beginnings[FURNITURE_BEGINNINGS]; /* what it may begin with */
