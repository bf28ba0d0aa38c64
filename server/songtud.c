/* SPDX-License-Identifier: ISC */
/* songtud.c - the daemon: reads the settings, starts, and hands what it made to the master. */
#include "base/buffer.h"
#include "base/clock.h"
#include "base/log.h"
#include "net/certificate.h"
#include "net/pool.h"
#include "process/exporter.h"
#include "process/master.h"
#include "process/supervisor.h"
#include "start.h"
#include "survey.h"
#include "worker.h"
#include "world.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 1000 }; /* so a reader waits two seconds at most for one who is not there */

static void
on_worker_ended(void *whom, pid_t worker)
{
    const struct daemon *daemon = whom;
    limit_table_forget(daemon->limits, worker);
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
    /* Whoever refreshes reads the sources himself, every time anew. */
    bool refreshes = settings->sources != NULL;
    execl(tool, tool, "-c", "", content, state, zone, language, level, sandbox, "watch",
          refreshes ? "--refresh" : NULL, settings->file.at, (char *)NULL);
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
    tickets_free(daemon->tickets);
    if (sandbox_enter(wish, SANDBOX_EXPORTER, NULL, 0, &fault) == STATUS_OK)
        return exporter_run(daemon->metrics, daemon->tell_socket);
    log_error("the exporter can't be locked in: %s", fault.what);
    return 1;
}

/* For people. */
static void
tell_address(const struct world *world, size_t protocol)
{
    char address[ADDRESS_TEXT], port[8] = "";
    const struct protocol *row = &protocols[protocol];
    unsigned own = world->origins[protocol].port;
    if (own != row->port)
        snprintf(port, sizeof port, ":%u", own);
    address_print(&world->daemon->listen[protocol], address);
    if (row->http)
        printf("%.*s/ is served, listening on %s\n", SPAN_ARG(world->capsule.web), address);
    else
        printf("%s://%.*s%s/ is served, listening on %s\n", row->name,
               SPAN_ARG(world->settings.host), port, address);
}

static void
tell_ready(struct daemon *daemon)
{
    struct buffer lines = BUFFER_EMPTY;
    char address[ADDRESS_TEXT];
    for (size_t i = 0; i < PROTOCOLS; i++)
        if (daemon->listen[i].len > 0)
            buffer_printf(&lines, "%s %s\n", protocols[i].name,
                          address_print(&daemon->listen[i], address));
    if (daemon->tell_socket >= 0)
        buffer_printf(&lines, "metrics %s\n", daemon->tell_text);
    dprintf(daemon->ready_fd, "%s", buffer_text(&lines));
    close(daemon->ready_fd);
    daemon->ready_fd = -1;
    buffer_fini(&lines);
}

static void
on_ready(void *whom, void *what)
{
    struct daemon *daemon = whom;
    const struct world *world = what;
    struct certificate_facts facts;
    struct fault fault;
    struct span host = world->settings.host;
    for (size_t i = 0; i < PROTOCOLS; i++)
        if (daemon->listen[i].len > 0)
            tell_address(world, i);
    if (certificate_inspect(world->settings.certs.at, host, world->region, &facts, &fault) ==
        STATUS_OK)
        printf("certificate SHA-256 %s\n", facts.certificate_hash);
    fflush(stdout);
    tickets_own(daemon->tickets, true);
    if (daemon->inherited.elder < 0) /* else he says who we are, when it is time */
        supervisor_tell("READY=1");
    if (daemon->ready_fd >= 0) {
        tell_ready(daemon);
    }
}

static void
on_tick(void *whom, void *what)
{
    const struct world *world = what;
    struct daemon *daemon = whom;
    start_mend_state(daemon, &world->settings);
    tickets_renew(daemon->tickets, clock_monotonic() / 1000);
}

static void
on_succeeded(void *whom, pid_t heir)
{
    char text[32];
    struct daemon *daemon = whom;
    tickets_own(daemon->tickets, false);
    snprintf(text, sizeof text, "MAINPID=%d", (int)heir);
    supervisor_tell(text);
}

static int
serve(struct daemon *daemon, struct world *world)
{
    size_t slots = 0;
    socket_allow_many();
    int *sockets = start_bind(daemon, &world->settings, &slots);
    if (sockets == NULL || !start_tickets(daemon) || !world_load(world) ||
        !start_metrics(daemon, &world->settings) ||
        !start_limits(daemon, &world->settings, slots)) {
        free(sockets);
        world_free(NULL, world);
        return 1;
    }
    struct fault fault = { 0, "" };
    if (sandbox_ask(world->settings.sandbox, &fault) == STATUS_ABSENT)
        log_warn("%s", fault.what);
    struct counters *counters = counters_new(world->settings.state.at);
    struct inheritance bequest = daemon->inherited;
    bequest.tell_socket = daemon->tell_socket;
    struct master_options options = { .slots = slots,
                                      .sockets = sockets,
                                      .identity = daemon->drops ? &daemon->identity : NULL,
                                      .metrics = daemon->metrics,
                                      .counters = counters,
                                      .tell = daemon->tell_socket >= 0 ? on_tell : NULL,
                                      .tell_socket = daemon->tell_socket,
                                      .drain_seconds = (int)world->settings.drain,
                                      .patience_ms = PATIENCE_MS,
                                      .load = world_reload,
                                      .unload = world_free,
                                      .keep = world_keep,
                                      .servable = world_is_servable,
                                      .tick = on_tick,
                                      .archive = world_archive,
                                      .content = world_content,
                                      .work = worker_live,
                                      .watch = on_watch,
                                      .ended = on_worker_ended,
                                      .ready = on_ready,
                                      .program = daemon->argv,
                                      .bequest = bequest,
                                      .upgrade_seconds = (int)world->settings.upgrade,
                                      .succeeded = on_succeeded,
                                      .elder = daemon->inherited.elder,
                                      .whom = daemon };
    int status = master_run(&options, world);
    counters_free(counters);
    metrics_free(daemon->metrics);
    tickets_free(daemon->tickets);
    free(sockets);
    return status;
}

