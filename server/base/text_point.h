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
