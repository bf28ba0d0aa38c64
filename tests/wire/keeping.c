/* SPDX-License-Identifier: ISC */
/* Pages that come again, changed or not, onto stories that are there already, edited or not. */
#include "wire/import.h"

#include "base/file.h"
#include "testing.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

enum { NOW = 1795490000 }; /* 2026-11-24 */

static char *content;
static struct region *region;
static struct import_options options;
static struct import_summary summary;
static struct fault fault;
static enum outcome outcomes[16];
static size_t outcome_count;

static void
on_placement(void *whom, const struct placement *placement)
{
    (void)whom;
    ck_assert_uint_lt(outcome_count, COUNT(outcomes));
    outcomes[outcome_count++] = placement->outcome;
}

static void
begin(void)
{
    ck_assert(clock_zone_set("Asia/Ho_Chi_Minh"));
    content = testing_folder();
    region = region_new();
    testing_write(content, "cities.yaml",
                  "- {slug: hue, name: {vi: Huế}, central: true}\n"
                  "- {slug: vinh-long, name: {vi: Vĩnh Long}}\n");
    testing_write(content, "themes.yaml",
                  "- {slug: giao-duc, name: {vi: Giáo dục}, keywords: [học sinh]}\n");
    options = (struct import_options){ .content = content, .report = on_placement };
    options.intake.now = NOW;
}

static void
end(void)
{
    testing_folder_remove(content);
    region_free(region);
}

static enum status
import_text(const char *text)
{
    outcome_count = 0;
    summary = (struct import_summary){ 0 };
    fault = (struct fault){ 0, "" };
    return import_page(span_of(text), &options, &summary, &fault);
}

static void
import(const char *text)
{
    ck_assert_msg(import_text(text) == STATUS_OK, "%s", fault.what);
}

/* The file's text, alive as long as the region; "" where there is none. */
static const char *
text_at(const char *path)
{
    char *text = testing_read(content, path);
    struct span copy = region_copy(region, span_of(text));
    free(text);
    return copy.at;
}

static struct story
story_at(const char *path)
{
    struct story story;
    enum status status = story_parse(span_of(text_at(path)), region, &story, &fault);
    ck_assert_msg(status == STATUS_OK, "%s: %s", path, fault.what);
    return story;
}

static bool
is_there(const char *path)
{
    return text_at(path)[0] != '\0';
}

static void
edit(const char *path, const char *more)
{
    testing_write(content, path, region_printf(region, "%s%s", text_at(path), more).at);
}

#define LESSON "Lớp học bên sông\n\nMai An\n\n"
#define LESSON_LEAD "Ở Huế có một lớp học bên sông dành cho học sinh xóm vạn đò.\n\n"
#define LESSON_REST "Lớp mở ba buổi tối mỗi tuần.\n\n"
#define LESSON_LIST \
    "Tin liên quan\n\nCon đò cũ\n\nCon đò cũ\n\nCon đò đưa bốn thế hệ học sinh qua sông.\n"
#define LESSON_FILE "stories/undated/lop-hoc-ben-song.gmi"
#define FERRY_FILE "stories/undated/con-do-cu.gmi"
static const char lesson[] = LESSON LESSON_LEAD LESSON_REST LESSON_LIST;
static const char longer_lesson[] = LESSON LESSON_LEAD LESSON_REST
    "Thầy giáo là người trong xóm.\n\n" LESSON_LIST;

START_TEST(a_changed_page_changes_its_story_in_place)
{
    import(lesson);
    struct story before = story_at(LESSON_FILE);
    options.intake.now += 3600;
    import(longer_lesson);
    struct story after = story_at(LESSON_FILE);
    ck_assert_int_eq(outcomes[0], PLACE_UPDATED);
    ck_assert_int_eq(outcomes[1], PLACE_UNCHANGED);
    ck_assert(span_equal(before.added_text, after.added_text));
    ck_assert(strstr(text_at(LESSON_FILE), "Thầy giáo là người trong xóm.\n") != NULL);
    ck_assert(story_is_as_imported(span_of(text_at(LESSON_FILE))));
    ck_assert_uint_eq(summary.beside, 0);
}
END_TEST

