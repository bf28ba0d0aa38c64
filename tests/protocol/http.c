/* SPDX-License-Identifier: ISC */
/* How the web asks and is answered. */
#include "protocol/http.h"
#include "protocol/http_date.h"

#include "testing.h"

#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static struct span hosts[] = { SPAN("bao.example"), SPAN("khac.example") };
static const struct origin origin = { .hosts = { hosts, 2 }, .port = 1965, .any_address = true };
static struct region *region;
static struct question question;
static struct buffer out;

static void
set_up(void)
{
    region = region_new();
    question = (struct question){ .refused = false };
    out = BUFFER_EMPTY;
}

static void
tear_down(void)
{
    region_free(region);
    buffer_fini(&out);
}

static enum parsed
ask_as(const char *bytes, const char *server_name)
{
    return http_parse(span_of(bytes), span_of(server_name), &origin, region, &question);
}

static enum parsed
ask(const char *bytes)
{
    return ask_as(bytes, NULL);
}

#define GET(more) "GET / HTTP/1.1\r\nHost: bao.example\r\n" more "\r\n"

static const struct {
    const char *bytes;
    int code;
} refused[] = {
    { "GET /\r\n", 400 },
    { "GET / HTTP/1.1\r\n\r\n", 400 }, /* no host */
    { "GET / HTTP/1.1\r\nHost: bao.example\r\nHost: bao.example\r\n\r\n", 400 },
    { "GET / HTTP/1.1\nHost: bao.example\n\n", 400 },
    { "GET / HTTP/1.1\r\nHost: bao.example\nX: y\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\nHost: bao.example\rX: y\r\n\r\n", 400 },
    { "GET  / HTTP/1.1\r\nHost: bao.example\r\n\r\n", 400 },
    { "GET / HTTP/1.1 \r\nHost: bao.example\r\n\r\n", 400 },
    { "GET / http/1.1\r\nHost: bao.example\r\n\r\n", 400 },
    { "GET / HTTP/2.0\r\nHost: bao.example\r\n\r\n", 505 },
    { "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505 },
    { "G(T / HTTP/1.1\r\nHost: bao.example\r\n\r\n", 400 },
    { "GET bao HTTP/1.1\r\nHost: bao.example\r\n\r\n", 400 },
    { "GET * HTTP/1.1\r\nHost: bao.example\r\n\r\n", 400 },
    { "GET ftp://bao.example/ HTTP/1.1\r\nHost: bao.example\r\n\r\n", 400 },
    { "GET http://a@bao.example/ HTTP/1.1\r\nHost: bao.example\r\n\r\n", 400 },
    { "GET /#a HTTP/1.1\r\nHost: bao.example\r\n\r\n", 400 },
    { "GET /%00 HTTP/1.1\r\nHost: bao.example\r\n\r\n", 400 },
    { "GET /%zz HTTP/1.1\r\nHost: bao.example\r\n\r\n", 400 },
    { "GET /../../etc HTTP/1.1\r\nHost: bao.example\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\nHost: bao.example/x?\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\nHost: a@bao.example\r\n\r\n", 400 },
    { GET(" X: y\r\n"), 400 },
    { GET("X: y\r\n z\r\n"), 400 },
    { GET("X : y\r\n"), 400 },
    { GET(": y\r\n"), 400 },
    { GET("X\r\n"), 400 },
    { GET("X: a\x01\r\n"), 400 },
    { GET("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400 },
    { GET("Content-Length: 0\r\nContent-Length: 0\r\n"), 400 },
    { GET("Content-Length: +5\r\n"), 400 },
    { GET("Content-Length: 5, 5\r\n"), 400 },
    { GET("Content-Length:\r\n"), 400 },
    { GET("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n"), 400 },
    { "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
    { " GET", 400 },
};

START_TEST(what_could_be_read_in_two_ways_is_refused)
{
    ck_assert_int_eq(ask(refused[_i].bytes), PARSED_BAD);
    ck_assert_int_eq(question.reply.code, refused[_i].code);
}
END_TEST

static const struct {
    const char *bytes;
    int code;
} undoable[] = {
    { "POST / HTTP/1.1\r\nHost: bao.example\r\nContent-Length: 5\r\n\r\n", 405 },
    { "POST / HTTP/1.1\r\nHost: bao.example\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 405 },
    { "OPTIONS / HTTP/1.1\r\nHost: bao.example\r\n\r\n", 405 },
    { "BREW / HTTP/1.1\r\nHost: bao.example\r\n\r\n", 501 },
    { "get / HTTP/1.1\r\nHost: bao.example\r\n\r\n", 501 },
    { GET("Content-Length: 5\r\n"), 413 },
    { GET("Transfer-Encoding: chunked\r\n"), 413 },
};

START_TEST(tls_is_no_question)
{
    ck_assert_int_eq(ask("\x16\x03\x01"), PARSED_ALIEN);
}
END_TEST

START_TEST(what_nobody_does_here_ends_the_conversation)
{
    ck_assert_int_eq(ask(undoable[_i].bytes), PARSED_WHOLE);
    ck_assert_int_eq(question.reply.code, undoable[_i].code);
    ck_assert(!question.request.wishes.stays);
}
END_TEST

static const struct {
    const char *target, *segment, *query;
} targets[] = {
    { "/", "", "" },
    { "/story/a", "a", "" },
    { "/story/./a", "a", "" },
    { "http://bao.example/story/a", "a", "" },
    { "https://KHAC.example:443", "", "" },
    { "/search?h%C3%A0+n%E1%BB%99i", "search", "hà+nội" },
    { "/search?q=h%C3%A0+n%E1%BB%99i", "search", "hà nội" },
    { "/search?q=a%2Bb&x=y", "search", "a+b" },
    { "/search?q=", "search", "" },
    { "/search/2?q=a", "2", "q=a" },
    { "/a?b", "a", "b" },
};

START_TEST(a_target_is_a_path_and_maybe_words)
{
    const char *request = region_printf(region, "GET %s HTTP/1.1\r\nHost: bao.example\r\n\r\nGET",
                                        targets[_i].target)
                              .at;
    ck_assert_int_eq(ask(request), PARSED_WHOLE);
    ck_assert_int_eq(question.reply.code, 0);
    ck_assert(!question.refused);
    ck_assert_uint_eq(question.taken, strlen(request) - 3);
    struct spans segments = question.request.segments;
    struct span last = segments.count > 0 ? segments.at[segments.count - 1] : SPAN("");
    ck_assert(span_equal(last, span_of(targets[_i].segment)));
    ck_assert(span_equal(question.request.query, span_of(targets[_i].query)));
}
END_TEST

static const struct {
    const char *host;
    bool ours;
} named[] = {
    { "bao.example", true },       { "BAO.example.", true },      { "bao.example:8080", true },
    { "khac.example", true },      { "127.0.0.1:80", true },      { "[::1]", true },
    { "nguoi-la.example", false }, { "bao.example.evil", false }, { "localhost", false },
};

START_TEST(other_peoples_hosts_are_not_served)
{
    ck_assert_int_eq(
        ask(region_printf(region, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", named[_i].host).at),
        PARSED_WHOLE);
    ck_assert_int_eq(question.refused, !named[_i].ours);
}
END_TEST

START_TEST(tls_was_told_the_same_name)
{
    ck_assert_int_eq(ask_as(GET(""), "bao.example"), PARSED_WHOLE);
    ck_assert(!question.refused);
    ck_assert_int_eq(ask_as(GET(""), "khac.example"), PARSED_WHOLE);
    ck_assert(question.refused);
}
END_TEST

START_TEST(a_request_may_come_byte_by_byte)
{
    const char *request = "\r\n" GET("X: y\r\n");
    for (size_t len = 0; len < strlen(request); len++)
        ck_assert_int_eq(
            http_parse(span_first(span_of(request), len), SPAN(""), &origin, region, &question),
            PARSED_PART);
    ck_assert_int_eq(ask(request), PARSED_WHOLE);
    ck_assert(span_equal(question.line, SPAN("GET / HTTP/1.1")));
}
END_TEST

static int
ask_long(size_t target, size_t headers, size_t value)
{
    struct buffer request = BUFFER_EMPTY;
    buffer_add_text(&request, "GET /");
    memset(buffer_reserve(&request, target), 'a', target);
    buffer_grew(&request, target);
    buffer_add_text(&request, " HTTP/1.1\r\nHost: bao.example\r\n");
    for (size_t i = 0; i < headers; i++) {
        buffer_add_text(&request, "X: ");
        memset(buffer_reserve(&request, value), 'b', value);
        buffer_grew(&request, value);
        buffer_add_text(&request, "\r\n");
    }
    buffer_add_text(&request, "\r\n");
    ask(buffer_text(&request));
    buffer_fini(&request);
    return question.reply.code;
}

START_TEST(nothing_may_be_too_long)
{
    ck_assert_int_eq(ask_long(2000, 62, 20), 0);
    ck_assert_int_eq(ask_long(2100, 1, 1), 414);
    ck_assert_int_eq(ask_long(20000, 1, 1), 431);
    ck_assert_int_eq(ask_long(1, 70, 1), 431);
    ck_assert_int_eq(ask_long(1, 1, 9000), 431);
}
END_TEST

static const struct {
    const char *version, *headers;
    bool stays, gzip;
} manners[] = {
    { "1.1", "", true, false },
    { "1.1", "Connection: close\r\n", false, false },
    { "1.1", "Connection: upgrade, Close\r\n", false, false },
    { "1.0", "", false, false },
    { "1.0", "connection: keep-alive\r\n", true, false },
    { "1.1", "Accept-Encoding: gzip, deflate, br\r\n", true, true },
    { "1.1", "accept-encoding: br;q=1.0, GZIP ; q=0.8\r\n", true, true },
    { "1.1", "Accept-Encoding: gzip;q=0\r\n", true, false },
    { "1.1", "Accept-Encoding: gzip;q=0.000\r\n", true, false },
    { "1.1", "Accept-Encoding: xgzip\r\n", true, false },
};

START_TEST(readers_say_how_they_take_it)
{
    ck_assert_int_eq(ask(region_printf(region, "HEAD / HTTP/%s\r\nHost: bao.example\r\n%s\r\n",
                                       manners[_i].version, manners[_i].headers)
                             .at),
                     PARSED_WHOLE);
    ck_assert_int_eq(question.request.wishes.stays, manners[_i].stays);
    ck_assert_int_eq(question.request.wishes.gzip, manners[_i].gzip);
    ck_assert(question.request.wishes.bare);
}
END_TEST

static const struct {
    const char *headers;
    bool has;
} conditions[] = {
    { "If-None-Match: \"ab\"\r\n", true },
    { "If-None-Match: \"x\", W/\"ab\"\r\n", true },
    { "If-None-Match: *\r\n", true },
    { "If-None-Match: \"abc\"\r\n", false },
    { "If-None-Match: ab\r\n", false },
    { "If-None-Match: \"x\"\r\nIf-Modified-Since: Fri, 31 Dec 9999 23:59:59 GMT\r\n", false },
    { "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", true },
    { "If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", false },
    { "If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT\r\n", false },
    { "", false },
};

START_TEST(what_a_reader_has_is_not_sent_again)
{
    struct reply reply = { .tag = SPAN("ab"), .changed = 784111777 };
    ck_assert_int_eq(ask(region_printf(region, GET("%s"), conditions[_i].headers).at),
                     PARSED_WHOLE);
    ck_assert_int_eq(http_has(&question.request.wishes, &reply), conditions[_i].has);
}
END_TEST

static const struct {
    int64_t instant;
    const char *text;
} dates[] = {
    { 0, "Thu, 01 Jan 1970 00:00:00 GMT" },
    { 784111777, "Sun, 06 Nov 1994 08:49:37 GMT" },
    { 951782400, "Tue, 29 Feb 2000 00:00:00 GMT" },
    { 1795564799, "Tue, 24 Nov 2026 23:59:59 GMT" },
    { 253402300799, "Fri, 31 Dec 9999 23:59:59 GMT" },
};

START_TEST(instants_are_written_as_http_does)
{
    char text[HTTP_DATE_TEXT];
    int64_t instant = -1;
    ck_assert(span_equal(http_date_print(dates[_i].instant, text), span_of(dates[_i].text)));
    ck_assert(http_date_parse(span_of(dates[_i].text), &instant));
    ck_assert_int_eq(instant, dates[_i].instant);
}
END_TEST

START_TEST(what_is_no_instant_is_none)
{
    int64_t instant;
    ck_assert(!http_date_parse(SPAN("Mon, 06 Nov 1994 08:49:37 GMT"), &instant));
    ck_assert(!http_date_parse(SPAN("Wed, 30 Feb 1994 08:49:37 GMT"), &instant));
    ck_assert(!http_date_parse(SPAN("Sun, 06 Nov 1994 08:60:37 GMT"), &instant));
    ck_assert(!http_date_parse(SPAN("Sun, 06 Nov 1994 08:49:37 UTC"), &instant));
    ck_assert(!http_date_parse(SPAN(""), &instant));
}
END_TEST

static const struct {
    const char *header, *last, *before;
} lists[] = {
    { "X-Forwarded-For: 192.0.2.1\r\n", "192.0.2.1", "" },
    { "X-Forwarded-For: 192.0.2.1, 2001:db8::1\r\n", "2001:db8::1", "192.0.2.1" },
    { "X-Forwarded-For: a\r\nX-Forwarded-For: 192.0.2.7:81\r\n", "192.0.2.7", "a" },
    { "Forwarded: for=192.0.2.1;proto=https, By=x;For=\"[2001:db8::1]:80\"\r\n", "2001:db8::1",
      "192.0.2.1" },
    { "Forwarded: by=x\r\n", "", "" },
    { "Forwarded: for=1.1.1.1\r\nX-Forwarded-For: 192.0.2.1\r\n", "192.0.2.1", "" },
    { "X-Forwarded-For: ,\r\n", "", "" },
};

START_TEST(proxies_tell_whom_they_ask_for)
{
    ck_assert_int_eq(ask(region_printf(region, GET("%s"), lists[_i].header).at), PARSED_WHOLE);
    struct span last = http_forwarded_last(&question.forwarded);
    ck_assert_msg(span_equal(last, span_of(lists[_i].last)), "%.*s", SPAN_ARG(last));
    last = http_forwarded_last(&question.forwarded);
    ck_assert_msg(span_equal(last, span_of(lists[_i].before)), "%.*s", SPAN_ARG(last));
}
END_TEST

static const struct {
    struct reply reply;
    const char *begin, *has, *end;
} answers[] = {
    { { .answer = ANSWER_FILE,
        .file = { -1, NULL, 5, SPAN("<p>a\n"), SPAN("text/html; charset=utf-8") },
        .at = 784111777,
        .tag = SPAN("ab"),
        .varies = true,
        .stays = true },
      "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/html",
      "Content-Length: 5\r\nETag: \"ab\"\r\n",
      "\r\n\r\n<p>a\n" },
    { { .answer = ANSWER_FILE, .file = { 7, NULL, 70000, SPAN(""), SPAN("image/png") } },
      "HTTP/1.1 200 OK\r\n",
      "Content-Length: 70000\r\n",
      "\r\n\r\n" },
    { { .answer = ANSWER_SAME, .tag = SPAN("ab"), .varies = true },
      "HTTP/1.1 304 Not Modified\r\n",
      "ETag: \"ab\"\r\n",
      "\r\n\r\n" },
    { { .answer = ANSWER_MOVED, .words = SPAN("/story/hà\r\nX: y") },
      "HTTP/1.1 301 ",
      "Location: /story/h%C3%A0%0D%0AX%3A%20y\r\n",
      "\r\n\r\n" },
    { { .answer = ANSWER_ABSENT, .words = SPAN("Không.") },
      "HTTP/1.1 404 Not Found\r\n",
      "Content-Type: text/plain; charset=utf-8\r\n",
      "\r\n\r\nKhông." },
    { { .answer = ANSWER_GONE }, "HTTP/1.1 410 Gone\r\n", "Content-Length: 0\r\n", "\r\n\r\n" },
    { { .answer = ANSWER_SLOW, .seconds = 9 }, "HTTP/1.1 429 ", "Retry-After: 9\r\n", "\r\n\r\n" },
    { { .answer = ANSWER_BUSY }, "HTTP/1.1 503 ", "Retry-After: 5\r\n", "\r\n\r\n" },
    { { .answer = ANSWER_BAD, .code = 405 }, "HTTP/1.1 405 ", "Allow: GET, HEAD\r\n", "\r\n\r\n" },
    { { .answer = ANSWER_REFUSED }, "HTTP/1.1 421 ", "Connection: close\r\n", "\r\n\r\n" },
    { { .answer = ANSWER_FAILED },
      "HTTP/1.1 500 ",
      "X-Content-Type-Options: nosniff\r\n",
      "\r\n\r\n" },
};

START_TEST(an_answer_says_what_it_is)
{
    http_print(&question, &answers[_i].reply, &origin, &out);
    const char *text = buffer_text(&out), *head_end = strstr(text, "\r\n\r\n");
    ck_assert_ptr_nonnull(head_end);
    ck_assert_msg(strncmp(text, answers[_i].begin, strlen(answers[_i].begin)) == 0, "%s", text);
    ck_assert_msg(strstr(text, answers[_i].has) != NULL, "%s", text);
    ck_assert_str_eq(head_end, answers[_i].end);
}
END_TEST

START_TEST(a_head_alone_is_the_same_head)
{
    struct reply reply = { .answer = ANSWER_ABSENT, .words = SPAN("Không.") };
    question.request.wishes.bare = true;
    http_print(&question, &reply, &origin, &out);
    ck_assert_ptr_nonnull(strstr(buffer_text(&out), "Content-Length: 7\r\n"));
    ck_assert(span_ends(buffer_span(&out), SPAN("\r\n\r\n")));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("http");
    TCase *tests = tcase_create("http");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, what_could_be_read_in_two_ways_is_refused, 0, COUNT(refused));
    tcase_add_loop_test(tests, what_nobody_does_here_ends_the_conversation, 0, COUNT(undoable));
    tcase_add_loop_test(tests, a_target_is_a_path_and_maybe_words, 0, COUNT(targets));
    tcase_add_loop_test(tests, other_peoples_hosts_are_not_served, 0, COUNT(named));
    tcase_add_test(tests, tls_is_no_question);
    tcase_add_test(tests, tls_was_told_the_same_name);
    tcase_add_test(tests, a_request_may_come_byte_by_byte);
    tcase_add_test(tests, nothing_may_be_too_long);
    tcase_add_loop_test(tests, readers_say_how_they_take_it, 0, COUNT(manners));
    tcase_add_loop_test(tests, what_a_reader_has_is_not_sent_again, 0, COUNT(conditions));
    tcase_add_loop_test(tests, instants_are_written_as_http_does, 0, COUNT(dates));
    tcase_add_test(tests, what_is_no_instant_is_none);
    tcase_add_loop_test(tests, proxies_tell_whom_they_ask_for, 0, COUNT(lists));
    tcase_add_loop_test(tests, an_answer_says_what_it_is, 0, COUNT(answers));
    tcase_add_test(tests, a_head_alone_is_the_same_head);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
