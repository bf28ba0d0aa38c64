/* SPDX-License-Identifier: ISC */
/* A folder of stories, and what arrives beside it. */
#include "wire/known.h"

#include "base/buffer.h"
#include "base/clock.h"

#include "testing.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DAY 86400
#define NOON 1795496400 /* 2026-11-24T12:00:00+07:00 */

static char *folder;
static int content = -1;
static struct known *known;

/* 120 syllables, of a text of its own for each number. */
static void
add_text(struct buffer *out, int number, int changed)
{
    for (int i = 0; i < 120; i++)
        buffer_printf(out, "%s%c%c%s", i % 20 == 0 ? (i > 0 ? ".\n" : "") : " ",
                      'a' + (i * 7 + number * 11 + i * i * number) % 26,
                      'a' + (i * 3 + i * i + number + (i < changed)) % 26, i % 2 == 0 ? "" : "o");
    buffer_add_text(out, ".\n");
}

static void
write_story(const char *path, const char *head, int text, const char *foot)
{
    struct buffer file = BUFFER_EMPTY;
    buffer_printf(&file, "---\n%s---\n", head);
    if (text > 0)
        add_text(&file, text, 0);
    buffer_add_text(&file, foot);
    testing_write(folder, path, buffer_text(&file));
    buffer_fini(&file);
}

static void
open_folder(void)
{
    ck_assert(clock_zone_set("Asia/Ho_Chi_Minh"));
    folder = testing_folder();
    write_story("stories/2026/cho-noi.gmi",
                "title: Chợ nổi họp lại sau mùa nước\ndate: 2026-11-24T07:00:00+07:00\n"
                "source: https://bao.example/cho-noi-4812345.html\n",
                1, "=> https://khac.example/cho-noi?utm_source=x Cũng đăng tại: Báo Khác\n");
    write_story("stories/2026/cau-moi.gmi",
                "title: Cầu mới nối hai bờ sông Hậu\ndate: 2026-11-23\n"
                "source: http://tin.example/cau-moi\n",
                2, "");
    write_story("stories/2026/xo-so.gmi",
                "title: Kết quả xổ số miền Nam ngày 23/11\ndate: 2026-11-23\n"
                "source: https://bao.example/xo-so-23-11\n",
                3, "");
    write_story("stories/undated/tay-viet.gmi",
                "title: Bài viết tay của một bạn đọc\nadded: 2026-11-24T08:00:00+07:00\n", 4, "");
    write_story("stories/undated/hong.gmi", "tile: Hỏng\n", 0, "");
    write_story("stories/2026/cung-trang.gmi",
                "title: Tin kèm theo của trang chợ nổi\n"
                "source: https://bao.example/cho-noi-4812345.html\n",
                0, "Một đoạn.\n");
    content = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ck_assert_int_eq(known_read(content, &known), STATUS_OK);
}

static void
close_folder(void)
{
    known_free(known);
    close(content);
    testing_folder_remove(folder);
}

