/* SPDX-License-Identifier: ISC */
#include "wire/import.h"

#include "archive/moved.h"
#include "base/uri.h"
#include "story/gemtext.h"
#include "tool/diff.h"
#include "tool/import_fetch.h"
#include "tool/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024, PAGE_BYTES = WEBPAGE_BYTES_MAX };

/* What the command line asks for. */
struct wish {
    struct import_options import;
    struct span_list cities, themes;
    struct guard_allowance allowed;
    struct import_fetch fetch; /* where `file` is a URL */
    char **files;
    const char *file; /* the one that is being imported */
};

static bool
is_source(struct span text)
{
    struct uri uri;
    return uri_parse(text, URI_STRICT, &uri) && uri.scheme.len > 0 && uri.host.len > 0 &&
           uri.userinfo.at == NULL && gemtext_may_link_to(&uri);
}

static bool
is_language(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] != '-' && !(text.at[i] >= '0' && text.at[i] <= '9') &&
            !((text.at[i] | 0x20) >= 'a' && (text.at[i] | 0x20) <= 'z'))
            return false;
    return text.len >= 2 && text.len <= 35;
}

/* Takes one option in; EXIT_USAGE with words on stderr where it can't. */
static int
take_option(struct wish *wish, int option, const char *value, struct region *region)
{
    struct intake_options *intake = &wish->import.intake;
    struct date date;
    switch (option) {
    case 's':
        intake->source = span_of(value);
        return is_source(intake->source)
                   ? EXIT_FINE
                   : command_misused("import", "--source takes a whole URL, not `%s`", value);
    case 'c':
        span_list_add(&wish->cities, region, span_of(value));
        return EXIT_FINE;
    case 't':
        span_list_add(&wish->themes, region, span_of(value));
        return EXIT_FINE;
    case 'd':
        intake->date = span_of(value);
        return date_parse(intake->date, &date)
                   ? EXIT_FINE
                   : command_misused("import", "`%s` is no date: write 2024, 2024-07 or 2024-07-12",
                                     value);
    case 'l':
        intake->lang = span_of(value);
        return is_language(intake->lang)
                   ? EXIT_FINE
                   : command_misused("import", "`%s` is no language: write vi, or en", value);
    case 'a':
        wish->fetch.guard.allowed = &wish->allowed;
        wish->fetch.guard.allowed_count = 1;
        return guard_allowance_parse(span_of(value), &wish->allowed)
                   ? EXIT_FINE
                   : command_misused("import",
                                     "--allow-private takes a numeric address and port, not `%s`",
                                     value);
    case 'n':
        wish->import.dry = true;
        return EXIT_FINE;
    default:
        return command_misused("import", "an option it does not know, or one without its value");
    }
}

static int
read_wish(int argc, char **argv, struct region *region, struct wish *wish)
{
    static const struct option options[] = {
        { "allow-private", required_argument, NULL, 'a' },
        { "source", required_argument, NULL, 's' },
        { "city", required_argument, NULL, 'c' },
        { "theme", required_argument, NULL, 't' },
        { "date", required_argument, NULL, 'd' },
        { "lang", required_argument, NULL, 'l' },
        { "dry-run", no_argument, NULL, 'n' },
        { NULL, 0, NULL, 0 },
    };
    int option, status = EXIT_FINE;
    optind = 0; /* begin anew */
    opterr = 0;
    while (status == EXIT_FINE && (option = getopt_long(argc, argv, "", options, NULL)) != -1)
        status = take_option(wish, option, optarg, region);
    if (status != EXIT_FINE)
        return status;
    if (optind == argc)
        return command_misused("import", "it takes a file or a URL, or - for standard input");
    if (optind + 1 < argc && wish->import.intake.source.len > 0)
        return command_misused("import", "--source is of one file alone");
    wish->files = argv + optind;
    wish->import.intake.cities = wish->cities.spans;
    wish->import.intake.themes = wish->themes.spans;
    return EXIT_FINE;
}

