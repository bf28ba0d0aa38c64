/* SPDX-License-Identifier: ISC */
/* A saved page goes in; what lies in the content folder afterwards is read back and judged. */
#include "wire/import.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/text.h"
#include "story/gemtext.h"
#include "testing.h"
#include "wire/lines.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))
#define FIXTURES "tests/fixtures/plaintext/"
#define ARTICLE "../shared/data/article.txt"
#define SOURCE "https://bao.example/1.html"

enum { NOW = 1795490000, PATHS_MAX = 64 }; /* 2026-11-24 */

static char *content;
static struct region *region;
static struct import_options options;
static struct import_summary summary;
static struct fault fault;
static enum outcome outcomes[PATHS_MAX];
static size_t outcome_count;

static void
on_placement(void *whom, const struct placement *placement)
{
    (void)whom;
    ck_assert_uint_lt(outcome_count, PATHS_MAX);
    outcomes[outcome_count++] = placement->outcome;
}

static void
copy_in(const char *from, const char *name)
{
    char *text = testing_read(from, name);
    ck_assert_ptr_nonnull(text);
    testing_write(content, name, text);
    free(text);
}

static void
begin(void)
{
    ck_assert(clock_zone_set("Asia/Ho_Chi_Minh"));
    content = testing_folder();
    region = region_new();
    copy_in("content", "cities.yaml");
    copy_in("content", "themes.yaml");
    options = (struct import_options){ .content = content, .report = on_placement };
    options.intake.now = NOW;
    options.intake.source = SPAN(SOURCE);
}

static void
end(void)
{
    testing_folder_remove(content);
    region_free(region);
}

static enum status
import_text(struct span text)
{
    outcome_count = 0;
    summary = (struct import_summary){ 0 };
    return import_page(text, &options, &summary, &fault);
}

static struct span
read_in(const char *path)
{
    struct buffer bytes = BUFFER_EMPTY;
    ck_assert_msg(file_read(AT_FDCWD, path, 1 << 24, &bytes) == STATUS_OK, "%s", path);
    struct span copy = region_copy(region, buffer_span(&bytes));
    buffer_fini(&bytes);
    return copy;
}

static void
import_file(const char *path)
{
    ck_assert_msg(import_text(read_in(path)) == STATUS_OK, "%s: %s", path, fault.what);
}

static int
by_bytes(const void *left, const void *right)
{
    return span_compare(*(const struct span *)left, *(const struct span *)right);
}

/* All files of stories/, in order. */
static size_t
list_stories(struct span paths[PATHS_MAX])
{
    size_t count = 0;
    char folder[512];
    snprintf(folder, sizeof folder, "%s/stories", content);
    DIR *years = opendir(folder);
    for (struct dirent *year; years != NULL && (year = readdir(years)) != NULL;) {
        if (year->d_name[0] == '.')
            continue;
        snprintf(folder, sizeof folder, "%s/stories/%.200s", content, year->d_name);
        DIR *files = opendir(folder);
        ck_assert_ptr_nonnull(files);
        for (struct dirent *file; (file = readdir(files)) != NULL;)
            if (file->d_name[0] != '.') {
                ck_assert_uint_lt(count, PATHS_MAX);
                paths[count++] = region_printf(region, "stories/%s/%s", year->d_name, file->d_name);
            }
        closedir(files);
    }
    if (years != NULL)
        closedir(years);
    qsort(paths, count, sizeof *paths, by_bytes);
    return count;
}

static size_t
count_stories(void)
{
    struct span paths[PATHS_MAX];
    return list_stories(paths);
}

static struct span
bytes_of(struct span path)
{
    return read_in(region_printf(region, "%s/%s", content, path.at).at);
}

static struct story
story_at(const char *path)
{
    struct story story;
    enum status status = story_parse(bytes_of(span_of(path)), region, &story, &fault);
    ck_assert_msg(status == STATUS_OK, "%s:%zu: %s", path, fault.line, fault.what);
    return story;
}

static void
check_line(const struct gemline *line, struct span title_key, const char *path)
{
    static const char *const furniture[] = { "chia sẻ", "tin cùng chuyên mục", "zalo", "facebook" };
    struct span key = line_key(line->text, region);
    ck_assert_msg(line->kind == GEMLINE_TEXT || (line->kind == GEMLINE_HEADING && line->level == 2),
                  "%s: `%.*s` is no text", path, SPAN_ARG(line->whole));
    for (int i = 0; i < COUNT(furniture); i++)
        ck_assert_msg(!span_equal(key, line_key(span_of(furniture[i]), region)),
                      "%s: furniture: %s", path, furniture[i]);
    ck_assert_msg(key.len == 0 || !span_starts(key, title_key), "%s: the headline again: %.*s",
                  path, SPAN_ARG(line->whole));
}

