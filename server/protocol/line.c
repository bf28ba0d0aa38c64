/* SPDX-License-Identifier: ISC */
#include "protocol/line.h"

#include "base/uri.h"

/* "GET / HTTP/1.0" */
static bool
is_http(struct span line)
{
    size_t at = 0;
    while (at < line.len && line.at[at] >= 'A' && line.at[at] <= 'Z')
        at++;
    if (at == 0 || at == line.len || line.at[at] != ' ')
        return false;
    for (struct span rest = span_skip(line, at); rest.len > 0; rest = span_skip(rest, 1))
        if (span_starts(rest, SPAN(" HTTP/")))
            return true;
    return false;
}

static bool
has_control(struct span line)
{
    for (size_t i = 0; i < line.len; i++) {
        unsigned char byte = (unsigned char)line.at[i];
        if ((byte < ' ' && byte != '\t') || byte == 0x7F)
            return true;
    }
    return false;
}

enum parsed
line_take(struct span bytes, struct span *out)
{
    enum { TLS_HANDSHAKE = 0x16 };
    size_t end;
    if (bytes.len > 0 && bytes.at[0] == TLS_HANDSHAKE)
        return PARSED_ALIEN;
    bool whole = span_find_char(span_first(bytes, LINE_MAX_BYTES + 2), '\n', &end);
    *out = span_first(bytes, whole ? end : LINE_MAX_BYTES);
    if (!whole)
        return bytes.len < LINE_MAX_BYTES + 2 ? PARSED_PART : PARSED_BAD;
    if (span_ends(*out, SPAN("\r")))
        out->len--;
    if (is_http(*out))
        return PARSED_ALIEN;
    return out->len > LINE_MAX_BYTES || has_control(*out) ? PARSED_BAD : PARSED_WHOLE;
}

/* What request_from_path decodes to the same again. */
static struct span
escape(struct span text, struct region *region)
{
    struct buffer escaped = BUFFER_EMPTY;
    if (!span_has_char(text, '%'))
        return text;
    uri_encode(text, "/", &escaped);
    struct span copy = region_copy(region, buffer_span(&escaped));
    buffer_fini(&escaped);
    return copy;
}

bool
line_request(struct span path, bool opaque, struct region *region, struct request *out)
{
    struct span query = path, segment;
    struct request request;
    path = span_cut(&query, '?');
    bool has_query = query.at != NULL;
    for (struct span rest = path; rest.at != NULL;) {
        segment = span_cut(&rest, '/');
        if (span_equal(segment, SPAN("..")))
            return false;
    }
    if (opaque) {
        path = escape(path, region);
        query = escape(query, region);
    }
    if (!request_from_path(path, query, has_query, region, &request))
        return false;
    request.loose = true;
    *out = request;
    return true;
}
