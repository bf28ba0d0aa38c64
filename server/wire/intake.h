/* SPDX-License-Identifier: ISC */
/* intake.h - a page that has been read becomes stories: summarised, dated, filed. Pure. */
#pragma once

#include "story/story.h"
#include "wire/filing.h"
#include "wire/plaintext.h"
#include "wire/terms.h"

struct intake_options {
    struct spans cities, themes; /* set by hand, for the article */
    struct span date;            /* of the article, set by hand; as date_parse reads it */
    struct span lang, source;    /* empty: none given */
    struct span updated;         /* when the source changed it, as date_parse reads it */
    struct span site;            /* what the source is called; may be empty */
    bool alone;                  /* the source is the address of this story and of no other */
    bool partial;                /* what is there is not the whole article */
    int64_t now;
};

struct shelved; /* shelf.h */

/* One story before it has an address. */
struct arrival {
    struct story story; /* without added, related and imported */
    struct filing filing;
    struct span slug;           /* made of its title; who places it may add a number */
    bool teaser;                /* all we know of it is what another page said */
    bool alone, partial;        /* as the options say */
    struct span updated;        /* likewise */
    const struct shelved *same; /* the story it is known to be; NULL: none that is known */
};

struct arrivals {
    struct arrival *at; /* the article first */
    size_t count;
    bool future; /* the page's date lies ahead of us: left out */
};

enum { INTAKE_SUMMARY_BYTES = 300, INTAKE_AHEAD_MAX = 24 * 60 * 60 };

/* The article and its teasers. */
void intake_make(const struct plaintext *page, const struct terms *terms,
                 const struct intake_options *options, struct region *region, struct arrivals *out);
