/* SPDX-License-Identifier: ISC */
#include "base/file.h"
#include "story/slug.h"
#include "story/story.h"
#include "tool/tool.h"
#include "wire/lines.h"
#include "wire/shelf.h"
#include "wire/terms.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A story somebody begins to write. */
struct draft {
    struct story story;
    struct span slug;
    struct span_list cities, themes;
    struct region *region;
};

static int
take_option(struct draft *draft, int option, const char *value)
{
    switch (option) {
    case 'c':
        span_list_add(&draft->cities, draft->region, span_of(value));
        return EXIT_FINE;
    case 't':
        span_list_add(&draft->themes, draft->region, span_of(value));
        return EXIT_FINE;
    case 'd':
        draft->story.date_text = span_of(value);
        return date_parse(draft->story.date_text, &draft->story.date)
                   ? EXIT_FINE
                   : command_misused("new", "`%s` is no date: write 2024, 2024-07 or 2024-07-12",
                                     value);
    case 'D':
        draft->story.state = STORY_DRAFT;
        return EXIT_FINE;
    default:
        return command_misused("new", "an option it does not know, or one without its value");
    }
}

static int
take_title(struct draft *draft, const char *text)
{
    struct buffer slug = BUFFER_EMPTY;
    int status = EXIT_FINE;
    draft->story.title = line_clean(span_of(text), draft->region);
    slug_make(draft->story.title, &slug);
    draft->slug = region_copy(draft->region, buffer_span(&slug));
    buffer_fini(&slug);
    if (draft->slug.len == 0)
        status = command_misused("new", "the title has no letter to make an address from");
    else if (draft->story.title.len > STORY_TITLE_MAX)
        status = command_misused("new", "a title holds at most %d bytes", STORY_TITLE_MAX);
    return status;
}

static int
read_draft(int argc, char **argv, struct draft *draft)
{
    static const struct option options[] = {
        { "city", required_argument, NULL, 'c' },
        { "theme", required_argument, NULL, 't' },
        { "date", required_argument, NULL, 'd' },
        { "draft", no_argument, NULL, 'D' },
        { NULL, 0, NULL, 0 },
    };
    int option, status = EXIT_FINE;
    optind = 0; /* begin anew */
    opterr = 0;
    while (status == EXIT_FINE && (option = getopt_long(argc, argv, "", options, NULL)) != -1)
        status = take_option(draft, option, optarg);
    if (status == EXIT_FINE && optind + 1 != argc)
        status = command_misused("new", "it takes one title: put it in quotes");
    if (status == EXIT_FINE)
        status = take_title(draft, argv[optind]);
    draft->story.cities = draft->cities.spans;
    draft->story.themes = draft->themes.spans;
    return status;
}

/* Its terms are known, and its slug is free. */
static enum status
check(int content, const struct draft *draft, struct fault *fault)
{
    struct terms terms;
    struct shelf shelf;
    const struct wanted nothing = { .source = { NULL, 0 } };
    enum status status = terms_read(content, draft->region, &terms, fault);
    if (status == STATUS_OK)
        status = terms_check(terms.cities, "cities.yaml", draft->story.cities, fault);
    if (status == STATUS_OK)
        status = terms_check(terms.themes, "themes.yaml", draft->story.themes, fault);
    if (status != STATUS_OK)
        return status;
    status = shelf_read(content, &nothing, draft->region, &shelf);
    if (status != STATUS_OK)
        fault_set(fault, 0, "stories: %s", strerror(errno));
    else if (spans_have(shelf.slugs, draft->slug))
        status = fault_set(fault, 0,
                           "a story is called `%.*s` already: give this one another title",
                           SPAN_ARG(draft->slug));
    return status;
}

static enum status
write_draft(const struct tool_options *options, int content, const struct draft *draft,
            struct fault *fault)
{
    struct buffer bytes = BUFFER_EMPTY;
    struct span folder = draft->story.date.precision == DATE_NONE
                             ? SPAN("stories/undated")
                             : region_printf(draft->region, "stories/%04d", draft->story.date.year);
    struct span path = region_printf(draft->region, "%.*s/%.*s.gmi", SPAN_ARG(folder),
                                     SPAN_ARG(draft->slug));
    story_print(&draft->story, &bytes);
    buffer_add_char(&bytes, '\n');
    enum status status = file_make_folder(content, folder.at, 0755);
    if (status == STATUS_OK)
        status = file_create(content, path.at, buffer_span(&bytes), 0644);
    if (status == STATUS_BUSY)
        fault_set(fault, 0, "%s is there already", path.at);
    else if (status != STATUS_OK)
        fault_set(fault, 0, "%s: %s", path.at, strerror(errno));
    else
        printf("%s/%s\n", options->content, path.at);
    buffer_fini(&bytes);
    return status;
}

static int
run(const struct tool_options *options, struct draft *draft)
{
    char now[CLOCK_TEXT];
    struct fault fault = { 0, "" };
    int content = open(options->content, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (content < 0) {
        fprintf(stderr, "songtu new: %s: %s\n", options->content, strerror(errno));
        return EXIT_FAILED;
    }
    draft->story.added_text = span_of(clock_print(clock_now(), now));
    enum status status = check(content, draft, &fault);
    if (status == STATUS_OK)
        status = write_draft(options, content, draft, &fault);
    close(content);
    if (status == STATUS_OK)
        return EXIT_FINE;
    fprintf(stderr, "songtu new: %s\n", fault.what);
    return status == STATUS_FAILED ? EXIT_FAILED : EXIT_FAULTS;
}

int
command_new(const struct tool_options *options, int argc, char **argv)
{
    struct draft draft = { .region = region_new() };
    int status = read_draft(argc, argv, &draft);
    if (status == EXIT_FINE)
        status = run(options, &draft);
    region_free(draft.region);
    return status;
}
