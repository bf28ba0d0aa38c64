/* SPDX-License-Identifier: ISC */
/* reply.h - an answer in no protocol's words. */
#pragma once

#include "base/block.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/protocols.h"
#include "base/region.h"
#include "base/span.h"

#include <sys/types.h>

enum answer {
    ANSWER_PAGE,    /* `page` */
    ANSWER_FILE,    /* `file` */
    ANSWER_ASK,     /* `words` is the prompt of a line of input, `page.title` what it is for */
    ANSWER_MOVED,   /* for good, to `words`: an absolute path on this capsule */
    ANSWER_ABSENT,  /* nothing there */
    ANSWER_GONE,    /* there was something, and it was taken back */
    ANSWER_REFUSED, /* not our host, port or scheme */
    ANSWER_BAD,     /* not understood */
    ANSWER_SAME,    /* he has it already, as `tag` and `changed` tell */
    ANSWER_SLOW,    /* ask again in `seconds` */
    ANSWER_BUSY,    /* not now: overload, or the archive is being made */
    ANSWER_FAILED,  /* our fault, maybe not for long */
};

enum page_kind { PAGE_FRONT, PAGE_STORY, PAGE_INDEX, PAGE_HAND, PAGE_SEARCH, PAGE_FEED };

/* What the capsule answers at one address: metadata and gemtext. */
struct page {
    enum page_kind kind;
    struct span title;
    struct span lang;            /* BCP 47 */
    struct span address;         /* its own absolute path: "/city/ha-noi" */
    struct span text;            /* gemtext; the first line is its one level-1 heading */
    struct date date;            /* of a story; DATE_NONE */
    struct span as_text;         /* of a story: what a link to it as plain text is called */
    struct span summary, author; /* likewise; empty where it has none */
};

struct file_reply {
    int descriptor;      /* whoever takes the reply closes it; -1: the content is in memory */
    struct block *block; /* there: whoever takes the reply drops it; NULL: it is `bytes` */
    off_t size;          /* bytes, but of `bytes` */
    struct span bytes;
    struct span mime;      /* "image/png"; of text with its charset */
    struct file_mark mark; /* of a file in memory: when and what it was */
};

/* What is made of an answer that is kept, and is kept with it: in the clothes of a protocol. */
enum { CLOTHES_FORMS = 2 };
struct clothes {
    char tag[20];                 /* tells the content from another; empty: nobody looked yet */
    struct block *plain, *packed; /* of the web; NULL: not made */
    struct block *printed[PROTOCOLS][CLOTHES_FORMS]; /* of others, by the question's form */
};

struct reply {
    enum answer answer;
    struct page page;
    struct file_reply file;
    struct span words; /* for a person, in the page's language; or as said at `answer` */
    struct span lang;
    unsigned seconds;

    /* For protocols whose answers tell more; zero: they don't. */
    int code;                /* the protocol's own, of a refusal; 0: as `answer` says */
    int64_t at;              /* when it is given */
    int64_t changed;         /* since when the content may be as it is */
    struct span tag;         /* another one whenever the content is; no quotes */
    bool varies;             /* whether he can unpack it made it another answer */
    bool packed;             /* by gzip */
    bool stays;              /* the conversation goes on behind it */
    bool secure;             /* the reader is to come by TLS, from now on */
    struct clothes *clothes; /* there: it is kept, and lives as long as what it points to */
};

/* How the log and the counters call it where a protocol has no numbers: Gemini's status. */
int reply_code(const struct reply *reply);
