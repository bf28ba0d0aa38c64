/* SPDX-License-Identifier: ISC */
/* songtu.c - the tool people and scripts run: one command a time. */
#include "base/buffer.h"
#include "settings.h"
#include "tool/tool.h"

#include <stdio.h>
#include <string.h>

static void
print_help(void)
{
    struct buffer options = BUFFER_EMPTY;
    settings_help(SETTINGS_TOOL, &options);
    printf("songtu " SONGTU_VERSION ": a folder of stories becomes a capsule read over Gemini.\n\n"
           "Usage: songtu [OPTIONS] COMMAND [ARGUMENTS]\n\n");
    for (const struct command *command = commands; command->name != NULL; command++)
        printf("  %-*s %s\n", SETTINGS_HELP_COLUMNS, command->synopsis, command->summary);
    printf("\nOptions, before or after the command:\n%s\n"
           "songtu COMMAND --help tells more.\n",
           buffer_text(&options));
    buffer_fini(&options);
}

static bool
wants_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static int
run(const struct command *command, const struct settings *settings, int argc, char **argv)
{
    struct tool_options options = { .content = settings->content.at,
                                    .state = settings->state.at,
                                    .certs = settings->certs.at,
                                    .zone = settings->zone.at,
                                    .hosts = settings->hosts,
                                    .lang = settings->language,
                                    .title = settings->title,
                                    .sandbox = settings->sandbox,
                                    .sources = settings->sources,
                                    .contact = settings->contact,
                                    .settings_path = settings->file.at,
                                    .port = settings->public_port[PROTOCOL_gemini] != 0
                                                ? (uint16_t)settings->public_port[PROTOCOL_gemini]
                                                : address_port(
                                                      &settings->listen[PROTOCOL_gemini]) };
    if (wants_help(argc, argv)) {
        printf("Usage: songtu %s\n%s.\n\n%s", command->synopsis, command->summary, command->help);
        return EXIT_FINE;
    }
    return command->run(&options, argc, argv);
}

int
main(int argc, char **argv)
{
    struct region *region = region_new();
    struct settings settings;
    enum settings_wish wish;
    struct fault fault = { 0, "" };
    int status = EXIT_USAGE;
    enum status read = settings_read(SETTINGS_TOOL, &argc, argv, region, &settings, &wish, &fault);
    const struct command *command = argc > 1 ? command_find(argv[1]) : NULL;
    if (read != STATUS_OK) {
        fprintf(stderr, "songtu: %s\n", fault.what);
    } else if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        printf("songtu " SONGTU_VERSION "\n");
        status = EXIT_FINE;
    } else if (argc == 1 || (command == NULL && wants_help(2, argv))) {
        print_help();
        status = argc == 1 ? EXIT_USAGE : EXIT_FINE;
    } else if (command == NULL) {
        fprintf(stderr, "songtu: no command is called `%s`: see songtu --help\n", argv[1]);
    } else if (log_open("songtu", NULL, settings.log_level) == STATUS_OK) {
        status = run(command, &settings, argc - 1, argv + 1);
    }
    region_free(region);
    return status;
}
