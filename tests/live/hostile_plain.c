/* SPDX-License-Identifier: ISC */
/* Strangers who abuse what is plain: Gopher, Nex and the web, against the real daemon. */
#include "capsule.h"

#include "base/clock.h"
#include "base/region.h"
#include "base/text.h"
#include "testing.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

enum { AT_ONCE_MS = 5000 /* deadlines are 10 s */ };

static struct capsule_run *run;
static struct region *region;

static void
launch(const char *more)
{
    testing_write(
        run->folder, "songtu.yaml",
        region_printf(region, "gopher: 127.0.0.1:0\nnex: 127.0.0.1:0\nweb: 127.0.0.1:0\n%s", more)
            .at);
    capsule_launch(run);
}

static void
set_up(void)
{
    region = region_new();
    run = capsule_prepare();
}

/* Whether a terminal may be shown every letter of the log. */
static void
assert_log_is_clean(void)
{
    char *log = testing_read(run->folder, "log");
    ck_assert_ptr_nonnull(log);
    for (struct span rest = span_of(log); rest.len > 0;) {
        size_t letter = text_next(rest, NULL);
        ck_assert_msg(letter > 0 && (rest.at[0] == '\n' || !text_is_control(rest)), "%.80s",
                      rest.at);
        rest = span_skip(rest, letter);
    }
    free(log);
}

static void
tear_down(void)
{
    assert_log_is_clean();
    capsule_stop(run);
    region_free(region);
}

/* What comes in answer to the bytes: at once. */
static struct span
ask(const char *protocol, struct span bytes)
{
    int64_t start = clock_monotonic();
    struct span heard = capsule_ask_plainly(run, protocol, bytes, region);
    ck_assert_msg(clock_monotonic() - start < AT_ONCE_MS, "%s: no end", protocol);
    return heard;
}

static size_t
count(struct span text, struct span mark)
{
    size_t found = 0, at;
    while (span_find(text, mark, &at)) {
        text = span_skip(text, at + mark.len);
        found++;
    }
    return found;
}

/* Of what is behind the first request nothing must be answered: another server in the row may have
 * taken it for something else. */
