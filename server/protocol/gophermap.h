/* SPDX-License-Identifier: ISC */
/* gophermap.h - what Gopher's readers see: menus, and pages as text. Pure. */
#pragma once

#include "protocol/protocol.h"

/* Types that stand in front of an item, and that clients write in front of a selector. */
bool gophermap_is_type(char type);

/* Each appends a whole answer but for files. Every line of a menu has its three tabs, whatever the
 * page is made of; no line is wider than 67 columns but where it was preformatted. */
void gophermap_print_menu(const struct page *page, const struct origin *origin, struct buffer *out);
void gophermap_print_text(const struct page *page, const struct origin *origin, struct buffer *out);
/* Asks for words to search for; `title` is what the item is called. */
void gophermap_print_prompt(struct span words, struct span title, const struct origin *origin,
                            struct buffer *out);
void gophermap_print_error(struct span words, const struct origin *origin, struct buffer *out);
