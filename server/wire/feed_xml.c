/* SPDX-License-Identifier: ISC */
#include "base/uri.h"
#include "wire/feed_node.h"
#include "wire/feed_read.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

enum { GUESSED_CONTENT = 640 * 360, GUESSED_THUMBNAIL = 120 * 90, GUESSED_ENCLOSURE = 800 * 600 };

/* What is read of an element, into the item under way. */
typedef void read_fn(struct draft *draft, xmlNode *node);

struct row {
    enum family family;
    const char *name;
    read_fn *read;
};

static struct span
text_of(struct draft *draft, const xmlNode *node)
{
    return feed_node_text(node, draft->region);
}

/* xml:base, those of its parents, the document's own. */
static struct span
base_of(struct draft *draft, const xmlNode *node)
{
    struct uri around;
    struct buffer resolved = BUFFER_EMPTY;
    struct span base = draft->base;
    if (node == NULL || node->type != XML_ELEMENT_NODE)
        return base;
    struct span own = feed_node_attribute(node, "xml:base");
    base = base_of(draft, node->parent);
    if (own.len > 0 && uri_parse(base, URI_LENIENT, &around) &&
        uri_resolve(&around, own, &resolved) && resolved.len > 0)
        base = region_copy(draft->region, buffer_span(&resolved));
    buffer_fini(&resolved);
    return base;
}

static bool
is_atom(const struct draft *draft)
{
    return draft->feed.kind == FEED_ATOM;
}

/* Atom says what a text is (1.0: type; 0.3: mode, too); in RSS it is HTML. */
enum text_kind { TEXT_PLAIN, TEXT_HTML, TEXT_INNER, TEXT_NONE };

static enum text_kind
atom_kind(const xmlNode *node)
{
    struct span type = feed_node_attribute(node, "type"), mode = feed_node_attribute(node, "mode");
    bool escaped = span_equal_nocase(mode, SPAN("escaped"));
    bool html = span_equal_nocase(type, SPAN("html")) || span_equal_nocase(type, SPAN("text/html"));
    bool xhtml = span_equal_nocase(type, SPAN("xhtml")) ||
                 span_equal_nocase(type, SPAN("application/xhtml+xml"));
    bool text = type.len == 0 || span_equal_nocase(span_first(type, 4), SPAN("text"));
    if (feed_node_element(node->children) != NULL && (html || xhtml || text))
        return TEXT_INNER;
    if (html || xhtml || (escaped && type.len > 0 && !span_equal_nocase(type, SPAN("text/plain"))))
        return TEXT_HTML;
    return text ? TEXT_PLAIN : TEXT_NONE;
}

static enum text_kind
kind_of(const struct draft *draft, const xmlNode *node)
{
    if (is_atom(draft))
        return atom_kind(node);
    return feed_node_element(node->children) != NULL ? TEXT_INNER : TEXT_HTML;
}

static void
read_html(struct draft *draft, xmlNode *node, struct span *into)
{
    if (into->len > 0)
        return;
    switch (kind_of(draft, node)) {
    case TEXT_PLAIN:
        draft_plain(draft, text_of(draft, node), into);
        break;
    case TEXT_HTML:
        draft_html(draft, text_of(draft, node), into);
        break;
    case TEXT_INNER:
        draft_html(draft, feed_node_inner(node, draft->region), into);
        break;
    case TEXT_NONE:
        break;
    }
}

static void
read_title_of(struct draft *draft, xmlNode *node, struct span *into)
{
    bool html = is_atom(draft) && kind_of(draft, node) == TEXT_HTML;
    draft_title(draft, text_of(draft, node), html, into);
}

static void
read_title(struct draft *draft, xmlNode *node)
{
    read_title_of(draft, node, &draft->now.item.title);
}

static void
read_body(struct draft *draft, xmlNode *node)
{
    struct feed_item *item = &draft->now.item;
    bool empty = item->body.len == 0;
    struct span elsewhere = feed_node_attribute(node, "src");
    if (elsewhere.len > 0)
        draft_link(draft, base_of(draft, node), elsewhere, &item->url);
    else
        read_html(draft, node, &item->body);
    if (empty && item->body.len > 0)
        item->base = base_of(draft, node);
}

