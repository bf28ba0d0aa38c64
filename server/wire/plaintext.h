/* SPDX-License-Identifier: ISC */
/* plaintext.h - a newspaper page saved as plain text, read as an editor would: the article, and the
 * teasers of related stories below it. Pure.
 *
 * What is a heading, a name, a caption is judged by its shape and its neighbours; only what every
 * newspaper has around its articles (furniture.h) is known by its words. */
#pragma once

#include "base/region.h"
#include "base/span.h"
#include "base/status.h"

enum {
    PLAINTEXT_BYTES_MAX = 1024 * 1024, /* cleaned up, it may be three times as long */
    PLAINTEXT_TEASERS_MAX = 64,        /* as many as a story can name as related */
};

struct teaser {
    struct span title, text;
    bool cut; /* the page cut the text off: it ends in "…" */
};

/* All in NFC, one paragraph per span, each fit to be shown (text_clean). */
struct plaintext {
    struct span title, author; /* author empty where the page has none */
    struct span lead;
    struct spans section;    /* from a breadcrumb; usually none */
    struct spans tags;       /* from "Từ khóa: …" */
    struct span dateline;    /* place named at the lead's beginning; empty */
    struct spans paragraphs; /* the body's without lead, headings and captions */
    struct span body;        /* gemtext: lead, paragraphs, ## headings, captions */
    const struct teaser *teasers;
    size_t teaser_count;
    size_t teasers_left; /* more than PLAINTEXT_TEASERS_MAX */
    struct span date;    /* as date_parse reads it, as exactly as the page says; empty */
    bool mended;         /* the page held bytes that are no UTF-8: they are U+FFFD now */
};

/* STATUS_BAD, STATUS_LIMIT: *fault says what is wrong with the page, and *out is untouched. */
enum status plaintext_parse(struct span bytes, struct region *region, struct plaintext *out,
                            struct fault *fault) MUST_CHECK;
