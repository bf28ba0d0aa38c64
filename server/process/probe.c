/* SPDX-License-Identifier: ISC */
#include "process/probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

static bool
can_open(const char *path, int flags)
{
    int descriptor = open(path, flags | O_CLOEXEC, 0600);
    if (descriptor >= 0)
        close(descriptor);
    return descriptor >= 0;
}

static bool
open_content(const struct probe_paths *paths)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/labels.yaml", paths->content);
    return can_open(path, O_RDONLY) || errno == ENOENT;
}

static bool
open_outside(const struct probe_paths *paths)
{
    (void)paths;
    return can_open("/etc/passwd", O_RDONLY);
}

static bool
open_key(const struct probe_paths *paths)
{
    return can_open(paths->key, O_RDONLY);
}

static bool
create_in(const char *folder)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/.songtu-probe", folder);
    if (!can_open(path, O_WRONLY | O_CREAT | O_EXCL))
        return false;
    unlink(path);
    return true;
}

static bool
write_content(const struct probe_paths *paths)
{
    return create_in(paths->content);
}

static bool
write_state(const struct probe_paths *paths)
{
    return create_in(paths->state);
}

static bool
list_content(const struct probe_paths *paths)
{
    return can_open(paths->content, O_RDONLY | O_DIRECTORY);
}

/* Somebody refused it, or it was there and nobody listened: then it could be tried. */
static bool
connect_out(const struct probe_paths *paths)
{
    struct sockaddr_in discard = { .sin_family = AF_INET, .sin_port = htons(9) };
    discard.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)paths;
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return false;
    bool done = connect(descriptor, (struct sockaddr *)&discard, sizeof discard) == 0 ||
                errno == EINPROGRESS || errno == ECONNREFUSED;
    int why = errno;
    close(descriptor);
    errno = why;
    return done;
}

static bool
start_process(const struct probe_paths *paths)
{
    (void)paths;
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return pid > 0 && waitpid(pid, NULL, 0) == pid;
}

static bool
signal_parent(const struct probe_paths *paths)
{
    (void)paths;
    return kill(getppid(), 0) == 0;
}

static bool
run_own_code(const struct probe_paths *paths)
{
    enum { BYTES = 4096 };
    (void)paths;
    void *code = mmap(NULL, BYTES, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return code != MAP_FAILED && munmap(code, BYTES) == 0;
}

static bool
become_traced(const struct probe_paths *paths)
{
    (void)paths;
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool
execute(const struct probe_paths *paths)
{
    (void)paths;
    execl("/bin/false", "false", (char *)NULL);
    return errno == ENOENT; /* it was looked for */
}

const struct probe probes[] = {
    { "open a file of the content folder", true, open_content },
    { "list the content folder", false, list_content },
    { "write in the content folder", false, write_content },
    { "write in the state folder", false, write_state },
    { "open a file outside", false, open_outside },
    { "open the key file", false, open_key },
    { "connect out", false, connect_out },
    { "start a process", false, start_process },
    { "send the master a signal", false, signal_parent },
    { "bring code of its own", false, run_own_code },
    { "execute a program", false, execute },
    { "use ptrace", false, become_traced },
    { .deed = NULL },
};

int
probe_try(const struct probe *probe, const struct probe_paths *paths)
{
    errno = 0;
    return probe->attempt(paths) ? 0 : errno;
}

bool
probe_all(const struct probe_paths *paths, FILE *out)
{
    bool all = true;
    for (const struct probe *probe = probes; probe->deed != NULL; probe++) {
        fprintf(out, "%-36s", probe->deed);
        fflush(out); /* should this deed be our last */
        int why = probe_try(probe, paths);
        bool right = (why == 0) == probe->fine;
        fprintf(out, "%s%s%s\n", why == 0 ? "done" : "denied: ", why == 0 ? "" : strerror(why),
                right ? "" : "  <-- WRONG");
        all = all && right;
    }
    fflush(out);
    return all;
}
