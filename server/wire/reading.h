/* SPDX-License-Identifier: ISC */
/* reading.h - what stands in a feed, on a page or in a text, whichever it is, as documents that
 * intake can take. Pure.
 *
 * Reading meets whatever the web has: it is done in a cell (reader.h), so a reading is also a row
 * of bytes that goes through its socket, and is checked when it comes out. */
#pragma once

#include "wire/plaintext.h"
#include "wire/source.h"

struct reading_options {
    enum source_kind kind; /* ANY: found out */
    struct span url;       /* where it was found in the end; may be empty */
    struct span type;      /* Content-Type; may be empty */
    struct span encoding, language;
    struct webpage_recipe recipe;
    enum conversion_links links;
    bool no_images;
    int64_t now;
};

/* One story as it was read. */
struct document {
    struct plaintext text; /* body: gemtext; empty where there is none that may be shown */
    struct span url;       /* its own address; absolute; may be empty */
    struct span canonical; /* what it says is its address; absolute; may be empty */
    struct span id;        /* in its feed */
    struct span lang;
    struct span summary;  /* where it has one apart from the text */
    struct span updated;  /* as date_parse reads it; empty: it was not, or not after its date */
    struct span reason;   /* why it is not whole, for a person; empty where it is */
    struct span facts;    /* a hash of what its feed says of it: the same as long as that is */
    struct spans related; /* addresses of other stories; absolute */
    bool whole;           /* the text is the article, not its beginning or a teaser */
    bool unindexed;       /* it asks not to be kept */
    bool live;            /* told while it happens */
    bool bare_id;         /* its id is shared: it tells nothing */
};

struct reading {
    enum source_kind kind; /* never ANY */
    struct span title;     /* of the feed, or of the site */
    const struct document *at;
    size_t count; /* 1 of what is no feed */
    size_t left;  /* more of them than one feed may bring */
    int64_t every;
    uint64_t skip_hours, skip_days; /* feed.h */
    bool mended, malformed, cut;
};

/* STATUS_BAD, STATUS_LIMIT: *fault says why there is nothing. */
enum status
reading_make(struct span bytes, const struct reading_options *options, struct region *region,
             struct reading *out, struct fault *fault) MUST_CHECK;

/* As bytes, and back: STATUS_BAD where they hold no reading, or one that reading_make can't have
 * made. Spans borrow from the bytes. */
void reading_print(const struct reading *reading, struct buffer *out);
enum status reading_parse(struct span bytes, struct region *region, struct reading *out) MUST_CHECK;
void reading_options_print(const struct reading_options *options, struct buffer *out);
/* Takes them off the front of *bytes. */
bool reading_options_parse(struct span *bytes, struct reading_options *out);
