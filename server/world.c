/* SPDX-License-Identifier: ISC */
#include "world.h"

#include "archive/archive.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "net/certificate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { LABELS_BYTES_MAX = 1024 * 1024 };

void
world_free(void *whom, void *what)
{
    struct world *world = what;
    (void)whom;
    tls_free(world->tls);
    tls_free(world->web_tls);
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

/* "gemini://example.org:1966": what paths are put behind. */
static struct span
base_of(struct world *world, enum protocol_id protocol, const char *scheme, uint16_t usual)
{
    struct span host = world->settings.host;
    bool literal = span_has_char(host, ':');
    struct span base = region_printf(world->region, "%s://%s%.*s%s", scheme, literal ? "[" : "",
                                     SPAN_ARG(host), literal ? "]" : "");
    uint16_t port = world->origins[protocol].port;
    return port == usual ? base
                         : region_printf(world->region, "%.*s:%u", SPAN_ARG(base), (unsigned)port);
}

static void
settle_web(struct world *world)
{
    const struct settings *settings = &world->settings;
    bool secure = settings->web_certs.len > 0;
    if (world->daemon->listen[PROTOCOL_web].len == 0)
        return;
    world->web.gemini = base_of(world, PROTOCOL_gemini, "gemini", protocols[PROTOCOL_gemini].port);
    world->capsule.web = settings->web_url.len > 0
                             ? settings->web_url
                             : base_of(world, PROTOCOL_web, secure ? "https" : "http",
                                       secure ? 443 : protocols[PROTOCOL_web].port);
    world->web.changed = clock_now();
    world->web.secure = secure;
}

static void
settle(struct world *world)
{
    const struct settings *settings = &world->settings;
    for (size_t i = 0; i < PROTOCOLS; i++)
        world->origins[i] = (struct origin){ .hosts = settings->hosts,
                                             .port = settings->public_port[i] != 0
                                                         ? (uint16_t)settings->public_port[i]
                                                         : address_port(&world->daemon->listen[i]),
                                             .any_address = true,
                                             .ascii = settings->ascii[i] };
    world->capsule = (struct capsule){ .lang = settings->language,
                                       .title = settings->title,
                                       .labels = world->labels,
                                       .files = -1,
                                       .origin = &world->origins[PROTOCOL_gemini],
                                       .robots = settings->robots };
    settle_web(world);
}

/* Settings from the command line and the file. The world is freed where it fails. */
struct world *
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

static bool
is_fine(enum status status, const struct fault *fault)
{
    if (status != STATUS_OK)
        log_error("%s", fault->what);
    return status == STATUS_OK;
}

static enum status
read_certificate(struct world *world, struct fault *fault)
{
    const struct settings *settings = &world->settings;
    enum status status = tls_new(settings->certs.at, settings->host, &world->tls, fault);
    if (status == STATUS_OK && world->daemon->tickets != NULL) /* else nobody is served */
        tls_use_tickets(world->tls, world->daemon->tickets);
    return world->checking && status == STATUS_ABSENT ? STATUS_OK : status;
}

static enum status
read_web_certificate(struct world *world, struct fault *fault)
{
    const struct settings *settings = &world->settings;
    if (settings->web_certs.len == 0)
        return STATUS_OK;
    enum status status = tls_new(settings->web_certs.at, settings->host, &world->web_tls, fault);
    if (status == STATUS_OK)
        tls_ask_nobody(world->web_tls);
    if (status == STATUS_OK && world->daemon->tickets != NULL)
        tls_use_tickets(world->web_tls, world->daemon->tickets);
    return status;
}

/* Certificates and labels, on top of the settings. */
bool
world_load(struct world *world)
{
    struct fault fault = { 0, "" };
    enum status sandbox = sandbox_ask(world->settings.sandbox, &fault);
    bool fine = is_fine(sandbox == STATUS_ABSENT ? STATUS_OK : sandbox, &fault);
    fine = is_fine(read_labels(world, &fault), &fault) && fine;
    fine = is_fine(read_certificate(world, &fault), &fault) && fine;
    fine = is_fine(read_web_certificate(world, &fault), &fault) && fine;
    settle(world);
    return fine;
}

bool
world_make_certificate(const struct settings *settings)
{
    struct fault fault = { 0, "" };
    enum status status = certificate_make(settings->certs.at, settings->hosts, &fault);
    if (status == STATUS_OK)
        log_info("made a certificate in %s/%s", settings->certs.at, settings->host.at);
    else if (status != STATUS_BUSY)
        log_error("%s", fault.what);
    return status == STATUS_OK || status == STATUS_BUSY;
}

bool
world_open_log(const struct settings *settings)
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
    if (span_equal(now->log, wanted->log)) {
        log_level_set(wanted->log_level);
        return true;
    }
    log_info("the log goes on in %s", wanted->log.len > 0 ? wanted->log.at : "standard error");
    return world_open_log(wanted);
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

void *
world_reload(void *whom, const void *what)
{
    const struct world *now = what;
    struct buffer kept = BUFFER_EMPTY;
    enum settings_wish wish;
    struct world *world = world_read(whom, &wish);
    if (world == NULL)
        return NULL;
    settings_keep(&now->settings, world->region, &world->settings, &kept);
    bool fine = is_content_there(&now->settings, &world->settings) &&
                world_make_certificate(&world->settings) && world_load(world);
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

void
world_keep(void *whom, const void *what, const void *failed)
{
    const struct world *now = what, *new = failed;
    (void)whom;
    clock_zone_set(now->settings.zone.at);
    (void)move_log(&new->settings, &now->settings); /* where it can't, it goes on and says so */
}

const char *
world_archive_path(const struct world *world, char into[PATH_BYTES])
{
    snprintf(into, PATH_BYTES, "%s/archive.db", world->settings.state.at);
    return into;
}

bool
world_is_servable(void *whom, void *world)
{
    char path[PATH_BYTES];
    struct archive *archive = NULL;
    struct fault fault;
    (void)whom;
    bool fine = archive_open(world_archive_path(world, path), &archive, &fault) == STATUS_OK;
    archive_close(archive);
    return fine;
}

unsigned long long
world_archive(void *whom, void *world)
{
    char path[PATH_BYTES];
    (void)whom;
    return archive_identity(world_archive_path(world, path));
}

const char *
world_files_path(const struct world *world, char into[PATH_BYTES])
{
    snprintf(into, PATH_BYTES, "%s/files", world->settings.content.at);
    return into;
}

/* Of the folders that workers hold open; files/ may come later. */
unsigned long long
world_content(void *whom, void *what)
{
    const struct world *world = what;
    char path[PATH_BYTES];
    (void)whom;
    unsigned long long content = file_identity(AT_FDCWD, world->settings.content.at);
    return content == 0 ? 0 : content ^ file_identity(AT_FDCWD, world_files_path(world, path)) >> 1;
}
