/* SPDX-License-Identifier: ISC */
/* songtud.c - the daemon: reads the settings, binds the ports, and hands both to the master. */
#include "archive/archive.h"
#include "archive/news.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "net/certificate.h"
#include "net/listener.h"
#include "pages/pages.h"
#include "process/exporter.h"
#include "process/master.h"
#include "process/probe.h"
#include "settings.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, LABELS_BYTES_MAX = 1024 * 1024, CACHE_BYTES = 8 * 1024 * 1024 };
enum { DAMAGE_AGAIN_MS = 1000 };

/* What lives as long as the master. */
struct daemon {
    int argc;
    char **argv;
    struct address gemini;
    char tool[PATH_BYTES]; /* songtu, beside our own executable */
    int ready_fd;
    struct identity identity;
    bool drops;
    struct metrics *metrics;
    int tell_socket;     /* where the metrics are told; -1: nowhere */
    char tell_text[128]; /* how people call that */
    struct limit_table *limits;
};

/* What one generation of workers serves by. */
struct world {
    struct daemon *daemon;
    struct region *region;
    struct settings settings;
    struct labels *labels;
    struct tls *tls;
    struct origin origin;
    struct capsule capsule;
    bool probing; /* its worker tries to get out, rather than to serve */
};

/* A worker's own. */
struct worker {
    struct world *world;
    struct event_base *base;
    struct archive *archive;
    struct listener *listener;
    struct limit *limit;
    struct event *control, *look, *news;
    struct cache_counts counts; /* as far as they are in the metrics */
    int told;          /* becomes readable when the archive may have got on; -1: it can't be told */
    int socket;        /* the one that listens; -1: closed */
    int master;        /* the control descriptor */
    int64_t last_look; /* on the monotonic clock: then it accepts no more */
    int64_t last_told; /* likewise, that the archive is damaged */
};

static void
world_free(void *whom, void *what)
{
    struct world *world = what;
    (void)whom;
    tls_free(world->tls);
    region_free(world->region);
    free(world);
}

static enum status
read_labels(struct world *world, struct fault *fault)
{
    char path[PATH_BYTES];
    struct buffer text = BUFFER_EMPTY;
    struct fault inner = { 0, "" };
    snprintf(path, sizeof path, "%s/labels.yaml", world->settings.content.at);
    enum status status = file_read(AT_FDCWD, path, LABELS_BYTES_MAX, &text);
    if (status == STATUS_ABSENT)
        status = STATUS_OK;
    else if (status != STATUS_OK)
        fault_set(fault, 0, "%s can't be read: %s", path, strerror(errno));
    if (status == STATUS_OK &&
        labels_parse(buffer_span(&text), world->region, &world->labels, &inner) != STATUS_OK)
        status = fault_set(fault, inner.line, "%s:%zu: %s", path, inner.line, inner.what);
    buffer_fini(&text);
    return status;
}

static void
settle(struct world *world)
{
    const struct settings *settings = &world->settings;
    world->origin = (struct origin){ .hosts = settings->hosts,
                                     .port = settings->public_port != 0
                                                 ? (uint16_t)settings->public_port
                                                 : address_port(&world->daemon->gemini),
                                     .any_address = true };
    world->capsule = (struct capsule){ .lang = settings->language,
                                       .title = settings->title,
                                       .labels = world->labels,
                                       .files = -1,
                                       .robots = settings->robots };
}

/* Settings from the command line and the file. The world is freed where it fails. */
static struct world *
world_read(struct daemon *daemon, enum settings_wish *wish)
{
    struct world *world = memory_new(sizeof *world);
    struct fault fault = { 0, "" };
    *world = (struct world){ .daemon = daemon, .region = region_new() };
    int argc = daemon->argc;
    char **argv = memory_new(((size_t)argc + 1) * sizeof *argv);
    memcpy(argv, daemon->argv, ((size_t)argc + 1) * sizeof *argv);
    enum status status = settings_read(SETTINGS_DAEMON, &argc, argv, world->region,
                                       &world->settings, wish, &fault);
    if (status == STATUS_OK && argc > 1)
        status = fault_set(&fault, 0, "what is `%s`? See songtud --help", argv[1]);
    free(argv);
    if (status == STATUS_OK)
        return world;
    log_error("%s", fault.what);
    world_free(NULL, world);
    return NULL;
}

