/* SPDX-License-Identifier: ISC */
/* Every tests/fixtures/webpage/NAME.html is read as NAME.expected says. */
#include "wire/webpage.h"

#include "base/text.h"
#include "testing.h"
#include "wire/html.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "tests/fixtures/webpage"

enum { NOW = 1795490000, PAGES_MAX = 64 };

static struct region *region;
static struct webpage page;

static void
open_region(void)
{
    region = region_new();
}

static void
close_region(void)
{
    region_free(region);
}

static enum status
read_text(struct span bytes, const struct webpage_options *options)
{
    struct fault fault = { 0, "" };
    return webpage_read(bytes, options, region, &page, &fault);
}

static void
read_page(const char *html)
{
    struct webpage_options options = { .now = NOW };
    ck_assert_int_eq(read_text(span_of(html), &options), STATUS_OK);
}

static const char *
body(void)
{
    struct buffer text = BUFFER_EMPTY;
    webpage_text(&page, &text);
    struct span copy = region_copy(region, buffer_span(&text));
    buffer_fini(&text);
    return copy.at;
}

static void
tell(struct buffer *out, const char *name, struct span value)
{
    if (value.len > 0)
        buffer_printf(out, "%s: %.*s\n", name, SPAN_ARG(value));
}

static void
tell_captions(struct buffer *out)
{
    for (size_t i = 0; i < page.body_count; i++)
        for (xmlNode *node = page.body[i]; node != NULL; node = html_next(node, page.body[i]))
            if (html_is(node, "figcaption"))
                tell(out, "caption", html_line(node, region));
}

/* The page as NAME.expected has it. */
static char *
told(void)
{
    static const char *const verdicts[] = { "whole", "paywall", "login", "no article", "doubtful" };
    struct buffer out = BUFFER_EMPTY;
    buffer_printf(&out, "verdict: %s\n", verdicts[page.verdict]);
    tell(&out, "reason", span_of(page.reason));
    tell(&out, "title", page.title);
    tell(&out, "site", page.site);
    tell(&out, page.lead_in_body ? "lead in body" : "lead", page.lead);
    tell(&out, "dateline", page.dateline);
    tell(&out, "author", page.author);
    tell(&out, "section", page.section);
    tell(&out, "published", page.published);
    for (size_t i = 0; i < page.tags.count; i++)
        tell(&out, "tag", page.tags.at[i]);
    for (size_t i = 0; i < page.related.count; i++)
        buffer_printf(&out, "related: %.*s %.*s\n", SPAN_ARG(page.related.at[i].href),
                      SPAN_ARG(page.related.at[i].text));
    tell(&out, "live", page.live ? SPAN("yes") : SPAN(""));
    tell(&out, "charset", strcmp(page.charset, "utf-8") == 0 ? SPAN("") : span_of(page.charset));
    tell_captions(&out);
    buffer_printf(&out, "text:\n%s", body());
    char *text = memory_text(buffer_span(&out));
    buffer_fini(&out);
    return text;
}

static char *names[PAGES_MAX];
static int name_count;

static void
list_pages(void)
{
    DIR *folder = opendir(FOLDER);
    struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL && name_count < PAGES_MAX) {
        char *dot = strrchr(entry->d_name, '.');
        if (dot != NULL && strcmp(dot, ".html") == 0)
            names[name_count++] = strndup(entry->d_name, (size_t)(dot - entry->d_name));
    }
    if (folder != NULL)
        closedir(folder);
}

/* buffer_span of a file, which may hold any bytes. */
static void
read_file(const char *folder, const char *name, struct buffer *out)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s.html", folder, name);
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    for (size_t got = 1; got > 0;) {
        got = fread(buffer_reserve(out, 65536), 1, 65536, file);
        buffer_grew(out, got);
    }
    fclose(file);
}

START_TEST(a_saved_page_is_read_as_an_editor_would)
{
    struct webpage_options options = { .now = NOW };
    struct buffer bytes = BUFFER_EMPTY;
    char path[256];
    snprintf(path, sizeof path, "%s.expected", names[_i]);
    char *expected = testing_read(FOLDER, path);
    ck_assert_msg(expected != NULL, "%s has no .expected", names[_i]);
    read_file(FOLDER, names[_i], &bytes);
    ck_assert_int_eq(read_text(buffer_span(&bytes), &options), STATUS_OK);
    char *text = told();
    ck_assert_msg(strcmp(text, expected) == 0, "%s.html is read as\n%s", names[_i], text);
    webpage_fini(&page);
    buffer_fini(&bytes);
    free(text);
    free(expected);
}
END_TEST

