/* SPDX-License-Identifier: ISC */
#include "wire/webpage_parts.h"

#include "wire/furniture.h"
#include "wire/lines.h"

enum { LONGEST = 300 };

/* What a block may begin with, or be as a whole, by its key. English and Vietnamese are what the
 * pages we meet are in; the words of other languages that are here are as common. */
static const struct row {
    enum phrase phrase;
    bool whole;
    struct span words;
} rows[] = {
#define BEGINS(phrase, text)      \
    {                             \
        phrase, false, SPAN(text) \
    }
#define IS(phrase, text)         \
    {                            \
        phrase, true, SPAN(text) \
    }
    IS(PHRASE_DROP, "advertisement"),
    IS(PHRASE_DROP, "advertising"),
    IS(PHRASE_DROP, "sponsored"),
    IS(PHRASE_DROP, "ad"),
    IS(PHRASE_DROP, "close"),
    IS(PHRASE_DROP, "loading"),
    IS(PHRASE_DROP, "share"),
    IS(PHRASE_DROP, "share this"),
    IS(PHRASE_DROP, "share this article"),
    IS(PHRASE_DROP, "share this story"),
    IS(PHRASE_DROP, "tweet"),
    IS(PHRASE_DROP, "print"),
    IS(PHRASE_DROP, "comments"),
    IS(PHRASE_DROP, "text size"),
    IS(PHRASE_DROP, "story continues"),
    IS(PHRASE_DROP, "story continues below"),
    IS(PHRASE_DROP, "article continues below"),
    IS(PHRASE_DROP, "related"),
    IS(PHRASE_DROP, "read more"),
    IS(PHRASE_DROP, "show more"),
    IS(PHRASE_DROP, "load more"),
    IS(PHRASE_DROP, "image"),
    IS(PHRASE_DROP, "video"),
    IS(PHRASE_DROP, "subscribe"),
    IS(PHRASE_DROP, "subscribe now"),
    IS(PHRASE_DROP, "sign up"),
    BEGINS(PHRASE_DROP, "click here to"),
    BEGINS(PHRASE_DROP, "click here for"),
    BEGINS(PHRASE_DROP, "story continues below advertisement"),
    BEGINS(PHRASE_DROP, "scroll down to"),
    BEGINS(PHRASE_DROP, "sign up for our"),
    BEGINS(PHRASE_DROP, "sign up to our"),
    BEGINS(PHRASE_DROP, "sign up here"),
    BEGINS(PHRASE_DROP, "subscribe to our"),
    BEGINS(PHRASE_DROP, "subscribe here"),
    BEGINS(PHRASE_DROP, "get the latest"),
    BEGINS(PHRASE_LAST, "follow"),
    BEGINS(PHRASE_LAST, "like us on"),
    BEGINS(PHRASE_LAST, "subscribe"),
    BEGINS(PHRASE_LAST, "sign up"),
    BEGINS(PHRASE_LAST, "email"),
    BEGINS(PHRASE_LAST, "contact"),
    BEGINS(PHRASE_LAST, "write to"),
    BEGINS(PHRASE_LAST, "read more"),
    BEGINS(PHRASE_LAST, "read next"),
    BEGINS(PHRASE_LAST, "more from"),
    BEGINS(PHRASE_LAST, "copyright"),
    BEGINS(PHRASE_LAST, "all rights reserved"),
    BEGINS(PHRASE_LAST, "this article originally appeared"),
    BEGINS(PHRASE_LAST, "this article was originally"),
    BEGINS(PHRASE_LAST, "this story was originally"),
    BEGINS(PHRASE_LAST, "originally published"),
    BEGINS(PHRASE_LAST, "join the conversation"),
    BEGINS(PHRASE_LAST, "send us"),
    BEGINS(PHRASE_LAST, "have a tip"),
    BEGINS(PHRASE_LAST, "got a tip"),
    BEGINS(PHRASE_LAST, "download"),
    BEGINS(PHRASE_LAST, "watch"),
    BEGINS(PHRASE_LAST, "filed under"),
    BEGINS(PHRASE_LAST, "tags"),
    BEGINS(PHRASE_LAST, "topics"),
    BEGINS(PHRASE_LAST, "posted in"),
    BEGINS(PHRASE_LAST, "source"),
    BEGINS(PHRASE_LAST, "published"),
    BEGINS(PHRASE_LAST, "first published"),
    BEGINS(PHRASE_LAST, "updated"),
    BEGINS(PHRASE_LAST, "last updated"),
    BEGINS(PHRASE_LAST, "posted"),
    BEGINS(PHRASE_LAST, "reach"),
    BEGINS(PHRASE_LAST, "prices are"),
    IS(PHRASE_DROP, "more"),
    IS(PHRASE_DROP, "don't miss"),
    IS(PHRASE_DROP, "see more"),
    IS(PHRASE_DROP, "see also"),
    IS(PHRASE_DROP, "read also"),
    IS(PHRASE_DROP, "also read"),
    IS(PHRASE_DROP, "watch"),
    IS(PHRASE_DROP, "play"),
    IS(PHRASE_DROP, "caption"),
    IS(PHRASE_DROP, "view comments"),
    IS(PHRASE_DROP, "continue reading"),
    IS(PHRASE_DROP, "listen to this article"),
    IS(PHRASE_RELATED, "related news"),
    IS(PHRASE_RELATED, "related articles"),
    IS(PHRASE_RELATED, "related stories"),
    IS(PHRASE_RELATED, "related posts"),
    IS(PHRASE_RELATED, "related post"),
    IS(PHRASE_RELATED, "related content"),
    IS(PHRASE_RELATED, "you may also like"),
    IS(PHRASE_RELATED, "you might also like"),
    IS(PHRASE_RELATED, "more stories"),
    IS(PHRASE_RELATED, "more news"),
    IS(PHRASE_CUT, "most popular"),
    IS(PHRASE_CUT, "most read"),
    IS(PHRASE_RELATED, "recommended for you"),
    IS(PHRASE_CUT, "leave a reply"),
    IS(PHRASE_CUT, "leave a comment"),
    IS(PHRASE_CUT, "post a comment"),
    IS(PHRASE_CUT, "about the author"),
};

