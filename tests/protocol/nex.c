/* SPDX-License-Identifier: ISC */
#include "protocol/line.h"
#include "testing.h"

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
    origin = (struct origin){ { &name, 1 }, 1900, true, false };
    question = (struct question){ .refused = false };
}

static void
tear_down(void)
{
    region_free(region);
    buffer_fini(&out);
}

static enum parsed
ask(const char *bytes)
{
    return nex_parse(span_of(bytes), SPAN(""), &origin, region, &question);
}

/* "a/b?c", as it was understood. */
static const char *
asked(void)
{
    struct span path = SPAN("");
    for (size_t i = 0; i < question.request.segments.count; i++)
        path = region_printf(region, "%.*s%s%.*s", SPAN_ARG(path), i > 0 ? "/" : "",
                             SPAN_ARG(question.request.segments.at[i]));
    return region_printf(region, "%.*s%s%.*s", SPAN_ARG(path),
                         question.request.has_query ? "?" : "", SPAN_ARG(question.request.query))
        .at;
}

static const struct {
    const char *line, *asked;
} lines[] = {
    { "\n", "" },
    { "\r\n", "" },
    { "/\n", "" },
    { "city/ha-noi/\n", "city/ha-noi" },
    { "/city/ha-noi\r\n", "city/ha-noi" },
    { "/search/?h%C3%A0 n%E1%BB%99i\n", "search?hà nội" },
    { "/files/a%20b.png\n", "files/a b.png" },
    { "/about\nand more", "about" },
};

START_TEST(a_path_ends_with_lf_or_crlf_and_begins_with_a_slash_or_not)
{
    ck_assert_int_eq(ask(lines[_i].line), PARSED_WHOLE);
    ck_assert_str_eq(asked(), lines[_i].asked);
    ck_assert(question.request.loose);
}
END_TEST

START_TEST(what_can_be_no_path_is_refused)
{
    static const char *const bad[] = { "/../etc\n", "..\n", "/a\x01\n", "/a\rb\n", "/\xFF\n" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(ask(bad[i]) == PARSED_BAD, "%s", bad[i]);
    ck_assert_int_eq(ask("/half"), PARSED_PART);
    ck_assert_int_eq(ask("GET / HTTP/1.1\r\n"), PARSED_ALIEN);
    ck_assert_int_eq(ask("\x16\x03\x01"), PARSED_ALIEN);
}
END_TEST

START_TEST(a_line_has_an_end_within_1024_bytes)
{
    char line[LINE_MAX_BYTES + 3];
    memset(line, 'a', sizeof line);
    line[0] = '/';
    struct span most = { line, LINE_MAX_BYTES + 2 };
    ck_assert_int_eq(nex_parse(most, SPAN(""), &origin, region, &question), PARSED_BAD);
    line[LINE_MAX_BYTES] = '\n';
    ck_assert_int_eq(nex_parse(most, SPAN(""), &origin, region, &question), PARSED_WHOLE);
    line[LINE_MAX_BYTES] = 'a';
    line[LINE_MAX_BYTES + 1] = '\n';
    ck_assert_int_eq(nex_parse(most, SPAN(""), &origin, region, &question), PARSED_BAD);
}
END_TEST

static const char *
printed(enum answer answer, const char *text)
{
    struct reply reply = { .answer = answer,
                           .words = span_of(text),
                           .page = { .address = SPAN("/city/ha-noi"), .text = span_of(text) },
                           .file = { .descriptor = -1, .bytes = SPAN("bytes") } };
    buffer_clear(&out);
    nex_print(&question, &reply, &origin, &out);
    return buffer_text(&out);
}

START_TEST(a_page_is_text_whose_links_live)
{
    ck_assert_str_eq(printed(ANSWER_PAGE,
                             "# Hà Nội\n\n## Tin\n=> /story/mua Mưa\n01/02/2024 · Một câu "
                             "dài hơn sáu mươi bảy cột thì được ngắt ở chỗ trống đầu tiên.\n"
                             "=> /feed Theo dõi\n* mục\n> lời\n => không phải\n"),
                     "Hà Nội\n======\n\nTin\n---\n=> /story/mua/ Mưa\n"
                     "  01/02/2024 · Một câu dài hơn sáu mươi bảy cột thì được ngắt ở chỗ\n"
                     "  trống đầu tiên.\n=> /feed/ Theo dõi\n• mục\n> lời\n => không phải\n");
}
END_TEST

static const struct {
    const char *target, *printed;
} targets[] = {
    { "/", "/" },
    { "/archive/2024", "/archive/2024/" },
    { "/search?mua", "/search/?mua" },
    { "/atom.xml", "/atom.xml" },
    { "/files/a%20b.png", "/files/a%20b.png" },
    { "/files/README", "/files/README" },
    { "hai-phong", "/city/hai-phong/" },
    { "../about", "/about/" },
    { "https://example.com/x?y", "https://example.com/x?y" },
    { "//example.com/x", "gemini://example.com/x" },
    { "mailto:a@example.com", "mailto:a@example.com" },
};

START_TEST(a_link_to_a_page_of_ours_ends_in_a_slash)
{
    const char *page = region_printf(region, "=> %s Chữ\n", targets[_i].target).at;
    ck_assert_str_eq(printed(ANSWER_PAGE, page),
                     region_printf(region, "=> %s Chữ\n", targets[_i].printed).at);
}
END_TEST

START_TEST(what_is_preformatted_stays_as_it_is)
{
    ck_assert_str_eq(printed(ANSWER_PAGE, "```\na  b\n=> no\n```\n"), "a  b\n => no\n");
}
END_TEST

START_TEST(every_other_answer_is_a_line_or_the_bytes)
{
    ck_assert_str_eq(printed(ANSWER_ABSENT, "Không có"), "Không có\n");
    ck_assert_str_eq(printed(ANSWER_FILE, ""), "bytes");
    ck_assert_str_eq(printed(ANSWER_ASK, "Tìm gì?"),
                     "Tìm gì?\n\n    nex://example.org/search/?…\n\n=> /\n");
}
END_TEST

START_TEST(who_knows_no_more_gets_ascii)
{
    origin.ascii = true;
    ck_assert_str_eq(printed(ANSWER_PAGE, "# Đà Nẵng – “mưa”…\n* Ấm\n"),
                     "Da Nang - \"mua\"...\n==================\n* Am\n");
    ck_assert_str_eq(printed(ANSWER_GONE, "Đã gỡ bỏ."), "Da go bo.\n");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("nex");
    TCase *tests = tcase_create("nex");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, a_path_ends_with_lf_or_crlf_and_begins_with_a_slash_or_not, 0,
                        sizeof lines / sizeof *lines);
    tcase_add_test(tests, what_can_be_no_path_is_refused);
    tcase_add_test(tests, a_line_has_an_end_within_1024_bytes);
    tcase_add_test(tests, a_page_is_text_whose_links_live);
    tcase_add_loop_test(tests, a_link_to_a_page_of_ours_ends_in_a_slash, 0,
                        sizeof targets / sizeof *targets);
    tcase_add_test(tests, what_is_preformatted_stays_as_it_is);
    tcase_add_test(tests, every_other_answer_is_a_line_or_the_bytes);
    tcase_add_test(tests, who_knows_no_more_gets_ascii);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
