/* SPDX-License-Identifier: ISC */
#include "base/log.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE_BYTES = 4096, GATHERED_BYTES = 16 * 1024 };

static struct {
    const char *name;
    char *path;
    int descriptor;
    enum log_level level;
    bool gathers;
    struct head {
        time_t second; /* that it is for */
        size_t len;
        char text[96]; /* "2026-11-25T09:00:00+0700 songtud[123] " */
    } head;            /* of the second's lines, while they are gathered */
    size_t len;        /* gathered */
    char lines[GATHERED_BYTES];
} log_to = { .name = "songtu", .descriptor = STDERR_FILENO, .level = LOG_INFO };

static int
open_path(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0640);
}

void
log_gather(void)
{
    log_to.gathers = true;
    log_to.head.second = 0; /* it was of a process before */
}

bool
log_waits(void)
{
    return log_to.len > 0;
}

void
log_flush(void)
{
    if (log_to.len == 0)
        return;
    ssize_t written = write(log_to.descriptor, log_to.lines, log_to.len);
    (void)written; /* a log that is full stops nobody */
    log_to.len = 0;
}

enum status
log_open(const char *name, const char *path, enum log_level level)
{
    int descriptor = STDERR_FILENO;
    if (path != NULL && (descriptor = open_path(path)) < 0)
        return STATUS_FAILED;
    free(log_to.path);
    log_to.path = path != NULL ? strdup(path) : NULL;
    if (log_to.descriptor != STDERR_FILENO)
        close(log_to.descriptor);
    log_to.descriptor = descriptor;
    log_to.name = name;
    log_to.level = level;
    return STATUS_OK;
}

enum status
log_reopen(void)
{
    if (log_to.path == NULL)
        return STATUS_OK;
    int descriptor = open_path(log_to.path);
    if (descriptor < 0)
        return STATUS_FAILED;
    close(log_to.descriptor);
    log_to.descriptor = descriptor;
    return STATUS_OK;
}

const char *
log_level_name(enum log_level level)
{
    static const char *const names[] = { "error", "warn", "info", "debug" };
    return names[level];
}

void
log_level_set(enum log_level level)
{
    log_to.level = level;
}

void
log_name_set(const char *name)
{
    log_to.name = name;
}

int
log_descriptor(void)
{
    return log_to.descriptor;
}

/* Whole lines go in one call: so they never mix with another process's. */
static void
put_line(struct span line, bool can_wait)
{
    if (log_to.len + line.len > sizeof log_to.lines)
        log_flush();
    memcpy(log_to.lines + log_to.len, line.at, line.len);
    log_to.len += line.len;
    if (!log_to.gathers || !can_wait)
        log_flush();
}

static struct head
make_head(time_t second)
{
    struct tm civil;
    struct head head = { .second = second };
    localtime_r(&second, &civil);
    head.len = strftime(head.text, sizeof head.text, "%Y-%m-%dT%H:%M:%S%z ", &civil);
    int more = snprintf(head.text + head.len, sizeof head.text - head.len, "%.40s[%d] ",
                        log_to.name, (int)getpid());
    head.len += (size_t)more;
    return head;
}

static void
write_line(const char *word, bool can_wait, const char *format, va_list arguments)
{
    char line[LINE_BYTES];
    struct timespec now;
    int kept_errno = errno;
    clock_gettime(CLOCK_REALTIME, &now);
    if (!log_to.gathers || log_to.head.second != now.tv_sec)
        log_to.head = make_head(now.tv_sec);
    size_t len = log_to.head.len;
    memcpy(line, log_to.head.text, len);
    len += (size_t)snprintf(line + len, sizeof line - len, "%s: ", word);
    int more = vsnprintf(line + len, sizeof line - len - 1, format, arguments);
    if (more > 0)
        len += (size_t)more < sizeof line - len - 2 ? (size_t)more : sizeof line - len - 2;
    line[len++] = '\n';
    put_line((struct span){ line, len }, can_wait);
    errno = kept_errno;
}

#define LOG_FUNCTION(function, at, word, can_wait)     \
    void function(const char *format, ...)             \
    {                                                  \
        va_list arguments;                             \
        if ((at) > log_to.level)                       \
            return;                                    \
        va_start(arguments, format);                   \
        write_line(word, can_wait, format, arguments); \
        va_end(arguments);                             \
    }

LOG_FUNCTION(log_error, LOG_ERROR, "error", false)
LOG_FUNCTION(log_warn, LOG_WARN, "warn", false)
LOG_FUNCTION(log_info, LOG_INFO, "info", false)
LOG_FUNCTION(log_debug, LOG_DEBUG, "debug", false)
LOG_FUNCTION(log_access, LOG_ERROR, "access", true)

/* Bytes that stand in a line as they are. */
static size_t
plain_length(struct span text, size_t most)
{
    size_t len = 0;
    while (len < text.len && len < most && text.at[len] >= ' ' && text.at[len] < 0x7F &&
           text.at[len] != '"' && text.at[len] != '\\')
        len++;
    return len;
}

const char *
log_text(char *into, size_t room, struct span text)
{
    size_t len = 0;
    while (text.len > 0) {
        size_t run = plain_length(text, room - len - 1);
        memcpy(into + len, text.at, run);
        len += run;
        text = span_skip(text, run);
        if (text.len == 0)
            break;
        size_t bytes = text_next(text, NULL);
        unsigned char first = (unsigned char)text.at[0];
        bool plain = bytes > 0 && !text_is_control(text) && first != '"' && first != '\\';
        char escaped[5];
        struct span piece = { text.at, bytes };
        if (!plain) {
            snprintf(escaped, sizeof escaped, "\\x%02x", first);
            piece = (struct span){ escaped, 4 };
            bytes = 1;
        }
        if (len + piece.len + 1 > room)
            break;
        memcpy(into + len, piece.at, piece.len);
        len += piece.len;
        text = span_skip(text, bytes);
    }
    into[len] = '\0';
    return into;
}
