/* SPDX-License-Identifier: ISC */
#include "base/uri.h"
#include "protocol/http.h"
#include "protocol/http_date.h"

/* A request's head as it is being read. */
struct head {
    struct span method, target;
    int minor; /* of HTTP/1.x */
    struct span host, length, encoding, has, since, forwarded, standard;
    bool gzip, closes, stays;
    struct region *region;
};

/* RFC 9110, 5.6.2: letters, digits, and these. */
static bool
is_token(struct span text)
{
    static const bool marks[128] = {
        ['!'] = true,  ['#'] = true, ['$'] = true, ['%'] = true, ['&'] = true,
        ['\''] = true, ['*'] = true, ['+'] = true, ['-'] = true, ['.'] = true,
        ['^'] = true,  ['_'] = true, ['`'] = true, ['|'] = true, ['~'] = true
    };
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        unsigned char small = byte | 0x20;
        if (!(small >= 'a' && small <= 'z') && !(byte >= '0' && byte <= '9') &&
            (byte >= 128 || !marks[byte]))
            return false;
    }
    return text.len > 0;
}

/* Bytes a header's value may have. */
static bool
is_value(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (((unsigned char)text.at[i] < ' ' && text.at[i] != '\t') || text.at[i] == 0x7F)
            return false;
    return true;
}

/* Headers that may stand there once. */
static int
read_once(struct span *into, struct span value)
{
    if (into->at != NULL)
        return 400;
    *into = value;
    return 0;
}

static int
read_host(struct head *head, struct span value)
{
    return read_once(&head->host, value);
}

static int
read_length(struct head *head, struct span value)
{
    uint64_t length;
    return span_number(value, UINT64_MAX / 10, &length) ? read_once(&head->length, value) : 400;
}

static int
read_encoding(struct head *head, struct span value)
{
    return read_once(&head->encoding, value);
}

/* Of what would only be convenient, the first counts. */
static int
read_first(struct span *into, struct span value)
{
    if (into->at == NULL)
        *into = value;
    return 0;
}

static int
read_has(struct head *head, struct span value)
{
    return read_first(&head->has, value);
}

static int
read_since(struct head *head, struct span value)
{
    return read_first(&head->since, value);
}

/* Each proxy adds to the list, or another header behind it. */
static int
read_list(struct head *head, struct span *into, struct span value)
{
    *into = into->at == NULL
                ? value
                : region_printf(head->region, "%.*s,%.*s", SPAN_ARG(*into), SPAN_ARG(value));
    return 0;
}

static int
read_forwarded_for(struct head *head, struct span value)
{
    return read_list(head, &head->forwarded, value);
}

static int
read_forwarded(struct head *head, struct span value)
{
    return read_list(head, &head->standard, value);
}

/* "gzip;q=0.5"; q=0 says no. */
static bool
takes(struct span item, const char *name)
{
    struct span rest = item, first = span_trim(span_cut(&rest, ';'));
    if (!span_equal_nocase(first, span_of(name)))
        return false;
    struct span weight = span_trim(rest);
    if (!span_starts(weight, SPAN("q=0")))
        return true;
    weight = span_skip(weight, 3);
    for (size_t i = 0; i < weight.len; i++)
        if (weight.at[i] >= '1' && weight.at[i] <= '9')
            return true;
    return false;
}

static int
read_encodings(struct head *head, struct span value)
{
    for (struct span rest = value; rest.at != NULL;)
        head->gzip |= takes(span_trim(span_cut(&rest, ',')), "gzip");
    return 0;
}

static int
read_connection(struct head *head, struct span value)
{
    for (struct span rest = value; rest.at != NULL;) {
        struct span item = span_trim(span_cut(&rest, ','));
        head->closes |= span_equal_nocase(item, SPAN("close"));
        head->stays |= span_equal_nocase(item, SPAN("keep-alive"));
    }
    return 0;
}

#define SPAN_OF(literal)             \
    {                                \
        literal, sizeof(literal) - 1 \
    } /* a constant */
static const struct {
    struct span name;
    int (*read)(struct head *head, struct span value); /* 0, or a status to refuse with */
} headers[] = {
    { SPAN_OF("Host"), read_host },
    { SPAN_OF("Connection"), read_connection },
    { SPAN_OF("Accept-Encoding"), read_encodings },
    { SPAN_OF("If-None-Match"), read_has },
    { SPAN_OF("If-Modified-Since"), read_since },
    { SPAN_OF("X-Forwarded-For"), read_forwarded_for },
    { SPAN_OF("Forwarded"), read_forwarded },
    { SPAN_OF("Content-Length"), read_length },
    { SPAN_OF("Transfer-Encoding"), read_encoding },
};

