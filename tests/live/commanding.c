/* SPDX-License-Identifier: ISC */
/* The tool as a script runs it: its help, its settings, its exit statuses. */
#include "settings.h"
#include "testing.h"
#include "tool/tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static char *folder, *out, *err;

static void
set_up(void)
{
    folder = testing_folder();
}

static void
tear_down(void)
{
    free(out);
    free(err);
    testing_folder_remove(folder);
}

/* `songtu ARGUMENTS` in the folder; what it said is in out and err. */
static int
songtu(const char *arguments)
{
    char command[4096];
    snprintf(command, sizeof command, "cd '%s' && " PROGRAMS "/songtu %s >out 2>err </dev/null",
             folder, arguments);
    int status = system(command);
    free(out);
    free(err);
    out = testing_read(folder, "out");
    err = testing_read(folder, "err");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

START_TEST(help_names_every_command_and_every_command_has_help)
{
    char line[256];
    ck_assert_int_eq(songtu("--help"), 0);
    for (const struct command *command = commands; command->name != NULL; command++) {
        snprintf(line, sizeof line, "\n  %-*s %s\n", SETTINGS_HELP_COLUMNS, command->synopsis,
                 command->summary);
        ck_assert_msg(strstr(out, line) != NULL, "%s", line);
    }
    for (const struct command *command = commands; command->name != NULL; command++) {
        snprintf(line, sizeof line, "%s --help", command->name);
        ck_assert_int_eq(songtu(line), 0);
        ck_assert_str_eq(err, "");
        snprintf(line, sizeof line, "Usage: songtu %s\n%s.\n\n", command->synopsis,
                 command->summary);
        ck_assert_msg(strncmp(out, line, strlen(line)) == 0, "%s", out);
        ck_assert_str_eq(out + strlen(line), command->help);
    }
}
END_TEST

START_TEST(nothing_asked_for_is_a_mistake_and_a_version_is_not)
{
    ck_assert_int_eq(songtu(""), 2);
    ck_assert_ptr_nonnull(strstr(out, "Usage: songtu [OPTIONS] COMMAND [ARGUMENTS]"));
    ck_assert_int_eq(songtu("--version"), 0);
    ck_assert(strncmp(out, "songtu ", 7) == 0);
    ck_assert_int_eq(songtu("frobnicate"), 2);
    ck_assert_str_eq(err, "songtu: no command is called `frobnicate`: see songtu --help\n");
    ck_assert_int_eq(songtu("frobnicate --help"), 2);
    ck_assert_str_eq(out, "");
    ck_assert_str_eq(err, "songtu: no command is called `frobnicate`: see songtu --help\n");
    ck_assert_int_eq(songtu("-h frobnicate"), 0);
}
END_TEST

START_TEST(bad_settings_are_told_with_file_and_line)
{
    testing_write(folder, "songtu.yaml", "host: example.org\nhsot: x\n");
    ck_assert_int_eq(songtu("index"), 2);
    ck_assert_ptr_nonnull(strstr(err, "songtu: songtu.yaml:2: no setting is called `hsot`"));
    ck_assert_int_eq(songtu("-c nope.yaml index"), 2);
    ck_assert_int_eq(songtu("--host '' index"), 2);
}
END_TEST

START_TEST(check_knows_the_settings_and_the_port_readers_see)
{
    testing_write(folder, "songtu.yaml", "host: example.org\npublic-port: 1966\n");
    testing_write(folder, "content/pages/about.gmi",
                  "---\ntitle: Giới thiệu\n---\n"
                  "=> gemini://example.org/nope A\n");
    testing_write(folder, "content/stories/2024/mot.gmi",
                  "---\ntitle: Một\ndate: 2024\n---\nMột.\n");
    ck_assert_int_eq(songtu("check"), 0);
    ck_assert_str_eq(err, "");
    ck_assert_ptr_nonnull(strstr(out, "settings     songtu.yaml\n"));
    testing_write(folder, "songtu.yaml", "host: example.org\n");
    ck_assert_int_eq(songtu("check"), 1);
    ck_assert_str_eq(err, "content/pages/about.gmi:4: gemini://example.org/nope answers 51: there "
                          "is no such page\n");
    ck_assert_int_eq(songtu("--content nowhere check"), 3);
    ck_assert_str_eq(err, "songtu check: nowhere: No such file or directory\n");
}
END_TEST

START_TEST(the_shipped_content_is_without_a_fault)
{
    char arguments[4096], *here = realpath("content", NULL);
    ck_assert_ptr_nonnull(here);
    snprintf(arguments, sizeof arguments, "--content '%s' check", here);
    free(here);
    ck_assert_msg(songtu(arguments) == 0, "%s", err);
    ck_assert_str_eq(err, "");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("commanding");
    TCase *tests = tcase_create("commanding");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, help_names_every_command_and_every_command_has_help);
    tcase_add_test(tests, nothing_asked_for_is_a_mistake_and_a_version_is_not);
    tcase_add_test(tests, bad_settings_are_told_with_file_and_line);
    tcase_add_test(tests, check_knows_the_settings_and_the_port_readers_see);
    tcase_add_test(tests, the_shipped_content_is_without_a_fault);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
