/* SPDX-License-Identifier: ISC */
/* scripted.h - a web server that does what a test tells it, and remembers what it was asked. */
#pragma once

#include "base/span.h"

struct scripted;
struct scripted_visit; /* one request on its connection */

/* Answers one request, in its connection's thread. false: the connection ends. */
typedef bool scripted_answer(struct scripted_visit *visit, struct span path, int times, void *whom);

/* At a free port of every loopback address. `certificate` and `key`: files; NULL: no TLS. `times`
 * is how often that path was asked for before. */
struct scripted *
scripted_start(scripted_answer *answer, void *whom, const char *certificate, const char *key);
void scripted_stop(struct scripted *scripted); /* ends every connection */
uint16_t scripted_port(const struct scripted *scripted);

/* For an answer. false: the other side has gone. */
bool scripted_send(struct scripted_visit *visit, struct span bytes);
bool scripted_say(struct scripted_visit *visit, const char *text);
/* "HTTP/1.1 STATUS\r\nHEADERS" (each with its CRLF), a Content-Length and the body. */
bool scripted_reply(struct scripted_visit *visit, const char *status, const char *headers,
                    struct span body);
/* Waits so long, or until the other side has gone: then false. */
bool scripted_wait(struct scripted_visit *visit, int milliseconds);

/* What was asked, in order; the whole head of it, borrowed. NULL: not so many. */
const char *scripted_asked(struct scripted *scripted, size_t which);
size_t scripted_count(struct scripted *scripted);
/* When it came, and when the last of its answer was about to leave: milliseconds. */
int64_t scripted_came(struct scripted *scripted, size_t which);
int64_t scripted_left(struct scripted *scripted, size_t which);
/* The most requests that were being answered at once. */
int scripted_crowd(struct scripted *scripted);
