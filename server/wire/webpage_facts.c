/* SPDX-License-Identifier: ISC */
#include "wire/webpage_parts.h"

#include "base/text.h"
#include "wire/feeddate.h"
#include "wire/furniture.h"
#include "wire/lines.h"

#include <string.h>

enum { TEXT_MAX = 1000, TAG_MAX = 80, TAGS_MAX = 32, BODY_MAX = 512 * 1024 };

/* Decodes the few references that are left in texts which were escaped twice. */
static struct span
unescape_again(struct span text, struct region *region)
{
    static const struct {
        struct span name;
        const char *text;
    } names[] = { { SPAN("&amp;"), "&" },   { SPAN("&quot;"), "\"" }, { SPAN("&#34;"), "\"" },
                  { SPAN("&lt;"), "<" },    { SPAN("&gt;"), ">" },    { SPAN("&#39;"), "'" },
                  { SPAN("&#039;"), "'" },  { SPAN("&apos;"), "'" },  { SPAN("&nbsp;"), " " },
                  { SPAN("&#8217;"), "’" }, { SPAN("&#8216;"), "‘" }, { SPAN("&#8220;"), "“" },
                  { SPAN("&#8221;"), "”" }, { SPAN("&#8211;"), "–" }, { SPAN("&#8230;"), "…" },
                  { SPAN("&rsquo;"), "’" }, { SPAN("&ldquo;"), "“" }, { SPAN("&rdquo;"), "”" } };
    enum { NAMES = sizeof names / sizeof names[0] };
    if (!span_has_char(text, '&'))
        return text;
    struct buffer out = BUFFER_EMPTY;
    while (text.len > 0) {
        size_t i = 0;
        while (i < NAMES && !span_starts(text, names[i].name))
            i++;
        if (i < NAMES)
            buffer_add_text(&out, names[i].text);
        else
            buffer_add_char(&out, text.at[0]);
        text = span_skip(text, i < NAMES ? names[i].name.len : 1);
    }
    struct span copy = region_copy(region, buffer_span(&out));
    buffer_fini(&out);
    return copy;
}

struct span
bare_name(struct span text)
{
    static const char *const fronts[] = { "By ",        "by ",         "BY ",        "Bởi ",
                                          "bởi ",       "Đăng bởi ",   "Đăng bởi: ", "Người đăng: ",
                                          "Posted by ", "Written by ", "Theo ",      "(Theo " };
    struct span behind;
    if (furniture_author(text, &behind))
        return behind;
    for (size_t i = 0; i < sizeof fronts / sizeof fronts[0]; i++)
        if (span_starts(text, span_of(fronts[i])))
            text = span_trim(span_skip(text, strlen(fronts[i])));
    if (span_ends(text, SPAN(")")) && !span_has_char(text, '('))
        text.len--;
    return text;
}

void
facts_say(struct facts *facts, enum fact fact, enum trust trust, struct span text)
{
    bool body = fact == FACT_BODY, date = fact == FACT_PUBLISHED || fact == FACT_MODIFIED;
    if (text.len == 0 || text.len > (body ? BODY_MAX : 4 * TEXT_MAX) ||
        (facts->at[fact].len > 0 && facts->trust[fact] <= trust))
        return;
    if (date && !feeddate_read(text, facts->region, &text))
        return;
    if (!body)
        text = line_clean(unescape_again(text, facts->region), facts->region);
    bool address = span_starts(text, SPAN("http")) || span_starts(text, SPAN("//"));
    if (fact == FACT_AUTHOR)
        text = bare_name(text);
    if (text.len == 0 || (fact == FACT_AUTHOR && address))
        return;
    facts->at[fact] = body ? region_copy(facts->region, text) : text;
    facts->trust[fact] = trust;
}

void
facts_tag(struct facts *facts, struct span_list *list, struct span text)
{
    text = line_clean(unescape_again(text, facts->region), facts->region);
    if (text.len > 0 && text.len <= TAG_MAX && list->spans.count < TAGS_MAX &&
        !spans_have(list->spans, text))
        span_list_add(list, facts->region, text);
}

enum { SAYS_TAG = FACT_COUNT, SAYS_TAGS, SAYS_ROBOTS, SAYS_TYPE, SAYS_TIER };

