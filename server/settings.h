/* SPDX-License-Identifier: ISC */
/* settings.h - what an operator may set: songtu.yaml, and options on the command line over it.
 *
 * Every setting has a default that works. Only the two mains read this; rooms get options. */
#pragma once

#include "base/buffer.h"
#include "base/log.h"
#include "base/protocols.h"
#include "base/region.h"
#include "base/span.h"
#include "base/status.h"
#include "net/budget.h"
#include "process/sandbox.h"
#include "process/socket.h"

struct yaml;

enum settings_program { SETTINGS_TOOL, SETTINGS_DAEMON };

struct settings {
    struct span host;     /* lower case */
    struct spans aliases; /* other names of the capsule */
    struct spans hosts;   /* host, then aliases */
    struct span language, title, zone;
    struct span content, state, certs; /* folder paths */
    struct address listen[PROTOCOLS];  /* len 0: nowhere */
    uint64_t public_port[PROTOCOLS];   /* 0: the one listened on */
    bool ascii[PROTOCOLS];             /* no letters beyond ASCII */
    struct span metrics;  /* where they are told: ADDR:PORT or unix:PATH; empty: nowhere */
    uint64_t workers;     /* 0: one per core */
    uint64_t connections; /* per worker */
    uint64_t connections_per_address;
    struct rate rate;        /* of an address */
    struct networks allow;   /* never limited */
    struct networks proxies; /* believed when they say whom they ask for */
    struct span web_certs;   /* a folder path; empty: no TLS on the web */
    struct span web_url;     /* "https://example.org"; empty: as it listens */
    uint64_t drain;          /* seconds */
    uint64_t upgrade;        /* likewise */
    struct span user;
    enum sandbox_wish sandbox;
    struct span log; /* empty: standard error */
    enum log_level log_level;
    bool whole_addresses; /* in the log */
    struct spans robots;
    int64_t ready_fd;           /* -1: none */
    const struct yaml *sources; /* of refresh, as the file has them; NULL: none */
    struct span contact;        /* whom to turn to about what refresh does; may be empty */
    struct span file;           /* the settings file read; empty: none */
    struct said *said;          /* settings.c's own: how each of them was told */
};

/* What the command line asks for besides settings. */
enum settings_wish { WISH_RUN, WISH_HELP, WISH_VERSION, WISH_CHECK, WISH_PROBE };

/* Reads the command line and the file (-c FILE, none where that is empty; else songtu.yaml in the
 * working folder where there is one). What is no setting of this program's stays in argv, argc
 * telling how much; behind -- all stays. All spans lie in the region, as C strings. STATUS_BAD:
 * *fault says what, beginning with file:line where a file is to blame. */
enum status
settings_read(enum settings_program program, int *argc, char **argv, struct region *region,
              struct settings *out, enum settings_wish *wish, struct fault *fault) MUST_CHECK;

/* Where a setting was told, for messages: "songtu.yaml:3: user", "--user" or, where it was not,
 * "user". */
const char *settings_place(const struct settings *settings, const char *name);

/* Of what only a restart can change, leaves *wanted as it is `now`; appends the names of those that
 * would have changed, with commas between. */
void settings_keep(const struct settings *now, struct region *region, struct settings *wanted,
                   struct buffer *kept);

enum { SETTINGS_HELP_COLUMNS = 29 }; /* of an option in --help: the longest has as many */
/* Appends "  --host NAME   what it is (default localhost)" lines for --help. */
void settings_help(enum settings_program program, struct buffer *out);
