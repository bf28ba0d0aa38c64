/* SPDX-License-Identifier: ISC */
/* decode.h - bytes from outside become text: UTF-8 in NFC, whatever they came in (specs refresh 1
 * and 3). Pure.
 *
 * The order of trust: a byte order mark; the charset the HTTP header names; the one the document
 * names itself (an XML declaration, a <meta>); being valid UTF-8; windows-1252. A source that is
 * known to lie, or to use an encoding of before Unicode, has its own set by hand, which beats all
 * but a mark. */
#pragma once

#include "base/region.h"
#include "base/span.h"

struct decode_hints {
    struct span source; /* set for the source by hand: "tcvn3", "vni", "windows-1258"; empty */
    struct span http;   /* of Content-Type: its charset, or the whole header; empty */
};

struct decoded {
    struct span text;    /* UTF-8 in NFC, without a mark in front; in the region */
    const char *charset; /* as it was read: "utf-8", "windows-1258" */
    bool mended;         /* it held bytes that are nothing in it: they are U+FFFD now */
};

void decode(struct span bytes, const struct decode_hints *hints, struct region *region,
            struct decoded *out);

/* A name of an encoding that decode can read. */
bool decode_knows(struct span charset);
