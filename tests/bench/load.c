/* SPDX-License-Identifier: ISC */
#include "load.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const char help[] =
    "load MODE PORT PATH [BODY] [OPTIONS] - readers for the Gemini server at 127.0.0.1:PORT\n"
    "\n"
    "  ask   asks for PATH; every answer must be 20, the file BODY, and close_notify. Prints\n"
    "        right= slowed= (44) turned= (hung up on before an answer) wrong= resumed= bytes=\n"
    "        seconds= p50= p99= worst= (microseconds of the right answers); exits with 0 where\n"
    "        all were right\n"
    "  hold  holds connections until standard input ends. Prints held= refused= ended= seconds=\n"
    "        once all were begun, and ended= seconds= at the end\n"
    "\n"
    "  --paths FILE     ask: for its lines in turns, not PATH; any answer but 4x is right\n"
    "  --count N        requests asked, connections held (1)\n"
    "  --at-once N      ask: at most so many readers at a time (32)\n"
    "  --rate N         ask: so many begin per second, whether others were answered or not\n"
    "  --seconds N      ask: with --rate, for so long, instead of a count\n"
    "  --resumed        all show one ticket\n"
    "  --from A[-B]     they come from these addresses in turns (127.0.0.2-127.0.0.250)\n"
    "  --plain          ask: no TLS and no head, as in Gopher: PATH and a line end, then BODY\n"
    "  --manner HOW     hold: silent (nothing sent), idle (behind the handshake), half (of a\n"
    "                   question asked), deaf (PATH asked for, nothing read)\n"
    "  --progress N     ask: prints done= failed= after every N answers, and of each that was not\n"
    "                   right lost= (the reader's port) at= (since 1970)\n"
    "  --limit SECONDS  gives up then (300)\n";

static const struct mode {
    const char *name;
    int (*run)(const struct wishes *wishes);
} modes[] = { { "ask", ask }, { "hold", hold }, { NULL, NULL } };

#define INTO(field) offsetof(struct wishes, field)

static const struct option {
    const char *name;
    enum { NUMBER, REAL, TEXT, CLAIM } kind;
    size_t into;
} options[] = {
    { "--count", NUMBER, INTO(count) },       { "--at-once", NUMBER, INTO(at_once) },
    { "--rate", REAL, INTO(rate) },           { "--seconds", REAL, INTO(seconds) },
    { "--resumed", CLAIM, INTO(resumed) },    { "--from", TEXT, INTO(from) },
    { "--paths", TEXT, INTO(paths) },         { "--manner", TEXT, INTO(manner) },
    { "--progress", NUMBER, INTO(progress) }, { "--limit", REAL, INTO(limit) },
    { "--plain", CLAIM, INTO(plain) },        { NULL, CLAIM, 0 },
};

static bool
read_value(const struct option *option, const char *text, struct wishes *wishes)
{
    char *into = (char *)wishes + option->into, *end = NULL;
    if (option->kind == TEXT) {
        *(const char **)(void *)into = text;
        return true;
    }
    double number = strtod(text, &end);
    if (option->kind == NUMBER)
        *(long *)(void *)into = (long)number;
    else
        *(double *)(void *)into = number;
    return *end == '\0' && number > 0;
}

/* Options leave argv; returns how many words are left, -1 where one can't be understood. */
static int
read_options(char **argv, struct wishes *wishes)
{
    int left = 0;
    for (char **at = argv; *at != NULL; at++) {
        const struct option *option = options;
        if (strncmp(*at, "--", 2) != 0) {
            argv[left++] = *at;
            continue;
        }
        while (option->name != NULL && strcmp(option->name, *at) != 0)
            option++;
        if (option->name == NULL)
            return -1;
        if (option->kind == CLAIM)
            *((bool *)wishes + option->into) = true;
        else if (*++at == NULL || !read_value(option, *at, wishes))
            return -1;
    }
    argv[left] = NULL;
    return left;
}

static void
raise_descriptors(long wanted)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max < (rlim_t)wanted)
        limit.rlim_max = (rlim_t)wanted; /* root may */
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static const struct mode *
mode_find(const char *name)
{
    const struct mode *mode = modes;
    while (mode->name != NULL && strcmp(mode->name, name) != 0)
        mode++;
    return mode;
}

static int
run(const struct mode *mode, struct wishes *wishes, char **words)
{
    struct target target;
    int status = 2;
    target_init(&target, atoi(words[1]), words[2], words[3], wishes->plain);
    wishes->target = &target;
    if (wishes->from != NULL && !target_from(&target, wishes->from))
        fprintf(stderr, "load: --from: `%s` is no address and no range of addresses\n",
                wishes->from);
    else if (wishes->paths != NULL && !target_paths(&target, wishes->paths))
        fprintf(stderr, "load: --paths: %s holds none\n", wishes->paths);
    else if (wishes->resumed && !target_ticket(&target))
        fprintf(stderr, "load: the server gives no ticket\n");
    else
        status = mode->run(wishes);
    target_fini(&target);
    return status;
}

int
main(int argc, char **argv)
{
    struct wishes wishes = { .count = 1, .at_once = 32, .limit = 300 };
    (void)argc;
    int words = read_options(argv + 1, &wishes);
    const struct mode *mode = words >= 3 && words <= 4 ? mode_find(argv[1]) : &modes[2];
    if (mode->name == NULL) {
        fprintf(stderr, "%s", help);
        return 2;
    }
    if (wishes.rate > 0 && wishes.seconds > 0)
        wishes.count = (long)(wishes.rate * wishes.seconds);
    signal(SIGPIPE, SIG_IGN);
    raise_descriptors((mode->run == hold ? wishes.count : wishes.at_once) + 64);
    return run(mode, &wishes, argv + 1);
}