/* `text` 0: none; `changed` of its syllables are others. */
static const struct {
    const char *url, *claim, *title;
    int text, changed;
    int64_t instant;
    enum known_verdict verdict;
    enum known_by by;
    const char *slug;
    bool same_site, listed;
} arrivals[] = {
    /* Its address, in all its forms. */
    { "https://bao.example/cho-noi-4812345.html", "", "Chợ nổi đổi tên", 9, 0, NOON, KNOWN_SAME,
      KNOWN_BY_ADDRESS, "cho-noi", true, false },
    { "http://m.bao.example/cho-noi-4812345.html?utm_source=rss#1", "", "Chợ nổi", 0, 0, NOON,
      KNOWN_SAME, KNOWN_BY_ADDRESS, "cho-noi", true, false },
    { "https://bao.example/amp/cho-noi", "https://bao.example/cho-noi-4812345.html", "X", 0, 0,
      NOON, KNOWN_SAME, KNOWN_BY_ADDRESS, "cho-noi", true, false },
    { "https://tin.example/cau-moi", "https://tin.example/", "X", 0, 0, NOON, KNOWN_SAME,
      KNOWN_BY_ADDRESS, "cau-moi", true, false },
    /* Of two stories of one page, the one of that title; else the longer. */
    { "https://bao.example/cho-noi-4812345.html", "", "Tin kèm theo của trang chợ nổi", 0, 0, NOON,
      KNOWN_SAME, KNOWN_BY_ADDRESS, "cung-trang", true, false },
    /* Its number, whatever the words of its address. */
    { "https://www.bao.example/cho-noi-hop-lai-4812345.html", "", "X", 0, 0, NOON, KNOWN_SAME,
      KNOWN_BY_NUMBER, "cho-noi", true, false },
    { "https://khac.example/khac-4812345.html", "", "X", 0, 0, NOON, KNOWN_NEW, KNOWN_BY_NOTHING,
      NULL, false, false },
    /* Where the file says who else told it. */
    { "https://khac.example/cho-noi", "", "Đổi tên", 8, 0, NOON, KNOWN_TWICE, KNOWN_BY_ADDRESS,
      "cho-noi", false, true },
    /* Its text, word by word, and nearly. */
    { "https://khac.example/1", "", "Một tên khác hẳn", 1, 0, NOON + 90 * DAY, KNOWN_TWICE,
      KNOWN_BY_HASH, "cho-noi", false, false },
    { "https://bao.example/1", "", "Một tên khác hẳn", 1, 0, NOON, KNOWN_TWICE, KNOWN_BY_HASH,
      "cho-noi", true, false },
    { "https://khac.example/1", "", "Chợ nổi họp lại sau mùa lũ", 1, 1, NOON, KNOWN_TWICE,
      KNOWN_BY_TEXT, "cho-noi", false, false },
    { "https://khac.example/1", "", "Một tên khác hẳn", 1, 60, NOON, KNOWN_NEW, KNOWN_BY_NOTHING,
      NULL, false, false },
    /* A site that numbers its stories says which are two. */
    { "https://bao.example/cho-noi-4812346.html", "", "Chợ nổi họp lại sau mùa lũ", 1, 1, NOON,
      KNOWN_NEW, KNOWN_BY_NOTHING, NULL, false, false },
    { "https://bao.example/cho-noi-4812346.html", "", "Chợ nổi họp lại sau mùa nước", 9, 0, NOON,
      KNOWN_NEW, KNOWN_BY_NOTHING, NULL, false, false },
    /* A series is as many stories as it has numbers. */
    { "https://bao.example/xo-so-24-11", "", "Kết quả xổ số miền Nam ngày 24/11", 3, 1, NOON,
      KNOWN_NEW, KNOWN_BY_NOTHING, NULL, false, false },
    /* Its title, for two days. */
    { "https://khac.example/2", "", "Cầu mới nối hai bờ Sông Hậu", 7, 0, NOON, KNOWN_TWICE,
      KNOWN_BY_TITLE, "cau-moi", false, false },
    { "https://khac.example/2", "", "Cầu mới nối hai bờ Sông Hậu", 7, 0, NOON + DAY / 2,
      KNOWN_TWICE, KNOWN_BY_TITLE, "cau-moi", false, false },
    { "https://khac.example/2", "", "Cầu mới nối hai bờ Sông Hậu", 7, 0, NOON - 3 * DAY,
      KNOWN_TWICE, KNOWN_BY_TITLE, "cau-moi", false, false },
    { "https://khac.example/2", "", "Cầu mới nối hai bờ Sông Hậu", 7, 0, NOON - 4 * DAY, KNOWN_NEW,
      KNOWN_BY_NOTHING, NULL, false, false },
    { "https://khac.example/2", "", "Cầu mới nối hai bờ Sông Hậu", 7, 0, NOON + DAY / 2 + 1,
      KNOWN_NEW, KNOWN_BY_NOTHING, NULL, false, false },
    { "https://khac.example/2", "", "Cầu cũ nối ba bờ Sông Tiền", 7, 0, NOON, KNOWN_NEW,
      KNOWN_BY_NOTHING, NULL, false, false },
    /* What nobody knows the source of may be from here. */
    { "https://khac.example/3", "", "Tên gì đó", 4, 0, NOON, KNOWN_SAME, KNOWN_BY_HASH, "tay-viet",
      false, false },
    { "", "", "Cầu mới nối hai bờ sông Hậu", 0, 0, NOON, KNOWN_SAME, KNOWN_BY_TITLE, "cau-moi",
      false, false },
    { "", "", "", 0, 0, NOON, KNOWN_NEW, KNOWN_BY_NOTHING, NULL, false, false },
};

