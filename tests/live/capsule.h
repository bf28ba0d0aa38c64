/* SPDX-License-Identifier: ISC */
/* capsule.h - the real songtud in a folder of its own, and a client that may behave as badly as it
 * likes. */
#pragma once

#include "base/buffer.h"

#include <stdbool.h>
#include <sys/types.h>

struct capsule_run {
    char *folder; /* holds content, var, certs and the two programs */
    pid_t master;
    int port;
};

/* Copies the shipped content and starts; waits for the ready line. */
struct capsule_run *capsule_start(void);
void capsule_launch(struct capsule_run *run); /* again, after it ended */
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
    bool connected; /* the handshake succeeded */
    bool whole;     /* close_notify came */
};

struct heard capsule_send(struct capsule_run *run, struct span request, enum manner manner);
/* Asks for a path; the answer is the caller's to fini (its bytes). */
struct heard capsule_ask(struct capsule_run *run, const char *path);
/* The status of a path: 20, 51 …; 0 where no answer came. */
int capsule_status(struct capsule_run *run, const char *path);
/* Waits (10 s at most) until the path has that status. */
void capsule_wait(struct capsule_run *run, const char *path, int status);
/* The process ids of the master's children that live; how many. */
size_t capsule_children(struct capsule_run *run, pid_t *into, size_t room);
