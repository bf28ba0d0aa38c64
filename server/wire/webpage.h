/* SPDX-License-Identifier: ISC */
/* webpage.h - a page of the web as an editor would read it: what it says of itself, and which of
 * its nodes are the article (specs refresh 3). Bytes in, values out: nothing is fetched, no entity
 * loaded, no script run.
 *
 * The body is given as nodes of libxml2's tree, in the page's order, with all that is no part of
 * the article (share buttons, advertising, lists of other stories, bylines, hidden things) taken
 * out of them, and with captions as <figcaption> whatever they were. Whatever else is in them
 * belongs to the article: headings, paragraphs, lists, quotes, tables, pictures, <pre>, links. */
#pragma once

#include "base/buffer.h"
#include "base/region.h"
#include "base/span.h"
#include "base/status.h"

struct _xmlNode; /* libxml2's */
struct _xmlDoc;

enum {
    WEBPAGE_BYTES_MAX = 6 * 1024 * 1024,
    WEBPAGE_DEPTH_MAX = 250,     /* what is nested deeper is flattened */
    WEBPAGE_ATTRIBUTES_MAX = 64, /* of one element; the others are dropped */
    WEBPAGE_RELATED_MAX = 64,
};

enum webpage_verdict {
    WEBPAGE_WHOLE,      /* the article is there, whole */
    WEBPAGE_PAYWALL,    /* for subscribers: what is there is a beginning */
    WEBPAGE_LOGIN,      /* for those who log in */
    WEBPAGE_NO_ARTICLE, /* a front page, a section, a gallery, an error */
    WEBPAGE_DOUBTFUL,   /* something was found, but it may not be the article */
};

/* What a source may set for its pages; empty: found out. Each is a selector: names, .classes, #ids
 * and [attribute] or [attribute=value], a space for "below", a comma for "or":
 * "article .content, #main-detail". */
struct webpage_recipe {
    struct span body, remove, title, lead, author, date;
};

struct webpage_options {
    struct span url;      /* where the page was found in the end; may be empty */
    struct span charset;  /* of the HTTP header: decode.h */
    struct span encoding; /* set for the source by hand: decode.h */
    struct webpage_recipe recipe;
    int64_t now; /* no date lies much behind it */
};

struct webpage_link {
    struct span href; /* as the page has it: to be resolved by its base */
    struct span text;
};

/* Every text is in NFC and clean (text_clean), and empty where the page has none. */
struct webpage {
    struct span title, site; /* the title without the site's name */
    struct span lead;        /* the paragraph that opens it (sapo), where one stands out */
    bool lead_in_body;       /* it is the body's first paragraph, too; else it stands before it */
    struct span summary;     /* what it tells search engines that it is about */
    struct span author, section, lang;
    struct span dateline;  /* a place that stands before the lead in its own element */
    struct span canonical; /* as the page has it */
    struct span base;      /* what to resolve links by: its <base>, else its own address */
    struct span image;
    struct span published, modified; /* as date_parse reads them */
    struct spans tags, breadcrumb;
    struct {
        const struct webpage_link *at;
        size_t count;
    } related;
    bool live;           /* told while it happens: it will change */
    bool unindexed;      /* it asks not to be kept: noindex, noarchive */
    const char *charset; /* it was read in */
    bool mended;         /* it held bytes that are nothing in that */
    enum webpage_verdict verdict;
    const char
        *reason; /* why it isn't whole, in words for a person: "it says it is for subscribers" */
    /* Empty unless there is something that may be shown: a whole article, or what a paywall left.
     */
    struct _xmlNode *const *body;
    size_t body_count;
    struct _xmlDoc *document; /* webpage_fini frees it */
};

/* STATUS_LIMIT, STATUS_BAD: it is too large, or no HTML; *fault says so, and there is nothing to
 * free. Everything but the nodes lives in the region. */
enum status
webpage_read(struct span bytes, const struct webpage_options *options, struct region *region,
             struct webpage *out, struct fault *fault) MUST_CHECK;
void webpage_fini(struct webpage *page);

/* Appends the body's text, a line for each block, without captions. */
void webpage_text(const struct webpage *page, struct buffer *out);

/* The selector can be read; else STATUS_BAD, with words about it. */
enum status webpage_check_selector(struct span selector, struct fault *fault) MUST_CHECK;
