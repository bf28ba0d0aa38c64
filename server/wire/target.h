/* SPDX-License-Identifier: ISC */
/* target.h - where a link of a page leads, and what it may be called. Pure.
 *
 * Nothing of either is trusted: what readers see must not say another place than the one they come
 * to. */
#pragma once

#include "base/region.h"
#include "base/span.h"
#include "base/uri.h"

enum { TARGET_BYTES_MAX = 2000, TARGET_LABEL_MAX = 200 /* characters */ };

/* The absolute URI that `reference`, as it stands in an attribute, means on the page at `base`
 * (NULL: nobody knows where; then it must be absolute), re-encoded by RFC 3986, in the region.
 * false: none a reader may be led to: of a scheme that does more than fetch or write mail (data:,
 * javascript:), with a user's name in it, longer than TARGET_BYTES_MAX. */
bool target_resolve(const struct uri *base, struct span reference, struct region *region,
                    struct span *out);
/* false: a link that tells a reader nothing: to the page itself or a part of it, to the site's
 * home, to where one shares it. */
bool target_is_worth_telling(const struct uri *base, struct span target);

/* The target's host without "www.", or a mail's address: its name where it has none better. */
struct span target_host(struct span target);
/* One line, of at most TARGET_LABEL_MAX characters, never empty, and no feed's entry (none that
 * begins with a date): `text`; but `title` (may be empty), else the host, where the text says
 * nothing ("tại đây"), is the address itself, or looks like an address elsewhere. */
struct span
target_label(struct span target, struct span text, struct span title, struct region *region);