START_TEST(a_new_headline_at_the_same_source_keeps_the_address)
{
    options.intake.source = SPAN("https://bao.example/lop-hoc-7.html");
    import(lesson);
    import("Lớp học của người vạn đò\n\n" LESSON_LEAD LESSON_REST LESSON_LIST);
    ck_assert_int_eq(outcomes[0], PLACE_UPDATED);
    ck_assert(!is_there("stories/undated/lop-hoc-cua-nguoi-van-do.gmi"));
    ck_assert(span_equal(story_at(LESSON_FILE).title, SPAN("Lớp học của người vạn đò")));
    ck_assert(spans_have(story_at(FERRY_FILE).related, SPAN("lop-hoc-ben-song")));
}
END_TEST

START_TEST(a_renamed_story_is_found_by_its_title)
{
    import(lesson);
    char from[512], to[512];
    snprintf(from, sizeof from, "%s/" LESSON_FILE, content);
    snprintf(to, sizeof to, "%s/stories/undated/lop-hoc.gmi", content);
    ck_assert_int_eq(rename(from, to), 0);
    import(longer_lesson);
    ck_assert(!is_there(LESSON_FILE));
    ck_assert_int_eq(outcomes[0], PLACE_UPDATED);
    ck_assert(spans_have(story_at(FERRY_FILE).related, SPAN("lop-hoc")));
}
END_TEST

START_TEST(what_a_person_edited_is_kept_and_the_new_one_lies_beside_it)
{
    static const char *const files[] = { LESSON_FILE, FERRY_FILE };
    import(lesson);
    edit(files[_i], "\nMột câu do người biên tập thêm vào.\n");
    const char *edited = text_at(files[_i]);
    import(longer_lesson);
    const char *beside = region_printf(region, "%s.incoming", files[_i]).at;
    ck_assert_int_eq(outcomes[_i], PLACE_BESIDE);
    ck_assert_uint_eq(summary.beside, 1);
    ck_assert_str_eq(text_at(files[_i]), edited);
    ck_assert(is_there(beside));
    ck_assert(story_is_as_imported(span_of(text_at(beside))));

    const char *incoming = text_at(beside);
    options.intake.now += 3600;
    import(longer_lesson); /* it is said again, and nothing changes */
    ck_assert_int_eq(outcomes[_i], PLACE_BESIDE);
    ck_assert_str_eq(text_at(files[_i]), edited);
    ck_assert_str_eq(text_at(beside), incoming);
}
END_TEST

/* With a source and without. */
START_TEST(a_title_that_a_person_changed_is_kept_and_no_second_story_is_served)
{
    static const char *const files[] = { LESSON_FILE, FERRY_FILE };
    if (_i >= 2)
        options.intake.source = SPAN("https://bao.example/lop-hoc");
    import(lesson);
    const char *text = text_at(files[_i % 2]), *title = strstr(text, "title: ");
    ck_assert_ptr_nonnull(title);
    const char *retitled = region_printf(region, "%.*stitle: Tít khác%s", (int)(title - text), text,
                                         strchr(title, '\n'))
                               .at;
    testing_write(content, files[_i % 2], retitled);
    import(lesson);
    ck_assert_uint_eq(summary.beside, 1);
    ck_assert_str_eq(text_at(files[_i % 2]), retitled);
    ck_assert(is_there(region_printf(region, "%s.incoming", files[_i % 2]).at));
    ck_assert(!is_there("stories/undated/lop-hoc-ben-song-2.gmi"));
    ck_assert(!is_there("stories/undated/con-do-cu-2.gmi"));
}
END_TEST

