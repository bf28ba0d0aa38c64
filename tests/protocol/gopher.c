/* SPDX-License-Identifier: ISC */
#include "protocol/line.h"
#include "testing.h"

#include <stdio.h>
#include <string.h>

static struct region *region;
static struct buffer out;
static const struct span name = SPAN("example.org");
static struct origin origin;
static struct question question;

static void
set_up(void)
{
    region = region_new();
    out = BUFFER_EMPTY;
    origin = (struct origin){ { &name, 1 }, 7070, true, false };
    question = (struct question){ .refused = false };
}

static void
tear_down(void)
{
    region_free(region);
    buffer_fini(&out);
}

static enum parsed
ask_span(struct span bytes)
{
    return gopher_parse(bytes, SPAN(""), &origin, region, &question);
}

static enum parsed
ask(const char *bytes)
{
    return ask_span(span_of(bytes));
}

/* "menu a/b?c", as it was understood. */
static const char *
asked(void)
{
    struct span path = SPAN("");
    for (size_t i = 0; i < question.request.segments.count; i++)
        path = region_printf(region, "%.*s/%.*s", SPAN_ARG(path),
                             SPAN_ARG(question.request.segments.at[i]));
    return region_printf(region, "%s %.*s%s%.*s", question.form == 2 ? "text" : "menu",
                         SPAN_ARG(path), question.request.has_query ? "?" : "",
                         SPAN_ARG(question.request.query))
        .at;
}

static const struct {
    const char *line, *asked;
} lines[] = {
    { "\r\n", "menu " },
    { "\n", "menu " },
    { "/\r\n", "menu " },
    { "city/ha-noi\r\n", "menu /city/ha-noi" },
    { "/city/ha-noi\n", "menu /city/ha-noi" },
    { "/city/ha-noi/\r\n", "menu /city/ha-noi" },
    { "/story/mua\r\n", "menu /story/mua" },
    { "/story/mua.txt\r\n", "text /story/mua" },
    { "1/city/ha-noi\r\n", "menu /city/ha-noi" },
    { "/1/city/ha-noi\r\n", "menu /city/ha-noi" },
    { "0/story/mua\r\n", "text /story/mua" },
    { "/0/story/mua.txt\r\n", "text /story/mua" },
    { "1/\r\n", "menu " },
    { "/\t+\r\n", "menu " },
    { "\t$\r\n", "menu " },
    { "/city/\t!\r\n", "menu /city" },
    { "/about\tmany words\r\n", "menu /about" },
    { "/story/mua\t\t+\r\n", "menu /story/mua" },
    { "/search\r\n", "menu /search" },
    { "/search\t\r\n", "menu /search" },
    { "/search\t+\r\n", "menu /search" },
    { "/search\t$\r\n", "menu /search" },
    { "/search\thà nội\r\n", "menu /search?hà nội" },
    { "search\ta+b?c%20d\t+\r\n", "menu /search?a+b?c%20d" },
    { "/7/search\tx\r\n", "menu /search?x" },
    { "/search?hà nội\tmore\r\n", "menu /search?hà nội" },
    { "/search/2?x\r\n", "menu /search/2?x" },
    { "/files/a%20b.png\r\n", "menu /files/a%20b.png" },
    { "/files/a b.png\r\n", "menu /files/a b.png" },
    { "/robots.txt\r\n", "menu /robots.txt" },
};

START_TEST(a_selector_is_understood_however_clients_write_it)
{
    ck_assert_msg(ask(lines[_i].line) == PARSED_WHOLE, "%s", lines[_i].line);
    ck_assert_str_eq(asked(), lines[_i].asked);
    ck_assert(question.request.loose && question.own == OWN_NONE);
}
END_TEST

static const char *const bad[] = {
    "..\r\n",
    "/../etc/passwd\r\n",
    "/city/../\r\n",
    "1/..\r\n",
    "/a\x01\r\n",
    "/a\rb\r\n",
    "/a\r\r\n",
    "/\x7F\r\n",
    "/\xFF\r\n",
    "URL:\r\n",
    "URL:javascript:x\r\n",
    "URL:data:text/html,x\r\n",
    "URL:/here\r\n",
    "URL:https://a b\r\n",
    "URL:https://<x>/\r\n",
};

