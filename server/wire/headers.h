/* SPDX-License-Identifier: ISC */
/* headers.h - what HTTP headers say about time. Pure. */
#pragma once

#include "base/span.h"

/* The three forms of HTTP dates (RFC 9110, 5.6.7); an instant. `now` tells the century of the
 * form with two digits. false: none, or one that can't be. */
bool headers_date(struct span text, int64_t now, int64_t *out);
/* Retry-After, as seconds from now (ten years at most); `date` is what the server's own clock said
 * (may be empty). false: neither form. */
bool headers_retry_after(struct span text, struct span date, int64_t now, int64_t *out);
/* Seconds the answer is fresh for: Cache-Control's max-age, else Expires less Date. no-cache,
 * no-store, an Expires that is no date: 0. false: it does not say. */
bool headers_fresh(struct span cache_control, struct span expires, struct span date, int64_t now,
                   int64_t *out);
