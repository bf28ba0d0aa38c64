/* SPDX-License-Identifier: ISC */
/* Pages as the web sees them. */
#include "protocol/html.h"
#include "protocol/markup.h"

#include "testing.h"

#include <string.h>

static struct buffer html;
static const struct html_dress dress = {
    .base = SPAN("https://bao.example"),
    .gemini = SPAN("gemini://bao.example"),
    .title = SPAN("Báo"),
    .skip = SPAN("Tới nội dung"),
    .search = SPAN("Tìm"),
    .prompt = SPAN("Từ cần tìm"),
    .cities = SPAN("Tỉnh"),
    .themes = SPAN("Chủ đề"),
    .archive = SPAN("Lưu trữ"),
};

static void
set_up(void)
{
    html = BUFFER_EMPTY;
}

static void
tear_down(void)
{
    buffer_fini(&html);
}

static const char *
print(struct page page, const char *text)
{
    buffer_clear(&html);
    page.text = span_of(text);
    page.lang = page.lang.len > 0 ? page.lang : SPAN("vi");
    html_print(&page, &dress, &html);
    return buffer_text(&html);
}

/* What stands within <main>. */
static const char *
body(enum page_kind kind, const char *text)
{
    char *begin = strstr((char *)(uintptr_t)print((struct page){ .kind = kind }, text),
                         "<main id=\"main\">\n");
    ck_assert_ptr_nonnull(begin);
    begin += strlen("<main id=\"main\">\n");
    char *end = strstr(begin, "</main>");
    ck_assert_ptr_nonnull(end);
    *end = '\0';
    return begin;
}

static const struct {
    enum page_kind kind;
    const char *text, *main;
} bodies[] = {
    { PAGE_HAND, "# Một\n\nHai & ba.\n", "<h1>Một</h1>\n<p>Hai &amp; ba.</p>\n" },
    { PAGE_HAND, "# a\n### b\n## c\n# d\n#\n", "<h1>a</h1>\n<h2>b</h2>\n<h2>c</h2>\n<h2>d</h2>\n" },
    { PAGE_HAND, "=> /a A\n", "<p><a href=\"/a\">A</a></p>\n" },
    { PAGE_HAND, "=> /a A\n=> /b\n\n=> /c C\n",
      "<ul class=\"l\"><li><a href=\"/a\">A</a></li>\n<li><a href=\"/b\">/b</a></li>\n</ul>\n"
      "<p><a href=\"/c\">C</a></p>\n" },
    { PAGE_HAND, "=> /a A\nchữ\n", "<p><a href=\"/a\">A</a></p>\n<p>chữ</p>\n" },
    { PAGE_INDEX, "=> /story/a A\n12/07/2024 · chữ\n=> /story/b B\n07/2024\n",
      "<ul class=\"l\"><li><a href=\"/story/a\">A</a>"
      "<p><time datetime=\"2024-07-12\">12/07/2024</time> · chữ</p></li>\n"
      "<li><a href=\"/story/b\">B</a><p><time datetime=\"2024-07\">07/2024</time></p></li>\n"
      "</ul>\n" },
    { PAGE_INDEX, "=> /story/a A\n32/07/2024 · chữ\n",
      "<ul class=\"l\"><li><a href=\"/story/a\">A</a><p>32/07/2024 · chữ</p></li>\n</ul>\n" },
    { PAGE_SEARCH, "=> /story/a A\nmưa *<to>* *gió\n",
      "<ul class=\"l\"><li><a href=\"/story/a\">A</a>"
      "<p>mưa <mark>&lt;to&gt;</mark> *gió</p></li>\n</ul>\n" },
    { PAGE_HAND, "* a\n* b\n> c\n> d\n",
      "<ul><li>a</li>\n<li>b</li>\n</ul>\n<blockquote><p>c</p>\n<p>d</p>\n</blockquote>\n" },
    { PAGE_HAND, "```chú\n <b>\n* x\n```\nsau\n",
      "<p>chú</p>\n<pre tabindex=\"0\">\n &lt;b&gt;\n* x\n</pre>\n<p>sau</p>\n" },
    { PAGE_HAND, "```\nx", "<pre tabindex=\"0\">\nx\n</pre>\n" },
    { PAGE_HAND, "=> javascript:alert(1) Bấm\n=> data:text/html,x\n",
      "<ul class=\"l\"><li>Bấm (javascript:alert(1))</li>\n<li>data:text/html,x</li>\n</ul>\n" },
    { PAGE_HAND, "=> /files/a.png Ảnh\n",
      "<p><a href=\"/files/a.png\"><img src=\"/files/a.png\" alt=\"\" "
      "loading=\"lazy\">Ảnh</a></p>\n" },
    { PAGE_HAND, "=> https://x.example/a.png Ảnh\n",
      "<p><a href=\"https://x.example/a.png\">Ảnh</a></p>\n" },
    { PAGE_HAND, "</main><script>alert(\"x\")</script>\n",
      "<p>&lt;/main&gt;&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;</p>\n" },
    { PAGE_HAND, "=> /a?\"><script> \"<b>\n",
      "<p>&quot;&lt;b&gt; (/a?&quot;&gt;&lt;script&gt;)</p>\n" },
    { PAGE_HAND, "a\x01\xff\xc2\x85z\n", "<p>a\xEF\xBF\xBDz</p>\n" },
};

