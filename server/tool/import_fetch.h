/* SPDX-License-Identifier: ISC */
/* import_fetch.h - one document of the web, asked for by hand. */
#pragma once

#include "base/buffer.h"
#include "wire/fetch.h"

struct import_fetch {
    const char *url, *contact;
    struct guard guard;
    /* What came: */
    struct buffer body, type, found; /* found: where it came from in the end */
    char why[240];                   /* or why nothing did; empty */
};

/* false: it->why says why. As robots.txt lets it, and with the manners of refresh. */
bool import_fetch_get(struct import_fetch *it);
void import_fetch_fini(struct import_fetch *it);
