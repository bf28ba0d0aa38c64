/* SPDX-License-Identifier: ISC */
/* plain.h - a page as lines of plain text, reflowed, and links among them: what Gopher and Nex
 * print. Pure. */
#pragma once

#include "protocol/protocol.h"

enum { PLAIN_COLUMNS = 67 };

/* Where a link leads, seen from its page. */
struct place {
    bool ours;         /* on this capsule: `path` and `query`, percent-encoded; else only `url` */
    struct span path;  /* absolute */
    struct span query; /* at NULL: there is none */
    struct span url;   /* as the page has it, or with `path` put together */
};

struct plain {
    const struct page *page;
    const struct origin *origin;
    struct buffer *out;
    /* One line: clean text in the origin's letters, of at most PLAIN_COLUMNS but where it was
     * preformatted. */
    void (*line)(struct plain *plain, struct span text);
    /* A link; the label is such text, too, but not yet cut into lines. */
    void (*link)(struct plain *plain, const struct place *place, struct span label);
    void (*headed)(struct plain *plain); /* behind the first heading and its lines; NULL: nothing */
};

void plain_print(struct plain *plain);
/* `text` in lines: `first` before the first of them, `next`, as wide, before the others. */
void plain_add(struct plain *plain, struct span text, struct span first, struct span next);
/* Appends words of ours in the origin's letters, as one clean line. */
void plain_words(const struct origin *origin, struct span words, struct buffer *out);
