/* SPDX-License-Identifier: ISC */
#include "story/taxonomy.h"

#include "base/text.h"
#include "base/yaml.h"
#include "story/phrase.h"
#include "story/slug.h"

#include <stdlib.h>

enum { NAMES_MAX = 200, TEXT_MAX = 200 };

struct taxonomy {
    struct term *terms;
    size_t count;
    struct phrases *phrases;
};

/* A text, or a list of texts. */
static enum status
read_texts(const struct yaml *node, struct region *region, struct spans *out, struct fault *fault)
{
    struct span_list list = { { NULL, 0 }, 0 };
    if (node == NULL)
        return STATUS_OK;
    if (node->kind == YAML_MAPPING || node->count > NAMES_MAX)
        return fault_set(fault, node->line, "%.*s must be a list of up to %d texts",
                         SPAN_ARG(node->key), NAMES_MAX);
    const struct yaml *item = node->kind == YAML_SCALAR ? node : node->down;
    for (; item != NULL; item = node->kind == YAML_SCALAR ? NULL : item->next) {
        struct span text = yaml_text(item);
        if (text.len == 0 || text.len > TEXT_MAX)
            return fault_set(fault, item->line, "a text of 1 to %d bytes belongs here", TEXT_MAX);
        span_list_add(&list, region, text);
    }
    *out = list.spans;
    return STATUS_OK;
}

static enum status
read_names(const struct yaml *node, struct region *region, struct term *term, struct fault *fault)
{
    if (node == NULL)
        return fault_set(fault, term->line, "`%.*s` has no name: add `name: …`",
                         SPAN_ARG(term->slug));
    size_t count = node->kind == YAML_SCALAR ? 1 : node->count;
    struct term_name *names = region_array(region, count, sizeof *names);
    if (node->kind == YAML_SCALAR)
        names[0].name = yaml_text(node);
    const struct yaml *item = node->kind == YAML_MAPPING ? node->down : NULL;
    for (size_t i = 0; item != NULL; item = item->next, i++)
        names[i] = (struct term_name){ item->key, yaml_text(item) };
    for (size_t i = 0; i < count; i++)
        if (names[i].name.len == 0 || names[i].name.len > TEXT_MAX)
            return fault_set(fault, node->line, "a name is a text of 1 to %d bytes", TEXT_MAX);
    if (count == 0)
        return fault_set(fault, node->line, "`%.*s` has no name", SPAN_ARG(term->slug));
    term->names = names;
    term->name_count = count;
    return STATUS_OK;
}

static enum status
read_flag(const struct yaml *node, bool *out, struct fault *fault)
{
    struct span text = yaml_text(node);
    if (node == NULL)
        return STATUS_OK;
    if (!span_equal(text, SPAN("true")) && !span_equal(text, SPAN("false")))
        return fault_set(fault, node->line, "%.*s is true or false", SPAN_ARG(node->key));
    *out = span_equal(text, SPAN("true"));
    return STATUS_OK;
}

static enum status
read_day(const struct yaml *node, struct date *out, struct fault *fault)
{
    if (node != NULL && !date_parse(yaml_text(node), out))
        return fault_set(fault, node->line, "%.*s is a date: 2025-06-30", SPAN_ARG(node->key));
    return STATUS_OK;
}

static enum status
check_keys(const struct yaml *node, struct fault *fault)
{
    static const char *const known[] = { "slug",          "name",     "aliases", "cued",
                                         "cue",           "keywords", "not",     "central",
                                         "central-since", "from",     "until",   "into" };
    for (const struct yaml *child = node->down; child != NULL; child = child->next) {
        bool fine = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            fine = fine || span_equal(child->key, span_of(known[i]));
        if (!fine)
            return fault_set(fault, child->key_line,
                             "unknown key `%.*s`: known are slug, name, aliases, cued, cue, "
                             "keywords, not, central, central-since, from, until, into",
                             (int)(child->key.len < 40 ? child->key.len : 40), child->key.at);
    }
    return STATUS_OK;
}

