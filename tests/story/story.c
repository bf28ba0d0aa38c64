/* SPDX-License-Identifier: ISC */
#include "story/story.h"

#include "testing.h"

#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static struct region *region;

static void
set_up(void)
{
    ck_assert(clock_zone_set("Asia/Ho_Chi_Minh"));
    region = region_new();
}

static void
tear_down(void)
{
    region_free(region);
}

static struct story
read_story(struct span file)
{
    struct story story;
    struct fault fault = { 0, "" };
    ck_assert_msg(story_parse(file, region, &story, &fault) == STATUS_OK, "line %zu: %s",
                  fault.line, fault.what);
    return story;
}

static void
assert_span(struct span span, const char *expected)
{
    ck_assert_msg(span_equal(span, span_of(expected)), "`%.*s` is not `%s`", SPAN_ARG(span),
                  expected);
}

static const char whole[] = "---\n"
                            "title: Năm thành phố sơ kết phong trào phụ nữ nửa đầu năm 2024\n"
                            "date: 2024                  # the year is all we know\n"
                            "added: 2026-11-23T09:00:00+07:00\n"
                            "cities: [ha-noi, hai-phong, ha-noi]\n"
                            "themes:\n"
                            "- thi-dua\n"
                            "- an-sinh-xa-hoi\n"
                            "summary: >\n"
                            "  Một câu\n"
                            "  hay hai.\n"
                            "author: 'Thanh Thanh'\n"
                            "lang: vi\n"
                            "source: https://example.org/a?b=c#d\n"
                            "imported: 0123abcd\n"
                            "evidence: ['tag: Hà  Nội', \"dateline: Huế\"]\n"
                            "related: [a-b, '2024', null]\n"
                            "aliases: []\n"
                            "state: draft\n"
                            "---\n"
                            "\n"
                            "  \n"
                            "Một đoạn.\n"
                            "\n"
                            "## Đề mục\n";

START_TEST(every_key_is_read)
{
    struct story story = read_story(span_of(whole));
    assert_span(story.title, "Năm thành phố sơ kết phong trào phụ nữ nửa đầu năm 2024");
    ck_assert_int_eq(story.date.precision, DATE_YEAR);
    ck_assert_int_eq(story.date.year, 2024);
    assert_span(story.date_text, "2024");
    ck_assert_int_eq(story.added.precision, DATE_SECOND);
    ck_assert_int_eq(story.added.instant, 1795399200);
    assert_span(story.added_text, "2026-11-23T09:00:00+07:00");
    ck_assert_uint_eq(story.cities.count, 2); /* twice is once */
    assert_span(story.cities.at[1], "hai-phong");
    ck_assert_uint_eq(story.themes.count, 2);
    assert_span(story.themes.at[0], "thi-dua");
    assert_span(story.summary, "Một câu hay hai.");
    assert_span(story.author, "Thanh Thanh");
    assert_span(story.lang, "vi");
    assert_span(story.source, "https://example.org/a?b=c#d");
    assert_span(story.imported, "0123abcd");
    ck_assert_uint_eq(story.evidence.count, 2);
    assert_span(story.evidence.at[0], "tag: Hà Nội");
    ck_assert_uint_eq(story.related.count, 3);
    assert_span(story.related.at[1], "2024");
    assert_span(story.related.at[2], "null");
    ck_assert_uint_eq(story.aliases.count, 0);
    ck_assert_int_eq(story.state, STORY_DRAFT);
}
END_TEST

START_TEST(the_body_begins_behind_its_blank_lines)
{
    struct story story = read_story(span_of(whole));
    assert_span(story.body, "Một đoạn.\n\n## Đề mục\n");
    ck_assert_uint_eq(story.body_line, 23);
}
END_TEST

START_TEST(a_title_is_enough)
{
    struct story story = read_story(SPAN("---\ntitle: a\n---\n"));
    assert_span(story.title, "a");
    assert_span(story.body, "");
    assert_span(story.lang, "");
    assert_span(story.date_text, "");
    ck_assert_int_eq(story.date.precision, DATE_NONE);
    ck_assert_int_eq(story.added.precision, DATE_NONE);
    ck_assert_int_eq(story.state, STORY_PUBLISHED);
}
END_TEST

