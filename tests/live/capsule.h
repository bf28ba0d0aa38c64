/* SPDX-License-Identifier: ISC */
/* capsule.h - the real songtud in a folder of its own, and a client that may behave as badly as it
 * likes. */
#pragma once

#include "base/buffer.h"
#include "base/region.h"

#include <stdbool.h>
#include <sys/types.h>

struct capsule_run {
    char *folder; /* holds content, var, certs and the two programs */
    pid_t master;
    int port;
    char ready[256];       /* all it said when it was */
    const char *listen;    /* --gemini; 127.0.0.1:0 */
    const char *allow;     /* --allow: who may ask as often as he likes; 127.0.0.0/8 */
    const char *from;      /* the address we ask from; NULL: 127.0.0.1 */
    void (*prepare)(void); /* in the new process, before it becomes songtud; may be NULL */
};

/* Copies the shipped content and the programs into a folder. */
struct capsule_run *capsule_prepare(void);
/* Starts songtud there; waits for the ready line. */
void capsule_launch(struct capsule_run *run);
struct capsule_run *capsule_start(void); /* both */
/* SIGTERM; returns its exit status. */
int capsule_end(struct capsule_run *run);
void
capsule_stop(struct capsule_run *run); /* ends it where it runs, shows the log if the test failed */
/* Runs `songtu ARGUMENTS` there; its exit status. */
int capsule_tool(struct capsule_run *run, const char *arguments);

enum manner {
    PLAINLY,
    BYTE_BY_BYTE,
    HALF_CLOSED, /* the client ends its side behind the request */
    TLS_1_2,
    WITHOUT_NAME, /* no SNI */
    WITH_OTHER_NAME,
};

struct heard {
    struct buffer bytes;
    bool reached;   /* TCP's connect succeeded */
    bool connected; /* the handshake, too */
    bool whole;     /* close_notify came */
};

struct ssl_ctx_st;

/* A conversation in steps: the handshake is done, and nothing is said. */
struct talk {
    int fd;
    struct ssl_st *ssl; /* NULL: it did not come about */
};

struct talk talk_open(const struct capsule_run *run, enum manner manner);
/* In two steps, for a client that is special: TCP and what OpenSSL needs (SSL_CTX), with our name;
 * then the handshake. */
struct talk talk_begin(const struct capsule_run *run, struct ssl_ctx_st *clients);
bool talk_shake(struct talk *talk);
void talk_say(const struct talk *talk, struct span bytes, enum manner manner);
/* Hears to the end; the answer's bytes are the caller's to fini. */
struct heard talk_hear(const struct talk *talk);
void talk_close(struct talk *talk);
/* TCP alone; -1: refused. Reading from it gives up after half a minute. */
int capsule_dial(const struct capsule_run *run);
/* Where another protocol than Gemini is served, as the ready lines tell it. */
int capsule_port(const struct capsule_run *run, const char *protocol);
int capsule_dial_to(const struct capsule_run *run, const char *protocol); /* likewise */
/* What comes in answer to the bytes, without TLS, until the other side ends it in good order. */
struct span capsule_ask_plainly(const struct capsule_run *run, const char *protocol,
                                struct span bytes, struct region *region);

struct heard capsule_send(const struct capsule_run *run, struct span request, enum manner manner);
/* Asks for a path; the answer is the caller's to fini (its bytes). */
struct heard capsule_ask(const struct capsule_run *run, const char *path);
/* The status of a path: 20, 51 …; 0 where no answer came. */
int capsule_status(const struct capsule_run *run, const char *path);
/* Waits (10 s at most) until the path has that status. */
void capsule_wait(struct capsule_run *run, const char *path, int status);
/* How often a file of the folder has the words: "log" is what the daemon logs. */
size_t capsule_count(const struct capsule_run *run, const char *file, const char *words);
/* Waits (10 s at most) until it has them so often. */
void
capsule_await(const struct capsule_run *run, const char *file, const char *words, size_t times);
/* The process that the log's last such words are about, and its pid= behind them. */
pid_t capsule_named(const struct capsule_run *run, const char *words);
/* SIGUSR2; the new master is who is asked from now on, and ours to wait for as the old one is, who
 * is returned and may still have readers. */
pid_t capsule_upgrade(struct capsule_run *run);
/* How often to kill something: 50 times, or as often as KILLS in the environment says. */
int capsule_kills(void);
/* The process ids of the master's children that live; how many. */
size_t capsule_children(struct capsule_run *run, pid_t *into, size_t room);