START_TEST(a_story_written_by_hand_is_kept)
{
    static const char by_hand[] = "---\ntitle: Lớp học bên sông\n---\nTôi viết bài này.\n";
    testing_write(content, "stories/2025/lop-hoc-ben-song.gmi", by_hand);
    import(lesson);
    ck_assert_int_eq(outcomes[0], PLACE_BESIDE);
    ck_assert_str_eq(text_at("stories/2025/lop-hoc-ben-song.gmi"), by_hand);
    ck_assert(is_there("stories/2025/lop-hoc-ben-song.gmi.incoming"));
    ck_assert(!is_there(LESSON_FILE));
}
END_TEST

START_TEST(a_file_that_is_no_story_is_kept)
{
    testing_write(content, LESSON_FILE, "---\ntitle: [\n---\n");
    import(lesson);
    ck_assert_int_eq(outcomes[0], PLACE_BESIDE);
    ck_assert_str_eq(text_at(LESSON_FILE), "---\ntitle: [\n---\n");
    ck_assert(is_there(LESSON_FILE ".incoming"));
}
END_TEST

START_TEST(two_stories_of_one_slug_get_two_addresses)
{
    static const char first[] = "Hoa mua\n\nBài thứ nhất nói về hoa mua trên đồi.\n";
    static const char second[] = "Hoa mưa\n\nBài thứ hai nói về cơn mưa và hoa.\n";
    for (int round = 0; round < 2; round++) {
        import(first);
        ck_assert_int_eq(outcomes[0], round == 0 ? PLACE_NEW : PLACE_UNCHANGED);
        import(second);
        ck_assert_int_eq(outcomes[0], round == 0 ? PLACE_NEW : PLACE_UNCHANGED);
    }
    ck_assert(span_equal(story_at("stories/undated/hoa-mua.gmi").title, SPAN("Hoa mua")));
    ck_assert(span_equal(story_at("stories/undated/hoa-mua-2.gmi").title, SPAN("Hoa mưa")));
}
END_TEST

START_TEST(two_pages_of_one_title_are_two_stories)
{
    options.intake.source = SPAN("https://bao.example/sang-23.html");
    import("Bản tin sáng\n\nTin của ngày hai mươi ba.\n");
    options.intake.source = SPAN("https://bao.example/sang-24.html");
    import("Bản tin sáng\n\nTin của ngày hai mươi tư.\n");
    ck_assert(strstr(text_at("stories/undated/ban-tin-sang.gmi"), "hai mươi ba") != NULL);
    ck_assert(strstr(text_at("stories/undated/ban-tin-sang-2.gmi"), "hai mươi tư") != NULL);
}
END_TEST

START_TEST(two_days_of_one_title_are_two_stories)
{
    import("Bản tin sáng\n\n22-11-2026\n\nTin của ngày hai mươi hai.\n");
    import("Bản tin sáng\n\n23-11-2026\n\nTin của ngày hai mươi ba.\n");
    ck_assert(is_there("stories/2026/ban-tin-sang.gmi"));
    ck_assert(is_there("stories/2026/ban-tin-sang-2.gmi"));
}
END_TEST

START_TEST(a_teaser_never_takes_the_place_of_the_whole_story)
{
    import(lesson);
    const char *whole = text_at(LESSON_FILE);
    import("Xóm vạn đò\n\nXóm có ba mươi nóc nhà.\n\nTin liên quan\n\nLớp học bên sông\n\n"
           "Lớp học bên sông\n\nỞ Huế có một lớp học...\n");
    ck_assert_int_eq(outcomes[1], PLACE_KNOWN);
    ck_assert_str_eq(text_at(LESSON_FILE), whole);
    struct story other = story_at("stories/undated/xom-van-do.gmi");
    ck_assert(spans_have(other.related, SPAN("lop-hoc-ben-song")));
}
END_TEST

