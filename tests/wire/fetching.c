/* SPDX-License-Identifier: ISC */
/* The real fetcher against a real web server on loopback, which the test tells what to do: what
 * counts is what that server was asked. */
#include "wire/fetch.h"

#include "base/clock.h"
#include "net/certificate.h"
#include "scripted.h"
#include "testing.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

/* Shorter than a newsroom's, so that waiting for them can be tested. */
static const struct fetch_limits limits = {
    .connect = 2000,
    .first_byte = 1000,
    .total = 3000,
    .slow_rate = 1024,
    .slow_time = 30,
    .pause = 100,
    .pause_most = 1000,
    .hosts = 4,
};

enum { LOOPBACKS = 6, CAME_MAX = 64 };

/* What came of a wish, kept beyond the callback. */
struct came {
    enum fetch_end end;
    int status;
    char why[256], url[512], moved[512], refused[512], retry_after[64], type[64];
    char etag[1200], modified[1200];
    bool conditional;
    size_t body_len;
    char body[256];
};

static struct region *region;
static struct fetch *fetch;
static struct scripted *server;
static struct guard guard;
static struct guard_allowance allowed[LOOPBACKS];
static struct came came[CAME_MAX];
static size_t came_count, wanted_count;

static void
keep(char *into, size_t room, struct span span)
{
    snprintf(into, room, "%.*s", SPAN_ARG(span));
}

static void
on_done(void *whom, const struct fetch_result *result)
{
    struct came *one = whom;
    *one = (struct came){ .end = result->end, .status = result->status };
    came_count++;
    snprintf(one->why, sizeof one->why, "%s", result->why);
    keep(one->url, sizeof one->url, result->url);
    keep(one->moved, sizeof one->moved, result->moved);
    keep(one->refused, sizeof one->refused, result->refused);
    keep(one->retry_after, sizeof one->retry_after, result->retry_after);
    keep(one->type, sizeof one->type, result->type);
    keep(one->etag, sizeof one->etag, result->validators.etag);
    keep(one->modified, sizeof one->modified, result->validators.modified);
    keep(one->body, sizeof one->body, span_first(result->body, sizeof one->body - 1));
    one->body_len = result->body.len;
    one->conditional = result->conditional;
}

static void
start_as(scripted_answer *answer, const char *certificate, const char *key, const char *ca)
{
    struct fetch_options options = { .contact = "https://songtu.example/", .limits = &limits };
    struct fault fault;
    region = region_new();
    came_count = wanted_count = 0;
    server = scripted_start(answer, NULL, certificate, key);
    for (unsigned i = 0; i < LOOPBACKS; i++) {
        struct span text = region_printf(region, "127.0.0.%u:%u", i + 1, scripted_port(server));
        ck_assert(guard_allowance_parse(text, &allowed[i]));
    }
    guard = (struct guard){ .allowed = allowed, .allowed_count = LOOPBACKS };
    options.ca = ca;
    ck_assert_int_eq(fetch_open(&options, &fetch, &fault), STATUS_OK);
}

static void
start(scripted_answer *answer)
{
    start_as(answer, NULL, NULL, NULL);
}

static void
stop(void)
{
    fetch_close(fetch);
    scripted_stop(server);
    region_free(region);
}

/* Of the server by its loopback address 127.0.0.`host`. */
static struct span
at(unsigned host, const char *path)
{
    return region_printf(region, "http://127.0.0.%u:%u%s", host, scripted_port(server), path);
}

static struct came *
want(enum fetch_kind kind, struct span url)
{
    struct came *into = &came[wanted_count++];
    struct fetch_wish wish = {
        .url = url, .kind = kind, .guard = guard, .done = on_done, .whom = into
    };
    fetch_add(fetch, &wish);
    return into;
}

static void
run(void)
{
    struct fault fault = { 0, "" };
    ck_assert_msg(fetch_run(fetch, &fault) == STATUS_OK, "%s", fault.what);
    ck_assert_uint_eq(came_count, wanted_count);
}

static struct came
get(enum fetch_kind kind, struct span url)
{
    struct came *one = want(kind, url);
    run();
    return *one;
}

static struct came
get_again(struct span url, struct validators validators)
{
    struct came *into = &came[wanted_count++];
    struct fetch_wish wish = { url, FETCH_FEED, validators, guard, on_done, into };
    fetch_add(fetch, &wish);
    run();
    return *into;
}

static bool
on_plain(struct scripted_visit *visit, struct span path, int times, void *whom)
{
    (void)path, (void)times, (void)whom;
    return scripted_reply(
        visit, "200 OK",
        "Content-Type: text/xml; charset=utf-8\r\n"
        "ETag:  W/\"a b\xE2\x9C\x93\"  \r\nLast-Modified: yesterday, they say\r\n",
        SPAN("<rss/>"));
}

