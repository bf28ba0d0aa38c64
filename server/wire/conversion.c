/* SPDX-License-Identifier: ISC */
#include "wire/conversion.h"

#include "base/text.h"
#include "wire/conversion_walk.h"
#include "wire/html.h"
#include "wire/lines.h"
#include "wire/listing.h"
#include "wire/table.h"
#include "wire/target.h"

#include <string.h>

enum { HEADING_BYTES = 300 }; /* what is longer is a lead that only looks like one */

static enum breaks
breaks_of(const struct conversion_walk *walk)
{
    return walk->verses > 0 ? BREAKS_LINES : walk->paragraphs > 0 ? BREAKS_SPACES : BREAKS_LOOSE;
}

/* The paragraph that has been read is set. */
void
conversion_end_paragraph(struct conversion_walk *walk)
{
    struct passage passage;
    if (!prose_is_blank(&walk->prose)) {
        struct passages passages = passages_of(&walk->prose, breaks_of(walk));
        while (walk->waiting_count > 0 && !walk->waiting[0].within)
            figures_set_first(walk, SPAN(""));
        prose_pause(&walk->prose);
        while (passages_next(&passages, &passage))
            galley_passage(&walk->galley, &walk->prose, &passage);
    }
    for (size_t i = 0; i < walk->waiting_count; i++)
        walk->waiting[i].within = false;
    walk->galley.cut = walk->galley.cut || walk->prose.cut;
    prose_clear(&walk->prose);
}

/* … and the images, too: something else than text comes. */
void
conversion_end(struct conversion_walk *walk)
{
    conversion_end_paragraph(walk);
    figures_set(walk, SPAN(""));
}

/* The node's text as one line, its links noted. In the region. */
struct span
conversion_read_line(struct conversion_walk *walk, const struct _xmlNode *node)
{
    struct buffer clean = BUFFER_EMPTY;
    prose_clear(&walk->scratch);
    prose_read(&walk->scratch, node, &walk->steps);
    galley_note_links(&walk->galley, &walk->scratch);
    text_clean(buffer_span(&walk->scratch.text), &clean);
    struct span line = region_copy(walk->region, buffer_span(&clean));
    prose_clear(&walk->scratch);
    buffer_fini(&clean);
    return line;
}

static bool
enter_block(struct conversion_walk *walk, const struct _xmlNode *node)
{
    struct span target, embedded = element_attribute(node, "data-href");
    conversion_end_paragraph(walk);
    if (embedded.len > 0 && target_resolve(walk->base_uri, embedded, walk->region, &target))
        galley_link(&walk->galley, target,
                    target_label(target, SPAN(""), element_attribute(node, "title"), walk->region));
    return true;
}

static void
leave_block(struct conversion_walk *walk, const struct _xmlNode *node)
{
    (void)node;
    conversion_end_paragraph(walk);
}

static bool
enter_paragraph(struct conversion_walk *walk, const struct _xmlNode *node)
{
    walk->paragraphs++;
    return enter_block(walk, node);
}

static void
leave_paragraph(struct conversion_walk *walk, const struct _xmlNode *node)
{
    leave_block(walk, node);
    walk->paragraphs--;
}

static bool
enter_verse(struct conversion_walk *walk, const struct _xmlNode *node)
{
    conversion_end_paragraph(walk);
    (void)node;
    walk->verses++;
    return true;
}

static void
leave_verse(struct conversion_walk *walk, const struct _xmlNode *node)
{
    (void)node;
    conversion_end_paragraph(walk);
    walk->verses--;
}

static bool
enter_heading(struct conversion_walk *walk, const struct _xmlNode *node)
{
    (void)node;
    conversion_end(walk);
    return true;
}

static void
leave_heading(struct conversion_walk *walk, const struct _xmlNode *node)
{
    static const char *const leads[] = { "sapo", "lead", "summary", "description", NULL };
    struct span text = buffer_span(&walk->prose.text);
    struct span key = line_key(text, walk->region);
    bool again = key.len > 0 && span_equal(key, walk->title_key);
    if (!again && (text.len > HEADING_BYTES || element_is_called(node, leads))) {
        conversion_end_paragraph(walk);
    } else if (!again && key.len > 0) {
        figures_set(walk, SPAN(""));
        galley_heading(&walk->galley, ((const char *)node->name)[1] - '0', text);
        prose_pause(&walk->prose);
        galley_note_links(&walk->galley, &walk->prose);
        galley_settle(&walk->galley);
    }
    prose_clear(&walk->prose);
}

/* The number an attribute gives; `fallback` where it gives none. */
static long
number_of(const struct _xmlNode *node, const char *name, long fallback)
{
    uint64_t number;
    return span_number(element_attribute(node, name), 100000, &number) ? (long)number : fallback;
}

static bool
enter_list(struct conversion_walk *walk, const struct _xmlNode *node)
{
    conversion_end(walk);
    galley_open_list(&walk->galley, element_is_named(node, "ol"), number_of(node, "start", 1));
    return true;
}

