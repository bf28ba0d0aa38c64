/* SPDX-License-Identifier: ISC */
/* The web, from the real daemon over real sockets. */
#include "browser.h"

#include "base/clock.h"
#include "testing.h"

#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))
#define STORY "/story/nam-thanh-pho-so-ket-phong-trao-phu-nu-nua-dau-nam-2024"

enum { AT_ONCE_MS = 5000, LARGE_BYTES = 3 << 20 };

static struct capsule_run *run;
static struct visit visit;
static struct page_heard heard;

static void
launch(const char *settings)
{
    browser_settings(run, settings);
    capsule_launch(run);
    visit = visit_open(run);
}

static void
set_up(void)
{
    run = capsule_prepare();
    visit = (struct visit){ -1, NULL, BUFFER_EMPTY };
    heard = (struct page_heard){ 0, NULL, NULL, 0 };
}

static void
tear_down(void)
{
    heard_fini(&heard);
    visit_close(&visit);
    capsule_stop(run);
}

static int
ask_with(const char *path, const char *headers)
{
    heard_fini(&heard);
    visit_ask(&visit, path, headers);
    heard = visit_hear(&visit, strstr(headers, "If-") != NULL);
    return heard.status;
}

static int
ask(const char *path)
{
    return ask_with(path, "");
}

/* The value of a header of the last answer; "": it has none. */
static const char *
header(const char *name)
{
    static char value[512];
    char mark[64];
    snprintf(mark, sizeof mark, "\r\n%s: ", name);
    const char *at = strstr(heard.head, mark);
    value[0] = '\0';
    if (at != NULL)
        sscanf(at + strlen(mark), "%511[^\r]", value);
    return value;
}

START_TEST(one_conversation_is_enough_for_all)
{
    char condition[600];
    launch("");
    ck_assert_int_eq(ask(STORY), 200);
    ck_assert_ptr_nonnull(strstr(heard.body, "<h1>Năm thành phố"));
    ck_assert_str_eq(header("Content-Type"), "text/html; charset=utf-8");
    ck_assert_str_ne(header("Content-Security-Policy"), "");
    snprintf(condition, sizeof condition, "If-None-Match: %s\r\n", header("ETag"));
    ck_assert_int_eq(ask_with(STORY, condition), 304);
    ck_assert_int_eq(ask_with(STORY, "Accept-Encoding: gzip\r\n"), 200);
    ck_assert_str_eq(header("Content-Encoding"), "gzip");
    ck_assert_int_eq(heard.body[0], 0x1f);
    snprintf(condition, sizeof condition, "If-Modified-Since: %s\r\n", header("Last-Modified"));
    ck_assert_int_eq(ask_with(STORY, condition), 304);
    ck_assert_int_eq(ask("/atom.xml"), 200);
    ck_assert_int_eq(ask("/sitemap.xml"), 200);
    ck_assert_int_eq(ask("/robots.txt"), 200);
    ck_assert_ptr_nonnull(strstr(heard.body, "/sitemap.xml\n"));
    ck_assert_int_eq(ask("/search?q=ha+noi"), 200);
    ck_assert_ptr_nonnull(strstr(heard.body, "<h1>Kết quả tìm “ha noi”</h1>"));
    ck_assert_int_eq(ask("/city"), 301);
    ck_assert_str_eq(header("Location"), "/city/");
    ck_assert_int_eq(ask("/nichts"), 404);
    ck_assert_int_eq(ask_with("/", "Connection: close\r\n"), 200);
    ck_assert_str_eq(header("Connection"), "close");
    ck_assert_uint_eq(visit_end(&visit), 0);
    capsule_await(run, "log", "access: web peer=127.0.0.0 status=200", 7);
}
END_TEST

START_TEST(what_is_asked_ahead_is_answered_in_turn)
{
    struct buffer requests = BUFFER_EMPTY;
    launch("");
    for (int i = 0; i < 200; i++)
        buffer_printf(&requests, "GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n",
                      i % 2 ? "about" : "");
    visit_say(&visit, buffer_span(&requests));
    for (int i = 0; i < 200; i++) {
        heard_fini(&heard);
        heard = visit_hear(&visit, false);
        ck_assert_int_eq(heard.status, 200);
        ck_assert_int_eq(strstr(heard.body, "canonical\" href=") != NULL &&
                             strstr(heard.body, "/about\">\n<link") != NULL,
                         i % 2);
    }
    buffer_fini(&requests);
}
END_TEST

