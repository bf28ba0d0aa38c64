/* SPDX-License-Identifier: ISC */
/* prose.h - the text of one paragraph, as it is gathered from the elements within it, and the links
 * that stand in it. Pure. */
#pragma once

#include "base/buffer.h"
#include "base/region.h"
#include "base/uri.h"
#include "wire/element.h"

enum { PROSE_BYTES_MAX = 256 * 1024, PROSE_LINKS_MAX = 500 };

/* A link that stands in the text from byte `from` to `to`. */
struct prose_link {
    struct span target; /* as target_resolve has it */
    struct span title;
    size_t from, to;
};

struct prose {
    struct region *region;  /* of the targets */
    const struct uri *base; /* the page's; NULL: nobody knows */
    struct buffer text;     /* white space is one space; a line feed is where a line is broken */
    struct prose_link links[PROSE_LINKS_MAX];
    size_t link_count;
    int unlinked; /* links within one that is open */
    bool linked;  /* the last link is open */
    bool cut;     /* there was more than there is room for */
};

void prose_init(struct prose *prose, const struct uri *base, struct region *region);
void prose_fini(struct prose *prose);
void prose_clear(struct prose *prose);
/* The paragraph ends here, as far as an open link is concerned. */
void prose_pause(struct prose *prose);
bool prose_is_blank(const struct prose *prose);

/* Text as a document has it: where windows-1252 has characters and Unicode controls, those are
 * meant. */
void prose_add(struct prose *prose, struct span text);
/* A line ends here. */
void prose_break(struct prose *prose);

/* What an element within a paragraph, or a text, adds. false: nothing in it is read. */
bool prose_enter(struct prose *prose, const struct _xmlNode *node, enum element element);
void prose_leave(struct prose *prose, const struct _xmlNode *node, enum element element);

/* All that is in the node, its blocks one behind the other; for captions and table cells. */
void prose_read(struct prose *prose, const struct _xmlNode *node, size_t *steps);

/* A piece of a prose: one paragraph, or one line of a verse. */
struct passage {
    struct span text; /* borrowed; a line feed in it is a space */
    size_t from, to;  /* in the prose's text */
    bool goes_on;     /* a verse's next line */
};

enum breaks {
    BREAKS_SPACES, /* in a paragraph, where a line feed is a space, but for verse */
    BREAKS_LINES,  /* each line is one */
    BREAKS_LOOSE,  /* text that is in no paragraph: one may end where a line does */
};

struct passages {
    const struct prose *prose;
    enum breaks breaks;
    size_t at, end; /* what is left, and the end of the paragraph it belongs to */
    bool lines;     /* which goes line by line */
};

/* Two line feeds in a row end a paragraph in any case. */
struct passages passages_of(const struct prose *prose, enum breaks breaks);
bool passages_next(struct passages *passages, struct passage *out);
