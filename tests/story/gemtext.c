/* SPDX-License-Identifier: ISC */
#include "story/gemtext.h"

#include "testing.h"

#include <stdio.h>
#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static const char *
text_of(struct span span)
{
    static char texts[2][128];
    static size_t next;
    char *text = texts[next++ % 2];
    snprintf(text, sizeof texts[0], "%.*s", SPAN_ARG(span));
    return text;
}

static const struct {
    const char *line;
    enum gemline_kind kind;
    const char *text, *target;
    int level;
} lines[] = {
    { "", GEMLINE_TEXT, "", "", 0 },
    { "Một đoạn.", GEMLINE_TEXT, "Một đoạn.", "", 0 },
    { " => a b", GEMLINE_TEXT, " => a b", "", 0 },
    { "=> /a", GEMLINE_LINK, "", "/a", 0 },
    { "=>/a", GEMLINE_LINK, "", "/a", 0 },
    { "=>\t/a\tNhãn  dài ", GEMLINE_LINK, "Nhãn  dài", "/a", 0 },
    { "=>   /a   b", GEMLINE_LINK, "b", "/a", 0 },
    { "=>", GEMLINE_LINK, "", "", 0 },
    { "=> ", GEMLINE_LINK, "", "", 0 },
    { "= > a", GEMLINE_TEXT, "= > a", "", 0 },
    { "# A", GEMLINE_HEADING, "A", "", 1 },
    { "##A", GEMLINE_HEADING, "A", "", 2 },
    { "### A", GEMLINE_HEADING, "A", "", 3 },
    { "#### A", GEMLINE_HEADING, "# A", "", 3 },
    { "#", GEMLINE_HEADING, "", "", 1 },
    { "* a", GEMLINE_ITEM, "a", "", 0 },
    { "*a", GEMLINE_TEXT, "*a", "", 0 },
    { "*", GEMLINE_TEXT, "*", "", 0 },
    { "*\ta", GEMLINE_TEXT, "*\ta", "", 0 },
    { ">a", GEMLINE_QUOTE, "a", "", 0 },
    { "> a", GEMLINE_QUOTE, "a", "", 0 },
    { "```", GEMLINE_TOGGLE, "", "", 0 },
    { "``` vi ", GEMLINE_TOGGLE, "vi", "", 0 },
    { "````", GEMLINE_TOGGLE, "`", "", 0 },
    { "``", GEMLINE_TEXT, "``", "", 0 },
    { "=: /a", GEMLINE_TEXT, "=: /a", "", 0 },
};

START_TEST(a_line_is_known_by_its_first_bytes)
{
    static const char *const endings[] = { "\n", "\r\n", "\nnext\n" };
    for (size_t i = 0; i < 3; i++) {
        struct buffer text = BUFFER_EMPTY;
        struct gemline line;
        buffer_printf(&text, "%s%s", lines[_i].line, endings[i]);
        struct gemtext walk = gemtext_walk(buffer_span(&text));
        ck_assert(gemtext_next(&walk, &line));
        ck_assert_msg(line.kind == lines[_i].kind, "%s: kind %d", lines[_i].line, line.kind);
        ck_assert_str_eq(text_of(line.text), lines[_i].text);
        ck_assert_str_eq(text_of(line.target), lines[_i].target);
        ck_assert_str_eq(text_of(line.whole), lines[_i].line);
        ck_assert_int_eq(line.level, lines[_i].level);
        ck_assert_uint_eq(line.number, 1);
        buffer_fini(&text);
    }
}
END_TEST

START_TEST(within_preformatted_lines_nothing_is_read_but_the_toggle)
{
    static const enum gemline_kind kinds[] = { GEMLINE_TOGGLE, GEMLINE_PREFORMATTED,
                                               GEMLINE_PREFORMATTED, GEMLINE_TOGGLE, GEMLINE_ITEM };
    struct gemtext walk = gemtext_walk(SPAN("```alt\n=> /a b\n ```\n```ignored\n* a\n"));
    struct gemline line;
    for (size_t i = 0; i < 5; i++) {
        ck_assert(gemtext_next(&walk, &line));
        ck_assert_int_eq(line.kind, kinds[i]);
        ck_assert_uint_eq(line.number, i + 1);
        ck_assert_str_eq(text_of(line.text), i == 0   ? "alt"
                                             : i == 1 ? "=> /a b"
                                             : i == 2 ? " ```"
                                             : i == 3 ? ""
                                                      : "a");
    }
    ck_assert(!gemtext_next(&walk, &line));
}
END_TEST