#define LAYOUTS "tests/fixtures/layouts"

/* One article, as ten kinds of sites would print it: the same is read from all of them. */
static const char *const layouts[] = { "agency", "amp",    "joomla",   "microdata", "nukeviet",
                                       "online", "portal", "singular", "table",     "wordpress" };

/* What an editor would want of it, a line each; a lead that opens the body is told once. */
static void
tell_article(struct buffer *out)
{
    const char *text = body();
    tell(out, "title", page.title);
    tell(out, "lead", page.lead);
    tell(out, "author", page.author);
    tell(out, "section", page.section);
    tell(out, "published", page.published);
    for (size_t i = 0; i < page.related.count; i++)
        buffer_printf(out, "related: %.*s %.*s\n", SPAN_ARG(page.related.at[i].href),
                      SPAN_ARG(page.related.at[i].text));
    tell_captions(out);
    if (page.lead_in_body) {
        ck_assert(span_starts(span_of(text), page.lead));
        text += page.lead.len + 1;
    }
    buffer_printf(out, "text:\n%s", text);
}

START_TEST(an_article_is_the_same_in_every_layout)
{
    struct webpage_options options = { .now = NOW };
    struct buffer bytes = BUFFER_EMPTY, out = BUFFER_EMPTY;
    char *expected = testing_read(LAYOUTS, "expected");
    ck_assert_ptr_nonnull(expected);
    read_file(LAYOUTS, layouts[_i], &bytes);
    ck_assert_int_eq(read_text(buffer_span(&bytes), &options), STATUS_OK);
    ck_assert_int_eq(page.verdict, WEBPAGE_WHOLE);
    tell_article(&out);
    ck_assert_msg(strcmp(buffer_text(&out), expected) == 0, "%s.html is read as\n%s", layouts[_i],
                  buffer_text(&out));
    webpage_fini(&page);
    buffer_fini(&out);
    buffer_fini(&bytes);
    free(expected);
}
END_TEST

START_TEST(nothing_is_no_page_and_too_much_is_refused)
{
    struct webpage_options options = { .now = NOW };
    struct buffer much = BUFFER_EMPTY;
    buffer_reserve(&much, WEBPAGE_BYTES_MAX + 1);
    memset(much.at, ' ', WEBPAGE_BYTES_MAX + 1);
    buffer_grew(&much, WEBPAGE_BYTES_MAX + 1);
    ck_assert_int_eq(read_text(SPAN(""), &options), STATUS_BAD);
    ck_assert_int_eq(read_text(SPAN(" \n<!-- -->"), &options), STATUS_BAD);
    ck_assert_int_eq(read_text(buffer_span(&much), &options), STATUS_LIMIT);
    buffer_fini(&much);
}
END_TEST

#define PROSE                                                                                                              \
    "Chợ nổi họp từ lúc trời còn tối, và tan khi nắng lên quá ngọn cây, như mấy trăm năm nay. " \
    "Người bán treo hàng lên cây sào, ai cũng thấy từ xa. Khách mua từ ghe này sang ghe khác. "

START_TEST(a_source_may_say_where_things_are)
{
    struct webpage_options options = {
        .now = NOW,
        .url = SPAN("https://vidu.example/a"),
        .recipe = { .body = SPAN("#here"),
                    .remove = SPAN(".note, b"),
                    .title = SPAN("h4"),
                    .lead = SPAN("h5"),
                    .author = SPAN("i.who"),
                    .date = SPAN("i.when") },
    };
    ck_assert_int_eq(read_text(SPAN("<h1>Không phải</h1><h4>Chợ nổi</h4><h5>Đoạn mở đầu</h5>"
                                    "<i class=who>Ba Tư</i><i class=when>23/11/2026</i>"
                                    "<div><p>" PROSE PROSE "</div>"
                                    "<div id=here><p>Một đoạn.<p class=note>Ghi chú<p>Hai <b>đoạn"
                                    "</b>.</div>"),
                               &options),
                     STATUS_OK);
    ck_assert_str_eq(page.title.at, "Chợ nổi");
    ck_assert_str_eq(page.lead.at, "Đoạn mở đầu");
    ck_assert_str_eq(page.author.at, "Ba Tư");
    ck_assert_str_eq(page.published.at, "2026-11-23");
    ck_assert_str_eq(page.base.at, "https://vidu.example/a");
    ck_assert_str_eq(body(), "Một đoạn.\nHai .\n");
    webpage_fini(&page);
}
END_TEST