static void
leave_list(struct conversion_walk *walk, const struct _xmlNode *node)
{
    (void)node;
    conversion_end(walk);
    galley_close_list(&walk->galley);
}

static bool
enter_item(struct conversion_walk *walk, const struct _xmlNode *node)
{
    conversion_end_paragraph(walk);
    galley_open_item(&walk->galley, number_of(node, "value", 0));
    return true;
}

static void
leave_item(struct conversion_walk *walk, const struct _xmlNode *node)
{
    (void)node;
    conversion_end_paragraph(walk);
    galley_close_item(&walk->galley);
}

static bool
enter_quote(struct conversion_walk *walk, const struct _xmlNode *node)
{
    (void)node;
    conversion_end(walk);
    galley_open_quote(&walk->galley);
    return true;
}

static void
add_attribution(struct conversion_walk *walk, struct span who)
{
    bool dashed = span_starts(who, SPAN("-")) || span_starts(who, SPAN("–")) ||
                  span_starts(who, SPAN("—"));
    if (who.len > 0)
        galley_text(&walk->galley,
                    dashed ? who : region_printf(walk->region, "— %.*s", SPAN_ARG(who)));
}

static void
leave_quote(struct conversion_walk *walk, const struct _xmlNode *node)
{
    static const char *const sources[] = { "cite", "data-instgrm-permalink" };
    struct span target;
    conversion_end(walk);
    add_attribution(walk, figures_take_caption(walk, node));
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (target_resolve(walk->base_uri, element_attribute(node, sources[i]), walk->region,
                           &target))
            galley_note(&walk->galley, target,
                        target_label(target, SPAN(""), SPAN(""), walk->region));
    galley_close_quote(&walk->galley);
}

/* Who said what is quoted: a <cite> or <footer> that stands beside its paragraphs. */
static bool
is_attribution(const struct _xmlNode *node, enum element element)
{
    return (element == ELEMENT_CITED ||
            (element == ELEMENT_BLOCK && element_is_named(node, "footer"))) &&
           node->parent != NULL && element_of(node->parent) == ELEMENT_QUOTE;
}

static void
enter_attribution(struct conversion_walk *walk, const struct _xmlNode *node)
{
    const struct _xmlNode *text = element_find(node, ELEMENT_TEXT, 4);
    struct span first = text != NULL ? span_trim_lines(span_of((const char *)text->content))
                                     : SPAN("");
    conversion_end(walk);
    if (!span_starts(first, SPAN("-")) && !span_starts(first, SPAN("–")) &&
        !span_starts(first, SPAN("—")))
        prose_add(&walk->prose, SPAN("— "));
}

static struct span
listing_alt(struct conversion_walk *walk, const struct _xmlNode *node)
{
    struct span language = listing_language(node), caption = figures_take_caption(walk, node);
    if (language.len == 0 || caption.len == 0)
        return language.len > 0 ? language : caption;
    return region_printf(walk->region, "%.*s: %.*s", SPAN_ARG(language), SPAN_ARG(caption));
}

static bool
enter_listing(struct conversion_walk *walk, const struct _xmlNode *node)
{
    struct buffer text = BUFFER_EMPTY;
    conversion_end(walk);
    bool whole = listing_read(node, &text, &walk->steps);
    walk->galley.cut = walk->galley.cut || !whole;
    if (text.len > 0)
        galley_preformatted(&walk->galley, listing_alt(walk, node), buffer_span(&text));
    buffer_fini(&text);
    return false;
}

static bool
enter_table(struct conversion_walk *walk, const struct _xmlNode *node)
{
    if (!table_is_data(node, &walk->steps))
        return enter_block(walk, node);
    const struct _xmlNode *own = NULL;
    conversion_end(walk);
    for (const xmlNode *child = node->children; child != NULL && own == NULL; child = child->next)
        own = element_of(child) == ELEMENT_CAPTION ? child : NULL;
    struct span caption = own != NULL ? conversion_read_line(walk, own)
                                      : figures_take_caption(walk, node);
    table_set(&walk->galley, node, caption, &walk->scratch, &walk->steps);
    return false;
}

static bool
enter_spare(struct conversion_walk *walk, const struct _xmlNode *node)
{
    (void)node;
    walk->spare++;
    return true;
}

static void
leave_spare(struct conversion_walk *walk, const struct _xmlNode *node)
{
    (void)node;
    walk->spare--;
}