static enum status
read_term(const struct yaml *node, struct region *region, struct term *out, struct fault *fault)
{
    struct term term = { .line = node->line, .slug = yaml_text(yaml_get(node, "slug")) };
    if (node->kind != YAML_MAPPING)
        return fault_set(fault, node->line, "each entry is written `- slug: …` with its name");
    if (!slug_is_valid_for_term(term.slug))
        return fault_set(fault, node->line,
                         "`%.*s` can't be a term's slug: write it like ha-noi, not all digits, not "
                         "feed, undated or archive",
                         (int)(term.slug.len < 40 ? term.slug.len : 40),
                         term.slug.len > 0 ? term.slug.at : "");
    enum status status = check_keys(node, fault);
    if (status == STATUS_OK)
        status = read_names(yaml_get(node, "name"), region, &term, fault);
    if (status == STATUS_OK)
        status = read_texts(yaml_get(node, "aliases"), region, &term.aliases, fault);
    if (status == STATUS_OK)
        status = read_texts(yaml_get(node, "cued"), region, &term.cued, fault);
    if (status == STATUS_OK)
        status = read_texts(yaml_get(node, "keywords"), region, &term.keywords, fault);
    if (status == STATUS_OK)
        status = read_texts(yaml_get(node, "not"), region, &term.never, fault);
    if (status == STATUS_OK)
        status = read_flag(yaml_get(node, "cue"), &term.cue, fault);
    if (status == STATUS_OK)
        status = read_flag(yaml_get(node, "central"), &term.central, fault);
    if (status == STATUS_OK)
        status = read_day(yaml_get(node, "central-since"), &term.central_since, fault);
    if (status == STATUS_OK)
        status = read_day(yaml_get(node, "from"), &term.from, fault);
    if (status == STATUS_OK)
        status = read_day(yaml_get(node, "until"), &term.until, fault);
    term.into_slug = yaml_text(yaml_get(node, "into"));
    if (status == STATUS_OK)
        *out = term;
    return status;
}

const struct term *
taxonomy_find(const struct taxonomy *taxonomy, struct span slug)
{
    for (size_t i = 0; i < taxonomy->count; i++)
        if (span_equal(taxonomy->terms[i].slug, slug))
            return &taxonomy->terms[i];
    return NULL;
}

static enum status
resolve_into(struct taxonomy *taxonomy, struct fault *fault)
{
    for (size_t i = 0; i < taxonomy->count; i++) {
        struct term *term = &taxonomy->terms[i];
        if (term->into_slug.len == 0)
            continue;
        term->into = taxonomy_find(taxonomy, term->into_slug);
        if (term->into == NULL)
            return fault_set(fault, term->line, "into: no term is called `%.*s`",
                             (int)(term->into_slug.len < 60 ? term->into_slug.len : 60),
                             term->into_slug.at);
    }
    for (size_t i = 0; i < taxonomy->count; i++) {
        const struct term *at = &taxonomy->terms[i];
        for (size_t steps = 0; at != NULL; at = at->into)
            if (++steps > taxonomy->count)
                return fault_set(fault, taxonomy->terms[i].line, "into: `%.*s` ends up in itself",
                                 SPAN_ARG(taxonomy->terms[i].slug));
    }
    return STATUS_OK;
}

static enum status
check_slugs(const struct taxonomy *taxonomy, struct fault *fault)
{
    for (size_t i = 0; i < taxonomy->count; i++)
        if (taxonomy_find(taxonomy, taxonomy->terms[i].slug) != &taxonomy->terms[i])
            return fault_set(fault, taxonomy->terms[i].line, "the slug `%.*s` stands twice",
                             SPAN_ARG(taxonomy->terms[i].slug));
    return STATUS_OK;
}

