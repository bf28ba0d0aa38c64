/* SPDX-License-Identifier: ISC */
/* galley.h - gemtext as it is set, block by block: what a text becomes is decided by the lists and
 * quotes that are open around it. Pure. */
#pragma once

#include "base/buffer.h"
#include "wire/conversion.h"
#include "wire/media.h"
#include "wire/prose.h"

enum { GALLEY_LISTS_MAX = 16, GALLEY_HEADINGS = 6 };

enum galley_block {
    GALLEY_NOTHING,
    GALLEY_TEXT,
    GALLEY_HEADING,
    GALLEY_ITEM,
    GALLEY_QUOTE,
    GALLEY_LINK,
    GALLEY_IMAGE,
    GALLEY_PREFORMATTED,
};

struct galley_link {
    struct span target, label;
};

struct galley {
    const struct conversion_options *options;
    struct region *region;
    struct buffer out, block; /* all that is set; what is being set */
    size_t most;
    enum galley_block last;
    struct galley_list {
        bool numbered;
        long number; /* of the next item */
    } lists[GALLEY_LISTS_MAX];
    int listed;   /* lists that are open; deeper ones than GALLEY_LISTS_MAX count as that one */
    int quoted;   /* quotes that are open */
    int held;     /* what is being set in several blocks, with its links behind the last */
    bool listing; /* something of the outermost list is set */
    long item;    /* the next text begins an item, of this number; -1: none; 0: of no number */
    int headings[GALLEY_HEADINGS]; /* levels in the document of those around */
    int heading_count;
    struct galley_link *due; /* links that are to stand below what is open; all, at the end */
    size_t due_count, due_room;
    struct span_list seen;       /* targets, each of which is told once */
    struct span_list paragraphs; /* see struct conversion */
    size_t text_bytes;
    struct span caption; /* what the image just set is called; as a key */
    bool cut;
};

void
galley_init(struct galley *galley, const struct conversion_options *options, struct region *region);
void galley_fini(struct galley *galley);
/* Links that wait are set, and *out is filled. */
void galley_finish(struct galley *galley, struct conversion *out);

/* A paragraph, or one line of a verse, with the links that stand in it. */
void
galley_passage(struct galley *galley, const struct prose *prose, const struct passage *passage);
/* A text without links: an attribution, a row. */
void galley_text(struct galley *galley, struct span text);
/* `level` is the document's, 1 to 6. None is deeper than one below that around it, nor above ##. */
void galley_heading(struct galley *galley, int level, struct span text);
void galley_preformatted(struct galley *galley, struct span alt, struct span lines);
/* `words` (maybe none) is its caption; what a label has no room for stands below it. Once each. */
void galley_media(struct galley *galley, const struct media *media, struct span words);

/* What is set next does not belong to what was set last. */
void galley_part(struct galley *galley);
/* `first` is the first item's number. */
void galley_open_list(struct galley *galley, bool numbered, long first);
void galley_close_list(struct galley *galley);
/* The next text is an item; `number` (0: the next one) of a list that is numbered. */
void galley_open_item(struct galley *galley, long number);
void galley_close_item(struct galley *galley);
void galley_open_quote(struct galley *galley);
void galley_close_quote(struct galley *galley);

/* A link that stands by itself. */
void galley_link(struct galley *galley, struct span target, struct span label);
/* All links of the prose, to stand below what is open. */
void galley_note_links(struct galley *galley, const struct prose *prose);
/* One more, which the document has as an attribute. */
void galley_note(struct galley *galley, struct span target, struct span label);
/* Links that wait are set here, if nothing is open. */
void galley_settle(struct galley *galley);
