/* SPDX-License-Identifier: ISC */
#include "gist.h"

#include "base/buffer.h"
#include "story/gemtext.h"
#include "testing.h"

#include <libxml/HTMLparser.h>
#include <string.h>

/* A gist that grows. */
struct growing {
    struct region *region;
    struct span_list links;
    struct buffer words;
};

static void
add_link(struct growing *growing, struct span target)
{
    span_list_add(&growing->links, growing->region, region_copy(growing->region, target));
}

static void
add_words(struct growing *growing, struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        bool blank = text.at[i] == ' ' || text.at[i] == '\n' || text.at[i] == '\t';
        bool behind_blank = growing->words.len == 0 ||
                            growing->words.at[growing->words.len - 1] == ' ';
        if (!blank && text.at[i] != '*') /* the mark of what was looked for */
            buffer_add_char(&growing->words, text.at[i]);
        else if (blank && !behind_blank)
            buffer_add_char(&growing->words, ' ');
    }
    if (growing->words.len > 0 && growing->words.at[growing->words.len - 1] != ' ')
        buffer_add_char(&growing->words, ' ');
}

static struct gist
finish(struct growing *growing)
{
    struct gist gist = { growing->links.spans,
                         region_copy(growing->region, buffer_span(&growing->words)) };
    buffer_fini(&growing->words);
    return gist;
}

struct gist
gist_of_gemtext(struct span text, struct region *region)
{
    struct growing growing = { .region = region, .words = BUFFER_EMPTY };
    struct gemtext walk = gemtext_walk(text);
    struct gemline line;
    while (gemtext_next(&walk, &line)) {
        if (line.kind == GEMLINE_LINK)
            add_link(&growing, line.target);
        add_words(&growing, line.text.len > 0 ? line.text : line.target);
    }
    return finish(&growing);
}

static bool
is_inline(const xmlNode *node)
{
    return xmlStrEqual(node->name, BAD_CAST "a") || xmlStrEqual(node->name, BAD_CAST "time") ||
           xmlStrEqual(node->name, BAD_CAST "mark");
}

/* Text within one block is one text, however it is marked. */
static void
gather(struct growing *growing, const xmlNode *node, struct buffer *text)
{
    for (; node != NULL; node = node->next) {
        if (node->type == XML_TEXT_NODE) {
            buffer_add_text(text, (const char *)node->content);
            continue;
        }
        xmlChar *target = xmlGetProp(node, BAD_CAST "href");
        if (target != NULL)
            add_link(growing, span_of((const char *)target));
        xmlFree(target);
        if (!is_inline(node)) {
            add_words(growing, buffer_span(text));
            buffer_clear(text);
        }
        gather(growing, node->children, text);
        if (!is_inline(node)) {
            add_words(growing, buffer_span(text));
            buffer_clear(text);
        }
    }
}

static const xmlNode *
find(const xmlNode *node, const char *name)
{
    for (; node != NULL; node = node->next) {
        if (node->type == XML_ELEMENT_NODE && xmlStrEqual(node->name, BAD_CAST name))
            return node;
        const xmlNode *below = find(node->children, name);
        if (below != NULL)
            return below;
    }
    return NULL;
}

struct gist
gist_of_html(struct span html, struct region *region)
{
    struct growing growing = { .region = region, .words = BUFFER_EMPTY };
    struct buffer text = BUFFER_EMPTY;
    htmlDocPtr document = htmlReadMemory(html.at, (int)html.len, NULL, "UTF-8",
                                         HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                             HTML_PARSE_NONET);
    ck_assert_ptr_nonnull(document);
    const xmlNode *main = find(xmlDocGetRootElement(document), "main");
    ck_assert_ptr_nonnull(main);
    gather(&growing, main->children, &text);
    add_words(&growing, buffer_span(&text));
    buffer_fini(&text);
    xmlFreeDoc(document);
    return finish(&growing);
}

void
gist_compare(const char *address, const struct gist *one, const struct gist *other)
{
    ck_assert_msg(span_equal(one->words, other->words), "%s: other words:\n%.*s\n%.*s", address,
                  SPAN_ARG(one->words), SPAN_ARG(other->words));
    ck_assert_msg(one->links.count == other->links.count, "%s: %zu links and %zu", address,
                  one->links.count, other->links.count);
    for (size_t i = 0; i < one->links.count; i++)
        ck_assert_msg(span_equal(one->links.at[i], other->links.at[i]), "%s: %.*s and %.*s",
                      address, SPAN_ARG(one->links.at[i]), SPAN_ARG(other->links.at[i]));
}
