/* SPDX-License-Identifier: ISC */
#include "capsule.h"

#include "testing.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 10000, ANSWER_SECONDS = 30 };

static void
shell(const char *format, const char *folder, const char *more)
{
    char command[8192];
    snprintf(command, sizeof command, format, folder, more);
    ck_assert_msg(system(command) == 0, "%s", command);
}

void
capsule_launch(struct capsule_run *run)
{
    char program[4096], log[4096], ready[16];
    int pipes[2];
    ck_assert_int_eq(pipe(pipes), 0);
    snprintf(program, sizeof program, "%s/songtud", run->folder);
    snprintf(log, sizeof log, "%s/log", run->folder);
    run->master = fork();
    if (run->master == 0) {
        close(pipes[0]);
        snprintf(ready, sizeof ready, "%d", pipes[1]);
        if (chdir(run->folder) != 0 || freopen("/dev/null", "w", stdout) == NULL ||
            freopen(log, "a", stderr) == NULL)
            _exit(127);
        if (run->prepare != NULL)
            run->prepare();
        execl(program, program, "--gemini", run->listen, "--allow", run->allow, "--user", "nobody",
              "--ready-fd", ready, "--workers", "2", (char *)NULL);
        _exit(127);
    }
    close(pipes[1]);
    /* All of it is one write; children of the daemon's may hold the other end for ever. */
    ssize_t got = read(pipes[0], run->ready, sizeof run->ready - 1);
    run->ready[got > 0 ? got : 0] = '\0';
    close(pipes[0]);
    ck_assert_msg(sscanf(run->ready, "gemini %*[0-9.]:%d", &run->port) == 1,
                  "it never got ready: %s", run->ready);
}

struct capsule_run *
capsule_prepare(void)
{
    struct capsule_run *run = memory_new(sizeof *run);
    run->folder = testing_folder();
    run->listen = "127.0.0.1:0";
    run->allow = "127.0.0.0/8";
    run->from = NULL;
    run->prepare = NULL;
    run->master = 0;
    /* Readable for whom the workers become: a checkout may lie where nobody can look. */
    shell("cp -r content '%s'/ && cp " PROGRAMS "/songtud " PROGRAMS "/songtu '%s'/", run->folder,
          run->folder);
    shell("chmod -R a+rX '%s' && { [ $(id -u) != 0 ] || chown -R nobody '%s'/content; }",
          run->folder, run->folder);
    return run;
}

struct capsule_run *
capsule_start(void)
{
    struct capsule_run *run = capsule_prepare();
    capsule_launch(run);
    return run;
}

int
capsule_kills(void)
{
    const char *text = getenv("KILLS");
    return text != NULL ? atoi(text) : 50;
}

int
capsule_end(struct capsule_run *run)
{
    int status = -1;
    kill(run->master, SIGTERM);
    ck_assert_int_eq(waitpid(run->master, &status, 0), run->master);
    run->master = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void
capsule_stop(struct capsule_run *run)
{
    if (run->master > 0)
        ck_assert_int_eq(capsule_end(run), 0);
    testing_folder_remove(run->folder);
    free(run);
}

int
capsule_tool(struct capsule_run *run, const char *arguments)
{
    char command[8192];
    snprintf(command, sizeof command, "cd '%s' && ./songtu %s >>log 2>&1", run->folder, arguments);
    int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int
capsule_dial(const struct capsule_run *run)
{
    struct timeval wait = { ANSWER_SECONDS, 0 };
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)run->port) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    struct sockaddr_in from = { .sin_family = AF_INET };
    if (run->from != NULL)
        ck_assert(inet_pton(AF_INET, run->from, &from.sin_addr) == 1 &&
                  bind(fd, (struct sockaddr *)&from, sizeof from) == 0);
    if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
        return fd;
    close(fd);
    return -1;
}

int
capsule_port(const struct capsule_run *run, const char *protocol)
{
    int port = 0;
    const char *line = strstr(run->ready, protocol);
    ck_assert_msg(line != NULL && sscanf(line + strlen(protocol), " 127.0.0.1:%d", &port) == 1,
                  "%s is not in: %s", protocol, run->ready);
    return port;
}

int
capsule_dial_to(const struct capsule_run *run, const char *protocol)
{
    struct capsule_run other = *run;
    other.port = capsule_port(run, protocol);
    int fd = capsule_dial(&other);
    ck_assert_int_ge(fd, 0);
    return fd;
}

struct span
capsule_ask_plainly(const struct capsule_run *run, const char *protocol, struct span bytes,
                    struct region *region)
{
    struct buffer heard = BUFFER_EMPTY;
    ssize_t got;
    int fd = capsule_dial_to(run, protocol);
    ck_assert_int_eq(send(fd, bytes.at, bytes.len, MSG_NOSIGNAL), (ssize_t)bytes.len);
    while ((got = recv(fd, buffer_reserve(&heard, 65536), 65536, 0)) > 0)
        buffer_grew(&heard, (size_t)got);
    ck_assert_msg(got == 0, "%s: a reset", protocol);
    close(fd);
    struct span copy = region_copy(region, buffer_span(&heard));
    buffer_fini(&heard);
    return copy;
}

/* A signal came in between (a child of the test's ended): again. */
static bool
was_interrupted(const SSL *ssl, int result)
{
    return errno == EINTR && SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ;
}

struct talk
talk_begin(const struct capsule_run *run, SSL_CTX *clients)
{
    struct talk talk = { capsule_dial(run), NULL };
    if (talk.fd < 0)
        return talk;
    signal(SIGPIPE, SIG_IGN);
    talk.ssl = SSL_new(clients);
    SSL_set_fd(talk.ssl, talk.fd);
    SSL_set_tlsext_host_name(talk.ssl, "localhost");
    return talk;
}