static enum status
add_phrases(struct taxonomy *taxonomy, struct region *region, struct fault *fault)
{
    taxonomy->phrases = phrases_new(region);
    for (size_t i = 0; i < taxonomy->count; i++) {
        const struct term *term = &taxonomy->terms[i];
        enum phrase_kind name = term->cue ? PHRASE_CUED : PHRASE_NAME;
        for (size_t n = 0; n < term->name_count; n++)
            phrases_add(taxonomy->phrases, term->names[n].name, name, term);
        for (size_t n = 0; n < term->aliases.count; n++)
            phrases_add(taxonomy->phrases, term->aliases.at[n], PHRASE_NAME, term);
        for (size_t n = 0; n < term->cued.count; n++)
            phrases_add(taxonomy->phrases, term->cued.at[n], PHRASE_CUED, term);
        for (size_t n = 0; n < term->keywords.count; n++)
            phrases_add(taxonomy->phrases, term->keywords.at[n], PHRASE_KEYWORD, term);
        for (size_t n = 0; n < term->never.count; n++)
            phrases_add(taxonomy->phrases, term->never.at[n], PHRASE_NEVER, NULL);
    }
    return phrases_settle(taxonomy->phrases, fault);
}

enum status
taxonomy_parse(struct span yaml, struct region *region, struct taxonomy **out, struct fault *fault)
{
    struct taxonomy *taxonomy = region_alloc(region, sizeof *taxonomy);
    struct yaml *tree;
    enum status status = yaml_parse(yaml, 1, region, &tree, fault);
    if (status != STATUS_OK)
        return status;
    if (tree->kind == YAML_MAPPING && tree->count > 0)
        return fault_set(fault, tree->line, "a taxonomy is a list: begin each term with `- slug:`");
    if (tree->count > TAXONOMY_TERMS_MAX)
        return fault_set(fault, tree->line, "more than %d terms", TAXONOMY_TERMS_MAX);
    taxonomy->terms = region_array(region, tree->count, sizeof *taxonomy->terms);
    for (const struct yaml *node = tree->down; node != NULL; node = node->next) {
        struct term *term = &taxonomy->terms[taxonomy->count];
        struct buffer order = BUFFER_EMPTY;
        status = read_term(node, region, term, fault);
        if (status != STATUS_OK)
            return status;
        text_collate(term->names[0].name, &order);
        term->order = region_copy(region, buffer_span(&order));
        buffer_fini(&order);
        taxonomy->count++;
    }
    status = check_slugs(taxonomy, fault);
    if (status == STATUS_OK)
        status = resolve_into(taxonomy, fault);
    if (status == STATUS_OK)
        status = add_phrases(taxonomy, region, fault);
    if (status == STATUS_OK)
        *out = taxonomy;
    return status;
}

size_t
taxonomy_count(const struct taxonomy *taxonomy)
{
    return taxonomy->count;
}

const struct term *
taxonomy_at(const struct taxonomy *taxonomy, size_t index)
{
    return &taxonomy->terms[index];
}

struct span
term_name(const struct term *term, struct span lang)
{
    for (size_t i = 0; i < term->name_count; i++)
        if (span_equal(term->names[i].lang, lang))
            return term->names[i].name;
    return term->names[0].name;
}

struct finding {
    const struct term *wanted; /* NULL: all of them */
    struct region *region;
    struct term_list *found;
    bool met;
};

static bool
on_mention(void *whom, const struct term *term)
{
    struct finding *finding = whom;
    struct term_list *list = finding->found;
    if (finding->wanted != NULL) {
        finding->met = finding->met || term == finding->wanted;
        return !finding->met;
    }
    for (size_t i = 0; i < list->count; i++)
        if (list->at[i] == term)
            return true;
    if (list->count == list->room) {
        size_t room = list->room == 0 ? 8 : 2 * list->room;
        const struct term **grown = region_array(finding->region, room, sizeof *grown);
        for (size_t i = 0; i < list->count; i++)
            grown[i] = list->at[i];
        list->at = grown;
        list->room = room;
    }
    list->at[list->count++] = term;
    return true;
}

void
taxonomy_match(const struct taxonomy *taxonomy, struct span text, bool keywords,
               struct region *region, struct term_list *found)
{
    struct finding finding = { NULL, region, found, false };
    phrases_find(taxonomy->phrases, text, keywords, on_mention, &finding);
}

bool
taxonomy_speaks_of(const struct taxonomy *taxonomy, struct span text, const struct term *term)
{
    struct finding finding = { term, NULL, NULL, false };
    phrases_find(taxonomy->phrases, text, false, on_mention, &finding);
    return finding.met;
}