START_TEST(what_can_name_nothing_is_refused)
{
    ck_assert_int_eq(ask(bad[_i]), PARSED_BAD);
}
END_TEST

START_TEST(a_nul_names_nothing)
{
    ck_assert_int_eq(ask_span(SPAN("/a\0b\r\n")), PARSED_BAD);
}
END_TEST

START_TEST(a_selector_has_1024_bytes_at_most)
{
    char line[LINE_MAX_BYTES + 2];
    memset(line, 'a', sizeof line);
    struct span whole = { line, sizeof line };
    ck_assert_int_eq(ask_span(span_first(whole, LINE_MAX_BYTES + 1)), PARSED_PART);
    ck_assert_int_eq(ask_span(whole), PARSED_BAD);
    line[LINE_MAX_BYTES] = '\r';
    line[LINE_MAX_BYTES + 1] = '\n';
    ck_assert_int_eq(ask_span(whole), PARSED_WHOLE);
}
END_TEST

static const char *const knocks[] = {
    "GET / HTTP/1.0\r\n", "GET /\tx HTTP/1.1\r\n", "PRI * HTTP/2.0\r\n", "\x16", "\x16\x03\x01",
};

START_TEST(who_speaks_another_protocol_is_not_answered)
{
    ck_assert_int_eq(ask(knocks[_i]), PARSED_ALIEN);
}
END_TEST

START_TEST(a_url_comes_back_as_a_page_that_links_there)
{
    ck_assert_int_eq(ask("URL:https://example.com/?a=1&b='2'\t+\r\n"), PARSED_WHOLE);
    ck_assert_int_eq(question.own, OWN_ALWAYS);
    ck_assert_int_eq(question.reply.answer, ANSWER_FILE);
    gopher_print(&question, &question.reply, &origin, &out);
    ck_assert_str_eq(buffer_text(&out),
                     "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">"
                     "<title>https://example.com/?a=1&#38;b=&#39;2&#39;</title></head>\n"
                     "<body><p><a href=\"https://example.com/?a=1&#38;b=&#39;2&#39;\">"
                     "https://example.com/?a=1&#38;b=&#39;2&#39;</a></p></body></html>\n");
    ck_assert_int_eq(ask("/URL:gemini://example.com/\r\n"), PARSED_WHOLE);
    ck_assert_int_eq(question.own, OWN_ALWAYS);
}
END_TEST

START_TEST(capabilities_are_told_where_nobody_wrote_any)
{
    ck_assert_int_eq(ask("caps.txt\r\n"), PARSED_WHOLE);
    ck_assert_int_eq(question.own, OWN_ELSE);
    ck_assert_str_eq(asked(), "menu /caps.txt");
    gopher_print(&question, &question.reply, &origin, &out);
    ck_assert(span_starts(buffer_span(&out), SPAN("CAPS\r\n")));
    ck_assert_ptr_nonnull(strstr(buffer_text(&out), "\r\nCapsVersion=1\r\n"));
    ck_assert_ptr_nonnull(strstr(buffer_text(&out), "\r\nPathDelimeter=/\r\n"));
    ck_assert_ptr_nonnull(strstr(buffer_text(&out), "\r\nServerDefaultEncoding=UTF-8\r\n"));
}
END_TEST

static const char *
printed(unsigned form, enum answer answer, const char *text)
{
    struct reply reply = { .answer = answer,
                           .words = span_of(text),
                           .page = { .kind = PAGE_STORY,
                                     .title = SPAN("Tìm"),
                                     .address = SPAN("/story/mua"),
                                     .as_text = SPAN("Dạng văn bản"),
                                     .text = span_of(text) },
                           .file = { .descriptor = -1 } };
    buffer_clear(&out);
    question.form = form;
    gopher_print(&question, &reply, &origin, &out);
    return buffer_text(&out);
}

