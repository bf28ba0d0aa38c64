/* SPDX-License-Identifier: ISC */
/* The real fetcher against a real web server on loopback, which the test tells what to do: what
 * counts is what that server was asked. */
#include "wire/fetch.h"

#include "base/clock.h"
#include "scripted.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Shorter than a newsroom's, so that waiting for them can be tested. */
static const struct fetch_limits limits = {
    .connect = 2000,
    .first_byte = 1000,
    .total = 3000,
    .slow_rate = 1024,
    .slow_time = 30,
    .pause = 200,
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
start_with(scripted_answer *answer, const struct fetch_limits *with)
{
    struct fetch_options options = { .contact = "https://songtu.example/", .limits = with };
    struct fault fault;
    region = region_new();
    came_count = wanted_count = 0;
    server = scripted_start(answer, NULL, NULL, NULL);
    for (unsigned i = 0; i < LOOPBACKS; i++) {
        struct span text = region_printf(region, "127.0.0.%u:%u", i + 1, scripted_port(server));
        ck_assert(guard_allowance_parse(text, &allowed[i]));
    }
    guard = (struct guard){ .allowed = allowed, .allowed_count = LOOPBACKS };
    ck_assert_int_eq(fetch_open(&options, &fetch, &fault), STATUS_OK);
}

static void
start(scripted_answer *answer)
{
    start_with(answer, &limits);
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

int
main(void)
{
    Suite *suite = suite_create("fetching");
    TCase *asking = tcase_create("asking");
    tcase_add_test(asking, a_feed_is_asked_for_with_nothing_but_what_is_needed);
    tcase_add_test(asking, validators_go_back_byte_for_byte);
    suite_add_tcase(suite, asking);
    return testing_run(suite);
}