/* What <base> says, where the page was found, and what links are resolved by. */
static const struct {
    const char *head, *url, *base;
} bases[] = {
    { "", "https://vidu.example/tin/1.html", "https://vidu.example/tin/1.html" },
    { "<base href='/bai/'>", "https://vidu.example/tin/1.html", "https://vidu.example/bai/" },
    { "<base href='../'>", "https://vidu.example/tin/x/1.html", "https://vidu.example/tin/" },
    { "<base href='//tinh.example/a/'>", "https://vidu.example/1", "https://tinh.example/a/" },
    { "<base href=' https://khac.example/ '>", "https://vidu.example/1", "https://khac.example/" },
    { "<base target=_top><base href='/hai/'>", "https://vidu.example/1",
      "https://vidu.example/hai/" },
    { "<base href='https://khac.example/'>", "", "https://khac.example/" },
};

START_TEST(a_base_is_found_from_where_the_page_stands)
{
    struct webpage_options options = { .now = NOW, .url = span_of(bases[_i].url) };
    struct buffer html = BUFFER_EMPTY;
    buffer_printf(&html, "<head>%s</head><h1>Chợ nổi</h1><p>" PROSE PROSE, bases[_i].head);
    ck_assert_int_eq(read_text(buffer_span(&html), &options), STATUS_OK);
    ck_assert_str_eq(page.base.at, bases[_i].base);
    webpage_fini(&page);
    buffer_fini(&html);
}
END_TEST

START_TEST(paragraphs_parted_by_breaks_are_paragraphs)
{
    read_page("<h1>Chợ nổi miền Tây</h1><table><tr><td><font>" PROSE "<br><br>\n" PROSE "<br>" PROSE
              "</font></td></tr></table>");
    size_t paragraphs = 0;
    for (xmlNode *node = page.body[0]; node != NULL; node = html_next(node, page.body[0]))
        paragraphs += html_is(node, "p");
    ck_assert_uint_eq(paragraphs, 2);
    webpage_fini(&page);
}
END_TEST

static size_t
count_lines(const char *text)
{
    size_t lines = 0;
    for (; *text != '\0'; text++)
        lines += *text == '\n';
    return lines;
}

/* Boxes of three paragraphs, with something between. */
static void
read_boxes(const char *open, const char *between, const char *close)
{
    struct buffer html = BUFFER_EMPTY;
    buffer_add_text(&html, "<h1>Chợ nổi miền Tây</h1><div>");
    for (int i = 0; i < 9; i++) {
        buffer_add_text(&html, i % 3 == 0 ? open : "");
        buffer_printf(&html, "<p>Đoạn %d. %s</p>", i, PROSE);
        buffer_add_text(&html, i % 3 == 2 ? close : "");
        buffer_add_text(&html, i % 3 == 2 ? between : "");
    }
    buffer_add_text(&html, "</div>");
    read_page(buffer_text(&html));
    buffer_fini(&html);
}

START_TEST(an_article_in_several_boxes_is_one)
{
    read_boxes("<div><section>", "<aside>Quảng cáo</aside>", "</section></div>");
    ck_assert_uint_eq(count_lines(body()), 9);
    webpage_fini(&page);
    read_boxes("<section class=story-body>", "<div class=ad>Quảng cáo</div>", "</section>");
    ck_assert_uint_eq(count_lines(body()), 9);
    webpage_fini(&page);
}
END_TEST

