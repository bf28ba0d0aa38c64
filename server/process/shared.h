/* SPDX-License-Identifier: ISC */
/* shared.h - memory that a process has in common with those it will fork, and with an heir
 * (inheritance.h). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* *descriptor: what was inherited, or -1; and then what an heir may inherit. NULL: no heir will.
 * `layout`: another number whenever what lies there means something else. What was inherited is
 * taken over where number and size are the same, as *taken says; else the memory is new, and of
 * zeros. NULL: errno. */
void *shared_open(size_t bytes, uint64_t layout, int *descriptor, bool *taken);
void shared_close(void *memory, size_t bytes);