static void
read_summary(struct draft *draft, xmlNode *node)
{
    read_html(draft, node, &draft->now.item.summary);
}

static void
read_published(struct draft *draft, xmlNode *node)
{
    draft_date(draft, text_of(draft, node), &draft->now.item.published);
}

static void
read_updated(struct draft *draft, xmlNode *node)
{
    draft_date(draft, text_of(draft, node), &draft->now.item.updated);
}

static void
read_id(struct draft *draft, xmlNode *node)
{
    draft_line(draft, text_of(draft, node), &draft->now.item.id);
}

/* A guid is an address unless it says otherwise. */
static void
read_guid(struct draft *draft, xmlNode *node)
{
    struct feed_item *item = &draft->now.item;
    bool first = item->id.len == 0;
    read_id(draft, node);
    if (first && !span_equal_nocase(feed_node_attribute(node, "isPermaLink"), SPAN("false")))
        draft_link(draft, SPAN(""), item->id, &item->url);
}

/* RSS's; some write it as Atom's. */
static void
read_link(struct draft *draft, xmlNode *node)
{
    struct feed_item *item = &draft->now.item;
    struct span base = base_of(draft, node);
    draft_link(draft, base, text_of(draft, node), &item->url);
    draft_link(draft, base, feed_node_attribute(node, "href"), &item->url);
}

static bool
link_is(const xmlNode *node, const char *relation)
{
    struct span own = feed_node_attribute(node, "rel");
    return span_equal_nocase(own.len > 0 ? own : SPAN("alternate"), span_of(relation));
}

static void
read_alternate(struct draft *draft, xmlNode *node)
{
    if (link_is(node, "alternate"))
        draft_link(draft, base_of(draft, node), feed_node_attribute(node, "href"),
                   &draft->now.item.url);
}

static void
read_alternate_page(struct draft *draft, xmlNode *node)
{
    struct span type = feed_node_attribute(node, "type");
    if (type.len == 0 || span_equal_nocase(type, SPAN("text/html")))
        read_alternate(draft, node);
}

static void
read_related(struct draft *draft, xmlNode *node)
{
    if (link_is(node, "related") || link_is(node, "via"))
        draft_link(draft, base_of(draft, node), feed_node_attribute(node, "href"),
                   &draft->now.item.other);
}

static uint64_t
number_at(const xmlNode *node, const char *name)
{
    uint64_t number = 0;
    (void)span_number(feed_node_attribute(node, name), UINT32_MAX, &number);
    return number;
}

static void
add_media(struct draft *draft, const xmlNode *node, const char *url, const char *bytes,
          uint64_t guess)
{
    static const char *const media[] = { "other", "image", "audio", "video" }; /* feed_medium */
    uint64_t size = number_at(node, "width") * number_at(node, "height");
    struct feed_media found = { .url = feed_node_attribute(node, url),
                                .type = feed_node_attribute(node, "type"),
                                .title = feed_node_attribute(node, "title"),
                                .bytes = number_at(node, bytes) };
    for (size_t i = 1; i < sizeof media / sizeof *media; i++)
        if (span_equal_nocase(feed_node_attribute(node, "medium"), span_of(media[i])))
            found.medium = (enum feed_medium)i;
    for (xmlNode *child = feed_node_element(node->children); child != NULL;
         child = feed_node_element(child->next))
        if (found.title.len == 0 && feed_node_family(child) == FAMILY_MEDIA &&
            (feed_node_is(child, "title") || feed_node_is(child, "description")))
            found.title = text_of(draft, child);
    draft_media(draft, base_of(draft, node), &found, size > 0 ? size : guess);
}

static void
read_enclosure(struct draft *draft, xmlNode *node)
{
    add_media(draft, node, "url", "length", GUESSED_ENCLOSURE);
}

