/* SPDX-License-Identifier: ISC */
#include "wire/transfer.h"

#include "wire/unpack.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STATUS_LINE_MIN = 12, OK = 200, OTHER_BODY_MAX = 64 * 1024, WHY_BYTES = 160 };

struct transfer {
    CURL *handle;
    struct curl_slist *headers;
    struct region *region;
    struct transfer_order order; /* its spans are copied */
    struct guard guard;
    struct answer answer;
    struct buffer body;
    struct unpack *unpack;
    size_t header_bytes, other_bytes;
    int64_t began;
    bool spoken;            /* a byte of the answer came */
    bool whole_head;        /* its headers are all there */
    const char *unreadable; /* why we broke it off */
    const char *refused;    /* why we did not connect */
    char curl_says[CURL_ERROR_SIZE];
    char why[WHY_BYTES];
};

/* The headers that are kept, the first of each. */
static const struct field {
    struct span name;
    size_t into;
    size_t most;
} fields[] = {
#define FIELD(name, into, most)                         \
    {                                                   \
        SPAN(name), offsetof(struct answer, into), most \
    }
    FIELD("etag", etag, FETCH_VALIDATOR_MAX), FIELD("last-modified", modified, FETCH_VALIDATOR_MAX),
    FIELD("content-type", type, 512),         FIELD("location", location, 8192),
    FIELD("retry-after", retry_after, 128),   FIELD("cache-control", cache_control, 2048),
    FIELD("expires", expires, 128),           FIELD("date", date, 128),
#undef FIELD
};

static curl_socket_t
on_socket(void *whom, curlsocktype purpose, struct curl_sockaddr *peer)
{
    struct transfer *transfer = whom;
    struct guard_address address;
    uint16_t port;
    const char *why = "no address of the internet";
    (void)purpose;
    if (guard_address_of(&peer->addr, &address, &port))
        why = guard_refuses(&transfer->guard, &address, port);
    if (why != NULL) {
        transfer->refused = why;
        return CURL_SOCKET_BAD;
    }
    return socket(peer->family, peer->socktype | SOCK_CLOEXEC, peer->protocol);
}

static void
break_off(struct transfer *transfer, const char *why)
{
    if (transfer->unreadable == NULL)
        transfer->unreadable = why;
}

/* One of several encodings, one over the other, may hide another bomb. */
static void
keep_encoding(struct transfer *transfer, struct span value)
{
    struct answer *answer = &transfer->answer;
    enum unpack_kind kind;
    if (answer->encoding.len > 0 || !unpack_kind_of(value, &kind))
        break_off(transfer, "it is packed in a way that was not asked for");
    answer->encoding = region_copy(transfer->region, value);
}

static void
keep_field(struct transfer *transfer, struct span name, struct span value)
{
    if (span_equal_nocase(name, SPAN("content-encoding")))
        keep_encoding(transfer, value);
    if (span_equal_nocase(name, SPAN("transfer-encoding")) &&
        !span_equal_nocase(value, SPAN("chunked")))
        break_off(transfer, "it is packed in a way that was not asked for");
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        struct span *into = (struct span *)((char *)&transfer->answer + fields[i].into);
        if (span_equal_nocase(name, fields[i].name) && into->at == NULL &&
            value.len <= fields[i].most)
            *into = region_copy(transfer->region, value);
    }
}

/* A status line: what was before (100, 103) does not count. */
static void
begin_answer(struct transfer *transfer, struct span line)
{
    uint64_t status = 0;
    size_t at;
    transfer->answer = (struct answer){ .status = 0 };
    transfer->unreadable = NULL;
    if (line.len >= STATUS_LINE_MIN && span_find_char(line, ' ', &at) &&
        span_number(span_first(span_skip(line, at + 1), 3), 999, &status))
        transfer->answer.status = (int)status;
}

static size_t
on_header(char *bytes, size_t size, size_t count, void *whom)
{
    struct transfer *transfer = whom;
    struct span line = span_trim_lines((struct span){ bytes, size * count });
    struct span name = line;
    size_t colon;
    transfer->spoken = true;
    transfer->header_bytes += size * count;
    if (transfer->header_bytes > FETCH_HEADERS_MAX) {
        break_off(transfer, "its headers are too long");
        return 0;
    }
    if (span_starts(line, SPAN("HTTP/")))
        begin_answer(transfer, line);
    else if (line.len == 0)
        transfer->whole_head = transfer->answer.status >= OK;
    else if (span_find_char(line, ':', &colon)) {
        name.len = colon;
        keep_field(transfer, name, span_trim(span_skip(line, colon + 1)));
    }
    return transfer->unreadable != NULL && transfer->answer.status == OK ? 0 : size * count;
}

static size_t
add_body(struct transfer *transfer, struct span bytes)
{
    enum unpack_kind kind = UNPACK_AS_IS;
    if (transfer->unpack == NULL) {
        unpack_kind_of(transfer->answer.encoding, &kind);
        transfer->unpack = unpack_new(kind, transfer->order.most, FETCH_RATIO_MAX);
    }
    enum status status = unpack_add(transfer->unpack, bytes, &transfer->body);
    if (status == STATUS_LIMIT)
        break_off(transfer, transfer->body.len >= transfer->order.most
                                ? "it is larger than we take"
                                : "it is packed a hundred times smaller than it is");
    else if (status != STATUS_OK)
        break_off(transfer, "it is not packed as it says");
    return status == STATUS_OK ? bytes.len : 0;
}