static const struct {
    const char *html;
    size_t lines;
} bodies[] = {
    /* Steps of one kind, a paragraph in each. */
    { "<div><div class=step><p>1. " PROSE PROSE "</div><div class=step><p>2. " PROSE PROSE
      "</div><div class=step><p>3. " PROSE PROSE "</div></div>",
      3 },
    /* The only <article>, in two parts. */
    { "<article><div><p>1. " PROSE "<p>2. " PROSE "</div><h2>Rồi thì</h2><div><p>3. " PROSE
      "<p>4. " PROSE "</div></article><div><p>Chuyện khác.</div>",
      5 },
    /* A name that most others give to lists. */
    { "<div class=article-body><p>1. " PROSE "<div id=read-more><p>2. " PROSE "<p>3. " PROSE
      "</div></div>",
      3 },
    /* More pictures than text. */
    { "<div class=article-body><p>1. " PROSE PROSE "<p>2. " PROSE PROSE "<p>3. " PROSE PROSE
      "<div class=photo-gallery><ul><li><img src=1><p>A. " PROSE PROSE
      "</li><li><img src=2><p>B. " PROSE PROSE "</li><li><img src=3><p>C. " PROSE PROSE
      "</li></ul></div></div>",
      3 },
    { "<div class=article-body><p>1. " PROSE "<p style='visibility: hidden'>2. " PROSE
      "<p style=display:none>3. " PROSE "<p hidden>4. " PROSE "</div>",
      1 },
    /* A name that hides something else. */
    { "<div class=article-body><div class='field label-hidden'><p>1. " PROSE "</div>"
      "<div class='field label-hidden'><p>2. " PROSE
      "</div><div class='field label-hidden'><p>3. " PROSE
      "</div><div class='field label-hidden'><p>4. " PROSE "</div>"
      "<div class=hidden><p>5. " PROSE "</div></div>",
      4 },
    /* Told in pictures. */
    { "<article><figure><img src=1><figcaption><p>1. " PROSE PROSE "</figcaption></figure>"
      "<figure><img src=2><figcaption><p>2. " PROSE PROSE "</figcaption></figure></article>",
      2 },
    /* A menu that nobody closed. */
    { "<nav><ul><li><a href=/>Trang chủ</a></ul><div class=article-body><p>1. " PROSE PROSE
      "<p>2. " PROSE PROSE "</div>",
      2 },
    /* What readers wrote is longer, and called a post's content. */
    { "<div class=text><p>1. " PROSE PROSE
      "</div><div class=comments><div class=post-content><p>" PROSE PROSE PROSE "<p>" PROSE PROSE
      "</div></div>",
      1 },
    /* Every part of it has a name of something else. */
    { "<div class=article-body><div class=tags><p>1. " PROSE "</div><div class=share><p>2. " PROSE
      "</div><div class=widget><p>3. " PROSE "</div><div class=meta><p>4. " PROSE "</div></div>",
      4 },
    /* A lead of the body's own. */
    { "<div class=content><p class=lead>1. " PROSE "</p><p>2. " PROSE "<p>3. " PROSE "</div>", 3 },
};

START_TEST(the_body_is_all_of_the_article_and_nothing_else)
{
    struct buffer html = BUFFER_EMPTY;
    buffer_printf(&html, "<h1>Chợ nổi miền Tây</h1>%s", bodies[_i].html);
    read_page(buffer_text(&html));
    ck_assert_uint_eq(count_lines(body()), bodies[_i].lines);
    webpage_fini(&page);
    buffer_fini(&html);
}
END_TEST

START_TEST(what_readers_write_does_not_join_it)
{
    struct buffer html = BUFFER_EMPTY;
    buffer_add_text(&html, "<h1>Chợ nổi miền Tây</h1><div>");
    for (int i = 0; i < 4; i++)
        buffer_printf(&html, "<p>Đoạn %d. %s</p>", i, PROSE);
    buffer_add_text(&html, "</div><div>");
    for (int i = 0; i < 6; i++)
        buffer_printf(&html, "<div><b>Bạn %d</b><p>Tôi thì nghĩ khác. %s</p></div>", i, PROSE);
    buffer_add_text(&html, "</div>");
    read_page(buffer_text(&html));
    ck_assert_uint_eq(count_lines(body()), 4);
    webpage_fini(&page);
    buffer_fini(&html);
}
END_TEST

START_TEST(the_description_has_the_text_that_the_page_has_not)
{
    read_page("<script type='application/ld+json'>{\"@type\": \"NewsArticle\", \"headline\": "
              "\"Chợ nổi miền Tây\", \"articleBody\": \"" PROSE "\\n\\n" PROSE PROSE
              "\"}</script><div id=app></div>");
    ck_assert_str_eq(page.title.at, "Chợ nổi miền Tây");
    ck_assert_uint_eq(count_lines(body()), 2);
    ck_assert_int_eq(page.verdict, WEBPAGE_WHOLE);
    webpage_fini(&page);
}
END_TEST

