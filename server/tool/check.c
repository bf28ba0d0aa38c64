/* SPDX-License-Identifier: ISC */
#include "tool/check.h"

#include "base/file.h"
#include "base/yaml.h"
#include "story/gemtext.h"
#include "story/slug.h"
#include "story/story.h"
#include "tool/tool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PATH_BYTES = 4096,
    DEPTH_MAX = 8, /* as the indexer has it */
    LABELS_BYTES_MAX = 1024 * 1024,
    MOVED_BYTES_MAX = 16 * 1024 * 1024,
};

/* The private archive goes with us when somebody ends us. */
static volatile int stopped;

static void
on_signal(int signal)
{
    (void)signal;
    stopped = 1;
}

/* A file of the content folder as a person calls it. */
static struct span
shown(const struct check *check, const char *path)
{
    return region_printf(check->region, "%s/%s", check->options->content, path);
}

static void
on_fault(void *whom, const char *path, const struct fault *fault)
{
    struct check *check = whom;
    findings_add(&check->findings, FINDING_FAULT, shown(check, path), fault->line, "%s",
                 fault->what);
}

/* The built-in words do where the file's are wrong. */
static void
check_labels(struct check *check)
{
    struct buffer text = BUFFER_EMPTY;
    struct fault fault = { 0, "it can't be read" };
    enum status status = file_read(check->content, "labels.yaml", LABELS_BYTES_MAX, &text);
    if (status == STATUS_OK)
        status = labels_parse(buffer_span(&text), check->region, &check->labels, &fault);
    if (status != STATUS_OK && status != STATUS_ABSENT)
        on_fault(check, "labels.yaml", &fault);
    if (status != STATUS_OK &&
        labels_parse(SPAN(""), check->region, &check->labels, NULL) != STATUS_OK)
        memory_end();
    buffer_fini(&text);
}

static const char *
words_of(int code)
{
    switch (code) {
    case 51:
        return "there is no such page";
    case 52:
        return "what was there is gone";
    case 59:
        return "that is no address one can ask for";
    default:
        return "nobody can read that";
    }
}

/* Says what is wrong with an address where it is linked to. */
static void
tell(struct check *check, struct span path, size_t line, struct span target,
     struct address *address)
{
    address->told = true;
    if (address->code / 10 == 3)
        findings_add(&check->findings, FINDING_HINT, path, line, "%.*s has moved: write %.*s",
                     SPAN_ARG(target), SPAN_ARG(address->moved_to));
    else if (address->code >= 40)
        findings_add(&check->findings, FINDING_FAULT, path, line, "%.*s answers %d: %s",
                     SPAN_ARG(target), address->code, words_of(address->code));
    else if (span_equal(address->mime, SPAN("application/octet-stream")))
        findings_add(&check->findings, FINDING_HINT, path, line,
                     "%.*s is of no known type: readers get it as application/octet-stream",
                     SPAN_ARG(target));
}

static void
check_links(struct check *check, struct span path, struct span address, const struct story *story)
{
    struct gemtext walk = gemtext_walk(story->body);
    struct gemline line;
    while (gemtext_next(&walk, &line)) {
        if (line.kind != GEMLINE_LINK)
            continue;
        struct address *found = crawl_ask(check->crawl, address, line.target);
        check->links++;
        if (found != NULL)
            tell(check, path, story->body_line + line.number - 1, line.target, found);
    }
}

/* Where `key:` stands in the front matter; the indexer counts likewise. */
static size_t
line_of_key(struct span file, const char *key)
{
    size_t number = 0;
    for (struct span rest = file; rest.at != NULL;) {
        struct span line = span_line(&rest);
        number++;
        if (span_starts(line, span_of(key)))
            return number;
    }
    return 1;
}

static void
check_terms(struct check *check, struct span path, struct span file, const struct story *story)
{
    const struct {
        const char *key, *word;
        const struct taxonomy *taxonomy;
        struct spans slugs;
    } kinds[] = { { "cities", "city", check->terms.cities, story->cities },
                  { "themes", "theme", check->terms.themes, story->themes } };
    for (size_t kind = 0; kind < 2; kind++)
        for (size_t i = 0; i < kinds[kind].slugs.count; i++)
            if (taxonomy_find(kinds[kind].taxonomy, kinds[kind].slugs.at[i]) == NULL)
                findings_add(&check->findings, FINDING_FAULT, path,
                             line_of_key(file, kinds[kind].key),
                             "no %s is called `%.*s`: add it to %s.yaml", kinds[kind].word,
                             SPAN_ARG(kinds[kind].slugs.at[i]), kinds[kind].key);
}