/* What must hold of every story that ever comes in. */
static void
check_story(const char *path)
{
    struct span bytes = bytes_of(span_of(path));
    struct story story = story_at(path);
    struct gemtext walk = gemtext_walk(story.body);
    struct gemline line;
    struct span title_key = line_key(story.title, region);
    ck_assert(story_is_as_imported(bytes));
    ck_assert(text_is_nfc(bytes) && text_is_utf8(bytes));
    ck_assert_msg(gemtext_check(story.body, 0, &fault) == STATUS_OK, "%s: %s", path, fault.what);
    ck_assert(span_equal(story.source, options.intake.source));
    ck_assert_int_eq(story.added.precision, DATE_SECOND);
    ck_assert(story.related.count > 0 || count_stories() == 1);
    ck_assert_uint_le(story.summary.len, INTAKE_SUMMARY_BYTES);
    while (gemtext_next(&walk, &line))
        check_line(&line, title_key, path);
}

static void
dump_text(const char *name, struct span text, struct buffer *out)
{
    buffer_printf(out, "%s:%s%.*s\n", name, text.len > 0 ? " " : "", SPAN_ARG(text));
}

static void
dump_slugs(const char *name, struct spans slugs, struct buffer *out)
{
    buffer_printf(out, "%s:", name);
    for (size_t i = 0; i < slugs.count; i++)
        buffer_printf(out, " %.*s", SPAN_ARG(slugs.at[i]));
    buffer_add_char(out, '\n');
}

/* All stories as read back, but for what differs from day to day, and for the themes, which are
 * judged by keywords that may change. */
static struct span
dump_stories(void)
{
    struct span paths[PATHS_MAX];
    struct buffer dump = BUFFER_EMPTY;
    size_t count = list_stories(paths);
    for (size_t i = 0; i < count; i++) {
        struct story story = story_at(paths[i].at);
        buffer_printf(&dump, "== %s\n", paths[i].at);
        dump_text("title", story.title, &dump);
        dump_text("date", story.date_text, &dump);
        dump_text("author", story.author, &dump);
        dump_slugs("cities", story.cities, &dump);
        dump_slugs("related", story.related, &dump);
        dump_text("summary", story.summary, &dump);
        buffer_printf(&dump, "--\n%.*s", SPAN_ARG(story.body));
    }
    struct span copy = region_copy(region, buffer_span(&dump));
    buffer_fini(&dump);
    return copy;
}

static const struct {
    const char *name;
    size_t stories;
} fixtures[] = {
    { "box", 4 },        { "capitals", 1 },    { "crlf", 2 },        { "dateline", 1 },
    { "decomposed", 3 }, { "far-down", 1 },    { "hostile", 3 },     { "no-byline", 3 },
    { "no-related", 1 }, { "other-order", 4 }, { "share-words", 2 }, { "undoubled", 4 },
};

START_TEST(each_page_becomes_the_stories_an_editor_would_make_of_it)
{
    struct span paths[PATHS_MAX];
    const char *name = fixtures[_i].name;
    import_file(region_printf(region, FIXTURES "%s.txt", name).at);
    ck_assert_uint_eq(list_stories(paths), fixtures[_i].stories);
    ck_assert_uint_eq(summary.stories, fixtures[_i].stories);
    for (size_t i = 0; i < fixtures[_i].stories; i++)
        check_story(paths[i].at);
    struct span expected = read_in(region_printf(region, FIXTURES "%s.stories", name).at);
    struct span found = dump_stories();
    ck_assert_str_eq(found.at, expected.at);
}
END_TEST

START_TEST(importing_the_same_page_again_changes_nothing)
{
    struct span paths[PATHS_MAX], before[PATHS_MAX];
    struct stat facts[PATHS_MAX], now;
    const char *page = region_printf(region, FIXTURES "%s.txt", fixtures[_i].name).at;
    import_file(page);
    size_t count = list_stories(paths);
    for (size_t i = 0; i < count; i++) {
        before[i] = bytes_of(paths[i]);
        ck_assert_int_eq(stat(region_printf(region, "%s/%s", content, paths[i].at).at, &facts[i]),
                         0);
    }
    options.intake.now += 86400;
    import_file(page);
    ck_assert_uint_eq(count_stories(), count);
    ck_assert_uint_eq(summary.beside, 0);
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(outcomes[i], PLACE_UNCHANGED);
        ck_assert(span_equal(bytes_of(paths[i]), before[i]));
        ck_assert_int_eq(stat(region_printf(region, "%s/%s", content, paths[i].at).at, &now), 0);
        ck_assert(now.st_ino == facts[i].st_ino);
    }
}
END_TEST

/* The page this project began from. */

