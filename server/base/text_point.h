/* SPDX-License-Identifier: ISC */
/* text_point.h - single characters, for the files of text.h alone. */
#pragma once

#include "base/text.h"

/* Takes one character off *rest; a byte that is none counts as one and becomes U+FFFD. */
uint32_t text_take(struct span *rest);
void text_add(struct buffer *out, uint32_t point);

bool text_is_mark(uint32_t point);
/* Letters and numbers of any script. */
bool text_is_in_word(uint32_t point);
/* A soft hyphen or a joiner parts no word. */
bool text_is_format(uint32_t point);

/* Takes one character off *rest as small letters and marks, taken apart ("Ấ" -> "a", U+0302,
 * U+0301; "ﬁ" -> "f", "i"); how many points. Unicode's longest has 18. */
enum { TEXT_FOLDED_MAX = 32 };
size_t text_take_folded(struct span *rest, int32_t into[TEXT_FOLDED_MAX]);
/* Latin letters that Unicode takes for letters of their own; NULL: not one of them. */
const char *text_latin_base(uint32_t point);
/* One of the five marked tones, on a vowel. */
bool text_is_tone(uint32_t letter, uint32_t point);
