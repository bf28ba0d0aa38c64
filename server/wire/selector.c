/* SPDX-License-Identifier: ISC */
#include "wire/selector.h"

#include "wire/html.h"

#include <string.h>

enum { TESTS_MAX = 8, STEPS_MAX = 8, WAYS_MAX = 16 };

struct test {
    enum { NAME, CLASS, ATTRIBUTE, VALUE } kind;
    const char *name; /* of the element, or the attribute; a C string */
    struct span value;
};

/* What one element must be. */
struct step {
    struct test tests[TESTS_MAX];
    size_t count;
};

/* From the outermost to the one that is meant. */
struct way {
    struct step steps[STEPS_MAX];
    size_t count;
};

struct selector {
    struct way ways[WAYS_MAX];
    size_t count;
};

static struct span
take_name(struct span *rest)
{
    size_t len = 0;
    while (len < rest->len && strchr(" \t.#[]=\"',>+~:*()", rest->at[len]) == NULL)
        len++;
    struct span name = span_first(*rest, len);
    *rest = span_skip(*rest, len);
    return name;
}

/* "[name]" or "[name=value]", the value maybe in quotes. */
static bool
take_attribute(struct span *rest, struct region *region, struct test *out)
{
    size_t end;
    if (!span_find_char(*rest, ']', &end))
        return false;
    struct span inside = span_first(span_skip(*rest, 1), end - 1), name = span_cut(&inside, '=');
    struct span value = span_trim(inside);
    if (value.len > 1 && strchr("\"'", value.at[0]) != NULL &&
        value.at[value.len - 1] == value.at[0])
        value = (struct span){ value.at + 1, value.len - 2 };
    *rest = span_skip(*rest, end + 1);
    *out = (struct test){ inside.at != NULL ? VALUE : ATTRIBUTE,
                          region_copy(region, span_trim(name)).at, region_copy(region, value) };
    return span_trim(name).len > 0;
}

static bool
take_test(struct span *rest, struct region *region, struct test *out)
{
    char mark = rest->at[0];
    if (mark == '[')
        return take_attribute(rest, region, out);
    if (mark == '.' || mark == '#')
        *rest = span_skip(*rest, 1);
    struct span name = region_copy(region, take_name(rest));
    *out = mark == '.'   ? (struct test){ CLASS, "class", name }
           : mark == '#' ? (struct test){ VALUE, "id", name }
                         : (struct test){ NAME, name.at, name };
    return name.len > 0;
}

static bool
parse_way(struct span text, struct region *region, struct way *way)
{
    text = span_trim_lines(text);
    while (text.len > 0) {
        if (way->count == STEPS_MAX)
            return false;
        struct step *step = &way->steps[way->count++];
        while (text.len > 0 && text.at[0] != ' ' && text.at[0] != '\t')
            if (step->count == TESTS_MAX || !take_test(&text, region, &step->tests[step->count++]))
                return false;
        text = span_trim(text);
    }
    return way->count > 0;
}

enum status
selector_parse(struct span text, struct region *region, struct selector **out, struct fault *fault)
{
    *out = region_alloc(region, sizeof **out);
    for (struct span rest = text; rest.at != NULL;) {
        struct span one = span_cut(&rest, ',');
        if ((*out)->count == WAYS_MAX || !parse_way(one, region, &(*out)->ways[(*out)->count++]))
            return fault_set(fault, 0,
                             "\"%.*s\" is no selector we can read: use names, .class, #id and "
                             "[attribute=value], a space for below, a comma for or",
                             SPAN_ARG(span_first(one, 60)));
    }
    return (*out)->count > 0 ? STATUS_OK : fault_set(fault, 0, "a selector is empty");
}

static bool
has_class(struct span classes, struct span wanted)
{
    while (classes.at != NULL)
        if (span_equal(span_trim_lines(span_cut(&classes, ' ')), wanted))
            return true;
    return false;
}

static bool
passes(const struct test *test, const xmlNode *node)
{
    if (test->kind == NAME)
        return span_equal_nocase(span_of((const char *)node->name), test->value);
    struct span value = html_attribute(node, test->name);
    switch (test->kind) {
    case CLASS:
        return has_class(value, test->value);
    case VALUE:
        return value.at != NULL && span_equal(value, test->value);
    case ATTRIBUTE:
    case NAME:
        break;
    }
    return value.at != NULL;
}

static bool
is_at_step(const struct step *step, const xmlNode *node)
{
    for (size_t i = 0; i < step->count; i++)
        if (!passes(&step->tests[i], node))
            return false;
    return true;
}

static bool
goes(const struct way *way, const xmlNode *node)
{
    size_t left = way->count;
    if (!is_at_step(&way->steps[--left], node))
        return false;
    for (node = node->parent; left > 0 && node != NULL && node->type == XML_ELEMENT_NODE;
         node = node->parent)
        left -= is_at_step(&way->steps[left - 1], node);
    return left == 0;
}

bool
selector_matches(const struct selector *selector, const xmlNode *node)
{
    if (node->type != XML_ELEMENT_NODE)
        return false;
    for (size_t i = 0; i < selector->count; i++)
        if (goes(&selector->ways[i], node))
            return true;
    return false;
}

xmlNode *
selector_find(const struct selector *selector, xmlNode *root)
{
    for (xmlNode *node = root; node != NULL; node = html_next(node, root))
        if (selector_matches(selector, node))
            return node;
    return NULL;
}
