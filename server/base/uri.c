/* SPDX-License-Identifier: ISC */
#include "base/uri.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <string.h>

/* Beside the unreserved: what may stand in each part (RFC 3986, appendix A). */
#define SUB_DELIMS "!$&'()*+,;="
static const char in_host[] = SUB_DELIMS;
static const char in_userinfo[] = SUB_DELIMS ":";
static const char in_path[] = SUB_DELIMS ":@/";
static const char in_query[] = SUB_DELIMS ":@/?";

static bool
is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool
is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool
is_one_of(char byte, const char *bytes)
{
    return byte != '\0' && strchr(bytes, byte) != NULL;
}

static bool
is_unreserved(char byte)
{
    return is_letter(byte) || is_digit(byte) || is_one_of(byte, "-._~");
}

static int
hex_value(char byte)
{
    if (is_digit(byte))
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F')
        return byte - 'A' + 10;
    return -1;
}

static bool
starts_with_escape(struct span text)
{
    return text.len >= 3 && text.at[0] == '%' && hex_value(text.at[1]) >= 0 &&
           hex_value(text.at[2]) >= 0;
}

/* A character of an IRI: no C1 control, and nothing that hides or turns what stands beside it. */
static size_t
raw_length(struct span text)
{
    uint32_t point;
    size_t len = text_next(text, &point);
    if (len < 2 || text_is_control(text) || text_is_invisible(point))
        return 0;
    return len;
}

/* `part` holds only unreserved characters, escapes, those in `also`, and, if `raw`, an IRI's. */
static bool
is_made_of(struct span part, const char *also, bool raw)
{
    while (part.len > 0) {
        size_t len = 0;
        if (is_unreserved(part.at[0]) || is_one_of(part.at[0], also))
            len = 1;
        else if (starts_with_escape(part))
            len = 3;
        else if (raw)
            len = raw_length(part);
        if (len == 0)
            return false;
        part = span_skip(part, len);
    }
    return true;
}

static bool
is_scheme(struct span scheme)
{
    if (scheme.len == 0 || !is_letter(scheme.at[0]))
        return false;
    for (size_t i = 1; i < scheme.len; i++)
        if (!is_letter(scheme.at[i]) && !is_digit(scheme.at[i]) && !is_one_of(scheme.at[i], "+-."))
            return false;
    return true;
}

/* Where the first of `marks` stands, or the text's length. */
static size_t
find_any(struct span text, const char *marks)
{
    size_t at = 0;
    while (at < text.len && !is_one_of(text.at[at], marks))
        at++;
    return at;
}

static struct span
take(struct span *rest, size_t len)
{
    struct span taken = span_first(*rest, len);
    *rest = span_skip(*rest, len);
    return taken;
}

static bool
is_address(int family, struct span text)
{
    unsigned char address[sizeof(struct in6_addr)];
    char copy[INET6_ADDRSTRLEN];
    if (text.len >= sizeof copy || memchr(text.at, '\0', text.len) != NULL)
        return false;
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    return inet_pton(family, copy, address) == 1;
}

/* Takes "[...]" off *rest. */
static bool
take_literal(struct span *rest, struct uri *uri)
{
    size_t end;
    if (!span_find_char(*rest, ']', &end))
        return false;
    uri->host = span_skip(take(rest, end), 1);
    *rest = span_skip(*rest, 1);
    uri->host_kind = URI_HOST_IPV6;
    return is_address(AF_INET6, uri->host);
}

static bool
take_name(struct span *rest, struct uri *uri)
{
    uri->host = take(rest, find_any(*rest, ":"));
    uri->host_kind = is_address(AF_INET, uri->host) ? URI_HOST_IPV4 : URI_HOST_NAME;
    return is_made_of(uri->host, in_host, false);
}

static bool
parse_port(struct span rest, struct uri *uri)
{
    uint64_t number;
    if (rest.len == 0)
        return true;
    uri->port = span_skip(rest, 1);
    return rest.at[0] == ':' && (rest.len == 1 || span_number(uri->port, UINT16_MAX, &number));
}

