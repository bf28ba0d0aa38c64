/* SPDX-License-Identifier: ISC */
#include "wire/html.h"

#include "testing.h"

#include <string.h>

static struct region *region;

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

static const char *
strip(const char *text, struct span_list *ld)
{
    struct buffer out = BUFFER_EMPTY;
    html_strip(span_of(text), region, &out, ld);
    struct span copy = region_copy(region, buffer_span(&out));
    buffer_fini(&out);
    return copy.at;
}

static const struct {
    const char *html, *left;
} stripped[] = {
    { "<p>a<script>if (a<b) '<p>'</script>b", "<p>a b" },
    { "<STYLE>p{}</Style >x", " x" },
    { "a<!-- <p>b --><b>c</b>", "a<b>c</b>" },
    { "a<!-->b", "ab" },
    { "a<!--b", "a" },
    { "<!DOCTYPE html [<!ENTITY a \"b\">]>x", "]>x" },
    { "<?php echo 1 ?>x", "x" },
    { "<![CDATA[x]]>y", "y" },
    { "1 < 2 <3", "1 &lt; 2 &lt;3" },
    { "<title>a <b> c</title>d", "<title>a &lt;b> c</title>d" },
    { "<iframe src=x><p>old</iframe>y", "<iframe src=x></iframe>y" },
    { "<svg><title>x</title></svg>y", " y" },
    { "<svg/>y", "<svg/>y" },
    { "<p title='a>b'>c", "<p title='a>b'>c" },
    { "it&#146;s &#8217; &#151", "it’s &#8217; —" },
    { "a\x01\x1B[0mb\n", "a[0mb\n" },
    { "<script>never ends <p>", " " },
    { "<p class=\"never ends", "<p class=\"never ends>" },
};

START_TEST(what_is_no_markup_never_reaches_the_parser)
{
    struct span_list ld = { { NULL, 0 }, 0 };
    ck_assert_str_eq(strip(stripped[_i].html, &ld), stripped[_i].left);
    ck_assert_uint_eq(ld.spans.count, 0);
}
END_TEST

START_TEST(descriptions_are_kept_aside)
{
    struct span_list ld = { { NULL, 0 }, 0 };
    strip("<script type='application/ld+json'>{\"a\": \"<p>\"}</script><script>b()</script>", &ld);
    ck_assert_uint_eq(ld.spans.count, 1);
    ck_assert_str_eq(region_copy(region, ld.spans.at[0]).at, "{\"a\": \"<p>\"}");
}
END_TEST

static struct html
parse(const char *text)
{
    struct html html;
    ck_assert_int_eq(html_parse(span_of(text), region, &html, NULL), STATUS_OK);
    return html;
}

static const char *
text_of(const char *page)
{
    struct html html = parse(page);
    struct buffer out = BUFFER_EMPTY;
    html_text(xmlDocGetRootElement(html.document), NULL, &out);
    struct span copy = region_copy(region, buffer_span(&out));
    buffer_fini(&out);
    xmlFreeDoc(html.document);
    return copy.at;
}

START_TEST(blocks_are_lines_and_inline_markup_joins)
{
    ck_assert_str_eq(text_of("<p>Một <b>hai</b>ba</p><p>bốn<br>năm</p>sáu<ul><li>bảy</ul>"),
                     "Một haiba\nbốn\nnăm\nsáu\nbảy\n");
    ck_assert_str_eq(text_of("<p>a</i></b></p></div>b<td>c"), "a\nb\nc\n");
    ck_assert_str_eq(text_of("<p>\n a \n\n b</p>"), "a b\n");
}
END_TEST

START_TEST(references_are_known_and_none_is_loaded)
{
    ck_assert_str_eq(text_of("<p>&lt;&#272;&agrave;&nbsp;N&#x1eb5;ng&gt; &xxe; &amp;lt;"),
                     "<Đà\u00A0Nẵng> &xxe; &lt;\n");
    ck_assert_str_eq(text_of("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><p>b"), "b\n");
}
END_TEST

static size_t
depth_of(const xmlNode *node)
{
    size_t depth = 0;
    for (; node->parent != NULL; node = node->parent)
        depth++;
    return depth;
}

START_TEST(what_is_too_deep_is_flattened)
{
    struct buffer page = BUFFER_EMPTY;
    for (int i = 0; i < 100000; i++)
        buffer_add_text(&page, i % 2 == 0 ? "<div>" : "<b>");
    buffer_add_text(&page, "đáy");
    for (int i = 0; i < 100000; i++)
        buffer_add_text(&page, i % 2 == 0 ? "</b>" : "</div>");
    buffer_add_text(&page, "<p>sau");
    struct html html = parse(buffer_text(&page));
    size_t most = 0;
    xmlNode *root = xmlDocGetRootElement(html.document);
    for (xmlNode *node = root; node != NULL; node = html_next(node, root))
        most = depth_of(node) > most ? depth_of(node) : most;
    ck_assert_uint_le(most, HTML_DEPTH_MAX + 2);
    struct buffer text = BUFFER_EMPTY;
    html_text(root, NULL, &text);
    ck_assert_str_eq(buffer_text(&text), "đáy\nsau\n");
    buffer_fini(&text);
    buffer_fini(&page);
    xmlFreeDoc(html.document);
}
END_TEST

START_TEST(an_element_has_so_many_attributes_and_they_are_so_long)
{
    struct buffer page = BUFFER_EMPTY;
    buffer_add_text(&page, "<p id=first long=\"");
    for (int i = 0; i < HTML_VALUE_MAX; i++)
        buffer_add_char(&page, 'x');
    buffer_add_text(&page, "\"");
    for (int i = 0; i < 300000; i++)
        buffer_printf(&page, " a%d", i);
    buffer_add_text(&page, " class=last>x");
    struct html html = parse(buffer_text(&page));
    xmlNode *node = xmlDocGetRootElement(html.document);
    while (!html_is(node, "p"))
        node = html_next(node, NULL);
    size_t count = 0;
    for (const xmlAttr *it = node->properties; it != NULL; it = it->next)
        count++;
    ck_assert_uint_le(count, HTML_ATTRIBUTES_MAX);
    ck_assert(span_equal(html_attribute(node, "id"), SPAN("first")));
    ck_assert_ptr_null(html_attribute(node, "long").at);
    ck_assert_ptr_null(html_attribute(node, "class").at);
    buffer_fini(&page);
    xmlFreeDoc(html.document);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("wire/html");
    TCase *tcase = tcase_create("html");
    tcase_add_checked_fixture(tcase, open_region, close_region);
    tcase_add_loop_test(tcase, what_is_no_markup_never_reaches_the_parser, 0,
                        sizeof stripped / sizeof stripped[0]);
    tcase_add_test(tcase, descriptions_are_kept_aside);
    tcase_add_test(tcase, blocks_are_lines_and_inline_markup_joins);
    tcase_add_test(tcase, references_are_known_and_none_is_loaded);
    tcase_add_test(tcase, what_is_too_deep_is_flattened);
    tcase_add_test(tcase, an_element_has_so_many_attributes_and_they_are_so_long);
    suite_add_tcase(suite, tcase);
    return testing_run(suite);
}