START_TEST(a_key_without_a_value_says_nothing)
{
    struct story story = read_story(SPAN("---\ntitle: a\ndate:\nadded: ~\ncities:\nsummary: ''\n"
                                         "source:\nlang:\nstate:\nrelated: null\n---\n"));
    ck_assert_int_eq(story.date.precision, DATE_NONE);
    assert_span(story.added_text, "");
    ck_assert_uint_eq(story.cities.count + story.related.count, 0);
    ck_assert_int_eq(story.state, STORY_PUBLISHED);
}
END_TEST

static const struct {
    struct span file;
    const char *title, *body;
} forms[] = {
    { SPAN("---\ntitle: Hà\n---\nNội\n"), "Hà", "Nội\n" },
    { SPAN("\xEF\xBB\xBF---\ntitle: Hà\n---\nNội\n"), "Hà", "Nội\n" },
    { SPAN("---\r\ntitle: Hà\r\n---\r\n\r\nNội\r\n"), "Hà", "Nội\n" },
    { SPAN("---\ntitle: Ha\xCC\x80\n---\nNo\xCC\xA3\xCC\x82i\n"), "Hà", "Nội\n" },
    { SPAN("---\ntitle: Hà\n---\nNô\xCC\xA3i\n"), "Hà", "Nội\n" }, /* the marks of CP1258 */
    { SPAN("---  \ntitle: Hà\n---\t\nNội"), "Hà", "Nội\n" },
    { SPAN("---\ntitle: \"  Hà\\t \\u200B\"\n---\nNội"), "Hà", "Nội\n" },
    { SPAN("---\ntitle: |\n  Hà\n\n  Nội\n---"), "Hà Nội", "" },
    { SPAN("---\ntitle: a\n---\n```\n---\n```\n"), "a", "```\n---\n```\n" },
};

START_TEST(a_story_reads_the_same_however_it_was_saved)
{
    struct story story = read_story(forms[_i].file);
    assert_span(story.title, forms[_i].title);
    assert_span(story.body, forms[_i].body);
}
END_TEST

static const struct {
    const char *file;
    size_t line;
    const char *says;
} faulty[] = {
    { "", 1, "the first line must be ---" },
    { "no front matter\n", 1, "the first line must be ---" },
    { "\n---\ntitle: x\n---\n", 1, "the first line must be ---" },
    { "----\ntitle: x\n----\n", 1, "the first line must be ---" },
    { "---", 1, "never closed" },
    { "---\ntitle: x\n", 1, "never closed" },
    { "---\ntitle: x\n ---\n", 1, "never closed" },
    { "---\n---\n", 2, "title is missing" },
    { "---\ndate: 2024\n---\n", 2, "title is missing" },
    { "---\ntitle:\n---\n", 2, "title is missing" },
    { "---\ntitle: [x]\n---\n", 2, "title is a text" },
    { "---\n- title\n---\n", 2, "key: value" },
    { "---\ntitle\n---\n", 2, "key: value" },
    { "---\ntitle: x\ndate: 2024-13\n---\n", 3, "date `2024-13` is no date" },
    { "---\ntitle: x\ndate: 12/07/2024\n---\n", 3, "no date: write 2024" },
    { "---\ntitle: x\nadded: yesterday\n---\n", 3, "added `yesterday`" },
    { "---\ntitle: x\ndate: [2024]\n---\n", 3, "no date" },
    { "---\ntitle: x\n\ncolour: red\n---\n", 4, "unknown key `colour`: known are title, date, " },
    { "---\ntitle: x\ntags: [a]\n---\n", 3, "unknown key `tags`" },
    { "---\ntitle: x\ncities:\n  - ha-noi\n  - Ha Noi\n---\n", 5, "`Ha Noi` is no slug" },
    { "---\ntitle: x\ncities: ha-noi\n---\n", 3, "cities is a list" },
    { "---\ntitle: x\naliases: [[a]]\n---\n", 3, "no slug" },
    { "---\ntitle: x\nrelated: ['']\n---\n", 3, "no slug" },
    { "---\ntitle: x\nevidence: x\n---\n", 3, "a list" },
    { "---\ntitle: x\nevidence:\n- 'a'\n- tag: y\n---\n", 5, "a text of 1 to 200 bytes" },
    { "---\ntitle: x\ntitle: y\n---\n", 3, "twice" },
    { "---\ntitle: x\nstate: lost\n---\n", 3, "state is one of" },
    { "---\ntitle: x\nlang: tiếng Việt\n---\n", 3, "no language tag" },
    { "---\ntitle: x\nlang: v\n---\n", 3, "no language tag" },
    { "---\ntitle: x\nlang: vi-\n---\n", 3, "no language tag" },
    { "---\ntitle: x\nlang: vi2\n---\n", 3, "no language tag" },
    { "---\ntitle: x\nsource: /relative\n---\n", 3, "no absolute URI" },
    { "---\ntitle: x\nsource: https://h/hà\n---\n", 3, "no absolute URI" },
    { "---\ntitle: x\nsource: 'https://h/a b'\n---\n", 3, "no absolute URI" },
    { "---\ntitle: x\nsource: javascript:alert(1)\n---\n", 3, "not led to `javascript:`" },
    { "---\ntitle: x\n\nsource: FILE:///etc/passwd\n---\n", 4, "not led to `FILE:`" },
    { "---\ntitle: x\nsource: data:text/html,a\n---\n", 3, "not led to `data:`" },
    { "---\ntitle: \"x\n---\n", 3, "" },
    { "---\ntitle: x\nauthor: \xFF\n---\n", 3, "UTF-8" },
    { "---\ntitle: x\ry\n---\n", 2, "line end" },
    { "---\ntitle: x\nauthor: \xE2\x80\xA8\n---\n", 3, "line end" },
    { "---\ntitle: x\nauthor: &a b\n---\n", 3, "anchors" },
    { "---\ntitle: x\n---\n# Again\n", 4, "level-1 heading" },
    { "---\ntitle: x\n---\n\ntext\n=> /a\n", 6, "no label" },
    { "---\ntitle: x\n---\n\n\n```\nopen\n", 6, "never closed" },
    { "---\ntitle: x\n---\na\nb\x01\n", 5, "control" },
    { "---\ntitle: x\n---\na\nb\xFF\n", 5, "UTF-8" },
    { "---\ntitle: x\n---\nHa\xCC\x80\n\tb\n", 5, "a tab" },
};