START_TEST(a_request_may_come_slowly_and_in_pieces)
{
    const char *request = "GET /about HTTP/1.1\r\nHost: localhost\r\n\r\n";
    launch("");
    for (const char *at = request; *at != '\0'; at++)
        visit_say(&visit, (struct span){ at, 1 });
    heard = visit_hear(&visit, false);
    ck_assert_int_eq(heard.status, 200);
}
END_TEST

START_TEST(a_head_tells_of_a_body_that_does_not_come)
{
    launch("");
    ck_assert_int_eq(ask(STORY), 200);
    size_t len = heard.len;
    visit_say(&visit, SPAN("HEAD " STORY " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    heard_fini(&heard);
    heard = visit_hear(&visit, true);
    ck_assert_uint_eq((size_t)atol(header("Content-Length")), len);
    ck_assert_int_eq(ask("/nichts"), 404); /* so no body lay between */
}
END_TEST

START_TEST(a_large_file_is_followed_by_the_next_answer)
{
    char *large = malloc(LARGE_BYTES + 1);
    memset(large, 'x', LARGE_BYTES);
    large[LARGE_BYTES] = '\0';
    testing_write(run->folder, "content/files/x.bin", large);
    free(large);
    launch("");
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(ask("/files/x.bin"), 200);
        ck_assert_uint_eq(heard.len, LARGE_BYTES);
        ck_assert_int_eq(ask("/about"), 200);
    }
}
END_TEST

/* What is behind the first request must never be answered: a proxy may have taken it for a body. */
#define SMUGGLED "GET /about HTTP/1.1\r\nHost: localhost\r\n\r\n"
static const struct {
    const char *request;
    int status;
} hostile[] = {
    { "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 44\r\n\r\n" SMUGGLED, 405 },
    { "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 44\r\n\r\n" SMUGGLED, 413 },
    { "GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED,
      413 },
    { "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: "
      "chunked\r\n\r\n"
      "0\r\n\r\n" SMUGGLED,
      400 },
    { "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Length: "
      "44\r\n\r\n" SMUGGLED,
      400 },
    { "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" SMUGGLED,
      405 },
    { "GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding : chunked\r\n\r\n" SMUGGLED, 400 },
    { "GET / HTTP/1.1\r\nHost: localhost\r\nX: y\r\n z\r\n\r\n" SMUGGLED, 400 },
    { "GET / HTTP/1.1\nHost: localhost\n\n" SMUGGLED, 400 },
    { "GET / HTTP/1.1\r\nHost: localhost\r\nX: \ny\r\n\r\n" SMUGGLED, 400 },
    { "GET / HTTP/1.1\r\nHost: localhost\r\nHost: other\r\n\r\n" SMUGGLED, 400 },
    { "GET / HTTP/1.1\r\n\r\n" SMUGGLED, 400 },
    { "GET /\r\n" SMUGGLED, 400 },
    { "GET / HTTP/3.0\r\nHost: localhost\r\n\r\n" SMUGGLED, 505 },
    { "BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n" SMUGGLED, 501 },
    { "CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n\r\n" SMUGGLED, 400 },
    { "GET /\x1b[31m HTTP/1.1\r\nHost: localhost\r\n\r\n" SMUGGLED, 400 },
    { "GET / HTTP/1.1\r\nHost: localhost\r\nX: \x1b\r\n\r\n" SMUGGLED, 400 },
};

START_TEST(nobody_smuggles_a_request)
{
    launch("");
    visit_say(&visit, span_of(hostile[_i].request));
    heard = visit_hear(&visit, false);
    ck_assert_int_eq(heard.status, hostile[_i].status);
    ck_assert_str_eq(header("Connection"), "close");
    ck_assert_uint_eq(visit_end(&visit), 0);
    ck_assert_uint_eq(capsule_count(run, "log", "\x1b"), 0);
    capsule_await(run, "log", "access: web", 1);
}
END_TEST

static const struct {
    const char *request;
    int status;
} addressed[] = {
    { "GET http://localhost/about HTTP/1.1\r\nHost: evil.example\r\n\r\n", 200 },
    { "GET http://evil.example/about HTTP/1.1\r\nHost: localhost\r\n\r\n", 421 },
    { "GET /about HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421 },
    { "GET /about HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n", 200 },
    { "GET /about HTTP/1.0\r\n\r\n", 200 },
    { "GET /about HTTP/1.1\r\nHost: evil.example/x?\r\n\r\n", 400 },
};

START_TEST(whom_it_is_addressed_to_is_looked_at)
{
    launch("");
    visit_say(&visit, span_of(addressed[_i].request));
    heard = visit_hear(&visit, false);
    ck_assert_int_eq(heard.status, addressed[_i].status);
    ck_assert_ptr_null(strstr(heard.head, "evil"));
    ck_assert_ptr_null(strstr(heard.body, "evil"));
}
END_TEST

static int
flood(const char *begin, const char *piece, size_t times)
{
    struct buffer request = BUFFER_EMPTY;
    visit_close(&visit);
    visit = visit_open(run);
    buffer_add_text(&request, begin);
    for (size_t i = 0; i < times; i++)
        buffer_add_text(&request, piece);
    visit_say(&visit, buffer_span(&request));
    buffer_fini(&request);
    heard_fini(&heard);
    heard = visit_hear(&visit, false);
    visit_end(&visit);
    return heard.status;
}

START_TEST(floods_are_told_what_is_too_much)
{
    launch("");
    ck_assert_int_eq(flood("GET /", "aaaaaaaaaa", 100000), 414);
    ck_assert_int_eq(flood("GET / HTTP/1.1\r\nHost: localhost\r\n", "X: y\r\n", 100000), 431);
    ck_assert_int_eq(flood("GET / HTTP/1.1\r\nHost: localhost\r\nX: ", "yyyyyyyyyy", 100000), 431);
    ck_assert_int_eq(flood("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "", 0), 200);
}
END_TEST

START_TEST(a_head_that_never_ends_is_hung_up_on)
{
    int64_t begin = clock_monotonic();
    launch("");
    visit_say(&visit, SPAN("GET / HTTP/1.1\r\nHost: loc"));
    ck_assert_uint_eq(visit_end(&visit), 0);
    ck_assert_int_gt(clock_monotonic() - begin, 8000);
    ck_assert_int_lt(clock_monotonic() - begin, 20000);
}
END_TEST

START_TEST(tls_on_the_plain_port_hears_nothing)
{
    launch("");
    visit_say(&visit, SPAN("\x16\x03\x01\x02\x00\x01\x00"));
    int64_t begin = clock_monotonic();
    ck_assert_uint_eq(visit_end(&visit), 0);
    ck_assert_int_lt(clock_monotonic() - begin, AT_ONCE_MS);
    ck_assert_uint_eq(capsule_count(run, "log", "access: web"), 0);
}
END_TEST

START_TEST(words_are_never_markup)
{
    launch("");
    ck_assert_int_eq(ask("/search?q=%3Cscript%3Ealert(1)%3C/script%3E%22%27"), 200);
    ck_assert_ptr_null(strstr(heard.body, "<script>"));
    ck_assert_ptr_nonnull(strstr(heard.body, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;"));
    ck_assert_int_eq(ask("/%3Cscript%3E"), 404);
    ck_assert_ptr_null(strstr(heard.body, "script&gt;"));
    ck_assert_int_eq(ask("/city/%0d%0aX:%20y"), 404);
    ck_assert_ptr_null(strstr(heard.head, "X: y"));
}
END_TEST

START_TEST(each_question_counts_whoever_asks)
{
    run->allow = "192.0.2.0/24";
    launch("rate: 3/1h\n");
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(ask("/about"), 200);
    ck_assert_int_eq(ask("/about"), 429);
    ck_assert_int_gt(atoi(header("Retry-After")), 0);
    ck_assert_int_eq(capsule_status(run, "/about"), 44); /* it is one address, whatever it speaks */
}
END_TEST

START_TEST(a_proxy_tells_whom_it_asks_for)
{
    run->allow = "192.0.2.0/24";
    launch("proxies: [127.0.0.0/8]\nrate: 3/1h\n");
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(ask_with("/about", "X-Forwarded-For: 203.0.113.9, 198.51.100.7\r\n"), 200);
    ck_assert_int_eq(ask_with("/about", "X-Forwarded-For: 198.51.100.7\r\n"), 429);
    ck_assert_int_eq(ask_with("/about", "X-Forwarded-For: 198.51.100.7, 127.0.0.9\r\n"), 429);
    ck_assert_int_eq(ask_with("/about", "X-Forwarded-For: 2001:db8:1:2::3\r\n"), 200);
    ck_assert_int_eq(ask_with("/about", "Forwarded: for=\"[2001:db8:5::1]:80\"\r\n"), 200);
    ck_assert_int_eq(ask("/about"), 200); /* nobody is said: the proxy itself */
    capsule_await(run, "log", "web peer=127.0.0.0 status=200", 1);
    capsule_await(run, "log", "web peer=198.51.100.0 status=200", 3);
    capsule_await(run, "log", "web peer=2001:db8:1:: status=200", 1);
    capsule_await(run, "log", "web peer=2001:db8:5:: status=200", 1);
    ck_assert_uint_eq(capsule_count(run, "log", "203.0.113"), 0);
}
END_TEST

START_TEST(nobody_else_is_believed)
{
    launch("proxies: [192.0.2.1]\n");
    ck_assert_int_eq(ask_with("/about", "X-Forwarded-For: 198.51.100.7\r\n"), 200);
    capsule_await(run, "log", "web peer=127.0.0.0 status=200", 1);
    ck_assert_uint_eq(capsule_count(run, "log", "198.51.100"), 0);
}
END_TEST

START_TEST(who_only_waits_holds_up_neither_a_reload_nor_an_end)
{
    launch("");
    ck_assert_int_eq(ask("/about"), 200);
    kill(run->master, SIGHUP);
    int64_t begin = clock_monotonic();
    ck_assert_uint_eq(visit_end(&visit), 0);
    ck_assert_int_lt(clock_monotonic() - begin, AT_ONCE_MS);
    capsule_await(run, "log", "serving generation=2", 1);
    visit_close(&visit);
    visit = visit_open(run);
    ck_assert_int_eq(ask("/about"), 200);
    begin = clock_monotonic();
    ck_assert_int_eq(capsule_end(run), 0);
    ck_assert_int_lt(clock_monotonic() - begin, AT_ONCE_MS);
}
END_TEST

START_TEST(the_web_may_have_a_certificate_of_its_own)
{
    run->listen = "127.0.0.1:0";
    launch("web-certs: certs\n");
    visit_close(&visit);
    visit = visit_open_tls(run, "localhost");
    for (int i = 0; i < 200; i++) /* more than TLS hears of one who only shakes hands */
        ck_assert_int_eq(
            ask_with(STORY, "X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
                            "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
                            "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
                            "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
                            "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n"),
            200);
    ck_assert_str_eq(header("Strict-Transport-Security"), "max-age=31536000");
    ck_assert_ptr_nonnull(strstr(heard.body, "rel=\"canonical\" href=\"https://localhost"));
    ck_assert_int_eq(ask_with("/", "Connection: close\r\n"), 200);
    visit_end(&visit);
    ck_assert_int_eq(SSL_get_shutdown(visit.ssl) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);
}
END_TEST

START_TEST(the_counters_tell_of_the_web)
{
    launch("");
    ck_assert_int_eq(ask("/about"), 200);
    ck_assert_int_eq(ask("/nichts"), 404);
    ck_assert_int_eq(ask("/nichts"), 404);
    for (int i = 0; i < 100 && capsule_count(run, "log", "web 404                    2") == 0;
         i++) {
        ck_assert_int_eq(capsule_tool(run, "status"), 0); /* told anew each second */
        poll(NULL, 0, 100);
    }
    ck_assert_uint_gt(capsule_count(run, "log", "web 404                    2"), 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("web");
    TCase *tests = tcase_create("web");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, one_conversation_is_enough_for_all);
    tcase_add_test(tests, what_is_asked_ahead_is_answered_in_turn);
    tcase_add_test(tests, a_request_may_come_slowly_and_in_pieces);
    tcase_add_test(tests, a_head_tells_of_a_body_that_does_not_come);
    tcase_add_test(tests, a_large_file_is_followed_by_the_next_answer);
    tcase_add_loop_test(tests, nobody_smuggles_a_request, 0, COUNT(hostile));
    tcase_add_loop_test(tests, whom_it_is_addressed_to_is_looked_at, 0, COUNT(addressed));
    tcase_add_test(tests, floods_are_told_what_is_too_much);
    tcase_add_test(tests, a_head_that_never_ends_is_hung_up_on);
    tcase_add_test(tests, tls_on_the_plain_port_hears_nothing);
    tcase_add_test(tests, words_are_never_markup);
    tcase_add_test(tests, each_question_counts_whoever_asks);
    tcase_add_test(tests, a_proxy_tells_whom_it_asks_for);
    tcase_add_test(tests, nobody_else_is_believed);
    tcase_add_test(tests, who_only_waits_holds_up_neither_a_reload_nor_an_end);
    tcase_add_test(tests, the_web_may_have_a_certificate_of_its_own);
    tcase_add_test(tests, the_counters_tell_of_the_web);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