START_TEST(a_feed_is_asked_for_with_nothing_but_what_is_needed)
{
    start(on_plain);
    struct came one = get(FETCH_FEED, at(1, "/feed?b=1&a=%C3%AA"));
    ck_assert_int_eq(one.end, FETCH_ANSWERED);
    ck_assert_int_eq(one.status, 200);
    ck_assert_str_eq(one.body, "<rss/>");
    ck_assert_str_eq(one.type, "text/xml; charset=utf-8");
    ck_assert_str_eq(one.why, "");
    ck_assert_str_eq(one.moved, "");
    ck_assert(!one.conditional);
    struct span whole = region_printf(
        region,
        "GET /feed?b=1&a=%%C3%%AA HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
        "User-Agent: songtu/" SONGTU_VERSION " (+https://songtu.example/; feed importer)\r\n"
        "Accept: text/html, application/xhtml+xml, application/atom+xml, application/rss+xml, "
        "application/feed+json, application/xml;q=0.9, */*;q=0.5\r\n"
        "Accept-Encoding: gzip, deflate\r\n\r\n",
        scripted_port(server));
    ck_assert_str_eq(scripted_asked(server, 0), whole.at);
    ck_assert_uint_eq(scripted_count(server), 1);
    stop();
}
END_TEST

START_TEST(validators_go_back_byte_for_byte)
{
    start(on_plain);
    struct span url = at(1, "/feed");
    struct came one = get(FETCH_FEED, url);
    ck_assert_str_eq(one.etag, "W/\"a b\xE2\x9C\x93\"");
    ck_assert_str_eq(one.modified, "yesterday, they say");
    struct validators validators = { url, span_of(one.etag), span_of(one.modified) };
    ck_assert(get_again(url, validators).conditional);
    ck_assert_ptr_nonnull(strstr(scripted_asked(server, 1),
                                 "\r\nIf-None-Match: W/\"a b\xE2\x9C\x93\"\r\n"
                                 "If-Modified-Since: yesterday, they say\r\n"));
    /* … and to no other address. */
    ck_assert(!get_again(at(1, "/other"), validators).conditional);
    ck_assert_ptr_null(strstr(scripted_asked(server, 2), "If-"));
    stop();
}
END_TEST

/* What was asked: "GET /a" for each, with spaces between. */
static const char *
paths(void)
{
    struct buffer all = BUFFER_EMPTY;
    for (size_t i = 0; i < scripted_count(server); i++) {
        struct span rest = span_of(scripted_asked(server, i));
        span_cut(&rest, ' ');
        struct span path = span_cut(&rest, ' ');
        buffer_printf(&all, "%s%.*s", i > 0 ? " " : "", SPAN_ARG(path));
    }
    const char *text = region_copy(region, buffer_span(&all)).at;
    buffer_fini(&all);
    return text;
}

static void
check_pauses(int64_t pause)
{
    for (size_t i = 1; i < scripted_count(server); i++)
        ck_assert_int_ge(scripted_came(server, i) - scripted_left(server, i - 1), pause - 1);
}

static bool
on_slow(struct scripted_visit *visit, struct span path, int times, void *whom)
{
    (void)path, (void)times, (void)whom;
    scripted_wait(visit, 100);
    return scripted_reply(visit, "200 OK", "", SPAN("a"));
}

START_TEST(one_host_is_asked_once_at_a_time_with_pauses)
{
    start(on_slow);
    for (int i = 0; i < 4; i++)
        want(FETCH_FEED, at(1, region_printf(region, "/%d", i).at));
    run();
    ck_assert_str_eq(paths(), "/0 /1 /2 /3");
    ck_assert_int_eq(scripted_crowd(server), 1);
    check_pauses(limits.pause);
    stop();
}
END_TEST

START_TEST(four_hosts_are_asked_at_once)
{
    start(on_slow);
    for (unsigned i = 0; i < 12; i++)
        want(FETCH_FEED, at(i % LOOPBACKS + 1, "/"));
    run();
    ck_assert_uint_eq(scripted_count(server), 12);
    ck_assert_int_eq(scripted_crowd(server), 4);
    stop();
}
END_TEST

/* "/301/302/200" leads from the first to "/302/200" and so on. */
static bool
on_chain(struct scripted_visit *visit, struct span path, int times, void *whom)
{
    struct buffer head = BUFFER_EMPTY, status = BUFFER_EMPTY;
    struct span code = span_first(span_skip(path, 1), 3), rest = span_skip(path, 4);
    (void)times, (void)whom;
    if (span_equal(code, SPAN("200")))
        return scripted_reply(visit, "200 OK", "ETag: \"x\"\r\n", SPAN("there"));
    buffer_printf(&status, "%.*s Elsewhere", SPAN_ARG(code));
    buffer_printf(&head, "Location: %.*s\r\n", SPAN_ARG(rest));
    bool on = scripted_reply(visit, buffer_text(&status), buffer_text(&head), SPAN("x"));
    buffer_fini(&head);
    buffer_fini(&status);
    return on;
}

static const struct {
    const char *path;
    bool for_good;
} chains[] = {
    { "/200", false },         { "/301/200", true },
    { "/308/200", true },      { "/301/308/301/200", true },
    { "/302/200", false },     { "/303/200", false },
    { "/307/200", false },     { "/301/302/200", false },
    { "/302/301/200", false }, { "/301/301/301/301/301/200", true },
};