#define BEHIND "GET /about HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define CHUNK "5\r\nhello\r\n0\r\n\r\n"
#define GET "GET / HTTP/1.1\r\nHost: localhost\r\n"
#define POST "POST / HTTP/1.1\r\nHost: localhost\r\n"
static const struct {
    struct span request;
    int status;
} smuggled[] = {
    { SPAN(GET "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" CHUNK), 400 },
    { SPAN(GET "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n" CHUNK), 400 },
    { SPAN(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" CHUNK), 400 },
    { SPAN(POST "Transfer-Encoding: xchunked\r\n\r\n" CHUNK), 405 },
    { SPAN(GET "Transfer-Encoding: identity\r\n\r\n" CHUNK), 413 },
    { SPAN(GET "Transfer-Encoding:\x0b"
               "chunked\r\n\r\n" CHUNK),
      400 },
    { SPAN(GET "Transfer-Encoding\t: chunked\r\n\r\n" CHUNK), 400 },
    { SPAN(GET " Transfer-Encoding: chunked\r\n\r\n" CHUNK), 400 },
    { SPAN(GET "X: y\rTransfer-Encoding: chunked\r\n\r\n" CHUNK), 400 },
    { SPAN(GET "X: y\nTransfer-Encoding: chunked\r\n\r\n" CHUNK), 400 },
    { SPAN(GET "X: y\0\r\n\r\n"), 400 },
    { SPAN("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" CHUNK), 400 },
    { SPAN(GET "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"), 400 },
    { SPAN(GET "Content-Length: 5, 5\r\n\r\nhello"), 400 },
    { SPAN(GET "Content-Length: +5\r\n\r\nhello"), 400 },
    { SPAN(GET "Content-Length: -5\r\n\r\nhello"), 400 },
    { SPAN(GET "Content-Length: 0x5\r\n\r\nhello"), 400 },
    { SPAN(GET "Content-Length: 5 5\r\n\r\nhello"), 400 },
    { SPAN(GET "Content-Length: \r\n\r\n"), 400 },
    { SPAN(GET "Content-Length: 18446744073709551621\r\n\r\nhello"), 400 },
    { SPAN(GET "Content-Length: 5\r\nExpect: 100-continue\r\n\r\nhello"), 413 },
    { SPAN(GET "X: y\r\n\tz\r\n\r\n"), 400 },
    { SPAN("GET / HTTP/1.1\r\n Host: localhost\r\n\r\n"), 400 },
    { SPAN("GET / HTTP/1.1\r\nHost: localhost\n\r\n"), 400 },
    { SPAN(GET "\n"), 400 },
    { SPAN("GET / HTTP/1.1\nHost: localhost\r\n\r\n"), 400 },
    { SPAN("GET\t/\tHTTP/1.1\r\nHost: localhost\r\n\r\n"), 400 },
    { SPAN("GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n"), 400 },
    { SPAN("GET / x HTTP/1.1\r\nHost: localhost\r\n\r\n"), 400 },
    { SPAN("GET / HTTP/1.1 \r\nHost: localhost\r\n\r\n"), 400 },
    { SPAN("GET / http/1.1\r\nHost: localhost\r\n\r\n"), 400 },
    { SPAN("GET /\0 HTTP/1.1\r\nHost: localhost\r\n\r\n"), 400 },
    { SPAN("GET http://u@localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n"), 400 },
    { SPAN(GET "Host: localhost\r\n\r\n"), 400 },
    { SPAN(GET ": y\r\n\r\n"), 400 },
    { SPAN(GET "no colon\r\n\r\n"), 400 },
    { SPAN("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505 },
};

START_TEST(of_what_may_be_read_in_two_ways_nothing_is_answered_but_no)
{
    launch("");
    for (int i = 0; i < COUNT(smuggled); i++) {
        struct buffer request = BUFFER_EMPTY;
        int status = 0;
        size_t at;
        buffer_add(&request, smuggled[i].request);
        buffer_add_text(&request, BEHIND BEHIND);
        struct span answer = ask("web", buffer_span(&request));
        sscanf(answer.at, "HTTP/1.1 %d ", &status);
        ck_assert_msg(status == smuggled[i].status, "%d: %d", i, status);
        ck_assert_msg(count(answer, SPAN("HTTP/1.1 ")) == 1, "%d: %s", i, answer.at);
        ck_assert_msg(span_find(answer, SPAN("\r\nConnection: close\r\n"), &at), "%d", i);
        buffer_fini(&request);
    }
    capsule_await(run, "log", "access: web", COUNT(smuggled));
    ck_assert_uint_eq(capsule_count(run, "log", "request=\"GET /about"), 0);
}
END_TEST

/* Whatever is said to the web in any place, it does not come back as it was, and makes no header.
 */
static const char *const told[] = {
    "GET /<script>zqx</script> HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /%3Cscript%3Ezqx HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /about?%3Cscript%3Ezqx%22' HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /city?%22%3E%3Cscript%3Ezqx HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /city/%3Cscript%3Ezqx/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /search?q=%22%3E%3Cscript%3Ezqx HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /search?%22%3E%3Cscript%3Ezqx HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /search?q=a%0D%0AZqx:%20%3Cscript%3E HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /%0D%0AZqx:%20%3Cscript%3E HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET //evil.example/%2e%2e HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: <script>zqx</script>\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: localhost\"><script>\r\n\r\n",
    "GET /city HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: localhost\r\n<script>: zqx\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: localhost\r\nReferer: <script>zqx\r\nUser-Agent: <script>\r\n\r\n",
    "<script>zqx / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "TRACE / HTTP/1.1\r\nHost: localhost\r\nZqx: <script>zqx\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Host: evil.example\r\n\r\n",
};

START_TEST(the_web_says_nothing_again_as_it_was_told)
{
    launch("");
    for (int i = 0; i < COUNT(told); i++) {
        size_t at;
        struct span told_last = region_printf(region, "%.*sConnection: close\r\n\r\n",
                                              (int)(strlen(told[i]) - 2), told[i]);
        struct span answer = ask("web", told_last);
        ck_assert_msg(span_starts(answer, SPAN("HTTP/1.1 ")), "%d: %s", i, answer.at);
        ck_assert_msg(!span_find(answer, SPAN("<script>"), &at), "%d: %s", i, answer.at);
        ck_assert_msg(!span_find(answer, SPAN("evil"), &at), "%d: %s", i, answer.at);
        ck_assert_msg(!span_find(answer, SPAN("\nZqx"), &at), "%d: %s", i, answer.at);
    }
}
END_TEST

/* Put into each of the places below. */
static const struct span payloads[] = {
    SPAN("<script>alert(1)</script>"),
    SPAN("\"><script>alert(1)</script>"),
    SPAN("'onmouseover='alert(1)"),
    SPAN("javascript:alert(1)"),
    SPAN("%22%3E%3Cscript%3E"),
    SPAN("a\tb\tc"),
    SPAN("\t"),
    SPAN("\t+"),
    SPAN("a\rb"),
    SPAN("\r"),
    SPAN("a\r\nb"),
    SPAN("a\nb"),
    SPAN("a\0b"),
    SPAN("\x1b[2J\x1b]0;x\x07"),
    SPAN("\xc2\x9b"
         "2J"), /* C1's CSI */
    SPAN("\x7f"),
    SPAN("\xff\xfe"),
    SPAN("%0d%0a%09%00%1b"),
    SPAN("..\\..\\x"),
    SPAN("\xe2\x80\xae"
         "gpj.exe"), /* what is written from the right */
};
static const char *const places[][2] = {
    { "", "" },
    { "/", "" },
    { "/", "/x" },
    { "0/story/", "" },
    { "/story/", ".txt" },
    { "/city/ha-noi/", "" },
    { "/files/", "" },
    { "/search\t", "" },
    { "/search?", "" },
    { "/search/?", "" },
    { "/search/2?", "\tx" },
    { "\t", "" },
    { "URL:", "" },
    { "/URL:", "" },
    { "h/URL:", "" },
    { "URL:", "//example.org/" },
    { "URL:https:", "" },
    { "URL:https://", "/" },
    { "URL:https://u", "@example.org/" },
    { "URL:https://example.org:", "/" },
    { "URL:https://example.org/", "" },
    { "URL:https://example.org/?", "" },
    { "URL:https://example.org/#", "" },
    { "URL:https://example.org/\t", "" },
    { "URL:mailto:", "" },
};

/* No letter of it does anything to a terminal, but end lines and part fields. */
static void
assert_plain(struct span text, struct span asked)
{
    while (text.len > 0) {
        size_t letter = text_next(text, NULL);
        bool mark = text.at[0] == '\n' || text.at[0] == '\t' || span_starts(text, SPAN("\r\n"));
        ck_assert_msg(letter > 0 && (mark || !text_is_control(text)), "%.*s: %.60s",
                      SPAN_ARG(asked), text.at);
        text = span_skip(text, letter);
    }
}

/* Every line has its fields, and the last is a dot. */
static void
assert_menu(struct span menu, struct span asked)
{
    ck_assert_msg(span_ends(menu, SPAN("\r\n.\r\n")), "%.*s: %s", SPAN_ARG(asked), menu.at);
    for (struct span rest = span_first(menu, menu.len - 3); rest.len > 0;) {
        size_t end;
        ck_assert(span_find(rest, SPAN("\r\n"), &end));
        struct span line = span_first(rest, end);
        ck_assert_msg(count(line, SPAN("\t")) == 3 && !span_has_char(line, '\n'), "%.*s: %.*s",
                      SPAN_ARG(asked), SPAN_ARG(line));
        rest = span_skip(rest, end + 2);
    }
}

/* The page for who does not know `URL:` has the tags and the quotes it was made with, and leads
 * where it may. */
static void
assert_page_of_url(struct span html, struct span asked)
{
    static const char *const schemes[] = { "https:", "mailto:" };
    size_t at;
    bool fine = false;
    ck_assert_msg(count(html, SPAN("<")) == 14 && count(html, SPAN("\"")) == 4, "%.*s: %s",
                  SPAN_ARG(asked), html.at);
    ck_assert_uint_eq(count(html, SPAN("'")), 0);
    ck_assert(span_find(html, SPAN(" href=\""), &at));
    for (int i = 0; i < COUNT(schemes); i++)
        fine = fine || span_starts(span_skip(html, at + 7), span_of(schemes[i]));
    ck_assert_msg(fine, "%.*s: %s", SPAN_ARG(asked), html.at);
}

static struct span
place(const char *const parts[2], struct span payload)
{
    struct buffer line = BUFFER_EMPTY;
    buffer_add_text(&line, parts[0]);
    buffer_add(&line, payload);
    buffer_printf(&line, "%s\r\n", parts[1]);
    struct span copy = region_copy(region, buffer_span(&line));
    buffer_fini(&line);
    return copy;
}

START_TEST(whatever_is_in_a_selector_the_answer_is_whole)
{
    size_t pages = 0, menus = 0;
    launch("");
    for (int i = 0; i < COUNT(payloads) * COUNT(places); i++) {
        struct span asked = place(places[i / COUNT(payloads)], payloads[i % COUNT(payloads)]);
        struct span answer = ask("gopher", asked);
        assert_plain(answer, asked);
        if (span_starts(answer, SPAN("<!DOCTYPE html>")) && ++pages)
            assert_page_of_url(answer, asked);
        else if (++menus)
            assert_menu(answer, asked);
        answer = ask("nex", asked);
        assert_plain(answer, asked);
        ck_assert_msg(span_ends(answer, SPAN("\n")), "%.*s: %s", SPAN_ARG(asked), answer.at);
    }
    ck_assert_uint_gt(pages, 20);
    ck_assert_uint_gt(menus, 300);
    capsule_await(run, "log", "access: gopher", pages + menus);
    capsule_await(run, "log", "access: nex", pages + menus);
    capsule_await(run, "log", "\\x1b[2J\\x1b]0;x\\x07", 1);
    capsule_await(run, "log", "\\xc2\\x9b2J", 1);
    ck_assert_uint_eq(capsule_count(run, "log", "access: "),
                      capsule_count(run, "log", "request=\""));
}
END_TEST

#define HELLO SPAN("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
#define BROWSER SPAN("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
static const struct {
    const char *protocol;
    struct span bytes;
} strays[] = {
    { "gopher", HELLO },   { "nex", HELLO },
    { "web", HELLO },      { "gopher", BROWSER },
    { "nex", BROWSER },    { "gopher", SPAN("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") },
    { "gemini", BROWSER }, { "gemini", SPAN("/city/\r\n") },
};

START_TEST(who_speaks_another_protocol_hears_no_word_of_ours)
{
    launch("");
    for (int i = 0; i < COUNT(strays); i++) {
        struct span answer = ask(strays[i].protocol, strays[i].bytes);
        bool alert = strcmp(strays[i].protocol, "gemini") == 0 && answer.len == 7 &&
                     answer.at[0] == 0x15;
        ck_assert_msg(answer.len == 0 || alert, "%d: %s", i, answer.at);
    }
    ck_assert_uint_eq(capsule_count(run, "log", "access: "), 0);
}
END_TEST

/* TLS's own word for it, an alert of 7 bytes, or none. */
START_TEST(the_web_through_tls_hears_nothing_that_is_plain)
{
    static const struct span plain[] = { SPAN("/\r\n"), SPAN("\r\n"), BROWSER };
    run->listen = "127.0.0.1:0";
    launch("web-certs: certs\n");
    for (int i = 0; i < COUNT(plain); i++) {
        struct span answer = ask("web", plain[i]);
        ck_assert_msg(answer.len == 0 || (answer.len == 7 && answer.at[0] == 0x15), "%d: %s", i,
                      answer.at);
    }
    ck_assert_uint_eq(capsule_count(run, "log", "access: "), 0);
}
END_TEST

/* A byte now and then buys nobody a second more. */
START_TEST(who_speaks_a_letter_at_a_time_is_left_after_ten_seconds)
{
    static const char *const protocols[] = { "gopher", "nex", "web", "web" };
    static const char *const begin[] = { "/", "/", "GET / HTTP/1.1\r\nX: ", "GET /" };
    struct pollfd ends[COUNT(begin)];
    int left = COUNT(begin);
    launch("");
    int64_t start = clock_monotonic();
    for (int i = 0; i < COUNT(begin); i++) {
        ends[i] = (struct pollfd){ capsule_dial_to(run, protocols[i]), POLLIN, 0 };
        ck_assert_int_gt(send(ends[i].fd, begin[i], strlen(begin[i]), MSG_NOSIGNAL), 0);
    }
    while (left > 0) {
        char byte;
        ck_assert_int_lt(clock_monotonic() - start, 14000);
        poll(ends, COUNT(begin), 300);
        for (int i = 0; i < COUNT(begin); i++) {
            if (ends[i].fd < 0)
                continue;
            if (ends[i].revents == 0) {
                (void)!send(ends[i].fd, "a", 1, MSG_NOSIGNAL);
                continue;
            }
            ck_assert_msg(recv(ends[i].fd, &byte, 1, 0) <= 0, "%s: a word", protocols[i]);
            ck_assert_int_gt(clock_monotonic() - start, 9500);
            close(ends[i].fd);
            ends[i].fd = -1;
            left--;
        }
    }
}
END_TEST

START_TEST(a_path_without_end_is_refused_and_read_away)
{
    enum { MANY = 20000 };
    char *line = memory_new(MANY);
    launch("");
    memset(line, 'a', MANY);
    struct span answer = ask("nex", (struct span){ line, MANY });
    ck_assert_msg(span_starts(answer, SPAN("Yêu cầu không hợp lệ.")), "%s", answer.at);
    free(line);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("hostile_plain");
    TCase *tests = tcase_create("hostile_plain");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, of_what_may_be_read_in_two_ways_nothing_is_answered_but_no);
    tcase_add_test(tests, the_web_says_nothing_again_as_it_was_told);
    tcase_add_test(tests, whatever_is_in_a_selector_the_answer_is_whole);
    tcase_add_test(tests, who_speaks_another_protocol_hears_no_word_of_ours);
    tcase_add_test(tests, the_web_through_tls_hears_nothing_that_is_plain);
    tcase_add_test(tests, who_speaks_a_letter_at_a_time_is_left_after_ten_seconds);
    tcase_add_test(tests, a_path_without_end_is_refused_and_read_away);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