/* 0, or the status to refuse with. */
static int
read_header(struct head *head, struct span line)
{
    size_t colon;
    if (!span_find_char(line, ':', &colon) || !is_token(span_first(line, colon)))
        return 400; /* a line that goes on from the one before is none either */
    struct span name = span_first(line, colon), value = span_trim(span_skip(line, colon + 1));
    if (!is_value(value))
        return 400;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        if (name.len == headers[i].name.len && span_equal_nocase(name, headers[i].name))
            return headers[i].read(head, value);
    return 0;
}

/* "GET /path HTTP/1.1", one space between. */
static int
read_first_line(struct head *head, struct span line)
{
    struct span rest = line;
    head->method = span_cut(&rest, ' ');
    head->target = span_cut(&rest, ' ');
    if (!is_value(line) || !is_token(head->method) || head->target.len == 0 || rest.at == NULL)
        return 400;
    if (rest.len != 8 || !span_starts(rest, SPAN("HTTP/")) || rest.at[6] != '.' ||
        rest.at[5] < '0' || rest.at[5] > '9' || rest.at[7] < '0' || rest.at[7] > '9')
        return 400;
    if (rest.at[5] != '1')
        return 505;
    head->minor = rest.at[7] - '0';
    return head->target.len > HTTP_TARGET_MAX ? 414 : 0;
}

/* The line up to CRLF. false: there is none whole, or it has a CR or LF of its own. */
static bool
take_line(struct span *rest, struct span *out)
{
    size_t at;
    if (!span_find_char(*rest, '\n', &at) || at == 0 || rest->at[at - 1] != '\r')
        return false;
    *out = span_first(*rest, at - 1);
    *rest = span_skip(*rest, at + 1);
    return !span_has_char(*out, '\r');
}

static int
read_head(struct head *head, struct span bytes)
{
    struct span line;
    int wrong = take_line(&bytes, &line) ? read_first_line(head, line) : 400;
    for (int lines = 0; wrong == 0; lines++) {
        if (!take_line(&bytes, &line))
            return 400;
        if (line.len == 0)
            break;
        wrong = lines == HTTP_HEADERS_MAX ? 431 : read_header(head, line);
    }
    return wrong;
}

/* What no two servers must read in two ways (RFC 9112, 3.2, 6.3). */
static int
find_wrong(const struct head *head)
{
    if (head->encoding.at != NULL && (head->length.at != NULL || head->minor == 0))
        return 400;
    return head->host.at == NULL && head->minor > 0 ? 400 : 0;
}

/* What is asked for that nobody does here. */
static int
find_undoable(const struct head *head)
{
    static const char *const methods[] = { "GET",   "HEAD",    "POST",    "PUT",  "DELETE",
                                           "PATCH", "OPTIONS", "CONNECT", "TRACE" };
    size_t i = 0;
    while (i < sizeof methods / sizeof *methods && !span_equal(head->method, span_of(methods[i])))
        i++;
    if (i >= 2)
        return i == sizeof methods / sizeof *methods ? 501 : 405;
    uint64_t length = 0;
    return head->encoding.at != NULL ||
                   (head->length.len > 0 && span_number(head->length, UINT64_MAX, &length) &&
                    length > 0)
               ? 413
               : 0;
}

/* Lower case, without the one dot that may end it. */
static struct span
settle_host(struct span host, struct region *region)
{
    if (span_ends(host, SPAN(".")))
        host.len--;
    struct span copy = region_copy(region, host);
    char *bytes = (char *)(uintptr_t)copy.at;
    for (size_t i = 0; i < copy.len; i++)
        if (bytes[i] >= 'A' && bytes[i] <= 'Z')
            bytes[i] = (char)(bytes[i] - 'A' + 'a');
    return copy;
}

/* Whether it names us, and TLS was told no other name. The port may be a proxy's. */
static bool
is_for_us(const struct uri *uri, struct span server_name, const struct origin *origin,
          struct region *region)
{
    bool literal = uri->host_kind != URI_HOST_NAME;
    struct span host = settle_host(uri->host, region);
    if (!(literal && origin->any_address) && !spans_have(origin->hosts, host))
        return false;
    return server_name.len == 0 || literal || span_equal(settle_host(server_name, region), host);
}

/* The target, in its absolute form: "/a" of Host, or "http://host/a" whatever Host says. An empty
 * Host, or none in HTTP/1.0, is the capsule's own. 0, or a status. */
