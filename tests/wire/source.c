/* SPDX-License-Identifier: ISC */
/* Sources as songtu.yaml lists them: what is read, and what is said of what can't be. */
#include "wire/source.h"

#include "testing.h"

#include <stdio.h>

static struct region *region;
static struct sources sources;
static struct fault fault;

static void
set_up(void)
{
    region = region_new();
    sources = (struct sources){ NULL, 77 };
}

static void
tear_down(void)
{
    region_free(region);
}

static enum status
parse(const char *text)
{
    struct yaml *tree;
    ck_assert_msg(yaml_parse(span_of(text), 1, region, &tree, &fault) == STATUS_OK, "%s",
                  fault.what);
    return sources_parse(yaml_get(tree, "sources"), region, &sources, &fault);
}

START_TEST(no_list_is_no_source)
{
    ck_assert_int_eq(parse("host: a\n"), STATUS_OK);
    ck_assert_uint_eq(sources.count, 0);
}
END_TEST

START_TEST(what_is_not_told_has_its_default)
{
    ck_assert_int_eq(parse("sources:\n- {name: Báo A, url: \"https://a.example/\"}\n"), STATUS_OK);
    ck_assert_uint_eq(sources.count, 1);
    const struct source *source = sources.at;
    ck_assert(span_equal(source->slug, SPAN("bao-a")));
    ck_assert_int_eq(source->kind, SOURCE_ANY);
    ck_assert_int_eq(source->licence, LICENCE_FULL);
    ck_assert_int_eq(source->links, CONVERSION_LINKS_AFTER);
    ck_assert_int_eq(source->articles, ARTICLES_FOUND_OUT);
    ck_assert_uint_eq(source->every, 0);
    ck_assert_uint_eq(source->pages, SOURCE_PAGES);
    ck_assert(!source->ignores_robots && !source->no_images);
}
END_TEST

START_TEST(everything_can_be_told)
{
    ck_assert_int_eq(parse("sources:\n"
                           "- name: Báo A\n"
                           "  url: http://a.example:81/rss?x=1\n"
                           "  kind: feed\n  every: 90m\n  cities: [ha-noi, hue]\n  themes: y-te\n"
                           "  language: en\n  licence: excerpt\n  excerpt: 300\n  links: none\n"
                           "  images: none\n  encoding: tcvn3\n  robots: ignore\n  articles: page\n"
                           "  pages: 7\n  allow-private: ['127.0.0.1:81', '[::1]:81']\n"
                           "  selectors:\n    body: 'article .body, #main'\n    date: time\n"
                           "- name: b\n  url: https://b.example/\n"),
                     STATUS_OK);
    const struct source *source = sources_find(&sources, SPAN("bao-a"));
    ck_assert_ptr_nonnull(source);
    ck_assert_ptr_eq(source, sources_find(&sources, SPAN("Báo A")));
    ck_assert_uint_eq(source->every, 90 * 60);
    ck_assert_uint_eq(source->cities.count, 2);
    ck_assert_uint_eq(source->themes.count, 1);
    ck_assert_int_eq(source->licence, LICENCE_EXCERPT);
    ck_assert_int_eq(source->links, CONVERSION_LINKS_NONE);
    ck_assert_int_eq(source->articles, ARTICLES_PAGE);
    ck_assert(source->ignores_robots && source->no_images);
    ck_assert_uint_eq(source->allow.count, 2);
    ck_assert(span_equal(source->recipe.body, SPAN("article .body, #main")));
    ck_assert(span_equal(source->recipe.date, SPAN("time")));
    ck_assert_ptr_null(sources_find(&sources, SPAN("c")));
}
END_TEST

/* A second source with one more line. */
static const struct {
    const char *line;
    size_t at;
    const char *said;
} bad[] = {
    { "", 4, "the source `b` has no address: add `url: https://…`" },
    { "url: ftp://b.example/", 5,
      "url: `ftp://b.example/` is not a web address such as https://bao.example/rss" },
    { "url: https://u:p@b.example/", 5,
      "url: `https://u:p@b.example/` is not a web address such as https://bao.example/rss" },
    { "urll: https://b.example/", 5, "a source has no `urll`: do you mean `url`?" },
    { "lang: vi", 5, "a source has no `lang`: do you mean `language`?" },
    { "colour: red", 5, "a source has no `colour`: see songtu(1), SOURCES" },
    { "langauge: vi", 5, "a source has no `langauge`: do you mean `language`?" },
    { "every: 5m", 5, "every: `5m` is not a time from 15m to 30d, such as 1h" },
    { "every: 40d", 5, "every: `40d` is not a time from 15m to 30d, such as 1h" },
    { "every: often", 5, "every: `often` is not a time from 15m to 30d, such as 1h" },
    { "kind: blog", 5, "kind: `blog` is not feed, page or text" },
    { "kind:", 5, "kind: there should be feed, page or text" },
    { "cities: [Hà Nội]", 5, "cities: there should be a slug of cities.yaml, or a list of them" },
    { "allow-private: localhost:80", 5,
      "allow-private: `localhost:80` is not a numeric address and port such as 127.0.0.1:8080, or "
      "a list of them" },
    { "selectors: article", 5, "selectors is written `name: value`, a line for each" },
    { "selectors: {bdy: p}", 5, "selectors has no `bdy`: do you mean `body`?" },
    { "selectors: {body: 'p >'}", 5,
      "body: `p >` is not a selector such as `article .body, #main[role=main]`" },
    { "encoding: klingon", 5,
      "encoding: `klingon` is not an encoding such as windows-1258 or tcvn3" },
};

START_TEST(what_is_wrong_is_said_with_its_line)
{
    char text[500];
    snprintf(text, sizeof text, "sources:\n- name: a\n  url: https://a.example/\n- name: b\n  %s\n",
             bad[_i].line);
    ck_assert_int_eq(parse(text), STATUS_BAD);
    ck_assert_str_eq(fault.what, bad[_i].said);
    ck_assert_uint_eq(fault.line, bad[_i].at);
    ck_assert_uint_eq(sources.count, 77);
}
END_TEST

START_TEST(no_two_have_one_name)
{
    ck_assert_int_eq(parse("sources:\n- {name: Báo A, url: \"https://a.example/\"}\n"
                           "- {name: bao a, url: \"https://b.example/\"}\n"),
                     STATUS_BAD);
    ck_assert_str_eq(fault.what, "name: `bao a` is as good as that of the source in line 2: give "
                                 "it another");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("source");
    TCase *tests = tcase_create("sources");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, no_list_is_no_source);
    tcase_add_test(tests, what_is_not_told_has_its_default);
    tcase_add_test(tests, everything_can_be_told);
    tcase_add_loop_test(tests, what_is_wrong_is_said_with_its_line, 0,
                        (int)(sizeof bad / sizeof *bad));
    tcase_add_test(tests, no_two_have_one_name);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
