/* SPDX-License-Identifier: ISC */
/* canonical.h - one address for one page, however it is written (specs refresh 4), and the number a
 * site knows a story by. Pure. */
#pragma once

#include "base/region.h"
#include "base/span.h"

/* The page's address as it is compared and kept: scheme and host in small letters, without a
 * default port, a fragment and what only tells who came from where (utm_…, fbclid), the rest of the
 * query sorted, escapes only where they are needed; without the marks of its forms for telephones
 * ("m.", "amp.", "/amp"). "www." stays: only the site knows whether both are one. false: no
 * absolute URI. */
bool canonical_url(struct span url, struct region *region, struct span *out);

/* What a page at `url` says its address is, in `claim` (rel=canonical; absolute, may be empty),
 * where that can be believed: on the same site, and not its front page. Else the page's own. false:
 * `url` is no absolute URI. */
bool canonical_choose(struct span url, struct span claim, struct region *region, struct span *out);

/* Both on one site: their hosts are one, "www.", "m." and "amp." apart. */
bool canonical_same_site(struct span one, struct span other);

/* A story's number within its site, which stays where an editor changes the words of its address:
 * "-4812345.html", "-post898996.html", "/20261123090012345.htm". */
struct site_key {
    struct span host; /* without "www.", "m.", "amp." */
    struct span number;
};

/* Of an address that canonical_url gave; the spans borrow from it. false: it has none that is as
 * long as such a number is: a year, a date, a small number is none. */
bool canonical_site_key(struct span canonical, struct site_key *out);
