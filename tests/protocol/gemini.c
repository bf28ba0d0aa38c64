/* SPDX-License-Identifier: ISC */
#include "protocol/gemini.h"

#include "testing.h"

#include <stdio.h>
#include <string.h>

static struct region *region;
static const struct span names[] = { { "example.org", 11 }, { "www.example.org", 15 } };
static const struct origin origin = { { names, 2 }, 1965, true, false };

static void
set_up(void)
{
    region = region_new();
}

static void
tear_down(void)
{
    region_free(region);
}

/* The status a line gets, as far as parsing decides it; 20 where pages are asked. */
static int
ask(struct span bytes, struct span server_name)
{
    struct question question;
    switch (gemini_parse(bytes, server_name, &origin, region, &question)) {
    case PARSED_PART:
        return 0;
    case PARSED_BAD:
    case PARSED_ALIEN:
        return 59;
    case PARSED_WHOLE:
        break;
    }
    return question.refused ? 53 : 20;
}

static const struct {
    const char *line;
    int status;
} rows[] = {
    { "gemini://example.org", 20 },
    { "gemini://example.org/", 20 },
    { "GEMINI://EXAMPLE.ORG:1965/", 20 },
    { "gemini://example.org:/", 20 },
    { "gemini://example.org:443/", 53 },
    { "gemini://example.org:99999/", 59 },
    { "gemini://example.org./", 20 },
    { "gemini://www.example.org/", 20 },
    { "gemini://other.org/", 53 },
    { "gemini://1.2.3.4/", 20 },
    { "gemini://[::1]/", 20 },
    { "gemini://[::1%25eth0]/", 59 },
    { "//example.org/", 59 },
    { "/", 59 },
    { "", 59 },
    { "Hello Gemini!", 59 },
    { "http://example.org/", 53 },
    { "https://example.org/", 53 },
    { "gopher://example.org/", 53 },
    { "titan://example.org/x;size=1", 53 },
    { "gemini://user@example.org/", 59 },
    { "gemini://user:pw@example.org/", 59 },
    { "gemini://@example.org/", 59 },
    { "gemini://example.org/#x", 59 },
    { "gemini://example.org/#", 59 },
    { "\xEF\xBB\xBFgemini://example.org/", 59 },
    { "gemini://example.org/%zz", 59 },
    { "gemini://example.org/%", 59 },
    { "gemini://example.org/%00", 59 },
    { "gemini://example.org/?a%00", 59 },
    { "gemini://example.org/a b", 59 },
    { "gemini://example.org/a\x01", 59 },
    { "gemini://example.org/a\x7f", 59 },
    { "gemini://example.org/a\nb", 59 },
    { "gemini://example.org/a\rb", 59 },
    { "gemini://example.org/hà-nội", 20 },
    { "gemini://example.org/\xff", 59 },
    { "gemini://tiếngviệt.vn/", 59 },
    { "gemini://example.org/../../", 59 },
    { "gemini://example.org/%2e%2e/%2e%2e/", 59 },
    { "gemini://example.org/a/../b", 20 },
    { "gemini://example.org//a//b", 20 },
    { "gemini:///", 59 },
    { "gemini:example.org", 59 },
};

START_TEST(every_row_of_the_edge_cases_gets_its_status)
{
    char line[2048];
    snprintf(line, sizeof line, "%s\r\n", rows[_i].line);
    ck_assert_int_eq(ask(span_of(line), SPAN("")), rows[_i].status);
}
END_TEST

START_TEST(a_url_of_1024_bytes_is_taken_and_one_more_is_not)
{
    char line[1400];
    int len = snprintf(line, sizeof line, "gemini://example.org/");
    memset(line + len, 'a', sizeof line - (size_t)len);
    memcpy(line + 1024, "\r\n", 2);
    ck_assert_int_eq(ask((struct span){ line, 1026 }, SPAN("")), 20);
    memset(line + 1024, 'a', 2);
    memcpy(line + 1025, "\r\n", 2);
    ck_assert_int_eq(ask((struct span){ line, 1027 }, SPAN("")), 59);
    ck_assert_int_eq(ask((struct span){ line, 1025 }, SPAN("")), 0);
}
END_TEST