START_TEST(what_is_wrong_is_told_with_its_line)
{
    struct story story = { .title = SPAN("kept") };
    struct fault fault = { 0, "" };
    ck_assert_int_eq(story_parse(span_of(faulty[_i].file), region, &story, &fault), STATUS_BAD);
    ck_assert_msg(strstr(fault.what, faulty[_i].says) != NULL, "%s: %s", faulty[_i].file,
                  fault.what);
    ck_assert_msg(fault.line == faulty[_i].line, "%s: line %zu", faulty[_i].file, fault.line);
    ck_assert_ptr_null(strchr(fault.what, '\n'));
    assert_span(story.title, "kept");
}
END_TEST

START_TEST(a_nul_byte_is_refused_wherever_it_stands)
{
    struct story story;
    ck_assert_int_eq(story_parse(SPAN("---\ntitle: x\n---\na\0b"), region, &story, NULL),
                     STATUS_BAD);
    ck_assert_int_eq(story_parse(SPAN("---\ntitle: x\0\n---\n"), region, &story, NULL), STATUS_BAD);
    ck_assert_int_eq(story_parse(SPAN("---\ntitle: \"x\\0y\"\n---\n"), region, &story, NULL),
                     STATUS_BAD);
}
END_TEST

/* A story whose `key` has a value of `bytes`. */
static enum status
parse_long(const char *key, size_t bytes, struct fault *fault)
{
    struct buffer file = BUFFER_EMPTY;
    struct story story;
    buffer_printf(&file, "---\n%s%s: ", strcmp(key, "title") == 0 ? "" : "title: x\n", key);
    for (size_t i = 0; i < bytes; i++)
        buffer_add_char(&file, 'a');
    buffer_add_text(&file, "\n---\n");
    enum status status = story_parse(buffer_span(&file), region, &story, fault);
    buffer_fini(&file);
    return status;
}

