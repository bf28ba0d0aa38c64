/* SPDX-License-Identifier: ISC */
/* span.h - bytes that belong to somebody else: a pointer and a length.
 *
 * A span never owns and is never NUL-terminated by promise. The empty span may have at == NULL. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
    const char *at;
    size_t len; /* bytes */
};

#define SPAN(literal) ((struct span){ "" literal, sizeof(literal) - 1 })
/* For printf: printf("%.*s", SPAN_ARG(span)). */
#define SPAN_ARG(span) (int)(span).len, ((span).at != NULL ? (span).at : "")

/* A C string as a span; NULL is the empty span. */
struct span span_of(const char *text);

bool span_equal(struct span a, struct span b);
bool span_equal_nocase(struct span a, struct span b); /* ASCII case only */
/* Less than, equal to or greater than 0, by bytes, a prefix first: for qsort and bsearch. */
int span_compare(struct span a, struct span b);
bool span_starts(struct span span, struct span prefix);
bool span_ends(struct span span, struct span suffix);

/* The first `len` bytes, or all where there are fewer; and what is left without them. */
struct span span_first(struct span span, size_t len);
struct span span_skip(struct span span, size_t len);

/* Where `what` first stands in `span`; *at is untouched when it does not. */
bool span_find(struct span span, struct span what, size_t *at);
bool span_find_char(struct span span, char what, size_t *at);
bool span_has_char(struct span span, char what);

/* Without the spaces and tabs (and, for _lines, CR and LF too) at both ends. */
struct span span_trim(struct span span);
struct span span_trim_lines(struct span span);

/* Takes what stands before the first `mark` off *rest and returns it; *rest goes on behind the
 * mark, or becomes { NULL, 0 } when there is none: loop while (rest.at != NULL). */
struct span span_cut(struct span *rest, char mark);

/* Takes one line off *rest, without its LF or CRLF. As span_cut. */
struct span span_line(struct span *rest);

/* Decimal digits only, no sign, no spaces, no overflow of `most`. */
bool span_number(struct span span, uint64_t most, uint64_t *out);