/* Becomes a worker, as the settings make one. */
static int
probe(struct daemon *daemon, struct world *world)
{
    struct address nowhere;
    int sockets[PROTOCOLS];
    bool fell_back;
    for (size_t i = 0; i < PROTOCOLS; i++)
        sockets[i] = -1;
    if (world->settings.sandbox == SANDBOX_OFF) {
        log_error("`sandbox: off` is set: nobody is locked in");
        return 1;
    }
    if (!survey_ground(daemon, &world->settings) || !start_make_state(daemon, &world->settings) ||
        !world_load(world) || !address_parse(SPAN("127.0.0.1:0"), &nowhere) ||
        socket_listen(&nowhere, 1, &sockets[PROTOCOL_gemini], &fell_back) != STATUS_OK)
        return 1;
    if ((daemon->drops && privilege_drop(&daemon->identity) != STATUS_OK) ||
        privilege_never_more() != STATUS_OK) {
        log_error("can't become %s: %s", daemon->identity.name, strerror(errno));
        return 1;
    }
    world->probing = true;
    _exit(worker_live(world, 0, sockets, -1)); /* as workers leave */
}

/* Says all that would keep a start from serving. */
static int
check(struct daemon *daemon, struct world *world)
{
    bool fine = survey_ground(daemon, &world->settings);
    fine = survey_deeds(daemon, &world->settings) && fine;
    world->checking = true;
    return world_load(world) && fine ? 0 : 1;
}

static int
print_help(void)
{
    struct buffer options = BUFFER_EMPTY;
    settings_help(SETTINGS_DAEMON, &options);
    printf("songtud " SONGTU_VERSION ": serves a folder of stories over Gemini and beside it.\n\n"
           "Usage: songtud [OPTIONS]\n\n%s"
           "  -n, --check                   say all that would keep a start from serving, and end\n"
           "  --probe-sandbox               try what a worker that is locked in must not do, and "
           "tell\n"
           "  -h, --help                    this text\n"
           "  --version                     the version\n\n"
           "SIGHUP reads settings, certificate and labels anew; SIGUSR1 opens the log anew;\n"
           "SIGUSR2 has another songtud take over, a new program maybe; SIGTERM and SIGINT let\n"
           "readers finish, and end.\n",
           buffer_text(&options));
    buffer_fini(&options);
    return 0;
}

/* The number that ready-fd tells an heir is another file's by now. */
static bool
inherit(struct daemon *daemon, const struct settings *settings)
{
    enum status status = inheritance_take(&daemon->inherited);
    if (status == STATUS_ABSENT)
        daemon->ready_fd = (int)settings->ready_fd;
    else if (status != STATUS_OK)
        log_error("SONGTUD_INHERITANCE is set, and what it names is not open: unset it");
    return status == STATUS_ABSENT || status == STATUS_OK;
}

int
main(int argc, char **argv)
{
    struct daemon daemon = {
        .argc = argc, .argv = argv, .ready_fd = -1, .tell_socket = -1, .inherited = INHERITANCE_NONE
    };
    enum settings_wish wish;
    pool_begin();
    signal(SIGCHLD, SIG_DFL); /* ignored, as we may have got it, children would vanish unseen */
    if (log_open("songtud", NULL, LOG_INFO) != STATUS_OK)
        return 1;
    struct world *world = world_read(&daemon, &wish);
    if (world == NULL)
        return 2;
    const struct settings *settings = &world->settings;
    memcpy(daemon.listen, settings->listen, sizeof daemon.listen);
    int status = 1;
    if (wish == WISH_HELP || wish == WISH_VERSION) {
        status = wish == WISH_HELP ? print_help() : printf("songtud " SONGTU_VERSION "\n") < 0;
    } else if (wish == WISH_CHECK) {
        status = check(&daemon, world);
    } else if (wish == WISH_PROBE) {
        status = probe(&daemon, world);
    } else if (!world_open_log(settings)) {
        status = 1; /* said already */
    } else if (inherit(&daemon, settings) && survey_ground(&daemon, settings) &&
               start_make_state(&daemon, settings) && world_make_certificate(settings)) {
        status = serve(&daemon, world); /* and frees it */
        world = NULL;
    }
    if (world != NULL)
        world_free(NULL, world);
    if (status != 0 && log_descriptor() != STDERR_FILENO)
        fprintf(stderr, "songtud: ended with an error: its log file says why\n");
    return status;
}
