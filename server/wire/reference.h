/* SPDX-License-Identifier: ISC */
/* reference.h - character references of XML and HTML: "&#8217;", "&amp;", "&nbsp;". Pure. */
#pragma once

#include "base/buffer.h"
#include "base/span.h"

struct reference {
    size_t len;     /* bytes it takes; 0: `text` begins with none */
    uint32_t point; /* the character meant; 0: one that no text may have */
    bool named;
};

/* What stands at the beginning of `text`, an ampersand: a number (the ";" may be missing where no
 * letter or digit follows; 128 to 159 are windows-1252's), or one of HTML 4's names with its ";".
 */
struct reference reference_read(struct span text);

/* What is meant by a character that stands among the controls of Latin-1: windows-1252's. Others
 * are themselves; 0 where no text may have it: a control, half a pair, none of Unicode's. */
uint32_t reference_character(uint32_t point);

/* Appends the text with each reference as its character, decoded once. */
void reference_decode(struct span text, struct buffer *out);
/* It reads as text that was escaped once too often: it holds "&amp;", "&#39;" or the like. */
bool reference_remains(struct span text);

/* Appends a code point in UTF-8. */
void reference_add(uint32_t point, struct buffer *out);
/* Appends the text with &, <, > and " escaped. */
void reference_escape(struct span text, struct buffer *out);