START_TEST(a_last_line_needs_no_line_end_to_be_read)
{
    struct gemtext walk = gemtext_walk(SPAN("a\n\nb"));
    struct gemline line;
    ck_assert(gemtext_next(&walk, &line) && span_equal(line.text, SPAN("a")));
    ck_assert(gemtext_next(&walk, &line) && line.text.len == 0);
    ck_assert(gemtext_next(&walk, &line) && span_equal(line.text, SPAN("b")));
    ck_assert(!gemtext_next(&walk, &line));
    walk = gemtext_walk((struct span){ NULL, 0 });
    ck_assert(!gemtext_next(&walk, &line));
}
END_TEST

static const struct {
    const char *text;
    int heading_1;
} valid[] = {
    { "", 0 },
    { "\n", 0 },
    { "Một đoạn.\n\nHai.\n", 0 },
    { "# Tin mới\n", 1 },
    { "# Tin mới\n## a\n### b\n#### c\n", 1 },
    { "## a\n", 0 },
    { "##a\n", 0 },
    { "=> gemini://example.org/a?b#c Nhãn\n", 0 },
    { "=>/a b\n", 0 },
    { "=>   /a   b\n", 0 },
    { "=> #a b\n", 0 },
    { " => no link\n * no item\n # no heading\n ``` no toggle\n > no quote\n", 0 },
    { "  two spaces before a text\n", 0 },
    { "```\n# x\n=> %zz\n   => y\n```\n", 0 },
    { "```alt\n```\n", 0 },
    { "*\n>\n", 0 },
};

START_TEST(valid_gemtext_is_taken)
{
    struct fault fault = { 0, "" };
    ck_assert_msg(gemtext_check(span_of(valid[_i].text), valid[_i].heading_1, &fault) == STATUS_OK,
                  "%s: line %zu: %s", valid[_i].text, fault.line, fault.what);
}
END_TEST

static const struct {
    const char *text;
    int heading_1;
    size_t line;
    const char *says;
} invalid[] = {
    { "", 1, 1, "empty page" },
    { "a", 0, 1, "line feed" },
    { "a\n\nb", 0, 3, "line feed" },
    { "a\nb\r\n", 0, 2, "carriage return" },
    { "a\rb\n", 0, 1, "carriage return" },
    { "a\n\xFF\n", 0, 2, "UTF-8" },
    { "a\n\xED\xA0\x80\n", 0, 2, "UTF-8" },
    { "a\nHa\xCC\x80\n", 0, 2, "normal form" },
    { "a\nb\tc\n", 0, 2, "a tab" },
    { "=>\t/a b\n", 0, 1, "a tab" },
    { "```\n\tx\n```\n", 0, 2, "a tab" },
    { "a\n\x1B[1m\n", 0, 2, "control" },
    { "a\n\x7F\n", 0, 2, "control" },
    { "a\n\xC2\x85\n", 0, 2, "control" },
    { "a\n  => /a b\n", 0, 2, "spaces before `=>`" },
    { "   * a\n", 0, 1, "spaces before `*`" },
    { "    # a\n", 0, 1, "spaces before" },
    { "a\n=>\n", 0, 2, "without an address" },
    { "a\n=> /a\n", 0, 2, "no label" },
    { "=> /%zz a\n", 0, 1, "no URI" },
    { "=> /hà a\n", 0, 1, "no URI" },
    { "=> gemini://h:99999/ a\n", 0, 1, "no URI" },
    { "# a\n", 0, 1, "level-1" },
    { "b\n#a\n", 0, 2, "level-1" },
    { "b\n# a\n", 1, 1, "first line" },
    { "#\n", 1, 1, "first line" },
    { "## a\n", 1, 1, "first line" },
    { "# a\n# b\n", 1, 2, "below the first" },
    { "a\n```\nb\n", 0, 2, "never closed" },
    { "```\n```\n```\n", 0, 3, "never closed" },
};

