/* SPDX-License-Identifier: ISC */
#include "wire/webpage.h"

#include "base/text.h"
#include "base/uri.h"
#include "wire/decode.h"
#include "wire/lines.h"
#include "wire/selector.h"
#include "wire/webpage_parts.h"

enum status
webpage_check_selector(struct span selector, struct fault *fault)
{
    struct region *region = region_new();
    struct selector *parsed;
    enum status status = selector_parse(selector, region, &parsed, fault);
    region_free(region);
    return status;
}

/* What a source's selector finds; NULL: it has none, or it finds nothing. */
static xmlNode *
pick(struct span selector, xmlNode *root, struct region *region)
{
    struct selector *parsed;
    if (selector.len == 0 || selector_parse(selector, region, &parsed, NULL) != STATUS_OK)
        return NULL;
    return selector_find(parsed, root);
}

static void
remove_picked(struct span selector, xmlNode *root, struct region *region)
{
    struct selector *parsed;
    if (selector.len == 0 || selector_parse(selector, region, &parsed, NULL) != STATUS_OK)
        return;
    for (xmlNode *node = root; node != NULL; node = html_next(node, root))
        if (selector_matches(parsed, node))
            part_of(node)->gone = part_of(node)->never = true;
    parts_measure(root);
}

static void
drop_gone(xmlNode *body)
{
    for (xmlNode *node = body; node != NULL;) {
        bool gone = node->type == XML_ELEMENT_NODE && part_of(node)->gone && node != body;
        xmlNode *next = gone ? html_over(node, body) : html_next(node, body);
        if (gone)
            html_remove(node);
        node = next;
    }
}

/* "vi-VN", "en_US" as language tags; none where it is no such thing. */
static struct span
language(struct span text, struct region *region)
{
    struct span copy = region_copy(region, text);
    for (size_t i = 0; i < copy.len; i++)
        if (copy.at[i] == '_')
            ((char *)copy.at)[i] = '-';
    return text_is_language(copy) ? copy : SPAN("");
}

/* <base href> may be relative, to the page's own address; of no more use than none where it is no
 * reference. */
static struct span
base_of(xmlNode *root, struct span url, struct region *region)
{
    struct uri own;
    struct buffer whole = BUFFER_EMPTY;
    struct span base = region_copy(region, url);
    for (xmlNode *node = root; node != NULL; node = html_next(node, root)) {
        struct span href = span_trim(html_attribute(node, "href"));
        if (!html_is(node, "base") || href.len == 0)
            continue;
        if (!uri_parse(url, URI_LENIENT, &own) || own.scheme.len == 0)
            base = region_copy(region, href);
        else if (uri_resolve(&own, href, &whole))
            base = region_copy(region, buffer_span(&whole));
        break;
    }
    buffer_fini(&whole);
    return base;
}

static void
take_facts(const struct survey *survey, const struct webpage_options *options, struct webpage *out)
{
    const struct facts *facts = &survey->facts;
    struct span title_key = line_key(out->title, survey->region);
    out->site = facts->at[FACT_SITE];
    out->summary = facts->at[FACT_SUMMARY];
    out->author = facts->at[FACT_AUTHOR];
    out->section = facts->at[FACT_SECTION];
    out->lang = language(facts->at[FACT_LANG], survey->region);
    out->canonical = facts->at[FACT_CANONICAL];
    out->image = facts->at[FACT_IMAGE];
    out->published = facts->at[FACT_PUBLISHED];
    out->modified = facts->at[FACT_MODIFIED];
    out->tags = facts->tags.spans.count > 0 ? facts->tags.spans : facts->keywords.spans;
    out->base = base_of(survey->root, options->url, survey->region);
    out->unindexed = facts->unindexed;
    out->live = facts->live || span_starts(title_key, line_key(SPAN("Trực tiếp"), survey->region));
    if (out->section.len == 0 && out->breadcrumb.count > 0)
        out->section = out->breadcrumb.at[out->breadcrumb.count - 1];
}

/* What a source's own selectors say is trusted most. */
static void
take_recipe(struct survey *survey, const struct webpage_recipe *recipe)
{
    const xmlNode *author = pick(recipe->author, survey->root, survey->region);
    const xmlNode *date = pick(recipe->date, survey->root, survey->region);
    if (author != NULL)
        facts_say(&survey->facts, FACT_AUTHOR, TRUST_LD, html_line(author, survey->region));
    if (date == NULL)
        return;
    struct span when = html_attribute(date, "datetime");
    if (when.len == 0)
        when = html_attribute(date, "content");
    facts_say(&survey->facts, FACT_PUBLISHED, TRUST_LD,
              when.len > 0 ? when : html_line(date, survey->region));
}

