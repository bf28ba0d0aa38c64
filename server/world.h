/* SPDX-License-Identifier: ISC */
/* world.h - what songtud serves by: settings, labels and the certificate, as one generation of
 * workers has them. A reload makes another world, or keeps the one there is. */
#pragma once

#include "base/region.h"
#include "net/limit.h"
#include "net/tls.h"
#include "pages/web.h"
#include "process/inheritance.h"
#include "process/metrics.h"
#include "process/privilege.h"
#include "protocol/protocol.h"
#include "settings.h"

enum { PATH_BYTES = 4096 };

/* What lives as long as the master. */
struct daemon {
    int argc;
    char **argv;
    struct address listen[PROTOCOLS]; /* len 0: nowhere */
    char tool[PATH_BYTES];            /* songtu, beside our own executable */
    int ready_fd;
    struct inheritance inherited;
    struct identity identity;
    bool drops;
    struct metrics *metrics;
    int tell_socket;     /* where the metrics are told; -1: nowhere */
    char tell_text[128]; /* how people call that */
    struct limit_table *limits;
    struct tickets *tickets;
};

/* What one generation of workers serves by. */
struct world {
    struct daemon *daemon;
    struct region *region;
    struct settings settings;
    struct labels *labels;
    struct tls *tls;
    struct tls *web_tls; /* NULL: the web is served without */
    struct origin origins[PROTOCOLS];
    struct capsule capsule;
    struct web web;
    bool probing;  /* its worker tries to get out, rather than to serve */
    bool checking; /* for --check alone: a certificate may be missing */
};

/* From the command line and the file alone; NULL: the fault is logged. */
struct world *world_read(struct daemon *daemon, enum settings_wish *wish);
/* Labels and certificate, on top of the settings; false: the fault is logged. */
bool world_load(struct world *world);
/* Where the host has none yet; false: the fault is logged. */
bool world_make_certificate(const struct settings *settings);
/* Opens the log that the settings name; false: the fault is logged, where it was. */
bool world_open_log(const struct settings *settings);

/* What the master asks (master.h says when): a daemon, and worlds. */
void *world_reload(void *daemon, const void *now);
void world_keep(void *daemon, const void *now, const void *failed);
void world_free(void *daemon, void *world);
bool world_is_servable(void *daemon, void *world);
unsigned long long world_archive(void *daemon, void *world);
unsigned long long world_content(void *daemon, void *world);

/* Where its archive lies, and content/files; return `into`. */
const char *world_archive_path(const struct world *world, char into[PATH_BYTES]);
const char *world_files_path(const struct world *world, char into[PATH_BYTES]);