START_TEST(a_whole_story_takes_the_place_of_another_pages_teaser_of_it)
{
    options.intake.source = SPAN("https://bao.example/lop-hoc.html");
    import(lesson);
    options.intake.source = SPAN("https://bao.example/con-do.html");
    import("Con đò cũ\n\nCon đò đưa bốn thế hệ học sinh qua sông.\n\nNay đò đã có máy.\n");
    ck_assert_int_eq(outcomes[0], PLACE_UPDATED);
    ck_assert(strstr(text_at(FERRY_FILE), "Nay đò đã có máy.") != NULL);
    const char *whole = text_at(FERRY_FILE);
    options.intake.source = SPAN("https://bao.example/lop-hoc.html");
    import(lesson);
    ck_assert_int_eq(outcomes[1], PLACE_KNOWN);
    ck_assert_str_eq(text_at(FERRY_FILE), whole);
}
END_TEST

START_TEST(without_taxonomies_nothing_is_filed)
{
    char path[512];
    snprintf(path, sizeof path, "%s/cities.yaml", content);
    ck_assert_int_eq(unlink(path), 0);
    testing_write(content, "themes.yaml", "");
    import(lesson);
    ck_assert(summary.no_cities && summary.no_themes);
    ck_assert_uint_eq(story_at(LESSON_FILE).cities.count, 0);
    ck_assert_uint_eq(story_at(LESSON_FILE).themes.count, 0);
}
END_TEST

START_TEST(what_is_set_by_hand_files_the_article_and_not_its_teasers)
{
    const struct span city = SPAN("vinh-long"), theme = SPAN("giao-duc");
    options.intake.cities = (struct spans){ &city, 1 };
    options.intake.themes = (struct spans){ &theme, 1 };
    options.intake.date = SPAN("2026-10");
    options.intake.lang = SPAN("vi");
    import(lesson);
    struct story story = story_at("stories/2026/lop-hoc-ben-song.gmi");
    ck_assert_uint_eq(story.cities.count, 1);
    ck_assert(spans_have(story.cities, city) && spans_have(story.themes, theme));
    ck_assert(span_equal(story.date_text, SPAN("2026-10")));
    ck_assert(span_equal(story.lang, SPAN("vi")));
    ck_assert_uint_eq(story_at(FERRY_FILE).cities.count, 0);
    ck_assert_int_eq(story_at(FERRY_FILE).date.precision, DATE_NONE);
}
END_TEST

START_TEST(a_slug_of_no_taxonomy_is_refused_before_anything_is_written)
{
    const struct span slug = SPAN("atlantis");
    options.intake.cities = (struct spans){ &slug, 1 };
    ck_assert_int_eq(import_text(lesson), STATUS_BAD);
    ck_assert_str_eq(fault.what, "`atlantis` is no slug of cities.yaml");
    ck_assert(!is_there(LESSON_FILE));
}
END_TEST

START_TEST(a_broken_taxonomy_is_named_with_its_line)
{
    testing_write(content, "cities.yaml", "- slug: hue\n  name: {vi: Huế}\n- slug: hue\n");
    ck_assert_int_eq(import_text(lesson), STATUS_BAD);
    ck_assert_msg(strncmp(fault.what, "cities.yaml:", 12) == 0, "%s", fault.what);
}
END_TEST

START_TEST(a_dry_run_writes_nothing)
{
    options.dry = true;
    import(lesson);
    ck_assert_int_eq(outcomes[0], PLACE_NEW);
    ck_assert_uint_eq(summary.stories, 2);
    ck_assert(!is_there(LESSON_FILE) && !is_there(FERRY_FILE));
}
END_TEST

START_TEST(a_date_that_lies_ahead_is_left_out)
{
    import("Lịch nghỉ lễ\n\n26/11/2026\n\nLịch nghỉ được công bố sớm.\n");
    ck_assert(summary.future);
    ck_assert(is_there("stories/undated/lich-nghi-le.gmi"));
}
END_TEST

START_TEST(a_title_names_no_file_but_in_the_stories_folder)
{
    import("../../../etc/passwd\n\nMột bài có tiêu đề lạ.\n");
    ck_assert(is_there("stories/undated/etc-passwd.gmi"));
    import("北京\n\nMột bài có tiêu đề không chữ cái La-tinh.\n");
    ck_assert_int_eq(outcomes[0], PLACE_NEW);
    import("北京\n\nMột bài có tiêu đề không chữ cái La-tinh.\n");
    ck_assert_int_eq(outcomes[0], PLACE_UNCHANGED);
}
END_TEST

