/* SPDX-License-Identifier: ISC */
/* Any bytes as HTML: what they are read as is gemtext that is fit to be served, whatever becomes of
 * the links, and each link in it leads where one may go. */
#include "wire/conversion.h"

#include "base/text.h"
#include "base/uri.h"
#include "story/gemtext.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool claim)
{
    if (!claim)
        abort();
}

static void
require_link(const struct gemline *line)
{
    struct uri uri;
    require(uri_parse(line->target, URI_STRICT, &uri) && uri.scheme.at != NULL);
    require(gemtext_may_link_to(&uri) && uri.userinfo.at == NULL);
    require(line->text.len > 0 && !gemtext_begins_with_date(line->text));
}

static void
require_fit(const struct conversion *made)
{
    struct gemtext walk = gemtext_walk(made->body);
    struct gemline line;
    size_t links = 0;
    require(gemtext_check(made->body, 0, NULL) == STATUS_OK);
    require(made->body.len <= CONVERSION_BYTES_MAX);
    while (gemtext_next(&walk, &line)) {
        require(line.kind != GEMLINE_HEADING || line.level >= 2);
        for (struct span rest = line.whole; rest.len > 0;) {
            uint32_t point;
            require(!text_is_control(rest));
            rest = span_skip(rest, text_next(rest, &point));
            require(!text_is_invisible(point));
        }
        if (line.kind == GEMLINE_LINK)
            require_link(&line);
        links += line.kind == GEMLINE_LINK;
    }
    require(links <= CONVERSION_LINKS_MAX && (links == 0 || links <= made->link_count));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum conversion_links policies[] = { CONVERSION_LINKS_AFTER, CONVERSION_LINKS_END,
                                                      CONVERSION_LINKS_NONE };
    struct span html = { size > 0 ? (const char *)data : "", size };
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
        struct region *region = region_new();
        const struct conversion_options options = { .title = SPAN("Tin"),
                                                    .base = SPAN("https://bao.example/tin/a.html"),
                                                    .links = policies[i],
                                                    .most = i == 1 ? 200 : 0 };
        struct conversion made;
        require(conversion_of_fragment(html, &options, region, &made) == STATUS_OK);
        require_fit(&made);
        region_free(region);
    }
    return 0;
}
