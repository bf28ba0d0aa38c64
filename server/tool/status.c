/* SPDX-License-Identifier: ISC */
#include "base/clock.h"
#include "process/counters.h"
#include "process/metrics_print.h"
#include "tool/status_table.h"
#include "tool/tool.h"

#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WATCH_SECONDS = 2, WATCH_SECONDS_MAX = 86400 };

struct errand {
    const char *state;
    bool json, watches;
    uint64_t seconds; /* between two looks */
    bool paints;      /* on a terminal, one look over the other */
    bool colours;
};

static int
take_options(struct errand *errand, int argc, char **argv)
{
    static const struct option known[] = { { "json", no_argument, NULL, 'j' },
                                           { "watch", optional_argument, NULL, 'w' },
                                           { NULL, 0, NULL, 0 } };
    const char *seconds = NULL;
    optind = 0; /* once more from the start */
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        errand->json |= option == 'j';
        errand->watches |= option == 'w';
        if (option == 'w')
            seconds = optarg;
        else if (option != 'j')
            return command_misused("status", "an option it does not know");
    }
    if (errand->watches && seconds == NULL && optind < argc)
        seconds = argv[optind++];
    if (optind < argc)
        return command_misused("status", "what is `%s`?", argv[optind]);
    if (seconds != NULL && (!span_number(span_of(seconds), WATCH_SECONDS_MAX, &errand->seconds) ||
                            errand->seconds == 0))
        return command_misused("status", "--watch takes seconds, 1 to %d", WATCH_SECONDS_MAX);
    return EXIT_FINE;
}

/* Reads the numbers, or says why there are none. */
static int
look(const struct errand *errand, struct counters_sample *out)
{
    struct fault fault = { 0, "" };
    enum status status = counters_read(errand->state, out, &fault);
    if (status == STATUS_ABSENT)
        fprintf(stderr, "songtu status: no songtud serves with the state folder %s\n",
                errand->state);
    else if (status != STATUS_OK)
        fprintf(stderr, "songtu status: %s\n", fault.what);
    return status == STATUS_OK ? EXIT_FINE : status == STATUS_ABSENT ? EXIT_FAULTS : EXIT_FAILED;
}

static void
print_json(const struct counters_sample *sample, struct buffer *out)
{
    buffer_printf(out, "{\n  \"daemon\": %d,\n", (int)sample->daemon);
    metrics_print_json(&sample->values, clock_now(), out);
    buffer_add_text(out, "}\n");
}

/* Over the last look: each line goes on to its end, and what is below is wiped. */
static void
paint(struct span text)
{
    printf("\033[H");
    while (text.at != NULL && text.len > 0) {
        struct span line = span_line(&text);
        printf("%.*s\033[K\n", SPAN_ARG(line));
    }
    printf("\033[J");
}

static void
show(const struct errand *errand, const struct counters_sample *sample,
     const struct counters_sample *before)
{
    struct buffer text = BUFFER_EMPTY;
    struct status_view view = { .values = &sample->values,
                                .before = before != NULL ? &before->values : NULL,
                                .apart = before != NULL ? sample->at - before->at : 0,
                                .now = clock_now(),
                                .daemon = sample->daemon,
                                .colours = errand->colours };
    if (errand->json)
        print_json(sample, &text);
    else
        status_print(&view, &text);
    if (errand->paints)
        paint(buffer_span(&text));
    else
        printf("%.*s", SPAN_ARG(buffer_span(&text)));
    fflush(stdout);
    buffer_fini(&text);
}

/* Until it is interrupted, or the daemon has ended. */
static int
watch(const struct errand *errand)
{
    struct counters_sample samples[2];
    int status = look(errand, &samples[0]);
    if (status == EXIT_FINE && errand->paints)
        printf("\033[2J");
    for (unsigned turn = 0; status == EXIT_FINE; turn++) {
        show(errand, &samples[turn % 2], turn > 0 ? &samples[(turn + 1) % 2] : NULL);
        if (!errand->json && !errand->paints)
            printf("\n");
        if (ferror(stdout))
            return EXIT_FAILED;
        poll(NULL, 0, (int)errand->seconds * 1000);
        status = look(errand, &samples[(turn + 1) % 2]);
    }
    return status;
}

int
command_status(const struct tool_options *options, int argc, char **argv)
{
    struct errand errand = { .state = options->state, .seconds = WATCH_SECONDS };
    struct counters_sample sample;
    const char *terminal = getenv("TERM"), *no_colour = getenv("NO_COLOR");
    int status = take_options(&errand, argc, argv);
    if (status != EXIT_FINE)
        return status;
    errand.paints = errand.watches && !errand.json && isatty(STDOUT_FILENO);
    errand.colours = isatty(STDOUT_FILENO) && (no_colour == NULL || no_colour[0] == '\0') &&
                     terminal != NULL && strcmp(terminal, "dumb") != 0;
    if (errand.watches)
        return watch(&errand);
    status = look(&errand, &sample);
    if (status == EXIT_FINE)
        show(&errand, &sample, NULL);
    return status;
}
