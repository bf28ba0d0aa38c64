/* SPDX-License-Identifier: ISC */
/* What somebody who searches is shown. */
#include "pages/pages.h"

#include "archiving.h"
#include "base/buffer.h"
#include "story/gemtext.h"
#include "testing.h"

#include <stdio.h>
#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

#define HELP                                                                                                                    \
    "=> /search Tìm từ khác\n"                                                                                              \
    "\n"                                                                                                                        \
    "## Cách tìm\n"                                                                                                           \
    "Gõ “ha noi” hay “Hà Nội” đều tìm ra như nhau; đặt trong ngoặc kép, \"hà nội\", để tìm các " \
    "từ "                                                                                                                     \
    "đứng liền nhau; thêm -mưa để bỏ tin có từ ấy.\n"                                                          \
    "Thu hẹp bằng city:ha-noi, theme:giao-duc, from:2023-01, to:2024-06; sort:best xếp tin khớp "                       \
    "nhất lên đầu.\n"                                                                                                     \
    "\n"                                                                                                                        \
    "=> / Trang chủ\n"

static struct region *region;
static struct capsule capsule;
static struct archive *archive;

static void
open_archive(void)
{
    struct fault fault = { 0, "" };
    const char *path = region_printf(region, "%s/var/archive.db", archiving_folder).at;
    archive_close(archive);
    index_well();
    ck_assert_msg(archive_open(path, &archive, &fault) == STATUS_OK, "%s", fault.what);
}

static void
set_up(void)
{
    struct labels *labels = NULL;
    archiving_set_up();
    region = region_new();
    content_write("stories/mua.gmi", "---\ntitle: 2024-07-12 mưa to\ndate: 2024-07-12\n---\n"
                                     "Sáng nay Hà Nội có mưa to.\n");
    content_write("stories/nang.gmi", "---\ntitle: Nắng\nsummary: Tóm tắt.\n---\nNắng ở Huế.\n");
    ck_assert_int_eq(labels_parse(SPAN(""), region, &labels, NULL), STATUS_OK);
    capsule = (struct capsule){ .lang = SPAN("vi"), .labels = labels, .files = -1 };
    archive = NULL;
    open_archive();
}

static void
tear_down(void)
{
    archive_close(archive);
    region_free(region);
    archiving_tear_down();
}

/* query NULL: none. */
static struct reply
ask(const char *path, const char *query)
{
    struct request request;
    ck_assert(request_from_path(span_of(path), span_of(query), query != NULL, region, &request));
    return pages_answer(&capsule, archive, &request, archiving_options.now, region);
}

static const struct {
    const char *query, *text;
} pages[] = {
    { "ha%20noi", "# Kết quả tìm “ha noi”\n"
                  "\n"
                  "Tìm thấy 1 tin.\n"
                  "\n"
                  "=> /story/mua – 2024-07-12 mưa to\n"
                  "12/07/2024 · Sáng nay *Hà Nội* có mưa to.\n"
                  "\n" HELP },
    { "%22n%E1%BA%AFng%22%0D%0A", "# Kết quả tìm “\"nắng\"”\n"
                                  "\n"
                                  "Tìm thấy 1 tin.\n"
                                  "\n"
                                  "=> /story/nang Nắng\n"
                                  "*Nắng* ở Huế.\n"
                                  "\n" HELP },
    { "kh%C3%B4ng", "# Kết quả tìm “không”\n"
                    "\n"
                    "Không có tin nào khớp với “không”.\n"
                    "\n" HELP },
};

START_TEST(what_is_found_reads_so)
{
    struct reply reply = ask("/search", pages[_i].query);
    struct fault fault = { 0, "" };
    ck_assert_int_eq(reply.answer, ANSWER_PAGE);
    ck_assert_str_eq(region_copy(region, reply.page.text).at, pages[_i].text);
    ck_assert_msg(gemtext_check(reply.page.text, 1, &fault) == STATUS_OK, "%s", fault.what);
    struct span rest = span_skip(reply.page.text, strlen("# ")), heading = span_line(&rest);
    ck_assert(span_equal(reply.page.title, heading));
}
END_TEST

