/* SPDX-License-Identifier: ISC */
/* load.h - what the load generator can do, one row per mode. */
#pragma once

#include "reader.h"

struct wishes {
    struct target *target;
    long count;     /* requests, or connections held */
    long at_once;   /* at most so many readers */
    double rate;    /* requests begun per second, whether answered or not; 0: as soon as may be */
    double seconds; /* the count follows from the rate */
    double limit;   /* seconds after which it gives up */
    long progress;  /* tell of every so many answers; 0: of none */
    const char *manner; /* of holding */
    const char *paths;  /* a file of what is asked for in turns; NULL: one path */
    const char *from;   /* the addresses readers come from; NULL: any */
    bool resumed;
    bool plain; /* no TLS, no head: PATH and a line end is asked */
};

/* Asks and hears answers. Prints what came of it; returns the exit status. */
int ask(const struct wishes *wishes);
/* Holds connections until its standard input ends. Prints what came of it; returns the exit status.
 */
int hold(const struct wishes *wishes);