START_TEST(redirects_are_followed_one_by_one)
{
    start(on_chain);
    struct came one = get(FETCH_FEED, at(1, chains[_i].path));
    ck_assert_msg(one.end == FETCH_ANSWERED, "%s", one.why);
    ck_assert_str_eq(one.body, "there");
    ck_assert_str_eq(one.url, at(1, "/200").at);
    ck_assert_str_eq(one.moved, chains[_i].for_good ? at(1, "/200").at : "");
    ck_assert_str_eq(one.etag, "\"x\"");
    check_pauses(limits.pause);
    stop();
}
END_TEST

static bool
on_leading(struct scripted_visit *visit, struct span path, int times, void *whom)
{
    struct buffer head = BUFFER_EMPTY, raw = BUFFER_EMPTY;
    (void)times, (void)whom;
    if (!span_starts(path, SPAN("/to?")))
        return scripted_reply(visit, "200 OK", "", SPAN("there"));
    struct span port = region_printf(region, "%u", scripted_port(server));
    /* "/to?URL", its first "PORT" being ours. */
    uri_decode(span_skip(path, 4), &raw);
    struct span target = buffer_span(&raw);
    size_t mark;
    buffer_add_text(&head, "Location: ");
    if (span_find(target, SPAN("PORT"), &mark)) {
        buffer_add(&head, span_first(target, mark));
        buffer_add(&head, port);
        target = span_skip(target, mark + 4);
    }
    buffer_add(&head, target);
    buffer_add_text(&head, "\r\n");
    bool on = scripted_reply(visit, "302 Found", buffer_text(&head), SPAN(""));
    buffer_fini(&raw);
    buffer_fini(&head);
    return on;
}

static const struct {
    const char *path;
    const char *why; /* in it */
} leads[] = {
    { "/to?http://127.0.0.9:PORT/", "this machine" },
    { "/to?http://127.0.0.1/", "this machine" },
    { "/to?http://127.1/", "this machine" },
    { "/to?http://2130706433/", "this machine" },
    { "/to?http://0x7f000001/", "this machine" },
    { "/to?http://169.254.169.254/latest/meta-data/", "a link-local address" },
    { "/to?http://[::1]/", "this machine" },
    { "/to?http://[::ffff:127.0.0.1]/", "this machine" },
    { "/to?http://[fd00::1]/", "a private address" },
    { "/to?http://10.0.0.1/", "a private address" },
    { "/to?http://127.0.0.1:1/", "a port other than 80 and 443" },
    { "/to?http://localhost/", "this machine" },
    { "/to?ftp://a.vn/", "no address of the web" },
    { "/to?file:///etc/passwd", "no address of the web" },
    { "/to?http://u:p@127.0.0.1:PORT/", "no address of the web" },
    { "/to?/to?/to", NULL },
    { "/to?//127.0.0.2:PORT/other", NULL },
    { "/to?http://127.0.0.1:PORT/there", NULL },
    { "/to?there#part", NULL },
};

START_TEST(a_redirect_leads_nowhere_we_would_not_go)
{
    start(on_leading);
    struct came one = get(FETCH_FEED, at(1, leads[_i].path));
    if (leads[_i].why == NULL) {
        ck_assert_msg(one.end == FETCH_ANSWERED, "%s", one.why);
        ck_assert_str_eq(one.body, "there");
    } else {
        ck_assert_int_eq(one.end, FETCH_REFUSED);
        ck_assert_msg(strstr(one.why, leads[_i].why) != NULL, "%s", one.why);
        ck_assert_uint_eq(scripted_count(server), 1);
        ck_assert_str_ne(one.refused, "");
    }
    stop();
}
END_TEST

static bool
on_circle(struct scripted_visit *visit, struct span path, int times, void *whom)
{
    (void)times, (void)whom;
    return scripted_reply(visit, "301 Moved",
                          span_equal(path, SPAN("/a"))   ? "Location: /b\r\n"
                          : span_equal(path, SPAN("/b")) ? "Location: /a\r\n"
                                                         : "Location: x/\r\n",
                          SPAN(""));
}

START_TEST(redirects_end)
{
    start(on_circle);
    struct came one = get(FETCH_FEED, at(1, "/a"));
    ck_assert_int_eq(one.end, FETCH_REFUSED);
    ck_assert_str_eq(one.why, "redirects in a circle");
    ck_assert_uint_eq(scripted_count(server), 2);
    one = get(FETCH_FEED, at(2, "/"));
    ck_assert_int_eq(one.end, FETCH_REFUSED);
    ck_assert_str_eq(one.why, "more than 5 redirects");
    ck_assert_uint_eq(scripted_count(server), 2 + 6);
    stop();
}
END_TEST

