/* SPDX-License-Identifier: ISC */
/* tokenizer.h - how FTS5 takes texts apart for us. Only archive/ includes it.
 *
 * A text's words stand in the index twice at one place: without their marks, and with them where
 * they have some (text_word). A text that begins with TOKENIZER_RAW holds tokens as they are to
 * stand there, one space between; so does every text of a MATCH: whoever asks has taken the words
 * apart already. One that begins with TOKENIZER_TAKEN is what tokenizer_take made of another, and
 * stands for it. Whoever changes what comes out raises SCHEMA_VERSION: a story leaves the index by
 * the tokens it came in with. */
#pragma once

#include "base/buffer.h"
#include "base/status.h"

#include <sqlite3.h>

#define TOKENIZER_RAW "\x01" /* these stand in no text: stories have no control bytes */
#define TOKENIZER_TAKEN "\x02"

/* Makes tokenizer and ranking function known to the connection. */
enum status tokenizer_install(sqlite3 *db) MUST_CHECK;
/* Appends the words of `text`, taken apart; *out may hold some already. */
void tokenizer_take(struct span text, struct buffer *out);
