/* SPDX-License-Identifier: ISC */
/* html.h - a page in the clothes of the web: HTML without script, with one small style of its own.
 *
 * Pure: what is printed is a function of the page and the dress. No text of a page can become
 * markup, whatever it holds. */
#pragma once

#include "base/buffer.h"
#include "protocol/reply.h"

/* What all pages of a capsule wear, in the language of the one that is printed. Borrowed. */
struct html_dress {
    struct span base;   /* "https://example.org": what must be absolute begins with it */
    struct span gemini; /* "gemini://example.org": where the same page is */
    struct span title;  /* the capsule's */
    struct span skip, search, prompt, cities, themes, archive; /* words */
};

void html_print(const struct page *page, const struct html_dress *dress, struct buffer *out);
/* What is to be said where there is no page; with the form to type words into, as all have. */
void html_print_words(struct span words, struct span lang, const struct html_dress *dress,
                      struct buffer *out);
/* The value of Content-Security-Policy that such pages hold to: the style by its hash, nothing from
 * elsewhere, no script. */
const char *html_policy(void);
