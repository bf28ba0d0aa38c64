/* SPDX-License-Identifier: ISC */
#include "process/inheritance.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

static const char variable[] = "SONGTUD_INHERITANCE";

static const struct kept {
    const char *name;
    size_t into;
} kept[] = {
    { "elder", offsetof(struct inheritance, elder) },
    { "tell", offsetof(struct inheritance, tell_socket) },
    { "metrics", offsetof(struct inheritance, memory[INHERITED_METRICS]) },
    { "limits", offsetof(struct inheritance, memory[INHERITED_LIMITS]) },
    { "tickets", offsetof(struct inheritance, memory[INHERITED_TICKETS]) },
    { NULL, 0 },
};

/* Gemini's were once all there are. */
static const char *const ports[PROTOCOLS] = {
#define PORT(name, ...) PROTOCOL_##name == PROTOCOL_gemini ? "sockets" : #name,
    PROTOCOL_TABLE(PORT, PORT, PORT)
#undef PORT
};

static int *
field(struct inheritance *inheritance, const struct kept *row)
{
    return (int *)(void *)((char *)inheritance + row->into);
}

static bool
read_descriptor(struct span text, int *out)
{
    uint64_t number;
    if (!span_number(text, INT_MAX, &number))
        return false;
    *out = (int)number;
    return true;
}

static bool
read_sockets(struct span list, size_t port, struct inheritance *out)
{
    size_t *count = &out->count[port];
    while (list.at != NULL)
        if (*count == INHERITED_SOCKETS_MAX ||
            !read_descriptor(span_cut(&list, ','), &out->sockets[port][(*count)++]))
            return false;
    return true;
}

static bool
read_word(struct span name, struct span value, struct inheritance *out)
{
    for (size_t port = 0; port < PROTOCOLS; port++)
        if (span_equal(name, span_of(ports[port])))
            return read_sockets(value, port, out);
    for (const struct kept *row = kept; row->name != NULL; row++)
        if (span_equal(name, span_of(row->name)))
            return read_descriptor(value, field(out, row));
    return true;
}

bool
inheritance_parse(struct span text, struct inheritance *out)
{
    struct inheritance read = INHERITANCE_NONE;
    while (text.at != NULL) {
        struct span value = span_cut(&text, ' '), name = span_cut(&value, '=');
        if (value.at == NULL || !read_word(name, value, &read))
            return false;
    }
    if (read.elder < 0 || read.count[PROTOCOL_gemini] == 0)
        return false;
    for (size_t port = 0; port < PROTOCOLS; port++)
        if (read.count[port] != 0 && read.count[port] != read.count[PROTOCOL_gemini])
            return false;
    *out = read;
    return true;
}

void
inheritance_print(const struct inheritance *inheritance, struct buffer *out)
{
    struct inheritance copy = *inheritance;
    for (const struct kept *row = kept; row->name != NULL; row++)
        if (*field(&copy, row) >= 0)
            buffer_printf(out, "%s=%d ", row->name, *field(&copy, row));
    for (size_t port = 0; port < PROTOCOLS; port++)
        for (size_t i = 0; i < inheritance->count[port]; i++)
            buffer_printf(out, "%s%s%s%d", i == 0 && port != PROTOCOL_gemini ? " " : "",
                          i == 0 ? ports[port] : ",", i == 0 ? "=" : "",
                          inheritance->sockets[port][i]);
}

/* Sets or clears close-on-exec of all; false: one of them is not open. */
static bool
mark(struct inheritance *inheritance, int flags)
{
    bool fine = true;
    for (const struct kept *row = kept; row->name != NULL; row++)
        if (*field(inheritance, row) >= 0)
            fine = fcntl(*field(inheritance, row), F_SETFD, flags) == 0 && fine;
    for (size_t port = 0; port < PROTOCOLS; port++)
        for (size_t i = 0; i < inheritance->count[port]; i++)
            fine = fcntl(inheritance->sockets[port][i], F_SETFD, flags) == 0 && fine;
    return fine;
}

enum status
inheritance_take(struct inheritance *out)
{
    struct inheritance read;
    *out = INHERITANCE_NONE;
    const char *text = getenv(variable);
    if (text == NULL)
        return STATUS_ABSENT;
    bool fine = inheritance_parse(span_of(text), &read) && mark(&read, FD_CLOEXEC);
    unsetenv(variable);
    if (fine)
        *out = read;
    return fine ? STATUS_OK : STATUS_BAD;
}

void
inheritance_leave(const struct inheritance *inheritance)
{
    struct inheritance copy = *inheritance;
    struct buffer text = BUFFER_EMPTY;
    inheritance_print(inheritance, &text);
    (void)mark(&copy, 0); /* the heir looks */
    setenv(variable, buffer_text(&text), 1);
    buffer_fini(&text);
}

void
inheritance_forgo(const struct inheritance *inheritance)
{
    for (size_t i = 0; i < INHERITED_MEMORIES; i++)
        if (inheritance->memory[i] >= 0)
            close(inheritance->memory[i]);
}
