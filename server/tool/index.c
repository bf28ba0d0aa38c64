/* SPDX-License-Identifier: ISC */
#include "archive/index.h"

#include "base/clock.h"
#include "tool/tool.h"

#include <stdio.h>
#include <unistd.h>

static void
on_fault(void *whom, const char *path, const struct fault *fault)
{
    const struct tool_options *options = whom;
    fprintf(stderr, "%s/%s:", options->content, path);
    if (fault->line > 0)
        fprintf(stderr, "%zu:", fault->line);
    fprintf(stderr, " %s\n", fault->what);
}

static void
on_progress(void *whom, size_t done, size_t all)
{
    (void)whom;
    tool_progress("indexing", done, all);
}

int
command_index(const struct tool_options *options, int argc, char **argv)
{
    struct index_options index = { .content = options->content,
                                   .state = options->state,
                                   .lang = options->lang,
                                   .zone = options->zone,
                                   .now = clock_now(),
                                   .wait = true,
                                   .report = on_fault,
                                   .progress = isatty(STDERR_FILENO) ? on_progress : NULL,
                                   .whom = (void *)(uintptr_t)options };
    struct index_summary summary;
    struct fault fault = { 0, "" };
    if (argc > 1)
        return command_misused("index", "what is `%s`?", argv[1]);
    if (index_round(&index, &summary, &fault) != STATUS_OK) {
        fprintf(stderr, "songtu index: %s\n", fault.what);
        return EXIT_FAILED;
    }
    printf("%zu stor%s served, %zu changed, %zu removed, %zu faulty\n", summary.stories,
           summary.stories == 1 ? "y" : "ies", summary.changed, summary.removed, summary.faulty);
    return summary.faulty > 0 ? EXIT_FAULTS : EXIT_FINE;
}