static void
ask(int i, struct known_answer *out)
{
    struct buffer body = BUFFER_EMPTY;
    struct fingerprint text;
    if (arrivals[i].text > 0)
        add_text(&body, arrivals[i].text, arrivals[i].changed);
    fingerprint_read(buffer_span(&body), &text);
    struct known_question question = { .url = span_of(arrivals[i].url),
                                       .claim = span_of(arrivals[i].claim),
                                       .title = span_of(arrivals[i].title),
                                       .text = &text,
                                       .instant = arrivals[i].instant };
    known_find(known, &question, out);
    buffer_fini(&body);
}

START_TEST(what_arrives_is_known_by_the_strongest_evidence)
{
    struct known_answer answer;
    ask(_i, &answer);
    ck_assert_str_eq(known_by_name(answer.by), known_by_name(arrivals[_i].by));
    ck_assert_int_eq(answer.verdict, arrivals[_i].verdict);
    ck_assert_int_eq(answer.story != NULL, arrivals[_i].slug != NULL);
    if (answer.story != NULL)
        ck_assert(span_equal(answer.story->slug, span_of(arrivals[_i].slug)));
    ck_assert_int_eq(answer.same_site, arrivals[_i].same_site);
    ck_assert_int_eq(answer.listed, arrivals[_i].listed);
}
END_TEST

START_TEST(what_is_written_meanwhile_is_known_and_what_goes_is_not)
{
    struct known_answer answer;
    struct known_question question = { .url = SPAN("https://moi.example/a") };
    struct span path = SPAN("stories/2026/moi.gmi");
    size_t before = known_count(known);
    known_find(known, &question, &answer);
    ck_assert_int_eq(answer.verdict, KNOWN_NEW);
    known_put(known, path, SPAN("---\ntitle: Mới\nsource: https://moi.example/a\n---\n"), NULL);
    known_find(known, &question, &answer);
    ck_assert_int_eq(answer.verdict, KNOWN_SAME);
    ck_assert(span_equal(answer.story->path, path) && answer.story->path.at[path.len] == '\0');
    known_put(known, path, SPAN("---\ntitle: Mới\nsource: https://moi.example/b\n---\n"), NULL);
    ck_assert_uint_eq(known_count(known), before + 1);
    known_find(known, &question, &answer);
    ck_assert_int_eq(answer.verdict, KNOWN_NEW);
    known_put(known, path, (struct span){ NULL, 0 }, NULL);
    ck_assert_uint_eq(known_count(known), before);
    question.url = SPAN("https://moi.example/b");
    known_find(known, &question, &answer);
    ck_assert_int_eq(answer.verdict, KNOWN_NEW);
}
END_TEST

START_TEST(an_empty_folder_knows_nothing)
{
    struct known *nothing;
    struct known_answer answer;
    char *empty = testing_folder();
    int descriptor = open(empty, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ck_assert_int_eq(known_read(descriptor, &nothing), STATUS_OK);
    ck_assert_uint_eq(known_count(nothing), 0);
    known_find(nothing, &(struct known_question){ .title = SPAN("Chợ") }, &answer);
    ck_assert_int_eq(answer.verdict, KNOWN_NEW);
    known_free(nothing);
    close(descriptor);
    testing_folder_remove(empty);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("known");
    TCase *asking = tcase_create("asking");
    tcase_add_checked_fixture(asking, open_folder, close_folder);
    tcase_add_loop_test(asking, what_arrives_is_known_by_the_strongest_evidence, 0,
                        (int)(sizeof arrivals / sizeof *arrivals));
    tcase_add_test(asking, what_is_written_meanwhile_is_known_and_what_goes_is_not);
    tcase_add_test(asking, an_empty_folder_knows_nothing);
    suite_add_tcase(suite, asking);
    return testing_run(suite);
}
