/* SPDX-License-Identifier: ISC */
#include "wire/canonical.h"

#include "base/buffer.h"
#include "base/uri.h"

#include <stdlib.h>
#include <string.h>

enum { PAIRS_MAX = 64, NUMBER_LEAST = 6, DATE_DIGITS = 8, YEAR_LEAST = 1900, YEAR_MOST = 2099 };

static char
lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

static bool
is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool
is_letter(char byte)
{
    return lower(byte) >= 'a' && lower(byte) <= 'z';
}

static bool
is_unreserved(unsigned char byte)
{
    return is_letter((char)byte) || is_digit((char)byte) ||
           (byte != '\0' && strchr("-._~", byte) != NULL);
}

static int
hex_of(char byte)
{
    if (is_digit(byte))
        return byte - '0';
    byte = lower(byte);
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* Escapes of what needs none are undone, the others in capitals; what does, and is raw, is escaped.
 */
static void
add_normal(struct span text, struct buffer *out)
{
    for (size_t i = 0; i < text.len; i++) {
        int high = -1, low = -1;
        if (text.at[i] == '%' && i + 2 < text.len) {
            high = hex_of(text.at[i + 1]);
            low = hex_of(text.at[i + 2]);
        }
        unsigned char byte = (unsigned char)text.at[i];
        if (high >= 0 && low >= 0) {
            byte = (unsigned char)(high * 16 + low);
            i += 2;
            if (is_unreserved(byte))
                buffer_add_char(out, (char)byte);
            else
                buffer_printf(out, "%%%02X", byte);
        } else if (byte >= 0x80) {
            buffer_printf(out, "%%%02X", byte);
        } else {
            buffer_add_char(out, (char)byte);
        }
    }
}

static bool
is_default_port(struct span scheme, struct span port)
{
    static const struct {
        const char *scheme, *port;
    } ports[] = { { "http", "80" }, { "https", "443" }, { "gemini", "1965" }, { "gopher", "70" } };
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
        if (span_equal_nocase(scheme, span_of(ports[i].scheme)))
            return span_equal(port, span_of(ports[i].port));
    return false;
}

static const char *const forms[] = { "m", "amp", "mobile", NULL };
static const char *const fronts[] = { "www", "m", "amp", "mobile", NULL };

/* The host without the dot at its end, and without first labels that are one of `labels`, as long
 * as a name is left ("m.vn" is one). */
static struct span
without_labels(struct span host, const char *const labels[])
{
    while (host.len > 0 && host.at[host.len - 1] == '.')
        host.len--;
    for (size_t i = 0, dot; labels[i] != NULL;) {
        bool same = span_find_char(host, '.', &dot) &&
                    span_has_char(span_skip(host, dot + 1), '.') &&
                    span_equal_nocase(span_first(host, dot), span_of(labels[i]));
        if (same)
            host = span_skip(host, dot + 1);
        i = same ? 0 : i + 1;
    }
    return host;
}

static struct span
site_of(struct span host)
{
    return without_labels(host, fronts);
}

static void
add_authority(const struct uri *uri, struct buffer *out)
{
    bool literal = uri->host_kind == URI_HOST_IPV6;
    struct span host = literal ? uri->host : without_labels(uri->host, forms);
    buffer_add_text(out, literal ? "[" : "");
    for (size_t i = 0; i < host.len; i++)
        buffer_add_char(out, lower(host.at[i]));
    buffer_add_text(out, literal ? "]" : "");
    if (uri->port.len > 0 && !is_default_port(uri->scheme, uri->port))
        buffer_printf(out, ":%.*s", SPAN_ARG(uri->port));
}

/* Without the marks of AMP: "/tin/amp", "/tin/amp/", "/tin.amp", "/amp/tin". */
static struct span
without_amp(struct span path)
{
    static const char *const ends[] = { "/amp", "/amp/", ".amp", NULL };
    for (size_t i = 0; ends[i] != NULL;) {
        struct span end = span_of(ends[i]);
        bool marked = path.len > end.len && span_ends(path, end);
        if (marked)
            path = span_first(path, path.len - end.len);
        i = marked ? 0 : i + 1;
    }
    while (span_starts(path, SPAN("/amp/")) && path.len > strlen("/amp/"))
        path = span_skip(path, strlen("/amp"));
    return path;
}

static void
add_path(struct span path, struct buffer *out)
{
    struct buffer normal = BUFFER_EMPTY, straight = BUFFER_EMPTY;
    size_t before;
    add_normal(path, &normal);
    do { /* without its mark, a name may be ".." */
        before = normal.len;
        buffer_clear(&straight);
        if (!uri_remove_dots(buffer_span(&normal), &straight))
            buffer_add(&straight, buffer_span(&normal));
        buffer_clear(&normal);
        buffer_add(&normal, without_amp(buffer_span(&straight)));
    } while (normal.len < before);
    if (!span_starts(buffer_span(&normal), SPAN("/")))
        buffer_add_char(out, '/');
    buffer_add(out, buffer_span(&normal));
    buffer_fini(&straight);
    buffer_fini(&normal);
}

/* What says who came from where, not what they came to. */
static bool
is_tracking(struct span pair)
{
    static const char *const names[] = {
        "fbclid",  "gclid",     "gidzl",       "zarsrc",  "vn_source", "ref",       "dclid",
        "msclkid", "yclid",     "igshid",      "mc_cid",  "mc_eid",    "gbraid",    "wbraid",
        "_ga",     "vn_medium", "vn_campaign", "vn_term", "vn_thumb",  "zarsrc_id", "amp"
    };
    size_t equals = pair.len;
    span_find_char(pair, '=', &equals);
    struct span name = span_first(pair, equals);
    if (span_equal_nocase(span_first(name, 4), SPAN("utm_")))
        return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (span_equal_nocase(name, span_of(names[i])))
            return true;
    return false;
}

static int
by_bytes(const void *left, const void *right)
{
    return span_compare(*(const struct span *)left, *(const struct span *)right);
}

/* A query of more parts than PAIRS_MAX stays as it is. */
static void
add_query(struct span query, struct buffer *out)
{
    struct span pairs[PAIRS_MAX];
    struct buffer normal = BUFFER_EMPTY;
    size_t count = 0, seen = 0;
    add_normal(query, &normal);
    for (struct span rest = buffer_span(&normal); rest.at != NULL && rest.len > 0; seen++) {
        struct span pair = span_cut(&rest, '&');
        if (seen < PAIRS_MAX && pair.len > 0 && !is_tracking(pair))
            pairs[count++] = pair;
    }
    if (seen > PAIRS_MAX) {
        buffer_printf(out, "?%.*s", SPAN_ARG(buffer_span(&normal)));
        count = 0;
    }
    if (count > 0)
        qsort(pairs, count, sizeof *pairs, by_bytes);
    for (size_t i = 0; i < count; i++) {
        buffer_add_char(out, i == 0 ? '?' : '&');
        buffer_add(out, pairs[i]);
    }
    buffer_fini(&normal);
}

bool
canonical_url(struct span url, struct region *region, struct span *out)
{
    struct uri uri;
    struct buffer text = BUFFER_EMPTY;
    if (!uri_parse(url, URI_LENIENT, &uri) || uri.scheme.len == 0 ||
        without_labels(uri.host, forms).len == 0)
        return false;
    for (size_t i = 0; i < uri.scheme.len; i++)
        buffer_add_char(&text, lower(uri.scheme.at[i]));
    buffer_add_text(&text, "://");
    add_authority(&uri, &text);
    add_path(uri.path, &text);
    add_query(uri.query, &text);
    *out = region_copy(region, buffer_span(&text));
    buffer_fini(&text);
    return true;
}

static struct span
host_of(struct span url)
{
    struct uri uri;
    return uri_parse(url, URI_LENIENT, &uri) ? uri.host : (struct span){ NULL, 0 };
}

bool
canonical_same_site(struct span one, struct span other)
{
    struct span host = host_of(one);
    return host.len > 0 && span_equal_nocase(site_of(host), site_of(host_of(other)));
}

static bool
is_front_page(struct span url)
{
    struct uri uri;
    return uri_parse(url, URI_LENIENT, &uri) && uri.path.len <= 1 && uri.query.len == 0;
}

bool
canonical_choose(struct span url, struct span claim, struct region *region, struct span *out)
{
    struct span own, claimed;
    if (!canonical_url(url, region, &own))
        return false;
    bool believed = claim.len > 0 && canonical_url(claim, region, &claimed) &&
                    canonical_same_site(own, claimed) &&
                    (!is_front_page(claimed) || is_front_page(own));
    *out = believed ? claimed : own;
    return true;
}

/* "20261123" is a day; "202611" a month. */
static bool
is_date(struct span digits)
{
    uint64_t year, month, day = 1;
    if (digits.len != DATE_DIGITS && digits.len != DATE_DIGITS - 2)
        return false;
    if (!span_number(span_first(digits, 4), YEAR_MOST, &year) ||
        !span_number(span_first(span_skip(digits, 4), 2), 12, &month) ||
        (digits.len == DATE_DIGITS && !span_number(span_skip(digits, 6), 31, &day)))
        return false;
    return year >= YEAR_LEAST && month > 0 && day > 0;
}

/* Without ".html", ".htm", ".vnp", …: letters behind the last dot, few of them. */
static struct span
without_ending(struct span segment)
{
    enum { ENDING_MAX = 5 };
    size_t len = segment.len;
    while (len > 0 && segment.len - len < ENDING_MAX && is_letter(segment.at[len - 1]))
        len--;
    return len > 0 && len < segment.len && segment.at[len - 1] == '.' ? span_first(segment, len - 1)
                                                                      : segment;
}

static bool
is_number(struct span digits)
{
    return digits.len >= NUMBER_LEAST && !is_date(digits);
}

/* The digits a segment ends with, or, before a hyphen, begins with. */
static bool
number_in(struct span segment, struct span *out)
{
    size_t from = segment.len, to = 0;
    while (from > 0 && is_digit(segment.at[from - 1]))
        from--;
    *out = span_skip(segment, from);
    if (is_number(*out))
        return true;
    while (to < segment.len && is_digit(segment.at[to]))
        to++;
    *out = span_first(segment, to);
    return is_number(*out) && to < segment.len && segment.at[to] == '-';
}

bool
canonical_site_key(struct span canonical, struct site_key *out)
{
    struct uri uri;
    struct span last = { NULL, 0 }, before = { NULL, 0 }, number;
    if (!uri_parse(canonical, URI_LENIENT, &uri) || uri.host.len == 0)
        return false;
    for (struct span rest = uri.path; rest.at != NULL;) {
        struct span segment = span_cut(&rest, '/');
        if (segment.len > 0) {
            before = last;
            last = segment;
        }
    }
    /* "/tin/4812345/mot-tieu-de" */
    bool found = number_in(without_ending(last), &number) ||
                 (number_in(before, &number) && number.len == before.len);
    if (!found)
        return false;
    *out = (struct site_key){ site_of(uri.host), number };
    return true;
}
