/* SPDX-License-Identifier: ISC */
/* phrase.h - finding the names of terms in a text: the half of a taxonomy that reads. Pure. */
#pragma once

#include "story/taxonomy.h"

enum phrase_kind {
    PHRASE_NAME,    /* begins with a capital */
    PHRASE_CUED,    /* and counts only behind a cue, or in a list of names */
    PHRASE_KEYWORD, /* in any case */
    PHRASE_NEVER,   /* holds a name, and means no term */
};

struct phrases;

struct phrases *phrases_new(struct region *region);
void phrases_add(struct phrases *phrases, struct span text, enum phrase_kind kind,
                 const struct term *term);
/* Call once when all are added. STATUS_BAD: one phrase for two terms. */
enum status phrases_settle(struct phrases *phrases, struct fault *fault) MUST_CHECK;

/* Tells `mention` each mention in turn, until it returns false. */
void phrases_find(const struct phrases *phrases, struct span text, bool keywords,
                  bool (*mention)(void *whom, const struct term *term), void *whom);
