/* SPDX-License-Identifier: ISC */
#include "protocol/http.h"

#include "base/uri.h"
#include "protocol/html.h"
#include "protocol/http_date.h"

#include <stdio.h>

enum { BUSY_SECONDS = 5 };

int
http_code(const struct reply *reply)
{
    static const int codes[] = {
        [ANSWER_PAGE] = 200,   [ANSWER_FILE] = 200, [ANSWER_ASK] = 200,     [ANSWER_MOVED] = 301,
        [ANSWER_ABSENT] = 404, [ANSWER_GONE] = 410, [ANSWER_REFUSED] = 421, [ANSWER_BAD] = 400,
        [ANSWER_SAME] = 304,   [ANSWER_SLOW] = 429, [ANSWER_BUSY] = 503,    [ANSWER_FAILED] = 500,
    };
    return reply->code != 0 ? reply->code : codes[reply->answer];
}

static const char *
reason_of(int code)
{
    static const struct {
        int code;
        const char *reason;
    } reasons[] = {
        { 200, "OK" },
        { 301, "Moved Permanently" },
        { 304, "Not Modified" },
        { 400, "Bad Request" },
        { 404, "Not Found" },
        { 405, "Method Not Allowed" },
        { 410, "Gone" },
        { 413, "Content Too Large" },
        { 414, "URI Too Long" },
        { 421, "Misdirected Request" },
        { 429, "Too Many Requests" },
        { 431, "Request Header Fields Too Large" },
        { 500, "Internal Server Error" },
        { 501, "Not Implemented" },
        { 503, "Service Unavailable" },
        { 505, "HTTP Version Not Supported" },
    };
    size_t i = 0;
    while (i + 1 < sizeof reasons / sizeof *reasons && reasons[i].code != code)
        i++;
    return reasons[i].reason;
}

/* What every answer says of how it is to be treated, made once. */
static struct span
manners(void)
{
    static char text[1024];
    static size_t len;
    if (len == 0)
        len = (size_t)snprintf(text, sizeof text,
                               "Content-Security-Policy: %s\r\n"
                               "X-Content-Type-Options: nosniff\r\n"
                               "Referrer-Policy: no-referrer\r\n"
                               "Cross-Origin-Opener-Policy: same-origin\r\n"
                               "Cross-Origin-Resource-Policy: same-origin\r\n",
                               html_policy());
    return (struct span){ text, len };
}

static void
add_field(struct buffer *out, const char *name, struct span value)
{
    buffer_add_text(out, name);
    buffer_add(out, value);
    buffer_add_text(out, "\r\n");
}

static void
add_date(struct buffer *out, const char *name, int64_t instant)
{
    char text[HTTP_DATE_TEXT];
    if (instant != 0)
        add_field(out, name, http_date_print(instant, text));
}

static void
add_number(struct buffer *out, const char *name, uint64_t number)
{
    char digits[24];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    add_field(out, name, (struct span){ digits + at, sizeof digits - at });
}

/* What tells whether it is still the same. */
static void
add_validators(struct buffer *out, const struct reply *reply)
{
    if (reply->tag.len > 0) {
        buffer_add_text(out, "ETag: \"");
        buffer_add(out, reply->tag);
        buffer_add_text(out, "\"\r\n");
    }
    add_date(out, "Last-Modified: ", reply->changed);
    buffer_add_text(out, "Cache-Control: no-cache\r\n");
    if (reply->varies)
        buffer_add_text(out, "Vary: Accept-Encoding\r\n");
}

/* What some statuses have to say. */
static void
add_particulars(struct buffer *out, const struct reply *reply, int code)
{
    if (code == 301) {
        buffer_add_text(out, "Location: ");
        uri_encode(reply->words, "/", out);
        buffer_add_text(out, "\r\n");
    }
    if (code == 405)
        buffer_add_text(out, "Allow: GET, HEAD\r\n");
    if (code == 429)
        add_number(out, "Retry-After: ", reply->seconds > 0 ? reply->seconds : BUSY_SECONDS);
    if (code == 503)
        add_number(out, "Retry-After: ", BUSY_SECONDS);
}

/* The body, and of what type; its length in *len also where it lies elsewhere. */
static struct span
body_of(const struct reply *reply, struct span *type, uint64_t *len)
{
    struct span body = reply->words;
    *type = SPAN("text/plain; charset=utf-8");
    if (reply->answer == ANSWER_PAGE) {
        body = reply->page.text;
        *type = SPAN("text/gemini; charset=utf-8");
    } else if (reply->file.mime.len > 0) {
        body = reply->file.bytes;
        *type = reply->file.mime;
    } else if (reply->answer == ANSWER_MOVED) {
        body = SPAN("");
    }
    bool elsewhere = reply->answer == ANSWER_FILE && reply->file.size > 0;
    *len = elsewhere ? (uint64_t)reply->file.size : body.len;
    return body;
}

void
http_print(const struct question *question, const struct reply *reply, const struct origin *origin,
           struct buffer *out)
{
    int code = http_code(reply);
    struct span type, body;
    uint64_t len;
    (void)origin;
    buffer_add_text(out, "HTTP/1.1 ");
    buffer_add(out, (struct span){ (char[]){ (char)('0' + code / 100), (char)('0' + code / 10 % 10),
                                             (char)('0' + code % 10), ' ' },
                                   4 });
    add_field(out, reason_of(code), SPAN(""));
    add_date(out, "Date: ", reply->at);
    body = body_of(reply, &type, &len);
    if (code != 304) {
        add_field(out, "Content-Type: ", type);
        add_number(out, "Content-Length: ", len);
    }
    if (reply->packed && code == 200)
        buffer_add_text(out, "Content-Encoding: gzip\r\n");
    if (code == 200 || code == 304)
        add_validators(out, reply);
    add_particulars(out, reply, code);
    if (!reply->stays)
        buffer_add_text(out, "Connection: close\r\n");
    buffer_add(out, manners());
    if (reply->secure)
        buffer_add_text(out, "Strict-Transport-Security: max-age=31536000\r\n");
    buffer_add_text(out, "\r\n");
    if (code != 304 && !question->request.wishes.bare)
        buffer_add(out, body);
}

/* Whether one of the tags is ours, however weakly. */
static bool
has_tag(struct span tags, struct span tag)
{
    for (struct span rest = tags; rest.at != NULL;) {
        struct span one = span_trim(span_cut(&rest, ','));
        if (span_starts(one, SPAN("W/")))
            one = span_skip(one, 2);
        if (span_equal(one, SPAN("*")) ||
            (one.len == tag.len + 2 && one.at[0] == '"' && one.at[one.len - 1] == '"' &&
             span_equal(span_first(span_skip(one, 1), tag.len), tag)))
            return true;
    }
    return false;
}

bool
http_has(const struct wishes *wishes, const struct reply *reply)
{
    if (wishes->has.len > 0)
        return reply->tag.len > 0 && has_tag(wishes->has, reply->tag);
    return wishes->since != 0 && reply->changed != 0 && wishes->since >= reply->changed;
}
