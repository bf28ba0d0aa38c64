/* SPDX-License-Identifier: ISC */
/* tokenizer.h - how FTS5 takes texts apart for us. Only archive/ includes it.
 *
 * A text's words stand in the index twice at one place: without their marks, and with them where
 * they have some (text_word). A text that begins with TOKENIZER_RAW holds tokens as they are to
 * stand there, one space between; so does every text of a MATCH: whoever asks has taken the words
 * apart already. Whoever changes what comes out raises SCHEMA_VERSION: a story leaves the index by
 * the tokens it came in with. */
#pragma once

#include "base/status.h"

#include <sqlite3.h>

#define TOKENIZER_RAW "\x01" /* stands in no text: stories have no control bytes */

/* Makes tokenizer and ranking function known to the connection. */
enum status tokenizer_install(sqlite3 *db) MUST_CHECK;
