/* SPDX-License-Identifier: ISC */
#include "story/taxonomy.h"

#include "story/phrases.h"
#include "story/slug.h"
#include "story/term.h"

#include <assert.h>
#include <stdlib.h>

/* A name as an address has it. */
struct section {
    struct span word;
    const struct term *term;
};

struct taxonomy {
    struct region *region;
    struct term *terms; /* in the file's order */
    size_t count;
    const struct term **by_slug; /* sorted */
    struct phrases *phrases;
    struct section *sections; /* sorted */
    size_t section_count;
};

static enum status
read_terms(const struct yaml *tree, struct taxonomy *taxonomy, struct fault *fault)
{
    if (tree->kind == YAML_SCALAR || (tree->kind == YAML_MAPPING && tree->count > 0))
        return fault_set(fault, tree->line, "a taxonomy is a list: begin each term with `- slug:`");
    if (tree->count > TAXONOMY_TERMS_MAX)
        return fault_set(fault, tree->line, "%zu terms: %d at most", tree->count,
                         TAXONOMY_TERMS_MAX);
    taxonomy->terms = region_array(taxonomy->region, tree->count, sizeof *taxonomy->terms);
    for (const struct yaml *node = tree->down; node != NULL; node = node->next) {
        struct term *term = &taxonomy->terms[taxonomy->count++];
        enum status status = term_parse(node, taxonomy->region, term, fault);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static int
by_slug(const void *left, const void *right)
{
    const struct term *const *a = left, *const *b = right;
    int order = span_compare((*a)->slug, (*b)->slug);
    return order != 0 ? order : (*a > *b) - (*a < *b);
}

static enum status
index_slugs(struct taxonomy *taxonomy, struct fault *fault)
{
    const struct term **sorted = region_array(taxonomy->region, taxonomy->count, sizeof *sorted);
    for (size_t i = 0; i < taxonomy->count; i++)
        sorted[i] = &taxonomy->terms[i];
    qsort(sorted, taxonomy->count, sizeof *sorted, by_slug);
    for (size_t i = 1; i < taxonomy->count; i++)
        if (span_equal(sorted[i - 1]->slug, sorted[i]->slug))
            return fault_set(fault, sorted[i]->line,
                             "the slug `%.*s` is taken: line %zu has it: give one of them another",
                             SPAN_ARG(sorted[i]->slug), sorted[i - 1]->line);
    taxonomy->by_slug = sorted;
    return STATUS_OK;
}

/* Whether following `into` from a term leads nowhere new: every term is passed once at most. */
static bool
is_circle(const struct term *term, size_t count)
{
    for (size_t steps = 0; term != NULL; term = term->into)
        if (steps++ > count)
            return true;
    return false;
}

static enum status
link_terms(struct taxonomy *taxonomy, struct fault *fault)
{
    for (size_t i = 0; i < taxonomy->count; i++) {
        struct term *term = &taxonomy->terms[i];
        term->into = taxonomy_find(taxonomy, term->into_slug);
        if (term->into == NULL && term->into_slug.len > 0)
            return fault_set(fault, term->line, "into: there is no term `%.*s`",
                             SPAN_ARG(term->into_slug));
    }
    for (size_t i = 0; i < taxonomy->count; i++)
        if (is_circle(&taxonomy->terms[i], taxonomy->count))
            return fault_set(fault, taxonomy->terms[i].line,
                             "into: `%.*s` is absorbed by itself in the end: take out one `into`",
                             SPAN_ARG(taxonomy->terms[i].slug));
    return STATUS_OK;
}

typedef const struct term *
add_fn(struct taxonomy *taxonomy, struct span text, enum phrase_kind kind, const struct term *term);

static const struct term *
add_phrase(struct taxonomy *taxonomy, struct span text, enum phrase_kind kind,
           const struct term *term)
{
    return phrases_add(taxonomy->phrases, text, kind, term);
}

static const struct term *
add_unmarked(struct taxonomy *taxonomy, struct span text, enum phrase_kind kind,
             const struct term *term)
{
    if (kind != PHRASE_KEYWORD && kind != PHRASE_NEVER)
        phrases_add_unmarked(taxonomy->phrases, text, kind, term);
    return NULL;
}

/* Adds whatever a term may be called. */
static enum status
add_term(struct taxonomy *taxonomy, const struct term *term, add_fn *add, struct fault *fault)
{
    /* What names a theme besides its name is for sections and tags: "giới" is in too many words. */
    enum phrase_kind alias = term->keywords.count > 0 ? PHRASE_WHOLE : PHRASE_NAME;
    const struct {
        struct spans texts;
        enum phrase_kind kind;
    } lists[] = {
        { term->aliases, alias },
        { term->cued, PHRASE_TOWN },
        { term->keywords, PHRASE_KEYWORD },
        { term->never, PHRASE_NEVER },
    };
    const struct term *rival = NULL;
    struct span text = { NULL, 0 };
    for (size_t i = 0; i < term->name_count && rival == NULL; i++) {
        text = term->names[i].name;
        rival = add(taxonomy, text, term->cue ? PHRASE_CUED : PHRASE_NAME, term);
    }
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
        for (size_t i = 0; i < lists[k].texts.count && rival == NULL; i++) {
            text = lists[k].texts.at[i];
            rival = add(taxonomy, text, lists[k].kind, term);
        }
    if (rival != NULL)
        return fault_set(fault, term->line,
                         "`%.*s` names two terms: %.*s, and %.*s on line %zu: take it out of one",
                         SPAN_ARG(text), SPAN_ARG(term->slug), SPAN_ARG(rival->slug), rival->line);
    return STATUS_OK;
}

static enum status
index_phrases(struct taxonomy *taxonomy, struct fault *fault)
{
    static add_fn *const rounds[] = { add_phrase, add_unmarked };
    enum status status = STATUS_OK;
    size_t most = 0;
    for (size_t i = 0; i < taxonomy->count; i++) {
        const struct term *term = &taxonomy->terms[i];
        most += 2 * (term->name_count + term->aliases.count + term->cued.count) +
                term->keywords.count;
    }
    taxonomy->phrases = phrases_new(taxonomy->region, most);
    for (size_t k = 0; k < sizeof rounds / sizeof *rounds; k++)
        for (size_t i = 0; i < taxonomy->count && status == STATUS_OK; i++)
            status = add_term(taxonomy, &taxonomy->terms[i], rounds[k], fault);
    return status;
}

static void
add_sections(struct taxonomy *taxonomy, const struct term *term, struct spans names)
{
    for (size_t i = 0; i < names.count; i++) {
        struct buffer word = BUFFER_EMPTY;
        slug_make(names.at[i], &word);
        if (word.len > 0)
            taxonomy->sections[taxonomy->section_count++] =
                (struct section){ region_copy(taxonomy->region, buffer_span(&word)), term };
        buffer_fini(&word);
    }
}

static int
by_word(const void *left, const void *right)
{
    const struct section *a = left, *b = right;
    int order = span_compare(a->word, b->word);
    return order != 0 ? order : (a->term > b->term) - (a->term < b->term);
}

static void
index_sections(struct taxonomy *taxonomy)
{
    size_t most = 0;
    for (size_t i = 0; i < taxonomy->count; i++)
        most += taxonomy->terms[i].name_count + taxonomy->terms[i].aliases.count;
    taxonomy->sections = region_array(taxonomy->region, most, sizeof *taxonomy->sections);
    for (size_t i = 0; i < taxonomy->count; i++) {
        const struct term *term = &taxonomy->terms[i];
        for (size_t k = 0; k < term->name_count; k++)
            add_sections(taxonomy, term, (struct spans){ &term->names[k].name, 1 });
        add_sections(taxonomy, term, term->aliases);
    }
    qsort(taxonomy->sections, taxonomy->section_count, sizeof *taxonomy->sections, by_word);
}

enum status
taxonomy_parse(struct span yaml, struct region *region, struct taxonomy **out, struct fault *fault)
{
    struct taxonomy *taxonomy = region_alloc(region, sizeof *taxonomy);
    struct yaml *tree = NULL;
    taxonomy->region = region;
    if (yaml.len > TAXONOMY_BYTES_MAX)
        return fault_set(fault, 0, "a file of %zu bytes: a taxonomy has %d at most", yaml.len,
                         TAXONOMY_BYTES_MAX);
    enum status status = yaml_parse(yaml, 1, region, &tree, fault);
    if (status == STATUS_OK)
        status = read_terms(tree, taxonomy, fault);
    if (status == STATUS_OK)
        status = index_slugs(taxonomy, fault);
    if (status == STATUS_OK)
        status = link_terms(taxonomy, fault);
    if (status == STATUS_OK)
        status = index_phrases(taxonomy, fault);
    if (status != STATUS_OK)
        return status;
    index_sections(taxonomy);
    *out = taxonomy;
    return STATUS_OK;
}

size_t
taxonomy_count(const struct taxonomy *taxonomy)
{
    return taxonomy->count;
}

const struct term *
taxonomy_at(const struct taxonomy *taxonomy, size_t index)
{
    assert(index < taxonomy->count);
    return &taxonomy->terms[index];
}

static int
slug_of_term(const void *slug, const void *term)
{
    return span_compare(*(const struct span *)slug, (*(const struct term *const *)term)->slug);
}

const struct term *
taxonomy_find(const struct taxonomy *taxonomy, struct span slug)
{
    const struct term **found = NULL;
    if (taxonomy->count > 0)
        found = bsearch(&slug, taxonomy->by_slug, taxonomy->count, sizeof *found, slug_of_term);
    return found != NULL ? *found : NULL;
}

const struct term *
taxonomy_section(const struct taxonomy *taxonomy, struct span word)
{
    const struct term *term = taxonomy_find(taxonomy, word);
    size_t from = 0, to = taxonomy->section_count;
    while (from < to) { /* the first that is not before it */
        size_t middle = from + (to - from) / 2;
        if (span_compare(taxonomy->sections[middle].word, word) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    for (; term == NULL && from < taxonomy->section_count; from++) {
        if (!span_equal(taxonomy->sections[from].word, word))
            break;
        if (taxonomy->sections[from].term != taxonomy->sections[to].term)
            return NULL;
        if (from + 1 == taxonomy->section_count ||
            !span_equal(taxonomy->sections[from + 1].word, word))
            term = taxonomy->sections[from].term;
    }
    return term;
}

struct matching {
    struct region *region;
    struct term_list *found;
};

static bool
on_mention(void *whom, const struct term *term, struct span words)
{
    (void)words;
    struct matching *matching = whom;
    struct term_list *list = matching->found;
    for (size_t i = 0; i < list->count; i++)
        if (list->at[i] == term)
            return true;
    if (list->count == list->room) {
        size_t room = list->room == 0 ? 8 : 2 * list->room;
        const struct term **at = region_array(matching->region, room, sizeof *at);
        for (size_t i = 0; i < list->count; i++)
            at[i] = list->at[i];
        list->at = at;
        list->room = room;
    }
    list->at[list->count++] = term;
    return true;
}

void
taxonomy_mentions(const struct taxonomy *taxonomy, struct span text, bool keywords,
                  taxonomy_mention_fn *mention, void *whom)
{
    phrases_find(taxonomy->phrases, text, keywords, mention, whom);
}

void
taxonomy_match(const struct taxonomy *taxonomy, struct span text, bool keywords,
               struct region *region, struct term_list *found)
{
    struct matching matching = { region, found };
    phrases_find(taxonomy->phrases, text, keywords, on_mention, &matching);
}

struct seeking {
    const struct term *term;
    bool found;
};

static bool
seek(void *whom, const struct term *term, struct span words)
{
    (void)words;
    struct seeking *seeking = whom;
    seeking->found = term == seeking->term;
    return !seeking->found;
}

bool
taxonomy_speaks_of(const struct taxonomy *taxonomy, struct span text, const struct term *term)
{
    struct seeking seeking = { term, false };
    phrases_find(taxonomy->phrases, text, true, seek, &seeking);
    return seeking.found;
}
