/* SPDX-License-Identifier: ISC */
#include "start.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

const char *const start_state_files[] = {
    ".", "lock", "archive.db", "archive.db-wal", "archive.db-shm", NULL
};

const char *
start_state_name(const struct settings *settings, char into[PATH_BYTES])
{
    size_t len = (size_t)snprintf(into, PATH_BYTES, "%s", settings->state.at);
    while (len > 1 && len < PATH_BYTES && into[len - 1] == '/')
        into[--len] = '\0'; /* behind one, a link would be followed */
    return into;
}

int
start_open_state(const struct daemon *daemon, const struct settings *settings)
{
    char name[PATH_BYTES];
    return open(start_state_name(settings, name),
                O_RDONLY | O_DIRECTORY | O_CLOEXEC | (daemon->drops ? O_NOFOLLOW : 0));
}

/* It becomes the watcher's, with what an earlier `songtu index` of root's left there. */
static bool
give_state(const struct daemon *daemon, const struct settings *settings)
{
    int folder = start_open_state(daemon, settings);
    bool fine = folder >= 0;
    for (const char *const *name = start_state_files; fine && *name != NULL; name++)
        fine = fchownat(folder, *name, daemon->identity.user, daemon->identity.group,
                        AT_SYMLINK_NOFOLLOW) == 0 ||
               errno == ENOENT;
    if (!fine)
        log_error("%s: %s can't be given to %s: %s", settings_place(settings, "state"),
                  settings->state.at, daemon->identity.name, strerror(errno));
    if (folder >= 0)
        close(folder);
    return fine;
}

bool
start_make_state(const struct daemon *daemon, const struct settings *settings)
{
    if (file_make_folder(AT_FDCWD, settings->state.at, 0755) == STATUS_OK)
        return !daemon->drops || give_state(daemon, settings);
    log_error("%s: %s can't be made: %s", settings_place(settings, "state"), settings->state.at,
              strerror(errno));
    return false;
}

void
start_mend_state(const struct daemon *daemon, const struct settings *settings)
{
    if (daemon->drops && file_identity(AT_FDCWD, settings->state.at) == 0 &&
        file_make_folder(AT_FDCWD, settings->state.at, 0755) == STATUS_OK &&
        give_state(daemon, settings))
        log_warn("%s was gone, and is made anew", settings->state.at);
}

static size_t
count_workers(const struct settings *settings)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (settings->workers > 0)
        return (size_t)settings->workers;
    return cores < 1 ? 1 : cores > 64 ? 64 : (size_t)cores;
}

/* What listens already goes on, and readers who wait there with it; what is not wanted any more is
 * the elder's alone. false: it is broken. */
static bool
take_over(struct daemon *daemon, size_t protocol, int *sockets)
{
    const struct inheritance *inherited = &daemon->inherited;
    size_t count = inherited->count[protocol];
    bool wanted = daemon->listen[protocol].len > 0;
    struct address address;
    for (size_t i = 0; i < count; i++) {
        int socket = inherited->sockets[protocol][i];
        if (!address_of(socket, &address)) {
            log_error("what the songtud before left does not listen");
            return false;
        }
        if (!wanted)
            close(socket);
        sockets[i * PROTOCOLS + protocol] = wanted ? socket : -1;
    }
    if (wanted && !address_may_be(&daemon->listen[protocol], &address))
        log_warn("an upgrade does not change %s: that takes effect at a restart",
                 protocols[protocol].name);
    if (wanted)
        daemon->listen[protocol] = address;
    return true;
}

static bool
bind_one(struct daemon *daemon, const struct settings *settings, size_t protocol, size_t slots,
         int *sockets)
{
    struct address *address = &daemon->listen[protocol];
    const char *name = protocols[protocol].name;
    int bound[INHERITED_SOCKETS_MAX];
    char text[ADDRESS_TEXT];
    bool fell_back;
    if (address->len == 0)
        return true;
    if (socket_listen(address, slots, bound, &fell_back) != STATUS_OK) {
        log_error("%s: %s can't be listened on: %s", settings_place(settings, name),
                  address_print(address, text), strerror(errno));
        return false;
    }
    if (fell_back)
        log_warn("this host has no IPv6: listening on %s", address_print(address, text));
    for (size_t i = 0; i < slots; i++) {
        sockets[i * PROTOCOLS + protocol] = bound[i];
        if (!protocols[protocol].tls && !protocols[protocol].http)
            socket_await_words(bound[i]);
    }
    return true;
}