static struct address *
ask_story(struct check *check, struct span slug)
{
    struct span target = region_printf(check->region, "/story/%.*s", SPAN_ARG(slug));
    return crawl_ask(check->crawl, SPAN("/"), target);
}

static void
check_related(struct check *check, struct span path, struct span file, const struct story *story)
{
    for (size_t i = 0; i < story->related.count; i++) {
        struct span slug = story->related.at[i];
        struct address *found = ask_story(check, slug);
        if (found == NULL || found->code < 30)
            continue;
        found->told = true;
        if (found->code < 40)
            findings_add(&check->findings, FINDING_HINT, path, line_of_key(file, "related"),
                         "`%.*s` has moved: write %.*s", SPAN_ARG(slug),
                         SPAN_ARG(span_skip(found->moved_to, strlen("/story/"))));
        else
            findings_add(&check->findings, FINDING_FAULT, path, line_of_key(file, "related"),
                         "no story that is served is called `%.*s`", SPAN_ARG(slug));
    }
}

static void
check_time(struct check *check, struct span path, struct span file, const struct story *story)
{
    if (story->date.precision == DATE_NONE && story->added.precision == DATE_NONE &&
        story->state == STORY_PUBLISHED)
        findings_add(&check->findings, FINDING_HINT, path, line_of_key(file, "title"),
                     "without `date` and `added` it stands behind all others: add `added: "
                     "2024-07-12`, the day it came in");
}

/* One file below stories/ or pages/. What keeps it from being a story the indexer has said. */
static void
check_file(struct check *check, const char *path, const char *name, bool is_story)
{
    struct buffer text = BUFFER_EMPTY;
    struct region *region = region_new();
    struct story story;
    struct span file = { NULL, 0 }, place = shown(check, path);
    struct span address = region_printf(region, "%s%.*s", is_story ? "/story/" : "/",
                                        (int)(strlen(name) - strlen(".gmi")), name);
    *(is_story ? &check->stories : &check->pages) += 1;
    if (file_read(check->content, path, STORY_BYTES_MAX, &text) == STATUS_OK)
        file = buffer_span(&text);
    if (file.at != NULL && story_parse(file, region, &story, NULL) == STATUS_OK) {
        check_links(check, place, address, &story);
        if (is_story) {
            check_terms(check, place, file, &story);
            check_related(check, place, file, &story);
            check_time(check, place, file, &story);
        }
    }
    buffer_fini(&text);
    region_free(region);
}

static void
check_folder(struct check *check, const char *folder, int depth, bool is_story)
{
    struct dirent **names = NULL;
    int count = scandirat(check->content, folder, &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        struct stat facts;
        char path[PATH_BYTES];
        struct span name = span_of(names[i]->d_name);
        int len = snprintf(path, sizeof path, "%s/%s", folder, name.at);
        if (!stopped && name.at[0] != '.' && len < PATH_BYTES &&
            fstatat(check->content, path, &facts, AT_SYMLINK_NOFOLLOW) == 0) {
            if (S_ISREG(facts.st_mode) && span_ends(name, SPAN(".gmi")))
                check_file(check, path, name.at, is_story);
            else if (S_ISREG(facts.st_mode) && span_ends(name, SPAN(".gmi.incoming")))
                findings_add(&check->findings, FINDING_HINT, shown(check, path), 0,
                             "what its source says by now of a story that a person edited: take "
                             "over what you like, and delete it");
            else if (S_ISDIR(facts.st_mode) && is_story && depth < DEPTH_MAX)
                check_folder(check, path, depth + 1, is_story);
        }
        free(names[i]);
    }
    free(names);
}

/* One line of moved.yaml: whoever comes to the old address must be led somewhere. */
static void
check_move(struct check *check, const struct yaml *node)
{
    struct span path = shown(check, "moved.yaml"), to = yaml_text(node);
    struct address *old = ask_story(check, node->key), *end = old;
    if (old == NULL)
        return;
    old->told = true; /* that it answers 52 or 31 is what the line is for */
    if (old->code / 10 == 3)
        end = crawl_ask(check->crawl, SPAN("/"), old->moved_to);
    if (end != old && end != NULL)
        end->told = true;
    if (old->code == 20)
        findings_add(&check->findings, FINDING_HINT, path, node->key_line,
                     "a story is called `%.*s` again: this line does nothing", SPAN_ARG(node->key));
    else if (!span_equal(to, SPAN("gone")) && (end == NULL || (end->code != 20 && end->code != 52)))
        findings_add(&check->findings, FINDING_FAULT, path, node->key_line,
                     "`%.*s` leads to `%.*s`, and no story that is served is called so",
                     SPAN_ARG(node->key), SPAN_ARG(to));
}