enum { ROWS = sizeof rows / sizeof rows[0] };

struct page_phrases {
    const struct phrasebook *furniture;
    struct span keys[ROWS];
};

const struct page_phrases *
page_phrases_known(void)
{
    static struct page_phrases phrases;
    static struct region *region;
    if (region != NULL)
        return &phrases;
    region = region_new();
    phrases.furniture = phrasebook_known();
    for (size_t i = 0; i < ROWS; i++)
        phrases.keys[i] = line_key(rows[i].words, region);
    return &phrases;
}

static bool
begins_with_words(struct span key, struct span words)
{
    return span_starts(key, words) && (key.len == words.len || key.at[words.len] == ' ');
}

static enum phrase
of_furniture(enum furniture furniture)
{
    switch (furniture) {
    case FURNITURE_SHARE:
    case FURNITURE_HOME:
    case FURNITURE_SECTION:
    case FURNITURE_POINTER:
        return PHRASE_DROP;
    case FURNITURE_RELATED:
        return PHRASE_RELATED;
    case FURNITURE_FOREIGN:
    case FURNITURE_FOOTER:
        return PHRASE_CUT;
    case FURNITURE_NONE:
        break;
    }
    return PHRASE_NONE;
}

/* "Image 2 of 5", "3 / 8": where one is in a row of pictures. */
static bool
is_count(struct span text, struct span key)
{
    uint64_t number;
    if (begins_with_words(key, SPAN("image")) || begins_with_words(key, SPAN("photo")) ||
        begins_with_words(key, SPAN("slide")))
        span_cut(&key, ' ');
    struct span first = span_cut(&key, ' '), middle = span_cut(&key, ' ');
    struct span last = span_equal(middle, SPAN("of")) ? key : middle;
    bool slash = key.at == NULL && span_has_char(text, '/');
    return (slash || span_equal(middle, SPAN("of"))) && span_number(first, 999, &number) &&
           span_number(last, 999, &number);
}

enum phrase
phrase_of(const struct page_phrases *phrases, struct span text, struct span key)
{
    struct span tags;
    if (key.len > LONGEST)
        return PHRASE_NONE;
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].whole ? span_equal(key, phrases->keys[i])
                          : begins_with_words(key, phrases->keys[i]))
            return rows[i].phrase;
    if (is_count(text, key))
        return PHRASE_DROP;
    if (furniture_tags(text, &tags))
        return PHRASE_DROP;
    return of_furniture(furniture_of(phrases->furniture, &(struct line){ text, key, false }));
}
