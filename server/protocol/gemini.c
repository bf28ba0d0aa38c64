/* SPDX-License-Identifier: ISC */
#include "protocol/gemini.h"

#include "base/text.h"
#include "base/uri.h"

#include <string.h>

/* Lower case, without the one dot that may end a host name. */
static struct span
host_settle(struct span host, struct region *region)
{
    struct buffer lower = BUFFER_EMPTY;
    if (span_ends(host, SPAN(".")))
        host.len--;
    for (size_t i = 0; i < host.len; i++) {
        char byte = host.at[i];
        buffer_add_char(&lower, byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte);
    }
    struct span copy = region_copy(region, buffer_span(&lower));
    buffer_fini(&lower);
    return copy;
}

/* Scheme, host, port and what TLS was told, in the order of specs 1.3 (5 to 8). */
static bool
is_for_us(const struct uri *uri, struct span server_name, const struct origin *origin,
          struct region *region)
{
    struct span host = host_settle(uri->host, region);
    bool literal = uri->host_kind != URI_HOST_NAME;
    if (!span_equal_nocase(uri->scheme, SPAN("gemini")))
        return false;
    if (!(literal && origin->any_address) && !spans_have(origin->hosts, host))
        return false;
    if (uri_port(uri, 1965) != origin->port &&
        !(uri->port.len == 0 && origin->port != 1965)) /* absent or empty: whatever is ours */
        return false;
    return server_name.len == 0 || literal || span_equal(host_settle(server_name, region), host);
}

static bool
is_request_line(struct span line, struct uri *uri)
{
    if (line.len > GEMINI_URL_MAX || !uri_parse(line, URI_LENIENT, uri))
        return false;
    if (uri->scheme.len == 0 || !uri->has_authority || uri->host.len == 0)
        return false;
    if (uri->userinfo.at != NULL || uri->fragment.at != NULL)
        return false;
    size_t at;
    return !span_find(uri->path, SPAN("%00"), &at) && !span_find(uri->query, SPAN("%00"), &at);
}

enum parsed
gemini_parse(struct span bytes, struct span server_name, const struct origin *origin,
             struct region *region, struct question *out)
{
    enum { LINE_MAX_BYTES = GEMINI_URL_MAX + 2 };
    struct question question = { .refused = false };
    struct uri uri;
    size_t end;
    if (!span_find(span_first(bytes, LINE_MAX_BYTES), SPAN("\r\n"), &end)) {
        out->line = span_first(bytes, GEMINI_URL_MAX);
        return bytes.len < LINE_MAX_BYTES ? PARSED_PART : PARSED_BAD;
    }
    question.line = out->line = span_first(bytes, end);
    if (!is_request_line(question.line, &uri))
        return PARSED_BAD;
    question.refused = !is_for_us(&uri, server_name, origin, region);
    if (!question.refused &&
        !request_from_path(uri.path, uri.query, uri.query.at != NULL, region, &question.request))
        return PARSED_BAD;
    *out = question;
    return PARSED_WHOLE;
}

/* Words in a head: no control may split it, and clients refuse monsters (specs 1.5). */
static void
add_meta(struct span words, struct buffer *out)
{
    struct buffer clean = BUFFER_EMPTY;
    text_clean(words, &clean);
    buffer_add(out, text_cut(buffer_span(&clean), GEMINI_META_MAX));
    buffer_fini(&clean);
}

static void
add_page_type(const struct page *page, struct buffer *out)
{
    const char *quote = span_has_char(page->lang, ',') ? "\"" : "";
    buffer_add_text(out, "text/gemini; charset=utf-8");
    if (page->lang.len > 0)
        buffer_printf(out, "; lang=%s%.*s%s", quote, SPAN_ARG(page->lang), quote);
}

void
gemini_print(const struct question *question, const struct reply *reply,
             const struct origin *origin, struct buffer *out)
{
    (void)question, (void)origin; /* addresses on pages are relative to it */
    buffer_printf(out, "%d ", reply_code(reply));
    if (reply->answer == ANSWER_PAGE)
        add_page_type(&reply->page, out);
    else if (reply->answer == ANSWER_FILE)
        add_meta(reply->file.mime, out);
    else if (reply->answer == ANSWER_SLOW)
        buffer_printf(out, "%u", reply->seconds);
    else if (reply->answer == ANSWER_MOVED)
        uri_encode(span_first(reply->words, 300), "/", out);
    else
        add_meta(reply->words, out);
    buffer_add_text(out, "\r\n");
    if (reply->answer == ANSWER_PAGE)
        buffer_add(out, reply->page.text);
    else if (reply->answer == ANSWER_FILE && reply->file.descriptor < 0)
        buffer_add(out, reply->file.bytes);
}

/* Words of a head: UTF-8 in which nothing moves a cursor or splits a line. */
static bool
is_meta(struct span meta)
{
    while (meta.len > 0) {
        size_t len = text_next(meta, NULL);
        if (len == 0 || text_is_control(meta))
            return false;
        meta = span_skip(meta, len);
    }
    return true;
}

/* Takes a token (RFC 2045, 5.1) off *rest. */
static bool
take_token(struct span *rest)
{
    size_t len = 0;
    while (len < rest->len && rest->at[len] > ' ' && rest->at[len] < 0x7f &&
           strchr("()<>@,;:\\\"/[]?=", rest->at[len]) == NULL)
        len++;
    *rest = span_skip(*rest, len);
    return len > 0;
}

/* type "/" subtype, and whatever its parameters are. */
static bool
is_media_type(struct span meta)
{
    if (!take_token(&meta) || !span_starts(meta, SPAN("/")))
        return false;
    meta = span_skip(meta, 1);
    if (!take_token(&meta))
        return false;
    meta = span_trim(meta);
    return meta.len == 0 || meta.at[0] == ';';
}

static bool
is_target(struct span meta)
{
    struct uri uri;
    return uri_parse(meta, URI_STRICT, &uri) && uri.fragment.at == NULL;
}

/* What stands behind the status, with the space between them (specs 1.5). */
static bool
is_tail(int status, struct span tail)
{
    struct span meta = span_skip(tail, 1);
    if (tail.len == 0)
        return status >= 40;
    if (tail.at[0] != ' ' || meta.len == 0 || meta.at[0] == ' ' || !is_meta(meta))
        return false;
    return status < 20 || status >= 40 || (status < 30 ? is_media_type(meta) : is_target(meta));
}

enum parsed
gemini_parse_head(struct span bytes, struct gemini_head *out)
{
    uint64_t status;
    size_t end;
    if (!span_find(span_first(bytes, GEMINI_HEAD_MAX), SPAN("\r\n"), &end))
        return bytes.len < GEMINI_HEAD_MAX ? PARSED_PART : PARSED_BAD;
    struct span line = span_first(bytes, end);
    if (line.len < 2 || !span_number(span_first(line, 2), 69, &status) || status < 10 ||
        !is_tail((int)status, span_skip(line, 2)))
        return PARSED_BAD;
    *out = (struct gemini_head){ (int)status, span_skip(line, 3), end + 2 };
    return PARSED_WHOLE;
}
