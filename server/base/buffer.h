/* SPDX-License-Identifier: ISC */
/* buffer.h - bytes that grow at their end.
 *
 * Invariant: len <= room, at != NULL once room > 0. With a limit set, whatever would go beyond it
 * is left out and `cut` remembers, so that ten appends need one check. Running out of memory ends
 * the process. */
#pragma once

#include "base/span.h"
#include "base/status.h"

#include <stdarg.h>
#include <stdlib.h>

struct buffer {
    char *at;
    size_t len, room;
    size_t limit; /* bytes it may hold; 0: no limit */
    bool cut;     /* something was left out */
};

#define BUFFER_EMPTY ((struct buffer){ NULL, 0, 0, 0, false })
#define BUFFER_LIMITED(bytes) ((struct buffer){ NULL, 0, 0, (bytes), false })

void buffer_fini(struct buffer *buffer);  /* frees the bytes; the buffer is empty again */
void buffer_clear(struct buffer *buffer); /* keeps the room */

void buffer_add(struct buffer *buffer, struct span span);
void buffer_add_char(struct buffer *buffer, char byte);
void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_printf(struct buffer *buffer, const char *format, ...) PRINTF(2, 3);
void buffer_vprintf(struct buffer *buffer, const char *format, va_list arguments) PRINTF(2, 0);

/* Room for at least `bytes` more behind the end, to read() into: then buffer_grew. */
char *buffer_reserve(struct buffer *buffer, size_t bytes);
void buffer_grew(struct buffer *buffer, size_t bytes);
void buffer_shorten(struct buffer *buffer, size_t len);
/* Removes the first `bytes`; what follows moves to the front. */
void buffer_drop(struct buffer *buffer, size_t bytes);

/* What is in it; borrowed until the next change. */
struct span buffer_span(const struct buffer *buffer);
/* The bytes as a C string, borrowed likewise (there may be NULs inside). */
const char *buffer_text(struct buffer *buffer);

/* malloc and realloc that end the process rather than return NULL. Free with free(). */
void *memory_new(size_t bytes);
void *memory_grow(void *memory, size_t bytes);
char *memory_text(struct span span); /* a copy as a C string */
_Noreturn void memory_end(void);
