/* SPDX-License-Identifier: ISC */
/* The article's text as JSON-LD has it, where it does: to check what was found, and in place of
 * what was not. */
#include "wire/webpage_parts.h"

#include "wire/lines.h"

enum { ENOUGH = 400, SAMPLE = 60, SAMPLE_MIN = 25 };

unsigned
said_confirm(struct survey *survey)
{
    struct span said = survey->facts.at[FACT_BODY];
    unsigned confirmed = 0;
    size_t at;
    if (said.len < ENOUGH)
        return 0;
    struct span key = line_key(said, survey->region);
    for (xmlNode *node = survey->root; node != NULL; node = html_next(node, survey->root)) {
        if (node->type != XML_ELEMENT_NODE || !part_is_leaf(node) || !part_is_prose(node))
            continue;
        struct span sample = span_first(line_key(html_line(node, survey->region), survey->region),
                                        SAMPLE);
        part_of(node)->said = sample.len >= SAMPLE_MIN && span_find(key, sample, &at);
        confirmed += part_of(node)->said ? part_of(node)->own : 0;
    }
    return confirmed >= ENOUGH && confirmed * 3 > said.len ? confirmed : 0;
}

static unsigned
confirmed_below(xmlNode *top)
{
    unsigned confirmed = 0;
    for (xmlNode *node = top; node != NULL; node = parts_next(node, top))
        confirmed += part_of(node)->said ? part_of(node)->own : 0;
    return confirmed;
}

xmlNode *
said_widen(xmlNode *body, xmlNode *root, unsigned confirmed)
{
    if (body != NULL && confirmed_below(body) * 5 >= confirmed * 4)
        return body;
    body = NULL;
    for (xmlNode *node = root; node != NULL; node = parts_next(node, root))
        if (part_of(node)->kind & HTML_BLOCK && confirmed_below(node) * 10 >= confirmed * 9)
            body = node; /* each holds all that its parent does: the last is the lowest */
    return body;
}

static void
add_paragraph(xmlNode *body, struct span line, struct region *region)
{
    xmlNode *paragraph = part_new(body->doc, "p", region);
    struct span clean = line_clean(line, region);
    xmlNodeAddContentLen(paragraph, (const xmlChar *)clean.at, (int)clean.len);
    xmlAddChild(body, paragraph);
}

/* The copy of a tree of its own, if the text is markup. */
static void
add_markup(xmlNode *body, struct span text, struct region *region)
{
    struct html html;
    if (html_parse(text, region, &html, NULL) != STATUS_OK)
        return;
    xmlNode *copy = xmlDocCopyNode(xmlDocGetRootElement(html.document), body->doc, 1);
    if (copy == NULL)
        memory_end();
    xmlAddChild(body, copy);
    xmlNodeSetName(copy, (const xmlChar *)"div");
    xmlFreeDoc(html.document);
}

xmlNode *
said_body(struct survey *survey)
{
    struct span said = survey->facts.at[FACT_BODY];
    size_t at;
    if (said.len < ENOUGH)
        return NULL;
    xmlNode *body = part_new(survey->root->doc, "div", survey->region);
    xmlAddChild(survey->root, body);
    if (span_find(said, SPAN("</p>"), &at) || span_find(said, SPAN("<br"), &at))
        add_markup(body, said, survey->region);
    else
        for (struct span rest = said; rest.at != NULL;) {
            struct span line = span_line(&rest);
            if (span_trim_lines(line).len > 0)
                add_paragraph(body, line, survey->region);
        }
    parts_make(body, survey->words, survey->region);
    parts_measure(body);
    return body;
}
