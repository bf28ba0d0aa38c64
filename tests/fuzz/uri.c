/* SPDX-License-Identifier: ISC */
#include "base/uri.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool claim)
{
    if (!claim)
        abort();
}

static void
require_within(struct span part, struct span text)
{
    if (part.at != NULL)
        require(part.at >= text.at && part.at + part.len <= text.at + text.len);
}

static void
require_parts_within(const struct uri *uri, struct span text)
{
    const struct span parts[] = { uri->scheme, uri->userinfo, uri->host,    uri->port,
                                  uri->path,   uri->query,    uri->fragment };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        require_within(parts[i], text);
}

/* What a reference resolves to parses, and points to where the base or the reference did. */
static void
require_resolves_well(const struct uri *base, struct span reference)
{
    struct buffer target = BUFFER_EMPTY;
    struct uri uri, from;
    require(uri_parse(reference, URI_LENIENT, &from));
    if (uri_resolve(base, reference, &target)) {
        require(uri_parse(buffer_span(&target), URI_LENIENT, &uri));
        require(uri.fragment.at == NULL);
        bool own = from.scheme.at != NULL || from.has_authority;
        require(span_equal(uri.host, own ? from.host : base->host));
        require(uri.has_authority == (own ? &from : base)->has_authority);
    } else {
        require(target.len == 0);
    }
    buffer_fini(&target);
}

static void
require_decodes(struct span text)
{
    struct buffer encoded = BUFFER_EMPTY, decoded = BUFFER_EMPTY;
    uri_encode(text, "/", &encoded);
    uri_decode(buffer_span(&encoded), &decoded);
    require(span_equal(buffer_span(&decoded), text));
    buffer_fini(&encoded);
    buffer_fini(&decoded);
}

static void
require_no_dots(struct span path)
{
    struct buffer once = BUFFER_EMPTY, twice = BUFFER_EMPTY;
    if (uri_remove_dots(path, &once)) {
        require(once.len <= path.len);
        require(uri_remove_dots(buffer_span(&once), &twice));
        require(span_equal(buffer_span(&once), buffer_span(&twice)));
    }
    buffer_fini(&once);
    buffer_fini(&twice);
}

/* The input is a base, and behind a line end a reference found there. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span reference = { (const char *)data, size };
    struct span text = span_cut(&reference, '\n');
    struct uri uri, page, strict;

    require_decodes(text);
    require_no_dots(text);
    if (!uri_parse(text, URI_LENIENT, &uri)) {
        require(!uri_parse(text, URI_STRICT, &strict));
        return 0;
    }
    require_parts_within(&uri, text);
    uri_port(&uri, 1965);
    require(uri_parse(SPAN("gemini://example.org/a/b?c"), URI_STRICT, &page));
    require_resolves_well(&page, text);
    if (uri_parse(reference, URI_LENIENT, &page))
        require_resolves_well(&uri, reference);
    return 0;
}
