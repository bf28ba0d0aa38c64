/* SPDX-License-Identifier: ISC */
#include "base/file.h"
#include "base/text.h"
#include "story/story.h"
#include "tool/find.h"
#include "tool/tool.h"
#include "wire/filing.h"
#include "wire/terms.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    SHOWN_MAX = 5,    /* mentions of a term; there may be hundreds */
    AROUND_BYTES = 48 /* of the text before and behind its words */
};

/* One question, and what it is answered from. */
struct why {
    const struct tool_options *options;
    struct region *region;
    int content;
    struct terms terms;
    struct story story;
    struct filing filing;
};

/* One of the two taxonomies, as far as the story is concerned. */
struct side {
    const char *name, *file; /* "cities", "cities.yaml" */
    const struct taxonomy *taxonomy;
    struct spans filed;   /* by the story's file */
    struct spans decided; /* by its words */
    enum evidence_kind by;
    const struct mentions *mentions;
    bool weighed; /* a term needs FILING_ENOUGH */
};

/* The line of the file a text of the body stands on; 0: it stands elsewhere. */
static size_t
line_of(const struct story *story, struct span text)
{
    size_t line = story->body_line;
    if (story->body.len == 0 || text.at < story->body.at ||
        text.at >= story->body.at + story->body.len)
        return 0;
    for (const char *at = story->body.at; at < text.at; at++)
        line += *at == '\n';
    return line;
}

/* The words, marked, with some of what stands around them. */
static void
print_words(const struct mention *mention)
{
    struct span text = mention->text, words = mention->words;
    size_t at;
    if (words.at < text.at || words.at + words.len > text.at + text.len) {
        if (!span_find(text, words, &at)) {
            printf("«%.*s»\n", SPAN_ARG(text));
            return;
        }
        words = span_first(span_skip(text, at), words.len);
    }
    struct span before = { text.at, (size_t)(words.at - text.at) };
    struct span behind = span_skip(text, before.len + words.len);
    size_t skipped = before.len > AROUND_BYTES ? before.len - AROUND_BYTES : 0;
    while (skipped > 0 && skipped < before.len && before.at[skipped - 1] != ' ')
        skipped++;
    struct span cut = text_cut(behind, AROUND_BYTES);
    printf("%s%.*s«%.*s»%.*s%s\n", skipped > 0 ? "… " : "", SPAN_ARG(span_skip(before, skipped)),
           SPAN_ARG(words), SPAN_ARG(cut), cut.len < behind.len ? " …" : "");
}

static void
print_mention(const struct why *why, const struct side *side, const struct mention *mention)
{
    size_t line = line_of(&why->story, mention->text);
    printf("    %s", evidence_name(mention->kind));
    if (line > 0)
        printf(", line %zu", line);
    if (side->weighed && mention->weight > 0)
        printf(" (%u)", mention->weight);
    printf(": ");
    print_words(mention);
}

/* The strongest mentions of a term; how many it has. */
static size_t
print_mentions(const struct why *why, const struct side *side, const struct term *term)
{
    size_t count = 0;
    for (size_t i = 0; i < side->mentions->count; i++) {
        if (side->mentions->at[i].term != term)
            continue;
        if (count++ < SHOWN_MAX)
            print_mention(why, side, &side->mentions->at[i]);
    }
    if (count > SHOWN_MAX)
        printf("    … and %zu more\n", count - SHOWN_MAX);
    return count;
}

static void
print_filed(const struct why *why, const struct side *side, struct span slug)
{
    const struct term *term = taxonomy_find(side->taxonomy, slug);
    printf("  %.*s\n", SPAN_ARG(slug));
    if (term == NULL)
        printf("    %s has no such slug\n", side->file);
    else if (print_mentions(why, side, term) == 0)
        printf("    no word of the story: it was set by hand, or for its source\n");
    else if (!spans_have(side->decided, slug))
        printf("    that would not do: it was set by hand, or for its source\n");
}

static unsigned
weight_of(const struct side *side, const struct term *term)
{
    unsigned weight = 0;
    for (size_t i = 0; i < side->mentions->count; i++)
        weight += side->mentions->at[i].term == term ? side->mentions->at[i].weight : 0;
    return weight;
}

