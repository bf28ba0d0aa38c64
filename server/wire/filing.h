/* SPDX-License-Identifier: ISC */
/* filing.h - which cities and themes a story belongs under, by the strongest evidence that names
 * any (specs refresh 3.4): an explicit setting, dateline, section, tags, title, then the lead and
 * the first two paragraphs. A place named only further down files nothing. Pure.
 *
 * A theme that the title and the lead leave open may also be named again and again in the text. */
#pragma once

#include "base/region.h"
#include "story/taxonomy.h"

struct evidence {
    struct spans cities_set, themes_set; /* slugs somebody set by hand */
    struct span dateline;
    struct spans section, tags;
    struct span title, lead;
    struct spans paragraphs; /* of the body, the lead apart; only the first two count for cities */
};

enum { FILING_THEMES_MAX = 4 }; /* found in a text; by hand as many as one likes */

struct filing {
    struct spans cities, themes;       /* slugs */
    const char *cities_by, *themes_by; /* which evidence decided: "title"; NULL: none did */
};

void filing_decide(const struct taxonomy *cities, const struct taxonomy *themes,
                   const struct evidence *evidence, struct region *region, struct filing *out);
