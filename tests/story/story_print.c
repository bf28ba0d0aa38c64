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
    ck_assert_msg(story_parse(file, region, &story, &fault) == STATUS_OK, "line %zu: %s\n%.*s",
                  fault.line, fault.what, SPAN_ARG(file));
    return story;
}

START_TEST(a_story_is_printed_with_its_keys_in_order)
{
    const struct span cities[] = { SPAN("ha-noi"), SPAN("can-tho") };
    struct buffer out = BUFFER_EMPTY;
    struct story story = { .title = SPAN("Năm thành phố: sơ kết"),
                           .date_text = SPAN("2024"),
                           .added_text = SPAN("2026-11-23T09:00:00+07:00"),
                           .cities = { cities, 2 },
                           .summary = SPAN("Một câu"),
                           .source = SPAN("https://example.org/a?b#c"),
                           .state = STORY_WITHDRAWN,
                           .body = SPAN("Một đoạn.\n") };
    story_print(&story, &out);
    ck_assert_str_eq(buffer_text(&out), "---\n"
                                        "title: \"Năm thành phố: sơ kết\"\n"
                                        "date: 2024\n"
                                        "added: 2026-11-23T09:00:00+07:00\n"
                                        "cities: [ha-noi, can-tho]\n"
                                        "summary: Một câu\n"
                                        "source: https://example.org/a?b#c\n"
                                        "state: withdrawn\n"
                                        "---\n"
                                        "Một đoạn.\n");
    buffer_fini(&out);
}
END_TEST

static void
assert_same_spans(struct spans a, struct spans b)
{
    ck_assert_uint_eq(a.count, b.count);
    for (size_t i = 0; i < a.count; i++)
        ck_assert(span_equal(a.at[i], b.at[i]));
}

static void
assert_same(const struct story *a, const struct story *b)
{
    ck_assert(span_equal(a->title, b->title));
    ck_assert(span_equal(a->summary, b->summary));
    ck_assert(span_equal(a->author, b->author));
    ck_assert(span_equal(a->lang, b->lang));
    ck_assert(span_equal(a->source, b->source));
    ck_assert(span_equal(a->imported, b->imported));
    ck_assert(span_equal(a->date_text, b->date_text));
    ck_assert(span_equal(a->added_text, b->added_text));
    ck_assert_int_eq(a->date.instant, b->date.instant);
    ck_assert_int_eq(a->added.instant, b->added.instant);
    assert_same_spans(a->cities, b->cities);
    assert_same_spans(a->themes, b->themes);
    assert_same_spans(a->evidence, b->evidence);
    assert_same_spans(a->related, b->related);
    assert_same_spans(a->aliases, b->aliases);
    ck_assert_int_eq(a->state, b->state);
    ck_assert(span_equal(a->body, b->body));
}

static const char *const texts[] = {
    "a",        "Hà Nội", "a: b",      "#a",  "a #b", "\"a\"", "it's", "- a",   "[a]",
    "{a}",      "null",   "~",         "yes", "2024", "1e3",   "a\\b", "…",     "*a",
    "&a",       "!a",     "%a",        "@a",  "`a`",  "a,b",   "? a",  ": a",   "a:",
    "---",      "...",    "'",         "\"",  "|",    ">",     "a\"b", "a'b\"", "\xE2\x99\x8A",
    "a - b: c", "=> a",   "a\xCC\x80",
};

START_TEST(whatever_a_text_looks_like_it_reads_back)
{
    struct buffer out = BUFFER_EMPTY;
    struct story story = { .title = span_of(texts[_i]),
                           .summary = span_of(texts[_i]),
                           .author = span_of(texts[_i]),
                           .evidence = { &story.title, 1 } };
    if (strcmp(texts[_i], "a\xCC\x80") == 0) /* what is printed is in NFC before it is read */
        story.title = story.summary = story.author = SPAN("à");
    story_print(&story, &out);
    struct story again = read_story(buffer_span(&out));
    assert_same(&story, &again);
    buffer_fini(&out);
}
END_TEST