START_TEST(what_is_wrong_is_told_with_its_line)
{
    struct fault fault = { 0, "" };
    ck_assert_int_eq(gemtext_check(span_of(invalid[_i].text), invalid[_i].heading_1, &fault),
                     STATUS_BAD);
    ck_assert_msg(strstr(fault.what, invalid[_i].says) != NULL, "%s: %s", invalid[_i].text,
                  fault.what);
    ck_assert_uint_eq(fault.line, invalid[_i].line);
}
END_TEST

START_TEST(a_nul_byte_is_a_control_character)
{
    struct fault fault;
    ck_assert_int_eq(gemtext_check(SPAN("a\n\0\n"), 0, &fault), STATUS_BAD);
    ck_assert_uint_eq(fault.line, 2);
}
END_TEST

typedef void add_fn(struct buffer *out, struct span text);

static void
add_heading(struct buffer *out, struct span text)
{
    gemtext_add_heading(out, 2, text);
}

static const struct {
    add_fn *add;
    const char *text, *line;
} written[] = {
    { gemtext_add_text, "Một đoạn.", "Một đoạn.\n" },
    { gemtext_add_text, "  a \xC2\xA0 b\t", "a b\n" },
    { gemtext_add_text, "", "\n" },
    { gemtext_add_text, "=> a", " => a\n" },
    { gemtext_add_text, "   # a", " # a\n" },
    { gemtext_add_text, "* a", " * a\n" },
    { gemtext_add_text, "*a", "*a\n" },
    { gemtext_add_text, ">a", " >a\n" },
    { gemtext_add_text, "```", " ```\n" },
    { gemtext_add_text, "a\r\n=> b", "a => b\n" },
    { gemtext_add_text, "\xE2\x80\xA8=> b", " => b\n" },
    { gemtext_add_text, "\xE2\x80\x8B\xEF\xBB\xBF=> b", " => b\n" },
    { gemtext_add_text, "\x1B=> b", " => b\n" },
    { gemtext_add_text,
      "\xE2\x80\xAE"
      "abc",
      "abc\n" },
    { gemtext_add_text, "\xE1\xBF\xAF\xE1\xBF\xAF\xE1\xBF\xAF", " ```\n" }, /* NFC: ` */
    { gemtext_add_text, "Ha\xCC\x80", "Hà\n" },
    { gemtext_add_text, "\xFF", "\xEF\xBF\xBD\n" },
    { add_heading, " Hà  Nội\n# b", "## Hà Nội # b\n" },
    { add_heading, "#a", "## #a\n" },
    { add_heading, "\n", "\n" },
    { gemtext_add_item, "* a", "* * a\n" },
    { gemtext_add_item, "", "\n" },
    { gemtext_add_quote, "a", "> a\n" },
    { gemtext_add_quote, "\xCC\xB8", "> \xCC\xB8\n" },
};

START_TEST(a_line_is_written_fit_to_be_read)
{
    struct buffer out = BUFFER_EMPTY;
    written[_i].add(&out, span_of(written[_i].text));
    ck_assert_str_eq(buffer_text(&out), written[_i].line);
    buffer_fini(&out);
}
END_TEST

static const struct {
    const char *target, *label, *line;
} links[] = {
    { "/story/a", "Nhãn", "=> /story/a Nhãn\n" },
    { "/story/a", "  \n", "=> /story/a /story/a\n" },
    { "https://vi.example/Hà Nội?a=b#c", "x\ny",
      "=> https://vi.example/H%C3%A0%20N%E1%BB%99i?a=b#c x y\n" },
    { "/a%20b%zz%", "x", "=> /a%20b%25zz%25 x\n" },
    { "/a\r\n=> /b", "x", "=> /a%0D%0A=%3E%20/b x\n" },
    { " /a ", "x", "=> /a x\n" },
    { "gemini://[::1]/", "x", "=> gemini://[::1]/ x\n" },
    { "/a[1]", "x", "=> /a%5B1%5D x\n" },
    { "/a#b#c", "x", "=> /a%23b%23c x\n" },
    { "/a\"<>\\^`{|}", "x", "=> /a%22%3C%3E%5C%5E%60%7B%7C%7D x\n" },
    { "", "x", "x\n" },
    { "", "", "\n" },
    { "gemini://h:99999/", "=> x", " => x (gemini://h:99999/)\n" },
    { "gemini://h:99999/", "", "gemini://h:99999/\n" },
    { "mailto:a@b.example", "x", "=> mailto:a@b.example x\n" },
    { "GOPHER://h/", "x", "=> GOPHER://h/ x\n" },
    { "javascript:alert(1)", "x", "x (javascript:alert(1))\n" },
    { "JavaScript://h/%0Aalert(1)", "x", "x (JavaScript://h/%0Aalert(1))\n" },
    { " data:text/html,a", "x", "x (data:text/html,a)\n" },
    { "file:///etc/passwd", "", "file:///etc/passwd\n" },
};