START_TEST(gemtext_becomes_markup_with_a_meaning)
{
    ck_assert_str_eq(body(bodies[_i].kind, bodies[_i].text), bodies[_i].main);
}
END_TEST

static const struct page story = {
    .kind = PAGE_STORY,
    .title = SPAN("Mưa </title> \"to\""),
    .address = SPAN("/story/mua"),
    .date = { DATE_DAY, 2024, 7, 12, 0 },
    .summary = SPAN("Một câu & nữa."),
    .author = SPAN("Lan"),
};

static const char *const of_a_story[] = {
    "<!DOCTYPE html>\n<html lang=\"vi\">",
    "<title>Mưa &lt;/title&gt; &quot;to&quot; – Báo</title>",
    "<link rel=\"canonical\" href=\"https://bao.example/story/mua\">",
    "<link rel=\"alternate\" href=\"gemini://bao.example/story/mua\" type=\"text/gemini\">",
    "<link rel=\"alternate\" href=\"/atom.xml\" type=\"application/atom+xml\">",
    "<meta property=\"og:type\" content=\"article\">",
    "<meta property=\"og:title\" content=\"Mưa &lt;/title&gt; &quot;to&quot;\">",
    "property=\"og:description\" content=\"Một câu &amp; nữa.\">",
    "<meta property=\"og:url\" content=\"https://bao.example/story/mua\">",
    "\"@type\":\"NewsArticle\",\"headline\":\"Mưa \\u003c/title\\u003e \\u0022to\\u0022\"",
    "\"datePublished\":\"2024-07-12\",\"author\":{\"@type\":\"Person\",\"name\":\"Lan\"}",
    "<a class=\"s\" href=\"#main\">Tới nội dung</a>",
    "<label for=\"q\">Từ cần tìm</label>",
    "<p class=\"d\"><time datetime=\"2024-07-12\">12/07/2024</time> · Lan</p>",
    "<article>\n<h1>",
};

START_TEST(a_story_tells_machines_what_it_is)
{
    const char *printed = print(story, "# Mưa\n12/07/2024 · Lan\n\n13/07/2024 mưa.\n");
    ck_assert_msg(strstr(printed, of_a_story[_i]) != NULL, "%s\nis not in\n%s", of_a_story[_i],
                  printed);
    ck_assert_ptr_null(strstr(printed, "datetime=\"2024-07-13"));
}
END_TEST

START_TEST(a_list_leads_to_its_own_feed)
{
    struct page page = { .kind = PAGE_INDEX, .address = SPAN("/city/ha-noi/archive/2024/07") };
    ck_assert_ptr_nonnull(strstr(print(page, "# a\n"), "href=\"/city/ha-noi/atom.xml\""));
    page.address = SPAN("/city/");
    ck_assert_ptr_nonnull(strstr(print(page, "# a\n"), "href=\"/atom.xml\""));
}
END_TEST

START_TEST(what_is_beside_a_storys_text_is_small)
{
    const char *text = "# Năm thành phố sơ kết phong trào phụ nữ nửa đầu năm 2024\n2024\n\nChữ.\n";
    struct page page = story;
    page.title = SPAN("Năm thành phố sơ kết phong trào phụ nữ nửa đầu năm 2024");
    page.summary = SPAN(
        "Hội Liên hiệp Phụ nữ năm thành phố trực thuộc Trung ương sơ kết phong trào "
        "sáu tháng đầu năm, và nêu việc của nửa năm còn lại.");
    ck_assert_uint_lt(strlen(print(page, text)) - strlen(text), 4000);
}
END_TEST

START_TEST(words_alone_have_the_form_too)
{
    html_print_words(SPAN("Không <thấy>"), SPAN("vi"), &dress, &html);
    ck_assert_ptr_nonnull(strstr(buffer_text(&html), "<h1>Không &lt;thấy&gt;</h1>"));
    ck_assert_ptr_nonnull(strstr(buffer_text(&html), "name=\"q\""));
}
END_TEST

/* Whether it is the right hash, browsers tell: tests/clients/browser. */
START_TEST(the_policy_names_the_style_that_is_sent)
{
    ck_assert_ptr_nonnull(strstr(html_policy(), "style-src 'sha256-"));
    ck_assert_ptr_nonnull(strstr(html_policy(), "=';"));
    ck_assert_str_eq(html_policy(), html_policy());
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("html");
    TCase *tests = tcase_create("html");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, gemtext_becomes_markup_with_a_meaning, 0,
                        sizeof bodies / sizeof *bodies);
    tcase_add_loop_test(tests, a_story_tells_machines_what_it_is, 0,
                        sizeof of_a_story / sizeof *of_a_story);
    tcase_add_test(tests, a_list_leads_to_its_own_feed);
    tcase_add_test(tests, what_is_beside_a_storys_text_is_small);
    tcase_add_test(tests, words_alone_have_the_form_too);
    tcase_add_test(tests, the_policy_names_the_style_that_is_sent);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
