/* SPDX-License-Identifier: ISC */
/* An answer's head as a client reads it (specs 1.5). */
#include "protocol/gemini.h"

#include "testing.h"

#include <string.h>

static struct gemini_head head;

static enum parsed
hear(const char *bytes)
{
    return gemini_parse_head(span_of(bytes), &head);
}

static const struct {
    const char *bytes;
    int status;
    const char *meta;
} heads[] = {
    { "20 text/gemini\r\n# Tin\n", 20, "text/gemini" },
    { "20 text/gemini; charset=utf-8; lang=\"vi,en\"\r\n", 20,
      "text/gemini; charset=utf-8; lang=\"vi,en\"" },
    { "20 text/gemini;lang=vi\r\n", 20, "text/gemini;lang=vi" },
    { "20 application/atom+xml\r\n", 20, "application/atom+xml" },
    { "29 a/b\r\n", 29, "a/b" },
    { "10 Nhập từ cần tìm\r\n", 10, "Nhập từ cần tìm" },
    { "11 ?\r\n", 11, "?" },
    { "30 /story/a\r\n", 30, "/story/a" },
    { "31 gemini://example.org/?a%20b\r\n", 31, "gemini://example.org/?a%20b" },
    { "31 ../b\r\n", 31, "../b" },
    { "44 30\r\n", 44, "30" },
    { "51\r\n", 51, "" },
    { "51 Không tìm thấy.\r\n", 51, "Không tìm thấy." },
    { "69 x\r\n", 69, "x" },
};

START_TEST(a_good_head_is_read)
{
    ck_assert_int_eq(hear(heads[_i].bytes), PARSED_WHOLE);
    ck_assert_int_eq(head.status, heads[_i].status);
    ck_assert(span_equal(head.meta, span_of(heads[_i].meta)));
    ck_assert_uint_eq(head.len, (size_t)(strstr(heads[_i].bytes, "\r\n") + 2 - heads[_i].bytes));
}
END_TEST

static const char *const refused[] = {
    "\r\n",
    "2\r\n",
    "09 x\r\n",
    "70 x\r\n",
    "2x text/plain\r\n",
    "+2 text/plain\r\n",
    " 20 text/plain\r\n",
    "\xEF\xBB\xBF"
    "20 text/plain\r\n",
    "HTTP/1.0 400 Bad Request\r\n",
    "200 text/plain\r\n",
    "20text/plain\r\n",
    "20\ttext/plain\r\n",
    "20  text/plain\r\n",
    "20\r\n",
    "20 \r\n",
    "20 text\r\n",
    "20 /plain\r\n",
    "20 text/\r\n",
    "20 text/plain charset\r\n",
    "20 text/pl(ain\r\n",
    "20 văn/bản\r\n",
    "10\r\n",
    "10 \r\n",
    "30\r\n",
    "30 \r\n",
    "31 /a b\r\n",
    "31 /hà-nội\r\n",
    "31 /a#b\r\n",
    "31 gemini://example.org:99999/\r\n",
    "51 \r\n",
    "51  x\r\n",
    "51 a\x1b[2Jb\r\n",
    "51 a\nb\r\n",
    "51 a\rb\r\n",
    "51 a\x7f\r\n",
    "51 a\xC2\x9B"
    "b\r\n",
    "51 a\xFF\r\n",
};

START_TEST(what_is_no_head_is_refused)
{
    ck_assert_int_eq(hear(refused[_i]), PARSED_BAD);
}
END_TEST

START_TEST(every_beginning_of_a_head_waits_for_more)
{
    const char whole[] = "20 text/gemini; lang=vi\r\n";
    for (size_t len = 0; len < sizeof whole - 1; len++)
        ck_assert_int_eq(gemini_parse_head((struct span){ whole, len }, &head), PARSED_PART);
    ck_assert_int_eq(hear(whole), PARSED_WHOLE);
}
END_TEST

START_TEST(a_nul_is_no_part_of_a_head)
{
    ck_assert_int_eq(gemini_parse_head(SPAN("51 a\0b\r\n"), &head), PARSED_BAD);
    ck_assert_int_eq(gemini_parse_head(SPAN("20 text/pl\0in\r\n"), &head), PARSED_BAD);
}
END_TEST

START_TEST(a_head_of_1029_bytes_is_taken_and_one_more_is_not)
{
    char bytes[GEMINI_HEAD_MAX + 2];
    memset(bytes, 'a', sizeof bytes);
    memcpy(bytes, "51 ", 3);
    memcpy(bytes + GEMINI_HEAD_MAX - 2, "\r\n", 2);
    ck_assert_int_eq(gemini_parse_head((struct span){ bytes, sizeof bytes }, &head), PARSED_WHOLE);
    ck_assert_uint_eq(head.len, 1029);
    ck_assert_uint_eq(head.meta.len, 1024);
    memcpy(bytes + GEMINI_HEAD_MAX - 2, "a\r\n", 3);
    ck_assert_int_eq(gemini_parse_head((struct span){ bytes, GEMINI_HEAD_MAX - 1 }, &head),
                     PARSED_PART);
    ck_assert_int_eq(gemini_parse_head((struct span){ bytes, GEMINI_HEAD_MAX + 1 }, &head),
                     PARSED_BAD);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("head");
    TCase *tests = tcase_create("head");
    tcase_add_loop_test(tests, a_good_head_is_read, 0, (int)(sizeof heads / sizeof *heads));
    tcase_add_loop_test(tests, what_is_no_head_is_refused, 0,
                        (int)(sizeof refused / sizeof *refused));
    tcase_add_test(tests, every_beginning_of_a_head_waits_for_more);
    tcase_add_test(tests, a_nul_is_no_part_of_a_head);
    tcase_add_test(tests, a_head_of_1029_bytes_is_taken_and_one_more_is_not);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
