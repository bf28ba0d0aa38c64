/* SPDX-License-Identifier: ISC */
/* webpage_parts.h - what the files that read a web page share. For webpage*.c alone. */
#pragma once

#include "wire/html.h"
#include "wire/webpage.h"

/* What the words of an element's class and id say that it is. */
enum word {
    WORD_ARTICLE = 1, /* the body of an article */
    WORD_CONTENT = 2, /* content of some kind: article, main, post, … */
    WORD_COMMENT = 4, /* what readers wrote */
    WORD_SHARE = 8,
    WORD_RELATED = 16, /* other stories */
    WORD_ADVERT = 32,
    WORD_NAVIGATION = 64,
    WORD_BYLINE = 128, /* who wrote it, and when */
    WORD_TAGS = 256,
    WORD_CAPTION = 512,
    WORD_PROMOTION = 1024, /* newsletters, subscriptions, apps */
    WORD_HIDDEN = 2048,
    WORD_LEAD = 4096,
    WORD_TITLE = 8192,
    WORD_PAYWALL = 16384,
    WORD_GALLERY = 32768,
    WORD_AUTHOR = 65536,
    WORD_QUOTE = 131072, /* pulled out of the text, where it stands, too */
};
/* As a table to look them up; made when it is first asked for, and kept. */
struct class_words;
const struct class_words *class_words_known(void);
unsigned class_words_of(const struct class_words *words, struct span classes);

/* What we know of an element; node->_private. Lengths are in characters, white space run together.
 */
struct part {
    unsigned kind;         /* html_kind */
    unsigned words;        /* of its class and id */
    bool parted;           /* there are blocks below it */
    bool said;             /* JSON-LD has it in the article's text */
    bool never;            /* it was gone from the beginning */
    bool gone;             /* it, and all below it, is no part of the article */
    unsigned text, linked; /* characters below it, those in links; without what is gone */
    unsigned own;          /* characters that stand in no deeper block */
    unsigned own_linked;
    unsigned commas; /* in what is its own */
    unsigned prose;  /* characters below it in blocks that read as prose */
    unsigned blocks; /* such blocks below it */
    double score;
};

static inline struct part *
part_of(const xmlNode *node)
{
    return node->_private;
}

/* Gives every element below `root` its part, with kind and words; and marks as gone what no reader
 * sees as article, whatever it holds. */
void parts_make(xmlNode *root, const struct class_words *words, struct region *region);
/* An element with its part, not yet in the tree. */
xmlNode *part_new(xmlDoc *document, const char *name, struct region *region);
/* Sums the lengths up anew. */
void parts_measure(xmlNode *root);
/* Where hardly anything is left, whatever holds half of the page is not gone: a <nav> that nobody
 * closed, an article that waits for a script to be shown. Measures anew. */
void parts_forgive(xmlNode *root);

/* The next element below `root` that is not gone; _over: without going into `node`. */
xmlNode *parts_next(xmlNode *node, const xmlNode *root);
xmlNode *parts_over(xmlNode *node, const xmlNode *root);
/* A block, and no other is below it. */
bool part_is_leaf(const xmlNode *node);
/* It has text of its own, long enough for a paragraph, and most of it is no link. */
bool part_is_prose(const xmlNode *node);
/* A list of links, a box that is mostly links. */
bool part_is_index(const xmlNode *node);
/* All of a leaf's text stands in elements of these names, NULL at the end; bold is <b>, <strong>.
 */
bool part_is_all(const xmlNode *leaf, const char *const names[]);
bool part_is_bold(const xmlNode *leaf);
bool part_is_to_the_right(const xmlNode *node);
bool part_has_picture(const xmlNode *node);
bool part_is_below(const xmlNode *node, const xmlNode *root);

/* The element that holds the article; NULL: none does. */
xmlNode *body_find(xmlNode *root);

/* What a block of text is by its words. */
enum phrase {
    PHRASE_NONE,
    PHRASE_DROP, /* "Share this", "Read more: …": no part of an article wherever it stands */
    PHRASE_LAST, /* "Follow us on …": no part of it at its end */
    PHRASE_CUT,  /* "Ý kiến bạn đọc", "Xem nhiều": what follows is no part of it either */
    PHRASE_RELATED, /* "Tin liên quan": nor is that, which tells of other stories about it */
};
struct page_phrases; /* as keys, likewise */
const struct page_phrases *page_phrases_known(void);
enum phrase phrase_of(const struct page_phrases *phrases, struct span text, struct span key);