/* Why a term that the story speaks of is none it is filed under. */
static void
print_reason(const struct side *side, const struct term *term)
{
    if (spans_have(side->decided, term->slug))
        printf("    that would do: whoever edited the story left it out\n");
    else if (side->by != EVIDENCE_NONE && !(side->weighed && side->by == EVIDENCE_TEXT))
        printf("    the %s decided, which is stronger\n", evidence_name(side->by));
    else if (side->weighed && weight_of(side, term) >= FILING_ENOUGH)
        printf("    %d themes are spoken of more\n", FILING_THEMES_MAX);
    else if (side->weighed)
        printf("    a weight of %u: it takes %d\n", weight_of(side, term), FILING_ENOUGH);
    else
        printf("    too far down: title, lead and the first two paragraphs count\n");
}

static void
print_unfiled(const struct why *why, const struct side *side)
{
    struct span_list told = { side->filed, side->filed.count };
    size_t filed = told.spans.count;
    for (size_t i = 0; i < side->mentions->count; i++) {
        const struct term *term = side->mentions->at[i].term;
        if (spans_have(told.spans, term->slug))
            continue;
        if (told.spans.count == filed)
            printf("spoken of, but not filed under:\n");
        span_list_add(&told, why->region, term->slug);
        printf("  %.*s\n", SPAN_ARG(term->slug));
        print_mentions(why, side, term);
        print_reason(side, term);
    }
}

/* The story is filed just as its words have it. */
static bool
is_as_decided(const struct side *side)
{
    size_t same = 0;
    for (size_t i = 0; i < side->filed.count; i++)
        same += spans_have(side->decided, side->filed.at[i]);
    return same == side->filed.count && same == side->decided.count;
}

static void
print_side(const struct why *why, const struct side *side)
{
    if (side->filed.count == 0)
        printf("%s: none\n", side->name);
    else if (is_as_decided(side))
        printf("%s, by %s:\n", side->name, evidence_name(side->by));
    else
        printf("%s:\n", side->name);
    for (size_t i = 0; i < side->filed.count; i++)
        print_filed(why, side, side->filed.at[i]);
    print_unfiled(why, side);
}

static void
answer(struct why *why, const char *path)
{
    const struct filing *filing = &why->filing;
    struct evidence evidence;
    evidence_read(&why->story, why->region, &evidence);
    evidence.further = true;
    filing_decide(why->terms.cities, why->terms.themes, &evidence, why->region, &why->filing);
    printf("%s: %.*s\n", path, SPAN_ARG(why->story.title));
    print_side(why,
               &(struct side){ "cities", "cities.yaml", why->terms.cities, why->story.cities,
                               filing->cities, filing->cities_by, &filing->city_mentions, false });
    print_side(why,
               &(struct side){ "themes", "themes.yaml", why->terms.themes, why->story.themes,
                               filing->themes, filing->themes_by, &filing->theme_mentions, true });
}

static int
read_story(struct why *why, const char *path)
{
    struct buffer bytes = BUFFER_EMPTY;
    struct fault fault = { 0, "" };
    enum status status = file_read(why->content, path, STORY_BYTES_MAX, &bytes);
    if (status != STATUS_OK)
        fprintf(stderr, "songtu why: %s: %s\n", path, strerror(errno));
    else if (story_parse(region_copy(why->region, buffer_span(&bytes)), why->region, &why->story,
                         &fault) != STATUS_OK)
        fprintf(stderr, "songtu why: %s:%zu: %s\n", path, fault.line, fault.what);
    buffer_fini(&bytes);
    return status != STATUS_OK ? EXIT_FAILED : fault.what[0] != '\0' ? EXIT_FAULTS : EXIT_FINE;
}

static int
ask(struct why *why, const char *slug)
{
    char path[FIND_PATH_BYTES];
    if (!find_story(why->content, slug, path)) {
        fprintf(stderr, "songtu why: no story is called `%s`\n", slug);
        return EXIT_FAULTS;
    }
    int status = read_story(why, path);
    if (status == EXIT_FINE)
        answer(why, path);
    return status;
}

int
command_why(const struct tool_options *options, int argc, char **argv)
{
    struct why why = { .options = options, .region = region_new(), .content = -1 };
    struct fault fault = { 0, "" };
    int status = EXIT_FAILED;
    if (argc != 2) {
        status = command_misused("why", "it takes one slug");
        goto done;
    }
    why.content = open(options->content, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (why.content < 0)
        fprintf(stderr, "songtu why: %s: %s\n", options->content, strerror(errno));
    else if (terms_read(why.content, why.region, &why.terms, &fault) != STATUS_OK)
        fprintf(stderr, "songtu why: %s\n", fault.what);
    else
        status = ask(&why, argv[1]);

done:
    if (why.content >= 0)
        close(why.content);
    region_free(why.region);
    return status;
}
