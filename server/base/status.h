/* SPDX-License-Identifier: ISC */
/* status.h - how a function says that it could not.
 *
 * Expected failures are few and named; a bug is an assert; a small allocation that fails ends the
 * process (the master starts another). Where a person must mend something, a fault says what and
 * on which line. */
#pragma once

#include <stddef.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF(at, from) __attribute__((format(printf, at, from)))

enum status {
    STATUS_OK,
    STATUS_ABSENT, /* there is no such thing */
    STATUS_BAD,    /* what was given is wrong: a fault says how */
    STATUS_LIMIT,  /* it is larger than we take */
    STATUS_BUSY,   /* not now: somebody else holds it, or the time is up */
    STATUS_FAILED, /* the system said no: errno or a fault says why */
};

/* What is wrong with something a person wrote, in words for that person. */
struct fault {
    size_t line;    /* counted from 1; 0 where no line is to blame */
    char what[240]; /* "title is missing: add `title: …` above the second ---" */
};

/* A short English word for logs: "absent". */
const char *status_name(enum status status);

/* Fills *fault (may be NULL) and is STATUS_BAD, so that a parser can say so in one line. A macro,
 * so that whoever compiles or analyses the caller sees that it is. */
#define fault_set(...) (fault_write(__VA_ARGS__), status_bad())
void fault_write(struct fault *fault, size_t line, const char *format, ...) PRINTF(3, 4);

static inline enum status
status_bad(void)
{
    return STATUS_BAD;
}