START_TEST(a_page_is_a_menu)
{
    ck_assert_str_eq(
        printed(1, ANSWER_PAGE,
                "# Mưa\n12/07/2024\n\nMột.\n## Tin\n=> /city/ha-noi Hà Nội\n* a\n> b\n"),
        "iMưa\t\t-\t0\r\n"
        "i===\t\t-\t0\r\n"
        "i12/07/2024\t\t-\t0\r\n"
        "0Dạng văn bản\t/story/mua.txt\texample.org\t7070\r\n"
        "i\t\t-\t0\r\n"
        "iMột.\t\t-\t0\r\n"
        "iTin\t\t-\t0\r\n"
        "i---\t\t-\t0\r\n"
        "1Hà Nội\t/city/ha-noi\texample.org\t7070\r\n"
        "i• a\t\t-\t0\r\n"
        "i> b\t\t-\t0\r\n"
        ".\r\n");
}
END_TEST

START_TEST(a_story_is_a_text_too)
{
    ck_assert_str_eq(
        printed(2, ANSWER_PAGE, "# Mưa\n\n...\n=> /city/ha-noi Hà Nội\n=> https://a.vn/ Nguồn\n"),
        "Mưa\r\n===\r\n\r\n ...\r\n→ Hà Nội\r\n"
        "  gopher://example.org:7070/1/city/ha-noi\r\n"
        "→ Nguồn\r\n  https://a.vn/\r\n");
}
END_TEST

START_TEST(a_line_has_67_columns_of_letters_however_they_are_made)
{
    char text[1000] = "", line[600] = "";
    for (int i = 0; i < 70; i++)
        strcat(text, "e\xCC\x81"); /* é, taken apart */
    for (int i = 0; i < 67; i++)
        strcat(line, "\xC3\xA9");
    ck_assert_str_eq(printed(1, ANSWER_PAGE, text),
                     region_printf(region,
                                   "i%s\t\t-\t0\r\ni\xC3\xA9\xC3\xA9\xC3\xA9\t\t-\t0\r\n"
                                   "0Dạng văn bản\t/story/mua.txt\texample.org\t7070\r\n.\r\n",
                                   line)
                         .at);
}
END_TEST

START_TEST(a_long_label_goes_on_below_its_item)
{
    ck_assert_str_eq(
        printed(1, ANSWER_PAGE,
                "\n=> / Một nhãn dài hơn sáu mươi bảy cột phải xuống dòng, vì màn hình hẹp lắm\n"),
        "0Dạng văn bản\t/story/mua.txt\texample.org\t7070\r\n"
        "i\t\t-\t0\r\n"
        "1Một nhãn dài hơn sáu mươi bảy cột phải xuống dòng, vì màn hình "
        "hẹp\t/\texample.org\t7070\r\n"
        "ilắm\t\t-\t0\r\n.\r\n");
}
END_TEST

static const struct {
    const char *target, *item;
} items[] = {
    { "/", "1x\t/\texample.org\t7070" },
    { "/archive/", "1x\t/archive/\texample.org\t7070" },
    { "../about", "1x\t/about\texample.org\t7070" },
    { "/search", "7x\t/search\texample.org\t7070" },
    { "/search?h%C3%A0%20n%E1%BB%99i", "1x\t/search?hà nội\texample.org\t7070" },
    { "/search?a%09b", "1x\t/search?a%09b\texample.org\t7070" },
    { "/atom.xml", "0x\t/atom.xml\texample.org\t7070" },
    { "/robots.txt", "0x\t/robots.txt\texample.org\t7070" },
    { "/files/a%20b.PNG", "Ix\t/files/a b.PNG\texample.org\t7070" },
    { "/files/a.b.gif", "gx\t/files/a.b.gif\texample.org\t7070" },
    { "/files/a.html", "hx\t/files/a.html\texample.org\t7070" },
    { "/files/a.pdf", "9x\t/files/a.pdf\texample.org\t7070" },
    { "/files/README", "9x\t/files/README\texample.org\t7070" },
    { "https://a.vn/?x=1", "hx\tURL:https://a.vn/?x=1\texample.org\t7070" },
    { "gemini://a.vn/", "hx\tURL:gemini://a.vn/\texample.org\t7070" },
    { "//a.vn/x", "hx\tURL:gemini://a.vn/x\texample.org\t7070" },
    { "mailto:a@a.vn", "hx\tURL:mailto:a@a.vn\texample.org\t7070" },
    { "gopher://a.vn", "1x\t\ta.vn\t70" },
    { "gopher://a.vn:7071/0/x%20y", "0x\t/x y\ta.vn\t7071" },
    { "gopher://a.vn/7/find%09words", "hx\tURL:gopher://a.vn/7/find%09words\texample.org\t7070" },
    { "gopher://a.vn/x", "hx\tURL:gopher://a.vn/x\texample.org\t7070" },
    { "a\tb", "1b x\t/story/a\texample.org\t7070" },
};