static void
read_enclosure_link(struct draft *draft, xmlNode *node)
{
    if (link_is(node, "enclosure"))
        add_media(draft, node, "href", "length", GUESSED_ENCLOSURE);
}

static void
read_thumbnail(struct draft *draft, xmlNode *node)
{
    struct span url = feed_node_attribute(node, "url");
    struct feed_media found = { .url = url.len > 0 ? url : text_of(draft, node),
                                .medium = FEED_MEDIUM_IMAGE };
    uint64_t size = number_at(node, "width") * number_at(node, "height");
    draft_media(draft, base_of(draft, node), &found, size > 0 ? size : GUESSED_THUMBNAIL);
}

/* media:content, and what media:group has of it. */
static void
read_media(struct draft *draft, xmlNode *node)
{
    if (feed_node_is(node, "content"))
        add_media(draft, node, "url", "fileSize", GUESSED_CONTENT);
    for (xmlNode *child = feed_node_element(node->children); child != NULL;
         child = feed_node_element(child->next)) {
        if (feed_node_family(child) != FAMILY_MEDIA)
            continue;
        if (feed_node_is(child, "content"))
            read_media(draft, child);
        else if (feed_node_is(child, "thumbnail"))
            read_thumbnail(draft, child);
        else if (feed_node_is(node, "group") && feed_node_is(child, "description"))
            read_summary(draft, child);
    }
}

static void
read_author(struct draft *draft, xmlNode *node)
{
    xmlNode *child = feed_node_element(node->children);
    if (child == NULL)
        draft_author(draft, text_of(draft, node));
    for (; child != NULL; child = feed_node_element(child->next))
        if (feed_node_is(child, "name"))
            draft_author(draft, text_of(draft, child));
}

/* An aggregated entry's own feed. */
static void
read_source_author(struct draft *draft, xmlNode *node)
{
    for (xmlNode *child = feed_node_element(node->children); child != NULL;
         child = feed_node_element(child->next))
        if (draft->now.authors.spans.count == 0 && feed_node_is(child, "author"))
            read_author(draft, child);
}

static void
read_tag(struct draft *draft, xmlNode *node)
{
    struct span label = feed_node_attribute(node, "label");
    struct span term = feed_node_attribute(node, "term");
    struct span text = text_of(draft, node);
    draft_tag(draft, label.len > 0 ? label : term.len > 0 ? term : text);
}

static void
read_keywords(struct draft *draft, xmlNode *node)
{
    for (struct span rest = text_of(draft, node); rest.at != NULL;)
        draft_tag(draft, span_cut(&rest, ','));
}

static void
read_item_lang(struct draft *draft, xmlNode *node)
{
    draft_lang(draft, text_of(draft, node), &draft->now.item.lang);
}

/* In the order of trust: what fills a field first stays. In an Atom document FAMILY_CORE is Atom.
 */