static bool
parse_authority(struct span authority, struct uri *uri)
{
    size_t at;
    uri->has_authority = true;
    if (span_find_char(authority, '@', &at)) {
        uri->userinfo = take(&authority, at);
        authority = span_skip(authority, 1);
        if (!is_made_of(uri->userinfo, in_userinfo, false))
            return false;
    }
    bool literal = authority.len > 0 && authority.at[0] == '[';
    if (!(literal ? take_literal(&authority, uri) : take_name(&authority, uri)))
        return false;
    return parse_port(authority, uri);
}

/* A colon before any slash ends a scheme, or is an error: "1a:b" is no reference. */
static bool
parse_scheme(struct span *rest, struct uri *uri)
{
    size_t end = find_any(*rest, ":/?#");
    if (end == rest->len || rest->at[end] != ':')
        return true;
    uri->scheme = take(rest, end);
    *rest = span_skip(*rest, 1);
    return is_scheme(uri->scheme);
}

static void
split_tail(struct span *rest, struct uri *uri)
{
    size_t at;
    if (span_find_char(*rest, '#', &at)) {
        uri->fragment = span_skip(*rest, at + 1);
        *rest = span_first(*rest, at);
    }
    if (span_find_char(*rest, '?', &at)) {
        uri->query = span_skip(*rest, at + 1);
        *rest = span_first(*rest, at);
    }
}

bool
uri_parse(struct span text, enum uri_rules rules, struct uri *out)
{
    bool raw = rules == URI_LENIENT;
    struct uri uri = { .host_kind = URI_HOST_NAME };

    if (!parse_scheme(&text, &uri))
        return false;
    split_tail(&text, &uri);
    if (span_starts(text, SPAN("//"))) {
        text = span_skip(text, 2);
        if (!parse_authority(take(&text, find_any(text, "/")), &uri))
            return false;
    }
    uri.path = text;
    if (!is_made_of(uri.path, in_path, raw) || !is_made_of(uri.query, in_query, raw) ||
        !is_made_of(uri.fragment, in_query, raw))
        return false;

    *out = uri;
    return true;
}

uint16_t
uri_port(const struct uri *uri, uint16_t fallback)
{
    uint64_t number;
    return span_number(uri->port, UINT16_MAX, &number) ? (uint16_t)number : fallback;
}

void
uri_decode(struct span text, struct buffer *out)
{
    while (text.len > 0) {
        if (starts_with_escape(text)) {
            buffer_add_char(out, (char)(hex_value(text.at[1]) * 16 + hex_value(text.at[2])));
            text = span_skip(text, 3);
        } else {
            /* The first byte may itself be a '%' that begins no escape. */
            size_t plain = 1 + find_any(span_skip(text, 1), "%");
            buffer_add(out, take(&text, plain));
        }
    }
}

void
uri_encode(struct span text, const char *also, struct buffer *out)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (is_unreserved(text.at[i]) || is_one_of(text.at[i], also != NULL ? also : "")) {
            buffer_add_char(out, text.at[i]);
        } else {
            char escape[] = { '%', hex[byte >> 4], hex[byte & 15] };
            buffer_add(out, (struct span){ escape, sizeof escape });
        }
    }
}

/* How many dots a segment is made of, raw or escaped: 1 or 2, else 0. */
static int
dots_in(struct span segment)
{
    int dots = 0;
    while (segment.len > 0) {
        bool escaped = span_equal_nocase(span_first(segment, 3), SPAN("%2e"));
        if ((!escaped && segment.at[0] != '.') || dots == 2)
            return 0;
        segment = span_skip(segment, escaped ? 3 : 1);
        dots++;
    }
    return dots;
}

/* Takes the last segment behind `start` off *out, with the slash before it. */
static bool
drop_segment(struct buffer *out, size_t start)
{
    if (out->len == start)
        return false;
    do
        buffer_shorten(out, out->len - 1);
    while (out->len > start && out->at[out->len] != '/');
    return true;
}

