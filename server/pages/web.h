/* SPDX-License-Identifier: ISC */
/* web.h - what pages answer, as the web is given it: printed as HTML, packed for those who can
 * unpack it, told by a tag from what it was before, and not sent again to one who has it.
 *
 * What pages keep in the capsule's cache is printed and packed once, and kept there with it. */
#pragma once

#include "pages/pages.h"

/* What a capsule is on the web. Borrowed. */
struct web {
    struct span gemini; /* "gemini://example.org": where its pages are, too */
    bool secure;        /* it is always spoken through TLS */
    int64_t changed;    /* since when all its pages may be as they are */
};

/* As pages_answer, which it asks; where the request's wishes say so, a head alone. */
struct reply
web_answer(const struct web *web, const struct capsule *capsule, struct archive *archive,
           const struct request *request, int64_t now, struct region *region);