static const char *const files[] = {
    "---\ntitle: a\n---\n",
    "---\ntitle: a\n---\n\n\nx\n\n\ny\n\n",
    "---\ntitle: a\ndate: 2024-07\nadded: '2024-07-12 09:00:00+07:00'\n---\nx\n",
    "---\ntitle: a\ncities: [null, '1']\nthemes: [yes]\nrelated: [a, b]\naliases: [c]\n---\n---\n",
    "---\ntitle: a\nsource: 'nex:'\n---\n",
    "---\ntitle: a\nsource: mailto:a@b\nlang: zh-Hant\nimported: 12e4\nstate: withdrawn\n---\n",
    "---\r\ntitle: 'Ha\xCC\x80: ''x'''\r\nstate: scheduled\r\n---\r\n=> /a b\r\n```\r\n \r\n```",
};

START_TEST(a_printed_story_reads_back_as_the_same)
{
    struct buffer first = BUFFER_EMPTY, second = BUFFER_EMPTY;
    struct story story = read_story(span_of(files[_i]));
    story_print(&story, &first);
    struct story again = read_story(buffer_span(&first));
    assert_same(&story, &again);
    story_print(&again, &second);
    ck_assert_str_eq(buffer_text(&first), buffer_text(&second));
    buffer_fini(&first);
    buffer_fini(&second);
}
END_TEST

START_TEST(an_import_is_as_imported_until_somebody_edits_it)
{
    struct buffer file = BUFFER_EMPTY;
    struct story story = { .title = SPAN("a"), .imported = SPAN("old"), .body = SPAN("x\n") };
    story_print_imported(&story, &file);
    ck_assert(story_is_as_imported(buffer_span(&file)));
    ck_assert_uint_eq(read_story(buffer_span(&file)).imported.len, 64);
    for (size_t i = 0; i < file.len; i++) { /* whichever byte it is that changes */
        file.at[i] ^= 1;
        ck_assert_msg(!story_is_as_imported(buffer_span(&file)), "byte %zu", i);
        file.at[i] ^= 1;
    }
    buffer_add_text(&file, "Thêm.\n");
    ck_assert(!story_is_as_imported(buffer_span(&file)));
    buffer_fini(&file);
}
END_TEST

static const char *const never_imported[] = {
    "",
    "x",
    "---\ntitle: a\n---\n",
    "---\ntitle: a\nimported:\n---\n",
    "---\ntitle: a\nimported: abc\n---\n",
    "---\ntitle: a\n---\nimported: abc\n",
};

START_TEST(what_was_never_imported_is_not_as_imported)
{
    ck_assert(!story_is_as_imported(span_of(never_imported[_i])));
}
END_TEST

