/* SPDX-License-Identifier: ISC */
#include "wire/refresh.h"

#include "archive/moved.h"
#include "base/log.h"
#include "protocol/markup.h"
#include "tool/diff.h"
#include "tool/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What the command line says, and what is told in turn. */
struct errands {
    const struct tool_options *options;
    struct region *region;
    struct sources sources;
    struct span_list chosen;
    bool force, dry, json;
    struct buffer stories, outcomes; /* of --json: of a source that goes on; of those done */
    size_t warnings;
};

static const char *const words_of[] = {
    [PLACE_NEW] = "new",     [PLACE_UPDATED] = "updated", [PLACE_UNCHANGED] = "unchanged",
    [PLACE_KNOWN] = "known", [PLACE_BESIDE] = "beside",   [PLACE_LEFT] = "left",
};

static void
add_text(struct buffer *out, const char *key, struct span text)
{
    buffer_printf(out, "\"%s\":", key);
    markup_add_json(out, text);
}

static void
show_change(const struct errands *errands, const struct placement *placement)
{
    struct buffer text = BUFFER_EMPTY;
    struct span before = placement->old != NULL ? placement->old->bytes : SPAN("");
    diff_print(placement->file.at, before, placement->bytes, &text);
    if (!errands->json)
        fwrite(text.at, 1, text.len, stdout);
    buffer_fini(&text);
}

static void
on_placed(void *whom, const struct source *source, const struct placement *placement)
{
    struct errands *errands = whom;
    enum outcome outcome = placement->outcome;
    if (outcome == PLACE_UNCHANGED || outcome == PLACE_KNOWN || outcome == PLACE_LEFT)
        return;
    if (errands->json) {
        struct buffer *out = &errands->stories;
        buffer_printf(out, "%s{\"source\":", out->len > 0 ? "," : "");
        markup_add_json(out, source->slug);
        buffer_printf(out, ",\"outcome\":\"%s\",", words_of[outcome]);
        add_text(out, "file", placement->file);
        buffer_add_char(out, ',');
        add_text(out, "title", placement->story.title);
        buffer_add_char(out, ',');
        add_text(out, "url", placement->story.source);
        buffer_add_char(out, '}');
    } else if (errands->dry) {
        show_change(errands, placement);
    } else {
        printf("%.*s: %s %s\n", SPAN_ARG(source->name), words_of[outcome], placement->file.at);
    }
}

static void
on_warned(void *whom, const struct source *source, struct span url, const char *words)
{
    struct errands *errands = whom;
    struct buffer line = BUFFER_EMPTY;
    char shown[512];
    errands->warnings++;
    buffer_printf(&line, "%.*s: %s: %s", SPAN_ARG(source->name), log_text(shown, sizeof shown, url),
                  words);
    fprintf(stderr, "%s\n", buffer_text(&line));
    buffer_fini(&line);
}

static void
add_numbers(const struct refresh_outcome *outcome, struct buffer *out)
{
    const struct {
        const char *name;
        long long number;
    } numbers[] = {
        { "items", (long long)outcome->items },       { "new", (long long)outcome->made },
        { "updated", (long long)outcome->updated },   { "beside", (long long)outcome->beside },
        { "left", (long long)outcome->left },         { "pages", (long long)outcome->pages },
        { "failures", (long long)outcome->failures },
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        buffer_printf(out, ",\"%s\":%lld", numbers[i].name, numbers[i].number);
}

static void
add_due(int64_t due, struct buffer *out)
{
    char when[CLOCK_TEXT];
    if (due == 0)
        buffer_add_text(out, ",\"due\":null");
    else
        buffer_printf(out, ",\"due\":\"%s\"", clock_print(due, when));
}

static void
on_done(void *whom, const struct refresh_outcome *outcome)
{
    struct errands *errands = whom;
    const struct source *source = outcome->source;
    struct buffer *out = &errands->outcomes;
    if (outcome->words[0] != '\0')
        fprintf(stderr, "%.*s: %.*s: %s\n", SPAN_ARG(source->name), SPAN_ARG(source->url),
                outcome->words);
    if (!errands->json)
        return;
    buffer_printf(out, "%s{", out->len > 0 ? "," : "");
    add_text(out, "source", source->slug);
    buffer_add_char(out, ',');
    add_text(out, "name", source->name);
    buffer_add_char(out, ',');
    add_text(out, "url", source->url);
    buffer_printf(out, ",\"end\":\"%s\",", refresh_ends[outcome->end]);
    add_text(out, "message", span_of(outcome->words));
    add_numbers(outcome, out);
    add_due(outcome->due, out);
    buffer_add_char(out, '}');
}

static void
on_progress(void *whom, size_t done, size_t all)
{
    (void)whom;
    tool_progress("fetching", done, all);
}

static void
on_signal(int number)
{
    (void)number;
    refresh_stop();
}

static void
print_summary(struct errands *errands, const struct refresh_summary *summary)
{
    struct buffer out = BUFFER_EMPTY;
    char when[CLOCK_TEXT];
    if (errands->json) {
        buffer_printf(&out, "{\"sources\":[%s],\"stories\":[%s],\"asked\":%zu,\"failed\":%zu",
                      buffer_text(&errands->outcomes), buffer_text(&errands->stories),
                      summary->asked, summary->failed);
        buffer_printf(&out, ",\"new\":%zu,\"updated\":%zu,\"beside\":%zu,\"stopped\":%s",
                      summary->made, summary->updated, summary->beside,
                      summary->stopped ? "true" : "false");
        add_due(summary->due, &out);
        buffer_add_text(&out, "}\n");
    } else {
        buffer_printf(&out, "%zu of %zu sources asked, %zu failed: %s%zu new, %zu updated",
                      summary->asked, summary->asked + summary->waiting, summary->failed,
                      errands->dry ? "there would be " : "", summary->made, summary->updated);
        if (summary->beside > 0)
            buffer_printf(&out, ", %zu beside an edited one", summary->beside);
        if (summary->due != 0)
            buffer_printf(&out, "; the next is due at %s", clock_print(summary->due, when));
        buffer_printf(&out, "%s\n", summary->stopped ? "; stopped early" : "");
    }
    fwrite(out.at, 1, out.len, stdout);
    buffer_fini(&out);
}

static int
choose(struct errands *errands, int argc, char **argv)
{
    static const struct option options[] = { { "dry-run", no_argument, NULL, 'n' },
                                             { "force", no_argument, NULL, 'f' },
                                             { "json", no_argument, NULL, 'j' },
                                             { NULL, 0, NULL, 0 } };
    int option;
    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        errands->dry |= option == 'n';
        errands->force |= option == 'f';
        errands->json |= option == 'j';
        if (option == '?')
            return command_misused("refresh", "an option it does not know");
    }
    for (int i = optind; i < argc; i++) {
        const struct source *source = sources_find(&errands->sources, span_of(argv[i]));
        if (source == NULL)
            return command_misused(
                "refresh", "no source is called `%s`: see `sources:` in %s", argv[i],
                errands->options->settings_path != NULL ? errands->options->settings_path
                                                        : "songtu.yaml");
        span_list_add(&errands->chosen, errands->region, source->slug);
    }
    return EXIT_FINE;
}

