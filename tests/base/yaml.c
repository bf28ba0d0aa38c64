/* SPDX-License-Identifier: ISC */
#include "base/yaml.h"

#include "base/buffer.h"
#include "testing.h"

#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static struct region *region;

static void
set_up(void)
{
    region = region_new();
}

static void
tear_down(void)
{
    region_free(region);
    region = NULL;
}

static struct yaml *
parse(const char *text)
{
    struct yaml *tree = NULL;
    struct fault fault = { 0, "" };
    enum status status = yaml_parse(span_of(text), 1, region, &tree, &fault);
    ck_assert_msg(status == STATUS_OK, "%s: %zu: %s", text, fault.line, fault.what);
    return tree;
}

static void
assert_text(const struct yaml *node, const char *expected)
{
    struct span text = yaml_text(node);
    ck_assert_msg(span_equal(text, span_of(expected)), "%.*s, not %s", SPAN_ARG(text), expected);
}

START_TEST(a_mapping_keeps_its_order_and_its_lines)
{
    struct yaml *tree = parse("title: Năm thành phố\n\ncities: [ha-noi,\n  hue]\nlast:\n  - a\n");
    ck_assert_int_eq(tree->kind, YAML_MAPPING);
    ck_assert_uint_eq(tree->count, 3);
    struct yaml *title = tree->down, *cities = title->next, *last = cities->next;
    assert_text(title, "Năm thành phố");
    ck_assert(span_equal(title->key, SPAN("title")));
    ck_assert_uint_eq(title->line, 1);
    ck_assert_uint_eq(cities->key_line, 3);
    ck_assert_int_eq(cities->kind, YAML_SEQUENCE);
    ck_assert_uint_eq(cities->count, 2);
    ck_assert_uint_eq(cities->down->next->line, 4);
    ck_assert_uint_eq(last->key_line, 5);
    ck_assert_uint_eq(last->line, 6);
    ck_assert_ptr_null(last->next);
}
END_TEST

START_TEST(lines_are_counted_from_where_the_text_begins)
{
    struct yaml *tree = NULL;
    ck_assert_int_eq(yaml_parse(SPAN("a: b\nc: d\n"), 10, region, &tree, NULL), STATUS_OK);
    ck_assert_uint_eq(tree->line, 10);
    ck_assert_uint_eq(yaml_get(tree, "c")->key_line, 11);
}
END_TEST

START_TEST(a_child_is_found_by_its_key)
{
    struct yaml *tree = parse("a: 1\nb: {c: 2}\nd: [e]\n");
    assert_text(yaml_get(tree, "a"), "1");
    assert_text(yaml_get(yaml_get(tree, "b"), "c"), "2");
    ck_assert_ptr_null(yaml_get(tree, "c"));
    ck_assert_ptr_null(yaml_get(tree, "A"));
    ck_assert_ptr_null(yaml_get(yaml_get(tree, "a"), "a"));
    ck_assert_ptr_null(yaml_get(yaml_get(tree, "d"), "e"));
    ck_assert_ptr_null(yaml_get(NULL, "a"));
}
END_TEST

static const struct {
    const char *text, *value;
    bool plain;
} scalars[] = {
    { "a: b c", "b c", true },
    { "a: 'it''s'", "it's", false },
    { "a: \"b\\tc \\u1ed9\"", "b\tc ộ", false },
    { "a: yes", "yes", true },
    { "a: 007", "007", true },
    { "a:", "", true },
    { "a: ~", "", true },
    { "a: null", "", true },
    { "a: Null", "", true },
    { "a: NULL", "", true },
    { "a: \"null\"", "null", false },
    { "a: '~'", "~", false },
    { "a: |\n  b\n  c\n", "b\nc\n", false },
    { "a: >-\n  b\n  c\n", "b c", false },
    { "a: b # c", "b", true },
};

START_TEST(a_scalar_is_text_and_nothing_else)
{
    struct yaml *value = yaml_get(parse(scalars[_i].text), "a");
    assert_text(value, scalars[_i].value);
    ck_assert(value->plain == scalars[_i].plain);
}
END_TEST

START_TEST(what_is_no_scalar_has_no_text)
{
    struct yaml *tree = parse("a: [b]\n");
    ck_assert_uint_eq(yaml_text(tree).len, 0);
    ck_assert_uint_eq(yaml_text(yaml_get(tree, "a")).len, 0);
    ck_assert_uint_eq(yaml_text(NULL).len, 0);
}
END_TEST

static const char *const empty[] = { "", "\n", "# nothing\n", "---\n", "--- ~\n...\n", "{}" };

START_TEST(an_empty_document_is_an_empty_mapping)
{
    struct yaml *tree = parse(empty[_i]);
    if (strchr(empty[_i], '~') != NULL) {
        ck_assert_uint_eq(yaml_text(tree).len, 0);
        return;
    }
    ck_assert_int_eq(tree->kind, YAML_MAPPING);
    ck_assert_uint_eq(tree->count, 0);
    ck_assert_ptr_null(yaml_get(tree, "a"));
}
END_TEST

