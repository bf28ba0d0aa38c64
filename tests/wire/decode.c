/* SPDX-License-Identifier: ISC */
#include "wire/decode.h"

#include "testing.h"

#include <stdlib.h>

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

static struct decoded
read_as(struct span bytes, const char *http, const char *source)
{
    struct decode_hints hints = { .http = span_of(http), .source = span_of(source) };
    struct decoded out;
    decode(bytes, &hints, region, &out);
    return out;
}

static const struct {
    struct span bytes;
    const char *http, *source, *text, *charset;
} cases[] = {
    /* A mark beats everything. */
    { SPAN("\xEF\xBB\xBFHu\xE1\xBA\xBF"), "windows-1258", "tcvn3", "Huế", "utf-8" },
    { SPAN("\xFF\xFEH\0u\0\xBF\x1E"), "utf-8", NULL, "Huế", "utf-16le" },
    { SPAN("\xFE\xFF\0H\0u\x1E\xBF"), NULL, NULL, "Huế", "utf-16be" },
    /* The header, then what the document says, each by any name it has. */
    { SPAN("Hu\xEA\xEC"), "text/html; charset=\"Windows-1258\"", NULL, "Huế", "windows-1258" },
    { SPAN("Hu\xEA\xEC"), "CP1258", NULL, "Huế", "windows-1258" },
    { SPAN("<meta charset=windows-1251>\xC4\xE0"), "windows-1252", NULL,
      "<meta charset=windows-1251>Äà", "windows-1252" },
    { SPAN("<meta charset=windows-1251>\xC4\xE0"), NULL, NULL, "<meta charset=windows-1251>Да",
      "windows-1251" },
    { SPAN("<META HTTP-EQUIV=Content-Type content='text/html; charset=windows-1258'>\xEA\xEC"),
      NULL, NULL, "<META HTTP-EQUIV=Content-Type content='text/html; charset=windows-1258'>ế",
      "windows-1258" },
    { SPAN("<?xml version=\"1.0\" encoding='koi8-r'?>\xC4"), NULL, NULL,
      "<?xml version=\"1.0\" encoding='koi8-r'?>д", "koi8-r" },
    { SPAN("<p>charset=windows-1251 \xE9"), NULL, NULL, "<p>charset=windows-1251 é",
      "windows-1252" },
    /* Unknown names count as none. */
    { SPAN("\xC3\xA9"), "charset=none/such", NULL, "é", "utf-8" },
    /* A server that says iso-8859-1 of everything. */
    { SPAN("Hu\xE1\xBA\xBF"), "iso-8859-1", NULL, "Huế", "utf-8" },
    { SPAN("<meta charset=gb2312>Hu\xE1\xBA\xBF"), NULL, NULL, "<meta charset=gb2312>Huế",
      "utf-8" },
    { SPAN("caf\xE9"), "iso-8859-1", NULL, "café", "windows-1252" },
    /* Validity. */
    { SPAN("caf\xE9 \x93nh\xE0\x94"), NULL, NULL, "café “nhà”", "windows-1252" },
    /* What is written in fonts of before Unicode, by the source's setting. */
    { SPAN("\xA7\xB5 N\xBDng"), NULL, "TCVN3", "Đà Nẵng", "tcvn3" },
    { SPAN("Vie\xE4t Nam, \xD1"
           "a\xF8 Na\xFCng, ng\xF6"
           "\xF4\xF8i"),
      "utf-8", "vni", "Việt Nam, Đà Nẵng, người", "vni" },
    { SPAN("Vi\xAEt"), NULL, "viscii", "Việt", "viscii" },
    /* By the C library's tables. */
    { SPAN("\xD6\xD0"), "gb2312", NULL, "中", "gb2312" },
    /* Three forms of a letter are one. */
    { SPAN("e\xCC\x82\xCC\x81 \xC3\xAA\xCC\x81 \xE1\xBA\xBF"), NULL, NULL, "ế ế ế", "utf-8" },
    { SPAN(""), NULL, NULL, "", "utf-8" },
};

START_TEST(bytes_become_text_by_the_order_of_trust)
{
    struct decoded out = read_as(cases[_i].bytes, cases[_i].http, cases[_i].source);
    ck_assert_str_eq(region_copy(region, out.text).at, cases[_i].text);
    ck_assert_str_eq(out.charset, cases[_i].charset);
    ck_assert(!out.mended);
}
END_TEST

START_TEST(a_byte_that_is_nothing_becomes_a_mark_and_is_told)
{
    static const struct {
        struct span bytes;
        const char *http, *text;
    } broken[] = { { SPAN("a\xFFz"), "utf-8", "a\xEF\xBF\xBDz" },
                   { SPAN("a\x81z"), "windows-1252", "a\xEF\xBF\xBDz" },
                   { SPAN("a\xFFz"), "gbk", "a\xEF\xBF\xBDz" },
                   { SPAN("\xFE\xFF\0a\xD8\0\0z"), NULL, NULL },
                   { SPAN("\xFF\xFE"
                          "a\0z"),
                     NULL, "a\xEF\xBF\xBD" } };
    struct decoded out = read_as(broken[_i].bytes, broken[_i].http, NULL);
    ck_assert(out.mended);
    if (broken[_i].text != NULL)
        ck_assert_str_eq(region_copy(region, out.text).at, broken[_i].text);
}
END_TEST

START_TEST(names_that_can_be_read_are_known)
{
    ck_assert(decode_knows(SPAN("UTF-8")));
    ck_assert(decode_knows(SPAN("Windows-1258")));
    ck_assert(decode_knows(SPAN("vni")));
    ck_assert(decode_knows(SPAN("euc-kr")));
    ck_assert(!decode_knows(SPAN("")));
    ck_assert(!decode_knows(SPAN("utf-9")));
    ck_assert(!decode_knows(SPAN("utf-8//IGNORE")));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("wire/decode");
    TCase *tcase = tcase_create("decoding");
    tcase_add_checked_fixture(tcase, open_region, close_region);
    tcase_add_loop_test(tcase, bytes_become_text_by_the_order_of_trust, 0,
                        sizeof cases / sizeof cases[0]);
    tcase_add_loop_test(tcase, a_byte_that_is_nothing_becomes_a_mark_and_is_told, 0, 5);
    tcase_add_test(tcase, names_that_can_be_read_are_known);
    suite_add_tcase(suite, tcase);
    return testing_run(suite);
}