/* The page's lines up to the list that are no text of the article. */
static bool
is_page_furniture(size_t number, struct span key, struct span title_key)
{
    return number == 0 || span_equal(key, line_key(SPAN("Thanh Thanh"), region)) ||
           span_equal(key, line_key(SPAN("Chia sẻ"), region)) || span_starts(key, title_key);
}

static size_t
times(struct span body, struct span line)
{
    size_t found = 0;
    while (body.at != NULL)
        found += span_equal(span_cut(&body, '\n'), line);
    return found;
}

START_TEST(the_article_is_there_whole_and_each_paragraph_once)
{
    struct lines page;
    struct span paths[PATHS_MAX];
    static const char *const headings[] = { "Cụ thể hóa phong trào thi đua gắn với từng thành phố",
                                            "Nhiều hoạt động sự kiện, nổi bật, quy mô lớn" };
    import_file(ARTICLE);
    ck_assert_uint_eq(list_stories(paths), 11);
    for (size_t i = 0; i < 11; i++)
        check_story(paths[i].at);
    struct story story = story_at(paths[0].at);
    ck_assert(lines_split(read_in(ARTICLE), 1 << 20, region, &page, &fault) == STATUS_OK);
    size_t expected = 0, found = 0;
    for (size_t i = 0; !span_equal(page.at[i].text, SPAN("Tin cùng chuyên mục")); i++) {
        struct span text = page.at[i].text;
        if (is_page_furniture(i, page.at[i].key, page.at[0].key))
            continue;
        for (int j = 0; j < COUNT(headings); j++)
            if (span_equal(text, span_of(headings[j])))
                text = region_printf(region, "## %s", headings[j]);
        ck_assert_msg(times(story.body, text) == 1, "%.*s", SPAN_ARG(text));
        expected++;
    }
    for (struct span rest = story.body; rest.at != NULL;)
        found += span_cut(&rest, '\n').len > 0;
    ck_assert_uint_eq(found, expected);
}
END_TEST

START_TEST(the_article_is_filed_under_exactly_its_five_cities)
{
    static const char *const cities[] = { "ha-noi", "hai-phong", "da-nang", "ho-chi-minh",
                                          "can-tho" };
    struct span paths[PATHS_MAX];
    import_file(ARTICLE);
    ck_assert_uint_eq(list_stories(paths), 11);
    struct story story = story_at(paths[0].at);
    ck_assert_uint_eq(story.cities.count, (size_t)COUNT(cities));
    for (int i = 0; i < COUNT(cities); i++)
        ck_assert(spans_have(story.cities, span_of(cities[i])));
    ck_assert(span_equal(story.date_text, SPAN("2024")));
    ck_assert(span_equal(story.author, SPAN("Thanh Thanh")));
    ck_assert(span_starts(paths[0], SPAN("stories/2024/")));
}
END_TEST

START_TEST(the_article_and_its_teasers_name_each_other)
{
    struct span paths[PATHS_MAX];
    import_file(ARTICLE);
    ck_assert_uint_eq(list_stories(paths), 11);
    struct story article = story_at(paths[0].at);
    ck_assert_uint_eq(article.related.count, 10);
    size_t cut = 0;
    for (size_t i = 1; i < 11; i++) {
        struct story teaser = story_at(paths[i].at);
        struct span name = span_skip(paths[i], strlen("stories/undated/"));
        ck_assert(span_starts(paths[i], SPAN("stories/undated/")));
        ck_assert(spans_have(article.related, span_first(name, name.len - strlen(".gmi"))));
        ck_assert_uint_eq(teaser.related.count, 1);
        ck_assert_int_eq(teaser.date.precision, DATE_NONE);
        cut += span_ends(teaser.body, SPAN("…\n"));
        ck_assert(!span_ends(teaser.body, SPAN("...\n")));
    }
    ck_assert_uint_eq(cut, 6);
}
END_TEST

static int
run_article(void)
{
    Suite *suite = suite_create("article");
    TCase *tests = tcase_create("article");
    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, the_article_is_there_whole_and_each_paragraph_once);
    tcase_add_test(tests, the_article_is_filed_under_exactly_its_five_cities);
    tcase_add_test(tests, the_article_and_its_teasers_name_each_other);
    suite_add_tcase(suite, tests);
    return testing_run_about(ARTICLE, suite);
}

START_TEST(an_item_of_a_feed_comes_from_its_page_whoever_sent_us_there)
{
    struct span paths[PATHS_MAX];
    size_t at;
    options.intake.source = SPAN("");
    ck_assert_int_eq(
        import_text(SPAN("<rss version='2.0'><channel><title>B</title><item><title>Chợ nổi</title>"
                         "<link>https://m.bao.example/a?utm_source=rss&amp;id=7#x</link>"
                         "<description>Chợ họp sớm.</description></item></channel></rss>")),
        STATUS_OK);
    ck_assert_uint_eq(list_stories(paths), 1);
    struct span file = bytes_of(paths[0]);
    ck_assert_msg(span_find(file, SPAN("\nsource: https://bao.example/a?id=7\n"), &at), "%s",
                  file.at);
}
END_TEST