static const struct {
    const char *file, *key, *value, *result;
} changes[] = {
    { "---\ntitle: x # hm\n---\nbody\n", "state", "withdrawn",
      "---\ntitle: x # hm\nstate: withdrawn\n---\nbody\n" },
    { "---\ntitle: x\nstate: draft\n---\nbody\n", "state", "published",
      "---\ntitle: x\nstate: published\n---\nbody\n" },
    { "---\nstate: draft   # until Monday\ntitle: x\n---\n", "state", "published",
      "---\nstate: published   # until Monday\ntitle: x\n---\n" },
    { "---\ntitle: \"a # b\" # c\n---\n", "title", "d", "---\ntitle: d # c\n---\n" },
    { "---\ntitle: 'it''s # b'\n---\n", "title", "d", "---\ntitle: d\n---\n" },
    { "---\ntitle: a#b\n---\n", "title", "d", "---\ntitle: d\n---\n" },
    { "---\ntitle: x\naliases:\n- a\n- b\n\n# the cities\ncities: [c]\n---\nx", "aliases",
      "[a, b, d]", "---\ntitle: x\naliases: [a, b, d]\n\n# the cities\ncities: [c]\n---\nx" },
    { "---\ntitle: x\naliases: [a,\n  b,\n]\n---\n", "aliases", "[c]",
      "---\ntitle: x\naliases: [c]\n---\n" },
    { "---\nsummary: >\n  a\n  b\ntitle: x\n---\n", "summary", "c",
      "---\nsummary: c\ntitle: x\n---\n" },
    { "---\ntitle: x\nsummary: state\n---\nstate: draft\n", "state", "draft",
      "---\ntitle: x\nsummary: state\nstate: draft\n---\nstate: draft\n" },
    { "---\r\ntitle: x\r\n---\r\nbody\r\n", "state", "draft",
      "---\r\ntitle: x\r\nstate: draft\r\n---\r\nbody\r\n" },
    { "---\r\nstate: draft # b\r\ntitle: x\r\n---\r\n", "state", "published",
      "---\r\nstate: published # b\r\ntitle: x\r\n---\r\n" },
    { "\xEF\xBB\xBF---\ntitle: Ha\xCC\x80\n---  \nNo\xCC\xA3\xCC\x82i", "lang", "vi",
      "\xEF\xBB\xBF---\ntitle: Ha\xCC\x80\nlang: vi\n---  \nNo\xCC\xA3\xCC\x82i" },
    { "---\ndate : 2024\ntitle: x\n---\n", "date", "2025", "---\ndate: 2025\ntitle: x\n---\n" },
};

START_TEST(a_key_is_set_and_every_other_byte_stays)
{
    struct buffer out = BUFFER_EMPTY;
    struct fault fault = { 0, "" };
    buffer_add_text(&out, "kept/");
    ck_assert_msg(story_set(span_of(changes[_i].file), changes[_i].key, span_of(changes[_i].value),
                            &out, &fault) == STATUS_OK,
                  "%zu: %s", fault.line, fault.what);
    ck_assert_str_eq(buffer_text(&out) + 5, changes[_i].result);
    buffer_fini(&out);
}
END_TEST

static const struct {
    const char *file, *key, *value;
} unchangeable[] = {
    { "no story\n", "state", "draft" },
    { "---\ntitle: x\nstate: lost\n---\n", "state", "draft" },
    { "---\ntitle: x\n---\n", "state", "lost" },
    { "---\ntitle: x\n---\n", "colour", "red" },
    { "---\ntitle: x\n---\n", "state", "draft\n---\n\n# y" },
    { "---\n{title: x, state: draft}\n---\n", "state", "published" },
    { "---\n{title: x}\n---\n", "state", "draft" },
    { "---\n  title: x\n---\n", "state", "draft" },
    { "---\n\"title\": x\n---\n", "title", "y" },
};

START_TEST(what_would_leave_no_story_is_refused)
{
    struct buffer out = BUFFER_EMPTY;
    struct fault fault = { 0, "" };
    ck_assert_int_eq(story_set(span_of(unchangeable[_i].file), unchangeable[_i].key,
                               span_of(unchangeable[_i].value), &out, &fault),
                     STATUS_BAD);
    ck_assert_uint_gt(strlen(fault.what), 0);
    ck_assert_uint_eq(out.len, 0);
    buffer_fini(&out);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("story_print");
    TCase *tests = tcase_create("story_print");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_story_is_printed_with_its_keys_in_order);
    tcase_add_loop_test(tests, whatever_a_text_looks_like_it_reads_back, 0, COUNT(texts));
    tcase_add_loop_test(tests, a_printed_story_reads_back_as_the_same, 0, COUNT(files));
    tcase_add_test(tests, an_import_is_as_imported_until_somebody_edits_it);
    tcase_add_loop_test(tests, what_was_never_imported_is_not_as_imported, 0,
                        COUNT(never_imported));
    tcase_add_loop_test(tests, a_key_is_set_and_every_other_byte_stays, 0, COUNT(changes));
    tcase_add_loop_test(tests, what_would_leave_no_story_is_refused, 0, COUNT(unchangeable));
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
