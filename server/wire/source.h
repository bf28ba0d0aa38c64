/* SPDX-License-Identifier: ISC */
/* source.h - the places refresh imports from, as songtu.yaml lists them. Pure. */
#pragma once

#include "base/region.h"
#include "base/yaml.h"
#include "wire/conversion.h"
#include "wire/webpage.h"

#include <stdint.h>

enum source_kind { SOURCE_ANY, SOURCE_FEED, SOURCE_PAGE, SOURCE_TEXT }; /* ANY: found out */
enum source_licence { LICENCE_FULL, LICENCE_EXCERPT, LICENCE_HEADLINE };
/* Where the stories of a feed are read whole. */
enum source_articles {
    ARTICLES_FOUND_OUT, /* in the feed where it has them whole, else on their pages */
    ARTICLES_FEED,
    ARTICLES_PAGE,
};

enum {
    SOURCES_MAX = 1000,
    SOURCE_EVERY_LEAST = 15 * 60, /* seconds */
    SOURCE_EVERY_MOST = 30 * 24 * 60 * 60,
    SOURCE_PAGES = 50, /* fetched at one refresh */
};

struct source {
    struct span name; /* for people, and on story pages */
    struct span slug; /* of the name: for command lines, and what refresh remembers */
    struct span url;  /* http or https */
    enum source_kind kind;
    uint64_t every;              /* seconds between two looks; 0: found out */
    struct spans cities, themes; /* slugs; empty: found out */
    struct span language;        /* empty: the story's, else the capsule's */
    enum source_licence licence;
    uint64_t excerpt; /* bytes of text an excerpt may have */
    enum conversion_links links;
    bool no_images;
    struct webpage_recipe recipe;
    struct span encoding; /* decode.h */
    struct spans allow;   /* "127.0.0.1:8080": private addresses that are its own */
    bool ignores_robots;  /* the site is ours */
    enum source_articles articles;
    uint64_t pages; /* fetched at one refresh, at most */
    size_t line;    /* of the settings file */
};

struct sources {
    const struct source *at;
    size_t count;
};

/* `list` is what stands under `sources:` (NULL: nothing does). STATUS_BAD: *fault says what is
 * wrong, with its line, and what may stand there. */
enum status sources_parse(const struct yaml *list, struct region *region, struct sources *out,
                          struct fault *fault) MUST_CHECK;

/* By its name, or the name's slug; NULL. */
const struct source *sources_find(const struct sources *sources, struct span name);