/* RFC 3986, 5.2.4, by the letter: what would climb above the root stays there. false: it did. */
static bool
remove_dots(struct span path, struct buffer *out)
{
    size_t start = out->len;
    bool stayed = true;
    while (path.len > 0) {
        size_t slash = path.at[0] == '/' ? 1 : 0;
        struct span segment = take(&path, slash + find_any(span_skip(path, slash), "/"));
        int dots = dots_in(span_skip(segment, slash));
        if (dots == 0) {
            buffer_add(out, segment);
            continue;
        }
        if (dots == 2 && !drop_segment(out, start))
            stayed = false;
        if (slash == 0)
            path = span_skip(path, 1); /* "../" in front goes with its slash */
        else if (path.len == 0)
            buffer_add_char(out, '/'); /* "/a/.." names a folder */
    }
    return stayed;
}

bool
uri_remove_dots(struct span path, struct buffer *out)
{
    size_t start = out->len;
    bool stayed = remove_dots(path, out);
    if (!stayed)
        buffer_shorten(out, start);
    return stayed;
}

/* Appends the path of `reference` where it stands beside the base's (RFC 3986, 5.2.3). */
static void
merge_paths(const struct uri *base, struct span reference, struct buffer *out)
{
    struct span folder = base->path;
    while (folder.len > 0 && folder.at[folder.len - 1] != '/')
        folder.len--;
    if (base->has_authority && base->path.len == 0)
        folder = SPAN("/");

    struct buffer merged = BUFFER_EMPTY;
    buffer_add(&merged, folder);
    buffer_add(&merged, reference);
    remove_dots(buffer_span(&merged), out);
    buffer_fini(&merged);
}

static void
print_authority(const struct uri *uri, struct buffer *out)
{
    bool literal = uri->host_kind == URI_HOST_IPV6;
    buffer_add_text(out, "//");
    buffer_add(out, uri->userinfo);
    buffer_add_text(out, uri->userinfo.at != NULL ? "@" : "");
    buffer_add_text(out, literal ? "[" : "");
    buffer_add(out, uri->host);
    buffer_add_text(out, literal ? "]" : "");
    buffer_add_text(out, uri->port.at != NULL ? ":" : "");
    buffer_add(out, uri->port);
}

static void
print_path(const struct uri *base, const struct uri *reference, struct buffer *out)
{
    bool rooted = reference->path.len > 0 && reference->path.at[0] == '/';
    if (reference->scheme.at != NULL || reference->has_authority || rooted)
        remove_dots(reference->path, out);
    else if (reference->path.len == 0)
        buffer_add(out, base->path);
    else
        merge_paths(base, reference->path, out);
}

/* Without an authority or scheme in front, some paths would be read as one ("//host", "a:b"). */
static bool
path_reads_as_path(struct span path, bool has_scheme, bool has_authority)
{
    if (has_authority)
        return true;
    size_t end = find_any(path, ":/");
    return !span_starts(path, SPAN("//")) && (has_scheme || end == path.len || path.at[end] != ':');
}

bool
uri_resolve(const struct uri *base, struct span reference, struct buffer *out)
{
    size_t start = out->len;
    struct uri uri;
    if (!uri_parse(reference, URI_LENIENT, &uri))
        return false;

    /* Each part comes from the reference as soon as a part before it did. */
    const struct uri *head = uri.scheme.at != NULL ? &uri : base;
    const struct uri *authority = head == &uri || uri.has_authority ? &uri : base;
    bool own = authority == &uri || uri.path.len > 0 || uri.query.at != NULL;
    struct span query = own ? uri.query : base->query;

    buffer_add(out, head->scheme);
    buffer_add_text(out, head->scheme.at != NULL ? ":" : "");
    if (authority->has_authority)
        print_authority(authority, out);
    size_t path = out->len;
    print_path(base, &uri, out);
    bool good = path_reads_as_path(span_skip(buffer_span(out), path), head->scheme.at != NULL,
                                   authority->has_authority);
    buffer_add_text(out, query.at != NULL ? "?" : "");
    buffer_add(out, query);
    if (!good)
        buffer_shorten(out, start);
    return good;
}
