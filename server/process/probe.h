/* SPDX-License-Identifier: ISC */
/* probe.h - what somebody who took a process over would try: tried, to see that it is refused. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

struct probe_paths {
    const char *content, *state; /* folders */
    const char *key;             /* the certificate's */
};

struct probe {
    const char *deed; /* "write into the content folder"; NULL ends the table */
    bool fine;        /* a worker must be able to */
    bool (*attempt)(const struct probe_paths *paths);
};

extern const struct probe probes[];

/* Tries it. 0: it was done (and what it left is taken away again); else the errno it was refused
 * with. Two can't be taken back: executing a program, where the process goes on as one that ends
 * with a status that is not 0, and becoming traced. */
int probe_try(const struct probe *probe, const struct probe_paths *paths);

/* Tries them all, and tells how each went, a line each. Whether all went as in a worker that is
 * locked in. */
bool probe_all(const struct probe_paths *paths, FILE *out);