static const struct row rows[] = {
    { FAMILY_BURNER, "origLink", read_link },
    { FAMILY_ATOM, "link", read_alternate_page },
    { FAMILY_CORE, "link", read_link },
    { FAMILY_ATOM, "link", read_alternate },
    { FAMILY_ATOM, "link", read_related },
    { FAMILY_CORE, "guid", read_guid },
    { FAMILY_ATOM, "id", read_id },
    { FAMILY_DC, "identifier", read_id },
    { FAMILY_CORE, "title", read_title },
    { FAMILY_ATOM, "title", read_title },
    { FAMILY_DC, "title", read_title },
    { FAMILY_MEDIA, "title", read_title },
    { FAMILY_CONTENT, "encoded", read_body },
    { FAMILY_ATOM, "content", read_body },
    { FAMILY_XHTML, "body", read_body },
    { FAMILY_XHTML, "div", read_body },
    { FAMILY_CORE, "description", read_summary },
    { FAMILY_ATOM, "summary", read_summary },
    { FAMILY_DC, "description", read_summary },
    { FAMILY_MEDIA, "description", read_summary },
    { FAMILY_ITUNES, "summary", read_summary },
    { FAMILY_CORE, "pubDate", read_published },
    { FAMILY_ATOM, "published", read_published },
    { FAMILY_DC, "date", read_published },
    { FAMILY_TERMS, "issued", read_published },
    { FAMILY_TERMS, "created", read_published },
    { FAMILY_ATOM, "issued", read_published }, /* 0.3 */
    { FAMILY_ATOM, "created", read_published },
    { FAMILY_ATOM, "updated", read_updated },
    { FAMILY_CORE, "updated", read_updated },
    { FAMILY_TERMS, "modified", read_updated },
    { FAMILY_ATOM, "modified", read_updated },
    { FAMILY_DC, "creator", read_author },
    { FAMILY_CORE, "author", read_author },
    { FAMILY_ATOM, "author", read_author },
    { FAMILY_ATOM, "source", read_source_author },
    { FAMILY_CORE, "category", read_tag },
    { FAMILY_ATOM, "category", read_tag },
    { FAMILY_DC, "subject", read_tag },
    { FAMILY_MEDIA, "keywords", read_keywords },
    { FAMILY_CORE, "enclosure", read_enclosure },
    { FAMILY_ATOM, "link", read_enclosure_link },
    { FAMILY_MEDIA, "content", read_media },
    { FAMILY_MEDIA, "group", read_media },
    { FAMILY_MEDIA, "thumbnail", read_thumbnail },
    { FAMILY_DC, "language", read_item_lang },
};

static enum family
family_of(const struct draft *draft, const xmlNode *node)
{
    enum family family = feed_node_family(node);
    return is_atom(draft) && family == FAMILY_CORE ? FAMILY_ATOM : family;
}

static void
read_rows(struct draft *draft, xmlNode *parent)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (xmlNode *child = feed_node_element(parent->children); child != NULL;
             child = feed_node_element(child->next))
            if (feed_node_is(child, rows[i].name) && family_of(draft, child) == rows[i].family)
                rows[i].read(draft, child);
}

static void
read_item(struct draft *draft, xmlNode *node, xmlNode *channel)
{
    struct feed_item *item = &draft->now.item;
    if (!draft_begin(draft))
        return;
    item->base = base_of(draft, node);
    draft_lang(draft, feed_node_attribute(node, "xml:lang"), &item->lang);
    read_rows(draft, node);
    draft_link(draft, item->base, feed_node_attribute(node, "rdf:about"), &item->url);
    if (item->published.len == 0 && is_atom(draft))
        item->published = item->updated;
    if (draft->now.authors.spans.count == 0 && is_atom(draft))
        read_source_author(draft, channel);
    draft_end(draft);
}

/* The channel's or the feed's own words. They are read as an item's would be, into nowhere. */
static void
read_channel(struct draft *draft, xmlNode *channel)
{
    struct feed *feed = &draft->feed;
    for (xmlNode *node = feed_node_element(channel->children); node != NULL;
         node = feed_node_element(node->next)) {
        enum family family = family_of(draft, node);
        struct span base = base_of(draft, node);
        bool own = family == FAMILY_CORE || family == FAMILY_ATOM;
        if (own && feed_node_is(node, "title"))
            read_title_of(draft, node, &feed->title);
        else if (own && (feed_node_is(node, "description") || feed_node_is(node, "subtitle") ||
                         feed_node_is(node, "tagline")))
            read_title_of(draft, node, &feed->summary);
        else if (family == FAMILY_CORE && feed_node_is(node, "link"))
            draft_link(draft, base, text_of(draft, node), &feed->url);
        else if (family == FAMILY_ATOM && feed_node_is(node, "link") && link_is(node, "alternate"))
            draft_link(draft, base, feed_node_attribute(node, "href"), &feed->url);
        else if (feed_node_is(node, "language") && (own || family == FAMILY_DC))
            draft_lang(draft, text_of(draft, node), &feed->lang);
    }
}