START_TEST(a_line_that_is_not_ended_waits)
{
    ck_assert_int_eq(ask(SPAN("gemini://example.org/\n"), SPAN("")), 0);
    ck_assert_int_eq(ask(SPAN("gemini://example.org/\r"), SPAN("")), 0);
    ck_assert_int_eq(ask(SPAN("gemini://example.org/\r\njunk behind it"), SPAN("")), 20);
}
END_TEST

START_TEST(the_name_told_to_tls_must_be_the_one_asked_for)
{
    struct span line = SPAN("gemini://example.org/\r\n");
    ck_assert_int_eq(ask(line, SPAN("example.org")), 20);
    ck_assert_int_eq(ask(line, SPAN("EXAMPLE.org")), 20);
    ck_assert_int_eq(ask(line, SPAN("www.example.org")), 53);
    ck_assert_int_eq(ask(line, SPAN("other.org")), 53);
}
END_TEST

START_TEST(a_path_is_taken_apart_once)
{
    struct question question;
    struct span line = SPAN("gemini://example.org/city//h%C3%A0/./x%2Fy/?a%20b\r\n");
    ck_assert_int_eq(gemini_parse(line, SPAN(""), &origin, region, &question), PARSED_WHOLE);
    ck_assert_uint_eq(question.request.segments.count, 3);
    ck_assert(span_equal(question.request.segments.at[1], SPAN("hà")));
    ck_assert(span_equal(question.request.segments.at[2], SPAN("x/y")));
    ck_assert(question.request.slash);
    ck_assert(span_equal(question.request.query, SPAN("a b")));
}
END_TEST

static const struct {
    struct reply reply;
    const char *printed;
} replies[] = {
    { { .answer = ANSWER_PAGE, .page = { .lang = SPAN("vi"), .text = SPAN("# x\n") } },
      "20 text/gemini; charset=utf-8; lang=vi\r\n# x\n" },
    { { .answer = ANSWER_PAGE, .page = { .lang = SPAN("vi,en"), .text = SPAN("# x\n") } },
      "20 text/gemini; charset=utf-8; lang=\"vi,en\"\r\n# x\n" },
    { { .answer = ANSWER_FILE, .file = { -1, NULL, 1, SPAN("y"), SPAN("text/plain") } },
      "20 text/plain\r\ny" },
    { { .answer = ANSWER_MOVED, .words = SPAN("/story/a b") }, "31 /story/a%20b\r\n" },
    { { .answer = ANSWER_ABSENT, .words = SPAN("a\r\n20 b\x1b[2J") }, "51 a 20 b[2J\r\n" },
    { { .answer = ANSWER_GONE, .words = SPAN("x") }, "52 x\r\n" },
    { { .answer = ANSWER_SLOW, .seconds = 30 }, "44 30\r\n" },
};

START_TEST(a_reply_is_printed_to_the_letter)
{
    struct buffer out = BUFFER_EMPTY;
    gemini_print(NULL, &replies[_i].reply, &origin, &out);
    ck_assert_str_eq(buffer_text(&out), replies[_i].printed);
    buffer_fini(&out);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("gemini");
    TCase *tests = tcase_create("gemini");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, every_row_of_the_edge_cases_gets_its_status, 0,
                        (int)(sizeof rows / sizeof *rows));
    tcase_add_test(tests, a_url_of_1024_bytes_is_taken_and_one_more_is_not);
    tcase_add_test(tests, a_line_that_is_not_ended_waits);
    tcase_add_test(tests, the_name_told_to_tls_must_be_the_one_asked_for);
    tcase_add_test(tests, a_path_is_taken_apart_once);
    tcase_add_loop_test(tests, a_reply_is_printed_to_the_letter, 0,
                        (int)(sizeof replies / sizeof *replies));
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
