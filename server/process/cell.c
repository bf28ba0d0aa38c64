/* SPDX-License-Identifier: ISC */
#include "process/cell.h"

#include "base/clock.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OWN = 3, PART_BYTES = 64 * 1024, MIB = 1024 * 1024 };

/* How a process that never came to work says so. */
enum { UNLOCKED = 78 };

struct cell {
    struct cell_options options;
    pid_t child; /* 0: there is none */
    int socket;
    unsigned pieces; /* of this process */
};

struct cell *
cell_new(const struct cell_options *options)
{
    struct cell *cell = memory_new(sizeof *cell);
    *cell = (struct cell){ .options = *options, .socket = -1 };
    struct cell_options *own = &cell->options;
    own->memory = own->memory != 0 ? own->memory : CELL_MEMORY;
    own->deadline = own->deadline != 0 ? own->deadline : CELL_DEADLINE;
    own->answer_max = own->answer_max != 0 ? own->answer_max : CELL_ANSWER_MAX;
    own->pieces_most = own->pieces_most != 0 ? own->pieces_most : CELL_PIECES;
    return cell;
}

/* In the cell. */

static bool
receive(void *into, size_t bytes)
{
    for (char *at = into; bytes > 0;) {
        ssize_t got = read(OWN, at, bytes);
        if (got <= 0 && !(got < 0 && errno == EINTR))
            return false;
        at += got > 0 ? got : 0;
        bytes -= got > 0 ? (size_t)got : 0;
    }
    return true;
}

static bool
work_once(const struct cell_options *options)
{
    struct buffer in = BUFFER_EMPTY, out = BUFFER_EMPTY;
    uint64_t size;
    if (!receive(&size, sizeof size) || !receive(buffer_reserve(&in, size), size))
        return false;
    buffer_grew(&in, size);
    /* Its size goes before it, in one write: who waits wakes up once. */
    buffer_add(&out, (struct span){ (const char *)&size, sizeof size });
    options->work(options->whom, buffer_span(&in), &out);
    size = out.len - sizeof size;
    memcpy(out.at, &size, sizeof size);
    bool sent = file_write_all(OWN, buffer_span(&out)) == STATUS_OK;
    buffer_fini(&in);
    buffer_fini(&out);
    return sent;
}

static void
limit(int what, rlim_t most)
{
    const struct rlimit bound = { most, most };
    if (setrlimit((__rlimit_resource_t)what, &bound) != 0)
        _exit(UNLOCKED);
}

#ifndef SANITIZED /* who looks for mistakes in memory takes terabytes of it */
/* Bytes of address space that are in use. */
static size_t
memory_now(void)
{
    size_t pages = 0;
    struct buffer text = BUFFER_EMPTY;
    int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    char *at = buffer_reserve(&text, PART_BYTES);
    ssize_t got = file >= 0 ? read(file, at, PART_BYTES - 1) : -1;
    if (got > 0) {
        at[got] = '\0';
        pages = strtoul(at, NULL, 10);
    }
    buffer_fini(&text);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}
#endif

/* What this process shares with its parent, besides the socket, goes. */
static void
let_go(int socket)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    int moved = fcntl(socket, F_DUPFD, OWN + 1); /* away from what is turned to nothing */
    for (int at = 0; at < OWN; at++) {
#ifdef SANITIZED
        if (at == STDERR_FILENO)
            continue;
#endif
        if (dup2(nothing, at) < 0)
            close(at);
    }
    if (moved < 0 || dup2(moved, OWN) != OWN || close_range(OWN + 1, ~0U, 0) != 0)
        _exit(UNLOCKED);
}

static void
end_with_parent(pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number < SIGRTMIN; number++)
        signal(number, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        _exit(UNLOCKED);
}

_Noreturn static void
sit(const struct cell_options *options, int socket, pid_t parent)
{
    struct fault fault;
    end_with_parent(parent);
    let_go(socket);
#ifndef SANITIZED
    limit(RLIMIT_AS, memory_now() + options->memory);
#endif
    limit(RLIMIT_CPU, CELL_CPU_SECONDS);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_CORE, 0);
    if (sandbox_enter(options->sandbox, SANDBOX_PARSER, NULL, 0, &fault) != STATUS_OK)
        _exit(UNLOCKED);
    while (work_once(options))
        ;
    _exit(0);
}

/* Outside. */

static enum status
start(struct cell *cell, struct fault *fault)
{
    int pair[2];
    pid_t parent = getpid();
    if (sandbox_ask(cell->options.sandbox, fault) == STATUS_BAD)
        return STATUS_FAILED;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        goto failed;
    cell->child = fork();
    if (cell->child == 0)
        sit(&cell->options, pair[1], parent);
    close(pair[1]);
    cell->socket = pair[0];
    cell->pieces = 0;
    if (cell->child > 0)
        return STATUS_OK;
    cell->child = 0;
    close(pair[0]);
failed:
    fault_write(fault, 0, "no process to read it in: %s", strerror(errno));
    return STATUS_FAILED;
}

/* Returns as wait does: what became of the process. Who is on his way out already by himself is
 * told from who had to be killed. */
