/* SPDX-License-Identifier: ISC */
#include "story/story.h"
#include "story/gemtext.h"
#include "story/slug.h"
#include "story/taxonomy.h"
#include "testing.h"

#include "base/buffer.h"

#include <string.h>

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
}

static const char whole[] = "---\n"
                            "title: \"Năm thành phố: sơ kết\"\n"
                            "date: 2024\n"
                            "added: 2026-11-23T09:00:00+07:00\n"
                            "cities: [ha-noi, can-tho]\n"
                            "related: [a-b]\n"
                            "---\n"
                            "\n"
                            "Một đoạn.\n";

START_TEST(a_story_is_read)
{
    struct story story;
    struct fault fault = { 0, "" };
    ck_assert_msg(story_parse(span_of(whole), region, &story, &fault) == STATUS_OK, "%s",
                  fault.what);
    ck_assert(span_equal(story.title, SPAN("Năm thành phố: sơ kết")));
    ck_assert_int_eq(story.date.precision, DATE_YEAR);
    ck_assert_uint_eq(story.cities.count, 2);
    ck_assert_uint_eq(story.body_line, 9);
    ck_assert(span_equal(story.body, SPAN("Một đoạn.\n")));
}
END_TEST

START_TEST(a_printed_story_reads_back_and_prints_the_same)
{
    struct story story, again;
    struct buffer first = BUFFER_EMPTY, second = BUFFER_EMPTY;
    ck_assert_int_eq(story_parse(span_of(whole), region, &story, NULL), STATUS_OK);
    story_print(&story, &first);
    ck_assert_int_eq(story_parse(buffer_span(&first), region, &again, NULL), STATUS_OK);
    story_print(&again, &second);
    ck_assert(span_equal(buffer_span(&first), buffer_span(&second)));
    buffer_fini(&first);
    buffer_fini(&second);
}
END_TEST

static const struct {
    const char *file;
    size_t line;
    const char *says;
} faulty[] = {
    { "no front matter\n", 1, "---" },
    { "---\ntitle: x\n", 3, "never closed" },
    { "---\ndate: 2024\n---\n", 2, "title is missing" },
    { "---\ntitle: x\ndate: 2024-13\n---\n", 3, "no date" },
    { "---\ntitle: x\ncolour: red\n---\n", 3, "unknown key `colour`" },
    { "---\ntitle: x\ncities: [Ha Noi]\n---\n", 3, "no slug" },
    { "---\ntitle: x\ntitle: y\n---\n", 3, "twice" },
    { "---\ntitle: x\nstate: lost\n---\n", 3, "state is one of" },
    { "---\ntitle: x\n---\n# Again\n", 4, "level-1 heading" },
    { "---\ntitle: x\n---\n\ntext\n=> /a\n", 6, "no label" },
    { "---\ntitle: x\n---\n```\nopen\n", 4, "never closed" },
    { "---\ntitle: x\n---\na\x01\n", 4, "control" },
};

START_TEST(what_is_wrong_is_told_with_its_line)
{
    struct story story;
    struct fault fault = { 0, "" };
    ck_assert_int_eq(story_parse(span_of(faulty[_i].file), region, &story, &fault), STATUS_BAD);
    ck_assert_msg(strstr(fault.what, faulty[_i].says) != NULL, "%s", fault.what);
    ck_assert_uint_eq(fault.line, faulty[_i].line);
}
END_TEST

START_TEST(crlf_bom_and_decomposed_text_read_the_same)
{
    struct story story;
    struct span file = SPAN("\xEF\xBB\xBF---\r\ntitle: Ha\xCC\x80\r\n---\r\nx\r\n");
    ck_assert_int_eq(story_parse(file, region, &story, NULL), STATUS_OK);
    ck_assert(span_equal(story.title, SPAN("Hà")));
    ck_assert(span_equal(story.body, SPAN("x\n")));
}
END_TEST

