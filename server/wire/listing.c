/* SPDX-License-Identifier: ISC */
#include "wire/listing.h"

#include <libxml/tree.h>
#include <string.h>

/* By the element's own class. */
static struct span
own_language(const struct _xmlNode *node)
{
    static const char *const marks[] = { "language-", "lang-", "highlight-source-", "brush: " };
    struct span class = element_attribute(node, "class"),
                named = element_attribute(node, "data-lang");
    size_t at, len = 0;
    if (named.len > 0)
        return named;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (!span_find(class, span_of(marks[i]), &at))
            continue;
        struct span rest = span_skip(class, at + strlen(marks[i]));
        while (len < rest.len && rest.at[len] != ' ' && rest.at[len] != ';')
            len++;
        return span_first(rest, len);
    }
    return SPAN("");
}

struct span
listing_language(const struct _xmlNode *node)
{
    struct span language = own_language(node);
    for (const xmlNode *child = node->children; language.len == 0 && child != NULL;
         child = child->next)
        if (element_of(child) == ELEMENT_INLINE)
            language = own_language(child);
    if (language.len == 0 && node->parent != NULL && node->parent->type == XML_ELEMENT_NODE)
        language = own_language(node->parent);
    return language;
}

static bool
on_listing(void *whom, const struct _xmlNode *node, enum element element)
{
    struct buffer *text = whom;
    if (element == ELEMENT_TEXT)
        buffer_add(text, span_of((const char *)node->content));
    else if (element == ELEMENT_BREAK)
        buffer_add_char(text, '\n');
    return element != ELEMENT_TEXT && element != ELEMENT_NONE && !element_is_hidden(node);
}

static void
on_listing_left(void *whom, const struct _xmlNode *node, enum element element)
{
    (void)whom, (void)node, (void)element;
}

/* Without blank lines at both ends. */
static struct span
without_blank_lines(struct span text)
{
    struct span rest = text, line;
    while (text.len > 0 && strchr(" \t\r\n", text.at[text.len - 1]) != NULL)
        text.len--;
    for (rest = text; rest.at != NULL; text = rest) {
        line = span_cut(&rest, '\n');
        if (span_trim_lines(line).len > 0)
            break;
    }
    return text;
}

bool
listing_read(const struct _xmlNode *node, struct buffer *out, size_t *steps)
{
    struct buffer text = BUFFER_LIMITED(LISTING_BYTES_MAX);
    struct element_walk pass = { on_listing, on_listing_left, &text, steps };
    bool whole = element_walk(&pass, node) && !text.cut;
    buffer_add(out, without_blank_lines(buffer_span(&text)));
    buffer_fini(&text);
    return whole;
}