/* An heir has as many as his elder. */
static size_t
count_slots(const struct daemon *daemon, const struct settings *settings)
{
    size_t inherited = daemon->inherited.count[PROTOCOL_gemini];
    if (inherited == 0)
        return count_workers(settings);
    if (settings->workers != 0 && settings->workers != inherited)
        log_warn("an upgrade does not change workers: that takes effect at a restart");
    return inherited;
}

int *
start_bind(struct daemon *daemon, const struct settings *settings, size_t *slots)
{
    bool fine = true;
    *slots = count_slots(daemon, settings);
    int *sockets = memory_new(*slots * PROTOCOLS * sizeof *sockets);
    for (size_t i = 0; i < *slots * PROTOCOLS; i++)
        sockets[i] = -1;
    for (size_t i = 0; i < PROTOCOLS && fine; i++)
        fine = daemon->inherited.count[i] > 0 ? take_over(daemon, i, sockets)
                                              : bind_one(daemon, settings, i, *slots, sockets);
    if (fine)
        return sockets;
    free(sockets);
    return NULL;
}

/* Whether they are told where they were told before. */
static bool
keep_telling(struct daemon *daemon, struct span where)
{
    struct address wanted, address;
    struct sockaddr_un file = { .sun_family = AF_UNIX };
    socklen_t len = sizeof file;
    int socket = daemon->inherited.tell_socket;
    if (socket < 0)
        return false;
    bool same = address_parse(where, &wanted)
                    ? address_of(socket, &address) && address_may_be(&wanted, &address)
                    : where.len > 5 && getsockname(socket, (struct sockaddr *)&file, &len) == 0 &&
                          file.sun_family == AF_UNIX && strcmp(file.sun_path, where.at + 5) == 0;
    if (!same) {
        close(socket);
        return false;
    }
    daemon->tell_socket = socket;
    snprintf(daemon->tell_text, sizeof daemon->tell_text, "%.*s", SPAN_ARG(where));
    if (address_parse(where, &wanted))
        address_print(&address, daemon->tell_text);
    return true;
}

/* Binds where they are told, or says why not. */
static bool
bind_metrics(struct daemon *daemon, struct span where)
{
    struct address address;
    bool fell_back;
    enum status status;
    snprintf(daemon->tell_text, sizeof daemon->tell_text, "%.*s", SPAN_ARG(where));
    if (address_parse(where, &address)) {
        status = socket_listen(&address, 1, &daemon->tell_socket, &fell_back);
        address_print(&address, daemon->tell_text);
    } else {
        gid_t group = daemon->drops ? daemon->identity.group : (gid_t)-1;
        status = socket_listen_file(where.at + 5, group, &daemon->tell_socket);
    }
    if (status == STATUS_BUSY)
        errno = EADDRINUSE;
    if (status != STATUS_OK)
        log_error("the metrics can't be told at %s: %s", daemon->tell_text, strerror(errno));
    return status == STATUS_OK;
}

bool
start_metrics(struct daemon *daemon, const struct settings *settings)
{
    if (metrics_new(&daemon->inherited.memory[INHERITED_METRICS], &daemon->metrics) != STATUS_OK) {
        log_error("no memory to count in: %s", strerror(errno));
        return false;
    }
    return keep_telling(daemon, settings->metrics) || settings->metrics.len == 0 ||
           bind_metrics(daemon, settings->metrics);
}

/* What addresses have spent is kept as long as we live. */
bool
start_limits(struct daemon *daemon, const struct settings *settings, size_t slots)
{
    daemon->limits = limit_table_new(limit_size(slots, (size_t)settings->connections),
                                     &daemon->inherited.memory[INHERITED_LIMITS]);
    if (daemon->limits == NULL)
        log_error("no memory for the limits of addresses: %s", strerror(errno));
    return daemon->limits != NULL;
}

bool
start_tickets(struct daemon *daemon)
{
    daemon->tickets = tickets_new(clock_monotonic() / 1000,
                                  &daemon->inherited.memory[INHERITED_TICKETS]);
    if (daemon->tickets == NULL)
        log_error("no keys for session tickets: no memory, or nothing random");
    return daemon->tickets != NULL;
}
