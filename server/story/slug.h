/* SPDX-License-Identifier: ISC */
/* slug.h - the names stories, cities and themes have in addresses. */
#pragma once

#include "base/buffer.h"
#include "base/span.h"

enum { SLUG_MAX = 100, SLUG_MADE_MAX = 80 }; /* bytes; made ones are cut at a word */

/* [a-z0-9] words with single hyphens between, 1 to SLUG_MAX bytes. */
bool slug_is_valid(struct span slug);
/* A story's may further not be `gone`: moved.yaml says something else with that word. */
bool slug_is_valid_for_story(struct span slug);
/* A term's slug may further not be all digits, nor the name of a page below a term: archive feed
 * undated (atom.xml is no slug anyway). */
bool slug_is_valid_for_term(struct span slug);
/* Appends the slug of a title: "Hà Nội: 5 điều" -> "ha-noi-5-dieu"; nothing where no letter is
 * left. Never `gone`. */
void slug_make(struct span title, struct buffer *out);