/* A saved page that does not say where it is from. */
static struct span
page_of(const char *title, const char *words, int paragraphs)
{
    struct buffer page = BUFFER_EMPTY;
    buffer_printf(&page, "<html><head><title>%s</title></head><body><article><h1>%s</h1>", title,
                  title);
    for (int i = 0; i < paragraphs; i++)
        buffer_printf(&page,
                      "<p>Đoạn %d kể rằng %s, và vì thế %s còn được kể lại thêm nhiều lần, cho đến "
                      "khi bài báo này đủ dài để là một bài báo.</p>",
                      i + 1, words, words);
    buffer_add_text(&page, "</article></body></html>");
    struct span copy = region_copy(region, buffer_span(&page));
    buffer_fini(&page);
    return copy;
}

enum { PAPERS = 8 };

/* Two with one title, two whose titles make one slug, and all the fixtures. */
static size_t
gather_papers(struct span papers[PAPERS + COUNT(fixtures)])
{
    size_t count = 0;
    papers[count++] = page_of("Chợ nổi họp lại", "chợ nổi đông người", 6);
    papers[count++] = page_of("Chợ nơi họp lại", "nơi họp là bến sông", 6);
    papers[count++] = page_of("Chợ Nổi họp lại!", "chợ nổi đông người", 8);
    papers[count++] = page_of("Chợ nơi họp lại", "nơi họp là bến sông", 6);
    papers[count++] = page_of("Chợ nói họp lại", "ai nói gì cũng nghe", 6);
    papers[count++] = SPAN("Chợ nổi họp lại\n\nChợ lại họp, như mọi năm vào mùa này.\n");
    for (int i = 0; i < COUNT(fixtures); i++)
        papers[count++] = read_in(region_printf(region, FIXTURES "%s.txt", fixtures[i].name).at);
    return count;
}

/* All files, byte for byte. */
static struct span
dump_files(void)
{
    struct span paths[PATHS_MAX];
    struct buffer dump = BUFFER_EMPTY;
    size_t count = list_stories(paths);
    for (size_t i = 0; i < count; i++) {
        struct span bytes = bytes_of(paths[i]);
        buffer_printf(&dump, "== %s\n%.*s", paths[i].at, SPAN_ARG(bytes));
    }
    struct span copy = region_copy(region, buffer_span(&dump));
    buffer_fini(&dump);
    return copy;
}

static void
import_together(const struct span *papers, size_t count)
{
    struct import *import = NULL;
    ck_assert_int_eq(import_open(&options, &import, &fault), STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        outcome_count = 0;
        ck_assert_msg(import_bytes(import, papers[i], &options, &summary, &fault) == STATUS_OK,
                      "%s", fault.what);
    }
    import_close(import);
}

static void
write_by_hand(void)
{
    testing_write(content, "stories/2020/tay.gmi", "---\ntitle: Chợ nói họp lại\n---\nViết tay.\n");
}

START_TEST(pages_imported_together_are_the_stories_they_are_one_by_one)
{
    struct span papers[PAPERS + COUNT(fixtures)], paths[PATHS_MAX];
    size_t count = gather_papers(papers);
    options.intake.source = SPAN("");
    write_by_hand();
    for (size_t round = 0; round < 2; round++)
        for (size_t i = 0; i < count; i++)
            ck_assert_int_eq(import_text(papers[i]), STATUS_OK);
    struct span expected = dump_files();
    for (size_t i = list_stories(paths); i-- > 0;)
        ck_assert_int_eq(unlink(region_printf(region, "%s/%s", content, paths[i].at).at), 0);
    write_by_hand();
    import_together(papers, count);
    import_together(papers, count);
    story_at("stories/undated/cho-noi-hop-lai.gmi");
    story_at("stories/undated/cho-noi-hop-lai-2.gmi");
    story_at("stories/2020/tay.gmi.incoming");
    ck_assert_str_eq(dump_files().at, expected.at);
}
END_TEST

int
main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "article") == 0)
        return run_article();
    Suite *suite = suite_create("importing");
    TCase *tests = tcase_create("importing");
    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_loop_test(tests, each_page_becomes_the_stories_an_editor_would_make_of_it, 0,
                        COUNT(fixtures));
    tcase_add_loop_test(tests, importing_the_same_page_again_changes_nothing, 0, COUNT(fixtures));
    tcase_add_test(tests, an_item_of_a_feed_comes_from_its_page_whoever_sent_us_there);
    tcase_add_test(tests, pages_imported_together_are_the_stories_they_are_one_by_one);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
