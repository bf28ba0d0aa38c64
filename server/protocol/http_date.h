/* SPDX-License-Identifier: ISC */
/* http_date.h - instants as HTTP writes them: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
 * Pure. */
#pragma once

#include "base/span.h"

enum { HTTP_DATE_TEXT = 30 };

/* Of the years 1970 to 9999; what lies beyond becomes their first or last instant. */
struct span http_date_print(int64_t instant, char into[HTTP_DATE_TEXT]);
/* In that form to the letter; its two obsolete forms are none. */
bool http_date_parse(struct span text, int64_t *out);