static const struct naming {
    const char *name;
    int fact;
    enum trust trust;
} namings[] = {
    { "og:title", FACT_TITLE, TRUST_OPEN_GRAPH },
    { "twitter:title", FACT_TITLE, TRUST_META },
    { "dc.title", FACT_TITLE, TRUST_META },
    { "headline", FACT_TITLE, TRUST_META },
    { "og:description", FACT_SUMMARY, TRUST_OPEN_GRAPH },
    { "description", FACT_SUMMARY, TRUST_META },
    { "twitter:description", FACT_SUMMARY, TRUST_META },
    { "dc.description", FACT_SUMMARY, TRUST_META },
    { "og:site_name", FACT_SITE, TRUST_OPEN_GRAPH },
    { "application-name", FACT_SITE, TRUST_META },
    { "article:published_time", FACT_PUBLISHED, TRUST_OPEN_GRAPH },
    { "pubdate", FACT_PUBLISHED, TRUST_META },
    { "publishdate", FACT_PUBLISHED, TRUST_META },
    { "publish-date", FACT_PUBLISHED, TRUST_META },
    { "dc.date", FACT_PUBLISHED, TRUST_META },
    { "dc.date.issued", FACT_PUBLISHED, TRUST_META },
    { "dc.created", FACT_PUBLISHED, TRUST_META },
    { "dcterms.created", FACT_PUBLISHED, TRUST_META },
    { "datepublished", FACT_PUBLISHED, TRUST_META },
    { "parsely-pub-date", FACT_PUBLISHED, TRUST_META },
    { "sailthru.date", FACT_PUBLISHED, TRUST_META },
    { "date", FACT_PUBLISHED, TRUST_META },
    { "article:modified_time", FACT_MODIFIED, TRUST_OPEN_GRAPH },
    { "og:updated_time", FACT_MODIFIED, TRUST_OPEN_GRAPH },
    { "lastmod", FACT_MODIFIED, TRUST_META },
    { "datemodified", FACT_MODIFIED, TRUST_META },
    { "article:section", FACT_SECTION, TRUST_OPEN_GRAPH },
    { "articlesection", FACT_SECTION, TRUST_META },
    { "parsely-section", FACT_SECTION, TRUST_META },
    { "section", FACT_SECTION, TRUST_META },
    { "article:author", FACT_AUTHOR, TRUST_OPEN_GRAPH },
    { "author", FACT_AUTHOR, TRUST_META },
    { "dc.creator", FACT_AUTHOR, TRUST_META },
    { "parsely-author", FACT_AUTHOR, TRUST_META },
    { "sailthru.author", FACT_AUTHOR, TRUST_META },
    { "byl", FACT_AUTHOR, TRUST_META },
    { "og:image", FACT_IMAGE, TRUST_OPEN_GRAPH },
    { "twitter:image", FACT_IMAGE, TRUST_META },
    { "og:url", FACT_CANONICAL, TRUST_META },
    { "og:locale", FACT_LANG, TRUST_META },
    { "content-language", FACT_LANG, TRUST_LINK },
    { "article:tag", SAYS_TAG, TRUST_OPEN_GRAPH },
    { "keywords", SAYS_TAGS, TRUST_META },
    { "news_keywords", SAYS_TAGS, TRUST_META },
    { "robots", SAYS_ROBOTS, TRUST_META },
    { "og:type", SAYS_TYPE, TRUST_OPEN_GRAPH },
    { "article:content_tier", SAYS_TIER, TRUST_OPEN_GRAPH },
};

static void
say_named(struct facts *facts, int fact, enum trust trust, struct span content)
{
    size_t at;
    switch (fact) {
    case SAYS_TAG:
        facts_tag(facts, &facts->tags, content);
        break;
    case SAYS_TAGS:
        while (content.at != NULL)
            facts_tag(facts, &facts->keywords, span_cut(&content, ','));
        break;
    case SAYS_ROBOTS:
        facts->unindexed = facts->unindexed || span_find(content, SPAN("noindex"), &at) ||
                           span_find(content, SPAN("noarchive"), &at);
        break;
    case SAYS_TYPE:
        facts->article = facts->article || span_equal_nocase(content, SPAN("article"));
        break;
    case SAYS_TIER:
        facts->unfree = facts->unfree || span_equal_nocase(content, SPAN("locked"));
        break;
    default:
        facts_say(facts, (enum fact)fact, trust, content);
    }
}

static void
say_meta(struct facts *facts, const xmlNode *node)
{
    static const char *const keys[] = { "property", "name", "itemprop", "http-equiv" };
    struct span content = html_attribute(node, "content");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct span name = html_attribute(node, keys[i]);
        facts->article_properties += span_starts(name, SPAN("article:"));
        for (size_t j = 0; name.len > 0 && j < sizeof namings / sizeof namings[0]; j++)
            if (span_equal_nocase(name, span_of(namings[j].name)))
                say_named(facts, namings[j].fact, namings[j].trust, content);
    }
}

static void
say_itemprop(struct facts *facts, const xmlNode *node)
{
    struct span what = html_attribute(node, "itemprop"), when = html_attribute(node, "datetime");
    if (when.len == 0)
        when = html_attribute(node, "content");
    if (span_equal(what, SPAN("datePublished")))
        facts_say(facts, FACT_PUBLISHED, TRUST_META,
                  when.len > 0 ? when : html_line(node, facts->region));
    else if (span_equal(what, SPAN("dateModified")))
        facts_say(facts, FACT_MODIFIED, TRUST_META, when);
    else if (span_equal(what, SPAN("articleSection")) && !html_is(node, "meta"))
        facts_say(facts, FACT_SECTION, TRUST_META, html_line(node, facts->region));
}

void
facts_from_head(struct facts *facts, xmlNode *root)
{
    for (xmlNode *node = root; node != NULL; node = html_next(node, root)) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        if (html_is(node, "meta"))
            say_meta(facts, node);
        else if (html_is(node, "html"))
            facts_say(facts, FACT_LANG, TRUST_OPEN_GRAPH, html_attribute(node, "lang"));
        else if (html_is(node, "link") &&
                 span_equal_nocase(html_attribute(node, "rel"), SPAN("canonical")))
            facts_say(facts, FACT_CANONICAL, TRUST_LD, html_attribute(node, "href"));
        else
            say_itemprop(facts, node);
    }
}