static bool
is_caption(const xmlNode *node)
{
    return html_is(node, "figcaption");
}

/* As is_caption, while what is gone is still there. */
static bool
is_no_text(const xmlNode *node)
{
    return is_caption(node) || (node->type == XML_ELEMENT_NODE && part_of(node)->gone);
}

static void
read_body(struct survey *survey, const struct webpage_options *options, struct webpage *out)
{
    enum { FIGURES_MAX = 3 };
    xmlNode **nodes = region_array(survey->region, FIGURES_MAX + 1, sizeof *nodes);
    xmlNode *lead = pick(options->recipe.lead, survey->root, survey->region);
    struct buffer text = BUFFER_EMPTY;
    survey_around(survey, out);
    if (survey->body != NULL) {
        survey->cards = body_is_cards(survey->body);
        lead_take(survey, lead != NULL ? lead : lead_find(survey), out);
        body_clean(survey, out->title);
        out->body = nodes;
        out->body_count = figures_above(survey, nodes, FIGURES_MAX);
        nodes[out->body_count++] = survey->body;
        html_text(survey->body, is_no_text, &text);
    }
    take_facts(survey, options, out);
    survey_judge(survey, buffer_span(&text), out);
    for (size_t i = 0; i < out->body_count; i++)
        drop_gone(nodes[i]);
    buffer_fini(&text);
}

/* By the page's names and its shape, checked by what its description has for a text. */
static xmlNode *
find_body(struct survey *survey)
{
    unsigned confirmed = said_confirm(survey);
    xmlNode *body = body_find(survey->root);
    if (confirmed > 0)
        body = said_widen(body, survey->root, confirmed);
    bool bare = confirmed == 0 && (body == NULL || part_of(body)->prose == 0);
    xmlNode *said = bare ? said_body(survey) : NULL;
    return said != NULL ? said : body;
}

static void
read_tree(struct html html, const struct webpage_options *options, struct region *region,
          struct webpage *out)
{
    struct survey survey = { .root = xmlDocGetRootElement(html.document), .region = region };
    const struct webpage_recipe *recipe = &options->recipe;
    survey.facts.region = region;
    survey.phrases = page_phrases_known();
    survey.words = class_words_known();
    parts_make(survey.root, survey.words, region);
    parts_measure(survey.root);
    parts_forgive(survey.root);
    remove_picked(recipe->remove, survey.root, region);
    take_recipe(&survey, recipe);
    facts_from_ld(&survey.facts, html.ld);
    facts_from_head(&survey.facts, survey.root);
    survey.body = pick(recipe->body, survey.root, region);
    if (survey.body == NULL)
        survey.body = find_body(&survey);
    survey.title = pick(recipe->title, survey.root, region);
    if (survey.title != NULL)
        out->title = html_line(survey.title, region);
    else
        survey.title = title_find(&survey, &out->title);
    read_body(&survey, options, out);
}

enum status
webpage_read(struct span bytes, const struct webpage_options *options, struct region *region,
             struct webpage *out, struct fault *fault)
{
    struct decode_hints hints = { options->encoding, options->charset };
    struct decoded text;
    struct html html;
    *out = (struct webpage){ .reason = "" };
    if (bytes.len > WEBPAGE_BYTES_MAX) {
        fault_set(fault, 0, "a page holds at most %d bytes", WEBPAGE_BYTES_MAX);
        return STATUS_LIMIT;
    }
    decode(bytes, &hints, region, &text);
    if (html_parse(text.text, region, &html, fault) != STATUS_OK)
        return STATUS_BAD;
    out->document = html.document;
    out->charset = text.charset;
    out->mended = text.mended;
    read_tree(html, options, region, out);
    return STATUS_OK;
}

void
webpage_fini(struct webpage *page)
{
    xmlFreeDoc(page->document);
    *page = (struct webpage){ .reason = "" };
}

void
webpage_text(const struct webpage *page, struct buffer *out)
{
    for (size_t i = 0; i < page->body_count; i++)
        html_text(page->body[i], is_caption, out);
}