/* Most of it are teasers of other stories. */
bool body_is_cards(xmlNode *body);
/* Makes captions, whatever they are, <figcaption>. */
void body_caption(xmlNode *body, struct region *region);

/* What a page says of itself, gathered from all the places where pages say it. Of each, the most
 * trusted counts. */
enum fact {
    FACT_TITLE,
    FACT_SUMMARY,
    FACT_AUTHOR,
    FACT_SECTION,
    FACT_SITE,
    FACT_PUBLISHED,
    FACT_MODIFIED,
    FACT_IMAGE,
    FACT_LANG,
    FACT_CANONICAL,
    FACT_BODY, /* the article's text as JSON-LD has it */
    FACT_COUNT
};

/* Where it was said, most trusted first. */
enum trust {
    TRUST_LD,
    TRUST_OPEN_GRAPH,
    TRUST_META,
    TRUST_LINK,
    TRUST_TIME,
    TRUST_TEXT,
    TRUST_NONE
};

struct facts {
    struct span at[FACT_COUNT]; /* clean */
    enum trust trust[FACT_COUNT];
    struct span_list tags, breadcrumb;
    struct span_list keywords; /* for search engines: tags where there are no others */
    bool article;              /* it says that it is one */
    bool listing;              /* it says that it is a list of others, or no article at all */
    bool live, unfree, unindexed;
    unsigned article_properties; /* of <meta property="article:…"> */
    struct region *region;
};

/* Keeps `text`, cleaned, unless a better trusted one is there, or it is none. */
void facts_say(struct facts *facts, enum fact fact, enum trust trust, struct span text);
void facts_tag(struct facts *facts, struct span_list *list, struct span text);
/* A name without "By " or "Tác giả:" in front. */
struct span bare_name(struct span text);
/* What the scripts of ld+json say. Broken ones say nothing. */
void facts_from_ld(struct facts *facts, struct spans scripts);
/* What <meta>, <link>, <html>, <title> and <time> say. */
void facts_from_head(struct facts *facts, xmlNode *root);

/* A page while it is read. */
struct survey {
    xmlNode *root, *body;
    const xmlNode *title;
    struct facts facts;
    const struct page_phrases *phrases;
    const struct class_words *words;
    struct region *region;
    bool cards; /* body_is_cards */
};

/* The element of the page's headline, or NULL; *line is the headline as it should read. The body
 * must be known. */
const xmlNode *title_find(struct survey *survey, struct span *line);
/* The paragraph above the body, or its first, that is the article's lead; NULL: none stands out. */
xmlNode *lead_find(struct survey *survey);
/* Fills the page's; one that is no paragraph among others is taken out of the body. */
void lead_take(struct survey *survey, xmlNode *lead, struct webpage *page);
/* Finds what facts don't tell: author, date, the way there, tags, other stories. Before the body is
 * cleaned. */
void survey_around(struct survey *survey, struct webpage *page);
/* Fills page->related. For survey_around. */
void survey_related(struct survey *survey, struct webpage *page);
/* What the page is worth. `text` is the body's. */
void survey_judge(const struct survey *survey, struct span text, struct webpage *page);
/* Marks what is no part of the article below its body: names that are no article's, boxes of links,
 * what stands above it and below. */
void body_clean(struct survey *survey, struct span title);
/* The pictures between the headline and the body, at most so many; how many. */
size_t figures_above(struct survey *survey, xmlNode **into, size_t most);

/* Marks the paragraphs that JSON-LD has in the article's text; how long they are, 0: too few to
 * tell anything. */
unsigned said_confirm(struct survey *survey);
/* `body`, or, if it has not most of them, the lowest element that has. */
xmlNode *said_widen(xmlNode *body, xmlNode *root, unsigned confirmed);
/* That text as an element, at the page's end; NULL: there is none. */
xmlNode *said_body(struct survey *survey);
