/* SPDX-License-Identifier: ISC */
/* feed.h - a feed as an editor would read it: RSS 0.9 to 2.0, Atom, JSON Feed, and what people take
 * for them (specs refresh 1). Bytes in, values out: nothing is fetched, no entity loaded.
 *
 * What a person would understand is understood: a stray &, control bytes, tags that don't close,
 * escapes of escapes, dates of all kinds. What is no feed is refused, and so is what only a foe
 * would write. */
#pragma once

#include "base/region.h"
#include "base/span.h"
#include "base/status.h"

enum {
    FEED_BYTES_MAX = 4 * 1024 * 1024,
    FEED_SNIFF_BYTES = 512,       /* by these one sees that it is a feed */
    FEED_ITEMS_MAX = 500,         /* the first of a feed */
    FEED_DEPTH_MAX = 64,          /* elements within elements */
    FEED_ATTRIBUTES_MAX = 64,     /* of one element */
    FEED_TEXT_MAX = 1024 * 1024,  /* bytes of one text */
    FEED_LIST_MAX = 32,           /* tags, media of one item */
    FEED_AHEAD_MAX = 24 * 60 * 60 /* seconds: a date further ahead is none */
};

enum feed_kind { FEED_RSS, FEED_ATOM, FEED_JSON };
enum feed_medium { FEED_MEDIUM_OTHER, FEED_MEDIUM_IMAGE, FEED_MEDIUM_AUDIO, FEED_MEDIUM_VIDEO };

struct feed_media {
    struct span url;  /* absolute */
    struct span type; /* as the feed has it: "image/jpeg"; may be empty */
    struct span title;
    enum feed_medium medium;
    uint64_t bytes; /* 0: it does not say */
};

/* Texts are in NFC. A title, a name, a tag is one clean line (text_clean) without markup; summary
 * and body are HTML to be read as part of a page at `base`, whatever the feed had. What the feed
 * does not say is empty. */
struct feed_item {
    struct span id;    /* never empty: the feed's own, else the address, else a hash; a hint only,
                        * as feeds use one twice, and change them */
    struct span url;   /* of its page; absolute, http or https */
    struct span other; /* what it is about, elsewhere: a link blog's */
    struct span title; /* some have none */
    struct span summary, body;
    struct span base;               /* absolute: what links in the HTML are relative to */
    struct span author;             /* several: "A, B" */
    struct span lang;               /* where the item itself says so */
    struct span published, updated; /* as date_parse reads them, to the second or the day */
    bool ahead;     /* a date was in the future: then it is `now`, or empty beyond FEED_AHEAD_MAX */
    bool id_shared; /* another item of this feed has the same id */
    struct spans tags;
    struct {
        const struct feed_media *at;
        size_t count;
    } media; /* the largest picture first among pictures */
};

struct feed {
    enum feed_kind kind;
    struct span title, summary, lang; /* lang is what it says: some say "vi" and are not */
    struct span url;                  /* of the site; absolute */
    const struct feed_item *items;    /* in the feed's order */
    size_t item_count;
    size_t items_left;   /* more than FEED_ITEMS_MAX */
    int64_t every;       /* seconds between two looks that it asks for (ttl, sy:); 0: none */
    uint32_t skip_hours; /* bit 0: midnight to one, UTC */
    unsigned skip_days;  /* bit 0: Sunday */
    const char *charset; /* it was read in */
    bool mended;         /* it held bytes that are nothing in that */
    bool malformed;      /* no well-formed XML: read as a person would */
    bool cut;            /* it ends in the middle; an item without its end is left out */
};

struct feed_options {
    struct span url;      /* where it was found in the end, redirects followed; may be empty */
    struct span charset;  /* of the HTTP header: decode.h */
    struct span encoding; /* set for the source by hand: decode.h */
    int64_t now;
};

/* STATUS_BAD: it is none; STATUS_LIMIT: it is larger than we take. *fault says why, and *out is
 * untouched. Everything lives in the region. */
enum status feed_read(struct span bytes, const struct feed_options *options, struct region *region,
                      struct feed *out, struct fault *fault) MUST_CHECK;

/* The beginning of a document looks as feeds do. */
bool feed_is_likely(struct span bytes);

/* The feed asks not to be looked at in this hour or on this day. */
bool feed_skips(const struct feed *feed, int64_t instant);