static size_t
on_body(char *bytes, size_t size, size_t count, void *whom)
{
    struct transfer *transfer = whom;
    struct span came = { bytes, size * count };
    if (transfer->answer.status == OK)
        return add_body(transfer, came);
    transfer->other_bytes += came.len; /* nobody reads it, but the connection may be used again */
    return transfer->other_bytes <= OTHER_BODY_MAX ? came.len : 0;
}

static void
add_header(struct transfer *transfer, const char *name, struct span value)
{
    if (value.len == 0)
        return;
    struct span line = region_printf(transfer->region, "%s: %.*s", name, SPAN_ARG(value));
    struct curl_slist *more = curl_slist_append(transfer->headers, line.at);
    if (more == NULL)
        memory_end();
    transfer->headers = more;
}

static void
set_callbacks(struct transfer *transfer)
{
    CURL *handle = transfer->handle;
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, transfer);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, transfer->curl_says);
}

static void
set_times(CURL *handle, const struct fetch_limits *limits)
{
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, (long)limits->connect);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)limits->total);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, (long)limits->slow_rate);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, (long)limits->slow_time);
}

/* A connection that an allowance opened is nobody else's. */
static void
set_privacy(CURL *handle, const struct guard *guard)
{
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(handle, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, guard->allowed_count > 0 ? 1L : 0L);
    curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, guard->allowed_count > 0 ? 1L : 0L);
}

static void
set_question(struct transfer *transfer)
{
    const struct transfer_order *order = &transfer->order;
    CURL *handle = transfer->handle;
    add_header(transfer, "Accept",
               SPAN("text/html, application/xhtml+xml, application/atom+xml, application/rss+xml, "
                    "application/feed+json, application/xml;q=0.9, */*;q=0.5"));
    add_header(transfer, "Accept-Encoding", SPAN("gzip, deflate"));
    add_header(transfer, "If-None-Match", order->etag);
    add_header(transfer, "If-Modified-Since", order->modified);
    curl_easy_setopt(handle, CURLOPT_URL, order->url.at);
    curl_easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, order->agent);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, transfer->headers);
    if (order->ca != NULL)
        curl_easy_setopt(handle, CURLOPT_CAINFO, order->ca);
}

enum status
transfer_new(const struct transfer_order *order, void *whose, int64_t now, struct transfer **out)
{
    CURL *handle = curl_easy_init();
    if (handle == NULL)
        return STATUS_FAILED;
    struct transfer *transfer = memory_new(sizeof *transfer);
    *transfer = (struct transfer){ .handle = handle, .region = region_new(), .began = now };
    transfer->order = *order;
    transfer->order.url = region_copy(transfer->region, order->url);
    transfer->guard = *order->guard;
    transfer->body = BUFFER_EMPTY;
    set_callbacks(transfer);
    set_times(handle, order->limits);
    set_privacy(handle, order->guard);
    set_question(transfer);
    curl_easy_setopt(handle, CURLOPT_PRIVATE, whose);
    *out = transfer;
    return STATUS_OK;
}

void
transfer_free(struct transfer *transfer)
{
    if (transfer == NULL)
        return;
    curl_easy_cleanup(transfer->handle);
    curl_slist_free_all(transfer->headers);
    unpack_free(transfer->unpack);
    buffer_fini(&transfer->body);
    region_free(transfer->region);
    free(transfer);
}

CURL *
transfer_handle(const struct transfer *transfer)
{
    return transfer->handle;
}

int64_t
transfer_patience(const struct transfer *transfer, int64_t now)
{
    int64_t until = transfer->began + (transfer->spoken ? transfer->order.limits->total
                                                        : transfer->order.limits->first_byte);
    return until > now ? until - now : 0;
}

static void
fail(struct transfer *transfer, enum fetch_end end, const char *why, struct answer *out)
{
    snprintf(transfer->why, sizeof transfer->why, "%.*s", (int)sizeof transfer->why - 1, why);
    transfer->answer.end = end;
    transfer->answer.why = transfer->why;
    *out = transfer->answer;
}

/* A 200 whose body did not come whole, or which we broke off. */
static bool
is_spoilt(struct transfer *transfer, CURLcode code)
{
    const struct unpack *unpack = transfer->unpack;
    if (transfer->unreadable != NULL && transfer->order.cut &&
        transfer->body.len >= transfer->order.most)
        return false;
    if (transfer->unreadable == NULL && code == CURLE_OK && unpack != NULL &&
        unpack_end(unpack) != STATUS_OK)
        break_off(transfer, "it ends in the middle");
    return transfer->unreadable != NULL || code != CURLE_OK;
}

static const char *
words_for(const struct transfer *transfer, CURLcode code)
{
    return transfer->curl_says[0] != '\0' ? transfer->curl_says : curl_easy_strerror(code);
}

void
transfer_end(struct transfer *transfer, CURLcode code, struct answer *out)
{
    struct answer *answer = &transfer->answer;
    if (!transfer->whole_head && transfer->refused != NULL)
        fail(transfer, FETCH_REFUSED, transfer->refused, out);
    else if (!transfer->whole_head && transfer->unreadable == NULL)
        fail(transfer, FETCH_UNREACHABLE, words_for(transfer, code), out);
    else if ((answer->status == OK || !transfer->whole_head) && is_spoilt(transfer, code)) {
        bool ours = transfer->unreadable != NULL;
        fail(transfer, ours ? FETCH_UNREADABLE : FETCH_UNREACHABLE,
             ours ? transfer->unreadable : words_for(transfer, code), out);
    } else {
        answer->end = FETCH_ANSWERED;
        answer->why = "";
        answer->body = buffer_span(&transfer->body);
        *out = *answer;
    }
}

void
transfer_give_up(struct transfer *transfer, struct answer *out)
{
    fail(transfer, FETCH_UNREACHABLE, "it took too long to say a word", out);
}
