/* SPDX-License-Identifier: ISC */
#include "wire/licence.h"

#include "base/text.h"
#include "base/uri.h"
#include "story/gemtext.h"

/* What the place is called: as it says, else its host. */
static struct span
name_of(struct span url, struct span site)
{
    struct uri uri;
    if (site.len > 0 || !uri_parse(url, URI_LENIENT, &uri))
        return site;
    return span_starts(uri.host, SPAN("www.")) ? span_skip(uri.host, 4) : uri.host;
}

static void
add_link(struct buffer *text, const struct document *document, struct span url, struct span site,
         struct region *region)
{
    bool english = span_starts(document->lang, SPAN("en"));
    if (url.len == 0)
        return;
    gemtext_add_blank(text);
    gemtext_add_link(text, url,
                     region_printf(region, english ? "Read on at %.*s" : "Đọc tiếp tại %.*s",
                                   SPAN_ARG(name_of(url, site))));
}

/* The first paragraphs, as many as `most` bytes hold; one that does not fit whole is cut. */
static void
add_excerpt(struct buffer *text, const struct document *document, size_t most)
{
    struct span lead = document->text.lead;
    size_t used = 0;
    for (size_t i = 0; i <= document->text.paragraphs.count && used < most; i++) {
        struct span paragraph = i == 0 ? lead : document->text.paragraphs.at[i - 1];
        if (paragraph.len == 0)
            continue;
        struct buffer line = BUFFER_EMPTY;
        struct span cut = text_cut(paragraph, most - used);
        buffer_add(&line, cut);
        if (cut.len < paragraph.len)
            buffer_add_text(&line, "…");
        gemtext_add_blank(text);
        gemtext_add_text(text, buffer_span(&line));
        buffer_fini(&line);
        used = cut.len < paragraph.len ? most : used + paragraph.len;
    }
}

void
licence_apply(struct document *document, const struct source *source, struct span url,
              struct span site, struct region *region)
{
    struct buffer text = BUFFER_EMPTY;
    struct plaintext *it = &document->text;
    if (document->whole && source->licence == LICENCE_FULL)
        return;
    if (source->licence == LICENCE_EXCERPT && document->whole)
        add_excerpt(&text, document, source->excerpt);
    else if (it->lead.len > 0)
        gemtext_add_text(&text, it->lead);
    else if (document->summary.len > 0)
        gemtext_add_text(&text, document->summary);
    add_link(&text, document, url, site, region);
    it->body = region_copy(region, buffer_span(&text));
    it->teaser_count = 0;
    buffer_fini(&text);
}
