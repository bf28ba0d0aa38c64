/* SPDX-License-Identifier: ISC */
/* get.h - what `songtu get` asks in any protocol, and how it tells the answer: a line of a status
 * and words to stderr, the body to stdout. Only get*.c include it. */
#pragma once

#include "base/region.h"
#include "base/uri.h"
#include "net/dial.h"
#include "tool/tool.h"

enum { GET_READ_BYTES = 16 * 1024 /* one TLS record */ };

/* What the command line asks for. */
struct errand {
    struct region *region;
    struct dial_options dial;
    struct uri uri;
    struct span url;           /* of the web: encoded, without its fragment */
    struct span request;       /* of others: with its line end */
    uint64_t body_max, passed; /* bytes */
};

/* How one scheme is spoken. */
struct tongue {
    const char *scheme;
    uint16_t port;
    /* EXIT_FINE: it can be asked; else that is said already. */
    int (*prepare)(struct errand *errand);
    /* An exit status. */
    int (*ask)(struct errand *errand, struct fault *fault);
};

int get_prepare_gemini(struct errand *errand);
int get_ask_gemini(struct errand *errand, struct fault *fault);
int get_prepare_gopher(struct errand *errand);
int get_ask_gopher(struct errand *errand, struct fault *fault);
int get_prepare_nex(struct errand *errand);
int get_ask_nex(struct errand *errand, struct fault *fault);
int get_prepare_web(struct errand *errand);
int get_ask_web(struct errand *errand, struct fault *fault);

/* "51 Not found" to stderr, with nothing in it that would move a terminal's cursor. */
void get_tell(int status, struct span words);
/* Passes some of the body on. EXIT_FAULTS: it is too much; EXIT_FAILED: it can't be written. */
int get_pass(struct errand *errand, struct span some, struct fault *fault);
/* Appends a part of a URL as servers are asked for it: an IRI's letters percent-encoded. */
void get_add_encoded(struct span part, struct buffer *out);
/* Passes the answer on to its end, beginning with what was heard. `ends`: how one that is cut off
 * does, for people. */
int get_pass_all(struct errand *errand, struct dial *dial, struct buffer *heard, const char *ends,
                 struct fault *fault);
