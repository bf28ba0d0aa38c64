/* SPDX-License-Identifier: ISC */
#include "survey.h"

#include "base/log.h"
#include "net/certificate.h"
#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static bool
find_user(struct daemon *daemon, const struct settings *settings)
{
    const char *place = settings_place(settings, "user"), *user = settings->user.at;
    if (geteuid() != 0)
        return true;
    if (identity_find(user, &daemon->identity) != STATUS_OK) {
        log_error("%s: started as root, and there is no user %s: make one with `useradd --system "
                  "%s`, or name another with --user",
                  place, user, user);
        return false;
    }
    if (daemon->identity.user == 0) {
        log_error("%s: workers must not be root: name another user with --user", place);
        return false;
    }
    daemon->drops = true;
    return true;
}

static bool
find_tool(struct daemon *daemon)
{
    ssize_t len = readlink("/proc/self/exe", daemon->tool, sizeof daemon->tool - 16);
    if (len > 0) {
        daemon->tool[len] = '\0';
        memcpy(strrchr(daemon->tool, '/') + 1, "songtu", sizeof "songtu");
        if (access(daemon->tool, X_OK) == 0)
            return true;
    }
    log_error("songtu is not beside songtud: install both in one folder");
    return false;
}

/* Whether a file can be made there: in the folder above, or, `far`, in the nearest one there is.
 * Where not, errno says why. */