START_TEST(the_description_tells_which_box_is_the_article)
{
    struct buffer html = BUFFER_EMPTY;
    buffer_add_text(&html, "<script type='application/ld+json'>{\"@type\": \"Article\", "
                           "\"articleBody\": \"Một. " PROSE PROSE "Hai. " PROSE "\"}</script>");
    buffer_add_text(&html, "<div><ul><li>Một. " PROSE PROSE "</li><li>Hai. " PROSE "</li></ul>"
                           "</div><div class=article-body>");
    for (int i = 0; i < 6; i++)
        buffer_printf(&html, "<p>Khác %d. %s</p>", i, PROSE);
    buffer_add_text(&html, "</div>");
    read_page(buffer_text(&html));
    ck_assert_uint_eq(count_lines(body()), 2);
    webpage_fini(&page);
    buffer_fini(&html);
}
END_TEST

static const struct {
    const char *json, *author, *published;
    bool free;
} descriptions[] = {
    { "{\"@type\":\"NewsArticle\",\"author\":\"Lan\",\"datePublished\":\"2026-11-23\"}", "Lan",
      "2026-11-23", true },
    { "[{\"@type\":\"Thing\"},{\"@type\":[\"Article\"],\"author\":[{\"name\":\"Lan\"},\"Tư\"],"
      "\"datePublished\":\"2026-11-23T08:00:00.123+0700\"}]",
      "Lan, Tư", "2026-11-23T08:00:00+07:00", true },
    { "{\"@graph\":[{\"@type\":\"BlogPosting\",\"author\":{\"name\":\"By  Lan &amp; Tư\"},"
      "\"isAccessibleForFree\":false}]}",
      "Lan & Tư", "", false },
    { "/* x */ {\"@type\":\"ReportageNewsArticle\",\"author\":\"La\nn\"};", "La n", "", true },
    { "{\"@type\":\"Article\",\"author\":\"Lan\",}", "", "", true },
    { "{\"@type\":\"Article\",\"author\":\"https://fb.example/lan\",\"datePublished\":\"hôm qua\"}",
      "", "", true },
    { "{\"@type\":\"Product\",\"author\":\"Lan\"}", "", "", true },
    { "{\"@type\":\"Article\",\"datePublished\":\"2026-02-30\"}", "", "", true },
};

START_TEST(descriptions_are_read_in_every_form_they_have)
{
    struct buffer html = BUFFER_EMPTY;
    buffer_printf(&html, "<script type=application/ld+json>%s</script><h1>Chợ nổi</h1><p>%s%s</p>",
                  descriptions[_i].json, PROSE, PROSE);
    read_page(buffer_text(&html));
    ck_assert_str_eq(page.author.len > 0 ? page.author.at : "", descriptions[_i].author);
    ck_assert_str_eq(page.published.len > 0 ? page.published.at : "", descriptions[_i].published);
    ck_assert_int_eq(page.verdict != WEBPAGE_PAYWALL, descriptions[_i].free);
    webpage_fini(&page);
    buffer_fini(&html);
}
END_TEST

START_TEST(a_description_that_nests_without_end_is_none)
{
    struct buffer html = BUFFER_EMPTY;
    buffer_add_text(&html, "<script type=application/ld+json>");
    for (int i = 0; i < 100000; i++)
        buffer_add_text(&html, "[");
    buffer_add_text(&html, "]</script><h1>Chợ nổi</h1><p>" PROSE);
    read_page(buffer_text(&html));
    ck_assert_str_eq(page.title.at, "Chợ nổi");
    webpage_fini(&page);
    buffer_fini(&html);
}
END_TEST

static const struct {
    const char *last, *author;
    size_t lines;
} signatures[] = {
    { "<p align=right>Lan Anh</p>", "Lan Anh", 2 },
    { "<p style='text-align: right'>Lan Anh - Văn Tư</p>", "Lan Anh - Văn Tư", 2 },
    { "<p><strong>LAN ANH</strong></p>", "LAN ANH", 2 },
    { "<p>Tác giả: Lan Anh</p>", "Lan Anh", 2 },
    { "<p>(Theo Báo Ví Dụ)</p>", "Báo Ví Dụ", 2 },
    { "<p align=right><b>Lan Anh</b></p><p>Theo Báo Ví Dụ</p>", "Lan Anh", 2 },
    { "<p>Lan Anh</p>", "", 3 },
    { "<p align=right>Và thế là hết.</p>", "", 3 },
};