START_TEST(titles_and_summaries_have_a_longest_length)
{
    struct fault fault;
    ck_assert_int_eq(parse_long("title", STORY_TITLE_MAX, &fault), STATUS_OK);
    ck_assert_int_eq(parse_long("title", STORY_TITLE_MAX + 1, &fault), STATUS_BAD);
    ck_assert_str_eq(fault.what, "title has 301 bytes: 300 at most");
    ck_assert_uint_eq(fault.line, 2);
    ck_assert_int_eq(parse_long("summary", STORY_SUMMARY_MAX, &fault), STATUS_OK);
    ck_assert_int_eq(parse_long("summary", STORY_SUMMARY_MAX + 1, &fault), STATUS_BAD);
    ck_assert_uint_eq(fault.line, 3);
}
END_TEST

START_TEST(lists_have_a_longest_length)
{
    struct story story;
    for (int count = STORY_LIST_MAX; count <= STORY_LIST_MAX + 1; count++) {
        struct buffer file = BUFFER_EMPTY;
        buffer_add_text(&file, "---\ntitle: x\nrelated: [");
        for (int i = 0; i < count; i++)
            buffer_printf(&file, "%sa%d", i > 0 ? ", " : "", i);
        buffer_add_text(&file, "]\n---\n");
        ck_assert_int_eq(story_parse(buffer_span(&file), region, &story, NULL),
                         count <= STORY_LIST_MAX ? STATUS_OK : STATUS_BAD);
        buffer_fini(&file);
    }
}
END_TEST

START_TEST(a_file_has_a_largest_size)
{
    struct story story;
    struct buffer file = BUFFER_EMPTY;
    buffer_add_text(&file, "---\ntitle: x\n---\n");
    while (file.len < STORY_BYTES_MAX)
        buffer_add_char(&file, file.len % 80 == 0 ? '\n' : 'a');
    ck_assert_int_eq(story_parse(buffer_span(&file), region, &story, NULL), STATUS_OK);
    buffer_add_char(&file, '\n');
    ck_assert_int_eq(story_parse(buffer_span(&file), region, &story, NULL), STATUS_BAD);
    buffer_fini(&file);
}
END_TEST

static const struct {
    const char *front;
    const char *now;
    bool served;
} served[] = {
    { "title: x\n", "2024-07-12", true },
    { "title: x\nstate: published\n", "2024-07-12", true },
    { "title: x\nstate: draft\n", "2024-07-12", false },
    { "title: x\nstate: withdrawn\n", "2024-07-12", false },
    { "title: x\nadded: 2025-01-01\n", "2024-07-12", true },
    { "title: x\ndate: 2024\n", "2024-07-12", true },
    { "title: x\ndate: 2025\n", "2024-12-31T23:59:59+07:00", false },
    { "title: x\ndate: 2025\n", "2025-01-01T00:00:00+07:00", true },
    { "title: x\nstate: scheduled\ndate: 2024-07-12T09:00:00+07:00\n", "2024-07-12T01:59:59Z",
      false },
    { "title: x\nstate: scheduled\ndate: 2024-07-12T09:00:00+07:00\n", "2024-07-12T02:00:00Z",
      true },
};

START_TEST(a_story_is_served_when_it_is_published_and_its_time_has_come)
{
    struct date now;
    ck_assert(date_parse(span_of(served[_i].now), &now));
    struct story story = read_story(region_printf(region, "---\n%s---\n", served[_i].front));
    ck_assert(story_is_served(&story, now.instant) == served[_i].served);
}
END_TEST

static void
add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, every_key_is_read);
    tcase_add_test(tests, the_body_begins_behind_its_blank_lines);
    tcase_add_test(tests, a_title_is_enough);
    tcase_add_test(tests, a_key_without_a_value_says_nothing);
    tcase_add_loop_test(tests, a_story_reads_the_same_however_it_was_saved, 0, COUNT(forms));
    tcase_add_loop_test(tests, what_is_wrong_is_told_with_its_line, 0, COUNT(faulty));
    tcase_add_test(tests, a_nul_byte_is_refused_wherever_it_stands);
    tcase_add_test(tests, titles_and_summaries_have_a_longest_length);
    tcase_add_test(tests, lists_have_a_longest_length);
    tcase_add_test(tests, a_file_has_a_largest_size);
    tcase_add_loop_test(tests, a_story_is_served_when_it_is_published_and_its_time_has_come, 0,
                        COUNT(served));
}

int
main(void)
{
    Suite *suite = suite_create("story");
    TCase *tests = tcase_create("story");
    add_tests(tests);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