START_TEST(a_title_of_any_length_is_a_title)
{
    struct buffer page = BUFFER_EMPTY;
    for (int i = 0; i < 200; i++)
        buffer_add_text(&page, i > 0 ? " dài" : "Dài");
    buffer_add_text(&page, "\n\nThân bài.\n");
    for (int round = 0; round < 2; round++) {
        import(buffer_text(&page));
        ck_assert_int_eq(outcomes[0], round == 0 ? PLACE_NEW : PLACE_UNCHANGED);
    }
    buffer_fini(&page);
}
END_TEST

static const struct {
    const char *text, *what;
} refused[] = {
    { "", "no headline: the page holds no line of text" },
    { "\r\n \n---\n", "no headline: the page holds no line of text" },
    { "Chỉ có tiêu đề\n\nChia sẻ\n", "nothing but a headline: the page holds no text below it" },
    { "\xFF\xFET\x01", "the text is UTF-16: save it as UTF-8" },
};

START_TEST(a_page_without_a_story_is_refused)
{
    ck_assert_int_eq(import_text(refused[_i].text), STATUS_BAD);
    ck_assert_str_eq(fault.what, refused[_i].what);
}
END_TEST

static const char *const feet[] = {
    "Bản quyền © 2024 Báo Sông Hương", "Bản quyền thuộc về Báo Sông Hương", "© Báo Sông Hương",
    "Tòa soạn: 12 Lê Lợi, Huế",        "Đường dây nóng: 0234 123 456",      "Liên hệ quảng cáo",
};

/* What stands beneath the list is the paper's, and no story. */
START_TEST(a_pages_foot_is_no_story)
{
    import(
        region_printf(region, "%s\n%s\n\nĐiện thoại: 0234 654 321 của Huế\n", lesson, feet[_i]).at);
    ck_assert_uint_eq(summary.stories, 2);
    ck_assert_ptr_null(strstr(text_at(FERRY_FILE), "0234"));
}
END_TEST

/* As a picture holds them, or UTF-16 without its mark; and as a text holds one by mistake. */
START_TEST(what_is_no_text_is_refused)
{
    struct buffer page = BUFFER_EMPTY;
    for (int i = 0; i < 200; i++)
        buffer_add(&page, SPAN("M\0\xC3\0t\0 \0"));
    ck_assert_int_eq(import_page(buffer_span(&page), &options, &summary, &fault), STATUS_BAD);
    ck_assert_str_eq(fault.what, "this is no text: save the page as plain text in UTF-8");
    buffer_clear(&page);
    buffer_add(&page, SPAN("Lớp\0 học\n\nLớp ở\x01 Huế.\n"));
    ck_assert_int_eq(import_page(buffer_span(&page), &options, &summary, &fault), STATUS_OK);
    ck_assert(span_equal(story_at("stories/undated/lop-hoc.gmi").title, SPAN("Lớp học")));
    buffer_fini(&page);
}
END_TEST

START_TEST(a_page_too_large_is_refused)
{
    struct buffer page = BUFFER_EMPTY;
    while (page.len <= PLAINTEXT_BYTES_MAX)
        buffer_add_text(&page, "Một dòng rất dài. ");
    ck_assert_int_eq(import_text(buffer_text(&page)), STATUS_LIMIT);
    buffer_clear(&page);
    for (int i = 0; i < 30000; i++)
        buffer_add_text(&page, "Một dòng.\n");
    ck_assert_int_eq(import_text(buffer_text(&page)), STATUS_LIMIT);
    buffer_fini(&page);
}
END_TEST