START_TEST(a_link_is_an_item_of_the_right_type)
{
    const char *page = region_printf(region, "=> %s x\n", items[_i].target).at;
    const char *menu = printed(1, ANSWER_PAGE, page);
    struct span rest = span_of(menu);
    ck_assert_str_eq(region_copy(region, span_line(&rest)).at, items[_i].item);
}
END_TEST

START_TEST(ascii_is_for_selectors_of_words_too)
{
    origin.ascii = true;
    ck_assert_str_eq(printed(1, ANSWER_PAGE, "=> /search?h%C3%A0 Hà – “Nội”\n* x\n\n"),
                     "1Ha - \"Noi\"\t/search?ha\texample.org\t7070\r\n"
                     "i* x\t\t-\t0\r\n"
                     "0Dang van ban\t/story/mua.txt\texample.org\t7070\r\n"
                     "i\t\t-\t0\r\n.\r\n");
    ck_assert_str_eq(printed(2, ANSWER_PAGE, "=> /about Về\n"),
                     "-> Ve\r\n  gopher://example.org:7070/1/about\r\n");
}
END_TEST

START_TEST(whatever_is_missing_is_an_error_of_one_line)
{
    ck_assert_str_eq(printed(2, ANSWER_ABSENT, "Không\tcó\r\nđâu"),
                     "3Không có đâu\t\terror.host\t1\r\n.\r\n");
    ck_assert_str_eq(printed(1, ANSWER_GONE, "Đã gỡ"), "3Đã gỡ\t\terror.host\t1\r\n.\r\n");
}
END_TEST

START_TEST(no_words_are_explained_by_a_menu)
{
    ck_assert_str_eq(printed(1, ANSWER_ASK, "Tìm gì?"),
                     "iTìm gì?\t\t-\t0\r\n7Tìm\t/search\texample.org\t7070\r\n.\r\n");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("gopher");
    TCase *tests = tcase_create("gopher");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, a_selector_is_understood_however_clients_write_it, 0,
                        sizeof lines / sizeof *lines);
    tcase_add_loop_test(tests, what_can_name_nothing_is_refused, 0, sizeof bad / sizeof *bad);
    tcase_add_test(tests, a_nul_names_nothing);
    tcase_add_test(tests, a_selector_has_1024_bytes_at_most);
    tcase_add_loop_test(tests, who_speaks_another_protocol_is_not_answered, 0,
                        sizeof knocks / sizeof *knocks);
    tcase_add_test(tests, a_url_comes_back_as_a_page_that_links_there);
    tcase_add_test(tests, capabilities_are_told_where_nobody_wrote_any);
    tcase_add_test(tests, a_page_is_a_menu);
    tcase_add_test(tests, a_story_is_a_text_too);
    tcase_add_test(tests, a_line_has_67_columns_of_letters_however_they_are_made);
    tcase_add_test(tests, a_long_label_goes_on_below_its_item);
    tcase_add_loop_test(tests, a_link_is_an_item_of_the_right_type, 0,
                        sizeof items / sizeof *items);
    tcase_add_test(tests, ascii_is_for_selectors_of_words_too);
    tcase_add_test(tests, whatever_is_missing_is_an_error_of_one_line);
    tcase_add_test(tests, no_words_are_explained_by_a_menu);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
