/* SPDX-License-Identifier: ISC */
/* What a reader meets: every page of the shipped content, and every edge of the protocol, asked of
 * the real daemon over real TLS. */
#include "capsule.h"
#include "crawl.h"

#include "base/region.h"
#include "protocol/gemini.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct capsule_run *run;
static struct region *region;

static void
set_up(void)
{
    region = region_new();
    run = capsule_start();
}

static void
tear_down(void)
{
    capsule_stop(run);
    region_free(region);
}

START_TEST(every_page_is_reached_from_the_front_page_and_is_as_it_should_be)
{
    struct crawl crawl = capsule_crawl(run, region);
    ck_assert_uint_eq(crawl.stories, 11);
    ck_assert_uint_gt(crawl.pages, 100);
}
END_TEST

static const struct {
    const char *line; /* %d: the port */
    enum manner manner;
    const char *head; /* of the answer */
} rows[] = {
    { "gemini://localhost:%d", PLAINLY, "20 text/gemini" },
    { "GEMINI://LOCALHOST:%d/", PLAINLY, "20 text/gemini" },
    { "gemini://localhost.:%d/", PLAINLY, "20 text/gemini" },
    { "gemini://127.0.0.1:%d/", WITHOUT_NAME, "20 text/gemini" },
    { "gemini://localhost:%d/", WITHOUT_NAME, "20 text/gemini" },
    { "gemini://localhost:%d/", WITH_OTHER_NAME, "53" },
    { "gemini://localhost:%d/", TLS_1_2, "20 text/gemini" },
    { "gemini://localhost:%d/", BYTE_BY_BYTE, "20 text/gemini" },
    { "gemini://localhost:%d/", HALF_CLOSED, "20 text/gemini" },
    { "gemini://localhost:443/", PLAINLY, "53" },
    { "gemini://localhost:99999/", PLAINLY, "59" },
    { "gemini://other.example:%d/", PLAINLY, "53" },
    { "http://localhost:%d/", PLAINLY, "53" },
    { "titan://localhost:%d/x;size=1", PLAINLY, "53" },
    { "https://localhost/", PLAINLY, "53" },
    { "gopher://localhost/", PLAINLY, "53" },
    { "gemini://[::1]:%d/", WITHOUT_NAME, "20 text/gemini" },
    { "gemini://[::1%%25eth0]:%d/", WITHOUT_NAME, "59" },
    { "\xEF\xBB\xBFgemini://localhost:%d/", PLAINLY, "59" },
    { "gemini://localhost:%d/a b", PLAINLY, "59" },
    { "gemini://localhost:%d/a\tb", PLAINLY, "59" },
    { "gemini://localhost:%d/a\x7F", PLAINLY, "59" },
    { "gemini://localhost:%d/\xC3\x28", PLAINLY, "59" },
    { "gemini://localhost:%d/%%C3%%28", PLAINLY, "59" },
    { "gemini://localhost:%d/%%", PLAINLY, "59" },
    { "gemini:///", PLAINLY, "59" },
    { "gemini://:%d/", PLAINLY, "59" },
    { "//localhost:%d/", PLAINLY, "59" },
    { "/", PLAINLY, "59" },
    { "", PLAINLY, "59" },
    { "Hello Gemini!", PLAINLY, "59" },
    { "gemini://user@localhost:%d/", PLAINLY, "59" },
    { "gemini://@localhost:%d/", PLAINLY, "59" },
    { "gemini://localhost:%d/#x", PLAINLY, "59" },
    { "gemini://localhost:%d/#", PLAINLY, "59" },
    { "gemini://localhost:%d/%%zz", PLAINLY, "59" },
    { "gemini://localhost:%d/%%00", PLAINLY, "59" },
    { "gemini://localhost:%d/../../", PLAINLY, "59" },
    { "gemini://localhost:%d/%%2e%%2e/%%2e%%2e/etc/passwd", PLAINLY, "59" },
    { "gemini://localhost:%d/files/..%%2f..%%2fcerts/localhost/key.pem", PLAINLY, "51" },
    { "gemini://localhost:%d/files/.hidden", PLAINLY, "51" },
    { "gemini://localhost:%d/nope?x=%%0D%%0A20%%20ok", PLAINLY, "51" },
    { "gemini://localhost:%d/không-có", PLAINLY, "51" },
    { "gemini://tiếngviệt.vn:%d/", PLAINLY, "59" },
    { "gemini://localhost:%d/city", PLAINLY, "31 /city/\r\n" },
    { "gemini://localhost:%d/city/ha-noi/", PLAINLY, "31 /city/ha-noi\r\n" },
    { "gemini://localhost:%d//city///ha-noi", PLAINLY, "20 text/gemini" },
    { "gemini://localhost:%d/robots.txt", PLAINLY, "20 text/plain" },
    { "gemini://localhost:%d/favicon.txt", PLAINLY, "20 text/plain" },
    { "gemini://localhost:%d/favicon.txt/", PLAINLY, "51" },
    { "gemini://localhost:%d/files/favicon.txt/", PLAINLY, "51" },
    { "gemini://localhost:%d/archive/2024/1", PLAINLY, "51" },
    { "gemini://localhost:%d/archive/2024/13", PLAINLY, "51" },
    { "gemini://localhost:%d/search", PLAINLY, "10 Nhập từ cần tìm" },
    { "gemini://localhost:%d/search?", PLAINLY, "10 Nhập từ cần tìm" },
    { "gemini://localhost:%d/search?%%0D%%0A20%%20ok", PLAINLY, "20 text/gemini" },
    { "gemini://localhost:%d/search?hà nội", PLAINLY, "59" },
    { "gemini://localhost:%d/search?hà%%20nội", PLAINLY, "20 text/gemini" },
    { "gemini://localhost:%d/search?a%%00", PLAINLY, "59" },
    { "gemini://localhost:%d/search?%%FF%%FE", PLAINLY, "20 text/gemini" },
    { "gemini://localhost:%d/search?%%22*%%27%%20NEAR(", PLAINLY, "20 text/gemini" },
    { "gemini://localhost:%d/search/2", PLAINLY, "31 /search\r\n" },
};