/* What is done where an element begins (false: what is in it is left out), and where it ends. */
static const struct act {
    bool (*enter)(struct conversion_walk *walk, const struct _xmlNode *node);
    void (*leave)(struct conversion_walk *walk, const struct _xmlNode *node);
} acts[ELEMENT_NONE + 1] = {
    [ELEMENT_BLOCK] = { enter_block, leave_block },
    [ELEMENT_PARAGRAPH] = { enter_paragraph, leave_paragraph },
    [ELEMENT_HEADING] = { enter_heading, leave_heading },
    [ELEMENT_LIST] = { enter_list, leave_list },
    [ELEMENT_ITEM] = { enter_item, leave_item },
    [ELEMENT_QUOTE] = { enter_quote, leave_quote },
    [ELEMENT_PRE] = { enter_listing, leave_block },
    [ELEMENT_TABLE] = { enter_table, leave_block },
    [ELEMENT_ROW] = { enter_block, leave_block },
    [ELEMENT_CELL] = { enter_block, leave_block },
    [ELEMENT_FIGURE] = { figures_enter, figures_leave },
    [ELEMENT_CAPTION] = { figures_enter_caption, leave_block },
    [ELEMENT_IMAGE] = { figures_enter_image, leave_block },
    [ELEMENT_MEDIA] = { figures_enter_media, leave_block },
    [ELEMENT_VERSE] = { enter_verse, leave_verse },
    [ELEMENT_SPARE] = { enter_spare, leave_spare },
};

/* A row of buttons to share the page by, a cloud of tags: links, and hardly a word besides. */
static bool
is_row_of_links(struct conversion_walk *walk, const struct _xmlNode *node, enum element element)
{
    enum { BESIDES = 40 };
    static const char *const called[] = { "share",    "sharing",    "social",      "tag", "tags",
                                          "tagcloud", "breadcrumb", "breadcrumbs", NULL };
    bool may = element == ELEMENT_BLOCK || element == ELEMENT_PARAGRAPH || element == ELEMENT_LIST;
    return may && element_is_called(node, called) &&
           element_is_of_links(node, BESIDES, &walk->steps);
}

static bool
on_enter(void *whom, const struct _xmlNode *node, enum element element)
{
    struct conversion_walk *walk = whom;
    if (walk->galley.cut || (element == ELEMENT_TEXT && walk->spare > 0))
        return false;
    if (element == ELEMENT_TEXT)
        return prose_enter(&walk->prose, node, element);
    if (element == ELEMENT_NONE || element_is_hidden(node) || is_row_of_links(walk, node, element))
        return false;
    if (is_attribution(node, element)) {
        enter_attribution(walk, node);
        return true;
    }
    element = element_by_class(node, element);
    return acts[element].enter != NULL ? acts[element].enter(walk, node)
                                       : prose_enter(&walk->prose, node, element);
}

static void
on_leave(void *whom, const struct _xmlNode *node, enum element element)
{
    struct conversion_walk *walk = whom;
    if (is_attribution(node, element)) {
        conversion_end_paragraph(walk);
        return;
    }
    element = element_by_class(node, element);
    if (acts[element].leave != NULL)
        acts[element].leave(walk, node);
    else
        prose_leave(&walk->prose, node, element);
}

static void
begin(struct conversion_walk *walk, const struct conversion_options *options, struct region *region)
{
    memset(walk, 0, sizeof *walk);
    walk->options = options;
    walk->region = region;
    walk->steps = CONVERSION_NODES_MAX;
    walk->title_key = line_key(options->title, region);
    if (uri_parse(options->base, URI_LENIENT, &walk->base) && walk->base.scheme.at != NULL)
        walk->base_uri = &walk->base;
    galley_init(&walk->galley, options, region);
    prose_init(&walk->prose, walk->base_uri, region);
    prose_init(&walk->scratch, walk->base_uri, region);
}

void
conversion_of_nodes(struct _xmlNode *const *nodes, size_t count,
                    const struct conversion_options *options, struct region *region,
                    struct conversion *out)
{
    struct conversion_walk *walk = memory_new(sizeof *walk);
    begin(walk, options, region);
    struct element_walk pass = { on_enter, on_leave, walk, &walk->steps };
    for (size_t i = 0; i < count && !walk->galley.cut; i++) {
        if (!element_walk(&pass, nodes[i]))
            walk->galley.cut = true;
        conversion_end_paragraph(walk);
    }
    conversion_end(walk);
    galley_finish(&walk->galley, out);
    prose_fini(&walk->scratch);
    prose_fini(&walk->prose);
    galley_fini(&walk->galley);
    free(walk);
}

enum status
conversion_of_fragment(struct span html, const struct conversion_options *options,
                       struct region *region, struct conversion *out)
{
    struct html read = { .document = NULL };
    if (html.len > CONVERSION_HTML_MAX)
        return STATUS_LIMIT;
    /* Without an element in it, there is nothing to read. */
    bool empty = html_parse(html, region, &read, NULL) != STATUS_OK;
    struct _xmlNode *root = empty ? NULL : xmlDocGetRootElement(read.document);
    conversion_of_nodes(&root, root != NULL ? 1 : 0, options, region, out);
    xmlFreeDoc(read.document);
    return STATUS_OK;
}