/* Certificate and labels, on top of the settings. */
static bool
world_load(struct world *world)
{
    struct fault fault = { 0, "" };
    enum status status = sandbox_ask(world->settings.sandbox, &fault);
    if (status != STATUS_BAD)
        status = read_labels(world, &fault);
    if (status == STATUS_OK)
        status = tls_new(world->settings.certs.at, world->settings.host, &world->tls, &fault);
    if (status == STATUS_OK)
        settle(world);
    else
        log_error("%s", fault.what);
    return status == STATUS_OK;
}

static bool
open_log(const struct settings *settings)
{
    const char *path = settings->log.len > 0 ? settings->log.at : NULL;
    if (log_open("songtud", path, settings->log_level) == STATUS_OK)
        return true;
    log_error("%s: %s can't be opened: %s", settings_place(settings, "log"), path, strerror(errno));
    return false;
}

/* The last thing a reload does: what it says before goes where it went. */
static bool
move_log(const struct settings *now, const struct settings *wanted)
{
    log_level_set(wanted->log_level);
    if (span_equal(now->log, wanted->log))
        return true;
    log_info("the log goes on in %s", wanted->log.len > 0 ? wanted->log.at : "standard error");
    return open_log(wanted);
}

/* A folder that was named just now has to be there; one that went away will come back. */
static bool
is_content_there(const struct settings *now, const struct settings *wanted)
{
    if (span_equal(now->content, wanted->content) ||
        file_identity(AT_FDCWD, wanted->content.at) != 0)
        return true;
    log_error("%s: %s can't be read: %s", settings_place(wanted, "content"), wanted->content.at,
              strerror(errno));
    return false;
}

static void *
on_load(void *whom, const void *what)
{
    const struct world *now = what;
    struct buffer kept = BUFFER_EMPTY;
    enum settings_wish wish;
    struct world *world = world_read(whom, &wish);
    if (world == NULL)
        return NULL;
    settings_keep(&now->settings, world->region, &world->settings, &kept);
    bool fine = is_content_there(&now->settings, &world->settings) && world_load(world);
    if (fine && kept.len > 0)
        log_warn("a reload does not change %s: that takes effect at a restart", buffer_text(&kept));
    fine = fine && move_log(&now->settings, &world->settings);
    buffer_fini(&kept);
    if (fine)
        return world;
    clock_zone_set(now->settings.zone.at);
    world_free(NULL, world);
    return NULL;
}

static const char *
archive_path(const struct world *world, char into[PATH_BYTES])
{
    snprintf(into, PATH_BYTES, "%s/archive.db", world->settings.state.at);
    return into;
}

static bool
is_servable(void *whom, void *world)
{
    char path[PATH_BYTES];
    struct archive *archive = NULL;
    struct fault fault;
    (void)whom;
    bool fine = archive_open(archive_path(world, path), &archive, &fault) == STATUS_OK;
    archive_close(archive);
    return fine;
}

static unsigned long long
archive_number(void *whom, void *world)
{
    char path[PATH_BYTES];
    (void)whom;
    return archive_identity(archive_path(world, path));
}

static const char *
files_path(const struct world *world, char into[PATH_BYTES])
{
    snprintf(into, PATH_BYTES, "%s/files", world->settings.content.at);
    return into;
}

/* Of the folders that workers hold open; files/ may come later. */
static unsigned long long
content_number(void *whom, void *what)
{
    const struct world *world = what;
    char path[PATH_BYTES];
    (void)whom;
    unsigned long long content = file_identity(AT_FDCWD, world->settings.content.at);
    return content == 0 ? 0 : content ^ file_identity(AT_FDCWD, files_path(world, path)) >> 1;
}