START_TEST(an_import_is_as_imported_until_somebody_edits_it)
{
    struct story story;
    struct buffer file = BUFFER_EMPTY;
    ck_assert_int_eq(story_parse(span_of(whole), region, &story, NULL), STATUS_OK);
    story_print_imported(&story, &file);
    ck_assert(story_is_as_imported(buffer_span(&file)));
    buffer_add_text(&file, "Thêm.\n");
    ck_assert(!story_is_as_imported(buffer_span(&file)));
    ck_assert(!story_is_as_imported(span_of(whole)));
    buffer_fini(&file);
}
END_TEST

START_TEST(a_key_is_set_and_every_other_byte_stays)
{
    struct buffer out = BUFFER_EMPTY;
    ck_assert_int_eq(
        story_set(SPAN("---\ntitle: x # hm\n---\nbody\n"), "state", SPAN("withdrawn"), &out, NULL),
        STATUS_OK);
    ck_assert_str_eq(buffer_text(&out), "---\ntitle: x # hm\nstate: withdrawn\n---\nbody\n");
    buffer_clear(&out);
    ck_assert_int_eq(story_set(SPAN("---\ntitle: x\nstate: draft\n---\nbody\n"), "state",
                               SPAN("published"), &out, NULL),
                     STATUS_OK);
    ck_assert_str_eq(buffer_text(&out), "---\ntitle: x\nstate: published\n---\nbody\n");
    buffer_fini(&out);
}
END_TEST

static const struct {
    const char *title, *slug;
} slugs[] = { { "Hà Nội: 5 điều", "ha-noi-5-dieu" },
              { "  ĐỔI MỚI – sáng tạo!", "doi-moi-sang-tao" },
              { "♊", "" } };

START_TEST(a_title_makes_a_slug)
{
    struct buffer slug = BUFFER_EMPTY;
    slug_make(span_of(slugs[_i].title), &slug);
    ck_assert_str_eq(buffer_text(&slug), slugs[_i].slug);
    buffer_fini(&slug);
}
END_TEST

static const char *const hostile[] = {
    "=> gemini://evil", "# x", "* x", "> x", "```", "a\r\n=> b", "*", "\xE2\x80\xAExyz", "a\tb", ""
};

START_TEST(a_written_line_is_never_another)
{
    struct buffer out = BUFFER_EMPTY;
    struct span text = span_of(hostile[_i]);
    struct gemline line;
    gemtext_add_text(&out, text);
    struct gemtext walk = gemtext_walk(buffer_span(&out));
    ck_assert(gemtext_next(&walk, &line));
    ck_assert_int_eq(line.kind, GEMLINE_TEXT);
    ck_assert(!gemtext_next(&walk, &line));
    gemtext_add_item(&out, text);
    gemtext_add_quote(&out, text);
    gemtext_add_link(&out, text, text);
    gemtext_add_preformatted(&out, text, text);
    gemtext_add_heading(&out, 2, text);
    struct fault fault = { 0, "" };
    ck_assert_msg(gemtext_check(buffer_span(&out), 0, &fault) == STATUS_OK, "%zu: %s\n%s",
                  fault.line, fault.what, buffer_text(&out));
    buffer_fini(&out);
}
END_TEST

static const char cities[] = "- slug: ha-noi\n  name: {vi: Hà Nội, en: Hanoi}\n  cued: [Thủ đô]\n"
                             "- slug: hai-phong\n  name: {vi: Hải Phòng}\n"
                             "- slug: ho-chi-minh\n  name: {vi: TP Hồ Chí Minh}\n  aliases: "
                             "[TP.HCM]\n  cued: [Hồ Chí Minh]\n"
                             "- slug: can-tho\n  name: {vi: Cần Thơ}\n"
                             "- slug: hoa-binh\n  name: {vi: Hòa Bình}\n  cue: true\n"
                             "- slug: dien-bien\n  name: {vi: Điện Biên}\n  not: [Điện Biên Phủ]\n";

static const struct {
    const char *text, *slugs;
} places[] = {
    { "TP Hà Nội, Hải Phòng, Hồ Chí Minh và Cần Thơ", "ha-noi hai-phong ho-chi-minh can-tho" },
    { "Chủ tịch Hồ Chí Minh", "" },
    { "Ở TP. Hồ Chí Minh và TP.HCM", "ho-chi-minh" },
    { "vì hòa bình; giải Hòa Bình", "" },
    { "tại Hoà Bình", "hoa-binh" },
    { "chiến thắng Điện Biên Phủ", "" },
    { "tỉnh Điện Biên.", "dien-bien" },
    { "HA NOI mưa", "ha-noi" },
    { "ha noi, hà nội", "" },
    { "Thủ đô Paris", "" },
};