static int
end(struct cell *cell)
{
    int status = 0;
    if (cell->child == 0)
        return 0;
    close(cell->socket);
    kill(cell->child, SIGKILL);
    while (waitpid(cell->child, &status, 0) < 0 && errno == EINTR)
        ;
    cell->child = 0;
    cell->socket = -1;
    return status;
}

void
cell_free(struct cell *cell)
{
    if (cell == NULL)
        return;
    end(cell);
    free(cell);
}

/* One piece of work as it goes through the socket. */
struct exchange {
    struct cell *cell;
    struct span in;
    uint64_t in_size;
    size_t sent; /* the size's bytes and the work's */
    struct buffer got;
    int64_t until;
};

enum turn { GOING_ON, ANSWERED, LATE, BROKEN, GARBLED };

static bool
push(struct exchange *it)
{
    enum { HEAD = sizeof it->in_size };
    struct span head = span_skip((struct span){ (const char *)&it->in_size, HEAD }, it->sent);
    struct span rest = span_skip(it->in, it->sent > HEAD ? it->sent - HEAD : 0);
    struct iovec parts[] = { { (void *)head.at, head.len }, { (void *)rest.at, rest.len } };
    struct msghdr both = { .msg_iov = parts, .msg_iovlen = 2 };
    ssize_t took = sendmsg(it->cell->socket, &both, MSG_DONTWAIT | MSG_NOSIGNAL);
    it->sent += took > 0 ? (size_t)took : 0;
    return took >= 0 || errno == EAGAIN || errno == EINTR;
}

static enum turn
pull(struct exchange *it)
{
    uint64_t size;
    ssize_t got = recv(it->cell->socket, buffer_reserve(&it->got, PART_BYTES), PART_BYTES,
                       MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return GOING_ON;
    if (got <= 0)
        return BROKEN;
    buffer_grew(&it->got, (size_t)got);
    if (it->got.len < sizeof size)
        return GOING_ON;
    memcpy(&size, it->got.at, sizeof size);
    if (size > it->cell->options.answer_max || it->got.len > sizeof size + size)
        return GARBLED;
    return it->got.len == sizeof size + size ? ANSWERED : GOING_ON;
}

static enum turn
turn(struct exchange *it)
{
    bool more = it->sent < sizeof it->in_size + it->in.len;
    struct pollfd socket = { it->cell->socket, (short)(POLLIN | (more ? POLLOUT : 0)), 0 };
    int64_t left = it->until - clock_monotonic();
    if (left <= 0)
        return LATE;
    if (poll(&socket, 1, (int)left) < 0 && errno != EINTR)
        return BROKEN;
    if ((socket.revents & POLLOUT) != 0 && !push(it))
        return BROKEN;
    return (socket.revents & (POLLIN | POLLHUP | POLLERR)) != 0 ? pull(it) : GOING_ON;
}

/* What became of the process, in words. */
static enum status
judge(const struct cell *cell, enum turn how, int status, struct fault *fault)
{
    int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (how == LATE || number == SIGXCPU)
        return fault_set(
            fault, 0, "reading it took more than %lld s: left out",
            (long long)(number == SIGXCPU ? CELL_CPU_SECONDS : cell->options.deadline / 1000));
    if (how == GARBLED)
        return fault_set(fault, 0, "what reading it gave is damaged: left out");
    if (WIFEXITED(status) && WEXITSTATUS(status) == UNLOCKED) {
        fault_write(fault, 0, "who reads it can't be locked in");
        return STATUS_FAILED;
    }
    if (number == SIGABRT)
        return fault_set(fault, 0, "reading it took more than %zu MiB of memory: left out",
                         cell->options.memory / MIB);
    return fault_set(fault, 0, "reading it failed (%s): left out",
                     number != 0 ? strsignal(number) : "it ended");
}

static enum status
ask_once(struct cell *cell, struct span in, struct buffer *out, struct fault *fault, enum turn *how)
{
    struct exchange it = { .cell = cell,
                           .in = in,
                           .in_size = in.len,
                           .until = clock_monotonic() + cell->options.deadline };
    enum status status = STATUS_OK;
    while ((*how = turn(&it)) == GOING_ON)
        ;
    if (*how == ANSWERED)
        buffer_add(out, span_skip(buffer_span(&it.got), sizeof(uint64_t)));
    else
        status = judge(cell, *how, end(cell), fault);
    buffer_fini(&it.got);
    return status;
}

enum status
cell_ask(struct cell *cell, struct span in, struct buffer *out, struct fault *fault)
{
    enum turn how = BROKEN;
    if (cell->pieces == cell->options.pieces_most)
        end(cell);
    bool fresh = cell->child == 0;
    enum status status = fresh ? start(cell, fault) : STATUS_OK;
    if (status != STATUS_OK)
        return status;
    cell->pieces++;
    status = ask_once(cell, in, out, fault, &how);
    if (status != STATUS_BAD || fresh || how != BROKEN)
        return status;
    /* Maybe the ones before it are to blame: they used up what one process gets. */
    status = start(cell, fault);
    if (status == STATUS_OK)
        status = ask_once(cell, in, out, fault, &how);
    return status;
}
