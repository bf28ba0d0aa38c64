/* SPDX-License-Identifier: ISC */
/* taxonomy.h - the cities and the themes stories are filed under (cities.yaml, themes.yaml). */
#pragma once

#include "base/clock.h"
#include "base/region.h"
#include "base/span.h"
#include "base/status.h"

enum { TAXONOMY_TERMS_MAX = 4096, TAXONOMY_BYTES_MAX = 4 * 1024 * 1024 };

struct term_name {
    struct span lang, name;
};

struct term {
    struct span slug;
    const struct term_name *names; /* at least one */
    size_t name_count;
    struct spans aliases; /* other names that mean it wherever they stand */
    struct spans cued; /* names that mean it only behind a cue word (tỉnh, TP, ở, tại …) */
    struct spans keywords; /* of a theme */
    struct spans never; /* phrases that hold a name and do not mean it: Điện Biên Phủ (`not`) */
    bool cue;           /* its own name needs a cue too */
    bool central;       /* a central city today (or a theme shown first) */
    struct date central_since; /* DATE_NONE: always */
    struct date from, until;   /* DATE_NONE: always */
    struct span into_slug;
    const struct term *into; /* what absorbed it; NULL */
    struct span order;       /* collation key: central ones first is up to who lists */
    size_t line;             /* in the file, counted from 1 */
};

struct term_list { /* grows in a region */
    const struct term **at;
    size_t count, room;
};

struct taxonomy; /* terms, and an index of what they may be called; lives in its region */

/* STATUS_BAD: *fault names the line. Refused: a slug twice or reserved, an alias of two terms,
 * `into` that is no term or goes round in a circle, unknown keys, more than TAXONOMY_TERMS_MAX
 * terms. An empty document is an empty taxonomy. */
enum status taxonomy_parse(struct span yaml, struct region *region, struct taxonomy **out,
                           struct fault *fault) MUST_CHECK;

size_t taxonomy_count(const struct taxonomy *taxonomy);
/* In the file's order; borrowed. */
const struct term *taxonomy_at(const struct taxonomy *taxonomy, size_t index);
/* NULL where there is none. */
const struct term *taxonomy_find(const struct taxonomy *taxonomy, struct span slug);

/* The term a section of a site means whose address has the word: by its slug, or by any of its
 * names written as one ("suc-khoe"). NULL: none, or several. */
const struct term *taxonomy_section(const struct taxonomy *taxonomy, struct span word);

/* Its name in `lang`, else its first name. */
struct span term_name(const struct term *term, struct span lang);

/* Which terms `text` speaks of, on whole words of text_key, the longest name first:
 *
 * - a proper name, with its capitals, running across no comma or sentence end; written without its
 *   marks, too ("HA NOI", "Ha Noi"), where that can mean no other term;
 * - a name with a cue, and `cued` ones, only behind a cue for a place (tỉnh, TP, ở …), or in a list
 *   with a name that counts: "TP Hà Nội, Hồ Chí Minh và Cần Thơ"; but a `cued` common noun that has
 *   a capital ("Thủ đô") wherever no name stands behind it ("Thủ đô Paris");
 * - none behind a street's or a person's cue ("đường Hà Nội", "chị Hà Giang"), and none within a
 *   phrase that a term says means something else (`not: [Hà Nam Ninh]`);
 * - a theme's name, in any case; its aliases where the text is nothing else, as a section or a tag
 *   is; its keywords, in any case, if `keywords`.
 *
 * Adds to `found` each term once, in the order of its first mention. */
void taxonomy_match(const struct taxonomy *taxonomy, struct span text, bool keywords,
                    struct region *region, struct term_list *found);
/* The same, but tells of each mention in turn, and of the words of the text it is made of, until
 * `mention` returns false. */
typedef bool taxonomy_mention_fn(void *whom, const struct term *term, struct span words);
void taxonomy_mentions(const struct taxonomy *taxonomy, struct span text, bool keywords,
                       taxonomy_mention_fn *mention, void *whom);
/* `text` speaks of `term`, by the same rules, keywords among them. For several terms, ask
 * taxonomy_match once. */
bool taxonomy_speaks_of(const struct taxonomy *taxonomy, struct span text, const struct term *term);