START_TEST(a_text_speaks_of_the_cities_it_names)
{
    struct taxonomy *taxonomy;
    struct term_list found = { 0 };
    struct buffer said = BUFFER_EMPTY;
    struct fault fault = { 0, "" };
    ck_assert_msg(taxonomy_parse(span_of(cities), region, &taxonomy, &fault) == STATUS_OK,
                  "%zu: %s", fault.line, fault.what);
    taxonomy_match(taxonomy, span_of(places[_i].text), false, region, &found);
    for (size_t i = 0; i < found.count; i++)
        buffer_printf(&said, "%s%.*s", i > 0 ? " " : "", SPAN_ARG(found.at[i]->slug));
    ck_assert_str_eq(buffer_text(&said), places[_i].slugs);
    buffer_fini(&said);
}
END_TEST

static const struct {
    const char *yaml;
    size_t line;
} broken[] = {
    { "- slug: feed\n  name: x\n", 1 },
    { "- slug: '2024'\n  name: x\n", 1 },
    { "- slug: a\n  name: x\n- slug: a\n  name: y\n", 3 },
    { "- slug: a\n  name: x\n- slug: b\n  name: X\n", 3 },
    { "- slug: a\n  name: x\n  into: c\n", 1 },
    { "- slug: a\n  name: x\n  into: b\n- slug: b\n  name: y\n  into: a\n", 1 },
    { "- slug: a\n  nmae: x\n", 2 },
    { "slug: a\n", 1 },
};

START_TEST(a_broken_taxonomy_is_told_with_its_line)
{
    struct taxonomy *taxonomy;
    struct fault fault = { 0, "" };
    ck_assert_int_eq(taxonomy_parse(span_of(broken[_i].yaml), region, &taxonomy, &fault),
                     STATUS_BAD);
    ck_assert_uint_eq(fault.line, broken[_i].line);
}
END_TEST

START_TEST(the_shipped_taxonomies_are_whole)
{
    static const struct {
        const char *path;
        size_t least;
    } files[] = { { "content/cities.yaml", 63 }, { "content/themes.yaml", 10 } };
    for (size_t i = 0; i < 2; i++) {
        struct taxonomy *taxonomy;
        struct fault fault = { 0, "" };
        char *yaml = testing_read(".", files[i].path);
        ck_assert_ptr_nonnull(yaml);
        ck_assert_msg(taxonomy_parse(span_of(yaml), region, &taxonomy, &fault) == STATUS_OK,
                      "%s:%zu: %s", files[i].path, fault.line, fault.what);
        ck_assert_uint_ge(taxonomy_count(taxonomy), files[i].least);
        free(yaml);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("story");
    TCase *tests = tcase_create("story");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_story_is_read);
    tcase_add_test(tests, a_printed_story_reads_back_and_prints_the_same);
    tcase_add_loop_test(tests, what_is_wrong_is_told_with_its_line, 0,
                        (int)(sizeof faulty / sizeof *faulty));
    tcase_add_test(tests, crlf_bom_and_decomposed_text_read_the_same);
    tcase_add_test(tests, an_import_is_as_imported_until_somebody_edits_it);
    tcase_add_test(tests, a_key_is_set_and_every_other_byte_stays);
    tcase_add_loop_test(tests, a_title_makes_a_slug, 0, (int)(sizeof slugs / sizeof *slugs));
    tcase_add_loop_test(tests, a_written_line_is_never_another, 0,
                        (int)(sizeof hostile / sizeof *hostile));
    tcase_add_loop_test(tests, a_text_speaks_of_the_cities_it_names, 0,
                        (int)(sizeof places / sizeof *places));
    tcase_add_loop_test(tests, a_broken_taxonomy_is_told_with_its_line, 0,
                        (int)(sizeof broken / sizeof *broken));
    tcase_add_test(tests, the_shipped_taxonomies_are_whole);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
