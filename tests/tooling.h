/* SPDX-License-Identifier: ISC */
/* tooling.h - commands of songtu run in the test's own process, in a folder of its own. */
#pragma once

#include "tool/tool.h"

/* Holds content/, var/ and certs/, as the options say; until tooling_tear_down. */
extern char *tooling_folder;
extern struct tool_options tooling_options;

void tooling_set_up(void); /* an empty capsule of two hosts: example.org and www.example.org */
void tooling_tear_down(void);

/* What a command said; lives until tooling_tear_down. */
struct told {
    int status;
    const char *out, *err;
};

/* Runs COMMAND with arguments up to NULL. */
struct told tool(const char *command, ...) __attribute__((sentinel));
/* `tool`, and fails the test unless it ends with that status. */
#define TOOL_ENDS(wanted, ...)                                                                     \
    do {                                                                                           \
        struct told told_ = tool(__VA_ARGS__, NULL);                                               \
        ck_assert_msg(told_.status == (wanted), "status %d, not %d\n%s%s", told_.status, (wanted), \
                      told_.out, told_.err);                                                       \
    } while (0)

/* FOLDER/content/PATH, as testing_write and testing_read take it. */
void content_write(const char *path, const char *text);
const char *content_read(const char *path); /* NULL where there is none; lives likewise */
