/* SPDX-License-Identifier: ISC */
#include "tool/clerk.h"

#include "base/clock.h"
#include "base/log.h"
#include "process/privilege.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ROUND_MS = 30 * 60 * 1000,  /* a round's wall clock */
    GOODBYE_MS = 15 * 1000,     /* to end by itself after that */
    SOONEST = 60,               /* seconds till the next round */
    LATEST = 24 * 60 * 60,      /* somebody may have named one by hand meanwhile */
    RETRY = 15 * 60,            /* where a round said nothing */
    SAID_MAX = 4 * 1024 * 1024, /* bytes of what it says */
    PART_BYTES = 16 * 1024,
    PATH_BYTES = 4096,
    NICE = 10, /* readers first */
    LIFE = 3,
};

/* One round as the clerk sees it. */
struct round {
    pid_t child;
    int out, err; /* -1: at their end */
    struct buffer said, complaints;
    int64_t deadline;
    bool asked_to_end;
};

int64_t
clerk_next(const char *json, int64_t now)
{
    json_error_t error;
    struct date date;
    json_t *told = json_loads(json, 0, &error);
    const json_t *due = json_object_get(told, "due");
    int64_t next = told == NULL ? now + RETRY : now + LATEST;
    if (json_is_string(due) && date_parse(span_of(json_string_value(due)), &date))
        next = date.instant;
    json_decref(told);
    next = next < now + SOONEST ? now + SOONEST : next;
    return next > now + LATEST ? now + LATEST : next;
}

_Noreturn static void
become_refresh(const struct tool_options *options, const char *settings, const int *out,
               const int *err)
{
    char content[PATH_BYTES], state[PATH_BYTES], zone[256], language[64], sandbox[32];
    pid_t parent = getppid();
    snprintf(content, sizeof content, "--content=%s", options->content);
    snprintf(state, sizeof state, "--state=%s", options->state);
    snprintf(zone, sizeof zone, "--time-zone=%s", options->zone);
    snprintf(language, sizeof language, "--language=%.*s", SPAN_ARG(options->lang));
    snprintf(sandbox, sizeof sandbox, "--sandbox=%s", sandbox_wishes[options->sandbox]);
    setpgid(0, 0);
    setpriority(PRIO_PROCESS, 0, NICE);
    if (privilege_die_with(parent, SIGTERM) == STATUS_OK && dup2(out[1], STDOUT_FILENO) >= 0 &&
        dup2(err[1], STDERR_FILENO) >= 0)
        execl("/proc/self/exe", "songtu", "-c", settings, content, state, zone, language, sandbox,
              "refresh", "--json", (char *)NULL);
    _exit(EXIT_FAILED);
}

static bool
start(const struct tool_options *options, const char *settings, struct round *round)
{
    int out[2], err[2];
    if (pipe2(out, O_CLOEXEC) != 0)
        return false;
    if (pipe2(err, O_CLOEXEC) != 0) {
        close(out[0]);
        close(out[1]);
        return false;
    }
    round->child = fork();
    if (round->child == 0)
        become_refresh(options, settings, out, err);
    close(out[1]);
    close(err[1]);
    round->out = out[0];
    round->err = err[0];
    round->deadline = clock_monotonic() + ROUND_MS;
    if (round->child > 0)
        return true;
    close(out[0]);
    close(err[0]);
    return false;
}

/* What the end of a pipe has; closes it at its end. */
static void
hear(int *from, struct buffer *into)
{
    char part[PART_BYTES];
    ssize_t got = read(*from, part, sizeof part);
    if (got < 0 && errno == EINTR)
        return;
    if (got > 0) {
        if (into->len + (size_t)got <= SAID_MAX)
            buffer_add(into, (struct span){ part, (size_t)got });
        return;
    }
    close(*from);
    *from = -1;
}

