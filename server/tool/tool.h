/* SPDX-License-Identifier: ISC */
/* tool.h - the commands of songtu: one file each, one row each. */
#pragma once

#include "base/buffer.h"
#include "base/region.h"
#include "base/span.h"
#include "base/status.h"
#include "process/sandbox.h"

struct yaml;

/* What a command may know: songtu.c fills it from the settings. */
struct tool_options {
    const char *content, *state, *certs; /* folder paths */
    const char *zone;
    struct spans hosts; /* the capsule's name first */
    struct span lang, title;
    const char *settings_path;  /* the file read, or NULL: for messages */
    uint16_t port;              /* the public Gemini port */
    enum sandbox_wish sandbox;  /* of who goes on for long */
    const struct yaml *sources; /* of refresh, as the settings have them; NULL: none */
    struct span contact;        /* whom a site may turn to */
};

/* Exit statuses (sysexits.h where they fit): */
enum {
    EXIT_FINE = 0,
    EXIT_FAULTS = 1,    /* it ran, and something it looked at is wrong */
    EXIT_USAGE = 2,     /* the command line can't be understood */
    EXIT_NONE_READ = 2, /* of refresh: none of its sources could be read */
    EXIT_FAILED = 3,    /* it could not do its work at all */
    /* What `get` was answered, where that was no success (2x): */
    EXIT_ASKED = 10,  /* 1x: it wants a line of input */
    EXIT_MOVED = 30,  /* 3x */
    EXIT_LATER = 40,  /* 4x: a temporary failure */
    EXIT_NEVER = 50,  /* 5x: a permanent one */
    EXIT_NOBODY = 60, /* 6x: it wants a client certificate */
};

struct command {
    const char *name;
    const char *synopsis; /* "rename OLD NEW" */
    const char *summary;  /* one line for songtu --help */
    const char *help;     /* what songtu NAME --help says beneath the synopsis */
    /* argv[0] is the command's name; options common to all are gone already. */
    int (*run)(const struct tool_options *options, int argc, char **argv);
};

extern const struct command commands[]; /* tool.c; in alphabetical order, ends with name == NULL */
const struct command *command_find(const char *name);

int command_cert(const struct tool_options *options, int argc, char **argv);
int command_check(const struct tool_options *options, int argc, char **argv);
int command_get(const struct tool_options *options, int argc, char **argv);
int command_import(const struct tool_options *options, int argc, char **argv);
int command_index(const struct tool_options *options, int argc, char **argv);
int command_new(const struct tool_options *options, int argc, char **argv);
int command_refresh(const struct tool_options *options, int argc, char **argv);
int command_rename(const struct tool_options *options, int argc, char **argv);
int command_search(const struct tool_options *options, int argc, char **argv);
int command_status(const struct tool_options *options, int argc, char **argv);
int command_watch(const struct tool_options *options, int argc, char **argv);
int command_why(const struct tool_options *options, int argc, char **argv);
int command_withdraw(const struct tool_options *options, int argc, char **argv);

/* A usage error: says it on stderr with a hint at --help, and returns EXIT_USAGE. */
int command_misused(const char *command, const char *format, ...) PRINTF(2, 3);
/* Whom the servers we ask may turn to: as the settings say, else the capsule's own address. */
struct span tool_contact(const struct tool_options *options, struct region *region);
/* Appends "indexing [######------] 500 of 1000". Pure. */
void tool_bar(const char *what, size_t done, size_t all, struct buffer *out);
/* That as one line of a terminal's stderr, drawn anew where it grows; nothing in a pipe. done ==
 * all ends the line. */
void tool_progress(const char *what, size_t done, size_t all);
