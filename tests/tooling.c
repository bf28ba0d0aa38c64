/* SPDX-License-Identifier: ISC */
#include "tooling.h"

#include "base/clock.h"
#include "testing.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 16, PATH_BYTES = 4096 };

char *tooling_folder;
struct tool_options tooling_options;

static struct region *region;

static const char *
below(const char *name)
{
    return region_printf(region, "%s/%s", tooling_folder, name).at;
}

void
tooling_set_up(void)
{
    static const struct span hosts[] = { { "example.org", 11 }, { "www.example.org", 15 } };
    ck_assert(clock_zone_set("Asia/Ho_Chi_Minh"));
    region = region_new();
    tooling_folder = testing_folder();
    tooling_options = (struct tool_options){ .content = below("content"),
                                             .state = below("var"),
                                             .certs = below("certs"),
                                             .zone = "Asia/Ho_Chi_Minh",
                                             .hosts = { hosts, 2 },
                                             .lang = SPAN("vi"),
                                             .title = SPAN(""),
                                             .port = 1965 };
    ck_assert_int_eq(mkdir(tooling_options.content, 0755), 0);
    ck_assert_int_eq(mkdir(below("content/stories"), 0755), 0);
}

void
tooling_tear_down(void)
{
    testing_folder_remove(tooling_folder);
    region_free(region);
}

static int
turn(FILE *stream, int descriptor, const char *to)
{
    fflush(stream);
    int kept = dup(descriptor);
    int file = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert(kept >= 0 && file >= 0 && dup2(file, descriptor) == descriptor);
    close(file);
    return kept;
}

static const char *
turn_back(FILE *stream, int descriptor, int kept, const char *name)
{
    fflush(stream);
    ck_assert_int_eq(dup2(kept, descriptor), descriptor);
    close(kept);
    char *text = testing_read(tooling_folder, name);
    struct span copy = region_copy(region, span_of(text));
    free(text);
    return copy.at;
}

struct told
tool(const char *command, ...)
{
    const struct command *row = command_find(command);
    char *argv[ARGUMENTS_MAX + 2];
    int argc = 0;
    va_list arguments;
    ck_assert_ptr_nonnull(row);
    va_start(arguments, command);
    for (const char *word = command; word != NULL; word = va_arg(arguments, const char *)) {
        ck_assert_int_lt(argc, ARGUMENTS_MAX);
        argv[argc++] = (char *)(uintptr_t)region_copy(region, span_of(word)).at;
    }
    va_end(arguments);
    argv[argc] = NULL;
    int out = turn(stdout, STDOUT_FILENO, below("out"));
    int err = turn(stderr, STDERR_FILENO, below("err"));
    struct told told = { .status = row->run(&tooling_options, argc, argv) };
    told.out = turn_back(stdout, STDOUT_FILENO, out, "out");
    told.err = turn_back(stderr, STDERR_FILENO, err, "err");
    return told;
}

void
content_write(const char *path, const char *text)
{
    testing_write(tooling_folder, region_printf(region, "content/%s", path).at, text);
}

const char *
content_read(const char *path)
{
    char *text = testing_read(tooling_folder, region_printf(region, "content/%s", path).at);
    const char *copy = text != NULL ? region_copy(region, span_of(text)).at : NULL;
    free(text);
    return copy;
}