bool
talk_shake(struct talk *talk)
{
    int shaken;
    while ((shaken = SSL_connect(talk->ssl)) != 1 && was_interrupted(talk->ssl, shaken))
        continue;
    return shaken == 1;
}

struct talk
talk_open(const struct capsule_run *run, enum manner manner)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (manner == TLS_1_2)
        SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
    struct talk talk = talk_begin(run, context);
    SSL_CTX_free(context); /* the session holds on to it */
    if (talk.ssl == NULL)
        return talk;
    if (manner == WITHOUT_NAME || manner == WITH_OTHER_NAME)
        SSL_set_tlsext_host_name(talk.ssl, (manner == WITHOUT_NAME ? NULL : "other.example"));
    if (!talk_shake(&talk)) {
        SSL_free(talk.ssl);
        talk.ssl = NULL;
    }
    return talk;
}

void
talk_say(const struct talk *talk, struct span bytes, enum manner manner)
{
    size_t step = manner == BYTE_BY_BYTE ? 1 : bytes.len;
    while (bytes.len > 0 && SSL_write(talk->ssl, bytes.at, (int)step) > 0)
        bytes = span_skip(bytes, step);
    if (manner == HALF_CLOSED) {
        SSL_shutdown(talk->ssl);
        shutdown(talk->fd, SHUT_WR);
    }
}

struct heard
talk_hear(const struct talk *talk)
{
    struct heard answer = { .bytes = BUFFER_EMPTY, .reached = true, .connected = true };
    for (;;) {
        int got = SSL_read(talk->ssl, buffer_reserve(&answer.bytes, 65536), 65536);
        if (got <= 0 && was_interrupted(talk->ssl, got))
            continue;
        if (got <= 0) {
            answer.whole = SSL_get_error(talk->ssl, got) == SSL_ERROR_ZERO_RETURN;
            return answer;
        }
        buffer_grew(&answer.bytes, (size_t)got);
    }
}

void
talk_close(struct talk *talk)
{
    SSL_free(talk->ssl);
    if (talk->fd >= 0)
        close(talk->fd);
    *talk = (struct talk){ -1, NULL };
}

struct heard
capsule_send(const struct capsule_run *run, struct span request, enum manner manner)
{
    struct talk talk = talk_open(run, manner);
    struct heard answer = { .bytes = BUFFER_EMPTY, .reached = talk.fd >= 0 };
    if (talk.ssl != NULL) {
        talk_say(&talk, request, manner);
        answer = talk_hear(&talk);
    }
    talk_close(&talk);
    return answer;
}

struct heard
capsule_ask(const struct capsule_run *run, const char *path)
{
    struct buffer request = BUFFER_EMPTY;
    buffer_printf(&request, "gemini://localhost:%d%s\r\n", run->port, path);
    struct heard answer = capsule_send(run, buffer_span(&request), PLAINLY);
    buffer_fini(&request);
    return answer;
}

int
capsule_status(const struct capsule_run *run, const char *path)
{
    struct heard answer = capsule_ask(run, path);
    int status = answer.bytes.len > 2 && answer.whole ? atoi(buffer_text(&answer.bytes)) : 0;
    buffer_fini(&answer.bytes);
    return status;
}

void
capsule_wait(struct capsule_run *run, const char *path, int status)
{
    int last = 0;
    for (int i = 0; i < PATIENCE_MS / 20; i++) {
        if ((last = capsule_status(run, path)) == status)
            return;
        poll(NULL, 0, 20);
    }
    ck_abort_msg("%s answers %d, not %d", path, last, status);
}

size_t
capsule_count(const struct capsule_run *run, const char *file, const char *words)
{
    char *text = testing_read(run->folder, file);
    size_t count = 0;
    for (const char *at = text; at != NULL && (at = strstr(at, words)) != NULL; at++)
        count++;
    free(text);
    return count;
}

void
capsule_await(const struct capsule_run *run, const char *file, const char *words, size_t times)
{
    for (int i = 0; capsule_count(run, file, words) < times; i++) {
        ck_assert_msg(i < PATIENCE_MS / 10, "%s never says: %s", file, words);
        poll(NULL, 0, 10);
    }
}

pid_t
capsule_named(const struct capsule_run *run, const char *words)
{
    char *log = testing_read(run->folder, "log");
    pid_t pid = 0;
    for (const char *at = log; at != NULL && (at = strstr(at, words)) != NULL;) {
        at = strstr(at, "pid=") + 4;
        pid = (pid_t)atoi(at);
    }
    free(log);
    ck_assert_int_gt(pid, 0);
    return pid;
}

pid_t
capsule_upgrade(struct capsule_run *run)
{
    pid_t old = run->master;
    size_t before = capsule_count(run, "log", "upgraded:");
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    kill(old, SIGUSR2);
    capsule_await(run, "log", "upgraded:", before + 1);
    run->master = capsule_named(run, "the new songtud serves");
    ck_assert_int_ne(run->master, old);
    return old;
}

size_t
capsule_children(struct capsule_run *run, pid_t *into, size_t room)
{
    char path[64], text[4096] = "";
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)run->master, (int)run->master);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    size_t len = fread(text, 1, sizeof text - 1, file), count = 0;
    text[len] = '\0';
    fclose(file);
    for (char *save, *word = strtok_r(text, " ", &save); word != NULL && count < room;
         word = strtok_r(NULL, " ", &save))
        into[count++] = (pid_t)atoi(word);
    return count;
}
