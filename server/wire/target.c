/* SPDX-License-Identifier: ISC */
#include "wire/target.h"

#include "base/text.h"
#include "story/gemtext.h"

#include <string.h>

enum { HOST_PARTS_MAX = 10 };

static bool
is_hex(char byte)
{
    return byte != '\0' && strchr("0123456789abcdefABCDEF", byte) != NULL;
}

static bool
is_escape(struct span text)
{
    return text.len > 2 && text.at[0] == '%' && is_hex(text.at[1]) && is_hex(text.at[2]);
}

/* An attribute's bytes as a reference: browsers drop line ends and tabs, take a backslash for a
 * slash before the query, and encode what may not stand raw: all but `kept`. */
static void
mend(struct span reference, const char *kept, struct buffer *out)
{
    bool in_path = true;
    for (; reference.len > 0; reference = span_skip(reference, 1)) {
        struct span one = span_first(reference, 1);
        char byte = reference.at[0];
        in_path = in_path && byte != '?' && byte != '#';
        if (byte == '\n' || byte == '\r' || byte == '\t')
            continue;
        if (is_escape(reference) || (unsigned char)byte >= 0x80) /* encoded when it is resolved */
            buffer_add(out, one);
        else if (byte == '\\' && in_path)
            buffer_add_char(out, '/');
        else
            uri_encode(one, kept, out);
    }
}

/* `reference` has no scheme of its own, so that only a page's address can tell what it means. */
static bool
is_relative(struct span reference)
{
    struct uri uri;
    return !uri_parse(reference, URI_LENIENT, &uri) || uri.scheme.at == NULL;
}

static bool
may_lead_to(struct span target, struct uri *uri)
{
    if (!uri_parse(target, URI_STRICT, uri) || uri->scheme.at == NULL ||
        !gemtext_may_link_to(uri) || uri->userinfo.at != NULL)
        return false;
    bool mail = span_equal_nocase(uri->scheme, SPAN("mailto"));
    return mail ? uri->path.len > 0 : uri->host.len > 0;
}

/* Appends the reference resolved, with its fragment, which uri_resolve leaves out; what is not
 * ASCII percent-encoded. false: it is none to be led to. */
static bool
resolve(const struct uri *base, struct span reference, struct buffer *out)
{
    static const struct uri nowhere = { .host_kind = URI_HOST_NAME };
    struct buffer whole = BUFFER_EMPTY;
    struct uri uri;
    size_t fragment;
    if ((base == NULL && is_relative(reference)) ||
        !uri_resolve(base != NULL ? base : &nowhere, reference, &whole)) {
        buffer_fini(&whole);
        return false;
    }
    if (span_find_char(reference, '#', &fragment))
        buffer_add(&whole, span_skip(reference, fragment));
    for (struct span rest = buffer_span(&whole); rest.len > 0; rest = span_skip(rest, 1))
        if ((unsigned char)rest.at[0] >= 0x80)
            uri_encode(span_first(rest, 1), NULL, out);
        else
            buffer_add(out, span_first(rest, 1));
    buffer_fini(&whole);
    return out->len <= TARGET_BYTES_MAX && may_lead_to(buffer_span(out), &uri);
}

bool
target_resolve(const struct uri *base, struct span reference, struct region *region,
               struct span *out)
{
    /* Brackets and # belong to some places only. */
    static const char *const kept[] = { ":/?#[]@!$&'()*+,;=", ":/?#@!$&'()*+,;=",
                                        ":/?@!$&'()*+,;=" };
    struct buffer mended = BUFFER_EMPTY, target = BUFFER_EMPTY;
    bool good = false;
    reference = span_trim_lines(reference);
    if (reference.len == 0 || reference.len > 2 * TARGET_BYTES_MAX)
        return false;
    for (size_t i = 0; !good && i < sizeof kept / sizeof *kept; i++) {
        buffer_clear(&mended);
        buffer_clear(&target);
        mend(reference, kept[i], &mended);
        good = resolve(base, buffer_span(&mended), &target);
    }
    if (good)
        *out = region_copy(region, buffer_span(&target));
    buffer_fini(&mended);
    buffer_fini(&target);
    return good;
}

static struct span
without_www(struct span host)
{
    return span_equal_nocase(span_first(host, 4), SPAN("www.")) ? span_skip(host, 4) : host;
}

static bool
same_host(const struct uri *a, const struct uri *b)
{
    return span_equal_nocase(without_www(a->host), without_www(b->host));
}

/* "/sharer/sharer.php?u=…", "/intent/tweet?…", "/share?url=…": the page's own address within. */
static bool
is_sharing(const struct uri *uri)
{
    static const char *const paths[] = { "/sharer",     "/intent/", "/share", "/dialog/share",
                                         "/pin/create", "/submit",  "/send" };
    size_t at;
    if (uri->query.len == 0 ||
        (!span_find(uri->query, SPAN("http"), &at) && !span_find(uri->query, SPAN("u="), &at)))
        return false;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (span_starts(uri->path, span_of(paths[i])))
            return true;
    return false;
}

bool
target_is_worth_telling(const struct uri *base, struct span target)
{
    struct uri uri;
    if (!uri_parse(target, URI_STRICT, &uri))
        return false;
    bool mail = span_equal_nocase(uri.scheme, SPAN("mailto"));
    if (mail) /* "mailto:?subject=…" has nobody to write to */
        return uri.path.len > 0 && span_has_char(uri.path, '@');
    if (base == NULL || !same_host(base, &uri))
        return !is_sharing(&uri);
    bool home = uri.path.len <= 1 && uri.query.len == 0;
    bool itself = span_equal(uri.path, base->path) && span_equal(uri.query, base->query);
    return !home && !itself && !is_sharing(&uri);
}