static const struct {
    struct span text;
    size_t line; /* as the first is 4 */
    const char *says;
} faults[] = {
    { SPAN("a: b\na: c\n"), 5, "key `a` stands twice" },
    { SPAN("a:\n  b: 1\n  c: 2\n  \"b\": 3\n"), 7, "key `b` stands twice" },
    { SPAN("a: &x b\n"), 4, "anchors" },
    { SPAN("a: b\nc: &x [d]\n"), 5, "anchors" },
    { SPAN("a: &x {b: c}\n"), 4, "anchors" },
    { SPAN("a: 1\nb: *x\n"), 5, "aliases (*) are not read" },
    { SPAN("a: 1\nb: !!str 2\n"), 5, "tags (!)" },
    { SPAN("b: !!seq [2]\n"), 4, "tags (!)" },
    { SPAN("a: 1\nb: !own {c: 2}\n"), 5, "tags (!)" },
    { SPAN("? &x a\n: b\n"), 4, "anchors" },
    { SPAN("? [a, b]\n: c\n"), 4, "a key must be a plain text" },
    { SPAN("? {a: b}\n: c\n"), 4, "a key must be a plain text" },
    { SPAN("a: b\n---\nc: d\n"), 5, "a second document" },
    { SPAN("a: b\n\nc: d: e\n"), 6, "mapping values are not allowed" },
    { SPAN("a: b\n\tc: d\n"), 5, "" },
    { SPAN("a: [b\n"), 5, "flow sequence" },
    { SPAN("a: 'b\n"), 5, "quoted scalar" },
    { SPAN("a: \"\\q\"\n"), 4, "escape" },
    { SPAN("a: b\n\nc: \"\\x07\"\n"), 6, "control character" },
    { SPAN("a: \"\\x9b\"\n"), 4, "control character" },
    { SPAN("a: \"\\r\"\n"), 4, "control character" },
    { SPAN("a: 1\n\"b\\x07\": c\n"), 5, "control character" },
    { SPAN("a: 1\nb: \x07\n"), 5, "control character" },
    { SPAN("a: 1\nb: \0\n"), 5, "control character" },
    { SPAN("a: 1\n\nb: \xff\n"), 6, "not UTF-8" },
    { SPAN("a: 1\nb: \xed\xa0\x80\n"), 5, "not UTF-8" },
    { SPAN("a: 1\nb: \xe1\xbb"), 5, "not UTF-8" },
};

START_TEST(a_fault_names_its_line)
{
    struct yaml *tree = NULL;
    struct fault fault = { 0, "" };
    ck_assert_int_eq(yaml_parse(faults[_i].text, 4, region, &tree, &fault), STATUS_BAD);
    ck_assert_ptr_null(tree);
    ck_assert_msg(fault.line == faults[_i].line && strstr(fault.what, faults[_i].says) != NULL,
                  "%.*s: %zu: %s", SPAN_ARG(faults[_i].text), fault.line, fault.what);
    ck_assert_int_eq(yaml_parse(faults[_i].text, 4, region, &tree, NULL), STATUS_BAD);
}
END_TEST

/* `count` times `open`, then `middle`; parsed, and what the fault says, if there is one. */
static enum status
parse_many(const char *open, size_t count, const char *middle, struct fault *fault)
{
    struct buffer text = BUFFER_EMPTY;
    struct yaml *tree;
    for (size_t i = 0; i < count; i++)
        buffer_add_text(&text, open);
    buffer_add_text(&text, middle);
    enum status status = yaml_parse(buffer_span(&text), 1, region, &tree, fault);
    buffer_fini(&text);
    return status;
}

START_TEST(sixteen_levels_are_deep_enough)
{
    struct fault fault = { 0, "" };
    ck_assert_int_eq(parse_many("- ", 16, "a\n", &fault), STATUS_OK);
    ck_assert_int_eq(parse_many("- ", 17, "a\n", &fault), STATUS_BAD);
    ck_assert_str_eq(fault.what, "more than 16 levels deep");
    ck_assert_int_eq(parse_many("{a: ", 17, "", &fault), STATUS_BAD);
    ck_assert_str_eq(fault.what, "more than 16 levels deep");
    ck_assert_int_eq(parse_many("[", 100000, "", &fault), STATUS_BAD);
}
END_TEST

START_TEST(a_hundred_thousand_entries_are_enough)
{
    struct fault fault = { 0, "" };
    ck_assert_int_eq(parse_many("- a\n", 99999, "", &fault), STATUS_OK);
    ck_assert_int_eq(parse_many("- a\n", 100000, "", &fault), STATUS_BAD);
    ck_assert_uint_eq(fault.line, 100000);
    ck_assert_str_eq(fault.what, "more than 100000 entries");
}
END_TEST

