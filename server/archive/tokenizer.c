/* SPDX-License-Identifier: ISC */
#include "archive/tokenizer.h"

#include "archive/weight.h"
#include "base/text.h"

typedef int token_fn(void *whom, int flags, const char *token, int len, int from, int to);

static int
create(void *context, const char **arguments, int count, Fts5Tokenizer **out)
{
    static char nothing; /* it has no state, and FTS5 wants an address */
    (void)context, (void)arguments, (void)count;
    *out = (Fts5Tokenizer *)(void *)&nothing;
    return SQLITE_OK;
}

static void
destroy(Fts5Tokenizer *tokenizer)
{
    (void)tokenizer;
}

static int
take_raw(struct span text, void *whom, token_fn *token)
{
    int result = SQLITE_OK;
    for (struct span rest = text; rest.at != NULL && result == SQLITE_OK;) {
        struct span one = span_cut(&rest, ' ');
        int from = (int)(one.at - text.at);
        if (one.len > 0)
            result = token(whom, 0, one.at, (int)one.len, from, from + (int)one.len);
    }
    return result;
}

static int
take_words(struct span text, void *whom, token_fn *token)
{
    struct text_word word = { .to = 0 };
    int result = SQLITE_OK;
    while (result == SQLITE_OK && text_word(text, word.to, &word)) {
        int from = (int)word.from, to = (int)word.to;
        result = token(whom, 0, word.plain, (int)word.plain_len, from, to);
        if (result == SQLITE_OK && text_word_is_marked(&word))
            result = token(whom, FTS5_TOKEN_COLOCATED, word.marked, (int)word.marked_len, from, to);
    }
    return result;
}

/* A token taken apart ahead: how long it is, and whether it stands where the one before it does, in
 * one byte; then it. */
enum { TAKEN_BESIDE = 0x80 };

static int
on_taken(void *whom, int flags, const char *token, int len, int from, int to)
{
    struct buffer *out = whom;
    (void)from, (void)to;
    buffer_add_char(out, (char)(len | (flags != 0 ? TAKEN_BESIDE : 0)));
    buffer_add(out, (struct span){ token, (size_t)len });
    return SQLITE_OK;
}

void
tokenizer_take(struct span text, struct buffer *out)
{
    if (out->len == 0)
        buffer_add_text(out, TOKENIZER_TAKEN);
    take_words(text, out, on_taken);
}

/* Where they stood in the text is not told: the index does not keep it. */
static int
take_taken(struct span text, void *whom, token_fn *token)
{
    int result = SQLITE_OK;
    for (size_t at = 1, len; result == SQLITE_OK && at < text.len; at += len + 1) {
        int head = (unsigned char)text.at[at];
        len = (size_t)(head & ~TAKEN_BESIDE);
        if (len >= text.len - at)
            break; /* no work of tokenizer_take's */
        result = token(whom, (head & TAKEN_BESIDE) != 0 ? FTS5_TOKEN_COLOCATED : 0,
                       text.at + at + 1, (int)len, 0, 0);
    }
    return result;
}

static int
tokenize(Fts5Tokenizer *tokenizer, void *whom, int flags, const char *at, int len, token_fn *token)
{
    struct span text = { at, at != NULL && len > 0 ? (size_t)len : 0 };
    (void)tokenizer;
    if (text.len == 0)
        return SQLITE_OK;
    if ((flags & FTS5_TOKENIZE_QUERY) != 0 || span_starts(text, SPAN(TOKENIZER_RAW)))
        return take_raw(text, whom, token);
    if (span_starts(text, SPAN(TOKENIZER_TAKEN)))
        return take_taken(text, whom, token);
    return take_words(text, whom, token);
}

static fts5_api *
fts5_of(sqlite3 *db)
{
    fts5_api *api = NULL;
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement, NULL) == SQLITE_OK) {
        sqlite3_bind_pointer(statement, 1, (void *)&api, "fts5_api_ptr", NULL);
        sqlite3_step(statement);
    }
    sqlite3_finalize(statement);
    return api;
}

enum status
tokenizer_install(sqlite3 *db)
{
    static fts5_tokenizer tokenizer = { create, destroy, tokenize };
    fts5_api *api = fts5_of(db);
    if (api == NULL || api->xCreateTokenizer(api, "words", NULL, &tokenizer, NULL) != SQLITE_OK)
        return STATUS_FAILED;
    return weight_install(api);
}
