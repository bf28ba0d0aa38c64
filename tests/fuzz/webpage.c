/* SPDX-License-Identifier: ISC */
/* Any bytes as a page: what comes out is text in NFC and nodes within the limits, and all of it is
 * freed. The first byte chooses a source's selectors. */
#include "wire/webpage.h"
#include "base/text.h"
#include "wire/html.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool claim)
{
    if (!claim)
        abort();
}

static void
check_nodes(const struct webpage *page)
{
    for (size_t i = 0; i < page->body_count; i++)
        for (xmlNode *node = page->body[i]; node != NULL; node = html_next(node, page->body[i])) {
            require(node->doc == page->document);
            size_t depth = 0;
            for (const xmlNode *up = node; up != NULL; up = up->parent)
                depth++;
            require(depth <= HTML_DEPTH_MAX + 8);
        }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct webpage_recipe recipes[] = {
        { .body = SPAN("") },
        { .body = SPAN("div"), .remove = SPAN("p b, .x") },
        { .title = SPAN("h1, h2"), .lead = SPAN("[class]"), .date = SPAN("time") },
    };
    if (size == 0)
        return 0;
    struct region *region = region_new();
    struct webpage_options options = { .now = 1795490000, .recipe = recipes[data[0] % 3] };
    struct webpage page;
    struct fault fault = { 0, "" };
    struct buffer text = BUFFER_EMPTY;
    if (webpage_read((struct span){ (const char *)data + 1, size - 1 }, &options, region, &page,
                     &fault) == STATUS_OK) {
        check_nodes(&page);
        webpage_text(&page, &text);
        require(text_is_utf8(buffer_span(&text)));
        require(text_is_utf8(page.title) && text_is_nfc(page.title));
        require(page.verdict == WEBPAGE_WHOLE || page.reason[0] != '\0');
        webpage_fini(&page);
    } else {
        require(fault.what[0] != '\0');
    }
    buffer_fini(&text);
    region_free(region);
    return 0;
}
