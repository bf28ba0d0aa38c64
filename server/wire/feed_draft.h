/* SPDX-License-Identifier: ISC */
/* feed_draft.h - a feed that is being read: what XML and JSON say alike becomes the same values.
 * For feed*.c alone. */
#pragma once

#include "wire/feed.h"

struct draft_media {
    struct feed_media media; /* url as the feed has it */
    uint64_t size;           /* of a picture: width by height, or a guess */
};

/* One item under way; lists hold what was added so far, each thing once. */
struct draft_item {
    struct feed_item item;
    struct span_list tags, authors;
    struct draft_media media[FEED_LIST_MAX];
    size_t media_count;
};

struct draft {
    struct region *region;
    const struct feed_options *options;
    struct feed feed;
    struct span base;        /* absolute, or empty: what the document's links are relative to */
    struct feed_item *items; /* of feed.item_count; room for FEED_ITEMS_MAX */
    struct draft_item now;
    bool unfinished; /* the document ends within its last item */
};

void draft_init(struct draft *draft, const struct feed_options *options, struct region *region);

/* false: there are too many already, and it was counted. */
bool draft_begin(struct draft *draft);
/* The item is whole: it gets its id, its dates are judged. One that says nothing is left out. */
void draft_end(struct draft *draft);
/* The feed is whole. */
void draft_finish(struct draft *draft);

/* Each fills *into, unless there is something in it already, or nothing in `text`. */
void draft_line(struct draft *draft, struct span text, struct span *into);
/* A title in plain text or HTML; what was escaped once too often is decoded once more. */
void draft_title(struct draft *draft, struct span text, bool html, struct span *into);
void draft_html(struct draft *draft, struct span html, struct span *into);
/* Plain text, as HTML: paragraphs where it has blank lines. */
void draft_plain(struct draft *draft, struct span text, struct span *into);
void draft_date(struct draft *draft, struct span text, struct span *into);
void draft_lang(struct draft *draft, struct span text, struct span *into);
/* A page's address; what is none, or is no page's, is left out. */
void draft_link(struct draft *draft, struct span base, struct span text, struct span *into);

/* Each adds to the item under way, what is not there yet. */
void draft_tag(struct draft *draft, struct span text);
/* "Tên", "Tên <a@b.vn>", "a@b.vn (Tên)": nobody's mail address is told. */
void draft_author(struct draft *draft, struct span text);
/* media.url is resolved; `size` as in draft_media. */
void
draft_media(struct draft *draft, struct span base, const struct feed_media *media, uint64_t size);