static int
read_target(const struct head *head, const struct origin *origin, struct region *region,
            struct uri *out)
{
    struct span target = head->target, host = head->host.len > 0 ? head->host : origin->hosts.at[0];
    bool bare = span_starts(target, SPAN("/"));
    if (bare)
        target = region_printf(region, "http://%.*s%.*s", SPAN_ARG(host), SPAN_ARG(target));
    if (!uri_parse(target, URI_LENIENT, out) || out->host.len == 0 || out->userinfo.at != NULL ||
        out->fragment.at != NULL)
        return 400;
    if (bare && out->path.at != target.at + sizeof "http://" - 1 + host.len)
        return 400; /* Host is more than a host */
    return span_equal_nocase(out->scheme, SPAN("http")) ||
                   span_equal_nocase(out->scheme, SPAN("https"))
               ? 0
               : 400;
}

/* The words typed into a form are one of its fields: "q=ha+noi". Links of ours have them bare. */
static struct span
query_of(const struct uri *uri, struct region *region)
{
    if (!span_equal(uri->path, SPAN("/search")) || !span_starts(uri->query, SPAN("q=")))
        return uri->query;
    struct span rest = span_skip(uri->query, 2);
    struct span words = region_copy(region, span_cut(&rest, '&'));
    char *bytes = (char *)(uintptr_t)words.at;
    for (size_t i = 0; i < words.len; i++)
        if (bytes[i] == '+')
            bytes[i] = ' ';
    return words;
}

static int
fill(const struct head *head, struct span server_name, const struct origin *origin,
     struct region *region, struct question *question)
{
    struct request *request = &question->request;
    struct uri uri;
    size_t at;
    int wrong = read_target(head, origin, region, &uri);
    if (wrong != 0 || span_find(uri.query, SPAN("%00"), &at))
        return 400;
    question->refused = !is_for_us(&uri, server_name, origin, region);
    if (!request_from_path(uri.path, query_of(&uri, region), uri.query.at != NULL, region, request))
        return 400;
    request->wishes = (struct wishes){ .bare = span_equal(head->method, SPAN("HEAD")),
                                       .gzip = head->gzip,
                                       .has = head->has };
    request->wishes.stays = head->minor > 0 ? !head->closes : head->stays && !head->closes;
    if (!http_date_parse(head->since, &request->wishes.since))
        request->wishes.since = 0;
    /* Not both: no RFC says how they go together, and proxies write the older one by default. */
    question->forwarded = head->forwarded.at != NULL ? head->forwarded : head->standard;
    question->reply = (struct reply){ .answer = ANSWER_BAD, .code = find_undoable(head) };
    if (question->reply.code != 0) { /* a body may follow, that nobody reads */
        question->own = OWN_ALWAYS;
        request->wishes.stays = false;
    }
    return 0;
}

/* Where the head ends; false: not yet. */
static bool
find_end(struct span bytes, size_t *out)
{
    size_t at;
    if (!span_find(bytes, SPAN("\r\n\r\n"), &at))
        return false;
    *out = at + 4;
    return true;
}

/* Of a head that is not whole yet: 0, or what is wrong for good. */
static int
judge_part(struct span bytes)
{
    struct head head = { .minor = 0 };
    struct span rest = bytes, line;
    if (bytes.len > 0 && (bytes.at[0] <= ' ' || bytes.at[0] >= 0x7F))
        return span_equal(bytes, SPAN("\r")) ? 0 : 400;
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.at[i] == '\0' || (bytes.at[i] == '\n' && (i == 0 || bytes.at[i - 1] != '\r')))
            return 400;
    if (take_line(&rest, &line))
        return bytes.len >= HTTP_HEAD_MAX ? 431 : read_first_line(&head, line);
    return bytes.len > HTTP_TARGET_MAX + 32 ? 414 : 0;
}

enum parsed
http_parse(struct span bytes, struct span server_name, const struct origin *origin,
           struct region *region, struct question *out)
{
    struct question question = { .refused = false };
    struct head head = { .region = region };
    struct span rest, line;
    size_t end = 0, before = 0;
    if (span_starts(bytes, SPAN("\x16"))) /* TLS */
        return PARSED_ALIEN;
    while (span_starts(span_skip(bytes, before), SPAN("\r\n")) && before < 4)
        before += 2; /* behind the last question, says RFC 9112, 2.2 */
    rest = span_skip(bytes, before);
    line = rest;
    out->line = span_line(&line);
    out->line = span_first(out->line, HTTP_TARGET_MAX);
    if (!find_end(rest, &end)) {
        out->reply.code = judge_part(rest);
        return out->reply.code == 0 ? PARSED_PART : PARSED_BAD;
    }
    int wrong = before + end > HTTP_HEAD_MAX ? 431 : read_head(&head, span_first(rest, end));
    if (wrong == 0)
        wrong = find_wrong(&head);
    if (wrong == 0)
        wrong = fill(&head, server_name, origin, region, &question);
    out->reply.code = wrong;
    if (wrong != 0)
        return PARSED_BAD;
    question.line = out->line;
    question.taken = before + end;
    *out = question;
    return PARSED_WHOLE;
}
