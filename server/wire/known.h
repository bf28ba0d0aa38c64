/* SPDX-License-Identifier: ISC */
/* known.h - the stories a content folder holds, and by what another one is told to be one of them
 * (specs refresh 4): its address, its number within its site, its text, its title.
 *
 * What identifies a story travels in its file; here is only what is quick to look it up by. */
#pragma once

#include "base/region.h"
#include "base/status.h"
#include "wire/fingerprint.h"
#include "wire/shelf.h"

struct known;

struct known_story {
    struct span path;   /* "stories/2024/a.gmi", a C string */
    struct span slug;   /* borrowed from the path */
    struct span source; /* canonical; empty: it has none */
    int64_t instant;    /* its date, if it is known to the day, else when it came in */
    bool readable;      /* else it has a path and a slug, and nothing else */
    struct fingerprint fingerprint;
};

/* Looks through stories/ of the open content folder; none there is nothing known. STATUS_FAILED
 * with errno: what can't be read might be doubled. */
enum status known_read(int content, struct known **out) MUST_CHECK;
void known_free(struct known *known); /* NULL is fine */
size_t known_count(const struct known *known);

/* The story at `path` now has these bytes (none: it is gone): whoever writes one says so. `text`:
 * the fingerprint of its body, if that has been read already; NULL. */
void
known_put(struct known *known, struct span path, struct span bytes, const struct fingerprint *text);

/* Stories that one which arrives may have to do with: see struct wanted. In no order. */
struct known_stories {
    const struct known_story **at;
    size_t count;
};
void known_select(const struct known *known, const struct wanted *wanted, struct region *region,
                  struct known_stories *out);

/* What arrives. Empty or 0: it does not say. */
struct known_question {
    struct span url;   /* its own address */
    struct span claim; /* what its page says is its address: rel=canonical */
    struct span title;
    const struct fingerprint *text; /* of its body; NULL: it has none */
    int64_t instant;                /* its date, else when it was first seen */
};

enum known_by {
    KNOWN_BY_NOTHING,
    KNOWN_BY_ADDRESS,
    KNOWN_BY_NUMBER, /* within its site */
    KNOWN_BY_HASH,   /* word by word */
    KNOWN_BY_TEXT,   /* nearly */
    KNOWN_BY_TITLE,  /* within TITLE_APART_MAX */
};

enum known_verdict {
    KNOWN_NEW,
    KNOWN_SAME,  /* this story of this place: an update, if it says something else */
    KNOWN_TWICE, /* the same story at another address: of another site, or twice on its own */
};

struct known_answer {
    enum known_verdict verdict;
    enum known_by by;
    const struct known_story *story; /* borrowed until the next known_put */
    bool same_site;
    bool listed; /* its file says already that it is told there, too */
};

/* The strongest evidence decides. */
void known_find(const struct known *known, const struct known_question *question,
                struct known_answer *out);
/* "same text": for a message. */
const char *known_by_name(enum known_by by);

/* A link's label in a story's body begins with one of these where the link says who else told it.
 */
#define KNOWN_ALSO_VI "Cũng đăng tại"
#define KNOWN_ALSO_EN "Also at"