static void
read_skipped(struct draft *draft, xmlNode *node)
{
    static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    struct span text = span_trim_lines(text_of(draft, node));
    uint64_t hour;
    if (feed_node_is(node, "hour") && span_number(text, 24, &hour))
        draft->feed.skip_hours |= 1u << hour % 24;
    for (unsigned i = 0; feed_node_is(node, "day") && i < 7; i++)
        if (span_equal_nocase(span_first(text, 3), span_of(days[i])))
            draft->feed.skip_days |= 1u << i;
}

static int64_t
period_of(struct span text)
{
    static const struct {
        const char *name;
        int64_t seconds;
    } periods[] = { { "hourly", 3600 },
                    { "daily", 86400 },
                    { "weekly", 7 * 86400 },
                    { "monthly", 30 * 86400 },
                    { "yearly", 365 * 86400 } };
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++)
        if (span_equal_nocase(span_trim_lines(text), span_of(periods[i].name)))
            return periods[i].seconds;
    return 0;
}

/* How often it wants to be looked at: the longer of what ttl and sy: say. */
static void
read_hints(struct draft *draft, xmlNode *channel)
{
    enum { MINUTES_MAX = 365 * 24 * 60, FREQUENCY_MAX = 10000 };
    int64_t period = 0;
    uint64_t minutes = 0, frequency = 1;
    for (xmlNode *node = feed_node_element(channel->children); node != NULL;
         node = feed_node_element(node->next)) {
        enum family family = family_of(draft, node);
        struct span text = span_trim_lines(text_of(draft, node));
        if (feed_node_is(node, "skipHours") || feed_node_is(node, "skipDays"))
            for (xmlNode *child = feed_node_element(node->children); child != NULL;
                 child = feed_node_element(child->next))
                read_skipped(draft, child);
        else if (family == FAMILY_CORE && feed_node_is(node, "ttl"))
            (void)span_number(text, MINUTES_MAX, &minutes);
        else if (family == FAMILY_SYNDICATION && feed_node_is(node, "updatePeriod"))
            period = period_of(text);
        else if (family == FAMILY_SYNDICATION && feed_node_is(node, "updateFrequency"))
            (void)span_number(text, FREQUENCY_MAX, &frequency);
    }
    period /= frequency > 0 ? (int64_t)frequency : 1;
    draft->feed.every = (int64_t)minutes * 60 > period ? (int64_t)minutes * 60 : period;
}

static void
read_items(struct draft *draft, xmlNode *parent, xmlNode *channel)
{
    const char *name = is_atom(draft) ? "entry" : "item";
    for (xmlNode *node = feed_node_element(parent->children), *next; node != NULL; node = next) {
        next = feed_node_element(node->next);
        if (feed_node_is(node, name) && (next != NULL || !draft->unfinished))
            read_item(draft, node, channel);
    }
}

static void
read_root(struct draft *draft, xmlNode *root)
{
    xmlNode *channel = root;
    draft->feed.kind = feed_node_is(root, "feed") ? FEED_ATOM : FEED_RSS;
    for (xmlNode *node = feed_node_element(root->children); node != NULL && !is_atom(draft);
         node = feed_node_element(node->next))
        if (channel == root && feed_node_is(node, "channel"))
            channel = node;
    read_channel(draft, channel);
    read_hints(draft, channel);
    draft_lang(draft, feed_node_attribute(root, "xml:lang"), &draft->feed.lang);
    if (draft->base.len == 0)
        draft->base = draft->feed.url;
    read_items(draft, channel, channel);
    if (channel != root)
        read_items(draft, root, channel); /* RSS 0.9, 1.0 */
}

enum status
feed_read_xml(struct span text, struct draft *draft, struct fault *fault)
{
    static const int options = XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR |
                               XML_PARSE_NOWARNING | XML_PARSE_NOBLANKS;
    xmlDoc *document = xmlReadMemory(text.at, (int)text.len, NULL, "UTF-8", options);
    xmlNode *root = document != NULL ? xmlDocGetRootElement(document) : NULL;
    if (root == NULL) {
        xmlFreeDoc(document);
        return fault_set(fault, 0, "no XML that could be read");
    }
    read_root(draft, root);
    xmlFreeDoc(document);
    return STATUS_OK;
}
