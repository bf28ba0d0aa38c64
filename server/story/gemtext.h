/* SPDX-License-Identifier: ISC */
/* gemtext.h - text/gemini, line by line (gemtext specification 0.24.1).
 *
 * Pure. Reading walks borrowed bytes; writing appends lines that can't be mistaken for others. */
#pragma once

#include "base/buffer.h"
#include "base/span.h"
#include "base/status.h"
#include "base/uri.h"

enum gemline_kind {
    GEMLINE_TEXT,
    GEMLINE_LINK,
    GEMLINE_TOGGLE, /* ```; text is the alt text of an opening one */
    GEMLINE_PREFORMATTED,
    GEMLINE_HEADING, /* level 1 to 3 */
    GEMLINE_ITEM,
    GEMLINE_QUOTE,
};

struct gemline {
    enum gemline_kind kind;
    int level;          /* of a heading */
    struct span whole;  /* the line without its line end */
    struct span text;   /* without its mark; a link's label (empty where it has none) */
    struct span target; /* of a link */
    size_t number;      /* counted from 1 */
};

struct gemtext {
    struct span rest;
    bool preformatted;
    size_t number;
};

struct gemtext gemtext_walk(struct span text);
/* The next line; false at the end. */
bool gemtext_next(struct gemtext *walk, struct gemline *out);

/* Whether `text` is valid gemtext as DESIGN 7 means it: UTF-8, NFC, no control bytes, LF line ends
 * and a last one, no space before or tab in a line type's mark (but the one space that makes a text
 * of what would read as something else), every link a valid URI reference with a label,
 * preformatted blocks closed, and `heading_1` level-1 headings (0: a story's body; 1: a page, where
 * it is the first line). The empty text is fine where heading_1 is 0. */
enum status gemtext_check(struct span text, int heading_1, struct fault *fault) MUST_CHECK;

/* Each appends one line (preformatted: as many as it has), and gemtext_check takes them all. Text
 * is made fit with text_clean; what would read as another line type gets one space before it; an
 * empty text adds an empty line. */
void gemtext_add_text(struct buffer *out, struct span text);
void gemtext_add_heading(struct buffer *out, int level, struct span text);
void gemtext_add_item(struct buffer *out, struct span text);
void gemtext_add_quote(struct buffer *out, struct span text);
/* What may not stand in a URI is percent-encoded; an empty label becomes the target. A target that
 * can't be saved (a port that is none), or that gemtext_may_link_to refuses, leaves a text line
 * with what was to be a link. */
void gemtext_add_link(struct buffer *out, struct span target, struct span label);
/* Whether readers may be led there by what was not written by hand: a relative reference, or one of
 * a scheme that only fetches or writes mail. */
bool gemtext_may_link_to(const struct uri *uri);
/* A link's label that would read as an entry of a feed: "2024-07-01 …". */
bool gemtext_begins_with_date(struct span label);
/* Lines keep their spaces; tabs become some, controls and invisibles go. */
void gemtext_add_preformatted(struct buffer *out, struct span alt, struct span lines);
void gemtext_add_blank(struct buffer *out); /* unless the last line is blank, or there is none */