START_TEST(every_edge_of_the_protocol_is_answered_as_written)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char line[512];
        int len = snprintf(line, sizeof line, rows[i].line, run->port);
        len += snprintf(line + len, sizeof line - (size_t)len, "\r\n");
        struct heard answer = capsule_send(run, (struct span){ line, (size_t)len }, rows[i].manner);
        ck_assert_msg(answer.whole, "%s no close_notify", line);
        ck_assert_msg(span_starts(buffer_span(&answer.bytes), span_of(rows[i].head)), "%s -> %s",
                      line, buffer_text(&answer.bytes));
        struct gemini_head head;
        ck_assert_int_eq(gemini_parse_head(buffer_span(&answer.bytes), &head), PARSED_WHOLE);
        if (head.status != 20)
            ck_assert_uint_eq(answer.bytes.len, head.len);
        buffer_fini(&answer.bytes);
    }
}
END_TEST

/* The links to stories on a page, one behind the other. */
static void
add_stories(struct span page, struct buffer *out)
{
    while (page.at != NULL) {
        struct span line = span_line(&page);
        if (span_starts(line, SPAN("=> /story/")))
            buffer_add(out, line);
    }
}

/* However it is typed, by a worker that is locked in. */
START_TEST(who_searches_finds)
{
    static const char *const queries[] = { "ha%20noi", "H%C3%80%20N%E1%BB%98I",
                                           "Ha%CC%80%20no%CC%82%CC%A3i",
                                           "h%C3%A0%0D%0An%E1%BB%99i" };
    struct buffer first = BUFFER_EMPTY, stories = BUFFER_EMPTY;
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        char path[128];
        snprintf(path, sizeof path, "/search?%s", queries[i]);
        struct heard answer = capsule_ask(run, path);
        ck_assert(strstr(buffer_text(&answer.bytes), "\n\nTìm thấy ") != NULL);
        ck_assert(strstr(buffer_text(&answer.bytes), "*Hà Nội*") != NULL);
        buffer_clear(&stories);
        add_stories(buffer_span(&answer.bytes), i == 0 ? &first : &stories);
        ck_assert(first.len > 0);
        ck_assert(i == 0 || span_equal(buffer_span(&first), buffer_span(&stories)));
        buffer_fini(&answer.bytes);
    }
    buffer_fini(&first);
    buffer_fini(&stories);
}
END_TEST