START_TEST(an_article_ends_in_who_wrote_it)
{
    struct buffer html = BUFFER_EMPTY;
    buffer_printf(&html, "<h1>Chợ nổi</h1><div><p>%s</p><p>Khi khác. %s</p>%s</div>", PROSE, PROSE,
                  signatures[_i].last);
    read_page(buffer_text(&html));
    ck_assert_str_eq(page.author.len > 0 ? region_copy(region, page.author).at : "",
                     signatures[_i].author);
    ck_assert_uint_eq(count_lines(body()), signatures[_i].lines);
    webpage_fini(&page);
    buffer_fini(&html);
}
END_TEST

static const struct {
    const char *html, *author;
} bylines[] = {
    { "<span itemprop=author>Lan Anh</span>", "Lan Anh" },
    { "<a rel=author>By Lan Anh</a>", "Lan Anh" },
    { "<div class=byline><span class=author>Lan Anh</span></div>", "Lan Anh" },
    { "<div><span>Lan Anh</span> · <time datetime=2026-11-23>hôm nay</time></div>", "Lan Anh" },
    { "<span class=author>Lan Anh 23/11 (3 phút đọc)</span>", "" },
    { "<div class=comments><span itemprop=author>Bạn đọc</span></div>", "" },
    { "<meta name=author content='Lan Anh'><span class=author>Văn Tư</span>", "Lan Anh" },
};

START_TEST(who_wrote_it_is_no_reader_and_no_number)
{
    struct buffer html = BUFFER_EMPTY;
    buffer_printf(&html,
                  "<body class='single comments-open'><h1>Chợ nổi</h1>%s<div><p>%s<p>%s</div>",
                  bylines[_i].html, PROSE, PROSE);
    read_page(buffer_text(&html));
    ck_assert_str_eq(page.author.len > 0 ? page.author.at : "", bylines[_i].author);
    webpage_fini(&page);
    buffer_fini(&html);
}
END_TEST

START_TEST(text_that_speaks_of_something_else_is_doubtful)
{
    read_page("<title>Zambezi Quxyzzy</title><meta property=og:title content='Zambezi Quxyzzy'>"
              "<meta property=og:type content=article><div><p>" PROSE PROSE "<p>" PROSE "</div>");
    ck_assert_int_eq(page.verdict, WEBPAGE_DOUBTFUL);
    webpage_fini(&page);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("wire/webpage");
    TCase *tcase = tcase_create("webpage");
    list_pages();
    tcase_add_checked_fixture(tcase, open_region, close_region);
    tcase_add_loop_test(tcase, a_saved_page_is_read_as_an_editor_would, 0, name_count);
    tcase_add_loop_test(tcase, an_article_is_the_same_in_every_layout, 0,
                        (int)(sizeof layouts / sizeof *layouts));
    tcase_add_test(tcase, nothing_is_no_page_and_too_much_is_refused);
    tcase_add_test(tcase, a_source_may_say_where_things_are);
    tcase_add_loop_test(tcase, a_base_is_found_from_where_the_page_stands, 0,
                        (int)(sizeof bases / sizeof *bases));
    tcase_add_test(tcase, paragraphs_parted_by_breaks_are_paragraphs);
    tcase_add_test(tcase, an_article_in_several_boxes_is_one);
    tcase_add_loop_test(tcase, the_body_is_all_of_the_article_and_nothing_else, 0,
                        sizeof bodies / sizeof bodies[0]);
    tcase_add_test(tcase, what_readers_write_does_not_join_it);
    tcase_add_test(tcase, the_description_has_the_text_that_the_page_has_not);
    tcase_add_test(tcase, the_description_tells_which_box_is_the_article);
    tcase_add_loop_test(tcase, descriptions_are_read_in_every_form_they_have, 0,
                        sizeof descriptions / sizeof descriptions[0]);
    tcase_add_loop_test(tcase, an_article_ends_in_who_wrote_it, 0,
                        sizeof signatures / sizeof signatures[0]);
    tcase_add_loop_test(tcase, who_wrote_it_is_no_reader_and_no_number, 0,
                        sizeof bylines / sizeof bylines[0]);
    tcase_add_test(tcase, a_description_that_nests_without_end_is_none);
    tcase_add_test(tcase, text_that_speaks_of_something_else_is_doubtful);
    suite_add_tcase(suite, tcase);
    int result = testing_run(suite);
    while (name_count > 0)
        free(names[--name_count]);
    return result;
}
