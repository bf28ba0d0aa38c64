/* SPDX-License-Identifier: ISC */
/* text.h - UTF-8 as people write it: validity, normal forms, folding, the Vietnamese alphabet.
 *
 * Pure. Unicode's own tables come from utf8proc; the rules for Vietnamese from its orthography. */
#pragma once

#include "base/buffer.h"
#include "base/span.h"

/* The length of the character `text` begins with, in bytes, and its code point in *out (may be
 * NULL); 0 where the text is empty or does not begin with valid UTF-8 (RFC 3629). */
size_t text_next(struct span text, uint32_t *out);
bool text_is_utf8(struct span text);
/* C0, C1 (U+0080 to U+009F) or DEL stands first. */
bool text_is_control(struct span text);
/* Bidi and invisible controls that imported or peers' text has no business with: the soft
 * hyphen, U+061C, U+200B..200F, U+202A..202E, U+2060..2069, U+FEFF, tag characters; and
 * noncharacters, which YAML does not take. */
bool text_is_invisible(uint32_t point);

/* A language tag by its form (BCP 47): "vi", "en-GB"; letters first, then letters and digits, in
 * parts of at most 8 joined by hyphens. */
enum { TEXT_LANGUAGE_MAX = 35 }; /* bytes */
bool text_is_language(struct span text);

/* A letter of the upper case, by Unicode's tables. */
bool text_is_upper(uint32_t point);

/* Appends `text` in Unicode normal form C. Invalid UTF-8 becomes U+FFFD. */
void text_nfc(struct span text, struct buffer *out);
/* `text` is already in NFC, as text_nfc would leave it. */
bool text_is_nfc(struct span text);

/* Appends `text` in NFC as one line that is fit to be shown: controls and invisibles removed, every
 * run of white space (no-break spaces and line ends too) one space, none at the ends. */
void text_clean(struct span text, struct buffer *out);
/* It is so already, as can be told quickly of nearly all lines; others may be so all the same. */
bool text_is_clean(struct span text);

/* Appends the words of `text` as [a-z0-9] with one space between: case, marks and đ folded. What
 * has no Latin base letter is dropped. "Hà Nội, 2024" -> "ha noi 2024" */
void text_fold(struct span text, struct buffer *out);

/* Appends `text` as a key to compare Vietnamese words by: lower case, letters with their quality
 * (ă â đ ê ô ơ ư), the tone moved to the end of its syllable (hòa = hoà), a y that ends a word
 * behind a consonant as i (kỹ = kĩ), one space between words and none at the ends. Letters of other
 * scripts stay. In NFC. The keys of "TP. Hoà Bình" and "tp hòa bình" are equal. */
void text_key(struct span text, struct buffer *out);

/* Appends a key whose bytes sort (span_compare) as the Vietnamese alphabet does: a ă â b c d đ e ê
 * …, tones ngang huyền hỏi ngã sắc nặng, syllable by syllable; digits before letters, other scripts
 * behind. Case and punctuation don't count, so two texts may share a key. The key is no text. */
void text_collate(struct span text, struct buffer *out);

/* A word as texts are searched by: letters and digits of any script, and where they stand. Both
 * forms are in UTF-8, of at most so many bytes; what is longer is cut. */
enum { TEXT_WORD_MAX = 64 };
struct text_word {
    size_t from, to; /* bytes of the text: its first, and the one behind its last */
    size_t plain_len, marked_len;
    char plain[TEXT_WORD_MAX];  /* small letters without their marks; đ is d */
    char marked[TEXT_WORD_MAX]; /* with them, the tone at the end (hòa = hoà); taken apart */
};
/* The next word of `text` that begins at byte `from` or later; false: there is none. */
bool text_word(struct span text, size_t from, struct text_word *out);
bool text_word_is_marked(const struct text_word *word); /* its two forms are not the same */

/* Columns a terminal needs: combining marks 0, wide characters 2. */
size_t text_width(struct span text);

/* Takes one line of at most so many columns off *rest, broken at a space where there is one, else
 * between two characters; what is taken has no space at its ends, and *rest none in front. */
struct span text_wrap(struct span *rest, size_t columns);

/* Appends `text` as a typewriter without our letters would write it: without their marks, đ as d,
 * quotes, dashes and dots as ASCII has them; what has no such form becomes "?". */
void text_ascii(struct span text, struct buffer *out);

/* The longest beginning of `text` within `bytes` that cuts no letter from its marks (and, if there
 * is a space in its last third, no word), without spaces at its end. */
struct span text_cut(struct span text, size_t bytes);

/* Takes one sentence off *rest, as span_cut does. It ends at a line end, or at . ! ? … with their
 * closing quotes before a space or the end; but not at the full stop of an initial (A.), of an
 * abbreviation (TP.) or of a number it begins with (1.). Trimmed; empty only if *rest was blank. */
struct span text_sentence(struct span *rest);
