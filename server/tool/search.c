/* SPDX-License-Identifier: ISC */
#include "archive/search.h"

#include "base/buffer.h"
#include "tool/tool.h"

#include <getopt.h>
#include <stdio.h>

enum { PART = 20, PARTS = SEARCH_COUNT_MAX / PART };

/* Nobody else waits here. */
static const struct search_budget budget = { .cpu_ms = 60000, .wall_ms = 60000 };

static void
print_address(const struct tool_options *options, struct span slug)
{
    struct span host = options->hosts.at[0];
    bool literal = span_has_char(host, ':');
    printf("  gemini://%s%.*s%s", literal ? "[" : "", SPAN_ARG(host), literal ? "]" : "");
    if (options->port != 1965)
        printf(":%u", (unsigned)options->port);
    printf("/story/%.*s\n", SPAN_ARG(slug));
}

static void
print_date(const struct date *date)
{
    printf("  %04d", date->year);
    if (date->precision >= DATE_MONTH)
        printf("-%02d", date->month);
    if (date->precision >= DATE_DAY)
        printf("-%02d", date->day);
    putchar('\n');
}

static void
print_found(const struct tool_options *options, const struct search_found *found)
{
    for (size_t i = 0; i < found->at.count; i++) {
        const struct entry *entry = &found->at.at[i];
        printf("%.*s\n", SPAN_ARG(entry->title));
        print_address(options, entry->slug);
        if (entry->date.precision != DATE_NONE)
            print_date(&entry->date);
        if (entry->words.len > 0)
            printf("  %.*s\n", SPAN_ARG(entry->words));
        putchar('\n');
    }
    fprintf(stderr, "%s%llu stor%s found\n", found->more ? "more than " : "",
            (unsigned long long)found->count, found->count == 1 ? "y" : "ies");
    if (found->late)
        fprintf(stderr, "the search took too long and was stopped: there may be more\n");
}

static enum status
search_in(const char *path, const struct wanted *wanted, size_t part, struct region *region,
          struct search_found *out, struct fault *fault)
{
    struct archive *archive = NULL;
    enum status status = archive_open(path, &archive, fault);
    if (status == STATUS_ABSENT)
        fault_set(fault, 0, "there is no %s: songtu index makes it", path);
    if (status != STATUS_OK)
        return status;
    status = archive_begin(archive);
    if (status == STATUS_OK) {
        status = archive_search(archive, wanted, &budget, (part - 1) * PART, PART, region, out);
        archive_end(archive);
    }
    if (status != STATUS_OK)
        fault_set(fault, 0, "%s did not answer: it is %s", path, status_name(status));
    archive_close(archive);
    return status;
}

static int
search(const struct tool_options *options, struct span words, size_t part, struct region *region)
{
    struct wanted *wanted = region_alloc(region, sizeof *wanted);
    struct search_found found;
    struct fault fault = { 0, "" };
    const char *path = region_printf(region, "%s/archive.db", options->state).at;
    wanted_parse(words, region, wanted);
    if (search_in(path, wanted, part, region, &found, &fault) != STATUS_OK) {
        fprintf(stderr, "songtu search: %s\n", fault.what);
        return EXIT_FAILED;
    }
    print_found(options, &found);
    if (wanted->cut)
        fprintf(stderr, "only the first %d words were looked for\n", WANTED_PARTS_MAX);
    return found.count > 0 ? EXIT_FINE : EXIT_FAULTS;
}

int
command_search(const struct tool_options *options, int argc, char **argv)
{
    static const struct option known[] = { { "part", required_argument, NULL, 'p' },
                                           { NULL, 0, NULL, 0 } };
    struct buffer words = BUFFER_EMPTY;
    uint64_t part = 1;
    int option;
    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "+", known, NULL)) != -1)
        if (option != 'p')
            return command_misused("search",
                                   "an option it does not know, or one without its value: "
                                   "put -- before the words if the first begins with -");
        else if (!span_number(span_of(optarg), PARTS, &part) || part == 0)
            return command_misused("search", "--part takes a number, 1 to %d", PARTS);
    for (int i = optind; i < argc; i++)
        buffer_printf(&words, "%s%s", i > optind ? " " : "", argv[i]);
    if (words.len == 0)
        return command_misused("search", "which words?");
    struct region *region = region_new();
    int status = search(options, buffer_span(&words), (size_t)part, region);
    region_free(region);
    buffer_fini(&words);
    return status;
}
