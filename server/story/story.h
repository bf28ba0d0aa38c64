/* SPDX-License-Identifier: ISC */
/* story.h - one article: a .gmi file, YAML front matter above a gemtext body (DESIGN: a capsule on
 * disk).
 *
 * Pure: bytes in, values out, and back. */
#pragma once

#include "base/buffer.h"
#include "base/clock.h"
#include "base/region.h"
#include "base/span.h"
#include "base/status.h"

enum story_state { STORY_PUBLISHED, STORY_DRAFT, STORY_WITHDRAWN };

enum {
    STORY_BYTES_MAX = 4 * 1024 * 1024, /* of a story's file */
    STORY_TITLE_MAX = 300,             /* bytes */
    STORY_SUMMARY_MAX = 1000,          /* bytes */
    STORY_LIST_MAX = 64,               /* entries of cities, themes, related, aliases, evidence */
    STORY_EVIDENCE_MAX = 200,          /* bytes of an entry */
};

/* All spans lie in the region it was parsed into, or are borrowed from its bytes. What the front
 * matter does not say is empty, or DATE_NONE. */
struct story {
    struct span title;
    struct span summary;
    struct span author;
    struct span lang;   /* BCP 47; empty: the capsule's */
    struct span source; /* an absolute URI */
    struct span imported;
    struct date date;
    struct span date_text; /* as the file has it: "2024" */
    struct date added;
    struct span added_text;
    struct spans cities, themes, related, aliases; /* slugs */
    struct spans evidence;  /* for where it is filed, beyond what the story says: "tag: Huế" */
    enum story_state state; /* `scheduled` reads as published: a future date does the rest */
    struct span body;       /* gemtext behind the front matter, without blank lines before it */
    size_t body_line;       /* the file's line it begins on, counted from 1 */
};

/* Reads a story. STATUS_BAD: *fault says what is wrong, and *out is untouched. Checked: front
 * matter there and closed, only known keys, title there, dates real, slugs slugs, lists within
 * bounds, the body valid gemtext without a level-1 heading (gemtext_check). A CRLF file reads as if
 * it had LF; a BOM is dropped; text that is not NFC becomes so. */
enum status story_parse(struct span file, struct region *region, struct story *out,
                        struct fault *fault) MUST_CHECK;

/* Appends the file that story_parse reads back as the same story; keys in a fixed order, those
 * without a value left out, `state` only when it is not published. */
void story_print(const struct story *story, struct buffer *out);

/* Served at `now`: published, and its date has come. */
bool story_is_served(const struct story *story, int64_t now);
/* Nobody has edited the file since it was imported: `imported` is the hash of the file without the
 * `imported:` line (DESIGN). A file without that line was never imported: false. */
bool story_is_as_imported(struct span file);
/* Appends the file story_print gives, with an `imported` line that fits it. */
void story_print_imported(const struct story *story, struct buffer *out);

/* Appends `file` with the front matter's `key` set to `value` (a YAML value as it stands, e.g.
 * "withdrawn" or "[a, b]"), every other byte as it was; the line is added before the closing ---
 * where there is none. STATUS_BAD where `file` is no story. */
enum status story_set(struct span file, const char *key, struct span value, struct buffer *out,
                      struct fault *fault) MUST_CHECK;