/* Nobody mends it but the watcher, who hears of it from the master. */
static void
tell_damage(struct worker *worker)
{
    const char damaged = WORKER_DAMAGED;
    int64_t now = clock_monotonic();
    if (worker->last_told != 0 && now - worker->last_told < DAMAGE_AGAIN_MS)
        return;
    worker->last_told = now;
    if (send(worker->master, &damaged, 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1)
        worker->last_told = 0;
}

/* The archive got on, or was just opened. */
static void
note_round(struct worker *worker, int64_t when)
{
    struct metrics *metrics = worker->world->daemon->metrics;
    uint64_t round = (uint64_t)archive_round(worker->archive);
    if (metrics_get(metrics, METRIC_ROUND) == round)
        return;
    metrics_set(metrics, METRIC_ROUND, round);
    metrics_set(metrics, METRIC_ROUND_TIME, (uint64_t)when);
}

static void
count_cache(struct worker *worker)
{
    struct metrics *metrics = worker->world->daemon->metrics;
    struct cache_counts counts = cache_counts(worker->world->capsule.cache);
    if (counts.found != worker->counts.found)
        metrics_add(metrics, METRIC_CACHE_HIT, counts.found - worker->counts.found);
    if (counts.written != worker->counts.written)
        metrics_add(metrics, METRIC_CACHE_MISS, counts.written - worker->counts.written);
    worker->counts = counts;
}

static struct reply
on_question(void *whom, const struct request *request, struct region *region)
{
    struct worker *worker = whom;
    struct capsule *capsule = &worker->world->capsule;
    if (worker->told < 0)
        cache_doubt(capsule->cache);
    struct reply reply = pages_answer(capsule, worker->archive, request, clock_now(), region);
    count_cache(worker);
    if (worker->told < 0)
        note_round(worker, clock_now());
    if (archive_is_damaged(worker->archive))
        tell_damage(worker);
    return reply;
}

static void
on_news(evutil_socket_t descriptor, short what, void *whom)
{
    struct worker *worker = whom;
    (void)what;
    news_read(descriptor);
    cache_doubt(worker->world->capsule.cache);
    if (archive_begin(worker->archive) == STATUS_OK)
        archive_end(worker->archive);
    note_round(worker, clock_now());
}

/* Whether a leaving worker is done. */
static void
look(struct worker *worker)
{
    if (clock_monotonic() < worker->last_look)
        return;
    if (worker->socket >= 0) {
        listener_drain(worker->listener);
        close(worker->socket);
        worker->socket = -1;
    }
    if (listener_busy(worker->listener) == 0)
        event_base_loopbreak(worker->base);
}

static void
on_look(evutil_socket_t socket, short what, void *whom)
{
    (void)socket, (void)what;
    look(whom);
}

static void
on_control(evutil_socket_t socket, short what, void *whom)
{
    struct worker *worker = whom;
    char word;
    (void)what;
    ssize_t got = read(socket, &word, 1);
    if (got <= 0) { /* the master is gone */
        event_base_loopbreak(worker->base);
        return;
    }
    const struct timeval often = { 0, 20000 };
    worker->last_look = clock_monotonic() + (word == WORKER_LEAVE ? WORKER_LAST_LOOK_MS : 0);
    event_add(worker->look, &often);
    look(worker);
}

static void
worker_loop(struct worker *worker)
{
    const char ready = WORKER_READY;
    worker->control = event_new(worker->base, worker->master, EV_READ | EV_PERSIST, on_control,
                                worker);
    worker->look = event_new(worker->base, -1, EV_PERSIST, on_look, worker);
    worker->news = event_new(worker->base, worker->told, EV_READ | EV_PERSIST, on_news, worker);
    event_add(worker->control, NULL);
    if (worker->told >= 0)
        event_add(worker->news, NULL);
    if (write(worker->master, &ready, 1) == 1)
        event_base_dispatch(worker->base);
    event_free(worker->control);
    event_free(worker->look);
    event_free(worker->news);
}

static struct span
say(const struct world *world, const char *key)
{
    return label(world->labels, world->settings.language, key);
}

/* From here on it reads the content folder, and what is open already; files/ may be a link. */
static bool
lock_in(const struct world *world)
{
    char files[PATH_BYTES];
    const struct sandbox_path paths[] = { { world->settings.content.at, SANDBOX_READ },
                                          { files_path(world, files), SANDBOX_READ } };
    struct fault fault = { 0, "" };
    if (sandbox_enter(world->settings.sandbox, SANDBOX_WORKER, paths, 2, &fault) == STATUS_OK)
        return true;
    log_error("a worker can't be locked in: %s", fault.what);
    return false;
}

/* For the operator: what somebody who took a worker over could do. */
static bool
probe_cell(const struct world *world)
{
    const struct settings *settings = &world->settings;
    char key[PATH_BYTES];
    snprintf(key, sizeof key, "%s/%s/key.pem", settings->certs.at, settings->host.at);
    return probe_all(&(struct probe_paths){ settings->content.at, settings->state.at, key },
                     stdout);
}

static struct limit *
open_limit(const struct world *world)
{
    struct limit_options options = { .rate = world->settings.rate,
                                     .held = world->settings.connections_per_address,
                                     .allow = world->settings.allow };
    struct limit_table *limits = world->daemon->limits; /* none while the cell is probed */
    return limits != NULL ? limit_new(limits, &options, getpid()) : NULL;
}

static void
on_worker_ended(void *whom, pid_t worker)
{
    const struct daemon *daemon = whom;
    limit_table_forget(daemon->limits, worker);
}

static int
on_work(void *what, size_t slot, const int *sockets, int control)
{
    struct worker worker = { .world = what, .socket = sockets[0], .master = control };
    struct world *world = what;
    struct fault fault = { 0, "" };
    char path[PATH_BYTES];
    (void)slot;
    enum status status = archive_open(archive_path(world, path), &worker.archive, &fault);
    if (status != STATUS_OK) {
        log_error("%s can't be opened: %s", path, fault.what);
        if (status == STATUS_BAD)
            tell_damage(&worker);
        return 1;
    }
    worker.told = news_open(path);
    note_round(&worker, archive_changed(path));
    world->capsule.files = open(files_path(world, path), O_PATH | O_DIRECTORY | O_CLOEXEC);
    world->capsule.cache = cache_new(CACHE_BYTES);
    worker.base = event_base_new();
    worker.limit = open_limit(world);
    struct listener_options options = { .base = worker.base,
                                        .protocol = protocol_find("gemini"),
                                        .socket = sockets[0],
                                        .tls = world->tls,
                                        .origin = &world->origin,
                                        .connections_max = (size_t)world->settings.connections,
                                        .metrics = world->daemon->metrics,
                                        .limit = worker.limit,
                                        .whole_addresses = world->settings.whole_addresses,
                                        .bad = say(world, "bad_request"),
                                        .refused = say(world, "refused"),
                                        .answer = on_question,
                                        .whom = &worker };
    worker.listener = listener_start(&options);
    bool fine = lock_in(world);
    if (fine && world->probing)
        fine = probe_cell(world);
    else if (fine)
        worker_loop(&worker);
    listener_stop(worker.listener);
    limit_free(worker.limit);
    event_base_free(worker.base);
    archive_close(worker.archive);
    cache_free(world->capsule.cache);
    if (worker.told >= 0)
        close(worker.told);
    return fine ? 0 : 1;
}

/* The tool watches; its words go where ours go. It is told all, and reads no file: that may be
 * broken by now. */
static int
on_watch(void *what)
{
    const struct world *world = what;
    const struct settings *settings = &world->settings;
    const char *tool = world->daemon->tool;
    char content[PATH_BYTES], state[PATH_BYTES], zone[256], language[64], level[32], sandbox[32];
    snprintf(content, sizeof content, "--content=%s", settings->content.at);
    snprintf(state, sizeof state, "--state=%s", settings->state.at);
    snprintf(zone, sizeof zone, "--time-zone=%s", settings->zone.at);
    snprintf(language, sizeof language, "--language=%s", settings->language.at);
    snprintf(level, sizeof level, "--log-level=%s", log_level_name(settings->log_level));
    snprintf(sandbox, sizeof sandbox, "--sandbox=%s", sandbox_wishes[settings->sandbox]);
    if (dup2(log_descriptor(), STDERR_FILENO) < 0)
        return 1;
    execl(tool, tool, "-c", "", content, state, zone, language, level, sandbox, "watch",
          (char *)NULL);
    log_error("%s can't be run: %s", tool, strerror(errno));
    return 1;
}

/* The key is no business of one who tells numbers. */
static int
on_tell(void *what)
{
    struct world *world = what;
    const struct daemon *daemon = world->daemon;
    struct fault fault = { 0, "" };
    enum sandbox_wish wish = world->settings.sandbox;
    world_free(NULL, world);
    if (sandbox_enter(wish, SANDBOX_EXPORTER, NULL, 0, &fault) == STATUS_OK)
        return exporter_run(daemon->metrics, daemon->tell_socket);
    log_error("the exporter can't be locked in: %s", fault.what);
    return 1;
}

static void
on_ready(void *whom, void *what)
{
    struct daemon *daemon = whom;
    const struct world *world = what;
    struct certificate_facts facts;
    struct fault fault;
    char address[ADDRESS_TEXT], port[8] = "";
    struct span host = world->settings.host;
    address_print(&daemon->gemini, address);
    if (world->origin.port != 1965)
        snprintf(port, sizeof port, ":%u", world->origin.port);
    if (certificate_inspect(world->settings.certs.at, host, world->region, &facts, &fault) ==
        STATUS_OK)
        printf("gemini://%.*s%s/ is served, listening on %s\n"
               "certificate SHA-256 %s\n",
               SPAN_ARG(host), port, address, facts.certificate_hash);
    fflush(stdout);
    if (daemon->ready_fd >= 0) {
        bool tells = daemon->tell_socket >= 0;
        dprintf(daemon->ready_fd, "gemini %s\n%s%s%s", address, tells ? "metrics " : "",
                daemon->tell_text, tells ? "\n" : "");
        close(daemon->ready_fd);
        daemon->ready_fd = -1;
    }
}

static bool
find_tool(struct daemon *daemon)
{
    ssize_t len = readlink("/proc/self/exe", daemon->tool, sizeof daemon->tool - 16);
    if (len <= 0)
        return false;
    daemon->tool[len] = '\0';
    memcpy(strrchr(daemon->tool, '/') + 1, "songtu", sizeof "songtu");
    return access(daemon->tool, X_OK) == 0;
}

/* The state folder becomes the watcher's, with what an earlier `songtu index` of root's left there.
 */
static bool
give_state(const struct daemon *daemon, const char *state)
{
    static const char *const names[] = { ".", "lock", "archive.db", "archive.db-wal",
                                         "archive.db-shm" };
    int folder = open(state, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    bool fine = folder >= 0;
    for (size_t i = 0; fine && i < sizeof names / sizeof *names; i++)
        fine = fchownat(folder, names[i], daemon->identity.user, daemon->identity.group,
                        AT_SYMLINK_NOFOLLOW) == 0 ||
               errno == ENOENT;
    if (!fine)
        log_error("%s can't be given to %s: %s", state, daemon->identity.name, strerror(errno));
    if (folder >= 0)
        close(folder);
    return fine;
}

/* As root we become somebody else; the state folder is his. */
static bool
settle_identity(struct daemon *daemon, const struct settings *settings)
{
    if (geteuid() == 0) {
        if (identity_find(settings->user.at, &daemon->identity) != STATUS_OK) {
            log_error("started as root, and there is no user %s: make one with `useradd --system "
                      "%s`, or name another with --user",
                      settings->user.at, settings->user.at);
            return false;
        }
        if (daemon->identity.user == 0) {
            log_error("workers must not be root: name another user with --user");
            return false;
        }
        daemon->drops = true;
    }
    if (file_make_folder(AT_FDCWD, settings->state.at, 0755) != STATUS_OK) {
        log_error("%s can't be made: %s", settings->state.at, strerror(errno));
        return false;
    }
    return !daemon->drops || give_state(daemon, settings->state.at);
}

static bool
settle_certificate(const struct settings *settings)
{
    struct fault fault = { 0, "" };
    enum status status = certificate_make(settings->certs.at, settings->hosts, &fault);
    if (status == STATUS_OK)
        log_info("made a certificate in %s/%s", settings->certs.at, settings->host.at);
    else if (status != STATUS_BUSY)
        log_error("%s", fault.what);
    return status == STATUS_OK || status == STATUS_BUSY;
}

static size_t
count_workers(const struct settings *settings)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (settings->workers > 0)
        return (size_t)settings->workers;
    return cores < 1 ? 1 : cores > 64 ? 64 : (size_t)cores;
}

static int *
bind_sockets(struct daemon *daemon, size_t slots)
{
    bool fell_back;
    char text[ADDRESS_TEXT];
    int *sockets = memory_new(slots * sizeof *sockets);
    if (socket_listen(&daemon->gemini, slots, sockets, &fell_back) != STATUS_OK) {
        log_error("can't listen on %s: %s", address_print(&daemon->gemini, text), strerror(errno));
        free(sockets);
        return NULL;
    }
    if (fell_back)
        log_warn("this host has no IPv6: listening on %s", address_print(&daemon->gemini, text));
    return sockets;
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

static bool
open_metrics(struct daemon *daemon, const struct settings *settings)
{
    if (metrics_new(&daemon->metrics) != STATUS_OK) {
        log_error("no memory to count in: %s", strerror(errno));
        return false;
    }
    return settings->metrics.len == 0 || bind_metrics(daemon, settings->metrics);
}

/* What addresses have spent is kept as long as we live. */
static bool
make_limits(struct daemon *daemon, const struct settings *settings, size_t slots)
{
    daemon->limits = limit_table_new(limit_size(slots, (size_t)settings->connections));
    if (daemon->limits == NULL)
        log_error("no memory for the limits of addresses: %s", strerror(errno));
    return daemon->limits != NULL;
}

static int
serve(struct daemon *daemon, struct world *world)
{
    size_t slots = count_workers(&world->settings);
    socket_allow_many();
    int *sockets = bind_sockets(daemon, slots);
    if (sockets == NULL || !world_load(world) || !open_metrics(daemon, &world->settings) ||
        !make_limits(daemon, &world->settings, slots)) {
        free(sockets);
        world_free(NULL, world);
        return 1;
    }
    struct fault fault = { 0, "" };
    if (sandbox_ask(world->settings.sandbox, &fault) == STATUS_ABSENT)
        log_warn("%s", fault.what);
    struct counters *counters = counters_new(world->settings.state.at);
    struct master_options options = { .slots = slots,
                                      .ports = 1,
                                      .sockets = sockets,
                                      .identity = daemon->drops ? &daemon->identity : NULL,
                                      .metrics = daemon->metrics,
                                      .counters = counters,
                                      .tell = daemon->tell_socket >= 0 ? on_tell : NULL,
                                      .tell_socket = daemon->tell_socket,
                                      .drain_seconds = (int)world->settings.drain,
                                      .load = on_load,
                                      .unload = world_free,
                                      .servable = is_servable,
                                      .archive = archive_number,
                                      .content = content_number,
                                      .work = on_work,
                                      .watch = on_watch,
                                      .ended = on_worker_ended,
                                      .ready = on_ready,
                                      .whom = daemon };
    int status = master_run(&options, world);
    counters_free(counters);
    metrics_free(daemon->metrics);
    free(sockets);
    return status;
}

/* Becomes a worker, as the settings make one. */
static int
probe(struct daemon *daemon, struct world *world)
{
    struct address nowhere;
    int socket;
    bool fell_back;
    if (world->settings.sandbox == SANDBOX_OFF) {
        log_error("`sandbox: off` is set: nobody is locked in");
        return 1;
    }
    if (!settle_identity(daemon, &world->settings) || !world_load(world) ||
        !address_parse(SPAN("127.0.0.1:0"), &nowhere) ||
        socket_listen(&nowhere, 1, &socket, &fell_back) != STATUS_OK)
        return 1;
    if ((daemon->drops && privilege_drop(&daemon->identity) != STATUS_OK) ||
        privilege_never_more() != STATUS_OK) {
        log_error("can't become %s: %s", daemon->identity.name, strerror(errno));
        return 1;
    }
    world->probing = true;
    _exit(on_work(world, 0, &socket, -1)); /* as workers leave */
}

static int
print_help(void)
{
    struct buffer options = BUFFER_EMPTY;
    settings_help(SETTINGS_DAEMON, &options);
    printf("songtud " SONGTU_VERSION ": serves a folder of stories over Gemini.\n\n"
           "Usage: songtud [OPTIONS]\n\n%s"
           "  -n, --check              check settings, certificate and labels, and end\n"
           "  --probe-sandbox          try what a worker that is locked in must not do, and tell\n"
           "  -h, --help               this text\n"
           "  --version                the version\n\n"
           "SIGHUP reads settings, certificate and labels anew; SIGUSR1 opens the log anew;\n"
           "SIGTERM and SIGINT let readers finish, and end.\n",
           buffer_text(&options));
    buffer_fini(&options);
    return 0;
}

int
main(int argc, char **argv)
{
    struct daemon daemon = { .argc = argc, .argv = argv, .ready_fd = -1, .tell_socket = -1 };
    enum settings_wish wish;
    if (log_open("songtud", NULL, LOG_INFO) != STATUS_OK)
        return 1;
    struct world *world = world_read(&daemon, &wish);
    if (world == NULL)
        return 2;
    const struct settings *settings = &world->settings;
    daemon.gemini = settings->gemini;
    daemon.ready_fd = (int)settings->ready_fd;
    int status = 1;
    if (wish == WISH_HELP || wish == WISH_VERSION) {
        status = wish == WISH_HELP ? print_help() : printf("songtud " SONGTU_VERSION "\n") < 0;
    } else if (wish == WISH_CHECK) {
        status = world_load(world) ? 0 : 1;
    } else if (wish == WISH_PROBE) {
        status = probe(&daemon, world);
    } else if (!open_log(settings)) {
        status = 1; /* said already */
    } else if (!find_tool(&daemon)) {
        log_error("songtu is not beside songtud: install both in one folder");
    } else if (settle_identity(&daemon, settings) && settle_certificate(settings)) {
        status = serve(&daemon, world); /* and frees it */
        world = NULL;
    }
    if (world != NULL)
        world_free(NULL, world);
    if (status != 0 && log_descriptor() != STDERR_FILENO)
        fprintf(stderr, "songtud: ended with an error: its log file says why\n");
    return status;
}
