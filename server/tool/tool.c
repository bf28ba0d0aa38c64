/* SPDX-License-Identifier: ISC */
#include "tool/tool.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

const struct command commands[] = {
    { "cert", "cert", "show the capsule's certificate: fingerprints, expiry, hosts",
      "Clients pin the key on a reader's first visit; compare what yours shows with this.\n"
      "Exit status: 0 it is fine; 1 there is none, or it is damaged.\n",
      command_cert },
    { "index", "index", "bring the archive up to date with the content folder",
      "One round: what changed is read, what is gone is noted in moved.yaml. A story that can't "
      "be\n"
      "read is reported as FILE:LINE: WHAT, and the others go on.\n"
      "Exit status: 0 all is well; 1 some file is faulty; 3 the archive could not be written.\n",
      command_index },
    { "rename", "rename OLD NEW", "give a story another slug; the old address leads to the new",
      "Renames the story's file and notes OLD in moved.yaml, so that readers are led on (31).\n",
      command_rename },
    { "watch", "watch", "index, and again whenever something changes (songtud runs this)",
      "Ends at SIGTERM or SIGINT. A scheduled story is served when its time comes.\n",
      command_watch },
    { "withdraw", "withdraw SLUG", "take a story back: its address answers that it is gone (52)",
      "Sets `state: withdrawn` in the story's file; set it to published to undo this.\n",
      command_withdraw },
    { NULL, NULL, NULL, NULL, NULL },
};

const struct command *
command_find(const char *name)
{
    for (const struct command *command = commands; command->name != NULL; command++)
        if (span_equal(span_of(name), span_of(command->name)))
            return command;
    return NULL;
}

int
command_misused(const char *command, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "songtu %s: ", command);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\nTry: songtu %s --help\n", command);
    return EXIT_USAGE;
}

void
tool_progress(const char *what, size_t done, size_t all)
{
    if (!isatty(STDERR_FILENO))
        return;
    fprintf(stderr, "\r%s %zu/%zu%s", what, done, all, done == all ? "\n" : "");
}