/* Up to one byte more than a page may hold, which the parser then refuses. */
static bool
read_page(const char *file, struct buffer *out)
{
    bool input = strcmp(file, "-") == 0;
    int descriptor = input ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t got = descriptor >= 0 ? 1 : -1;
    while (got > 0 && out->len <= PAGE_BYTES) {
        got = read(descriptor, buffer_reserve(out, READ_BYTES), READ_BYTES);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            buffer_grew(out, (size_t)got);
    }
    int why = errno;
    if (descriptor >= 0 && !input)
        close(descriptor);
    errno = why;
    return got >= 0;
}

static bool
is_url(const char *file)
{
    return strncmp(file, "https://", 8) == 0 || strncmp(file, "http://", 7) == 0;
}

/* From wherever it is; false: it was said why not. */
static bool
get_page(struct wish *wish, struct buffer *out)
{
    struct import_options *import = &wish->import;
    if (!is_url(wish->file)) {
        bool read = read_page(wish->file, out);
        if (!read)
            fprintf(stderr, "songtu import: %s: %s\n", wish->file, strerror(errno));
        return read;
    }
    wish->fetch.url = wish->file;
    if (!import_fetch_get(&wish->fetch)) {
        fprintf(stderr, "songtu import: %s: %s\n", wish->file, wish->fetch.why);
        return false;
    }
    buffer_add(out, buffer_span(&wish->fetch.body));
    import->reading.type = buffer_span(&wish->fetch.type);
    import->reading.url = buffer_span(&wish->fetch.found);
    return true;
}

static void
print_terms(const char *what, struct spans slugs, enum evidence_kind by)
{
    printf("%s", what);
    for (size_t i = 0; i < slugs.count; i++)
        printf(" %.*s", SPAN_ARG(slugs.at[i]));
    if (by != EVIDENCE_NONE)
        printf(" by %s", evidence_name(by));
    else
        printf(" none");
}

static void
print_change(const struct placement *placement)
{
    struct buffer text = BUFFER_EMPTY;
    diff_print(placement->file.at, placement->old != NULL ? placement->old->bytes : SPAN(""),
               placement->bytes, &text);
    fwrite(text.at, 1, text.len, stdout);
    buffer_fini(&text);
}

static void
on_placement(void *whom, const struct placement *placement)
{
    static const char *const done[] = {
        [PLACE_NEW] = "wrote",           [PLACE_UPDATED] = "updated",
        [PLACE_UNCHANGED] = "unchanged", [PLACE_KNOWN] = "known already",
        [PLACE_BESIDE] = "kept",         [PLACE_LEFT] = "left out"
    };
    static const char *const to_do[] = {
        [PLACE_NEW] = "would write",     [PLACE_UPDATED] = "would update",
        [PLACE_UNCHANGED] = "unchanged", [PLACE_KNOWN] = "known already",
        [PLACE_BESIDE] = "would keep",   [PLACE_LEFT] = "would leave out"
    };
    const struct wish *wish = whom;
    const char *const *words = wish->import.dry ? to_do : done;
    printf("%s %s", words[placement->outcome], placement->path.at);
    if (placement->outcome == PLACE_NEW || placement->outcome == PLACE_UPDATED) {
        print_terms(" (cities", placement->filing->cities, placement->filing->cities_by);
        print_terms("; themes", placement->filing->themes, placement->filing->themes_by);
        printf(")");
    }
    printf("\n");
    if (wish->import.dry && placement->outcome != PLACE_LEFT)
        print_change(placement);
    if (placement->outcome == PLACE_LEFT && placement->old == NULL)
        fprintf(stderr,
                "songtu import: `%.*s` is gone, as moved.yaml says: left out; take its line out "
                "there to have it back\n",
                SPAN_ARG(placement->slug));
    else if (placement->outcome == PLACE_LEFT)
        fprintf(stderr,
                "songtu import: %s is withdrawn: left out; set `state: published` in it to have "
                "it back\n",
                placement->path.at);
    if (placement->outcome == PLACE_BESIDE)
        fprintf(stderr,
                "songtu import: %s was edited by a person: the new version %s beside it: "
                "%s\n",
                placement->path.at, wish->import.dry ? "would lie" : "lies", placement->file.at);
}