static void
check_moved(struct check *check)
{
    struct buffer text = BUFFER_EMPTY;
    struct yaml *tree = NULL;
    if (file_read(check->content, "moved.yaml", MOVED_BYTES_MAX, &text) == STATUS_OK &&
        yaml_parse(buffer_span(&text), 1, check->region, &tree, NULL) == STATUS_OK)
        for (const struct yaml *node = tree->down; node != NULL && !stopped; node = node->next)
            if (slug_is_valid(node->key) && slug_is_valid(yaml_text(node)))
                check_move(check, node);
    buffer_fini(&text);
}

/* What the files' own lines did not tell of, told where a generated page shows it. */
static void
check_pages(struct check *check)
{
    for (struct address *at = crawl_all(check->crawl, &stopped); at != NULL; at = at->next)
        if (!at->told && at->code != 0)
            tell(check, at->from.len > 0 ? at->from : SPAN("/"), at->line,
                 at->target.len > 0 ? at->target : at->url, at);
}

/* Everything that takes the archive. STATUS_BAD: nothing can be asked; it was said why. */
static enum status
check_content(struct check *check, struct fault *fault)
{
    const struct crawl_options options = { check->options, check->labels, on_fault, check };
    enum status status = crawl_open(&options, &check->crawl, fault);
    if (status == STATUS_OK)
        status = terms_read(check->content, check->region, &check->terms, fault);
    if (status != STATUS_OK)
        return status;
    check_sources(check);
    check_folder(check, "stories", 0, true);
    check_folder(check, "pages", 0, false);
    check_moved(check);
    check_pages(check);
    if (!stopped)
        return STATUS_OK;
    fault_set(fault, 0, "ended before it was done");
    return STATUS_FAILED;
}

static const char *
plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static int
sum_up(struct check *check, bool asked)
{
    findings_settle(&check->findings);
    findings_print(&check->findings, stderr);
    size_t faults = findings_count(&check->findings, FINDING_FAULT);
    size_t hints = findings_count(&check->findings, FINDING_HINT);
    if (asked)
        printf("%zu stor%s, %zu page%s by hand, %zu link%s in them, %zu addresses asked: ",
               check->stories, check->stories == 1 ? "y" : "ies", check->pages,
               plural(check->pages), check->links, plural(check->links), crawl_count(check->crawl));
    else
        printf("no link was followed: ");
    printf("%zu fault%s, %zu hint%s\n", faults, plural(faults), hints, plural(hints));
    return faults > 0 ? EXIT_FAULTS : EXIT_FINE;
}

static int
run(struct check *check)
{
    struct fault fault = { 0, "" };
    const char *settings = check->options->settings_path;
    check->content = open(check->options->content, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (check->content < 0) {
        fprintf(stderr, "songtu check: %s: %s\n", check->options->content, strerror(errno));
        return EXIT_FAILED;
    }
    printf("settings     %s\n", settings != NULL ? settings : "no file: defaults and options");
    check_certificate(check);
    check_labels(check);
    fflush(stdout);
    enum status status = check_content(check, &fault);
    int result = EXIT_FAILED;
    if (status == STATUS_OK || status == STATUS_BAD)
        result = sum_up(check, status == STATUS_OK);
    else
        fprintf(stderr, "songtu check: %s\n", fault.what);
    close(check->content);
    return result;
}

int
command_check(const struct tool_options *options, int argc, char **argv)
{
    static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
    if (argc > 1)
        return command_misused("check", "what is `%s`?", argv[1]);
    struct region *region = region_new();
    struct check check = {
        .options = options, .region = region, .findings = { .region = region }, .content = -1
    };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        signal(ends[i], on_signal);
    signal(SIGPIPE, SIG_IGN);
    int status = run(&check);
    crawl_close(check.crawl);
    findings_fini(&check.findings);
    region_free(region);
    return status;
}
