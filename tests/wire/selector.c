/* SPDX-License-Identifier: ISC */
#include "wire/selector.h"

#include "testing.h"
#include "wire/html.h"

static struct region *region;
static struct html html;

static void
open_page(void)
{
    region = region_new();
    ck_assert_int_eq(html_parse(SPAN("<div id=a class='x main y'><p class=z>1</p><b data-k='v w'>2"
                                     "</b></div><p class=z>3</p><article><div><i>4</i></div>"),
                                region, &html, NULL),
                     STATUS_OK);
}

static void
close_page(void)
{
    xmlFreeDoc(html.document);
    region_free(region);
}

static const struct {
    const char *selector, *text;
} found[] = {
    { "p", "1" },
    { "P.z", "1" },
    { ".z", "1" },
    { "#a .z", "1" },
    { "div.main.x b", "2" },
    { "[data-k]", "2" },
    { "b[data-k=\"v w\"]", "2" },
    { "[class=z]", "1" },
    { "article i", "4" },
    { "h1, i", "4" },
    { "body > i", NULL },
    { "#a i", NULL },
    { ".mai", NULL },
    { "[data-k=v]", NULL },
    { "div p.z", "1" },
};

START_TEST(a_selector_finds_the_first_that_matches)
{
    struct selector *selector;
    struct fault fault;
    if (selector_parse(span_of(found[_i].selector), region, &selector, &fault) != STATUS_OK) {
        ck_assert_ptr_null(found[_i].text);
        return;
    }
    xmlNode *node = selector_find(selector, xmlDocGetRootElement(html.document));
    ck_assert_int_eq(node != NULL, found[_i].text != NULL);
    if (node != NULL)
        ck_assert_str_eq(html_line(node, region).at, found[_i].text);
}
END_TEST

static const char *const broken[] = { "",  " ",    "a,", "a > b", "a:hover",
                                      "[", "[=x]", ".",  "a..b",  "a a a a a a a a a",
                                      "*" };

START_TEST(what_is_no_selector_is_told)
{
    struct selector *selector;
    struct fault fault = { 0, "" };
    ck_assert_int_eq(selector_parse(span_of(broken[_i]), region, &selector, &fault), STATUS_BAD);
    ck_assert_str_ne(fault.what, "");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("wire/selector");
    TCase *tcase = tcase_create("selector");
    tcase_add_checked_fixture(tcase, open_page, close_page);
    tcase_add_loop_test(tcase, a_selector_finds_the_first_that_matches, 0,
                        sizeof found / sizeof found[0]);
    tcase_add_loop_test(tcase, what_is_no_selector_is_told, 0, sizeof broken / sizeof broken[0]);
    suite_add_tcase(suite, tcase);
    return testing_run(suite);
}
