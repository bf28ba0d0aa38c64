/* SPDX-License-Identifier: ISC */
/* web.h - conversations over HTTP, spoken by libevent's evhttp: what listener.h is for protocols of
 * one line. */
#pragma once

#include "net/listener.h"

struct web;

/* NULL: it can't be; the log says why. */
struct web *web_start(const struct listener_options *options);
/* Accepts no more; conversations go on. NULL is fine, here and below. */
void web_drain(struct web *web);
size_t web_busy(const struct web *web); /* conversations under way */
void web_stop(struct web *web);         /* ends what is left; frees it */