/* What moved.yaml says is gone is not to come back. */
static enum status
read_gone(const struct errands *errands, struct spans *gone, struct fault *fault)
{
    struct fault line = { 0, "" };
    enum status status = STATUS_OK;
    int content = open(errands->options->content, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (content < 0)
        return STATUS_OK; /* whoever opens it next says so */
    status = moved_gone(content, errands->region, gone, &line);
    if (status != STATUS_OK)
        fault_write(fault, 0, "%s/moved.yaml:%zu: %s", errands->options->content, line.line,
                    line.what);
    close(content);
    return status;
}

static int
run(struct errands *errands)
{
    const struct tool_options *options = errands->options;
    struct refresh_options refresh = { .content = options->content,
                                       .state = options->state,
                                       .sources = &errands->sources,
                                       .chosen = errands->chosen.spans,
                                       .force = errands->force,
                                       .dry = errands->dry,
                                       .contact = tool_contact(options, errands->region),
                                       .lang = options->lang,
                                       .sandbox = options->sandbox,
                                       .now = clock_now(),
                                       .placed = on_placed,
                                       .warned = on_warned,
                                       .done = on_done,
                                       .progress = on_progress,
                                       .whom = errands };
    struct refresh_summary summary = { 0 };
    struct fault fault = { 0, "" }, notice = { 0, "" };
    enum status status = read_gone(errands, &refresh.gone, &fault);
    if (status == STATUS_OK)
        status = refresh_round(&refresh, &summary, &notice, &fault);
    if (notice.what[0] != '\0')
        fprintf(stderr, "songtu refresh: %s\n", notice.what);
    if (status != STATUS_OK) {
        fprintf(stderr, "songtu refresh: %s\n", fault.what);
        return EXIT_NONE_READ;
    }
    print_summary(errands, &summary);
    if (summary.failed == 0)
        return summary.stopped ? EXIT_FAULTS : EXIT_FINE;
    return summary.failed == summary.asked ? EXIT_NONE_READ : EXIT_FAULTS;
}

static void
hear_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal };
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int
command_refresh(const struct tool_options *options, int argc, char **argv)
{
    struct errands errands = { .options = options, .region = region_new() };
    struct fault fault = { 0, "" };
    int status = EXIT_NONE_READ;
    if (sources_parse(options->sources, errands.region, &errands.sources, &fault) != STATUS_OK)
        fprintf(stderr, "songtu refresh: %s:%zu: %s\n", options->settings_path, fault.line,
                fault.what);
    else
        status = choose(&errands, argc, argv);
    if (status == EXIT_FINE && errands.sources.count == 0)
        fprintf(stderr, "songtu refresh: there are no sources: list them in songtu.yaml, as "
                        "songtu(1) tells under SOURCES\n");
    if (status == EXIT_FINE) {
        hear_signals();
        status = run(&errands);
    }
    buffer_fini(&errands.stories);
    buffer_fini(&errands.outcomes);
    region_free(errands.region);
    return status;
}
