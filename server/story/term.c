/* SPDX-License-Identifier: ISC */
#include "story/term.h"

#include "base/text.h"
#include "story/slug.h"

enum { LIST_MAX = 500, TEXT_MAX = 200, SHOWN = 60 }; /* entries; bytes; bytes of a message */

/* A key of a term: how its value is read, and where to. */
struct field {
    const char *name;
    enum status (*read)(const struct field *field, const struct yaml *node, struct region *region,
                        void *into, struct fault *fault);
    size_t into; /* offset in struct term */
};

static struct span
shown(struct span text)
{
    return text_cut(span_cut(&text, '\n'), SHOWN);
}

static enum status
read_text(const struct field *field, const struct yaml *node, struct region *region, void *into,
          struct fault *fault)
{
    struct buffer clean = BUFFER_EMPTY;
    text_clean(yaml_text(node), &clean);
    bool fine = clean.len > 0 && clean.len <= TEXT_MAX;
    if (fine)
        *(struct span *)into = region_copy(region, buffer_span(&clean));
    buffer_fini(&clean);
    if (!fine)
        return fault_set(fault, node->line, "%s: a text of 1 to %d bytes belongs here", field->name,
                         TEXT_MAX);
    return STATUS_OK;
}

static enum status
read_texts(const struct field *field, const struct yaml *node, struct region *region, void *into,
           struct fault *fault)
{
    struct span_list list = { { NULL, 0 }, 0 };
    enum status status = STATUS_OK;
    if (node->kind != YAML_SEQUENCE || node->count > LIST_MAX)
        return fault_set(fault, node->line, "%s is a list of at most %d: write `%s: [A, B]`",
                         field->name, LIST_MAX, field->name);
    for (const struct yaml *item = node->down; item != NULL && status == STATUS_OK;
         item = item->next) {
        struct span text = { NULL, 0 };
        status = read_text(field, item, region, &text, fault);
        span_list_add(&list, region, text);
    }
    if (status == STATUS_OK)
        *(struct spans *)into = list.spans;
    return status;
}

/* One name for all languages, or one for each. */
static enum status
read_names(const struct field *field, const struct yaml *node, struct region *region, void *into,
           struct fault *fault)
{
    struct term *term = into;
    const struct yaml *child = node->kind == YAML_MAPPING ? node->down : node;
    size_t count = node->kind == YAML_MAPPING ? node->count : 1;
    struct term_name *names = region_array(region, count, sizeof *names);
    enum status status = STATUS_OK;
    if (child == NULL || count > LIST_MAX)
        return fault_set(fault, node->line, "name: write a text, or {vi: …, en: …}");
    for (size_t i = 0; i < count && status == STATUS_OK; i++, child = child->next) {
        names[i].lang = node->kind == YAML_MAPPING ? child->key : SPAN("");
        status = read_text(field, child, region, &names[i].name, fault);
    }
    term->names = names;
    term->name_count = count;
    return status;
}

static enum status
read_slug(const struct field *field, const struct yaml *node, struct region *region, void *into,
          struct fault *fault)
{
    (void)region;
    if (node->kind != YAML_SCALAR || !slug_is_valid_for_term(node->text))
        return fault_set(fault, node->line,
                         "%s: `%.*s` can't be one: write small letters, digits and single hyphens, "
                         "like ha-noi; not a number, nor archive, feed or undated",
                         field->name, SPAN_ARG(shown(node->text)));
    *(struct span *)into = node->text;
    return STATUS_OK;
}

static enum status
read_flag(const struct field *field, const struct yaml *node, struct region *region, void *into,
          struct fault *fault)
{
    struct span text = yaml_text(node);
    (void)region;
    if (!span_equal(text, SPAN("true")) && !span_equal(text, SPAN("false")))
        return fault_set(fault, node->line, "%s is true or false", field->name);
    *(bool *)into = span_equal(text, SPAN("true"));
    return STATUS_OK;
}

static enum status
read_date(const struct field *field, const struct yaml *node, struct region *region, void *into,
          struct fault *fault)
{
    (void)region;
    if (!date_parse(yaml_text(node), into))
        return fault_set(fault, node->line, "%s: `%.*s` is no date: write it like 2025-06-30",
                         field->name, SPAN_ARG(shown(yaml_text(node))));
    return STATUS_OK;
}

#define INTO(field) offsetof(struct term, field)

static const struct field fields[] = {
    { "slug", read_slug, INTO(slug) },
    { "name", read_names, 0 },
    { "aliases", read_texts, INTO(aliases) },
    { "cued", read_texts, INTO(cued) },
    { "cue", read_flag, INTO(cue) },
    { "keywords", read_texts, INTO(keywords) },
    { "not", read_texts, INTO(never) },
    { "central", read_flag, INTO(central) },
    { "central-since", read_date, INTO(central_since) },
    { "from", read_date, INTO(from) },
    { "until", read_date, INTO(until) },
    { "into", read_slug, INTO(into_slug) },
};
enum { FIELDS = sizeof fields / sizeof *fields };

static enum status
unknown_key(const struct yaml *node, struct fault *fault)
{
    struct buffer known = BUFFER_EMPTY;
    for (size_t i = 0; i < FIELDS; i++)
        buffer_printf(&known, "%s%s", i > 0 ? ", " : "", fields[i].name);
    enum status status = fault_set(fault, node->key_line, "unknown key `%.*s`: known are %s",
                                   SPAN_ARG(shown(node->key)), buffer_text(&known));
    buffer_fini(&known);
    return status;
}

static enum status
read_field(const struct yaml *node, struct region *region, struct term *term, struct fault *fault)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (span_equal(node->key, span_of(fields[i].name)))
            return fields[i].read(&fields[i], node, region, (char *)term + fields[i].into, fault);
    return unknown_key(node, fault);
}

enum status
term_parse(const struct yaml *node, struct region *region, struct term *out, struct fault *fault)
{
    struct term term = { .line = node->line };
    struct buffer order = BUFFER_EMPTY;
    enum status status = STATUS_OK;
    if (node->kind != YAML_MAPPING)
        return fault_set(fault, node->line, "a term is written `- slug: …`, and `name: …` below");
    for (const struct yaml *child = node->down; child != NULL && status == STATUS_OK;
         child = child->next)
        status = read_field(child, region, &term, fault);
    if (status != STATUS_OK)
        return status;
    if (term.slug.len == 0 || term.name_count == 0)
        return fault_set(fault, term.line, "a term without a %s: add it",
                         term.slug.len == 0 ? "slug" : "name");
    text_collate(term.names[0].name, &order);
    term.order = region_copy(region, buffer_span(&order));
    buffer_fini(&order);
    *out = term;
    return STATUS_OK;
}

struct span
term_name(const struct term *term, struct span lang)
{
    for (size_t i = 0; i < term->name_count; i++)
        if (span_equal(term->names[i].lang, lang))
            return term->names[i].name;
    return term->names[0].name;
}