START_TEST(an_empty_port_is_the_default_one)
{
    ck_assert_int_eq(capsule_end(run), 0);
    testing_write(run->folder, "songtu.yaml", "public-port: 1965\n");
    capsule_launch(run);
    static const char *const lines[] = { "gemini://localhost:/\r\n", "gemini://localhost/\r\n",
                                         "gemini://localhost:1965/\r\n" };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct heard answer = capsule_send(run, span_of(lines[i]), PLAINLY);
        ck_assert_msg(span_starts(buffer_span(&answer.bytes), SPAN("20 text/gemini")), "%s",
                      lines[i]);
        buffer_fini(&answer.bytes);
    }
}
END_TEST

START_TEST(a_long_request_is_refused_and_one_of_1024_bytes_is_not)
{
    char line[2048];
    for (int len = 1024; len <= 1025; len++) {
        int begun = snprintf(line, sizeof line, "gemini://localhost:%d/", run->port);
        memset(line + begun, 'a', sizeof line - (size_t)begun);
        memcpy(line + len, "\r\n", 2);
        struct heard answer = capsule_send(run, (struct span){ line, (size_t)len + 2 }, PLAINLY);
        ck_assert(span_starts(buffer_span(&answer.bytes), len == 1024 ? SPAN("51") : SPAN("59")));
        ck_assert(answer.whole);
        buffer_fini(&answer.bytes);
    }
}
END_TEST

START_TEST(a_bare_lf_gets_no_answer_but_a_clean_end)
{
    char line[128];
    int len = snprintf(line, sizeof line, "gemini://localhost:%d/\n", run->port);
    struct heard answer = capsule_send(run, (struct span){ line, (size_t)len }, PLAINLY);
    ck_assert(answer.connected);
    ck_assert_uint_eq(answer.bytes.len, 0);
    ck_assert(answer.whole);
    buffer_fini(&answer.bytes);
}
END_TEST

START_TEST(a_file_of_any_size_is_streamed_and_nothing_else_is_opened)
{
    enum { SIZE = 3 * 1024 * 1024 + 17 };
    char path[4096], *bytes = malloc(SIZE);
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (char)(i * 7 + i / 251);
    snprintf(path, sizeof path, "%s/content/files/big.png", run->folder);
    FILE *file = fopen(path, "w");
    ck_assert_uint_eq(fwrite(bytes, 1, SIZE, file), SIZE);
    fclose(file);
    snprintf(path, sizeof path, "%s/content/files/fifo", run->folder);
    ck_assert_int_eq(mkfifo(path, 0644), 0);
    snprintf(path, sizeof path, "%s/content/files/out", run->folder);
    ck_assert_int_eq(symlink("/etc/passwd", path), 0);
    struct heard answer = capsule_ask(run, "/files/big.png");
    ck_assert(answer.whole);
    ck_assert(span_starts(buffer_span(&answer.bytes), SPAN("20 image/png\r\n")));
    ck_assert_uint_eq(answer.bytes.len, SIZE + 14);
    ck_assert_int_eq(memcmp(answer.bytes.at + 14, bytes, SIZE), 0);
    buffer_fini(&answer.bytes);
    free(bytes);
    ck_assert_int_eq(capsule_status(run, "/files/fifo"), 51);
    ck_assert_int_eq(capsule_status(run, "/files/out"), 51);
    ck_assert_int_eq(capsule_status(run, "/files/"), 51);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("reading");
    TCase *tests = tcase_create("reading");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, every_page_is_reached_from_the_front_page_and_is_as_it_should_be);
    tcase_add_test(tests, every_edge_of_the_protocol_is_answered_as_written);
    tcase_add_test(tests, who_searches_finds);
    tcase_add_test(tests, an_empty_port_is_the_default_one);
    tcase_add_test(tests, a_long_request_is_refused_and_one_of_1024_bytes_is_not);
    tcase_add_test(tests, a_bare_lf_gets_no_answer_but_a_clean_end);
    tcase_add_test(tests, a_file_of_any_size_is_streamed_and_nothing_else_is_opened);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