struct span
target_host(struct span target)
{
    struct uri uri;
    if (!uri_parse(target, URI_STRICT, &uri))
        return target;
    return uri.host.len > 0 ? without_www(uri.host) : uri.path;
}

/* "tại đây", "xem thêm", "here", "[1]": a pointer, and no name. */
static bool
says_nothing(struct span text)
{
    static const char *const pointers[] = {
        "tai day",      "o day",         "day",
        "xem tai day",  "xem o day",     "xem them",
        "doc them",     "chi tiet",      "xem",
        "xem chi tiet", "lien ket",      "link",
        "nguon",        "duong dan",     "nhan vao day",
        "bam vao day",  "click vao day", "nhap vao day",
        "here",         "click here",    "this",
        "this link",    "read more",     "more",
        "source",       "learn more",    "continue reading",
    };
    struct buffer folded = BUFFER_EMPTY;
    uint64_t number;
    text_fold(text, &folded);
    struct span words = buffer_span(&folded);
    bool nothing = words.len == 0 || (words.len <= 3 && span_number(words, 999, &number));
    for (size_t i = 0; !nothing && i < sizeof pointers / sizeof *pointers; i++)
        nothing = span_equal(words, span_of(pointers[i]));
    if (nothing && words.len == 0 && text.len > 0) /* of another script, maybe */
        nothing = text.len < 4;
    buffer_fini(&folded);
    return nothing;
}

/* The host that a word names where it is an address: of "https://a.vn/b", "www.a.vn"; and, if the
 * word is `alone`, of "a.vn/b". Empty: it is none; nor is "TP.HCM". */
static struct span
host_named(struct span word, bool alone)
{
    size_t at, end = 0, dot = 0;
    bool schemed = span_find(word, SPAN("://"), &at);
    bool www = span_equal_nocase(span_first(word, 4), SPAN("www."));
    struct span host = schemed ? span_skip(word, at + 3) : word;
    while (end < host.len && strchr("/?#:,;()<>\"'", host.at[end]) == NULL)
        end++;
    host = span_first(host, end);
    if (span_find_char(host, '@', &at))
        host = span_skip(host, at + 1);
    while (host.len > 0 && host.at[host.len - 1] == '.')
        host.len--;
    for (size_t i = 1; i + 2 < host.len; i++) /* two letters behind the last one, at least */
        if (host.at[i] == '.')
            dot = i;
    bool number = dot > 0 && host.at[dot + 1] >= '0' && host.at[dot + 1] <= '9';
    bool named = dot > 0 && !number && !span_equal_nocase(host, SPAN("TP.HCM"));
    return schemed || (named && (www || alone)) ? host : SPAN("");
}

static bool
is_within(struct span host, struct span other)
{
    return host.len > other.len && host.at[host.len - other.len - 1] == '.' &&
           span_equal_nocase(span_skip(host, host.len - other.len), other);
}

/* `text` holds an address on another host than the one a reader comes to. */
static bool
is_elsewhere(struct span text, struct span host)
{
    bool alone = !span_has_char(text, ' ');
    while (text.at != NULL) {
        struct span named = without_www(host_named(span_cut(&text, ' '), alone));
        if (named.len > 0 && !span_equal_nocase(named, host) && !is_within(host, named))
            return true;
    }
    return false;
}

/* `text` is the target itself, with or without what begins and ends it. */
static bool
is_address(struct span text, struct span target)
{
    size_t at;
    while (text.len > 0 && text.at[text.len - 1] == '/')
        text.len--;
    while (target.len > 0 && target.at[target.len - 1] == '/')
        target.len--;
    if (span_equal(text, target) || span_starts(text, SPAN("https://")) ||
        span_starts(text, SPAN("http://")))
        return true;
    struct span rest = span_find(target, SPAN("://"), &at) ? span_skip(target, at + 3) : target;
    return span_equal(text, rest) || span_equal(without_www(text), without_www(rest));
}

static struct span
cut_label(struct span label, struct region *region)
{
    size_t characters = 0, end = 0;
    for (struct span rest = label; rest.len > 0 && characters < TARGET_LABEL_MAX; characters++) {
        size_t len = text_next(rest, NULL);
        rest = span_skip(rest, len > 0 ? len : 1);
        end = label.len - rest.len;
    }
    if (end == label.len)
        return label;
    struct span cut = text_cut(label, end - sizeof "…");
    return region_printf(region, "%.*s…", SPAN_ARG(cut));
}

struct span
target_label(struct span target, struct span text, struct span title, struct region *region)
{
    struct buffer clean = BUFFER_EMPTY, named = BUFFER_EMPTY;
    struct span host = target_host(target);
    text_clean(text, &clean);
    text_clean(title, &named);
    struct span label = buffer_span(&clean), better = buffer_span(&named);
    if (says_nothing(better) || is_address(better, target) || is_elsewhere(better, host))
        better = host;
    if (says_nothing(label) || is_address(label, target))
        label = better;
    if (is_elsewhere(label, host))
        label = host;
    if (label.len == 0)
        label = target;
    label = gemtext_begins_with_date(label) ? region_printf(region, "– %.*s", SPAN_ARG(label))
                                            : region_copy(region, label);
    buffer_fini(&named);
    buffer_fini(&clean);
    return cut_label(label, region);
}