START_TEST(a_link_is_written_with_a_uri_and_a_label)
{
    struct buffer out = BUFFER_EMPTY;
    gemtext_add_link(&out, span_of(links[_i].target), span_of(links[_i].label));
    ck_assert_str_eq(buffer_text(&out), links[_i].line);
    ck_assert_int_eq(gemtext_check(buffer_span(&out), 0, NULL), STATUS_OK);
    buffer_fini(&out);
}
END_TEST

static const struct {
    const char *alt, *lines, *block;
} blocks[] = {
    { "", "", "```\n```\n" },
    { " hai\nba ", "a\n  b", "```hai ba\na\n  b\n```\n" },
    { "", "a\n\nb\n", "```\na\n\nb\n```\n" },
    { "", "```\n ```\n=> x", "```\n ```\n ```\n=> x\n```\n" },
    { "", "a\tb\n12345678\tc", "```\na       b\n12345678        c\n```\n" },
    { "", "a\r\nb\x1B[1m\rc", "```\na\nb[1mc\n```\n" },
    { "", "Ha\xCC\x80\xE2\x80\x8B", "```\nHà\n```\n" },
    { "", "\x01```", "```\n ```\n```\n" },
    { "", "\xE1\xBF\xAF``", "```\n ```\n```\n" },
    { "", "\xFF", "```\n\xEF\xBF\xBD\n```\n" },
};

START_TEST(a_preformatted_block_is_never_left_by_its_lines)
{
    struct buffer out = BUFFER_EMPTY;
    gemtext_add_preformatted(&out, span_of(blocks[_i].alt), span_of(blocks[_i].lines));
    ck_assert_str_eq(buffer_text(&out), blocks[_i].block);
    ck_assert_int_eq(gemtext_check(buffer_span(&out), 0, NULL), STATUS_OK);
    buffer_fini(&out);
}
END_TEST

START_TEST(blank_lines_never_gather)
{
    struct buffer out = BUFFER_EMPTY;
    gemtext_add_blank(&out);
    ck_assert_uint_eq(out.len, 0);
    gemtext_add_text(&out, SPAN("a"));
    gemtext_add_blank(&out);
    gemtext_add_blank(&out);
    gemtext_add_text(&out, SPAN("b"));
    ck_assert_str_eq(buffer_text(&out), "a\n\nb\n");
    buffer_clear(&out);
    gemtext_add_text(&out, SPAN(""));
    gemtext_add_blank(&out);
    ck_assert_str_eq(buffer_text(&out), "\n");
    buffer_fini(&out);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("gemtext");
    TCase *tests = tcase_create("gemtext");
    tcase_add_loop_test(tests, a_line_is_known_by_its_first_bytes, 0, COUNT(lines));
    tcase_add_test(tests, within_preformatted_lines_nothing_is_read_but_the_toggle);
    tcase_add_test(tests, a_last_line_needs_no_line_end_to_be_read);
    tcase_add_loop_test(tests, valid_gemtext_is_taken, 0, COUNT(valid));
    tcase_add_loop_test(tests, what_is_wrong_is_told_with_its_line, 0, COUNT(invalid));
    tcase_add_test(tests, a_nul_byte_is_a_control_character);
    tcase_add_loop_test(tests, a_line_is_written_fit_to_be_read, 0, COUNT(written));
    tcase_add_loop_test(tests, a_link_is_written_with_a_uri_and_a_label, 0, COUNT(links));
    tcase_add_loop_test(tests, a_preformatted_block_is_never_left_by_its_lines, 0, COUNT(blocks));
    tcase_add_test(tests, blank_lines_never_gather);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
