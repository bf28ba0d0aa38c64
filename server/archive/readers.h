/* SPDX-License-Identifier: ISC */
/* readers.h - files that are read ahead, several at once where there are many, and come out in the
 * order they were asked for. What is ahead is bounded, in files and in bytes. */
#pragma once

#include "archive/reading.h"

struct readers;

/* The desk is borrowed. */
struct readers *readers_new(const struct desk *desk);
/* Whoever still reads ends first; what nobody took is gone. NULL is fine. */
void readers_free(struct readers *readers);

/* No more can be asked for until one is taken. */
bool readers_are_full(const struct readers *readers);
/* `size`: about how many bytes it holds. */
void readers_ask(struct readers *readers, struct span path, struct span slug, int64_t size);
/* There is one to be taken. */
bool readers_are_asked(const struct readers *readers);
/* The next one, read; the caller's to free. */
struct reading *readers_take(struct readers *readers);
