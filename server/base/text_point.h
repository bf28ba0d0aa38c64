/* SPDX-License-Identifier: ISC */
/* text_point.h - single characters, for the files of text.h alone. */
#pragma once

#include "base/text.h"

/* Takes one character off *rest; a byte that is none counts as one and becomes U+FFFD. */
uint32_t text_take(struct span *rest);
void text_add(struct buffer *out, uint32_t point);
enum { TEXT_POINT_BYTES = 4 };
size_t text_print(uint32_t point, char into[TEXT_POINT_BYTES]); /* its bytes */

static inline bool
text_is_ascii(char byte)
{
    return (unsigned char)byte < 0x80;
}

/* Of UTF-8: another byte of a character than its first. */
static inline bool
text_is_tail(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* How many bytes of ASCII stand at `at`. */
size_t text_ascii_length(struct span text, size_t at);
/* The bytes of the character at `at`, if it is one of those beyond ASCII that nearly all Vietnamese
 * is written with: U+00A1 to U+02FF but the soft hyphen, U+1EA0 to U+1EF9, and dashes, quotes and
 * dots of U+2010 to U+2027. They are their own NFC, join nothing, and are shown. Else 0. */
size_t text_common_length(struct span text, size_t at);

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

/* One of a to z, ă â ê ô ơ ư and đ, by number (a to z first), and its tone: 0 for ngang, then
 * huyền, hỏi, ngã, sắc, nặng. */
enum { TEXT_LETTERS_ASCII = 26, TEXT_LETTERS = 33, TEXT_TONES = 6, TEXT_LETTER_PARTS = 3 };
struct text_letter {
    uint8_t letter, tone;
};
/* The letter that `text` begins with, whatever its case, if it is ASCII or one of Vietnamese as NFC
 * has it: its bytes. 0: it is another character, and *out means nothing. */
size_t text_letter_next(struct span text, struct text_letter *out);
/* As NFC has it, small; 0: Unicode has no such letter. */
uint32_t text_letter_whole(struct text_letter letter);
/* A letter, and the marks of its quality and its tone in Unicode's order; how many points. */
size_t text_letter_apart(struct text_letter letter, int32_t into[TEXT_LETTER_PARTS]);
/* What one of a to z and the marks on it, each 0 where there is none, are in NFC; 0: no letter. */
uint32_t text_letter_join(char base, uint32_t quality, uint32_t tone);
uint32_t text_tone_mark(size_t tone);