START_TEST(a_key_has_a_bounded_length)
{
    struct fault fault = { 0, "" };
    ck_assert_int_eq(parse_many("k", 1000, ": a\n", &fault), STATUS_OK);
    ck_assert_int_eq(parse_many("k", 1025, ": a\n", &fault), STATUS_BAD);
    struct buffer text = BUFFER_EMPTY;
    struct yaml *tree;
    buffer_printf(&text, "? %01025d\n: a\n", 0);
    ck_assert_int_eq(yaml_parse(buffer_span(&text), 1, region, &tree, &fault), STATUS_BAD);
    ck_assert_str_eq(fault.what, "a key of over 1024 bytes");
    buffer_fini(&text);
}
END_TEST

static const struct {
    struct span text;
    const char *printed;
} printed[] = {
    { SPAN("Hà Nội"), "Hà Nội" },
    { SPAN("đường"), "đường" },
    { SPAN("2024-07-12"), "2024-07-12" },
    { SPAN("a-b c"), "a-b c" },
    { SPAN(""), "\"\"" },
    { SPAN("null"), "\"null\"" },
    { SPAN("yes"), "\"yes\"" },
    { SPAN("a: b"), "\"a: b\"" },
    { SPAN("a #b"), "\"a #b\"" },
    { SPAN("- a"), "\"- a\"" },
    { SPAN("a "), "\"a \"" },
    { SPAN(" a"), "\" a\"" },
    { SPAN("~"), "\"~\"" },
    { SPAN("\"a\\"), "\"\\\"a\\\\\"" },
    { SPAN("a\nb\tc"), "\"a\\x0ab\\x09c\"" },
    { SPAN("a\xC2\xA0"
           "b"),
      "a\xC2\xA0"
      "b" },
    { SPAN("\xEF\xBB\xBF"
           "a"),
      "\"\\ufeffa\"" },
    { SPAN("\"\xE2\x80\xA8"), "\"\\\"\\u2028\"" },
    { SPAN("a\xFF"), "\"a\\uFFFD\"" },
};

START_TEST(a_text_is_printed_plain_where_that_is_safe)
{
    struct buffer out = BUFFER_EMPTY;
    yaml_print_text(printed[_i].text, &out);
    ck_assert_str_eq(buffer_text(&out), printed[_i].printed);
    buffer_fini(&out);
}
END_TEST

/* All of ASCII but the controls, and what YAML takes for an end of line: alone, in front, between
 * and behind. */
START_TEST(a_text_that_was_printed_reads_back_as_itself)
{
    static const char *const forms[] = { "%s", "%sa", "a%sa", "a%s", "a %s", "%s a" };
    static const char *const more[] = { "\n",     "\t",     "\u00A0", "\u2028", "\u2029", "\uFEFF",
                                        "\u0111", "\u4E2D", "true",   "...",    "---",    "<<" };
    for (int i = ' '; i < 0x7f + COUNT(more); i++) {
        char letter[] = { (char)i, '\0' };
        for (size_t form = 0; form < sizeof forms / sizeof *forms; form++) {
            struct buffer out = BUFFER_EMPTY;
            struct span text = region_printf(region, forms[form],
                                             i < 0x7f ? letter : more[i - 0x7f]);
            buffer_add_text(&out, "key: ");
            yaml_print_text(text, &out);
            buffer_add_char(&out, '\n');
            struct yaml *value = yaml_get(parse(buffer_text(&out)), "key");
            ck_assert_msg(span_equal(yaml_text(value), text), "%s", buffer_text(&out));
            buffer_fini(&out);
        }
    }
}
END_TEST

static void
add_tests(TCase *tests)
{
    tcase_add_test(tests, a_mapping_keeps_its_order_and_its_lines);
    tcase_add_test(tests, lines_are_counted_from_where_the_text_begins);
    tcase_add_test(tests, a_child_is_found_by_its_key);
    tcase_add_loop_test(tests, a_scalar_is_text_and_nothing_else, 0, COUNT(scalars));
    tcase_add_test(tests, what_is_no_scalar_has_no_text);
    tcase_add_loop_test(tests, an_empty_document_is_an_empty_mapping, 0, COUNT(empty));
    tcase_add_loop_test(tests, a_fault_names_its_line, 0, COUNT(faults));
    tcase_add_test(tests, sixteen_levels_are_deep_enough);
    tcase_add_test(tests, a_hundred_thousand_entries_are_enough);
    tcase_add_test(tests, a_key_has_a_bounded_length);
    tcase_add_loop_test(tests, a_text_is_printed_plain_where_that_is_safe, 0, COUNT(printed));
    tcase_add_test(tests, a_text_that_was_printed_reads_back_as_itself);
}

int
main(void)
{
    Suite *suite = suite_create("yaml");
    TCase *tests = tcase_create("yaml");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    add_tests(tests);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