/* Each line of what it complained about, in our log. */
static void
pass_on(struct buffer *complaints)
{
    char shown[512];
    for (struct span rest = buffer_span(complaints); rest.at != NULL && rest.len > 0;) {
        struct span line = span_line(&rest);
        if (line.len > 0)
            log_warn("refresh: %s", log_text(shown, sizeof shown, line));
    }
    buffer_clear(complaints);
}

static void
end_in_time(struct round *round)
{
    if (clock_monotonic() < round->deadline)
        return;
    if (!round->asked_to_end)
        log_warn("a refresh takes more than minutes=%d: it is ended", ROUND_MS / 60000);
    kill(-round->child, round->asked_to_end ? SIGKILL : SIGTERM);
    round->asked_to_end = true;
    round->deadline = clock_monotonic() + GOODBYE_MS;
}

/* Till it has ended; false: the watcher has. */
static bool
attend(struct round *round)
{
    while (round->out >= 0 || round->err >= 0) {
        struct pollfd fds[] = { { round->out, POLLIN, 0 },
                                { round->err, POLLIN, 0 },
                                { LIFE, POLLIN, 0 } };
        int64_t left = round->deadline - clock_monotonic();
        poll(fds, 3, left < 0 ? 0 : (int)left);
        if (fds[2].revents != 0) {
            kill(-round->child, SIGTERM);
            return false;
        }
        if (round->out >= 0 && fds[0].revents != 0)
            hear(&round->out, &round->said);
        if (round->err >= 0 && fds[1].revents != 0)
            hear(&round->err, &round->complaints);
        end_in_time(round);
    }
    return true;
}

static void
tell(const char *said)
{
    json_error_t error;
    json_t *told = json_loads(said, 0, &error);
    long long asked = (long long)json_integer_value(json_object_get(told, "asked"));
    if (asked > 0)
        log_info("refreshed sources=%lld failed=%lld new=%lld updated=%lld", asked,
                 (long long)json_integer_value(json_object_get(told, "failed")),
                 (long long)json_integer_value(json_object_get(told, "new")),
                 (long long)json_integer_value(json_object_get(told, "updated")));
    json_decref(told);
}

/* false: the watcher has ended. */
static bool
run_round(const struct tool_options *options, const char *settings, int64_t *next)
{
    struct round round = { .out = -1, .err = -1 };
    bool on = true;
    if (start(options, settings, &round)) {
        on = attend(&round);
        if (on)
            waitpid(round.child, NULL, 0);
    } else {
        log_error("a refresh can't be started: %s", strerror(errno));
    }
    pass_on(&round.complaints);
    tell(buffer_text(&round.said));
    *next = clerk_next(buffer_text(&round.said), clock_now());
    buffer_fini(&round.said);
    buffer_fini(&round.complaints);
    return on;
}

/* Only what it needs stays open: where it logs, and by what it learns that the watcher has ended.
 */
static void
settle(int life)
{
    sigset_t none;
    sigemptyset(&none);
    if (dup2(life, LIFE) != LIFE || close_range(LIFE + 1, ~0U, 0) != 0 ||
        fcntl(LIFE, F_SETFD, FD_CLOEXEC) != 0)
        _exit(EXIT_FAILED);
    sigprocmask(SIG_SETMASK, &none, NULL);
    log_name_set("songtu refresh");
}

_Noreturn static void
work(const struct tool_options *options, const char *settings)
{
    int64_t next = 0;
    while (run_round(options, settings, &next)) {
        struct pollfd life = { LIFE, POLLIN, 0 };
        int64_t wait = next - clock_now();
        if (wait > 0 && poll(&life, 1, (int)(wait * 1000)) > 0)
            break;
    }
    _exit(EXIT_FINE);
}

bool
clerk_start(const struct tool_options *options, const char *settings)
{
    int life[2];
    if (pipe2(life, O_CLOEXEC) != 0)
        return false;
    pid_t child = fork();
    if (child == 0) {
        settle(life[0]);
        work(options, settings);
    }
    close(life[0]); /* the other end stays open for as long as we live */
    return child > 0;
}
