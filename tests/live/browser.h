/* SPDX-License-Identifier: ISC */
/* browser.h - whoever comes to the real daemon over HTTP, in good order or not. */
#pragma once

#include "base/buffer.h"
#include "capsule.h"

struct visit {
    int fd;
    struct ssl_st *ssl;    /* NULL: plain */
    struct buffer pending; /* heard, and not yet taken */
};

/* What came of one request. */
struct page_heard {
    int status; /* 0: none came, but the end */
    char *head; /* with its CRLFs */
    char *body;
    size_t len; /* of the body */
};

/* songtu.yaml, before capsule_launch: the web is listened for, and what is in `more` (lines). */
void browser_settings(const struct capsule_run *run, const char *more);
int browser_port(const struct capsule_run *run);
struct visit visit_open(const struct capsule_run *run);
struct visit visit_open_tls(const struct capsule_run *run, const char *name);
void visit_say(struct visit *visit, struct span bytes);
/* GET PATH with further headers ("A: b\r\n"). */
void visit_ask(struct visit *visit, const char *path, const char *headers);
/* The next answer; `bare`: it has no body (HEAD, 304). To be freed by heard_fini. */
struct page_heard visit_hear(struct visit *visit, bool bare);
void heard_fini(struct page_heard *heard);
/* Nothing more comes, but the end; how many bytes came before. */
size_t visit_end(struct visit *visit);
void visit_close(struct visit *visit);
