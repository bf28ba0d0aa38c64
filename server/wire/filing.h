/* SPDX-License-Identifier: ISC */
/* filing.h - which cities and themes a story belongs under, by the strongest evidence that names
 * any (specs refresh 3.4): an explicit setting, dateline, section, the address's section, tags,
 * title, then the lead and the first two paragraphs. A place named only further down files nothing.
 * Pure.
 *
 * A theme that all but the text leave open is one that title, lead and paragraphs name again and
 * again. */
#pragma once

#include "base/region.h"
#include "story/story.h"
#include "story/taxonomy.h"

enum evidence_kind { /* the strongest first */
                     EVIDENCE_SETTING,
                     EVIDENCE_DATELINE,
                     EVIDENCE_SECTION,
                     EVIDENCE_ADDRESS, /* the section that the source's address names */
                     EVIDENCE_TAGS,
                     EVIDENCE_TITLE,
                     EVIDENCE_LEAD, /* and the first two paragraphs */
                     EVIDENCE_TEXT,
                     EVIDENCE_NONE,
};
const char *evidence_name(enum evidence_kind kind); /* "title"; NULL of EVIDENCE_NONE */

/* What there is to go by. What a story does not hold itself is told by whoever has read its page.
 */
struct evidence {
    struct spans cities_set, themes_set; /* slugs somebody set by hand, or for the source */
    struct span dateline;
    struct spans section, tags;
    struct spans address; /* words: "giao-duc" */
    struct span title, lead;
    struct spans paragraphs; /* of the body, the lead apart; only the first two count for cities */
    bool further;            /* tell of cities in the others, too, though they file nothing */
};

/* Fills `out` with what the story says: its title, the lead, dateline and paragraphs of its body,
 * its source's address, and the evidence that was kept. Spans borrow from the story. */
void evidence_read(const struct story *story, struct region *region, struct evidence *out);

/* Words that name a term. */
struct mention {
    const struct term *term;
    enum evidence_kind kind;
    struct span text;  /* the evidence they stand in: a title, a paragraph; borrowed */
    struct span words; /* of the text */
    unsigned weight;   /* for a theme; 0: another mention in this text counts already */
};

struct mentions {
    struct mention *at;
    size_t count, room;
};

enum {
    FILING_THEMES_MAX = 4, /* found in a text; by hand as many as one likes */
    FILING_ENOUGH = 3,     /* the weight that files a story under a theme */
    FILING_MENTIONS_MAX = 1000,
};

struct filing {
    struct spans cities, themes;                   /* slugs */
    enum evidence_kind cities_by, themes_by;       /* what decided */
    struct mentions city_mentions, theme_mentions; /* all there are, the strongest first */
};

void filing_decide(const struct taxonomy *cities, const struct taxonomy *themes,
                   const struct evidence *evidence, struct region *region, struct filing *out);

/* Files a story by what it says and by what is known `besides` (may be NULL; its title, lead,
 * paragraphs and address don't count): sets its cities and themes, and what of that evidence is to
 * be kept. */
void filing_file(struct story *story, const struct evidence *besides, const struct taxonomy *cities,
                 const struct taxonomy *themes, struct region *region, struct filing *out);