static bool
can_make(const char *path, bool far)
{
    char text[PATH_BYTES];
    snprintf(text, sizeof text, "%s", path);
    const char *above = dirname(text);
    int folder;
    while ((folder = open(above, O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0 && errno == ENOENT && far &&
           strcmp(above, ".") != 0)
        above = dirname((char *)above);
    if (folder < 0)
        return false;
    bool fine = faccessat(folder, ".", W_OK | X_OK, AT_EACCESS) == 0;
    int why = errno;
    close(folder);
    errno = why;
    return fine;
}

static bool
cannot(const struct settings *settings, const char *name, const char *path, const char *what)
{
    log_error("%s: %s can't be %s: %s", settings_place(settings, name), path, what,
              strerror(errno));
    return false;
}

/* errno says why it was not opened. */
static bool
say_state(const struct daemon *daemon, const struct settings *settings)
{
    const char *state = settings->state.at, *place = settings_place(settings, "state");
    char name[PATH_BYTES], real[PATH_MAX];
    struct stat facts;
    int why = errno;
    bool link = lstat(start_state_name(settings, name), &facts) == 0 && S_ISLNK(facts.st_mode);
    errno = why;
    if (!link)
        return cannot(settings, "state", state, "opened");
    if (realpath(name, real) == NULL)
        log_error("%s: %s is a link that leads nowhere: make the folder that it names", place,
                  state);
    else
        log_error("%s: %s is a link, and behind one root gives nothing to %s: name the folder "
                  "itself, --state %s",
                  place, state, daemon->identity.name, real);
    return false;
}

static bool
look_at_state(const struct daemon *daemon, const struct settings *settings)
{
    const char *state = settings->state.at;
    char path[PATH_BYTES];
    bool fine = true;
    int folder = start_open_state(daemon, settings);
    if (folder < 0 && errno == ENOENT &&
        lstat(start_state_name(settings, path), &(struct stat){ 0 }) != 0)
        return can_make(path, true) || cannot(settings, "state", state, "made");
    if (folder < 0)
        return say_state(daemon, settings);
    for (const char *const *name = start_state_files; *name != NULL; name++)
        if (faccessat(folder, *name, W_OK, AT_EACCESS) != 0 && errno != ENOENT) {
            snprintf(path, sizeof path, "%s/%s", state, *name);
            fine = cannot(settings, "state", strcmp(*name, ".") == 0 ? state : path, "written");
        }
    close(folder);
    return fine;
}

/* As workers and the watcher: they read the one folder, and come to the other. */
static bool
look_as_user(const struct daemon *daemon, const struct settings *settings)
{
    const char *content = settings->content.at;
    int folder = open(content, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool fine = folder >= 0 && faccessat(folder, ".", X_OK, AT_EACCESS) == 0;
    if (!fine)
        cannot(settings, "content", content, "read");
    if (folder >= 0)
        close(folder);
    if (faccessat(AT_FDCWD, settings->state.at, F_OK, AT_EACCESS) != 0 && errno == EACCES)
        fine = cannot(settings, "state", settings->state.at, "reached");
    if (access(daemon->tool, X_OK) != 0) {
        log_error("%s can't be run: %s", daemon->tool, strerror(errno));
        fine = false;
    }
    return fine;
}

static bool
become_and_look(const struct daemon *daemon, const struct settings *settings)
{
    int status = 1;
    pid_t pid = fork();
    if (pid == 0) {
        if (privilege_drop(&daemon->identity) == STATUS_OK)
            _exit(look_as_user(daemon, settings) ? 0 : 1);
        log_error("can't become %s: %s", daemon->identity.name, strerror(errno));
        _exit(1);
    }
    if (pid < 0)
        log_error("no process can be started: %s", strerror(errno));
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return status == 0;
}

bool
survey_ground(struct daemon *daemon, const struct settings *settings)
{
    bool found = find_user(daemon, settings);
    bool fine = find_tool(daemon) && found;
    fine = look_at_state(daemon, settings) && fine;
    if (!found) /* whoever will have to read it */
        return look_as_user(daemon, settings) && fine;
    return (daemon->drops ? become_and_look : look_as_user)(daemon, settings) && fine;
}

static bool
look_at_log(const struct settings *settings)
{
    const char *path = settings->log.at;
    if (settings->log.len == 0)
        return true;
    int file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (file >= 0)
        close(file);
    else if (errno == ENOENT ? !can_make(path, false) : errno != ENXIO) /* ENXIO: nobody reads it */
        return cannot(settings, "log", path, "opened");
    return true;
}

/* One that is there is the world's to load. */
static bool
look_at_certificate(const struct settings *settings)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s/key.pem", settings->certs.at, settings->host.at);
    if (certificate_find(settings->certs.at, settings->host, NULL) != STATUS_ABSENT)
        return true;
    if (!can_make(path, true))
        return cannot(settings, "certs", path, "made");
    log_info("no certificate yet: a start makes one in %s/%s", settings->certs.at,
             settings->host.at);
    return true;
}

/* Who listens there already may be the daemon that is asked about. */
static bool
look_at_address(const struct settings *settings, const char *name, struct address address)
{
    char text[ADDRESS_TEXT];
    bool fell_back;
    int socket;
    if (socket_listen(&address, 1, &socket, &fell_back) == STATUS_OK) {
        close(socket);
        return true;
    }
    if (errno != EADDRINUSE)
        return cannot(settings, name, address_print(&address, text), "listened on");
    log_info("%s: somebody listens on %s: a start needs it free", settings_place(settings, name),
             address_print(&address, text));
    return true;
}

static bool
look_at_metrics(const struct settings *settings)
{
    struct address address;
    struct stat facts;
    if (settings->metrics.len == 0)
        return true;
    if (address_parse(settings->metrics, &address))
        return look_at_address(settings, "metrics", address);
    const char *path = settings->metrics.at + strlen("unix:");
    bool fine = can_make(path, false);
    if (fine && lstat(path, &facts) == 0 && !S_ISSOCK(facts.st_mode)) {
        fine = false;
        errno = EEXIST;
    }
    return fine || cannot(settings, "metrics", path, "made");
}

bool
survey_deeds(const struct daemon *daemon, const struct settings *settings)
{
    bool fine = look_at_log(settings);
    fine = look_at_certificate(settings) && fine;
    for (size_t i = 0; i < PROTOCOLS; i++)
        fine = (daemon->listen[i].len == 0 ||
                look_at_address(settings, protocols[i].name, daemon->listen[i])) &&
               fine;
    return look_at_metrics(settings) && fine;
}