START_TEST(nobody_is_connected_to_without_leave)
{
    start(on_plain);
    guard.allowed_count = 0;
    guard.port = scripted_port(server);
    struct came one = get(FETCH_FEED, at(1, "/"));
    ck_assert_int_eq(one.end, FETCH_REFUSED);
    ck_assert_str_eq(one.why, "this machine");
    one = get(FETCH_FEED, region_printf(region, "http://localhost:%u/", scripted_port(server)));
    ck_assert_int_eq(one.end, FETCH_REFUSED);
    ck_assert_uint_eq(scripted_count(server), 0);
    guard.allowed_count = LOOPBACKS;
    one = get(FETCH_FEED, region_printf(region, "http://localhost:%u/", scripted_port(server)));
    ck_assert_msg(one.end == FETCH_ANSWERED, "%s", one.why);
    stop();
}
END_TEST

/* What may be wrong with an answer, by its path. */
static struct buffer bomb;

static bool
on_endless(struct scripted_visit *visit)
{
    char piece[4096];
    memset(piece, 'a', sizeof piece);
    while (scripted_send(visit, (struct span){ piece, sizeof piece }))
        ;
    return false;
}

static bool
on_chunks(struct scripted_visit *visit)
{
    char piece[4096 + 1];
    memset(piece, 'a', sizeof piece - 1);
    piece[sizeof piece - 1] = '\0';
    scripted_say(visit, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (scripted_say(visit, "1000\r\n") && scripted_say(visit, piece) &&
           scripted_say(visit, "\r\n"))
        ;
    return false;
}

static bool
on_headers(struct scripted_visit *visit)
{
    scripted_say(visit, "HTTP/1.1 200 OK\r\n");
    while (scripted_say(visit, "X-Much: much much much much much much much much much\r\n"))
        ;
    return false;
}

static bool
on_drip(struct scripted_visit *visit)
{
    scripted_say(visit, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    while (scripted_wait(visit, 50) && scripted_say(visit, "a"))
        ;
    return false;
}

static bool
on_silence(struct scripted_visit *visit)
{
    scripted_wait(visit, 60 * 1000);
    return false;
}

static bool
on_patient_bomb(struct scripted_visit *visit)
{
    return scripted_reply(visit, "200 OK", "Content-Encoding: gzip\r\n", buffer_span(&bomb)) &&
           false;
}

static bool
on_missing(struct scripted_visit *visit)
{
    scripted_say(visit, "HTTP/1.1 404 Not Found\r\n\r\n");
    return on_endless(visit);
}

static bool
on_much(struct scripted_visit *visit)
{
    scripted_say(visit, "HTTP/1.1 200 OK\r\n\r\n");
    return on_endless(visit);
}

#define SAY(name, text)                                 \
    static bool on_##name(struct scripted_visit *visit) \
    {                                                   \
        scripted_say(visit, text);                      \
        return false;                                   \
    }
SAY(short, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
SAY(long, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc")
SAY(cut_chunks, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc")
SAY(no_gzip, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc")
SAY(half_gzip, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b")
SAY(nested, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\nContent-Length: 3\r\n\r\nabc")
SAY(twice, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Encoding: gzip\r\n"
           "Content-Length: 3\r\n\r\nabc")
SAY(brotli, "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\nabc")
SAY(transfer, "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
SAY(no_http, "SSH-2.0-OpenSSH_9.2\r\n\r\n")
SAY(nothing, "")
SAY(half_head, "HTTP/1.1 200 OK\r\nContent-Le")
SAY(early, "HTTP/1.1 103 Early Hints\r\nETag: \"no\"\r\n\r\nHTTP/1.1 200 OK\r\nETag: \"yes\"\r\n"
           "Content-Length: 3\r\n\r\nabc")

static const struct fault_row {
    const char *path;
    bool (*answer)(struct scripted_visit *visit);
    enum fetch_end end;
    int status;
    const char *why; /* in it */
} faults[] = {
    { "/much", on_much, FETCH_UNREADABLE, 200, "larger than we take" },
    { "/chunks", on_chunks, FETCH_UNREADABLE, 200, "larger than we take" },
    { "/headers", on_headers, FETCH_UNREADABLE, 200, "headers are too long" },
    { "/bomb", on_patient_bomb, FETCH_UNREADABLE, 200, "packed a hundred times" },
    { "/no-gzip", on_no_gzip, FETCH_UNREADABLE, 200, "not packed as it says" },
    { "/half-gzip", on_half_gzip, FETCH_UNREADABLE, 200, "ends in the middle" },
    { "/nested", on_nested, FETCH_UNREADABLE, 200, "not asked for" },
    { "/twice", on_twice, FETCH_UNREADABLE, 200, "not asked for" },
    { "/brotli", on_brotli, FETCH_UNREADABLE, 200, "not asked for" },
    { "/transfer", on_transfer, FETCH_UNREADABLE, 200, "not asked for" },
    { "/drip", on_drip, FETCH_UNREACHABLE, 200, "" },
    { "/silence", on_silence, FETCH_UNREACHABLE, 0, "too long to say a word" },
    { "/short", on_short, FETCH_UNREACHABLE, 200, "" },
    { "/cut-chunks", on_cut_chunks, FETCH_UNREACHABLE, 200, "" },
    { "/no-http", on_no_http, FETCH_UNREACHABLE, 0, "" },
    { "/nothing", on_nothing, FETCH_UNREACHABLE, 0, "" },
    { "/half-head", on_half_head, FETCH_UNREACHABLE, 200, "" },
    { "/missing", on_missing, FETCH_ANSWERED, 404, "" },
    { "/long", on_long, FETCH_ANSWERED, 200, "" },
    { "/early", on_early, FETCH_ANSWERED, 200, "" },
};

enum { FAULTS = sizeof faults / sizeof *faults };

static bool
on_fault(struct scripted_visit *visit, struct span path, int times, void *whom)
{
    (void)times, (void)whom;
    for (size_t i = 0; i < FAULTS; i++)
        if (span_equal(path, span_of(faults[i].path)))
            return faults[i].answer(visit);
    return scripted_reply(visit, "200 OK", "", SPAN("well"));
}

static void
pack_bomb(void)
{
    z_stream stream = { .next_in = NULL };
    char zeros[64 * 1024] = { 0 };
    bomb = BUFFER_EMPTY;
    deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    for (int i = 0; i <= 1024; i++) {
        stream.next_in = (unsigned char *)zeros;
        stream.avail_in = sizeof zeros;
        stream.next_out = (unsigned char *)buffer_reserve(&bomb, sizeof zeros);
        stream.avail_out = sizeof zeros;
        deflate(&stream, i < 1024 ? Z_NO_FLUSH : Z_FINISH);
        buffer_grew(&bomb, sizeof zeros - stream.avail_out);
    }
    deflateEnd(&stream);
}

START_TEST(whatever_comes_is_bounded_and_named)
{
    const struct fault_row *row = &faults[_i];
    start(on_fault);
    int64_t began = clock_monotonic();
    struct came one = get(FETCH_FEED, at(1, row->path));
    ck_assert_msg(one.end == row->end, "%d %s", (int)one.end, one.why);
    ck_assert_int_eq(one.status, row->status);
    ck_assert_msg(strstr(one.why, row->why) != NULL, "%s", one.why);
    ck_assert_int_eq(one.end == FETCH_ANSWERED, one.why[0] == '\0');
    ck_assert_uint_eq(scripted_count(server), 1); /* nobody is asked twice */
    ck_assert_int_le(clock_monotonic() - began, limits.total + 2000);
    if (one.end != FETCH_ANSWERED)
        ck_assert_uint_eq(one.body_len, 0);
    ck_assert(strcmp(row->path, "/early") != 0 || strcmp(one.etag, "\"yes\"") == 0);
    /* It costs this one wish. */
    one = get(FETCH_FEED, at(1, "/well"));
    ck_assert_str_eq(one.body, "well");
    stop();
}
END_TEST

static bool
on_packed(struct scripted_visit *visit, struct span path, int times, void *whom)
{
    char text[64 * 1024];
    uint32_t seed = 1;
    z_stream stream = { .next_in = (unsigned char *)text, .avail_in = sizeof text };
    static char packed[2 * sizeof text];
    int window = span_equal(path, SPAN("/gzip"))  ? 15 + 16
                 : span_equal(path, SPAN("/raw")) ? -15
                                                  : 15;
    (void)times, (void)whom;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + (seed = seed * 1103515245 + 12345) / 65536 % 26);
    deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
    stream.next_out = (unsigned char *)packed;
    stream.avail_out = sizeof packed;
    deflate(&stream, Z_FINISH);
    deflateEnd(&stream);
    return scripted_reply(visit, "200 OK",
                          window > 15 ? "Content-Encoding: gzip\r\n"
                                      : "Content-Encoding: deflate\r\n",
                          (struct span){ packed, stream.total_out });
}

START_TEST(what_is_packed_is_unpacked)
{
    static const char *const ways[] = { "/gzip", "/zlib", "/raw" };
    start(on_packed);
    struct came one = get(FETCH_FEED, at(1, ways[_i]));
    ck_assert_msg(one.end == FETCH_ANSWERED, "%s", one.why);
    ck_assert_uint_eq(one.body_len, 64 * 1024);
    stop();
}
END_TEST

static bool
on_not_modified(struct scripted_visit *visit, struct span path, int times, void *whom)
{
    (void)path, (void)whom;
    if (times == 0)
        return scripted_reply(visit, "200 OK", "ETag: \"1\"\r\nLast-Modified: then\r\n", SPAN("a"));
    return scripted_say(visit, times == 1 ? "HTTP/1.1 304 Not Modified\r\n\r\n"
                                          : "HTTP/1.1 304 Not Modified\r\nETag: \"2\"\r\n\r\n");
}

START_TEST(not_modified_keeps_what_it_does_not_repeat)
{
    start(on_not_modified);
    struct span url = at(1, "/");
    struct came one = get(FETCH_FEED, url);
    struct validators validators = { url, SPAN("\"1\""), SPAN("then") };
    one = get_again(url, validators);
    ck_assert_int_eq(one.status, 304);
    ck_assert(one.conditional);
    ck_assert_str_eq(one.etag, "\"1\"");
    ck_assert_str_eq(one.modified, "then");
    one = get_again(url, validators);
    ck_assert_str_eq(one.etag, "\"2\"");
    ck_assert_str_eq(one.modified, "then");
    one = get(FETCH_FEED, url);
    ck_assert_int_eq(one.status, 304);
    ck_assert(!one.conditional);
    stop();
}
END_TEST

static bool
on_hurried(struct scripted_visit *visit, struct span path, int times, void *whom)
{
    (void)path, (void)times, (void)whom;
    return scripted_reply(visit, "429 Too Many Requests",
                          "Retry-After:   Wed, 25 Nov 2026 04:00:00 GMT \r\n", SPAN("slow down"));
}

START_TEST(a_host_that_is_held_is_not_asked)
{
    start(on_hurried);
    struct came one = get(FETCH_FEED, at(1, "/a"));
    ck_assert_int_eq(one.status, 429);
    ck_assert_str_eq(one.retry_after, "Wed, 25 Nov 2026 04:00:00 GMT");
    one = get(FETCH_FEED, at(1, "/b")); /* an address is no public name: only the feed waits */
    ck_assert_int_eq(one.status, 429);
    fetch_hold(fetch, SPAN("127.0.0.1"));
    one = get(FETCH_FEED, at(1, "/c"));
    ck_assert_int_eq(one.end, FETCH_HELD);
    ck_assert_str_eq(paths(), "/a /b");
    stop();
}
END_TEST

/* Two sites in one: 127.0.0.1 forbids /no; the others' robots.txt is as their path says. */
static const char *robots_status, *robots_headers, *robots_text;

static void
set_up_robots(void)
{
    robots_status = "200 OK";
    robots_headers = robots_text = "";
}

static bool
on_site(struct scripted_visit *visit, struct span path, int times, void *whom)
{
    (void)times, (void)whom;
    if (span_equal(path, SPAN("/robots.txt")))
        return scripted_reply(visit, robots_status, robots_headers, span_of(robots_text));
    if (span_starts(path, SPAN("/away")))
        return scripted_reply(
            visit, "302 Found",
            region_printf(region, "Location: http://127.0.0.2:%u/page\r\n", scripted_port(server))
                .at,
            SPAN(""));
    return scripted_reply(visit, "200 OK", "", SPAN("page"));
}

START_TEST(pages_are_read_by_leave_of_robots_txt)
{
    robots_text = "User-agent: *\nDisallow: /no\nAllow: /no/yes\n";
    start(on_site);
    struct came *pages[] = { want(FETCH_PAGE, at(1, "/a")), want(FETCH_PAGE, at(1, "/no?x")),
                             want(FETCH_PAGE, at(1, "/no/yes")), want(FETCH_FEED, at(1, "/no")) };
    run();
    ck_assert_str_eq(pages[0]->body, "page");
    ck_assert_int_eq(pages[1]->end, FETCH_FORBIDDEN);
    ck_assert_str_eq(pages[1]->why, "robots.txt forbids it");
    ck_assert_str_eq(pages[2]->body, "page");
    ck_assert_str_eq(pages[3]->body, "page"); /* a feed is there to be fetched */
    ck_assert_str_eq(paths(), "/robots.txt /no /a /no/yes");
    check_pauses(limits.pause);
    stop();
}
END_TEST

START_TEST(a_redirect_asks_the_other_sites_robots_txt)
{
    robots_text = "User-agent: songtu\nDisallow: /page\n";
    start(on_site);
    struct came one = get(FETCH_PAGE, at(1, "/away"));
    ck_assert_int_eq(one.end, FETCH_FORBIDDEN);
    ck_assert_str_eq(one.url, at(2, "/page").at);
    ck_assert_str_eq(paths(), "/robots.txt /away /robots.txt");
    ck_assert_ptr_nonnull(strstr(scripted_asked(server, 2), "Host: 127.0.0.2:"));
    stop();
}
END_TEST

START_TEST(all_who_may_connect_alike_share_a_robots_txt)
{
    struct guard_allowance others[LOOPBACKS];
    start(on_site);
    memcpy(others, allowed, sizeof others);
    want(FETCH_PAGE, at(1, "/a"));
    guard.allowed = others;
    want(FETCH_PAGE, at(1, "/b"));
    run();
    ck_assert_str_eq(paths(), "/robots.txt /a /b");
    guard.allowed_count = 1; /* it might have been led where this one may not go */
    get(FETCH_PAGE, at(1, "/c"));
    ck_assert_str_eq(paths(), "/robots.txt /a /b /robots.txt /c");
    stop();
}
END_TEST

START_TEST(a_page_on_a_host_that_is_held_waits_with_its_robots_txt)
{
    start(on_site);
    fetch_hold(fetch, SPAN("127.0.0.2"));
    struct came one = get(FETCH_PAGE, at(2, "/a"));
    ck_assert_msg(one.end == FETCH_HELD, "%s", one.why);
    one = get(FETCH_PAGE, at(1, "/away"));
    ck_assert_msg(one.end == FETCH_HELD, "%s", one.why);
    ck_assert_str_eq(paths(), "/robots.txt /away");
    stop();
}
END_TEST

static const struct {
    const char *status, *headers;
    enum fetch_end end;
} sites[] = {
    { "404 Not Found", "", FETCH_ANSWERED },
    { "403 Forbidden", "", FETCH_ANSWERED },
    { "410 Gone", "", FETCH_ANSWERED },
    { "301 Moved", "Location: /robots.txt\r\n", FETCH_ANSWERED }, /* in a circle: it is not there */
    { "302 Moved", "Location: http://10.0.0.1/\r\n", FETCH_ANSWERED },
    { "429 Too Many Requests", "", FETCH_UNREACHABLE },
    { "500 Oops", "", FETCH_UNREACHABLE },
    { "503 Later", "", FETCH_UNREACHABLE },
};

START_TEST(without_robots_txt_it_depends_on_why)
{
    robots_status = sites[_i].status;
    robots_headers = sites[_i].headers;
    robots_text = "User-agent: *\nDisallow: /\n";
    start(on_site);
    struct came one = get(FETCH_PAGE, at(1, "/a"));
    ck_assert_msg(one.end == sites[_i].end, "%s", one.why);
    if (sites[_i].end != FETCH_ANSWERED)
        ck_assert_msg(strstr(one.why, "robots.txt could not be had: status") != NULL, "%s",
                      one.why);
    stop();
}
END_TEST

START_TEST(a_crawl_delay_is_kept)
{
    robots_text = "User-agent: *\nCrawl-delay: 0.5\n";
    start(on_site);
    for (int i = 0; i < 3; i++)
        want(FETCH_PAGE, at(1, region_printf(region, "/%d", i).at));
    run();
    ck_assert_str_eq(paths(), "/robots.txt /0 /1 /2");
    check_pauses(500);
    stop();
}
END_TEST

START_TEST(where_it_is_too_long_one_page_is_read)
{
    robots_text = "User-agent: *\nCrawl-delay: 600\n";
    start(on_site);
    struct came *one = want(FETCH_PAGE, at(1, "/0")), *two = want(FETCH_PAGE, at(1, "/1"));
    struct came *feed = want(FETCH_FEED, at(1, "/feed"));
    run();
    ck_assert_str_eq(one->body, "page");
    ck_assert_int_eq(two->end, FETCH_HELD);
    ck_assert_str_eq(feed->body, "page");
    stop();
}
END_TEST

static void
stop_it(int number)
{
    (void)number;
    fetch_stop(fetch);
}

START_TEST(a_round_can_be_ended)
{
    start(on_fault);
    struct came *one = want(FETCH_FEED, at(1, "/silence")), *two = want(FETCH_FEED, at(1, "/b"));
    struct came *page = want(FETCH_PAGE, at(2, "/silence"));
    signal(SIGALRM, stop_it);
    ualarm(200 * 1000, 0);
    run();
    ck_assert_int_eq(one->end, FETCH_STOPPED);
    ck_assert_int_eq(two->end, FETCH_STOPPED);
    ck_assert_int_eq(page->end, FETCH_STOPPED);
    stop();
}
END_TEST

START_TEST(what_still_waits_is_dropped_at_the_end)
{
    start(on_plain);
    want(FETCH_PAGE, at(1, "/a"));
    want(FETCH_FEED, at(1, "/b"));
    stop();
    ck_assert_uint_eq(came_count, 0);
}
END_TEST

START_TEST(nothing_of_the_environment_is_used)
{
    char *home = testing_folder();
    testing_write(home, ".netrc", "machine 127.0.0.1 login u password p\n");
    setenv("HOME", home, 1);
    setenv("http_proxy", "http://127.0.0.1:1/", 1);
    setenv("all_proxy", "http://127.0.0.1:1/", 1);
    start(on_plain);
    ck_assert_int_eq(get(FETCH_FEED, at(1, "/")).status, 200);
    ck_assert_ptr_null(strstr(scripted_asked(server, 0), "Authorization"));
    ck_assert_ptr_null(strstr(scripted_asked(server, 0), "Proxy"));
    stop();
    testing_folder_remove(home);
}
END_TEST

static bool
on_cookie(struct scripted_visit *visit, struct span path, int times, void *whom)
{
    (void)path, (void)times, (void)whom;
    return scripted_reply(visit, "200 OK", "Set-Cookie: a=b\r\n", SPAN("a"));
}

START_TEST(a_cookie_is_not_kept)
{
    start(on_cookie);
    get(FETCH_FEED, at(1, "/a"));
    get(FETCH_FEED, at(1, "/a"));
    ck_assert_str_eq(scripted_asked(server, 0), scripted_asked(server, 1));
    stop();
}
END_TEST

/* TLS: the capsule's own kind of certificate is as good as any. */
static struct came
get_secure(const char *host, bool trusted)
{
    struct span hosts[] = { SPAN("localhost") };
    struct fault fault = { 0, "" };
    char *folder = testing_folder();
    ck_assert_msg(certificate_make(folder, (struct spans){ hosts, 1 }, &fault) == STATUS_OK, "%s",
                  fault.what);
    struct region *names = region_new();
    const char *certificate = region_printf(names, "%s/localhost/cert.pem", folder).at;
    const char *key = region_printf(names, "%s/localhost/key.pem", folder).at;
    start_as(on_plain, certificate, key, trusted ? certificate : NULL);
    struct came one = get(FETCH_FEED,
                          region_printf(region, "https://%s:%u/", host, scripted_port(server)));
    stop();
    region_free(names);
    testing_folder_remove(folder);
    return one;
}

START_TEST(a_certificate_must_be_vouched_for)
{
    struct came one = get_secure("localhost", true);
    ck_assert_msg(one.end == FETCH_ANSWERED, "%s", one.why);
    ck_assert_str_eq(one.body, "<rss/>");
    one = get_secure("localhost", false);
    ck_assert_int_eq(one.end, FETCH_UNREACHABLE);
    ck_assert_msg(strstr(one.why, "certificate") != NULL, "%s", one.why);
}
END_TEST

START_TEST(a_certificate_must_be_for_the_name)
{
    struct came one = get_secure("127.0.0.1", true);
    ck_assert_int_eq(one.end, FETCH_UNREACHABLE);
    ck_assert_msg(strstr(one.why, "127.0.0.1") != NULL, "%s", one.why);
}
END_TEST

static const char *const contacts[] = { "", "a b", "a\r\nX: y", "a)b", "à" };

START_TEST(a_contact_is_an_address)
{
    struct fetch_options options = { .contact = contacts[_i] };
    struct fault fault;
    ck_assert_int_eq(fetch_open(&options, &fetch, &fault), STATUS_BAD);
    options = (struct fetch_options){ .contact = "a@b.vn", .ca = "/nowhere/ca.pem" };
    ck_assert_int_eq(fetch_open(&options, &fetch, &fault), STATUS_BAD);
    ck_assert_str_eq(fault.what, "/nowhere/ca.pem can't be read: name a file of certificates");
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

static TCase *
asking(void)
{
    TCase *asking = tcase_create("asking");
    tcase_add_test(asking, a_feed_is_asked_for_with_nothing_but_what_is_needed);
    tcase_add_test(asking, validators_go_back_byte_for_byte);
    tcase_add_test(asking, not_modified_keeps_what_it_does_not_repeat);
    tcase_add_test(asking, one_host_is_asked_once_at_a_time_with_pauses);
    tcase_add_test(asking, four_hosts_are_asked_at_once);
    tcase_add_test(asking, a_host_that_is_held_is_not_asked);
    tcase_add_test(asking, a_round_can_be_ended);
    tcase_add_test(asking, what_still_waits_is_dropped_at_the_end);
    tcase_add_test(asking, nothing_of_the_environment_is_used);
    tcase_add_test(asking, a_cookie_is_not_kept);
    tcase_add_loop_test(asking, a_contact_is_an_address, 0, COUNT(contacts));
    return asking;
}

static TCase *
secure(void)
{
    TCase *secure = tcase_create("secure");
    tcase_set_tags(secure, "no-valgrind"); /* which makes cryptography too slow for a deadline */
    tcase_add_test(secure, a_certificate_must_be_vouched_for);
    tcase_add_test(secure, a_certificate_must_be_for_the_name);
    return secure;
}

static TCase *
answers(void)
{
    TCase *answers = tcase_create("answers");
    tcase_add_loop_test(answers, redirects_are_followed_one_by_one, 0, COUNT(chains));
    tcase_add_loop_test(answers, a_redirect_leads_nowhere_we_would_not_go, 0, COUNT(leads));
    tcase_add_test(answers, redirects_end);
    tcase_add_test(answers, nobody_is_connected_to_without_leave);
    tcase_add_loop_test(answers, whatever_comes_is_bounded_and_named, 0, FAULTS);
    tcase_add_loop_test(answers, what_is_packed_is_unpacked, 0, 3);
    return answers;
}

static TCase *
sites_and_robots(void)
{
    TCase *leave = tcase_create("robots");
    tcase_add_checked_fixture(leave, set_up_robots, NULL);
    tcase_add_test(leave, pages_are_read_by_leave_of_robots_txt);
    tcase_add_test(leave, a_redirect_asks_the_other_sites_robots_txt);
    tcase_add_test(leave, all_who_may_connect_alike_share_a_robots_txt);
    tcase_add_test(leave, a_page_on_a_host_that_is_held_waits_with_its_robots_txt);
    tcase_add_loop_test(leave, without_robots_txt_it_depends_on_why, 0, COUNT(sites));
    tcase_add_test(leave, a_crawl_delay_is_kept);
    tcase_add_test(leave, where_it_is_too_long_one_page_is_read);
    return leave;
}

int
main(void)
{
    Suite *suite = suite_create("fetching");
    pack_bomb();
    suite_add_tcase(suite, asking());
    suite_add_tcase(suite, secure());
    suite_add_tcase(suite, answers());
    suite_add_tcase(suite, sites_and_robots());
    int status = testing_run(suite);
    buffer_fini(&bomb);
    return status;
}