static void
print_summary(const struct wish *wish, const struct import_summary *summary, bool first)
{
    static const char none[] = "songtu import: %s/%s.yaml is missing or empty: no story is filed "
                               "under a %s\n";
    const char *content = wish->import.content;
    if (first && summary->no_cities)
        fprintf(stderr, none, content, "cities", "city");
    if (first && summary->no_themes)
        fprintf(stderr, none, content, "themes", "theme");
    if (summary->mended)
        fprintf(stderr, "songtu import: %s: bytes that are no UTF-8 became U+FFFD\n", wish->file);
    if (summary->future)
        fprintf(stderr, "songtu import: the page's date lies ahead of today and was left out: "
                        "give it with --date\n");
    if (summary->incomplete)
        fprintf(stderr, "songtu import: %s: it is not shown whole: %s\n", wish->file,
                summary->reason);
    if (summary->teasers_left > 0)
        fprintf(stderr,
                "songtu import: the page names %zu more stories than the %d one page may "
                "bring: left out\n",
                summary->teasers_left, PLAINTEXT_TEASERS_MAX);
}

/* What moved.yaml says is gone is not to come back. */
static enum status
read_gone(struct wish *wish, struct region *region, struct fault *fault)
{
    struct fault line = { 0, "" };
    int content = open(wish->import.content, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (content < 0)
        return STATUS_OK; /* import_open says so */
    enum status status = moved_gone(content, region, &wish->import.gone, &line);
    if (status != STATUS_OK)
        fault_set(fault, 0, "moved.yaml:%zu: %s", line.line, line.what);
    close(content);
    return status;
}

/* One file or URL; an exit status. */
static int
import_one(struct wish *wish, struct import *import, const char *file, bool first)
{
    struct buffer page = BUFFER_EMPTY;
    struct import_summary summary;
    struct fault fault = { 0, "" };
    int status = EXIT_FAILED;
    wish->file = wish->import.name = file;
    wish->import.reading = (struct reading_options){ .kind = SOURCE_ANY };
    if (!get_page(wish, &page))
        goto done;
    enum status imported = import_bytes(import, buffer_span(&page), &wish->import, &summary,
                                        &fault);
    if (imported == STATUS_OK) {
        print_summary(wish, &summary, first);
        status = summary.beside > 0 ? EXIT_FAULTS : EXIT_FINE;
    } else {
        fprintf(stderr, "songtu import: %s\n", fault.what);
        if (imported == STATUS_BAD || imported == STATUS_LIMIT)
            status = EXIT_FAULTS;
    }

done:
    import_fetch_fini(&wish->fetch);
    buffer_fini(&page);
    return status;
}

/* The worst of them. */
static int
run(struct wish *wish, struct region *region)
{
    struct import *import = NULL;
    struct fault fault = { 0, "" };
    int status = EXIT_FINE;
    enum status opened = read_gone(wish, region, &fault);
    if (opened == STATUS_OK)
        opened = import_open(&wish->import, &import, &fault);
    if (opened != STATUS_OK) {
        fprintf(stderr, "songtu import: %s\n", fault.what);
        return opened == STATUS_BAD ? EXIT_FAULTS : EXIT_FAILED;
    }
    for (char **file = wish->files; *file != NULL; file++) {
        int one = import_one(wish, import, *file, file == wish->files);
        status = one > status ? one : status;
    }
    import_close(import);
    return status;
}

int
command_import(const struct tool_options *options, int argc, char **argv)
{
    struct region *region = region_new();
    struct wish wish = { .import = { .content = options->content,
                                     .lang = options->lang,
                                     .sandbox = options->sandbox,
                                     .report = on_placement } };
    wish.import.whom = &wish;
    wish.fetch.contact = tool_contact(options, region).at;
    wish.import.intake.now = clock_now();
    int status = read_wish(argc, argv, region, &wish);
    if (status == EXIT_FINE)
        status = run(&wish, region);
    region_free(region);
    return status;
}