START_TEST(more_teasers_than_a_story_can_name_are_told)
{
    struct buffer page = BUFFER_EMPTY;
    struct import_options quiet = options;
    quiet.report = NULL;
    buffer_add_text(&page, LESSON LESSON_LEAD "Đọc thêm\n\n");
    for (int i = 0; i < PLAINTEXT_TEASERS_MAX + 3; i++)
        buffer_printf(&page, "Bài %d\n\nBài %d\n\nNội dung thứ %d.\n\n", i, i, i);
    ck_assert_int_eq(import_page(buffer_span(&page), &quiet, &summary, &fault), STATUS_OK);
    ck_assert_uint_eq(summary.teasers_left, 3);
    ck_assert_uint_eq(summary.stories, PLAINTEXT_TEASERS_MAX + 1);
    ck_assert_uint_eq(story_at(LESSON_FILE).related.count, PLAINTEXT_TEASERS_MAX);
    buffer_fini(&page);
}
END_TEST

START_TEST(a_content_folder_that_is_missing_is_told)
{
    options.content = "/nonexistent/content";
    ck_assert_int_eq(import_text(lesson), STATUS_FAILED);
    ck_assert_str_eq(fault.what, "/nonexistent/content: No such file or directory");
}
END_TEST

START_TEST(a_stories_folder_that_is_a_file_is_told)
{
    testing_write(content, "stories", "no folder\n");
    ck_assert_int_eq(import_text(lesson), STATUS_FAILED);
    ck_assert_msg(strstr(fault.what, "stories") != NULL, "%s", fault.what);
}
END_TEST

static void
add_tests(TCase *tests)
{
    tcase_add_test(tests, a_changed_page_changes_its_story_in_place);
    tcase_add_test(tests, a_new_headline_at_the_same_source_keeps_the_address);
    tcase_add_test(tests, a_renamed_story_is_found_by_its_title);
    tcase_add_loop_test(tests, what_a_person_edited_is_kept_and_the_new_one_lies_beside_it, 0, 2);
    tcase_add_loop_test(tests, a_title_that_a_person_changed_is_kept_and_no_second_story_is_served,
                        0, 4);
    tcase_add_test(tests, a_story_written_by_hand_is_kept);
    tcase_add_test(tests, a_file_that_is_no_story_is_kept);
    tcase_add_test(tests, two_stories_of_one_slug_get_two_addresses);
    tcase_add_test(tests, two_pages_of_one_title_are_two_stories);
    tcase_add_test(tests, two_days_of_one_title_are_two_stories);
    tcase_add_test(tests, a_teaser_never_takes_the_place_of_the_whole_story);
    tcase_add_test(tests, a_whole_story_takes_the_place_of_another_pages_teaser_of_it);
    tcase_add_test(tests, without_taxonomies_nothing_is_filed);
    tcase_add_test(tests, what_is_set_by_hand_files_the_article_and_not_its_teasers);
    tcase_add_test(tests, a_slug_of_no_taxonomy_is_refused_before_anything_is_written);
    tcase_add_test(tests, a_broken_taxonomy_is_named_with_its_line);
    tcase_add_test(tests, a_dry_run_writes_nothing);
    tcase_add_test(tests, a_date_that_lies_ahead_is_left_out);
    tcase_add_test(tests, a_title_names_no_file_but_in_the_stories_folder);
    tcase_add_test(tests, a_title_of_any_length_is_a_title);
    tcase_add_loop_test(tests, a_page_without_a_story_is_refused, 0, COUNT(refused));
    tcase_add_loop_test(tests, a_pages_foot_is_no_story, 0, COUNT(feet));
    tcase_add_test(tests, what_is_no_text_is_refused);
    tcase_add_test(tests, a_page_too_large_is_refused);
    tcase_add_test(tests, more_teasers_than_a_story_can_name_are_told);
    tcase_add_test(tests, a_content_folder_that_is_missing_is_told);
    tcase_add_test(tests, a_stories_folder_that_is_a_file_is_told);
}

int
main(void)
{
    Suite *suite = suite_create("keeping");
    TCase *tests = tcase_create("keeping");
    tcase_add_checked_fixture(tests, begin, end);
    add_tests(tests);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