static const struct {
    const char *path, *query;
    enum answer answer;
} addresses[] = {
    { "/search", NULL, ANSWER_ASK },         { "/search", "", ANSWER_ASK },
    { "/search", "%20+", ANSWER_PAGE },      { "/search", "%0A", ANSWER_ASK },
    { "/search/", "mua", ANSWER_PAGE },      { "/search", "%FF%00", ANSWER_PAGE },
    { "/search/2", "mua", ANSWER_PAGE },     { "/search/2", NULL, ANSWER_MOVED },
    { "/search/50", "mua", ANSWER_PAGE },    { "/search/51", "mua", ANSWER_ABSENT },
    { "/search/1", "mua", ANSWER_ABSENT },   { "/search/a", "mua", ANSWER_ABSENT },
    { "/search/2/2", "mua", ANSWER_ABSENT },
};

START_TEST(an_address_is_answered_so)
{
    struct reply reply = ask(addresses[_i].path, addresses[_i].query);
    ck_assert_msg(reply.answer == addresses[_i].answer, "%s?%s: %d", addresses[_i].path,
                  addresses[_i].query, (int)reply.answer);
    if (reply.answer == ANSWER_ASK)
        ck_assert_str_eq(reply.words.at, "Nhập từ cần tìm, có dấu hay không dấu");
    if (reply.answer == ANSWER_MOVED)
        ck_assert_str_eq(reply.words.at, "/search");
}
END_TEST

/* Whoever follows the links meets each story once. */
START_TEST(whoever_asks_for_too_much_is_told)
{
    struct buffer query = BUFFER_EMPTY;
    for (int i = 0; i < 70; i++)
        buffer_printf(&query, "%%20%d", i);
    struct reply reply = ask("/search", buffer_text(&query));
    size_t at;
    ck_assert_int_eq(reply.answer, ANSWER_PAGE);
    ck_assert(span_find(reply.page.text, SPAN("\nCâu hỏi quá dài: chỉ 64 từ đầu được"), &at));
    ck_assert(!span_find(ask("/search", "mot%20hai").page.text, SPAN("Câu hỏi quá dài"), &at));
    buffer_fini(&query);
}
END_TEST

START_TEST(what_is_found_comes_in_parts_that_lead_to_each_other)
{
    enum { STORIES = 47, PART = 20 };
    size_t met = 0, most = 0, at;
    for (int i = 1; i <= STORIES; i++)
        content_write(region_printf(region, "stories/gio-%d.gmi", i).at,
                      "---\ntitle: Gió\ndate: 2024-07-12\n---\nGió & \"gió\".\n");
    open_archive();
    struct span address = SPAN("/search?gi%C3%B3%20%22gio%22"), query;
    for (int part = 1; address.len > 0; part++) {
        query = address;
        const char *path = region_copy(region, span_cut(&query, '?')).at;
        struct reply reply = ask(path, region_copy(region, query).at);
        ck_assert_int_eq(reply.answer, ANSWER_PAGE);
        ck_assert(span_equal(reply.page.address, address));
        ck_assert_uint_le(reply.page.text.len, PAGES_INDEX_BYTES);
        ck_assert(span_find(reply.page.text,
                            part == 1
                                ? SPAN("\nTìm thấy 47 tin.\n")
                                : region_printf(region, "\nTìm thấy 47 tin. Phần %d.\n", part),
                            &at));
        address = SPAN("");
        struct gemtext walk = gemtext_walk(reply.page.text);
        struct gemline line;
        while (gemtext_next(&walk, &line)) {
            met += line.kind == GEMLINE_LINK && span_starts(line.target, SPAN("/story/"));
            if (line.kind == GEMLINE_LINK && span_equal(line.text, SPAN("Xem tiếp kết quả")))
                address = line.target;
        }
        most = most + PART < STORIES ? most + PART : STORIES;
        ck_assert_uint_eq(met, most);
    }
    ck_assert_uint_eq(met, STORIES);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("results");
    TCase *tests = tcase_create("results");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, what_is_found_reads_so, 0, COUNT(pages));
    tcase_add_loop_test(tests, an_address_is_answered_so, 0, COUNT(addresses));
    tcase_add_test(tests, whoever_asks_for_too_much_is_told);
    tcase_add_test(tests, what_is_found_comes_in_parts_that_lead_to_each_other);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
